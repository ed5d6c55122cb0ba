"""A history restored from successive exports: how exact it is, and that every true length lies between what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from companies import deals_of, facts_with, frame_of
from examples import examples
from homes import put
from hypothesis import given
from hypothesis import strategies as st
from test_exports_in_any_order import HEADING
from test_pages import company, everything_said, opened  # noqa: F401

from dashboard.access import Facts, open_facts
from dashboard.analyses.funnel import funnel
from dashboard.analyses.restored import lasting, median_bounds, restored
from dashboard.analyses.stage_days import dwell, timed, with_bounds
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.statistics.between_snapshots import sure_bounds
from pipelines.load import load
from pipelines.schema.facts import FACTS
from pipelines.settings import Home, find_home

STAGES = ("Новая", "Переговоры", "Договор", "Успешно реализовано")
START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - as the CRM writes it


def at(day: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)


def visit(deal: str, number: int, entered: float, width: float | None, left: float | None = None) -> dict[str, Any]:
    """Make a visit to stage S1, S2 … of a deal created on day 0; whoever is still there was watched up to day 40."""
    return {
        "deal_id": deal,
        "visit_number": number,
        "stage_name": f"S{number}",
        "stage_type": "open",
        "deal_created_at": at(0),
        "entered_at": at(entered),
        "entered_within_days": width,
        "days": (40.0 if left is None else left) - entered,
        "exit": "still_there" if left is None else "advanced",
    }


def test_the_least_and_the_most_of_visits_by_hand() -> None:
    """1: created, moved between 6 and 10, then between 14 and 20. 2: closed on 19, known to have moved between 11 and 20."""
    visits = [
        *(visit("1", 1, 0, None, 8), visit("1", 2, 8, 4, 17), visit("1", 3, 17, 6)),
        *(visit("2", 1, 0, None, 19), visit("2", 2, 19, 9)),
        *(visit("3", 1, 2, 4, 17), visit("3", 2, 17, 6)),  # first seen by an export that knew of day 4
        visit("4", 1, 0, None),
    ]
    moves = [("1", "S2", 6, 10), ("1", "S3", 14, 20), ("2", "S2", 11, 20), ("3", "S2", 14, 20)]
    changes = [
        {"deal_id": deal, "column_name": "stage_name", "change_number": 1, "after": name, "earliest_at": at(low), "latest_at": at(high)}
        for deal, name, low, high in moves
    ]  # fmt: skip
    deals = [{"history": "exports", "is_sales": True}] * 3 + [{"history": "events", "is_sales": True}]
    facts = replace(
        facts_with(deals_of(deals)),
        visits=frame_of(FACTS["visits"], visits, funnel_name="Sales", is_implied=False),
        deal_changes=frame_of(FACTS["deal_changes"], changes),
    )
    assert {row[:2]: row[2:] for row in lasting(facts).rows()} == {
        ("1", 1): (6, 10),
        ("1", 2): (4, 14),
        ("1", 3): (20, inf),
        ("2", 1): (11, 20),
        ("2", 2): (20, inf),
        ("3", 1): (10, 20),
        ("3", 2): (20, inf),
    }
    first = timed(facts, facts.visits).filter(pl.col("visit_number") == 1)
    assert median_bounds(with_bounds(facts, first)) == (10, 20)  # of 6 10 11 40 and 10 20 20 and one without an end
    assert (
        restored(facts)[0].said(Locale("en")).endswith("to ±3 days: half of the moves are dated at least so exactly.")
    )


@examples(60)
@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0, 14), st.floats(0, 14), st.booleans()), min_size=1, max_size=30),
    st.floats(0.01, 1),
)
def test_a_quantile_lies_between_those_of_the_least_and_the_most(
    told: list[tuple[float, float, float, bool]], level: float
) -> None:
    lows = [max(0.0, true - less) for true, less, _, _ in told]
    highs = [inf if is_open else true + more for true, _, more, is_open in told]
    low, high = sure_bounds(lows, highs, level)
    exact, same = sure_bounds([one[0] for one in told], [one[0] for one in told], level)
    assert exact == same and low is not None and exact is not None
    assert low <= exact and (high is None or exact <= high)


def test_nothing_has_no_bounds() -> None:
    assert sure_bounds([], [], 0.5) == (None, None)
    with pytest.raises(ValueError, match="ends before"):
        sure_bounds([3], [2], 0.5)


def walks(count: int) -> list[list[datetime]]:
    """Invent deals: the moment each enters each stage, the last long after the exports ended."""
    dice = Random(4)
    found = []
    for _ in range(count):
        at = START + timedelta(minutes=dice.randrange(60 * 24 * 60))
        moments = [at]
        for _ in STAGES[1:]:
            at += timedelta(minutes=1 + int(dice.expovariate(1 / (11 * 24 * 60))))
            moments.append(at)
        found.append(moments)
    return found


def exported(deals: list[list[datetime]], taken_at: datetime) -> str:
    """Write the list as it stood at a moment: only the present stage of each deal."""
    lines = []
    for number, moments in enumerate(deals, 1):
        entered = [moment for moment in moments if moment <= taken_at]
        if entered:
            written = [f"{moment:%d.%m.%Y %H:%M}" for moment in (moments[0], entered[-1])]
            closed = written[1] if len(entered) == len(STAGES) else "не закрыта"
            lines.append(f"{number};;100;Зоя;{written[0]};{written[1]};{closed};{STAGES[len(entered) - 1]};Продажи\n")
    return HEADING + "".join(lines)


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[datetime]], Facts]:
    deals, home = walks(60), Home(tmp_path_factory.mktemp("weekly") / "home")
    taken = [START + timedelta(days=day) for day in (7, 14, 20, 29, 35, 42, 49, 57, 63)]
    load([put(home, f"week{n}.csv", exported(deals, at)) for n, at in enumerate(taken)], home)
    return deals, open_facts(home)


def test_every_true_length_lies_between_the_least_and_the_most(weekly: tuple[list[list[datetime]], Facts]) -> None:
    deals, facts = weekly
    truth = {
        (str(number), STAGES[at]): (moments[at + 1] - moments[at]).total_seconds() / 86400
        for number, moments in enumerate(deals, 1)
        for at in range(len(STAGES) - 1)
    }
    known = with_bounds(facts, timed(facts, facts.visits))
    assert known.height > 60 and known["is_restored"].all()
    for row in known.select("deal_id", "stage_name", "least_days", "most_days", "days").to_dicts():
        true = truth[row["deal_id"], row["stage_name"]]
        assert row["least_days"] - 1e-6 <= true <= row["most_days"] + 1e-6, row
    frame = dwell(facts, Filter()).frame
    assert frame["median_high"].is_not_null().sum() >= 2
    for row in frame.to_dicts():
        stage = known.filter(pl.col("stage_name") == row["stage"])
        lengths = sorted(truth[deal, row["stage"]] for deal in stage["deal_id"])
        middle = lengths[(len(lengths) + 1) // 2 - 1]
        assert row["median_low"] - 1e-6 <= middle <= (row["median_high"] or inf) + 1e-6
        assert row["median"] is None or row["median_low"] <= row["median"] <= (row["median_high"] or inf)


def test_the_pages_say_how_exact_the_history_is(weekly: Any, company: Any) -> None:  # noqa: F811
    _, facts = weekly
    (sentence,) = restored(facts)
    told = sentence.said(Locale("ru"))
    assert "восстановлена по снимкам" in told and "точность ±" in told
    assert told in [one.said(Locale("ru")) for one in dwell(facts, Filter()).sentences]
    moved = replace(facts, deals=facts.deals.filter(pl.col("history") == "exports"))
    assert told in [one.said(Locale("ru")) for one in funnel(moved, Filter()).sentences]
    company(facts)
    app = opened("cycle", {"lang": "ru", "period": "all"})
    assert not app.exception and told in everything_said(app)
    assert any("median_low" in table.value.columns for table in app.dataframe)


def test_a_recorded_history_says_nothing_of_it(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    assert restored(facts) == []
    answer = dwell(facts, Filter())
    assert answer.frame["median_low"].is_null().all() and "median_low" not in [one.name for one in answer.columns]
