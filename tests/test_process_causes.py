"""Managers, change of revenue, stage check, diagnosis, what-if: by hand, as exact sums, and on any company."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from companies import companies, deals_of, facts_with, stages_of, walked
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analyses.against_team import manager_against_team, run
from dashboard.analyses.catalogue import ANALYSES
from dashboard.analyses.diagnosis import diagnosis
from dashboard.analyses.diagnosis_rules import RULES, places, rules_for
from dashboard.analyses.funnel import funnel
from dashboard.analyses.managers import managers
from dashboard.analyses.revenue_change import check_split, revenue_change
from dashboard.analyses.stage_lint import stage_lint
from dashboard.analyses.stage_twins import merged, similarity
from dashboard.analyses.what_if import ENDS, NOT_WON, WON, raised, what_if
from dashboard.filters import Filter
from dashboard.periods import Period
from dashboard.statistics.chain import chain
from dashboard.statistics.decomposition import shapley
from dashboard.statistics.products import shapley_of_product
from pipelines.errors import UnknownName
from pipelines.thresholds import Thresholds


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=number)


STAGES = stages_of(("New", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))


def won(manager: str, amount: int, start: float = 0) -> dict[str, Any]:
    walk = [("New", day(start)), ("Offer", day(start + 1)), ("Won", day(start + 2))]
    return {"manager_name": manager, "amount": amount, "walk": walk}


def lost(manager: str, *before: str, start: float = 0) -> dict[str, Any]:
    names = [*before, "Lost"]
    return {"manager_name": manager, "walk": [(name, day(start + at)) for at, name in enumerate(names)]}


TEAM = walked(
    STAGES,
    [won("Anna", 100), won("Anna", 300), lost("Anna", "New"), lost("Boris", "New", "Offer"), won("Boris", 500)],
    as_of=day(40),
)


def test_the_scorecard_by_hand() -> None:
    frame = managers(TEAM, Filter()).frame
    assert frame.select("manager", "leads", "closed", "won", "lost", "revenue", "check_mean").rows() == [
        ("Anna", 3, 3, 2, 1, 400, 200.0),
        ("Boris", 2, 2, 1, 1, 500, 500.0),
    ]
    assert frame["win_rate"].to_list() == pytest.approx([2 / 3, 1 / 2])
    assert frame["verdict"].to_list() == ["too few to say"] * 2
    # Expected of Anna's three: how Boris's two ended. They are one kind, but fewer than ten, so nothing compares.
    assert frame["expected"].to_list() == pytest.approx([3 * 1 / 2, 2 * 2 / 3])
    assert frame["adjusted"].to_list() == [None, None]


def test_a_manager_given_better_deals_is_adjusted_down() -> None:
    def deals(manager: str, channel: str, wins: int, losses: int) -> list[dict[str, Any]]:
        row = {"manager_name": manager, "channel_name": channel, "closed_on": date(2026, 1, 5), "is_sales": True}
        return [row | {"outcome": "won"}] * wins + [row | {"outcome": "lost"}] * losses

    rows = [*deals("Anna", "good", 80, 20), *deals("Boris", "good", 16, 4), *deals("Boris", "bad", 16, 64)]
    rows += [*deals("Vera", "good", 32, 8), *deals("Vera", "bad", 12, 48)]
    anna, boris, vera = managers(facts_with(deals_of(rows)), Filter()).frame.to_dicts()
    assert (anna["verdict"], boris["verdict"]) == ("above the others", "below the others")
    assert anna["win_rate"] - anna["adjusted"] > 0.2
    assert abs(anna["adjusted"] - boris["adjusted"]) < 0.05
    assert vera["overlap"] == 1.0


def test_a_manager_against_the_colleagues_adds_up() -> None:
    frame = manager_against_team(TEAM, Filter(), "Anna").frame
    assert frame.select("stage", "own", "team").rows() == [
        (None, 3.0, 2.0),
        ("New", 1.0, 1.0),
        ("Offer", pytest.approx(2 / 3), 1.0),
        (None, 1.0, 0.5),
        (None, 200.0, 500.0),
    ]
    assert frame["effect"].sum() == pytest.approx(400 - 500)
    with pytest.raises(UnknownName, match="Did you mean"):
        manager_against_team(TEAM, Filter(), "Ana")


@examples(40)
@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=1, max_size=5))
def test_a_product_splits_as_all_orders_of_change_do(sides: list[tuple[float, float]]) -> None:
    before, after = ({str(at): pair[side] for at, pair in enumerate(sides)} for side in (0, 1))
    assert shapley_of_product(before, after) == pytest.approx(shapley(before, after), rel=1e-9, abs=1e-6)


def sold(month: int, product: str, amount: int | None, outcome: str = "won") -> dict[str, Any]:
    closed = date(2026, month, 10)
    return {"outcome": outcome, "closed_on": closed, "product_name": product, "amount": amount, "is_sales": True}


JANUARY_SALES = [sold(1, "A", 100), sold(1, "B", 300), sold(1, "B", None, "lost"), sold(1, "B", None, "lost")]
FEBRUARY_SALES = [sold(2, "A", 120), sold(2, "A", 140), sold(2, "A", 100), sold(2, "B", None, "lost")]
SALES = facts_with(deals_of([*JANUARY_SALES, *FEBRUARY_SALES]))
FEBRUARY = Filter(period=Period(date(2026, 2, 1), date(2026, 3, 1)))


def test_the_change_of_revenue_adds_up() -> None:
    frame = revenue_change(SALES, FEBRUARY).frame
    # January: 4 closed × 1/2 × 200 = 400; February: 4 × 3/4 × 120 = 360.
    assert frame.select("before", "after").rows() == [(4.0, 4.0), (0.5, 0.75), (200.0, 120.0)]
    assert frame["effect"].to_list() == pytest.approx([0.0, 4 * 0.25 * 160, 4 * 0.625 * -80])
    assert frame["effect"].sum() == pytest.approx(360 - 400)
    assert (frame["effect_low"] <= frame["effect_high"]).all()
    assert str(revenue_change(SALES, Filter()).sentences[0]).startswith("There is no period")


def test_the_change_of_the_check_by_product() -> None:
    frame = check_split(SALES, FEBRUARY).frame
    # A: share 1/2 → 1, check 100 → 120; B: share 1/2 → 0, check 300 only. Means 200 → 120, their middle 160.
    assert frame.select("segment", "rate_effect", "mix_effect").rows() == [
        ("A", pytest.approx(0.75 * 20), pytest.approx(0.5 * (110 - 160))),
        ("B", 0.0, pytest.approx(-0.5 * (300 - 160))),
    ]
    assert frame.select(pl.sum_horizontal("rate_effect", "mix_effect").sum()).item() == pytest.approx(-80)


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("Отправлено КП", "КП отправлена", True),
        ("Переговоры", "Переговоры с клиентом", False),
        ("Звонок 1", "Звонок 2", False),
        ("Счёт выставлен", "счет выставлен", True),
        ("Договор", "Замер", False),
    ],
)
def test_names_that_mean_the_same(one: str, other: str, is_alike: bool) -> None:
    assert (similarity(one, other) >= 0.85) is is_alike


def test_a_stage_deals_only_pass_through_is_a_twin_and_can_be_merged() -> None:
    stages = stages_of(("New", "open"), ("Sent", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))
    minute = 1 / 1440
    walks = [
        [("New", day(n)), ("Sent", day(n + 1)), ("Offer", day(n + 1 + minute)), (("Won", "Lost")[n % 2], day(n + 5))]
        for n in range(30)
    ]
    facts = walked(stages, [{"walk": walk} for walk in walks], as_of=day(60))
    rows = stage_lint(facts, Filter()).frame.filter(pl.col("other_stage").is_not_null())
    assert rows.select("stage", "other_stage", "value", "n").rows() == [("Sent", "Offer", 1.0, 30)]
    short = replace(
        facts, visits=facts.visits.filter(pl.col("deal_id") != "1"), deals=facts.deals.filter(pl.col("deal_id") != "1")
    )
    assert stage_lint(short, Filter()).frame["other_stage"].null_count() == stage_lint(short, Filter()).frame.height
    one = funnel(merged(facts, "Sales", "Sent", "Offer"), Filter()).frame
    assert one.select("stage", "entered").rows() == [("New", 30), ("Offer", 30), ("Won", 15), ("Lost", 15)]
    assert one.filter(pl.col("stage") == "Offer")["days_median"].to_list() == pytest.approx([4.0])


def test_few_stages_a_gap_in_the_dictionary_and_a_stranger_are_told() -> None:
    facts = walked(STAGES, [{"walk": [("New", day(0)), ("Odd", day(1))]}], as_of=day(9))
    told = stage_lint(facts, Filter()).frame
    rules = [rule.split(":")[0] for rule in told["rule"]]
    assert rules == [
        "few stages",
        "the dictionary of stages is not complete",
        "the stage is in the data and not in the dictionary",
    ]
    assert told["value"].to_list() == [2.0, 0.0, None]
    content = replace(facts, thresholds=Thresholds(least_stages=2))
    assert "few stages" not in str(stage_lint(content, Filter()).frame["rule"].to_list())


def test_every_kind_of_finding_has_a_rule_for_any_stage() -> None:
    assert {rule.seen for rule in RULES if rule.place in ("any", "leads")} == {rule.seen for rule in RULES}
    kinds = places(["Заявка", "Замер", "КП отправлено", "Договор"])
    assert [one[0] for one in kinds] == ["first", "before_offer", "offer", "closing"]
    rule = rules_for("narrowest", kinds[1])
    assert rule is not None and "need" in rule.hypotheses


def test_the_narrowest_stage_comes_with_possible_causes() -> None:
    deals = [lost("Anna", "New") for _ in range(28)] + [won("Anna", 5) for _ in range(32)]
    rows = diagnosis(walked(STAGES, deals, as_of=day(90)), Filter()).frame
    first = rows.row(0, named=True)
    assert (first["stage"], first["value"], first["reference"], first["n"]) == (
        "New",
        pytest.approx(32 / 60),
        pytest.approx(1.0),
        60,
    )
    assert diagnosis(TEAM, Filter()).frame.is_empty()


def test_what_a_stage_would_bring() -> None:
    def of(manager: str, wins: int, losses: int) -> list[dict[str, Any]]:
        return [won(manager, 100)] * wins + [lost(manager, "New")] * losses

    deals = [*of("Anna", 90, 10), *of("Boris", 50, 50), *of("Vera", 40, 60)]
    deals[0] = won("Anna", 100, start=-30)
    frame = what_if(walked(STAGES, deals, as_of=day(90)), Filter()).frame
    best = frame.row(0, named=True)
    # 180 of 300 leave New upwards and every one of them is won, so a step of t makes a chance of t.
    assert (best["stage"], best["n"], best["step"], best["win_now"]) == ("New", 300, 0.6, pytest.approx(0.6))
    assert 0.6 < best["target"] < 0.9
    assert best["win_then"] == pytest.approx(best["target"])
    flow = 300 / 31 * 365.25 / 12
    assert best["gain"] == pytest.approx((best["target"] - 0.6) * flow * 100)
    assert best["gain_low"] < best["gain"] < best["gain_high"]
    assert best["slope"] == pytest.approx(1.0)
    assert what_if(TEAM, Filter()).frame["gain"].to_list() == [None, None]


def test_a_better_step_shrinks_all_other_ways_in_proportion() -> None:
    moves = {
        ("New", "Offer"): 4.0,
        ("New", WON): 1.0,
        ("New", NOT_WON): 5.0,
        ("Offer", WON): 1.0,
        ("Offer", "New"): 1.0,
    }
    better = raised(chain(moves, ["New", "Offer"], ENDS), "New", ["Offer", WON], 0.75)
    assert better.steps[0].tolist() == pytest.approx([0.0, 0.6, 0.15, 0.25, 0.0, 0.0])
    # From New: w = 0.15 + 0.6·(1 + w)/2, so w = 0.45/0.7.
    assert better.chance("New", WON) == pytest.approx(0.45 / 0.7)


@examples(25)
@given(facts=companies())
def test_the_laws_of_any_company(facts: Any) -> None:
    told = run(facts, Filter()).frame
    for (manager,), rows in told.group_by("manager"):
        own, team = (rows[side].fill_null(0.0).product() for side in ("own", "team"))
        assert rows["effect"].sum() == pytest.approx(own - team, abs=1e-6), manager
    card = managers(facts, Filter()).frame
    assert (card["closed"] == card["won"] + card["lost"]).all()
    names = card["manager"].drop_nulls().to_list()
    assert names == sorted(names)
    chances = what_if(facts, Filter()).frame
    assert chances.filter(~pl.col("win_now").is_between(-1e-9, 1 + 1e-9)).is_empty()
    filter = Filter(period=Period(date(2025, 4, 1), date(2025, 9, 1)))
    change = revenue_change(facts, filter).frame
    if change.height:
        now, before = (change[side].fill_null(0.0).product() for side in ("after", "before"))
        assert change["effect"].sum() == pytest.approx(now - before, abs=1e-6)


@examples(15)
@given(facts=companies(most_deals=8), name=st.sampled_from(sorted(ANALYSES)))
def test_every_analysis_answers_any_company_with_the_columns_it_shows(facts: Any, name: str) -> None:
    told = ANALYSES[name].run(facts, Filter(period=Period(date(2025, 4, 1), date(2025, 9, 1))))
    assert {column.name for column in told.columns} <= set(told.frame.columns)
    assert told.as_of == facts.as_of
    assert told.definition
