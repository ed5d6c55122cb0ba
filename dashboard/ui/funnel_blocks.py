"""The blocks of the funnel: how it is counted, the picture, the table, the deals of a stage, two groups side by side.

Basis, skip rule and horizon change every number here, so they are chosen in the open and printed with the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from dashboard.analyses.funnel import FunnelAnswer, funnel
from dashboard.charts import funnel as charts
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_
from dashboard.ui import blocks
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import LABELS, Context
from dashboard.ui.deal_list import deals_csv, show_deals
from dashboard.ui.filter_bar import values_of
from dashboard.ui.safe_text import md

BASES = {
    "cohort": N_("Deals created in the period"),
    "period": N_("Moves made in the period"),
    "snapshot": N_("Deals in the stages now"),
}
SKIPS = {
    "reached-or-later": N_("A skipped stage counts as reached"),
    "every-stage": N_("Only who passed every stage"),
    "any-touch": N_("Only stages that were visited"),
}
HORIZONS = {
    "none": N_("No limit of time"),
    "30": N_("30 days from creation"),
    "60": N_("60 days from creation"),
    "90": N_("90 days from creation"),
    "180": N_("180 days from creation"),
    "365": N_("365 days from creation"),
}
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
}
EXITS = {
    "all": N_("All"),
    "still_there": N_("Still there"),
    "lost": N_("Refused"),
    "advanced": N_("Moved on"),
    "moved_back": N_("Sent back"),
    "handed_off": N_("Handed over"),
}


@dataclass(frozen=True)
class Way:
    """How a funnel is counted."""

    basis: str
    skips: str
    horizon: int | None


@dataclass(frozen=True)
class Groups:
    """Two groups of deals to compare: the names to show and the filter of each."""

    names: tuple[str, str]
    filters: tuple[Filter, Filter]


def choose(here: Context) -> tuple[Way, Groups | None]:
    """Let the reader choose basis, skip rule and horizon, and two groups to compare (None: nothing is compared)."""
    with st.container(horizontal=True, gap="small", key="way"):
        with st.container(width=270):
            basis = blocks.choice(here, "basis", N_("What is counted"), BASES, listed=True)
        with st.container(width=340):
            skips = blocks.choice(here, "skips", N_("Skipped stages"), SKIPS, listed=True)
        horizon = "none"
        if basis == "cohort":
            with st.container(width=220):
                horizon = blocks.choice(here, "horizon", N_("Time to get there"), HORIZONS, listed=True)
        groups = _choose_groups(here)
    return Way(basis, skips, None if horizon == "none" else int(horizon)), groups


def _choose_groups(here: Context) -> Groups | None:
    dimensions = {key: label for key, label in LABELS.items() if key != "funnel" and _choices(here, key)}
    options = {"none": N_("Do not compare"), **dimensions, "before": N_("Period before")}
    if here.before is None:
        options.pop("before")
    with st.container(width=220):
        by = blocks.choice(here, "by", N_("Compare two groups"), options, listed=True)
    if by == "none":
        return None
    if by == "before" and here.before is not None:
        periods = (here.filter.period, here.before.period)
        return Groups((here.locale.period(periods[0]), here.locale.period(periods[1])), (here.filter, here.before))
    values = _choices(here, by)
    first = _pick(here, "first", values, values[0])
    second = _pick(here, "second", values, next(value for value in values if value != first))
    field = FIELDS[by]
    return Groups(
        (here.name(first), here.name(second)),
        (replace(here.filter, **{field: (first,)}), replace(here.filter, **{field: (second,)})),
    )


def answer(here: Context, way: Way, chosen: Filter) -> FunnelAnswer:
    """Count the funnel of a filter in the chosen way."""
    return funnel(here.facts, chosen, basis=way.basis, skips=way.skips, horizon=way.horizon)


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
                here, charts.funnel(stages, here.locale), f"funnel_{number}", _select(f"funnel_{number}", name, stages)
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
    name, stages = max(parts, key=lambda part: (charts.worst_stage(part[1]) or {"lost": 0})["lost"])
    with st.container(border=True, key="card_worst", height="stretch"):
        heading = here.say("Where deals are lost")
        st.caption(f"{heading} · {md(name)}" if len(parts) > 1 else heading)
        blocks.figure(here, charts.funnel(stages, here.locale), "worst")
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


def _choices(here: Context, key: str) -> list[str]:
    values = values_of(here.facts.deals, key, here.locale)
    chosen = getattr(here.filter, FIELDS[key])
    kept = [value for value in values if value in chosen] if len(chosen) > 1 else values
    return kept if len(kept) > 1 else []


def _pick(here: Context, key: str, values: list[str], default: str) -> str:
    asked = next(iter(here.query.get(key, ())), default)
    chosen = asked if asked in values else default
    widget = place_widget(f"pick_{key}", chosen)
    with st.container(width=220):
        st.selectbox(
            here.say("First group") if key == "first" else here.say("Second group"),
            values,
            format_func=here.name,
            key=widget,
            on_change=lambda: change_address(**{key: st.session_state[widget]}),
        )
    return chosen


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()
