"""Commercial proposals: how many were made, and how often one ends in a sale.

A proposal is an entry into a stage that stands for one, or a done task that sent one; sent again within a day it is the same.
How many were made is counted by the day of each; what deals come to is counted by the creation of the deal. Where no deal in
all of the data had one, none is told of, and the numbers are unknown.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, ratio

COUNT = pl.col("proposals_count")
HAS_ONE = COUNT > 0
IS_WON = pl.col("outcome") == "won"
BY_CREATION = N_("By the day the deal was created.")

PROPOSALS = Metric(
    name="proposals",
    label=N_("Commercial proposals"),
    help=N_(
        "Commercial proposals made in the period, each by its own day. The same one sent again within a day is one."
    ),
    variant=N_("By the day each proposal was made."),
    fact="proposals_made",
    dated_by="made_on",
    value=pl.len(),
    needs=("deal_id",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=pl.lit(True),
)
PROPOSAL_DEALS = Metric(
    name="proposal_deals",
    label=N_("Deals with a proposal"),
    help=N_("Deals created in the period in which at least one commercial proposal was made."),
    variant=BY_CREATION,
    fact="proposed",
    dated_by="created_on",
    value=HAS_ONE.sum(),
    needs=("proposals_count",),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    behind=HAS_ONE,
)
PROPOSALS_PER_DEAL = Metric(
    name="proposals_per_deal",
    label=N_("Proposals per deal"),
    help=N_("Commercial proposals per deal created in the period that had at least one: what is above 1 is reworking."),
    variant=BY_CREATION,
    fact="proposed",
    dated_by="created_on",
    value=ratio(COUNT.sum(), HAS_ONE.sum()),
    needs=("proposals_count",),
    unit=Unit.NUMBER,
    better=Better.LOWER,
    behind=HAS_ONE,
)
PROPOSAL_TO_WIN = Metric(
    name="proposal_to_win",
    label=N_("Proposal to sale"),
    help=N_("Deals won so far, as a share of the deals created in the period in which a commercial proposal was made."),
    variant=N_("By the day the deal was created; it grows while deals are still open."),
    fact="proposed",
    dated_by="created_on",
    value=ratio((HAS_ONE & IS_WON).sum(), HAS_ONE.sum()),
    needs=("proposals_count",),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=HAS_ONE,
    of_them=IS_WON,
)
