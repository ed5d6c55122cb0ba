"""What stands behind a stage: its deals, as many as its bar says, and beside them why deals were refused there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.funnel_rows import stage_deals
from dashboard.analyses.refusals import lost_in
from dashboard.charts.reasons import reasons as draw_reasons
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.remember import remembered
from dashboard.ui import blocks, number_rows
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.answers import answered
from dashboard.ui.context import Context
from dashboard.ui.funnel_way import USUAL, Way, answer
from dashboard.ui.safe_text import md

EXITS = {
    "all": N_("Reached"),
    "advanced": N_("Moved on"),
    "lost": N_("Refused"),
    "still_there": N_("Still there"),
    "moved_back": N_("Sent back"),
    "handed_off": N_("Handed over"),
}
WHY = "why"


def deals_of_a_stage(here: Context, way: Way) -> None:
    """Show the deals of a stage, chosen by a click on its bar or from the list, and why deals were refused there."""
    stages = here.facts.stages.sort("funnel_name", "stage_order", nulls_last=True)
    kept = set(here.filter.funnels)
    pairs = [pair for pair in stages.select("funnel_name", "stage_name").rows() if not kept or pair[0] in kept]
    if not pairs:
        return
    st.markdown(f"## {here.say('Deals behind a stage')}")
    chosen = _choose(here, pairs)
    if chosen is None:
        return
    refused = of_stage(here, chosen)
    why = next(iter(here.query.get(WHY, ())), None)
    if not refused.height or way.basis == "snapshot":
        _at_stage(here, way, chosen)
        _listed(here, way, chosen, None)
        return
    left, right = blocks.halves(here)
    with left:
        _at_stage(here, way, chosen)
    with right:
        _refusals(here, chosen, refused)
    _listed(here, way, chosen, why)


def clicked_stage(here: Context) -> None:
    """Show the deals of a stage clicked in the usual funnel of the overview: as many as its bar says."""
    asked = tuple(here.query.get("stage", ()))
    known = here.facts.stages.select("funnel_name", "stage_name").rows()
    chosen = next((pair for pair in known if pair == asked), None)
    if chosen is None:
        return
    with st.container(border=True, key="card_stage"):
        st.markdown(f"## {md(' · '.join(chosen))}: {here.say('Reached')}")
        blocks.close(here, "stage", "close_stage")
        number_rows.deals(here, behind(here, USUAL, chosen, "all"), "stage")


def _choose(here: Context, pairs: list[tuple[str, str]]) -> tuple[str, str] | None:
    asked = tuple(here.query.get("stage", ()))
    chosen = next((pair for pair in pairs if pair == asked), None)
    several = len({funnel_name for funnel_name, _ in pairs}) > 1
    widget = place_widget("pick_stage", chosen)
    st.selectbox(
        here.say("Stage"),
        pairs,
        format_func=lambda pair: f"{pair[0]} · {pair[1]}" if several else pair[1],
        key=widget,
        index=None,
        on_change=lambda: change_address(stage=list(st.session_state[widget] or ()), why=None),
        placeholder=here.locale.text("Choose a stage or click a bar"),
        width=420,
    )
    return chosen


def _at_stage(here: Context, way: Way, stage: tuple[str, str]) -> None:
    """Say how deals leave the stage and how long it holds them."""
    frame = answer(here, way, here.filter).frame
    rows = frame.filter((pl.col("funnel") == stage[0]) & (pl.col("stage") == stage[1])).to_dicts()
    if not rows or not rows[0]["entered"]:
        return
    row, locale = rows[0], here.locale
    for name, label in EXITS.items():
        count = row["reached"] if name == "all" else row[name]
        if count:
            share = "" if name == "all" else " · " + md(locale.share(count / row["entered"], 0))
            junk = row["junked"] if name == "lost" else 0
            told = ", " + here.say("of them junk: {n}", n=locale.number(junk)) if junk else ""
            st.markdown(f"{here.say(label)}: **{md(locale.number(count))}**{share}{told}")
    if row["days_median"] is not None:
        told = {"median": locale.days(row["days_median"]), "p90": locale.days(row["days_p90"])}
        st.markdown(
            here.say(
                "Half leave it within {median}, nine of ten within {p90}; norm {norm}",
                norm=locale.days(row["norm_days"]),
                **told,
            )
        )
    st.caption(here.say("Exits count visits: a deal sent back and in again has two."))


def _listed(here: Context, way: Way, stage: tuple[str, str], why: str | None) -> None:
    """List the deals that reached the stage, that left it in a way, or that were refused there for one reason."""
    if why is not None:
        deals = refused_deals(here, stage, why)
        reason = why or here.locale.text("not given")
        told = here.say("Refused at “{stage}”: {reason}", stage=stage[1], reason=reason)
        st.button(
            here.say("Back to the deals of the stage"),
            key="no_reason",
            icon=":material/arrow_back:",
            on_click=lambda: change_address(why=None),
        )
    else:
        exit_name = blocks.choice(here, "exit", N_("How they left the stage"), EXITS, listed=True)
        deals = behind(here, way, stage, exit_name)
        told = here.say(EXITS[exit_name])
    number_rows.deals(here, deals, "deals", told)


def behind(here: Context, way: Way, stage: tuple[str, str], exit_name: str) -> pl.DataFrame:
    """Take the deals behind a bar of the funnel, or behind one exit of its stage."""
    exit_ = None if exit_name == "all" else exit_name

    def found() -> pl.DataFrame:
        return stage_deals(
            here.facts, here.filter, stage, basis=way.basis, skips=way.skips, horizon=way.horizon, exit=exit_
        )

    return remembered(here.facts, ("stage deals", way, stage, exit_, here.filter), found)


def in_funnel(here: Context, funnel: str) -> Filter:
    """Narrow the page's filter to one funnel: stages of two funnels may share a name."""
    return replace(here.filter, funnels=(funnel,))


def of_stage(here: Context, stage: tuple[str, str]) -> pl.DataFrame:
    """Take the rows of the analysis of refusals that speak of one stage, the most frequent reason first."""
    frame = answered(here, "refusals", in_funnel(here, stage[0])).frame
    rows = frame.filter(pl.col("stage") == stage[1])
    return rows.sort("count", "reason", descending=[True, False], nulls_last=True)


def refused_deals(here: Context, stage: tuple[str, str], reason: str) -> pl.DataFrame:
    """Take the deals refused at a stage for a reason ("" is what is not given): as many as the bar says."""
    lost = lost_in(here.facts, in_funnel(here, stage[0])).filter(pl.col("stage") == stage[1])
    deals = lost.filter(pl.col("reason").fill_null("") == reason).select(here.facts.deals.columns)
    return deals.sort("closed_on", "deal_id", descending=[True, False], nulls_last=True)


def _refusals(here: Context, stage: tuple[str, str], refused: pl.DataFrame) -> None:
    with st.container(border=True, key="card_refusals"):
        chart = draw_reasons(refused, stage[1], here.locale, here.facts.currency)
        blocks.figure(here, chart, "stage_reasons", _pick_reason(refused))
        st.caption(here.say("Refusals of the period by the day of the refusal, whenever the deal was created."))


def _pick_reason(refused: pl.DataFrame) -> Callable[[], None]:
    reasons = refused["reason"].to_list()

    def select() -> None:
        points = st.session_state["stage_reasons"].selection.point_indices
        if points:
            change_address(why=[reasons[points[0]] or ""])

    return select
