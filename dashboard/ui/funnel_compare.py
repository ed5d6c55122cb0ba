"""Two groups through the same funnel: the picture, and each step's difference with its interval and a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.analyses.funnel_pair import steps_compared
from dashboard.charts import funnel as charts
from dashboard.i18n import N_
from dashboard.ui import answers, blocks, number_rows
from dashboard.ui.address import change_address
from dashboard.ui.cell_rows import NUMBER
from dashboard.ui.context import Context
from dashboard.ui.funnel_blocks import COLUMNS, EXIT_OF, by_funnel, printed, written
from dashboard.ui.funnel_deals import EXITS, behind
from dashboard.ui.funnel_way import Groups, Way, answer
from dashboard.ui.safe_text import md

DIFFERENCES = (
    Column("stage", N_("Stage")),
    Column("points", N_("Difference, points")),
    Column("verdict", N_("Verdict"), "word"),
)
SIDES = ("first", "second")
"""How the address calls the two groups."""
SHORT = ("stage", "reached", "step", "cumulative", "days_median")


def compare(here: Context, way: Way, groups: Groups) -> None:
    """Show two groups side by side, stage by stage, each as shares of its own first stage."""
    counted = [answer(here, way, chosen) for chosen in groups.filters]
    printed(here, way, counted[0], counted)
    seconds = dict(by_funnel(counted[1].frame))
    parts = [(name, stages) for name, stages in by_funnel(counted[0].frame) if name in seconds]
    if not parts or not all(one.deals_count for one in counted):
        blocks.empty(here)
        return
    for place, name in enumerate(groups.names):
        colour = ("blue", "orange")[place]
        count = md(here.locale.plural("{n} deal", "{n} deals", counted[place].deals_count))
        st.markdown(f":{colour}[■] {md(name)} · {count}")
    for number, (name, stages) in enumerate(parts):
        if len(parts) > 1:
            st.markdown(f"## {md(name)}")
        _pair(here, way, groups, number, (stages, seconds[name]))
    st.caption(here.say("Click a number: its deals open below."))
    _opened(here, way, groups)


def _pair(here: Context, way: Way, groups: Groups, number: int, sides: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key=f"card_pair_{number}"):
        blocks.figure(here, charts.funnel_pair(*sides, groups.names, here.locale), f"pair_{number}")
    if way.basis == "cohort":
        with right:
            _differences(here, number, steps_compared(*sides))
    for place, (side, frame) in enumerate(zip(st.columns(2, gap="small"), sides, strict=True)):
        with side:
            st.caption(md(groups.names[place]))
            short = {key: COLUMNS[key] for key in SHORT}
            key = f"pair_{number}_{place}"
            select = _pick(key, place, frame)
            blocks.table(
                here,
                written(here, frame),
                short,
                key=key,
                left=("stage",),
                on_select=select,
                selection_mode="single-cell",
            )


def _pick(key: str, place: int, frame: pl.DataFrame) -> Callable[[], None]:
    """Make what a click on a number does: open the deals of the group that reached the stage, or moved on from it."""
    pairs = frame.select("funnel", "stage").rows()

    def select() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            row, column = cells[0]
            change_address(**{NUMBER: ["pair", SIDES[place], *pairs[row], EXIT_OF.get(column, "all")]})

    return select


def _opened(here: Context, way: Way, groups: Groups) -> None:
    """Show the deals of one group at a stage: as many as the number that was clicked."""
    asked = here.query.get(NUMBER, ())
    if len(asked) != 5 or asked[0] != "pair" or asked[1] not in SIDES or asked[4] not in EXITS:
        return
    place = SIDES.index(asked[1])
    with st.container(border=True, key="card_pair"):
        whose = " · ".join((groups.names[place], asked[3]))
        st.markdown(f"## {md(whose)}: {here.say(EXITS[asked[4]])}")
        blocks.close(here, NUMBER, "close_pair")
        page = replace(here, filter=groups.filters[place])
        number_rows.deals(page, behind(page, way, (asked[2], asked[3]), asked[4]), "pair")


def _differences(here: Context, number: int, steps: pl.DataFrame) -> None:
    st.markdown(f"## {here.say('Difference of each step')}")
    answers.table(here, in_points(here, steps), DIFFERENCES, f"steps_{number}")
    st.caption(
        here.say(
            "In percentage points, first group less the second, with the 95 % interval: where it covers zero, chance may explain it."
        )
    )


def in_points(here: Context, steps: pl.DataFrame) -> pl.DataFrame:
    """Write the differences in points, with their intervals."""
    rows = []
    for row in steps.to_dicts():
        low, middle, high = (None if row[name] is None else row[name] * 100 for name in ("low", "difference", "high"))
        told = "—"
        if middle is not None:
            told = f"{here.locale.signed(middle, 1)} [{here.locale.signed(low, 1)}; {here.locale.signed(high, 1)}]"
        rows.append({"stage": row["stage"], "points": told, "verdict": row["verdict"]})
    return pl.DataFrame(rows, schema=dict.fromkeys(("stage", "points", "verdict"), pl.String))
