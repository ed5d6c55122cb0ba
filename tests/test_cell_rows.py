"""A number in a table opens its rows: every cell that can be clicked on any page is the number that its rows make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_pages import company, everything_said, opened  # noqa: F401

from dashboard import access
from dashboard.analyses.funnel import funnel
from dashboard.analyses.refusals import reasons
from dashboard.filters import Filter
from dashboard.metrics.deals import LOST, WON
from dashboard.metrics.measure import counted, foundations, measure, rows_behind, value_in
from dashboard.periods import Period, step_unit, unit_start
from dashboard.ui import answers, cell_rows, number_rows
from dashboard.ui.behind import Behind, made
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from pipelines.settings import find_home

PAGES = (
    ("managers", {}),
    ("channels", {}),
    ("channels", {"basis": "cash"}),
    ("refusals", {}),
    ("cycle", {}),
    ("calls", {}),
    ("clients", {}),
    ("clients", {"part": "share"}),
    ("clients", {"part": "repeat"}),
    *(("today", {"part": part}) for part in ("list", "promises", "return", "buy")),
    ("clients", {"part": "growth"}),
    ("forecast", {}),
    ("forecast", {"part": "record"}),
    ("forecast", {"part": "plan"}),
    ("forecast", {"part": "changes"}),
    ("forecast", {"part": "changes", "open": "waterfall_month"}),
)
TABLES = {
    *("scorecard", "verdicts", "channels", "campaigns", "filling", "pipeline", "capture", "load", "abc", "cards_plan"),
    *("base_balance", "cohorts", "repeat_sales", "cross_sales", "cycle", "dwell", "plan_pace", "coverage"),
    *("waterfall", "waterfall_month", "refused", "kinds", "spend_without_leads", "missed_requests", "forecast"),
    "forecast_record",
}
LIMITS = "a limit of chance"
MODEL = "the answer of a model, whose page says how it is made"
MUTE = {
    **{("verdicts", one): MODEL for one in ("adjusted", "overlap", "detectable")},
    **{(table, one): LIMITS for table in ("verdicts", "cross_sales", "repeat_sales") for one in ("low", "high")},
    **{(table, one): LIMITS for table in ("channels", "campaigns") for one in ("romi_low", "romi_high")},
    **{("forecast", one): MODEL for one in ("expected", "p10", "p50", "p90", "plan_chance")},
    **{("forecast_record", one): MODEL for one in ("p10", "p50", "p90")},
    **{("rules", one): MODEL for one in ("won_credit", "revenue", "romi")},
    ("kinds", "value"): MODEL,
    ("dwell", "norm_days"): "a setting",
    **{("reasons", one): "its own list of deals opens" for one in ("count", "amount", "share")},
}
"""Columns of numbers that open nothing, and why."""
LISTS = {
    *(
        "stuck",
        "no_contact",
        "unowned",
        "redistribution",
        "handovers",
        "inside_growth",
        "promises",
        "planned_purchases",
    ),
    *("contact_list", "reactivation", "next_purchase-soon", "forecast_deals"),
}
"""Tables whose rows are the very things that are counted: a deal, a client, a promise."""
MOST = 20
NUMBERS = {"count", "money", "share", "days", "minutes", "number"}
COUNTED_AS = {
    "closed": "rows",
    "captured": "made",
    "missing": "made",
    "matured": "rows",
    "repeated": "made",
    "complete_cards": "made",
    "requests": "rows",
    "clients": "rows",
}
"""Columns that count the rows behind a share, or those of them that make it."""


@dataclass
class Seen:
    here: Context
    grid: Grid
    frame: pl.DataFrame
    columns: list[str]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Seen]:
    """Note every table with numbers to click that a page shows."""
    found: list[Seen] = []
    draw: Callable[..., None] = cell_rows.table

    def note(here: Context, grid: Grid, frame: pl.DataFrame, columns: Any) -> None:
        found.append(Seen(here, grid, frame, [one.name for one in columns]))
        draw(here, grid, frame, columns)

    monkeypatch.setattr(cell_rows, "table", note)
    for name in ("managers_card", "managers_blocks"):
        monkeypatch.setattr(f"dashboard.ui.{name}.table", note)
    return found


@pytest.fixture
def columns_shown(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Note every column of numbers that any table shows: the table, the column."""
    found: set[tuple[str, str]] = set()
    draw = answers.table

    def note(here: Context, frame: pl.DataFrame, columns: Any, key: str, **more: Any) -> Any:
        found.update((key, one.name) for one in columns if one.kind in NUMBERS)
        return draw(here, frame, columns, key, **more)

    for module in ("answers", "lists", "clients_blocks"):
        monkeypatch.setattr(f"dashboard.ui.{module}.table", note)
    return found


def number(one: Seen, column: str, row: tuple[str, ...]) -> float | None:
    """Make the number of a cell again from nothing but the rows it opens."""
    metric = one.grid.opens(column, row)
    page, within = cell_rows.under(one.here, one.grid, row, metric), cell_rows.cell_of(one.grid, column, row)
    if isinstance(metric, Behind):
        return made(page.facts, page.filter, metric, within)
    parts = {}
    for part in foundations(metric):
        rows = rows_behind(page.facts, part, page.filter, within)
        if COUNTED_AS.get(column) == "rows":
            parts[part.name] = rows.height
        elif COUNTED_AS.get(column) == "made":
            parts[part.name] = None if part.of_them is None else rows.filter(part.of_them).height
        else:
            parts[part.name] = value_in(page.facts, part, page.filter, within)
            if rows.height:
                assert rows.select(counted(part)).item() == pytest.approx(parts[part.name])
    if not metric.parts:
        return parts[metric.name]
    return pl.DataFrame({name: [value] for name, value in parts.items()}, strict=False).select(metric.value).item()


def differing(one: Seen) -> list[tuple[Any, ...]]:
    """List the cells that are not what their rows make; of a long list those of its first and last rows."""
    found = []
    frame = one.frame if one.frame.height <= MOST else pl.concat([one.frame.head(MOST - 3), one.frame.tail(3)])
    for cells, row in zip(frame.to_dicts(), cell_rows.names_of(one.grid, frame), strict=True):
        if row in one.grid.mute:
            continue
        for column in one.grid.metrics:
            shown = cells.get(column)
            if column not in one.columns or shown is None:
                continue
            again = number(one, column, row)
            if again is None or float(again) != pytest.approx(float(shown)):
                found.append((one.grid.key, row, column, shown, again))
    return found


def show_one_of_each(seen: list[Seen]) -> None:
    """Show the rows behind one number of every column, the first that is known: what cannot be shown raises."""
    shown = set()
    for one in seen:
        for cells, row in zip(one.frame.to_dicts(), cell_rows.names_of(one.grid, one.frame), strict=True):
            known = (
                {name for name in one.grid.metrics if cells.get(name) is not None} if row not in one.grid.mute else ()
            )
            for column in sorted({(one.grid.key, name) for name in known} - shown):
                shown.add(column)
                asked = {cell_rows.NUMBER: [one.grid.key, *row, column[1]]}
                cell_rows.opened(replace(one.here, query=asked), one.grid, one.frame)


def test_every_number_of_a_table_opens_the_rows_that_make_it(
    seen: list[Seen],
    columns_shown: set[tuple[str, str]],
    demo_home: Path,
    company: Any,  # noqa: F811
) -> None:
    facts = access.open_facts(find_home(demo_home))
    company(facts)
    someone = {"manager": facts.promises["manager_name"].drop_nulls()[0]}
    for page, query in (*PAGES, ("managers", someone)):
        assert not opened(page, {"lang": "ru", "period": "last_365_days", **query}).exception, page
    assert {one.grid.key for one in seen} == TABLES
    opening = {(one.grid.key, column) for one in seen for column in one.grid.metrics}
    assert {one for one in columns_shown - opening if one[0] not in LISTS} == MUTE.keys()
    assert [cell for one in seen for cell in differing(one)] == []
    show_one_of_each(seen)


def test_a_number_of_the_scorecard_opens_its_rows_and_a_strange_one_is_told(
    demo_home: Path,
    company: Any,  # noqa: F811
) -> None:
    facts = access.open_facts(find_home(demo_home))
    company(facts)
    who = facts.promises["manager_name"].drop_nulls()[0]
    link = {"lang": "ru", "period": "last_365_days", "number": ["scorecard", who, "kept_share"]}
    app = opened("managers", link)
    assert not app.exception
    rows = next(table.value for table in app.dataframe if "due_on" in table.value.columns)
    share = f"{(rows['is_counted'] == 'да').mean() * 100:.1f}".replace(".", ",")
    assert f"{who}: Обещаний выполнено, доля" in everything_said(app)
    assert f"Обещаний выполнено, доля: {share}" in everything_said(app)
    strange = opened("managers", {"lang": "ru", "number": ["scorecard", "Nobody", "lost"]})
    assert not strange.exception
    assert "Nobody · lost" in everything_said(strange)


def test_the_deals_of_a_reason_are_as_many_as_the_table_of_reasons_says(demo_home: Path, company: Any) -> None:  # noqa: F811
    facts = access.open_facts(find_home(demo_home))
    company(facts)
    month = Filter().with_preset("this_month", facts.as_of_on)
    told = reasons(facts, month).frame
    for name, count in told.select("reason", "count").head(2).rows():
        app = opened("refusals", {"lang": "en", "period": "this_month", "reason": name or ""})
        assert not app.exception
        assert f"{count} deals" in everything_said(app), name


def test_a_point_of_a_picture_opens_as_many_deals_as_it_says(demo_home: Path, company: Any) -> None:  # noqa: F811
    """A month of the trend, a month of a reason, a stage of the overview's funnel, a stage of one of two groups."""
    facts = access.open_facts(find_home(demo_home))
    company(facts)
    filter = Filter().with_preset("last_90_days", facts.as_of_on)
    month = step_unit("month", unit_start("month", facts.as_of_on), -1)
    whole = replace(filter, period=Period(month, step_unit("month", month, 1)), preset=None)
    funnel_name, stage = facts.stages.sort("funnel_name", "stage_order").select("funnel_name", "stage_name").row(1)
    channels = sorted(facts.deals["channel_name"].drop_nulls().unique().to_list())[:2]
    reached = [
        funnel(facts, one)
        .frame.filter((pl.col("funnel") == funnel_name) & (pl.col("stage") == stage))["reached"]
        .item()
        for one in (filter, replace(filter, channels=(channels[1],)))
    ]
    pair = {"by": "channel", "first": channels[0], "second": channels[1]}
    expected = [
        ("overview", {"number": ["trend", month.isoformat(), "won"]}, measure(facts, [WON], whole).item()),
        ("overview", {"stage": [funnel_name, stage]}, reached[0]),
        ("refusals", {"number": ["refusal_months", month.isoformat(), "share"]}, measure(facts, [LOST], whole).item()),
        ("funnel", {**pair, "number": ["pair", "second", funnel_name, stage, "all"]}, reached[1]),
    ]
    for page, query, count in expected:
        app = opened(page, {"lang": "en", "period": "last_90_days", **query})
        assert not app.exception, page
        lists = [len(table.value) for table in app.dataframe if "deal_id" in table.value.columns]
        assert lists == [min(count, number_rows.MOST)] and count, (page, query)
