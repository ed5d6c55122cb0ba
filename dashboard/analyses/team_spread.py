"""One manager beside the colleagues without their names: own numbers, and what a quarter, half and three quarters of them have.

Whoever may see only own rows gets the colleagues' deals from the door as numbers without names (product.md D60), and of them
only what no one colleague can be told from.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.deals import AVERAGE_CHECK, CYCLE_DAYS_MEDIAN, LEADS, REVENUE, WIN_RATE, WON
from dashboard.metrics.measure import measure

CARD = (LEADS, WON, WIN_RATE, REVENUE, AVERAGE_CHECK, CYCLE_DAYS_MEDIAN)
LEAST_COLLEAGUES = 5
"""With fewer, a quartile is nearly somebody's own number."""
OWN = N_("own")
QUARTILES = {
    N_("a quarter of the colleagues have less"): 0.25,
    N_("half of the colleagues have less"): 0.5,
    N_("three quarters of the colleagues have less"): 0.75,
}
DEFINITION = N_(
    "Own numbers over the period beside those of the colleagues, without names: of each number, what a quarter, a half and three "
    "quarters of the colleagues stay below. Under a filter for one manager that manager is the one compared."
)
TOO_FEW = N_(
    "Only {count} colleagues have deals here; from {least} on they are compared, so that no one can be recognised."
)


def team_spread(facts: Facts, filter: Filter) -> Answer:
    """Compare: scope (own, then the quartiles), and one column per metric; n counts the colleagues."""
    own, others = compared(facts, filter)
    is_enough = others.height >= LEAST_COLLEAGUES
    rows = [own.select(pl.lit(OWN).alias("scope"), pl.all().cast(pl.Float64))]
    for name, level in QUARTILES.items() if is_enough else ():
        shared = [quartile(metric.name, level) for metric in CARD]
        rows.append(others.select(pl.lit(name).alias("scope"), *shared))
    sentence = Notice(TOO_FEW, {"count": others.height, "least": LEAST_COLLEAGUES})
    return Answer(
        frame=pl.concat(rows),
        columns=(
            Column("scope", N_("Whose numbers"), "word"),
            *(Column(one.name, one.label, one.unit.value) for one in CARD),
        ),
        definition=DEFINITION,
        n=others.height,
        counted=N_("colleagues"),
        as_of=facts.as_of,
        sentences=() if is_enough else (sentence,),
    )


def compared(facts: Facts, filter: Filter) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Measure the one compared (all unknown when nobody is chosen) and the colleagues: one row each."""
    wide = replace(filter, managers=(), teams=())
    own = measure(facts, CARD, filter)
    if facts.colleagues.height:
        others = measure(replace(facts, deals=facts.colleagues), CARD, wide, by=("manager",))
        return own, others
    others = measure(facts, CARD, wide, by=("manager",)).drop_nulls("manager")
    if len(filter.managers) != 1:
        return own.clear(1), others
    return own, others.filter(pl.col("manager") != filter.managers[0])


def quartile(name: str, level: float) -> pl.Expr:
    """Take a quantile of the colleagues who have the number; null with too few of them."""
    known = pl.col(name).cast(pl.Float64)
    return pl.when(known.count() >= LEAST_COLLEAGUES).then(known.quantile(level, interpolation="linear")).alias(name)


TEAM_SPREAD = Analysis(
    name="team_spread",
    label=N_("Own numbers among the colleagues"),
    help=N_(
        "One manager's leads, sales, win rate, money and cycle beside the quartiles of the colleagues, without names."
    ),
    run=team_spread,
)
