"""Refusals: the map of stages and reasons with the deals of a cell, the months, the money, and who leaves the reason empty."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboard.analyses.catalogue import analysis
from dashboard.analyses.judging import WORDS, judged
from dashboard.analyses.refusals import each_reason, lost_in
from dashboard.charts import refusals as charts
from dashboard.charts.share_dots import ShareDot, share_dots
from dashboard.charts.theme import OTHER, QUIET
from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.metrics.conversion import MISSING_REASON_SHARE
from dashboard.metrics.deals import JUNK, LOST, WIN_RATE
from dashboard.metrics.money import LOST_AMOUNT
from dashboard.remember import remembered
from dashboard.ui import answers, blocks, cards, cell_rows, number_rows, refusals_months
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.manager_cells import MAIN_REASON
from dashboard.ui.safe_text import md

NUMBERS = (LOST, LOST_AMOUNT, MISSING_REASON_SHARE, WIN_RATE, JUNK)
LEFT_EMPTY = {
    "lost": LOST,
    "missing": MISSING_REASON_SHARE,
    "missing_share": MISSING_REASON_SHARE,
    "main_share": MAIN_REASON,
}
CELL, REASON = "cell", "reason"
MOST_DOTS = 20
IN_CELLS = {"count": N_("Refusals"), "amount": N_("Money")}
SCALES = {1_000_000: N_("in millions"), 1_000: N_("in thousands"), 1: N_("in full")}


def show(here: Context) -> None:
    """Show the page."""
    cards.cards(here, NUMBERS)
    if not answers.answered(here, "refusals").n:
        st.caption(here.say("No deal was refused in this period under this filter."))
        return
    stage_map(here)
    rows_of_a_cell(here)
    if not answers.answered(here, "refusals").frame["reason"].count():
        return  # months and habits of reasons that nobody gave would say the same a hundred times
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_months", height="stretch"):
        by_month = refusals_months.months(here)
    with right:
        reasons(here)
    by_month()
    rows_of_a_reason(here)
    filling(here)
    number_rows.rows(here, NUMBERS)
    cards.meanings(here, NUMBERS)


def stage_map(here: Context) -> None:
    """Show the map of stages and reasons; a click on a cell opens its deals."""
    asked, told = analysis("refusals"), answers.answered(here, "refusals")
    with st.container(border=True, key="card_map"):
        answers.heading(here, asked, told)
        grid = remembered(here.facts, ("map", here.filter), lambda: charts.lay_out(told.frame, stage_order(here)))
        inside = blocks.choice(here, "in", N_("In the cells"), IN_CELLS)
        picture = remembered(
            here.facts,
            ("map drawn", here.filter, inside, here.locale.code),
            lambda: charts.stage_map(grid, here.locale, here.facts.currency, in_money=inside == "amount"),
        )
        blocks.figure(here, picture, "map", _clicked(grid))
        said = here.say(
            "Orange: more refusals than chance lets expect; blue: fewer; grey: no more than chance. Click a cell to see its deals."
        )
        if inside == "amount":
            sign = here.locale.currency_sign(here.facts.currency)
            unit = " ".join(one for one in (here.locale.text(SCALES[charts.scale(grid.cells)]), sign) if one)
            said = here.say("Amounts: {unit}.", unit=unit) + " " + said
        st.caption(said)
        if grid.left_out:
            st.caption(here.say("{n} rarer stages and reasons found no room; the file has them all.", n=grid.left_out))
        answers.sentences(here, told)
        answers.files(here, asked, told, "refusals")


def stage_order(here: Context) -> list[str]:
    """List the stages as the funnels go, the funnel with most deals first."""
    sizes = here.facts.deals.group_by("funnel_name").len("deals")
    stages = here.facts.stages.join(sizes, on="funnel_name", how="left")
    ordered = stages.sort("deals", "funnel_name", "stage_order", descending=[True, False, False], nulls_last=True)
    return ordered["stage_name"].unique(maintain_order=True).to_list()


def _clicked(grid: charts.Grid) -> Callable[[], None]:
    def select() -> None:
        points = st.session_state["map"].selection.point_indices
        if points:
            row = grid.cells[points[0]]
            change_address(**{CELL: [row["stage"] or "", row["reason"] or ""]})

    return select


def rows_of_a_cell(here: Context) -> None:
    """Show the deals of a stage and a reason, chosen on the map or from the list: as many as the cell says."""
    cells = answers.answered(here, "refusals").frame.sort("count", descending=True, maintain_order=True)
    counts = {(row["stage"] or "", row["reason"] or ""): row["count"] for row in cells.to_dicts()}
    asked = tuple(here.query.get(CELL, ()))
    chosen = asked if asked in counts else None
    if asked and chosen is None:
        blocks.notice(
            here, Notice(N_("No deal was refused in the cell the link asks for: {cell}."), {"cell": " · ".join(asked)})
        )
    widget = place_widget("pick_cell", chosen)

    def change() -> None:
        cell = st.session_state[widget]
        change_address(**{CELL: list(cell) if cell else None})

    st.selectbox(
        here.say("Deals of a stage and a reason"),
        list(counts),
        index=None,
        format_func=lambda cell: f"{here.name(cell[0])} · {here.name(cell[1])} — {here.locale.number(counts[cell])}",
        key=widget,
        on_change=change,
        placeholder=here.locale.text("Choose a stage and a reason or click a cell"),
        width=520,
    )
    if chosen is None:
        return
    number_rows.deals(here, cell_deals(here, chosen), "refused")


def cell_deals(here: Context, cell: tuple[str, ...]) -> pl.DataFrame:
    """Pick the deals of one cell, newest first; an empty name is what is not known or not given."""
    stage, reason = (pl.lit(name or None, dtype=pl.String) for name in cell)
    lost = lost_in(here.facts, here.filter)
    mine = lost.filter(pl.col("stage").eq_missing(stage) & pl.col("reason").eq_missing(reason))
    return mine.sort("created_at", "deal_id", descending=[True, False], nulls_last=True)


def reasons(here: Context) -> None:
    """Show the reasons over all stages with their money, the costliest named."""
    asked, told = analysis("refusal_reasons"), answers.answered(here, "refusal_reasons")
    with st.container(border=True, key="card_reasons", height="stretch"):
        answers.heading(here, asked, told, N_("What the refusals cost"))
        costly = told.frame.filter(pl.col("amount").is_not_null() & pl.col("reason").is_not_null())
        if costly.height:
            row = costly.sort("amount", descending=True).row(0, named=True)
            text = here.say(
                "Most money is lost to “{reason}”: {money}, {share} of the refusals",
                reason=row["reason"],
                money=here.locale.money(row["amount"], here.facts.currency, short=True),
                share=here.locale.share(row["share"], 0),
            )
            st.markdown(f"**{text}**")
        answers.sentences(here, told)
        names = told.frame["reason"].to_list()
        answers.table(
            here, told.frame, told.columns, "reasons", on_select=_pick_reason(names), selection_mode="single-cell"
        )
        st.caption(here.say("Click a number: its deals open below."))
        answers.files(here, asked, told, "refusal_reasons")


def _pick_reason(names: list[str | None]) -> Callable[[], None]:
    def select() -> None:
        cells = st.session_state["table_reasons"].selection.cells
        if cells:
            change_address(**{REASON: [names[cells[0][0]] or ""]})

    return select


def rows_of_a_reason(here: Context) -> None:
    """Show the deals refused for a reason at any stage, clicked in the table of reasons: as many as it counts."""
    asked = here.query.get(REASON)
    if not asked:
        return
    name = asked[0]
    mine = each_reason(lost_in(here.facts, here.filter)).filter(pl.col("reason").fill_null("") == name)
    deals = here.facts.deals.join(mine.select("deal_id"), on="deal_id", how="semi")
    with st.container(border=True, key="card_reason"):
        st.markdown(f"## {here.say('Refused')}: {md(here.name(name or None))}")
        blocks.close(here, REASON, "close_reason")
        number_rows.deals(here, deals, "refused-for-a-reason")


def filling(here: Context) -> None:
    """Show who leaves the reason empty, and who gives one by habit."""
    asked, told = analysis("refusal_filling"), answers.answered(here, "refusal_filling")
    frame = remembered(
        here.facts, ("filling", here.filter), lambda: judged(told.frame.drop("low", "high"), "missing", "lost")
    )
    share = sum(frame["missing"].to_list()) / sum(frame["lost"].to_list())
    grid = Grid("filling", {"manager": "manager_name"}, LEFT_EMPTY)
    above = pl.col("verdict") == WORDS["above"]
    loud = frame.filter(above)["manager"].to_list() if frame.height > 1 else []
    is_few = bool((frame["verdict"] == WORDS["too_few"]).all())
    often = [here.name(name) for name in loud]
    title = charts.missing_title(frame, share, often, here.locale, is_few=is_few)
    with st.container(border=True, key="card_filling"):
        answers.heading(here, asked, told)
        if 1 < frame.height <= MOST_DOTS and frame["missing"].sum():
            rows = [_dot(here, row, share, row["manager"] in loud) for row in frame.to_dicts()]
            names = cell_rows.names_of(grid, frame)
            blocks.figure(
                here, share_dots(rows, title), "filling", cell_rows.clicked("filling", grid, "missing_share", names)
            )
            st.caption(
                here.say(
                    "Share of refusals without a reason. Bar: interval; tick: all together; orange: clearly more often."
                )
            )
            habits(here, frame)
        else:
            st.markdown(f"**{md(title)}**")
            habits(here, frame)
        shown = [one for one in told.columns if one.name not in ("low", "high", "entropy")]
        cell_rows.table(here, grid, told.frame, shown)
        answers.files(here, asked, told, "refusal_filling")
    cell_rows.opened(here, grid, told.frame)


def _dot(here: Context, row: dict, share: float, is_loud: bool) -> ShareDot:
    return ShareDot(
        name=here.name(row["manager"]),
        value=row["missing_share"],
        low=row["low"],
        high=row["high"],
        mark=share,
        colour=OTHER if is_loud else QUIET,
        note=f"{here.locale.share(row['missing_share'], 0)} · {row['missing']} / {row['lost']}",
    )


def habits(here: Context, frame: pl.DataFrame) -> None:
    """Name those who give one reason for nearly everything: it then says nothing. Says so when nobody does."""
    if not frame["is_default"].any():
        st.caption(here.say("Nobody gives one and the same reason for nearly everything."))
    for row in frame.filter(pl.col("is_default")).to_dicts():
        st.caption(
            ":material/warning: "
            + here.say(
                "{manager} gives “{reason}” for {share} of the refusals that have a reason: it is filled in by habit and says nothing.",
                manager=here.name(row["manager"]),
                reason=row["main_reason"],
                share=here.locale.share(row["main_share"], 0),
            )
        )
