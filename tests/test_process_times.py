"""Exits, cycle, days in stages, stuck deals, conformance: walked through by hand, then against DuckDB on any company."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from companies import companies, deals_of, facts_with, stages_of, walked
from examples import examples
from hypothesis import given

from dashboard.analyses.before_after import before_after
from dashboard.analyses.conformance import conformance, stages_kept
from dashboard.analyses.exits import exits
from dashboard.analyses.funnel_pair import funnel_pair
from dashboard.analyses.funnel_rows import ripening
from dashboard.analyses.stage_days import dwell
from dashboard.analyses.stuck import pipeline, standing, stuck, stuck_ids
from dashboard.analyses.times import AT_ONCE, cohorts, cycle, cycle_by_age, ripe_age
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period
from pipelines.schema.columns import EXITS
from pipelines.schema.facts import Calls


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
        {"walk": [("New", day(1)), ("Offer", day(5)), ("Lost", day(6))], "manager_name": "Boris", "amount": 70},
        {"walk": [("New", day(1)), ("Contract", day(2)), ("Offer", day(8))], "manager_name": "Boris", "amount": 30},
        {"walk": [("New", day(20))], "manager_name": "Boris", "amount": 10},
    ],
    as_of=day(30),
)


def test_the_exits_add_up_and_have_shares_of_what_ended() -> None:
    told = exits(COMPANY, Filter())
    offer = told.frame.filter(pl.col("stage") == "Offer").row(0, named=True)
    assert [offer[way] for way in EXITS] == [1, 1, 0, 0, 1]
    assert (offer["entered"], offer["ended"], offer["lost_share"], offer["lost_amount"]) == (3, 2, 0.5, 70)
    won = told.frame.filter(pl.col("stage") == "Won").row(0, named=True)
    assert (won["ended"], won["lost_share"]) == (0, None)
    assert told.n == 5


def test_the_cycle_by_hand() -> None:
    frame = cycle(COMPANY, Filter()).frame
    # Won after 10 and 4 days; with the loss after 5: 4, 5, 10. No call log: the way from the first talk is unknown.
    assert frame.select("n", "q25", "median", "q75", "mean").rows() == [
        (2, 5.5, 7.0, 8.5, 7.0),
        (3, 4.5, 5.0, 7.5, pytest.approx(19 / 3)),
        (0, None, None, None, None),
    ]


def test_the_first_talk_begins_the_cycle_when_it_came_earlier() -> None:
    talk = {"call_id": "c", "deal_id": "1", "started_at": day(-3), "is_talk": True}
    rest = dict.fromkeys(("is_answered", "is_missed", "is_recovered", "is_first_of_episode"), False)
    calls = pl.DataFrame([talk | rest], schema=Calls.create_empty().schema)
    told = cycle(replace(COMPANY, calls=calls), Filter()).frame.filter(pl.col("variant") == "first talk to won")
    assert told.select("n", "median").rows() == [(2, (13 + 4) / 2)]


def test_what_becomes_of_leads_by_age_keeps_the_open_ones() -> None:
    row = cycle_by_age(COMPANY, Filter()).frame.row(0, named=True)
    # Ends: won on day 4 (of 5 at risk), lost on 5 (of 4), won on 10 (of 2: deal 5 left on its day 10 counts as at risk).
    assert row["day"] == 30 and row["won_by"] is None  # nobody was watched for 30 days: the oldest open deal is 29 old
    young = walked(STAGES, [{"walk": [("New", day(0)), ("Won", day(4))]}, {"walk": [("New", day(0))]}], as_of=day(40))
    row = cycle_by_age(young, Filter()).frame.row(0, named=True)
    assert (row["won_by"], row["lost_by"], row["open_by"]) == (0.5, 0.0, 0.5)


def test_months_say_how_much_is_old_enough() -> None:
    rows = [
        {"created_on": date(2026, 1, 1), "created_at": day(0), "outcome": "won", "cycle_days": 10.0, "is_sales": True},
        {"created_on": date(2026, 1, 2), "created_at": day(1), "outcome": "open", "age_days": 29.0, "is_sales": True},
        {"created_on": date(2026, 2, 1), "created_at": day(25), "outcome": "open", "age_days": 5.0, "is_sales": True},
    ]
    told = cohorts(facts_with(deals_of(rows), as_of=day(30)), Filter())
    assert told.frame.select("leads", "won", "open", "matured_share", "won_share").rows() == [
        (2, 1, 1, 1.0, 0.5),
        (1, 0, 1, 0.0, 0.0),
    ]
    assert "day 10" in str(told.sentences[0])


def test_days_in_stages_against_the_norm() -> None:
    frame = dwell(COMPANY, Filter()).frame
    new, offer, contract = frame.to_dicts()
    # New: 1, 2, 4, 1 and 10 so far; the norm is 2: within 1, 2, 1 and beyond 4 and 10 (already longer). Won: 1 and 2 → Q75 1.75.
    assert (new["n"], new["over"], new["median"], new["judged"], new["within_share"]) == (5, 4, 2.0, 5, 0.6)
    assert new["norm_proposed"] == 1.75
    assert (offer["n"], offer["judged"], offer["within_share"], offer["norm_proposed"]) == (3, 0, None, 2.0)
    assert (contract["median"], contract["p90"]) == (6.0, 7.0)
    implied = COMPANY.deals.with_columns(history=pl.lit("implied").cast(COMPANY.deals.schema["history"]))
    told = dwell(replace(COMPANY, deals=implied), Filter())
    assert (told.frame.height, "only the present stage" in str(told.sentences[0])) == (0, True)


def test_stuck_by_the_norm_and_without_a_norm_by_the_others() -> None:
    told = stuck(COMPANY, Filter())
    # Deal 5 is in New for 10 days, the norm is 2. Deal 4 is in Offer for 22 days, but only one visit to it moved on.
    assert told.frame.select("deal_id", "days", "limit_days", "over_days", "amount").rows() == [
        ("5", 10.0, 2.0, 8.0, 10)
    ]
    assert "Offer" in str(told.sentences[0])
    many = [{"walk": [("New", day(0)), ("Offer", day(0)), ("Contract", day(n))]} for n in range(1, 21)]
    crowd = walked(STAGES, [*many, {"walk": [("New", day(0)), ("Offer", day(0))], "amount": 5}], as_of=day(60))
    limit = standing(crowd, Filter()).filter(pl.col("stage_name") == "Offer").row(0, named=True)
    # Nine of ten moved on within 18 days; the curve is flat at nine tenths until the 19th day, so the limit is in between.
    assert (limit["limit_days"], limit["rule"]) == (18.5, "nine of ten move on sooner")
    assert stuck_ids(crowd, Filter()).rows() == [("21",)]
    assert measure(crowd, [METRICS["stuck"]], Filter()).item() == 1


def test_the_pipeline_with_and_without_what_is_stuck() -> None:
    rows = pipeline(COMPANY, Filter()).frame.select(
        "stage", "open", "stuck", "moving", "open_amount", "stuck_amount", "calls"
    )
    assert rows.rows() == [
        ("New", 1, 1, 0, 10, 10, None),
        ("Offer", 1, None, None, 30, None, None),
        (None, 2, 1, 1, 40, 10, None),
    ]


def test_who_follows_the_order() -> None:
    frame = conformance(COMPANY, Filter()).frame
    # Deal 2 and deal 4 passed Offer over on the way, but 4 came to it later; 4 went back.
    assert frame.select("manager", "n", "conforming", "skipped", "back").rows() == [
        ("Anna", 2, 1, 1, 0),
        ("Boris", 3, 2, 0, 1),
    ]
    assert frame["verdict"].to_list() == ["too few to say"] * 2
    rows = stages_kept(COMPANY, Filter()).frame.select("stage", "n", "skipped", "over", "moved_back").rows()
    assert rows == [("New", 4, 0, 4, 0), ("Offer", 3, 1, 2, 0), ("Contract", 2, 0, 3, 1)]


def test_a_manager_beside_the_others() -> None:
    rows = funnel_pair(COMPANY, Filter(managers=("Anna",))).frame
    assert rows.select("stage", "reached", "step_own", "reached_team", "step_team").rows() == [
        ("New", 2, 1.0, 3, pytest.approx(2 / 3)),
        ("Offer", 2, 1.0, 2, 0.5),
        ("Contract", 2, 1.0, 1, 0.0),
    ]
    assert rows["verdict"].to_list() == ["too few to say"] * 3


def test_before_and_after_take_only_leads_that_are_old_enough() -> None:
    told = before_after(COMPANY, Filter(), date(2026, 1, 2), days=40, horizon=12)
    # Before: 1 and 2, won after 10 and 4 days. After: 3 and 4 without a win; 5 is only 10 days old.
    assert told.frame.select("leads", "won", "won_share").rows() == [(2, 2, 1.0), (2, 0, 0.0), (None, None, -1.0)]
    assert told.sentences[0].values == {"count": 1, "days": 12}


EXIT_SQL = """
select funnel_name, stage_name, count(*), count(*) filter (exit = 'advanced'), count(*) filter (exit = 'lost'),
    count(*) filter (exit = 'still_there')
from visits v semi join deals d on v.deal_id = d.deal_id and coalesce(d.is_sales, true)
where coalesce(is_sales, true) group by all
"""
SKIP_SQL = """
with way as (select v.deal_id, v.funnel_name, max(s.stage_order) as furthest from visits v
        join stages s using (funnel_name, stage_name) join deals d on d.deal_id = v.deal_id
    where s.stage_type in ('open', 'won') and not s.is_unmapped and d.history <> 'implied' group by 1, 2)
select s.funnel_name, s.stage_name, count(*), count(*) filter (not exists (from visits v
    where v.deal_id = way.deal_id and v.funnel_name = s.funnel_name and v.stage_name = s.stage_name))
from way join stages s on s.funnel_name = way.funnel_name and s.stage_order < way.furthest
where s.stage_type = 'open' and not s.is_optional and not s.is_unmapped group by 1, 2
"""


def asked(facts: Any, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"threads": 1}) as connection:
        for name in ("deals", "visits", "stages"):
            rows = getattr(facts, name).with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
            connection.sql(f"create table {name} as from rows")
        return connection.sql(sql).fetchall()


@examples(40)
@given(facts=companies())
def test_the_witnesses_agree_on_any_company(facts: Any) -> None:
    frame = exits(facts, Filter()).frame.filter(pl.col("entered") > 0)
    ours = frame.select("funnel", "stage", "entered", "advanced", "lost", "still_there").rows()
    assert sorted(ours) == sorted(asked(facts, EXIT_SQL))
    kept = stages_kept(facts, Filter()).frame.filter(pl.col("n").is_not_null())
    assert sorted(kept.select("funnel", "stage", "n", "skipped").rows()) == sorted(asked(facts, SKIP_SQL))
    won = "select count(*), median(cycle_days) from deals where outcome = 'won' and cycle_days >= 0"
    (count, middle), (said, wanted) = cycle(facts, Filter()).frame.select("n", "median").rows()[0], asked(facts, won)[0]
    assert count == said
    assert (middle is None) is (wanted is None)
    assert wanted is None or middle == pytest.approx(wanted, rel=1e-12)


STUCK_SQL = """
select v.deal_id from visits v join deals d using (deal_id)
where v.exit = 'still_there' and v.stage_type = 'open' and v.outcome = 'open' and d.history <> 'implied'
    and v.entered_at is not null and v.days > 5
"""


@examples(30)
@given(facts=companies())
def test_the_witness_finds_the_same_stuck_deals_by_the_norm(facts: Any) -> None:
    places = facts.visits.select("funnel_name", "stage_name").unique()
    known = facts.stages.join(places, on=["funnel_name", "stage_name"], how="semi").with_columns(norm_days=pl.lit(5.0))
    asked_of = replace(facts, stages=known)
    assert sorted(stuck_ids(asked_of, Filter()).rows()) == sorted(asked(asked_of, STUCK_SQL))


@examples(40)
@given(facts=companies())
def test_the_laws_of_any_company(facts: Any) -> None:
    frame = exits(facts, Filter()).frame
    assert (frame.select(pl.sum_horizontal(EXITS)).to_series() == frame["entered"]).all()
    ages = cycle_by_age(facts, Filter()).frame.drop_nulls("open_by")
    total = ages.select(pl.sum_horizontal("won_by", "lost_by", "junk_by", "open_by")).to_series().to_list()
    assert total == pytest.approx([1.0] * len(total))
    assert ages["won_by"].is_sorted()
    told = pipeline(facts, Filter()).frame
    assert told["open"].sum() == 2 * told["open"][-1]
    assert (told["stuck"].drop_nulls() <= told["open"].filter(told["stuck"].is_not_null())).all()
    assert stuck(facts, Filter()).frame.height == (told["stuck"][-1] or 0)
    assert cohorts(facts, Filter()).frame["leads"].sum() == cohorts(facts, Filter()).n
    same = conformance(facts, Filter()).frame
    assert (same["conforming"] <= same["n"]).all()
    assert dwell(facts, Filter()).frame.filter(pl.col("within_share").is_between(0, 1).not_()).is_empty()
    assert funnel_pair(facts, Filter(period=Period())).frame.filter(pl.col("step_own") > 1).is_empty()


def test_the_age_by_which_wins_come_is_one_for_every_page_and_period() -> None:
    # 20 leads won on day 40 in January; of ten leads of May one is won on its second day.
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    old = [won_lead(number, start, 40) for number in range(20)]
    young = [won_lead(99, start + timedelta(days=120), 2)]
    facts = facts_with(deals_of([*old, *young]))
    may = Filter(period=Period(date(2026, 5, 1), date(2026, 6, 1)))
    assert ripe_age(facts, may) == ripe_age(facts, Filter()) == 40
    assert [str(one.said(Locale("ru"))) for one in cohorts(facts, may).sentences] == [
        "95 продаж из 100 приходят к 40-му дню (по всем лидам, за всё время): то, что моложе, ещё может вырасти."
    ]
    at_once = facts_with(deals_of([won_lead(number, start, 0) for number in range(20)]))
    assert [one.template for one in cohorts(at_once, Filter()).sentences] == [AT_ONCE]
    assert ripening(at_once, Filter()) is None
    assert ripe_age(facts_with(deals_of([])), Filter()) is None


def won_lead(number: int, created: datetime, days: int) -> dict[str, object]:
    closed = created + timedelta(days=days)
    return {"deal_id": str(number), "outcome": "won", "created_at": created, "created_on": created.date(),
            "closed_at": closed, "closed_on": closed.date(), "first_won_at": closed, "cycle_days": float(days)}  # fmt: skip
