"""A filter survives its URL, and no URL can break the page."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest
from companies import deals_of, facts_with
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import FIELDS, KEYS, Filter, parse_day
from dashboard.periods import COMPARES, PRESETS, Period, presets
from pipelines.errors import UnknownName

AS_OF_ON = date(2026, 3, 15)
VALUES = st.lists(st.text(max_size=20), max_size=3).map(tuple)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2150, 1, 1))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Draw any filter, with a named period or with days."""
    chosen = {name: draw(VALUES) for name in FIELDS.values()}
    preset = draw(st.none() | st.sampled_from(PRESETS))
    if preset is not None:
        period = presets(AS_OF_ON)[preset]
    else:
        start, end = draw(DAYS), draw(DAYS)
        period = Period(start, end) if start is None or end is None or start < end else Period(end, None)
    return Filter(**chosen, period=period, preset=preset, compare=draw(st.sampled_from(COMPARES)))


@examples(100)
@given(filters())
def test_a_filter_survives_its_url(chosen: Filter) -> None:
    query = parse_qs(urlencode(chosen.to_query(), doseq=True), keep_blank_values=True)
    assert Filter.from_query(query, AS_OF_ON) == (chosen, ())


def test_the_default_filter_leaves_the_url_bare() -> None:
    assert Filter().to_query() == {}
    assert Filter.from_query({}, AS_OF_ON) == (Filter(), ())


def test_a_url_is_short_and_readable() -> None:
    chosen = Filter(managers=("Анна", ""), regions=("East",)).with_preset("this_quarter", AS_OF_ON)
    assert chosen.to_query() == {"manager": ["Анна", ""], "region": ["East"], "period": ["this_quarter"]}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@examples(100)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8) | st.integers(), ANY, max_size=8), st.dates())
def test_reading_a_link_never_fails(query: dict, as_of_on: date) -> None:
    chosen, notices = Filter.from_query(query, as_of_on)
    assert isinstance(chosen, Filter)
    assert all(str(notice) for notice in notices)
    facts_with(deals_of([])).deals.filter(chosen.rows("closed_on"))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"from": ["31.01.2026"]}, "not a date"),
        ({"from": ["2026-02-30"]}, "not a date"),
        ({"to": ["2026-W01-1"]}, "not a date"),
        ({"to": ["٢٠٢٦-01-01"]}, "not a date"),
        ({"from": ["2026-03-01"], "to": ["2026-02-01"]}, "ends (1 Feb 2026) before it begins"),
        ({"period": ["this_moth"]}, "not known"),
        ({"period": ["this_month"], "from": ["2026-03-01"]}, "the dates were taken"),
        ({"compare": ["yesterday"]}, "not known"),
        ({"manger": ["Anna"]}, 'Did you mean "manager"'),
        ({"manager": ["x" * 100_000]}, "could not be used"),
        ({"manager": [str(number) for number in range(10_000)]}, "could not be used"),
    ],
)
def test_what_a_link_cannot_mean_is_said(query: dict, says: str) -> None:
    _, notices = Filter.from_query(query, AS_OF_ON)
    assert [says in str(notice) for notice in notices] == [True]


def test_keys_of_other_pages_are_left_alone() -> None:
    query = {
        "stage": ["Offer"],
        "basis": ["cohort"],
        "skips": ["x"],
        "horizon": ["90"],
        "metric": ["won"],
        "lang": ["ru"],
    }
    assert Filter.from_query(query, AS_OF_ON) == (Filter(), ())


def test_the_rest_of_a_broken_link_still_counts() -> None:
    chosen, notices = Filter.from_query({"manager": ["Anna"], "from": ["soon"], "to": ["2026-03-01"]}, AS_OF_ON)
    assert chosen == Filter(managers=("Anna",), period=Period(None, date(2026, 3, 1)))
    assert len(notices) == 1


DEALS = deals_of(
    [
        {"manager_name": "Anna", "region_name": "East", "closed_on": date(2026, 3, 1)},
        {"manager_name": "Anna", "region_name": "West"},
        {"manager_name": "Boris", "region_name": "East", "closed_on": date(2026, 2, 1)},
        {"manager_name": None, "region_name": "East", "closed_on": date(2026, 3, 2)},
    ]
)


@pytest.mark.parametrize(
    ("chosen", "dated_by", "kept"),
    [
        (Filter(), None, ["1", "2", "3", "4"]),
        (Filter(managers=("Anna",)), None, ["1", "2"]),
        (Filter(managers=("Anna", "Boris")), None, ["1", "2", "3"]),
        (Filter(managers=("",)), None, ["4"]),
        (Filter(managers=("", "Boris")), None, ["3", "4"]),
        (Filter(managers=("Anna",), regions=("East",)), None, ["1"]),
        (Filter(managers=("Nobody",)), None, []),
        (Filter(period=Period(date(2026, 3, 1))), "closed_on", ["1", "4"]),
        (Filter(period=Period(date(2026, 3, 1))), None, ["1", "2", "3", "4"]),
        (Filter(), "closed_on", ["1", "2", "3", "4"]),
    ],
)
def test_values_of_one_key_add_up_and_keys_narrow(chosen: Filter, dated_by: str | None, kept: list[str]) -> None:
    assert DEALS.filter(chosen.rows(dated_by)).get_column("deal_id").to_list() == kept


def test_a_value_nobody_has_is_dropped_with_a_word() -> None:
    chosen, notices = Filter(managers=("Ana", "Boris", "")).known(DEALS)
    assert chosen.managers == ("Boris", "")
    assert [str(notice) for notice in notices] == [
        'No deal has the manager "Ana", so it was left out. Did you mean "Anna"?'
    ]


def test_a_date_is_only_a_date_in_one_way() -> None:
    assert parse_day("2026-01-31") == date(2026, 1, 31)
    for word in ("20260131", "2026-1-31", "0001-01-01", "", "tomorrow"):
        with pytest.raises(UnknownName, match="2026-01-31"):
            parse_day(word)
