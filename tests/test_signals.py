"""What was unusual last week: five rows by hand, no alarm for what does not vary, is not ripe or is not told, few by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from companies import deals_of, facts_with, frame_of
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access import Facts, open_facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.analyses.signal_words import BEYOND, ON_ONE_SIDE, sentence
from dashboard.analyses.signals import QUIET, judge, signals
from dashboard.analyses.weekly_series import ending_week, last_week, series
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure, value_in
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.schema.facts import FACTS
from pipelines.settings import find_home
from pipelines.thresholds import Thresholds, WorkingDays

AS_OF = datetime(2026, 3, 31, 20, tzinfo=UTC)  # a Tuesday: the last whole week is that of 23 March
LAST = date(2026, 3, 23)
WEEKS = 15
SIGMA = 2 / 1.128  # of numbers that go up and down by two


def day(week: int, number: int) -> date:
    """A working day of a week, counted back from the last whole one."""
    return LAST - timedelta(weeks=week) + timedelta(days=number % 5)


def leads(counts: Sequence[int], **more: Any) -> list[dict[str, Any]]:
    """Make open deals of each week, the last week last."""
    weeks = zip(range(len(counts) - 1, -1, -1), counts, strict=True)
    return [{"created_on": day(week, n), "is_sales": True, **more} for week, count in weeks for n in range(count)]


def closed(wins: Sequence[int], count: int, **more: Any) -> list[dict[str, Any]]:
    """Make deals closed in each week, so many of them won; when they were created nobody knows."""
    weeks = zip(range(len(wins) - 1, -1, -1), wins, strict=True)
    return [
        {"closed_on": day(week, n), "outcome": "won" if n < won else "lost", "refusal_reason": "dear", "is_sales": True, **more}
        for week, won in weeks
        for n in range(count)
    ]  # fmt: skip


def swinging(low: int, last: int, by: int = 2) -> list[int]:
    """Fourteen weeks up and down, then the last."""
    return [*([low, low + by] * 7), last]


def company(rows: list[dict[str, Any]], **more: Any) -> Facts:
    """Make a company in which much happens in the running week too."""
    return replace(facts_with(deals_of([*rows, *running()]), AS_OF), **more)


def running() -> list[dict[str, Any]]:
    return [{"created_on": date(2026, 3, 30), "channel_name": "Ads", "is_sales": True}] * 300


ROWS = [
    *leads(swinging(20, 50), channel_name="Ads"),
    *leads([10] * WEEKS, channel_name="Site"),
    *closed(swinging(5, 15, 1), 20, manager_name="Anna"),
    *closed(swinging(5, 15, 1), 20, manager_name="Boris"),
]


def test_five_signals_by_hand() -> None:
    """Leads 30, 32, … then 60; of 40 closed 10, 12, … won, then 30; each signal of the whole is that of its parts too."""
    found = signals(company(ROWS), Filter()).frame
    assert set(found["week_from"]) == {LAST} and set(found["week_to"]) == {date(2026, 3, 29)}
    shown = found.select("metric_name", "by", "segment", "value", "usual", "low", "high", "n", "is_following").rows()
    chance, half = (0.275 * 0.725 / 40) ** 0.5, (0.275 * 0.725 / 20) ** 0.5
    whole, part = 3 * chance * (0.05 / chance) / 1.128, 3 * half * (0.05 / half) / 1.128
    expected = [
        ("leads", "", "", 60.0, 31.0, 31 - 3 * SIGMA, 31 + 3 * SIGMA, 60, False),
        ("win_rate", "", "", 0.75, 0.275, 0.275 - whole, 0.275 + whole, 40, False),
        ("leads", "channel", "Ads", 50.0, 21.0, 21 - 3 * SIGMA, 21 + 3 * SIGMA, 50, True),
        ("win_rate", "manager", "Anna", 0.75, 0.275, 0.275 - part, 0.275 + part, 20, True),
        ("win_rate", "manager", "Boris", 0.75, 0.275, 0.275 - part, 0.275 + part, 20, True),
    ]
    for one, other in zip(shown, expected, strict=True):
        assert one[:3] == other[:3] and one[8] is other[8]
        assert one[3:8] == pytest.approx(other[3:8])
    assert found["rule"].unique().to_list() == [BEYOND]


def test_a_signal_is_said_in_plain_words() -> None:
    answer = signals(company(ROWS), Filter())
    told = [one.said(Locale("en")) for one in answer.sentences]
    assert told[:2] == [
        "Leads: 60 in the week 23–29 March, usually 26 to 36.",
        "Win rate: 75% in the week 23–29 March, usually 14% to 41%.",
    ]
    assert told[2].startswith("Numbers watched: 5. Signals told: 5;")
    assert "3 more are parts that moved the same way as the whole: they are in the table." in told
    assert "Too few cases to watch (fewer than 20 in the usual week)" in " ".join(told)
    russian = answer.sentences[0].said(Locale("ru"))
    assert "60 за неделю 23–29 марта" in russian and "обычно" in russian


def test_eight_weeks_on_one_side_are_told_and_seven_are_not() -> None:
    for length, told in ((7, False), (8, True)):
        counts = [*([36, 28] * 10), *([34] * length)]
        counts[-1] = 35
        found = signals(company(leads(counts)), Filter()).frame
        assert found.height == told
    assert (found["rule"].item(), found["run"].item(), found["value"].item()) == (ON_ONE_SIDE, 8, 35)
    sentence = signals(company(leads(counts)), Filter()).sentences[0].said(Locale("en"))
    assert sentence == "Leads: 8 weeks in a row above the usual 33; 35 in the week 23–29 March."


def test_the_report_of_a_week_tells_of_that_week() -> None:
    """Sixty leads three weeks ago, and quiet since."""
    facts = company(leads([*swinging(30, 60), *swinging(30, 31)[:3]]))
    week = Period(LAST - timedelta(weeks=3), LAST - timedelta(weeks=2))
    assert signals(facts, Filter(period=week)).frame.select("week_from", "value").rows() == [(week.start, 60.0)]
    assert signals(facts, Filter()).frame.is_empty()


def test_a_quiet_week_says_how_much_was_watched() -> None:
    answer = signals(company(leads(swinging(30, 31))), Filter())
    assert answer.frame.is_empty() and answer.sentences[0].template == QUIET
    assert answer.sentences[0].values["watched"] == 1
    nothing = signals(facts_with(deals_of([]), AS_OF), Filter())
    assert nothing.frame.is_empty() and "No number has 20 cases a week" in str(nothing.sentences[0])


def answered(soon: Sequence[int], *, waited: float) -> Facts:
    """Make 25 leads a week of which so many are answered after ten minutes, the rest after an hour, and one of the last waits."""
    rows = leads([25] * len(soon))
    responses = []
    for number, row in enumerate(rows, 1):
        week, place = divmod(number - 1, 25)
        is_waiting = number == len(rows)
        told = {"response_minutes": None if is_waiting else 10.0 if place < soon[week] else 60.0}
        told |= {"waited_minutes": waited if is_waiting else None, "is_answered": not is_waiting}
        responses.append({**row, **told, "deal_id": str(number), "outcome": "open", "has_telephony": True})
    flags = {"is_answered_before": False, "has_next_step": False, "proposals_count": 0}
    facts = company(rows, responses=frame_of(FACTS["responses"], responses, **flags))
    return replace(facts, calls=calls([LAST + timedelta(days=4)]))


def calls(days: Sequence[date], *, is_answered: bool = True) -> pl.DataFrame:
    rows = [{"call_id": str(n), "started_on": one, "phone": "1", "direction": "in"} for n, one in enumerate(days)]
    moments = [{"started_at": datetime.combine(one, datetime.min.time(), UTC)} for one in days]
    both = [{**row, **moment} for row, moment in zip(rows, moments, strict=True)]
    flags = dict.fromkeys(("is_first_of_episode", "is_recovered", "is_after_hours"), False)
    return frame_of(FACTS["calls"], both, is_answered=is_answered, **flags)


def test_a_week_that_is_not_ripe_never_signals() -> None:
    """Answered in time 15 or 16 of 25, in the last week 2: unless somebody of that week still has time to be answered."""
    soon = swinging(15, 2, 1)
    ripe, young = (signals(answered(soon, waited=waited), Filter()).frame for waited in (90.0, 5.0))
    assert ripe["metric_name"].to_list() == ["answered_within_15"] and ripe["value"].item() == pytest.approx(2 / 25)
    assert young.is_empty()


def test_a_log_that_ends_early_is_no_fall_to_zero() -> None:
    days = [day(week, n) for week in range(WEEKS) for n in range(30 + week % 2)]
    rows = leads([30] * WEEKS)
    whole, short = company(rows, calls=calls(days)), company(rows, calls=calls([one for one in days if one < LAST]))
    assert "calls_in" in {one.watched.metric.name for one in series(whole, Filter(), last_week(whole))[0]}
    answer = signals(short, Filter())
    assert answer.frame.is_empty()
    assert "The last day told of calls is 20 Mar 2026: their last week is not judged." in [
        str(one) for one in answer.sentences
    ]


def test_a_part_that_is_gone_and_a_part_week_are_not_watched() -> None:
    gone = leads([*([40, 42] * 10), *([0] * 8)], channel_name="Gone")
    there = leads(swinging(30, 31, 1), channel_name="There")
    facts = company([*gone, *there])
    assert [one.name for one in series(facts, Filter(), last_week(facts))[0] if one.by] == ["There"]
    late = company([{**row, "created_on": max(row["created_on"], day(14, 2))} for row in there])
    (whole,) = (one for one in series(late, Filter(), last_week(late))[0] if not one.by)
    assert len(whole.values) == 14 and whole.values.tolist() == swinging(30, 31, 1)[1:]


def test_days_off_are_said_beside_the_numbers() -> None:
    off = Thresholds(working=WorkingDays(days_off=(date(2026, 3, 23), date(2026, 3, 28), date(2026, 4, 1))))
    answer = signals(company(ROWS, thresholds=off), Filter())
    assert "The week had days off: 1. Fewer leads, calls and sales are no surprise." in [
        str(one) for one in answer.sentences
    ]


@examples(10)
@given(st.permutations(range(len(ROWS))))
def test_the_order_of_the_rows_plays_no_part(order: list[int]) -> None:
    assert signals(company([ROWS[at] for at in order]), Filter()).frame.equals(signals(company(ROWS), Filter()).frame)


def test_the_numbers_watched_are_those_of_the_metrics(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    week = last_week(facts)
    found, _ = series(facts, Filter(), week)
    assert {one.watched.metric.name for one in found} >= {"leads", "won", "revenue", "win_rate", "answered_within_15"}
    for one in found:
        metric, judged = one.watched.metric, judge(one)
        if judged is not None:
            value = value_in(facts, metric, Filter(period=week), one.within)
            assert value is not None and judged.point.value == pytest.approx(float(value)), (metric.name, one.name)
        if not one.by:
            known = measure(facts, [metric], Filter(), by=("week",)).filter(pl.col("week") < week.end)
            shares = one.values / np.where(one.cases > 0, one.cases, np.nan) if metric.unit == "share" else one.values
            last = dict(zip(reversed(known["week"].to_list()), reversed(known[metric.name].to_list()), strict=True))
            for back, value in enumerate(reversed(shares.tolist())):
                if np.isfinite(value):
                    told = last.get((week.start or LAST) - timedelta(weeks=back), 0)
                    assert value == pytest.approx(float(told)), (metric.name, back)


def test_the_period_of_the_page_plays_no_part_and_a_week_that_is_over_is_judged_itself(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    whole = signals(facts, Filter()).frame
    assert signals(facts, Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))).frame.equals(whole)
    week = Period(date(2026, 9, 14), date(2026, 9, 21))
    earlier = series(facts, Filter(), week)[0]
    assert set(signals(facts, Filter(period=week)).frame["week_from"]) <= {week.start} and len(earlier[0].values) == 53
    assert set(whole["metric_name"]) <= METRICS.keys() and ANALYSES["signals"].is_state


@pytest.mark.parametrize(
    ("metric", "value", "low", "high", "told"),
    [
        ("leads", 34.0, 11.0, 33.6, "Leads: 34 in the week 23–29 March, usually 11 to 33.6."),
        ("leads", 60.0, 11.0, 33.6, "Leads: 60 in the week 23–29 March, usually 11 to 34."),
        (
            "revenue",
            1_240_000.0,
            300_000.0,
            1_210_000.0,
            "Revenue: ₽1,240,000 in the week 23–29 March, usually ₽300,000 to ₽1,210,000.",
        ),
        ("win_rate", 0.754, 0.11, 0.749, "Win rate: 75.4% in the week 23–29 March, usually 11.0% to 74.9%."),
    ],
)
def test_a_sentence_never_shows_a_number_at_the_limit_it_lies_beyond(metric, value, low, high, told) -> None:
    row = {
        "metric_name": metric,
        "by": "",
        "segment": "",
        "rule": BEYOND,
        "run": 1,
        "value": value,
        "usual": (low + high) / 2,
    }
    row |= {"low": low, "high": high, "week_from": LAST, "week_to": date(2026, 3, 29)}
    assert " ".join(sentence(row, "RUB").said(Locale("en")).split()) == told


def test_a_report_of_a_past_period_judges_its_own_last_week() -> None:
    facts = company(ROWS)
    past = Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))
    assert ending_week(facts, past).period == Period(date(2026, 1, 19), date(2026, 1, 26))
    for now in (
        Filter(),
        Filter(period=Period(LAST, date(2026, 3, 30))),
        Filter(period=Period(date(2026, 1, 1), date(2026, 4, 1))),
    ):
        assert ending_week(facts, now) is now
