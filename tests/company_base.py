"""The invented company's clients, invoices, costs, plans and product lines, as rows of core tables (see ``companies.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Rows = list[dict[str, Any]]
CLIENT_IDS = ("К1", "К2", "К3", "К4", "К5", None)
FIRST_DAY = date(2025, 1, 6)
DAYS = st.one_of(st.none(), st.integers(0, 500).map(lambda number: FIRST_DAY + timedelta(days=number)))
MONEY = st.sampled_from(
    [None, Decimal("-50.00"), Decimal(0), Decimal("99.99"), Decimal(100), Decimal(250), Decimal(9000)]
)


@st.composite
def base_tables(draw: st.DrawFn, deals: Sequence[Mapping[str, Any]], managers: Sequence[str | None]) -> dict[str, Rows]:
    """Draw what surrounds the deals; like the real road, every client that is named anywhere is a client."""
    people = [name for name in (*managers, "Ушедший") if name]
    staff = [
        {"manager_name": name, "team_name": draw(st.sampled_from(["North", None])), "hired_on": draw(DAYS)}
        | {"left_on": draw(st.one_of(st.none(), DAYS))}
        for name in draw(st.sets(st.sampled_from(people)))
    ]
    return {
        "managers": sorted(staff, key=lambda one: str(one["manager_name"])),
        "clients": [_client(draw, one, people) for one in CLIENT_IDS if one],
        "client_contacts": [
            {"kind": kind, "value": f"{kind} {one}", "client_id": one, "rows": 1, "ids": 1, "is_tie": False}
            for kind in ("phone", "mail")
            for one in draw(st.sets(st.sampled_from(CLIENT_IDS[:-1])))
        ],
        "products": [{"product_name": "GTX", "category_name": "Станки"}],
        "invoices": _invoices(draw, deals),
        "costs": _costs(draw),
        "plans": _plans(draw, people),
        "deal_products": _lines(draw, deals),
    }


def _client(draw: st.DrawFn, client_id: str, people: Sequence[str]) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "client_name": draw(st.sampled_from([f"Client {client_id}", " ", None])),
        "manager_name": draw(st.sampled_from([None, *people])),
        "region_name": draw(st.sampled_from(["East", None])),
        "created_at": draw(st.sampled_from([None, datetime(2025, 2, 1, 22, tzinfo=UTC)])),
        "is_listed": draw(st.booleans()),
        "joined_by": "id",
        "ids": 1,
    }


def _invoices(draw: st.DrawFn, deals: Sequence[Mapping[str, Any]]) -> Rows:
    """Draw invoices and payments; some of a deal, some in another currency, whose amounts may lack a rate."""
    rows: Rows = []
    tells_payments = draw(st.booleans())
    for number in range(draw(st.integers(0, 12))):
        deal: Mapping[str, Any] = draw(st.sampled_from([{}, *deals]))
        amount, paid = draw(MONEY), draw(MONEY) if tells_payments else None
        rate: int | None = draw(st.sampled_from([1, 1, 1, 90, None]))
        rows.append(
            {
                "invoice_id": f"i{number}",
                "deal_id": deal.get("deal_id"),
                "client_id": deal["client_id"] if deal else draw(st.sampled_from(CLIENT_IDS)),
                "issued_on": draw(DAYS),
                "paid_on": draw(DAYS) if tells_payments else None,
                "amount_original": amount,
                "paid_original": paid,
                "amount": None if amount is None or rate is None else amount * rate,
                "paid": None if paid is None or rate is None else paid * rate,
                "currency": "RUB" if rate == 1 else "USD",
            }
        )
    return rows


def _costs(draw: st.DrawFn) -> Rows:
    return [
        {
            "cost_id": f"c{number}",
            "channel_name": draw(st.sampled_from(["Site", "site", "Реклама", None])),
            "campaign_name": draw(st.sampled_from(["Весна", None])),
            "spent_on": draw(DAYS),
            "spend": draw(MONEY),
            "clicks": draw(st.sampled_from([None, 0, 7])),
            "impressions": draw(st.sampled_from([None, 0, 700])),
            "leads_count": draw(st.sampled_from([None, 0, 3])),
            "orders_count": draw(st.sampled_from([None, 0, 2])),
            "ad_revenue": draw(MONEY),
        }
        for number in range(draw(st.integers(0, 6)))
    ]


def _plans(draw: st.DrawFn, people: Sequence[str]) -> Rows:
    keys = st.tuples(
        st.sampled_from(["", *people]), st.sampled_from(["revenue", "won"]), st.integers(1, 12), st.just(2025)
    )
    return [
        {"manager_name": name, "metric_name": metric, "month_on": date(year, month, 1), "target": draw(MONEY)}
        for name, metric, month, year in sorted(draw(st.sets(keys, max_size=6)))
    ]


def _lines(draw: st.DrawFn, deals: Sequence[Mapping[str, Any]]) -> Rows:
    """Draw lines of some deals; like the real ones they add up to the amount."""
    rows: Rows = []
    for deal in deals:
        if not draw(st.booleans()):
            continue
        whole = deal.get("amount")
        part = None if whole is None else Decimal(whole) / 4
        amounts = [part, None if part is None else Decimal(whole) - part]
        rows += [
            {
                "deal_id": deal["deal_id"],
                "line_number": number,
                "product_name": draw(st.sampled_from(["GTX", "GTX", "Ёлка", None])),
                "amount_original": amount,
            }
            for number, amount in enumerate(amounts, 1)
        ]
    return rows
