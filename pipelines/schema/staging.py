"""What each kind of export is staged into: our columns, how each is parsed, and which a row cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "money": pl.Decimal(18, 2),
    "moment": pl.Datetime("us", "UTC"),
    "day": pl.Date(),
    "count": pl.Int64(),
    "seconds": pl.Float64(),
    "flag": pl.Boolean(),
}


TARGETS = {"target_won": "won", "target_leads": "leads"}
"""Numbers that a table may plan beside its own metric, each in a column: the column and its metric."""


@dataclass(frozen=True)
class Staged:
    """The staged shape of one kind: column → how it is parsed (a key of TYPES)."""

    columns: dict[str, str]
    required: tuple[str, ...]
    key: tuple[str, ...] = ()
    """Columns that name the thing, so that a newer row replaces an older one; empty for logs, whose rows add up."""


def texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


STAGED: dict[str, Staged] = {
    "deals": Staged(
        texts("deal_id", "deal_name", "client_id", "client_name", "manager_name", "team_name", "product_name")
        | texts("channel_name", "campaign_name", "region_name", "funnel_name", "stage_name", "outcome")
        | texts("refusal_reason", "currency", "phone", "email")
        | {"amount": "money", "created_at": "moment", "closed_at": "moment", "updated_at": "moment"}
        | {"stage_entered_at": "moment", "next_contact_at": "moment", "expected_on": "day", "is_gone": "flag"},
        required=("deal_id",),
        key=("deal_id",),
    ),
    "stages": Staged(
        texts("deal_id", "funnel_name", "stage_name", "manager_name", "product_name", "channel_name", "region_name")
        | texts("client_name")
        | {"entered_at": "moment", "amount": "money"},
        required=("deal_id", "stage_name", "entered_at"),
    ),
    "calls": Staged(
        texts("call_id", "from_phone", "to_phone", "manager_name", "direction")
        | {"started_at": "moment", "wait_seconds": "seconds", "talk_seconds": "seconds", "total_seconds": "seconds"}
        | {"is_answered": "flag"},
        required=("started_at",),
    ),
    "costs": Staged(
        texts("channel_name", "campaign_name", "currency")
        | {"spent_on": "day", "spend": "money", "impressions": "count", "clicks": "count"}
        | {"leads_count": "count", "orders_count": "count", "ad_revenue": "money"},
        required=("spent_on", "spend"),
    ),
    "clients": Staged(
        texts("client_id", "client_name", "manager_name", "region_name", "phone", "email") | {"created_at": "moment"},
        required=("client_id",),
        key=("client_id",),
    ),
    "managers": Staged(
        texts("manager_name", "team_name", "region_name") | {"hired_on": "day", "left_on": "day"},
        required=("manager_name",),
        key=("manager_name",),
    ),
    "products": Staged(
        texts("product_name", "category_name") | {"price": "money"}, required=("product_name",), key=("product_name",)
    ),
    "tasks": Staged(
        texts("task_id", "deal_id", "client_id", "manager_name", "task_name", "result")
        | {"created_at": "moment", "due_at": "moment", "done_at": "moment"},
        required=("task_id",),
        key=("task_id",),
    ),
    "invoices": Staged(
        texts("invoice_id", "deal_id", "client_id", "phone", "email", "currency")
        | {"issued_on": "day", "paid_on": "day", "amount": "money", "paid": "money"},
        required=("invoice_id",),  # no key: payments of one invoice are rows that add up
    ),
    "plans": Staged(
        texts("manager_name", "metric_name")
        | {"month_on": "day", "target": "money", "target_won": "money", "target_leads": "money"},
        required=("metric_name", "month_on", "target"),
        key=("manager_name", "metric_name", "month_on"),
    ),
    "scores": Staged(
        texts("call_id", "manager_name", "criterion", "rater")
        | {"scored_on": "day", "score": "money", "top_score": "money"},
        required=("criterion", "score"),
    ),
    "transcripts": Staged(
        texts("call_id", "manager_name", "text") | {"said_on": "day"}, required=("call_id", "text"), key=("call_id",)
    ),
    "side": Staged({}, required=()),
}
