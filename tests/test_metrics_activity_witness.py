"""Metrics of calls, answers, promises, touches and cards agree with their witnesses on companies that call and promise."""

from __future__ import annotations

from datetime import date
from typing import Any

from company_activity import FIRST, busy_companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_witness import BY, WITNESSED, disagreements

from dashboard.access import Facts
from dashboard.metrics import calls, promises, scores, speed
from dashboard.metrics.registry import collect
from dashboard.periods import Period
from pipelines.facts import build_facts

NAMES = tuple(name for name in collect([calls, promises, scores, speed]) if name in WITNESSED)
PERIODS = st.sampled_from([Period(), Period(date(2026, 3, 24), date(2026, 3, 30)), Period(None, date(2026, 3, 23))])


def facts_of(core: dict[str, Any]) -> Facts:
    """Build the facts of a drawn company, as of two weeks after its first day."""
    as_of = FIRST.replace(month=4, day=6)
    return Facts("s000001", as_of, "Europe/Berlin", "RUB", **build_facts(core, as_of=as_of, zone="Europe/Berlin"))


@examples(30)
@given(core=busy_companies(), period=PERIODS, cut=st.sampled_from(BY))
def test_the_witness_agrees_on_any_company_that_calls(core: dict[str, Any], period: Period, cut: str) -> None:
    assert disagreements(facts_of(core), period, NAMES, (cut, "month")) == []
