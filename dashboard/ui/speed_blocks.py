"""The blocks of what calls bring: wins by the speed of the answer and by touches, who asked and is not recorded, load."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from dashboard.analyses.load import MEDIAN
from dashboard.charts.calls import minutes_text
from dashboard.charts.shares import shares
from dashboard.charts.trend import trend_period
from dashboard.i18n import N_
from dashboard.metrics.base import ACTIVE_CLIENTS
from dashboard.metrics.deals import OPEN, WIN_RATE
from dashboard.metrics.requests import CAPTURE_RATE, REQUESTS
from dashboard.periods import ALL_TIME
from dashboard.ui import answers, blocks, cell_rows
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.lists import listing
from dashboard.ui.manager_cells import LOADED, asked_grid, keys_of
from dashboard.ui.safe_text import md

CAPTURED = ("manager", "line", "requests", "captured", "capture_rate", "win_rate", "is_selection")
PLACE = {"manager": "manager_name", "line": "line_phone"}
ASKED = {"requests": REQUESTS, "captured": CAPTURE_RATE, "capture_rate": CAPTURE_RATE, "win_rate": WIN_RATE}
OF_MANAGER = {"win_rate": {"manager": "manager_name", "line": ""}}
"""The win rate is of the manager, whatever line was called."""
EVERYBODY = "-"
"""No manager chosen; it never stands in the address."""


def segments(here: Context, rows: pl.DataFrame, kind: str) -> list[str]:
    """Write the groups of an answer as a reader calls them: minutes, attempts, touches, our numbers."""
    return [_segment(here, row, kind) for row in rows.to_dicts()]


def _segment(here: Context, row: dict[str, Any], kind: str) -> str:
    text = row["segment"]
    if text is None:
        return here.locale.text(row["rule"])
    if kind == "delay":
        return _minutes(here, text)
    if kind == "attempt":
        return here.locale.text("attempt {number}", number=text)
    return here.locale.text("touches: {count}", count=text.replace("-", "–")) if kind == "touches" else text


def _minutes(here: Context, text: str) -> str:
    low, _, high = text.rstrip("+").partition("-")
    if not high:
        return here.locale.text("later than {time}", time=minutes_text(int(low), here.locale))
    ends = [minutes_text(int(end), here.locale) for end in (low, high)]
    if low == "0":
        return here.locale.text("within {time}", time=ends[1])
    number, _, unit = ends[0].replace("\u00a0", " ").partition(" ")
    return f"{number if ends[1].endswith(unit) else ends[0]}–{ends[1]}"


def wins(here: Context, name: str, kind: str) -> None:
    """Show a comparison of wins by groups, over at least a year: it takes deals that are old enough to be judged."""
    over = replace(here, filter=here.over(trend_period(here.filter.period, here.facts.as_of_on)))
    asked, answer = answers.named_analysis(name), answers.answered(over, name)
    with st.container(border=True, key=f"card_{name}", height="stretch"):
        answers.heading(over, asked, answer)
        answers.sentences(over, answer)
        rows = answer.frame.filter(pl.col("share").is_not_null())
        st.caption(here.say("Leads of {period}, at least 90 days old.", period=here.locale.period(over.filter.period)))
        if rows.is_empty():
            st.caption(here.say("No lead that calls cover is old enough to compare."))
            return
        border = usual(here, rows) if kind == "touches" else None
        picture = shares(rows, segments(here, rows, kind), N_("They become sales"), here.locale, border)
        blocks.figure(here, picture, f"figure_{name}")
        st.caption(here.say("A link, not a proof: hot leads may be answered and touched first."))
        answers.files(over, asked, answer, name)


def usual(here: Context, rows: pl.DataFrame) -> tuple[int, str] | None:
    """Tell before which group the touches begin that a sale is said to need; None when no group has so many."""
    least = here.facts.thresholds.usual_touches
    starts = [int(one.rstrip("+").partition("-")[0]) for one in rows["segment"]]
    first = next((at for at, start in enumerate(starts) if start >= least), None)
    if first is None:
        return None
    return first, here.locale.text("advised: {count} or more", count=least)


def requests(here: Context) -> None:
    """Show who asked by phone and is not recorded, by manager, and the very numbers to call."""
    answer = answers.answered(here, "capture")
    asked, captured = (int(answer.frame[name].sum()) for name in ("requests", "captured"))
    if asked:
        told = {"captured": here.locale.number(captured), "asked": here.locale.number(asked)}
        share = here.locale.share(captured / asked, 0)
        text = here.say(
            "{captured} of {asked} new numbers that called have a deal a day later: {share}", **told, share=share
        )
        st.markdown(f"## {text}")
    cell_rows.show(here, "capture", Grid("capture", PLACE, ASKED, instead=OF_MANAGER), answer.frame, shown=CAPTURED)
    missed = answers.answered(here, "missed_requests")
    if answer.frame.is_empty():
        return
    names = answer.frame["manager"].unique(maintain_order=True).to_list()
    options = {EVERYBODY: N_("everybody"), **{name or "": here.name(name) for name in names}}
    with st.container(width=420):
        chosen = blocks.choice(here, "asked", N_("Requests without a deal of"), options, listed=True)
    rows = missed.frame if chosen == EVERYBODY else missed.frame.filter(pl.col("manager").fill_null("") == chosen)
    st.caption(md(here.locale.plural("{n} number", "{n} numbers", rows.height)))
    rows = rows.with_columns(keys_of(rows["phone"]))
    grid = asked_grid(rows)
    listing(
        here,
        "missed_requests",
        answer=replace(missed, frame=rows),
        draw=lambda frame, columns: cell_rows.table(here, grid, frame, columns),
    )
    cell_rows.opened(here, grid, rows)


def load(here: Context) -> None:
    """Show how loaded each manager is beside the median of the team."""
    answer = answers.answered(here, "load")
    middle = pl.lit(here.locale.text(MEDIAN))
    named = answer.frame.with_columns(manager=pl.when(pl.col("rule") == MEDIAN).then(middle).otherwise("manager"))
    skipped = ["rule"]
    if named.filter(pl.col("rule").is_null()).height == 1:  # one's own numbers are no team's
        named, skipped = named.filter(pl.col("rule").is_null()), [*skipped, "open_to_median"]
    shown = [column.name for column in answer.columns if column.name not in skipped]
    state = replace(here.filter, period=ALL_TIME, preset=None)
    opens = {"open": OPEN, "active_clients": ACTIVE_CLIENTS, **LOADED}
    grid = Grid("load", {"manager": "manager_name"}, opens, state, mute=((here.locale.text(MEDIAN),),))
    cell_rows.show(here, "load", grid, named, shown=shown)
