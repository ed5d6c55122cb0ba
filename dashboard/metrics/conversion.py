"""Shares of deals: what became of leads and closed deals, and whether deals went the way the stage dictionary says.

Shares of leads are of the cohort created in the period, shares of closed deals are of those closed in it. Order is judged only
of deals whose way was recorded as it happened: an export of present stages, or several of them, misses steps between.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import AMOUNT, IS_JUNK, IS_LOST, IS_TARGET, IS_WON
from dashboard.metrics.model import Better, Metric, Unit, ratio

CLIENT = pl.col("client_id")
WAS_WATCHED = pl.col("history").is_in(["events", "dates"]) & (pl.col("visits_count") > 0)
WENT_BACK = pl.col("back_moves_count") > 0
WAS_REOPENED = pl.col("reopens_count") > 0
HAS_SKIPPED = pl.col("skips_count") > 0
IS_IN_ORDER = ~(WENT_BACK | WAS_REOPENED | HAS_SKIPPED)

JUNK_SHARE = Metric(
    name="junk_share",
    label=N_("Junk share"),
    help=N_("Junk as a share of the deals created in the period."),
    variant=N_("By creation; a deal still open is no junk yet."),
    fact="deals",
    dated_by="created_on",
    value=ratio(IS_JUNK.sum(), pl.len()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=pl.lit(True),
    of_them=IS_JUNK,
)
TARGET_RATE = Metric(
    name="target_rate",
    label=N_("Target rate"),
    help=N_("Target leads as a share of the deals created in the period: what is not junk."),
    variant=N_("By creation; a deal still open counts as a target."),
    fact="deals",
    dated_by="created_on",
    value=ratio(IS_TARGET.sum(), pl.len()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=pl.lit(True),
    of_them=IS_TARGET,
)
LEAD_TO_WIN = Metric(
    name="lead_to_win",
    label=N_("Lead to sale"),
    help=N_("Deals won so far, as a share of all deals created in the period, junk included."),
    variant=N_("Counted by leads: two leads of one client are two. It grows while deals are still open."),
    fact="deals",
    dated_by="created_on",
    value=ratio(IS_WON.sum(), pl.len()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=pl.lit(True),
    of_them=IS_WON,
)
LEAD_TO_CLIENT = Metric(
    name="lead_to_client",
    label=N_("Lead to client"),
    help=N_(
        "Different clients with a won deal, as a share of the different clients whose deals were created in the"
        " period, junk included. Deals without a client are left out."
    ),
    variant=N_("Counted by clients: two leads of one client are one. It grows while deals are still open."),
    fact="deals",
    dated_by="created_on",
    value=ratio(CLIENT.filter(IS_WON).drop_nulls().n_unique(), CLIENT.drop_nulls().n_unique()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=CLIENT.is_not_null(),
)
WIN_RATE_VALUE = Metric(
    name="win_rate_value",
    label=N_("Win rate by value"),
    help=N_(
        "Amount of the deals won, as a share of the amount of deals won or lost in the period. Open deals, junk"
        " and deals without an amount are left out."
    ),
    variant=N_("Weighted by amount: a large deal counts for more."),
    fact="deals",
    dated_by="closed_on",
    value=ratio(AMOUNT.filter(IS_WON).sum(), AMOUNT.filter(IS_WON | IS_LOST).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_WON | IS_LOST,
)
MISSING_REASON_SHARE = Metric(
    name="missing_reason_share",
    label=N_("Refusals without a reason"),
    help=N_("Deals lost in the period without a refusal reason, as a share of the deals lost in it. Junk is left out."),
    fact="deals",
    dated_by="closed_on",
    value=ratio((IS_LOST & pl.col("refusal_reason").is_null()).sum(), IS_LOST.sum()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=IS_LOST,
    of_them=pl.col("refusal_reason").is_null(),
)
REOPENED_SHARE = Metric(
    name="reopened_share",
    label=N_("Re-opened deals"),
    help=N_(
        "Deals that were closed and opened again at least once, as a share of the deals created in the period "
        "whose way was recorded."
    ),
    fact="deals",
    dated_by="created_on",
    value=ratio((WAS_WATCHED & WAS_REOPENED).sum(), WAS_WATCHED.sum()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=WAS_WATCHED,
    of_them=WAS_REOPENED,
)
MOVED_BACK_SHARE = Metric(
    name="moved_back_share",
    label=N_("Deals moved back"),
    help=N_(
        "Deals that moved back to an earlier stage at least once, as a share of the deals created in the period"
        " whose way was recorded. Opening a closed deal again is not counted here."
    ),
    fact="deals",
    dated_by="created_on",
    value=ratio((WAS_WATCHED & WENT_BACK).sum(), WAS_WATCHED.sum()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=WAS_WATCHED,
    of_them=WENT_BACK,
)
SKIPPED_SHARE = Metric(
    name="skipped_share",
    label=N_("Deals that skipped a stage"),
    help=N_(
        "Deals that passed over a stage on the way forward, as a share of the deals created in the period whose"
        " way was recorded. Stages marked optional may be passed over, and a refusal skips nothing."
    ),
    fact="deals",
    dated_by="created_on",
    value=ratio((WAS_WATCHED & HAS_SKIPPED).sum(), WAS_WATCHED.sum()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    behind=WAS_WATCHED,
    of_them=HAS_SKIPPED,
)
IN_ORDER_SHARE = Metric(
    name="in_order_share",
    label=N_("Deals by the rules"),
    help=N_(
        "Deals that followed the order of the stage dictionary, with no stage skipped, no move back and no re-"
        "opening, as a share of the deals created in the period whose way was recorded."
    ),
    fact="deals",
    dated_by="created_on",
    value=ratio((WAS_WATCHED & IS_IN_ORDER).sum(), WAS_WATCHED.sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=WAS_WATCHED,
    of_them=IS_IN_ORDER,
)
