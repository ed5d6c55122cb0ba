"""Spend, returns, invoices, proposals and requests, each against a few rows worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from companies import deals_of, facts_with, frame_of

from dashboard.filters import Filter
from dashboard.metrics import ad_report, deals, invoices, proposals, requests, returns, spend
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS, collect
from dashboard.metrics.unknown import why_unknown
from dashboard.periods import Period
from pipelines.schema import facts

JANUARY = Filter(period=Period(date(2026, 1, 1), date(2026, 2, 1)))
JAN, FEB = date(2026, 1, 10), date(2026, 2, 10)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def deal(
    outcome: str, created: date, closed: date | None = None, amount: int | None = None, client: str = "a", **more: Any
) -> Any:
    at = None if closed is None else datetime(closed.year, closed.month, closed.day, tzinfo=UTC)
    row = {"outcome": outcome, "created_on": created, "closed_on": closed, "closed_at": at, "amount": amount}
    return {"client_id": client, "channel_name": "Ads", "first_won_at": at if outcome == "won" else None, **row, **more}


DEALS = [
    deal("won", JAN, JAN, 100),
    deal("won", JAN, FEB, 300, "b", product_name="GTX"),
    deal("won", FEB, FEB, 600, "a"),  # a bought before
    deal("junk", JAN, JAN, None, "c"),
    deal("open", JAN, None, 50, "d", channel_name="Site"),
]


def cost(number: int, on: date, spent: float | None, **more: Any) -> dict[str, Any]:
    return {
        "cost_id": str(number),
        "channel_name": "Ads",
        "spent_on": on,
        "spend": None if spent is None else Decimal(spent),
        **more,
    }


REPORT = {"impressions": 1000, "clicks": 50, "leads_count": 10, "orders_count": 4, "ad_revenue": Decimal(320)}
COSTS = [cost(1, JAN, 80, **REPORT), cost(2, FEB, 20, channel_name="Fair"), cost(3, JAN, None)]


def bill(
    number: int, issued: date | None, amount: int | None, paid: int | None, left: int | None, **more: Any
) -> dict[str, Any]:
    row = {"invoice_id": str(number), "issued_on": issued, "amount": amount, "paid": paid, "unpaid": left}
    return {**row, "is_paid": left == 0, **more}


BILLS = [
    bill(1, JAN, 100, 100, 0, paid_on=FEB),
    bill(2, JAN, 100, 40, 60, paid_on=JAN, age_days=50),
    bill(3, JAN, -50, None, 0),  # a credit note
    bill(4, FEB, 200, None, 200, age_days=19),
    bill(5, None, None, 7, None, paid_on=JAN, is_paid=True),  # a payment without an invoice
    bill(6, date(2025, 12, 20), 30, None, 30, age_days=71),
    bill(7, date(2025, 1, 1), 9, None, 9, age_days=424),
    bill(8, JAN, 1000, None, None),  # nobody told whether it was paid
]


def response(number: int, count: int, outcome: str) -> dict[str, Any]:
    return {"deal_id": str(number), "created_on": JAN, "outcome": outcome, "proposals_count": count}


def proposal(deal: int, number: int, made: date | None) -> dict[str, Any]:
    return {"deal_id": str(deal), "proposal_number": number, "made_on": made}


def call(number: int, deal_id: str | None = None, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 1, 10, tzinfo=UTC)
    row = {"call_id": str(number), "deal_id": deal_id, "started_on": JAN, "started_at": at, "direction": "in"}
    return {**row, "phone": f"+7999000000{number}", "is_new_number": True, **more}


CALLS = [
    call(1, "1"),
    call(2, "2"),  # its deal came two days later
    call(3),
    call(4, "1", direction="out"),
    call(5, "1", is_new_number=False),
    call(6, "1", phone=None),
]
CREATED = {0: NOW - timedelta(days=50), 1: datetime(2026, 1, 12, tzinfo=UTC)}
FACTS = replace(
    facts_with(deals_of([{**row, "created_at": CREATED.get(place)} for place, row in enumerate(DEALS)]), NOW),
    costs=frame_of(facts.Costs, COSTS),
    margins=frame_of(facts.Margins, [{"product_name": "", "share": 0.5}, {"product_name": "GTX", "share": 0.2}]),
    deal_products=frame_of(facts.DealProducts, [{"deal_id": "2", "product_name": "GTX", "amount": 300}]),
    invoices=frame_of(facts.Invoices, BILLS, is_paid=False),
    responses=frame_of(facts.Responses, [response(1, 2, "won"), response(2, 0, "won"), response(4, 1, "junk")]),
    proposals=frame_of(facts.Proposals, [proposal(1, 1, JAN), proposal(1, 2, FEB), proposal(4, 1, None)]),
    calls=frame_of(facts.Calls, CALLS),
)
EXPECTED = {
    # name: (all time, January)
    "spend": (100, 80), "impressions": (1000, 1000), "clicks": (50, 50),
    "cpl": (20, 20), "cpql": (25, 80 / 3),  # five deals, four of them no junk; in January four and three
    "ad_leads": (10, 10), "ad_orders": (4, 4), "ad_revenue": (320, 320), "ad_cpl": (10, 8), "ad_cpo": (25, 20),
    "ad_average_check": (80, 80), "ad_romi": (2.2, 3), "ad_click_to_lead": (0.2, 0.2), "ad_lead_to_order": (0.4, 0.4),
    "acquired": (2, 2), "acquired_cash": (2, 1), "cohort_won": (3, 2), "cohort_revenue": (1000, 400),
    "cohort_margin": (410, 110), "margin": (410, 50),  # 50 + 60 + 300
    "cac": (50, 40), "cpo": (100 / 3, 40), "drr": (0.1, 0.2), "roas": (10, 5), "romi": (3.1, 0.375), "romi_revenue": (9, 4),
    "cac_cash": (50, 80), "cpo_cash": (100 / 3, 80), "drr_cash": (0.1, 0.8), "roas_cash": (10, 1.25),
    "romi_cash": (3.1, -0.375), "romi_revenue_cash": (9, 0.25),
    "invoiced": (1389, 1150), "paid_of_invoiced": (140, 140), "paid_share": (140 / 389, 140 / 150), "paid": (147, 47),
    "paid_unmatched": (7, 7), "unpaid": (299, 299), "unpaid_0_30": (200, 200), "unpaid_31_60": (60, 60),
    "unpaid_61_90": (30, 30), "unpaid_over_90": (9, 9),
    "proposals": (3, 1), "proposal_deals": (2, 2), "proposals_per_deal": (1.5, 1.5), "proposal_to_win": (0.5, 0.5),
    "requests": (3, 3), "capture_rate": (1 / 3, 1 / 3),
}  # fmt: skip


def value(name: str, filter: Filter = Filter(), known: Any = FACTS) -> Any:
    return measure(known, [METRICS[name]], filter).item()


@pytest.mark.parametrize("name", EXPECTED)
def test_by_hand(name: str) -> None:
    assert [float(value(name)), float(value(name, JANUARY))] == pytest.approx(EXPECTED[name])


def test_every_metric_here_has_a_hand_worked_value() -> None:
    here = collect([spend, ad_report, invoices, proposals, requests, returns])
    assert set(EXPECTED) == set(here) - set(collect([deals]))


def test_spend_without_leads_and_leads_without_spend_stay_rows() -> None:
    rows = measure(FACTS, [METRICS["spend"], METRICS["leads"], METRICS["cpl"]], Filter(), by=("channel",)).rows()
    assert rows == [("Ads", 80, 4, 20), ("Fair", 20, 0, None), ("Site", None, 1, None)]


def test_spend_is_not_told_by_manager() -> None:
    assert measure(FACTS, [METRICS["cpl"]], Filter(), by=("manager",)).get_column("cpl").to_list() == [None]
    assert value("romi_revenue", Filter(managers=("Anna",))) is None


def test_a_month_before_any_spend_is_unknown_and_not_free() -> None:
    assert value("spend", Filter(period=Period(None, date(2020, 1, 1)))) is None


def test_without_a_margin_in_settings_romi_is_unknown_and_says_why() -> None:
    plain = replace(FACTS, margins=FACTS.margins.clear())
    assert value("romi", known=plain) is None
    (sentence,) = why_unknown(plain, [METRICS["romi"]], Filter(), ())
    assert "margin" in str(sentence)
    assert value("romi_revenue", known=plain) == 9


def test_a_product_without_a_margin_makes_the_sum_unknown() -> None:
    some = replace(FACTS, margins=FACTS.margins.filter(FACTS.margins["product_name"] == "GTX"))
    assert value("margin", known=some) is None


def test_no_proposal_anywhere_is_unknown() -> None:
    none = replace(
        FACTS, responses=frame_of(facts.Responses, [response(1, 0, "won")]), proposals=FACTS.proposals.clear()
    )
    assert [value(name, known=none) for name in ("proposals", "proposal_deals")] == [None, None]


def test_proposals_stand_in_the_week_they_were_made() -> None:
    rows = measure(FACTS, [METRICS["proposals"]], Filter(), by=("week",)).rows()
    assert [(week and week <= day, count) for (week, count), day in zip(rows, (JAN, FEB, None), strict=True)] == [
        (True, 1), (True, 1), (None, 1),
    ]  # fmt: skip


def test_ages_of_what_is_unpaid_add_up() -> None:
    assert sum(value(name) for name in EXPECTED if name.startswith("unpaid_")) == value("unpaid")
