"""The public sets come out as their reference figures say, through the command line's own road.

Counts exactly, rates and means to four decimals. The sets lie beside the project; without them these tests say so.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from real.sets import loaded

from dashboard.access import Facts
from dashboard.analyses.funnel import between, funnel
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period

NAMES = (
    "leads", "won", "lost", "open", "win_rate", "win_rate_cohort", "revenue", "average_check", "average_check_median",
    "cycle_days_median", "cycle_days_mean",
)  # fmt: skip
REFERENCE_OF = {
    "leads": "deals",
    "won": "won",
    "lost": "lost",
    "open": "open",
    "win_rate": "win_rate_closed",
    "win_rate_cohort": "win_rate_all",
    "revenue": "revenue",
    "average_check": "average_check",
    "cycle_days_median": "median_cycle_days_won",
}


def rows(facts: Facts, *by: str, filter: Filter | None = None) -> list[dict[str, Any]]:
    return measure(facts, [METRICS[name] for name in NAMES], filter or Filter(), by=by).to_dicts()


@pytest.fixture(scope="module")
def maven(once: Any, real_data: Path) -> tuple[Facts, dict[str, Any]]:
    return loaded(once, real_data, "maven_crm", "maven_crm")


@pytest.fixture(scope="module")
def agents(once: Any, real_data: Path) -> tuple[Facts, dict[str, Any]]:
    return loaded(once, real_data, "maven_crm", "maven_crm_agents")


@pytest.fixture(scope="module")
def bpic(once: Any, real_data: Path) -> tuple[Facts, dict[str, Any]]:
    return loaded(once, real_data, "bpic2012_loans", "bpic2012")


def same_as(found: dict[str, Any], reference: dict[str, Any]) -> None:
    for ours, theirs in REFERENCE_OF.items():
        assert float(found[ours]) == pytest.approx(reference[theirs], abs=5e-5), (found, ours)


def test_maven_whole(maven: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = maven
    assert reference["report"]["outcome"] == "accept"
    assert reference["report"]["rows_in"] == reference["report"]["accepted"] == 8800 + 85 + 7 + 35
    found = rows(facts)[0]
    assert (found["leads"], found["won"], found["lost"], found["open"]) == (8800, 4238, 2473, 2089)
    assert (found["revenue"], found["average_check_median"]) == (10_005_534, 1117)
    assert found["average_check"] == pytest.approx(2360.9094, abs=5e-5)
    assert found["win_rate"] == pytest.approx(0.6315, abs=5e-5)
    assert (found["cycle_days_median"], round(found["cycle_days_mean"], 3)) == (57, 51.782)
    assert facts.as_of_on.isoformat() == reference["deals"]["close_max"]
    assert facts.currency == "USD"


@pytest.mark.parametrize(
    ("dimension", "figures"), [("manager", "managers"), ("region", "regions"), ("product", "products")]
)
def test_maven_by(maven: tuple[Facts, dict[str, Any]], dimension: str, figures: str) -> None:
    facts, reference = maven
    found = {row[dimension]: row for row in rows(facts, dimension)}
    assert set(found) == set(reference[figures])
    for name, figure in reference[figures].items():
        same_as(found[name], figure)


def test_maven_by_agent_and_team(agents: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = agents
    by_agent = {row["manager"]: row for row in rows(facts, "manager")}
    assert len(by_agent) == 30
    for name, figure in reference["agents_top3_by_deals"].items():
        same_as(by_agent[name], figure)
    by_team = {row["team"]: row for row in rows(facts, "team")}
    for name, figure in reference["managers"].items():
        same_as(by_team[name], figure)


def test_maven_by_quarter_of_closing(maven: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = maven
    starts = [date(2017, 1, 1), date(2017, 4, 1), date(2017, 7, 1), date(2017, 10, 1), date(2018, 1, 1)]
    found = [
        float(rows(facts, filter=Filter(period=Period(start, end)))[0]["revenue"]) for start, end in pairwise(starts)
    ]
    assert found == list(reference["won_revenue_by_close_quarter"].values())


def test_maven_names_the_orphan_and_the_product_it_may_be(maven: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = maven
    orphan = facts.orphans.row(0, named=True)
    assert (orphan["value"], orphan["rows"], orphan["amount"]) == ("GTXPro", 1480, 3_510_578.0)
    assert orphan["suggestion"] == "GTX Pro"
    teams = facts.joins.filter(facts.joins["right_table"] == "maven_crm__teams").row(0, named=True)
    assert (teams["matched"], teams["orphans"], teams["unused"]) == (
        8800,
        0,
        len(reference["joins"]["agents_without_deals"]),
    )
    assert facts.identities["holds"].all()


def test_bpic_outcomes_and_cycles(bpic: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = bpic
    assert reference["report"]["rows_in"] == reference["report"]["accepted"] == 262_200
    found = rows(facts)[0]
    assert (found["leads"], found["won"], found["lost"], found["open"]) == (13_087, 2_246, 10_442, 399)
    assert (found["revenue"], found["average_check_median"]) == (35_290_338, 13_000)
    assert found["average_check"] == pytest.approx(reference["average_check_won"]["mean"], abs=5e-4)
    assert found["win_rate"] == pytest.approx(reference["outcome"]["win_rate_closed"], abs=5e-5)
    assert found["win_rate_cohort"] == pytest.approx(reference["outcome"]["win_rate_all"], abs=5e-5)
    assert found["cycle_days_median"] == pytest.approx(14.4366, abs=5e-5)
    assert found["cycle_days_mean"] == pytest.approx(16.6589, abs=5e-5)


def test_bpic_wins_belong_to_the_manager_of_the_closing_event(bpic: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = bpic
    by_manager = {row["manager"]: row["won"] for row in rows(facts, "manager")}
    assert {name: by_manager[name] for name in reference["managers_top3_by_A_APPROVED"]} == reference[
        "managers_top3_by_A_APPROVED"
    ]


def test_bpic_funnel_by_any_touch_is_the_reference_exactly(bpic: tuple[Facts, dict[str, Any]]) -> None:
    facts, reference = bpic
    answer = funnel(facts, Filter(), skips="any-touch")
    assert dict(answer.frame.select("stage", "reached").rows()) == reference["funnel_cases_ever_in_stage"]
    exits = ["advanced", "lost", "moved_back", "handed_off", "still_there"]
    assert (
        answer.frame.select(sum(answer.frame[name] for name in exits))
        .to_series()
        .equals(answer.frame["entered"], check_names=False)
    )


@pytest.mark.parametrize(
    "pair", ["A_SUBMITTED->A_PREACCEPTED", "A_PREACCEPTED->A_ACCEPTED", "O_SENT->O_ACCEPTED", "O_SENT->O_SENT_BACK"]
)
def test_bpic_days_from_stage_to_stage(bpic: tuple[Facts, dict[str, Any]], pair: str) -> None:
    facts, reference = bpic
    first, second = pair.split("->")
    figure = reference["stage_to_stage_days"][pair]
    found = between(facts, Filter(), first, second)
    assert found["n"] == figure["n"]
    assert found["median_days"] == pytest.approx(figure["median_days"], abs=5e-5)
    assert found["mean_days"] == pytest.approx(figure["mean_days"], abs=5e-5)
