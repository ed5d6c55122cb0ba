"""Channels, spend without leads and who asked and is recorded: literal rows, and what is said where the data cannot tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from companies import deals_of, facts_with, frame_of

from dashboard.analyses.capture import capture, missed_requests
from dashboard.analyses.channels import campaigns, channels, spend_without_leads
from dashboard.filters import Filter
from pipelines.schema import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)


def lead(channel: str, number: int, amount: int | None, *, won: bool = False, born: datetime = START) -> dict[str, Any]:
    end = born + timedelta(days=10 + number)
    row = {
        "channel_name": channel,
        "campaign_name": f"{channel}/1",
        "client_id": f"{channel}{number}",
        "created_at": born,
    }
    row |= {"created_on": born.date(), "closed_at": end, "closed_on": end.date(), "cycle_days": 10.0 + number}
    return {**row, "outcome": "won" if won else "lost", "amount": amount, "first_won_at": end if won else None}


DEALS = [
    *(lead("Ads", number, 100, won=number < 20) for number in range(40)),  # 2000 from 20 of 40 leads
    *(lead("Site", number, 10, won=number < 2) for number in range(30)),  # 20 from 2 of 30
    *(lead("Few", number, 900, won=True) for number in range(3)),
    lead("Friends", 1, 70, won=True),
]
SPENT = {"Ads": 500, "Site": 400, "Few": 100, "Fair": 250, "Adz": 5}
FACTS = replace(
    facts_with(deals_of(DEALS), NOW),
    costs=frame_of(
        facts.Costs,
        [
            {
                "cost_id": name,
                "channel_name": name,
                "campaign_name": f"{name}/1",
                "spend": Decimal(sum_),
                "spent_on": START.date(),
            }
            for name, sum_ in SPENT.items()
        ],
    ),
)


def test_each_channel_from_spend_to_revenue() -> None:
    answer = channels(FACTS, Filter())
    rows = {row["channel"]: row for row in answer.frame.to_dicts()}
    assert answer.frame["channel"].to_list() == ["Ads", "Site", "Fair", "Few", "Adz", "Friends"]
    ads = rows["Ads"]
    assert (ads["cpl"], ads["cac"], ads["romi_shown"], ads["cohort_won"]) == (12.5, 25, 3, 20)
    assert ads["romi_low"] < 3 < ads["romi_high"]
    assert ads["payback_days"] == 10 + 4  # the fifth win, of the lead numbered 4, made 500 good
    assert rows["Site"]["payback_days"] is None
    verdicts = {name: row["channel_verdict"] for name, row in rows.items()}
    assert verdicts == {
        "Ads": "pays",
        "Site": "does not pay",
        "Fair": "does not pay",
        "Adz": "does not pay",
        "Few": "too few leads to say",
        "Friends": None,
    }
    assert {name: row["spend_kind"] for name, row in rows.items() if row["spend_kind"] != "spend and leads"} == {
        "Fair": "spend without leads",
        "Adz": "spend without leads",
        "Friends": "leads without spend",
    }
    assert ads["is_mature"]
    assert answer.variant.startswith("ROMI by revenue")


def test_a_margin_of_settings_moves_the_return() -> None:
    half = replace(FACTS, margins=frame_of(facts.Margins, [{"product_name": "", "share": 0.1}]))
    row = channels(half, Filter()).frame.row(0, named=True)
    assert row["romi_shown"] == pytest.approx(200 / 500 - 1)
    assert row["channel_verdict"] == "does not pay"


def test_a_young_losing_channel_may_still_grow() -> None:
    young = [
        lead("Site", number, 1, born=NOW - timedelta(days=2)) | {"outcome": "open", "closed_on": None}
        for number in range(30)
    ]
    ripe = [lead("Old", number, 5, won=True) for number in range(30)]
    made = replace(FACTS, deals=deals_of([*young, *ripe]))
    answer = channels(made, Filter())
    row = answer.frame.filter(answer.frame["channel"] == "Site").row(0, named=True)
    assert (row["matured_share"], row["channel_verdict"]) == (0, "may still grow")
    assert any("too young" in str(one) for one in answer.sentences)


def test_campaigns_add_up_to_their_channels() -> None:
    one, two = channels(FACTS, Filter()).frame, campaigns(FACTS, Filter()).frame
    for name in ("spend", "leads", "cohort_won", "cohort_revenue"):
        assert one[name].sum() == two[name].sum()


def test_spend_of_a_misspelt_channel_names_the_likely_one() -> None:
    rows = {row["channel"]: row for row in spend_without_leads(FACTS, Filter()).frame.to_dicts()}
    assert set(rows) == {"Fair", "Adz", "Friends"}
    assert (rows["Fair"]["spend"], rows["Friends"]["leads"]) == (250, 1)


def test_where_nobody_knows_the_spend_no_lead_is_said_to_be_without_it() -> None:
    bare = replace(FACTS, costs=FACTS.costs.clear())
    by_manager = replace(FACTS, deals=deals_of([{**one, "manager_name": "Anna"} for one in DEALS]))
    for known, filter in ((bare, Filter()), (by_manager, Filter(managers=("Anna",)))):
        answer = spend_without_leads(known, filter)
        assert answer.frame.is_empty()
        assert answer.sentences
        assert channels(known, filter).frame["spend_kind"].drop_nulls().is_empty()


def test_without_costs_and_by_manager_it_is_said() -> None:
    bare = replace(FACTS, costs=FACTS.costs.clear())
    assert any("No spend" in str(one) for one in channels(bare, Filter()).sentences)
    narrowed = channels(
        replace(FACTS, deals=deals_of([{**one, "manager_name": "Anna"} for one in DEALS])), Filter(managers=("Anna",))
    )
    assert narrowed.frame["spend"].null_count() == narrowed.frame.height
    assert any("channel and campaign only" in str(one) for one in narrowed.sentences)


def called(number: int, deal_id: str | None, manager: str | None = "Anna") -> dict[str, Any]:
    row = {"call_id": str(number), "deal_id": deal_id, "manager_name": manager, "line_phone": "100", "direction": "in"}
    own = {"phone": f"+7999000{number:04}", "started_on": date(2026, 1, 1), "started_at": START, "is_new_number": True}
    return {**row, **own, "is_answered": manager is not None}


def test_a_manager_who_writes_down_only_buyers_is_marked() -> None:
    sold = [{**lead("Ads", number, 1, won=True), "manager_name": "Anna"} for number in range(20)]
    calls = [*(called(number, "1" if number < 5 else None) for number in range(20)), called(30, None, None)]
    made = replace(facts_with(deals_of(sold), NOW), calls=frame_of(facts.Calls, calls))
    answer = capture(made, Filter())
    anna = answer.frame.filter(answer.frame["manager"] == "Anna").row(0, named=True)
    assert (anna["requests"], anna["captured"], anna["capture_rate"], anna["win_rate"]) == (20, 5, 0.25, 1)
    assert anna["is_selection"]
    assert anna["low"] < 0.25 < anna["high"]
    missed = missed_requests(made, Filter()).frame
    assert missed.height == 16
    assert "+79990000030" in missed["phone"].to_list()


def test_what_no_export_tells_is_said() -> None:
    bare = capture(facts_with(deals_of([{}])), Filter())
    assert bare.frame.height == 0
    assert [str(one).split(":")[0] for one in bare.sentences] == [
        "No calls in the exports",
        "Exports hold no log of forms and letters",
        "Deals created in the period that nobody was given",
    ]
