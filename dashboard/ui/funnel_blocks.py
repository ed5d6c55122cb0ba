"""The blocks of the funnel: the picture, the table, the deals of a stage, two groups side by side, the worst stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from dashboard.analyses.funnel import FunnelAnswer
from dashboard.charts import funnel as charts
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_
from dashboard.ui import blocks
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import Context
from dashboard.ui.deal_list import deals_csv, show_deals
from dashboard.ui.funnel_way import BASES, HORIZONS, SKIPS, Groups, Way, answer
from dashboard.ui.safe_text import md

COLUMNS = {
    "stage": N_("Stage"),
    "reached": N_("Reached"),
    "step": N_("To the next"),
    "cumulative": N_("Of the first"),
    "days_median": N_("Median days"),
    "days_p90": N_("P90 days"),
    "norm_days": N_("Norm days"),
    "entered": N_("Entries"),
    "advanced": N_("Moved on"),
    "lost": N_("Refused"),
    "moved_back": N_("Sent back"),
    "handed_off": N_("Handed over"),
    "still_there": N_("Still there"),
    "junked": N_("Junk"),
    "lost_amount": N_("Refused money"),
}
EXITS = {
    "all": N_("All"),
    "still_there": N_("Still there"),
    "lost": N_("Refused"),
    "advanced": N_("Moved on"),
    "moved_back": N_("Sent back"),
    "handed_off": N_("Handed over"),
}


def show(here: Context, way: Way) -> None:
    """Show every funnel under the filter: what it says, the picture, the table, and how it was counted."""
    counted = answer(here, way, here.filter)
    _printed(here, way, counted)
    if not counted.deals_count:
        blocks.empty(here)
        return
    parts = _parts(counted.frame)
    grid = st.grid(columns=min(len(parts), 3), min_column_width=320, key="funnels")
    for number, (name, stages) in enumerate(parts):
        with grid.cell(), st.container(border=True, key=f"card_funnel_{number}"):
            if len(parts) > 1:
                st.caption(md(name))
            blocks.figure(
                here,
                charts.funnel(stages, here.locale, here.facts.currency, is_told=counted.history != "implied"),
                f"funnel_{number}",
                _select(f"funnel_{number}", name, stages),
            )
    st.caption(
        here.say("Number: deals that reached the stage. Share: of the first stage. Click a bar to see its deals.")
    )
    for number, (name, stages) in enumerate(parts):
        if len(parts) > 1:
            st.markdown(f"#### {md(name)}")
        blocks.table(here, written(here, stages), COLUMNS, key=f"stages_{number}", left=("stage",))
    blocks.download(here, "voronka-funnel", lambda: _csv(counted.frame))


def compare(here: Context, way: Way, groups: Groups) -> None:
    """Show two groups side by side, stage by stage, each as shares of its own first stage."""
    counted = [answer(here, way, chosen) for chosen in groups.filters]
    _printed(here, way, counted[0], counted)
    seconds = dict(_parts(counted[1].frame))
    parts = [(name, stages) for name, stages in _parts(counted[0].frame) if name in seconds]
    if not parts or not all(one.deals_count for one in counted):
        blocks.empty(here)
        return
    for place, name in enumerate(groups.names):
        colour = ("blue", "orange")[place]
        st.markdown(
            f":{colour}[■] {md(name)} · " + md(here.locale.plural("{n} deal", "{n} deals", counted[place].deals_count))
        )
    grid = st.grid(columns=min(len(parts), 2), min_column_width=320, key="funnel_pairs")
    for number, (name, stages) in enumerate(parts):
        with grid.cell(), st.container(border=True, key=f"card_pair_{number}"):
            if len(parts) > 1:
                st.caption(md(name))
            blocks.figure(here, charts.funnel_pair(stages, seconds[name], groups.names, here.locale), f"pair_{number}")
    for name, stages in parts:
        if len(parts) > 1:
            st.markdown(f"#### {md(name)}")
        columns = st.grid(columns=2, min_column_width=320)
        for place, frame in enumerate((stages, seconds[name])):
            with columns.cell():
                st.caption(md(groups.names[place]))
                short = {key: COLUMNS[key] for key in ("stage", "reached", "step", "cumulative", "lost", "days_median")}
                blocks.table(here, written(here, frame), short, key=f"pair_{name}_{place}", left=("stage",))


def worst_stage(here: Context) -> None:
    """Show the funnel that loses most deals at one stage, in the usual way of counting, with that stage in words."""
    counted = answer(here, Way("cohort", "reached-or-later", None), here.filter)
    parts = _parts(counted.frame)
    if not counted.deals_count or not parts:
        return
    name, stages = max(parts, key=lambda part: charts.stake(part[1]))
    with st.container(border=True, key="card_worst", height="stretch"):
        heading = here.say("Where deals are lost")
        st.caption(f"{heading} · {md(name)}" if len(parts) > 1 else heading)
        blocks.figure(
            here, charts.funnel(stages, here.locale, here.facts.currency, is_told=counted.history != "implied"), "worst"
        )
        st.caption(here.say("Deals created in the period, as far as they got up to the date of the data."))


def deals_of_a_stage(here: Context, way: Way) -> None:
    """Show the deals that came into a stage, chosen by a click on its bar or from the list, and how they left it."""
    stages = here.facts.stages.sort("funnel_name", "stage_order", nulls_last=True)
    kept = set(here.filter.funnels)
    pairs = [pair for pair in stages.select("funnel_name", "stage_name").rows() if not kept or pair[0] in kept]
    if not pairs:
        return
    asked = tuple(here.query.get("stage", ()))
    chosen = asked if asked in pairs else None
    several = len({funnel_name for funnel_name, _ in pairs}) > 1
    st.markdown(f"#### {here.say('Deals behind a stage')}")
    widget = place_widget("pick_stage", chosen)
    st.selectbox(
        here.say("Stage"),
        pairs,
        format_func=lambda pair: f"{pair[0]} · {pair[1]}" if several else pair[1],
        key=widget,
        index=None,
        on_change=lambda: change_address(stage=list(st.session_state[widget] or ())),
        placeholder=here.locale.text("Choose a stage or click a bar"),
        width=420,
    )
    if chosen is None:
        return
    exit_name = blocks.choice(here, "exit", N_("How they left the stage"), EXITS)
    deals = stage_deals(here, way, chosen, exit_name)
    st.caption(md(here.locale.plural("{n} deal", "{n} deals", deals.height)))
    if deals.height:
        show_deals(here, deals)
        blocks.download(here, "voronka-deals", lambda: deals_csv(here, deals))


def stage_deals(here: Context, way: Way, stage: tuple[str, ...], exit_name: str) -> pl.DataFrame:
    """Pick the deals with a visit to a stage that counts in the chosen basis, newest first."""
    dated_by = {"cohort": "deal_created_on", "period": "left_on", "snapshot": None}[way.basis]
    visits = here.facts.visits.filter(
        here.filter.rows(dated_by) & (pl.col("funnel_name") == stage[0]) & (pl.col("stage_name") == stage[1])
    )
    if way.horizon is not None and way.basis == "cohort":
        limit = pl.col("deal_created_at") + pl.duration(days=way.horizon)
        visits = visits.filter(pl.col("entered_at").is_null() | (pl.col("entered_at") <= limit))
    if way.basis == "snapshot":
        visits = visits.filter(pl.col("exit") == "still_there")
    if exit_name != "all":
        visits = visits.filter(pl.col("exit") == exit_name)
    deals = here.facts.deals.join(visits.select("deal_id").unique(), on="deal_id", how="semi")
    return deals.sort("created_at", "deal_id", descending=[True, False], nulls_last=True)


def written(here: Context, stages: pl.DataFrame) -> pl.DataFrame:
    """Write the figures of a funnel's table in the locale, a dash for unknown."""
    shares, days = ("step", "cumulative"), ("days_median", "days_p90", "norm_days")
    locale = here.locale
    rows = [
        {
            name: row[name]
            if name == "stage"
            else locale.share(row[name])
            if name in shares
            else locale.number(row[name], 1)
            if name in days
            else locale.money(row[name], here.facts.currency, short=True)
            if name == "lost_amount"
            else locale.number(row[name])
            for name in COLUMNS
        }
        for row in stages.to_dicts()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def _printed(here: Context, way: Way, counted: FunnelAnswer, all_counted: Sequence[FunnelAnswer] = ()) -> None:
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
        st.caption(":material/info: " + here.say(sentence.template, **sentence.values))


def _parts(frame: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    return [(str(key[0]), part) for key, part in frame.group_by("funnel", maintain_order=True)]


def _select(key: str, name: str, stages: pl.DataFrame) -> Callable[[], None]:
    drawn = charts.drawn_stages(stages)["stage"].to_list()

    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points:
            change_address(stage=[name, drawn[points[0]]])

    return select


def _csv(frame: pl.DataFrame) -> bytes:
    return csv_text(frame).encode("utf-8-sig")
