"""The funnel against deals walked through by hand, a brute-force count, and the laws that hold for any company."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from companies import companies, stages_of, walked
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analyses.comparison import compare, compare_funnels
from dashboard.analyses.funnel import BASES, SKIPS, between, funnel
from dashboard.filters import Filter
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.errors import CheckFailed, UnknownName
from pipelines.schema.columns import EXITS


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=number)


STAGES = stages_of(
    ("New", "open", {"norm_days": 2.0}), ("Offer", "open"), ("Contract", "open"), ("Won", "won"), ("Lost", "lost")
)
COMPANY = walked(
    STAGES,
    [
        # 1 goes the whole way; 2 skips Offer and wins; 3 is lost from Offer; 4 goes back from Contract; 5 is new.
        {"walk": [("New", day(0)), ("Offer", day(1)), ("Contract", day(3)), ("Won", day(10))], "manager_name": "Anna"},
        {"walk": [("New", day(0)), ("Contract", day(2)), ("Won", day(4))], "manager_name": "Anna"},
        {"walk": [("New", day(1)), ("Offer", day(5)), ("Lost", day(6))], "manager_name": "Boris"},
        {"walk": [("New", day(1)), ("Contract", day(2)), ("Offer", day(8))], "manager_name": "Boris"},
        {"walk": [("New", day(20))], "manager_name": "Boris"},
    ],
    as_of=day(30),
)


def column(answer: Any, name: str) -> list[Any]:
    return answer.frame.get_column(name).to_list()


def test_reached_or_later_counts_a_skipped_stage_as_passed() -> None:
    answer = funnel(COMPANY, Filter())
    assert column(answer, "stage") == ["New", "Offer", "Contract", "Won", "Lost"]
    assert column(answer, "reached") == [5, 4, 3, 2, 1]
    assert column(answer, "step") == [4 / 5, 3 / 4, 2 / 3, None, None]
    assert column(answer, "cumulative") == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])
    assert (answer.deals_count, answer.history, answer.sentences) == (5, "events", ())


def test_every_stage_counts_only_who_went_through_all_before() -> None:
    assert column(funnel(COMPANY, Filter(), skips="every-stage"), "reached") == [5, 3, 2, 1, 1]


def test_every_stage_does_not_ask_for_optional_ones() -> None:
    stages = stages_of(("New", "open"), ("Offer", "open", {"is_optional": True}), ("Contract", "open"), ("Won", "won"))
    walks = [[("New", day(0)), ("Contract", day(1)), ("Won", day(2))], [("New", day(0)), ("Offer", day(1))]]
    answer = funnel(walked(stages, [{"walk": walk} for walk in walks], as_of=day(9)), Filter(), skips="every-stage")
    assert column(answer, "reached") == [2, 1, 1, 1]
    assert column(answer, "step") == [1 / 2, None, 1.0, None]


def test_any_touch_counts_whoever_was_there() -> None:
    answer = funnel(COMPANY, Filter(), skips="any-touch")
    assert column(answer, "reached") == [5, 3, 3, 2, 1]


def test_the_exits_of_each_stage() -> None:
    answer = funnel(COMPANY, Filter())
    assert answer.frame.select("entered", *EXITS).rows() == [
        (5, 4, 0, 0, 0, 1),
        (3, 1, 1, 0, 0, 1),
        (3, 2, 0, 1, 0, 0),
        (2, 0, 0, 0, 0, 2),
        (1, 0, 0, 0, 0, 1),
    ]


def test_days_in_a_stage_keep_the_deals_still_there() -> None:
    # New: 1, 2, 4, 1 days, and one of 10 still going on. Kaplan-Meier: 0.6 after 1, 0.4 after 2, 0.2 after 4.
    # Offer: 2 and 1 over, 22 still going on: 2/3 after 1, 1/3 after 2. Contract: 7, 2, 6.
    answer = funnel(COMPANY, Filter())
    assert column(answer, "days_median") == [2.0, 2.0, 6.0, None, None]
    assert column(answer, "days_p90") == [None, None, 7.0, None, None]
    assert column(answer, "norm_days") == [2.0, None, None, None, None]


def test_days_in_a_stage_are_unknown_when_only_the_present_stage_is_known() -> None:
    implied = COMPANY.deals.with_columns(history=pl.lit("implied").cast(COMPANY.deals.schema["history"]))
    answer = funnel(replace(COMPANY, deals=implied), Filter())
    assert column(answer, "days_median") == [None] * 5
    assert answer.history == "implied"
    assert "only the present stage" in str(answer.sentences[0])


def test_a_horizon_cuts_the_history_of_each_deal() -> None:
    answer = funnel(COMPANY, Filter(), horizon=5)
    # within 5 days of creation: 1 reached Contract, 2 won, 3 was lost on day 5, 4 reached Contract, 5 stayed new.
    assert column(answer, "reached") == [5, 4, 3, 1, 1]
    assert answer.frame.select("entered", *EXITS).rows() == [
        (5, 4, 0, 0, 0, 1),
        (2, 1, 1, 0, 0, 0),
        (3, 1, 0, 0, 0, 2),
        (1, 0, 0, 0, 0, 1),
        (1, 0, 0, 0, 0, 1),
    ]
    assert answer.matured_share == 1.0
    assert funnel(COMPANY, Filter(), horizon=15).matured_share == 0.8
    assert funnel(COMPANY, Filter()).matured_share is None


def test_the_cohort_is_of_deals_created_in_the_period() -> None:
    answer = funnel(COMPANY, Filter(period=Period(date(2026, 1, 2), date(2026, 1, 3))))
    assert answer.deals_count == 2
    assert column(answer, "reached") == [2, 2, 1, 0, 1]
    assert column(answer, "step") == [1.0, 0.5, 0.0, None, None]


def test_the_period_counts_visits_that_ended_in_it() -> None:
    answer = funnel(COMPANY, Filter(period=Period(date(2026, 1, 4), date(2026, 1, 10))), basis="period")
    # ended on 4…9 January: Offer of 1 (day 3) advanced, Contract of 2 (day 4) advanced, New of 3 (day 5) advanced,
    # Offer of 3 (day 6) lost, Contract of 4 (day 8) moved back. Final stages are not left: Won of 2 and Lost of 3 began then.
    assert column(answer, "entered") == [1, 2, 2, 1, 1]
    assert column(answer, "advanced") == [1, 1, 1, 0, 0]
    assert column(answer, "step") == [1.0, 0.5, 0.5, None, None]
    assert column(answer, "cumulative") == [1.0, 1.0, 0.5, 0.25, None]
    assert column(answer, "still_there") == [0, 0, 0, 1, 1]


def test_a_snapshot_shows_stock_and_no_conversion() -> None:
    answer = funnel(COMPANY, Filter(period=Period(date(2026, 1, 1))), basis="snapshot")
    assert column(answer, "reached") == [1, 1, 0, 2, 1]
    assert column(answer, "still_there") == column(answer, "entered") == [1, 1, 0, 2, 1]
    assert column(answer, "step") == column(answer, "cumulative") == [None] * 5
    assert "the period is not used" in str(answer.sentences[0])


def test_days_between_two_stages() -> None:
    assert between(COMPANY, Filter(), "New", "Contract") == {"n": 3, "median_days": 2.0, "mean_days": 2.0}
    assert between(COMPANY, Filter(), "Won", "New") == {"n": 0, "median_days": None, "mean_days": None}
    with pytest.raises(UnknownName, match='Did you mean "Contract"'):
        between(COMPANY, Filter(), "New", "Kontract")


def test_a_deal_handed_to_another_funnel_belongs_to_both() -> None:
    stages = STAGES + stages_of(("Again", "open"), ("Won", "won"), funnel="Repeat")
    facts = walked(stages, [{"walk": [("New", day(0), "Sales"), ("Again", day(1), "Repeat")]}], as_of=day(9))
    both = funnel(facts, Filter()).frame.filter(pl.col("entered") > 0)
    assert both.select("funnel", "stage", "handed_off", "still_there").rows() == [
        ("Repeat", "Again", 0, 1),
        ("Sales", "New", 1, 0),
    ]
    assert funnel(facts, Filter(funnels=("Sales",))).deals_count == 1


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(UnknownName, match='Did you mean "cohort"'):
        funnel(COMPANY, Filter(), basis="cohorts")  # ty: ignore
    with pytest.raises(UnknownName, match="reached-or-later"):
        funnel(COMPANY, Filter(), skips="reached or later")  # ty: ignore
    with pytest.raises(UnknownName, match="horizon"):
        funnel(COMPANY, Filter(), basis="period", horizon=90)


def test_a_lost_visit_is_noticed() -> None:
    broken = replace(
        COMPANY, visits=COMPANY.visits.with_columns(exit=pl.lit(None, dtype=COMPANY.visits.schema["exit"]))
    )
    with pytest.raises(CheckFailed, match="were lost"):
        funnel(broken, Filter())


def brute_reached(facts: Any, skips: str) -> dict[tuple[str, str], int]:
    """Count deals that reached each stage, deal by deal, straight from the words of the rule."""
    stages = list(facts.stages.to_dicts())
    counts = {(s["funnel_name"], s["stage_name"]): 0 for s in stages}
    touched: dict[str, set[tuple[str, str]]] = {}
    for visit in facts.visits.to_dicts():
        touched.setdefault(visit["deal_id"], set()).add((visit["funnel_name"], visit["stage_name"]))
    for been in touched.values():
        for stage in stages:
            place = (stage["funnel_name"], stage["stage_name"])
            same = [s for s in stages if s["funnel_name"] == stage["funnel_name"] and not s["is_unmapped"]]
            in_line = stage["stage_type"] in ("open", "won") and not stage["is_unmapped"]
            passed = place in been
            if in_line and skips == "reached-or-later":
                passed = any(
                    (s["funnel_name"], s["stage_name"]) in been
                    for s in same
                    if s["stage_type"] in ("open", "won") and s["stage_order"] >= stage["stage_order"]
                )
            elif in_line and skips == "every-stage":
                passed = passed and all(
                    (s["funnel_name"], s["stage_name"]) in been
                    for s in same
                    if s["stage_type"] == "open" and not s["is_optional"] and s["stage_order"] < stage["stage_order"]
                )
            counts[place] += passed
    return counts


@examples(60)
@given(facts=companies(), skips=st.sampled_from(SKIPS))
def test_reached_agrees_with_counting_deal_by_deal(facts: Any, skips: Any) -> None:
    frame = funnel(facts, Filter(), skips=skips).frame
    assert {(row[0], row[1]): row[2] for row in frame.select("funnel", "stage", "reached").rows()} == brute_reached(
        facts, skips
    )


@examples(80)
@given(
    facts=companies(),
    basis=st.sampled_from(BASES),
    skips=st.sampled_from(SKIPS),
    horizon=st.sampled_from([None, 1, 10, 400]),
    period=st.sampled_from([Period(), Period(date(2025, 2, 1), date(2025, 6, 1))]),
    manager=st.sampled_from([(), ("Анна",), ("",)]),
)
def test_the_laws_of_any_funnel(facts: Any, basis: Any, skips: Any, horizon: Any, period: Period, manager: Any) -> None:
    horizon = horizon if basis == "cohort" else None
    filter = Filter(period=period, managers=manager)
    answer = funnel(facts, filter, basis=basis, skips=skips, horizon=horizon)
    frame = answer.frame
    assert (frame.select(pl.sum_horizontal(EXITS)).to_series() == frame.get_column("entered")).all()
    assert (frame.get_column("reached") <= answer.deals_count).all()
    line = frame.filter(pl.col("stage_type").is_in(["open", "won"]) & (pl.col("stage") != "Forgotten stage"))
    for _, stages in line.group_by("funnel", maintain_order=True):
        reached = stages.get_column("reached").to_list()
        if skips == "reached-or-later" and basis == "cohort":
            assert reached == sorted(reached, reverse=True)
            assert all(step is None or step <= 1 for step in stages.get_column("step"))
    if basis == "cohort" and horizon is None and period.is_all_time and not manager:
        assert frame.get_column("entered").sum() == facts.visits.height
    if basis == "cohort":
        free = funnel(facts, filter, skips="reached-or-later").frame.get_column("reached")
        cut = funnel(facts, filter, skips="reached-or-later", horizon=horizon).frame.get_column("reached")
        assert (cut <= free).all()
    assert not frame.select(pl.col("step", "cumulative").is_nan().any()).row(0)[0]
    names = frame.get_column("days_median").drop_nulls()
    assert (names >= 0).all()


@examples(30)
@given(facts=companies(), seed=st.integers(0, 99), basis=st.sampled_from(BASES))
def test_the_order_of_rows_does_not_matter(facts: Any, seed: int, basis: Any) -> None:
    mixed = replace(
        facts,
        deals=facts.deals.sample(fraction=1, shuffle=True, seed=seed),
        visits=facts.visits.sample(fraction=1, shuffle=True, seed=seed),
        stages=facts.stages.sample(fraction=1, shuffle=True, seed=seed),
    )
    for skips in SKIPS:
        one, two = (funnel(f, Filter(), basis=basis, skips=skips).frame for f in (facts, mixed))
        assert one.equals(two)


def test_a_period_beside_the_one_before() -> None:
    january = Filter(period=Period(date(2026, 1, 8), date(2026, 1, 12)))
    answer = compare(COMPANY, [METRICS["won"], METRICS["win_rate"], METRICS["revenue"]], january)
    assert answer.before == Period(date(2026, 1, 4), date(2026, 1, 8))
    assert answer.frame.select("metric", "value", "before", "change", "growth").rows() == [
        ("won", 1.0, 1.0, 0.0, 0.0),
        ("win_rate", 1.0, 0.5, 0.5, None),
        ("revenue", None, None, None, None),
    ]
    alone = compare(COMPANY, [METRICS["won"]], Filter())
    assert alone.before is None
    assert alone.frame.get_column("before").to_list() == [None]


def test_two_groups_stand_side_by_side() -> None:
    pair = compare_funnels(COMPANY, Filter(managers=("Anna",)), Filter(managers=("Boris",)))
    assert pair.frame.get_column("stage").to_list() == ["New", "Offer", "Contract", "Won", "Lost"]
    assert pair.frame.get_column("reached_1").to_list() == [2, 2, 2, 2, 0]
    assert pair.frame.get_column("reached_2").to_list() == [3, 2, 1, 0, 1]
