"""The blocks of the funnel: the picture with what is too young to judge, the table, the stage that loses most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from dashboard.analyses.funnel import FunnelAnswer
from dashboard.analyses.funnel_rows import Ripening, ripening
from dashboard.charts import funnel as charts
from dashboard.exports.answers import said
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.remember import remembered
from dashboard.ui import blocks
from dashboard.ui.address import change_address
from dashboard.ui.context import Context
from dashboard.ui.funnel_way import BASES, HORIZONS, SKIPS, USUAL, Way, answer, choose_funnel
from dashboard.ui.safe_text import md

COLUMNS = {
    "stage": N_("Stage"),
    "reached": N_("Reached"),
    "step": N_("Next"),
    "cumulative": N_("Of the first"),
    "advanced": N_("Moved on"),
    "lost": N_("Refused"),
    "junked": N_("Of them junk"),
    "moved_back": N_("Back"),
    "handed_off": N_("Handed"),
    "still_there": N_("There"),
    "lost_amount": N_("Refused money"),
    "days_median": N_("Median"),
    "days_p90": N_("P90"),
    "norm_days": N_("Norm"),
}
TRACED = ("advanced", "lost", "junked", "moved_back", "handed_off", "lost_amount", "days_median", "days_p90")
"""Columns that only a recorded history fills: how deals left a stage, and after how many days."""
EXIT_OF = {
    **{name: name for name in ("advanced", "lost", "moved_back", "handed_off", "still_there")},
    "step": "advanced",
    "junked": "lost",
    "lost_amount": "lost",
}
"""Column of the table → the way of leaving a stage whose deals it opens; every other column opens all that reached it."""
LATE = "▲"


def show(here: Context, way: Way) -> None:
    """Show every funnel under the filter: what it says, the picture, the table, and how it was counted."""
    counted = answer(here, way, here.filter)
    printed(here, way, counted)
    if not counted.deals_count:
        blocks.empty(here)
        return
    parts = by_funnel(counted.frame)
    ripe = ripened(here, way)
    if len(parts) == 1:
        left, right = blocks.halves(here)
        with left, st.container(border=True, key="card_funnel_0"):
            _picture(here, 0, counted, *parts[0], ripe)
        with right:
            _maturity(here, counted, ripe)
            if counted.is_told:
                _exits(here, parts[0][1])
    else:
        grid = st.grid(columns=min(len(parts), 3), min_column_width=320, key="funnels")
        for number, (name, stages) in enumerate(parts):
            with grid.cell(), st.container(border=True, key=f"card_funnel_{number}", height="stretch"):
                st.caption(md(name))
                _picture(here, number, counted, name, stages, ripe)
        _maturity(here, counted, ripe)
    st.caption(
        here.say("Number: deals that reached the stage. Share: of the first stage. Click a bar to see its deals.")
    )
    _tables(here, parts, TRACED if not counted.is_told else ())
    blocks.download(here, "voronka-funnel", lambda: csv_text(counted.frame).encode("utf-8-sig"))


def _picture(
    here: Context,
    number: int,
    counted: FunnelAnswer,
    name: str,
    stages: pl.DataFrame,
    ripe: tuple[Ripening, FunnelAnswer | None] | None,
) -> None:
    old = None if ripe is None else stages.clear() if ripe[1] is None else only(ripe[1].frame, name)
    chart = charts.funnel(stages, here.locale, here.facts.currency, is_told=counted.is_told, ripe=old)
    blocks.figure(here, chart, f"funnel_{number}", _select(f"funnel_{number}", name, stages))


def _tables(here: Context, parts: Sequence[tuple[str, pl.DataFrame]], unknown: Sequence[str]) -> None:
    for number, (name, stages) in enumerate(parts):
        if len(parts) > 1:
            st.markdown(f"## {md(name)}")
        used = {key for key in COLUMNS if key not in ("junked", "moved_back", "handed_off") or stages[key].sum()}
        shown = {key: label for key, label in COLUMNS.items() if key in used and key not in unknown}
        key, names = f"stages_{number}", stages["stage"].to_list()
        select = _pick_exit(key, name, names)
        blocks.table(
            here, written(here, stages), shown, key=key, left=("stage",), on_select=select, selection_mode="single-cell"
        )
    st.caption(here.say("Click a number: its deals open below."))
    if "days_median" not in unknown:
        st.caption(
            here.say("Median and P90: all visits of a deal to the stage together, with deals that are still there.")
        )
    if any(map(_is_late, (row for _, stages in parts for row in stages.to_dicts()))):
        st.caption(here.say("▲ half, or a tenth, of the deals stay longer than the norm of the stage."))


def ripened(here: Context, way: Way) -> tuple[Ripening, FunnelAnswer | None] | None:
    """Count the funnel of the deals that are old enough; None where all are, or where age does not matter."""
    if way.basis != "cohort":
        return None
    key = ("ripening", way.horizon, here.filter)
    found = remembered(here.facts, key, lambda: ripening(here.facts, here.filter, way.horizon))
    if found is None:
        return None
    return found, None if found.filter is None else answer(here, way, found.filter)


def _maturity(here: Context, counted: FunnelAnswer, ripe: tuple[Ripening, FunnelAnswer | None] | None) -> None:
    """Say how many deals are old enough, and how far those get."""
    if ripe is None:
        return
    ripening_, old = ripe
    days = ripening_.days
    if old is None or not old.deals_count:
        st.caption(
            ":material/hourglass_top: "
            + here.say(
                "No deal of the period is {days} days old yet, the age by which nearly all wins come: it will grow.",
                days=days,
            )
        )
        return
    several = len(by_funnel(counted.frame)) > 1
    shares = []
    for name, stages in by_funnel(old.frame):
        won = stages.filter(pl.col("stage_type") == "won")["cumulative"].drop_nulls().to_list()
        if won:
            shares.append((f"{name}: " if several else "") + here.locale.share(won[0]))
    told = N_(
        "Hatched: deals younger than {days} days, the age by which nearly all wins come. Of the {n} older deals won so far: {shares}."
    )
    values = {"days": days, "n": here.locale.number(old.deals_count), "shares": "; ".join(shares) or "—"}
    st.caption(":material/hourglass_top: " + here.say(told, **values))


def _exits(here: Context, stages: pl.DataFrame) -> None:
    """Say of each open stage how deals leave it, beside the picture of a single funnel."""
    st.markdown(f"## {here.say('How deals leave each stage')}")
    for row in stages.filter(pl.col("stage_type") == "open").to_dicts():
        if row["entered"]:
            shares = {
                key: here.locale.share(row[key] / row["entered"], 0) for key in ("advanced", "lost", "still_there")
            }
            told = N_("{on} moved on, {lost} refused, {there} still there")
            words = here.say(told, on=shares["advanced"], lost=shares["lost"], there=shares["still_there"])
            st.markdown(f"**{md(row['stage'])}** · {words}")


def worst_stage(here: Context) -> None:
    """Show the funnel that loses most at one stage, or the one the reader chose, with that stage in words."""
    counted = usual(here)
    parts = by_funnel(counted.frame)
    if not counted.deals_count or not parts:
        return
    with st.container(border=True, key="card_worst", height="stretch"):
        stages = chosen_funnel(here, parts)
        chart = charts.funnel(stages, here.locale, here.facts.currency, is_told=counted.is_told)
        blocks.figure(here, chart, "worst", _select("worst", str(stages["funnel"][0]), stages))
        told = here.say("Deals created in the period, as far as they got up to the date of the data.")
        st.caption(f"{told} {here.say('Click a bar to see its deals.')}")


def chosen_funnel(here: Context, parts: Sequence[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """Say which funnel is shown and let the reader take another; the one that loses most stands first."""
    ordered = sorted(parts, key=lambda part: charts.stake(part[1]), reverse=True)
    label = here.say("Where deals are lost")
    if len(parts) == 1:
        st.caption(label)
        return ordered[0][1]
    name = choose_funnel(here, "shown", label, [name for name, _ in ordered])
    return dict(ordered)[name]


def usual(here: Context) -> FunnelAnswer:
    """Count the funnel in the usual way: deals created in the period, a skipped stage counts as reached."""
    return answer(here, USUAL, here.filter)


def written(here: Context, stages: pl.DataFrame) -> pl.DataFrame:
    """Write the figures of a funnel's table in the locale, a dash for unknown, a mark at what is over the norm."""
    rows = [{name: _cell(here, row, name) for name in COLUMNS} for row in stages.to_dicts()]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def _cell(here: Context, row: charts.Row, name: str) -> str:
    locale, value = here.locale, row[name]
    if name == "stage":
        return str(value)
    if name in ("step", "cumulative"):
        return locale.share(value)
    if name == "lost_amount":
        return locale.money(value, here.facts.currency, short=True)
    if name not in ("days_median", "days_p90", "norm_days"):
        return locale.number(value)
    is_over = name != "norm_days" and None not in (value, row["norm_days"]) and value > row["norm_days"]
    return f"{LATE} {locale.number(value, 1)}" if is_over else locale.number(value, 1)


def _is_late(row: charts.Row) -> bool:
    days = [row[name] for name in ("days_median", "days_p90") if row[name] is not None]
    return row["norm_days"] is not None and any(day > row["norm_days"] for day in days)


def printed(here: Context, way: Way, counted: FunnelAnswer, all_counted: Sequence[FunnelAnswer] = ()) -> None:
    """Print how the funnel was counted, how many deals it holds, and what the data could not tell."""
    parts = [here.say(BASES[way.basis]), here.say(SKIPS[way.skips]), here.say(HORIZONS[str(way.horizon or "none")])]
    many = sum(one.deals_count for one in all_counted) if all_counted else counted.deals_count
    parts.append(md(here.locale.plural("{n} deal", "{n} deals", many)))
    if counted.matured_share is not None:
        parts.append(
            here.say("{share} are old enough for the limit", share=here.locale.share(counted.matured_share, 0))
        )
    parts.append(here.say("as of {day}", day=here.locale.date(here.facts.as_of_on)))
    st.caption(" · ".join(parts))
    for sentence in counted.sentences:
        st.caption(":material/info: " + md(said(sentence, here.locale)))


def by_funnel(frame: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Split the frame of a funnel by funnel, in its order."""
    return [(str(key[0]), part) for key, part in frame.group_by("funnel", maintain_order=True)]


def only(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Keep the rows of one funnel."""
    return frame.filter(pl.col("funnel") == name)


def _pick_exit(key: str, funnel: str, stages: Sequence[str]) -> Callable[[], None]:
    """Make what a click on a number of the table does: open the deals of its stage that left it so."""

    def select() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            row, column = cells[0]
            change_address(stage=[funnel, stages[row]], exit=EXIT_OF.get(column), why=None)

    return select


def _select(key: str, name: str, stages: pl.DataFrame) -> Callable[[], None]:
    drawn = charts.drawn_stages(stages)["stage"].to_list()

    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points:
            change_address(stage=[name, drawn[points[0]]], why=None)

    return select
