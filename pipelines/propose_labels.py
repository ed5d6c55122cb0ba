"""Our columns and kinds of tables in words that people are shown; the catalogue of translations knows them."""

from __future__ import annotations

from pipelines.errors import N_
from pipelines.propose_model import Reason

KINDS = {
    "deals": N_("a deal"),
    "stages": N_("a deal entering a stage"),
    "calls": N_("a call"),
    "costs": N_("money spent on advertising"),
    "clients": N_("a client"),
    "managers": N_("a manager"),
    "products": N_("a product"),
    "tasks": N_("a task"),
    "invoices": N_("an invoice"),
    "plans": N_("a plan for a month"),
}
COLUMNS = {
    "deal_id": N_("the number of the deal"),
    "deal_name": N_("the name of the deal"),
    "client_id": N_("the number of the client"),
    "client_name": N_("the client"),
    "manager_name": N_("the manager"),
    "team_name": N_("the team"),
    "product_name": N_("the product"),
    "channel_name": N_("the channel, where the client came from"),
    "campaign_name": N_("the campaign"),
    "region_name": N_("the region"),
    "funnel_name": N_("the funnel"),
    "stage_name": N_("the stage"),
    "outcome": N_("how the deal ended"),
    "refusal_reason": N_("the reason of refusal"),
    "amount": N_("the amount"),
    "currency": N_("the currency"),
    "created_at": N_("the date of creation"),
    "closed_at": N_("the date of closing"),
    "updated_at": N_("the date of the last change"),
    "expected_on": N_("the expected date of closing"),
    "phone": N_("the phone"),
    "email": N_("the mail address"),
    "stage_entered_at": N_("the date of entering the present stage"),
    "next_contact_at": N_("the date of the next contact"),
    "criterion": N_("what was rated"),
    "rater": N_("who rated"),
    "score": N_("the score"),
    "top_score": N_("the highest score possible"),
    "scored_on": N_("the day of the rating"),
    "text": N_("the text of the talk"),
    "said_on": N_("the day of the talk"),
    "result": N_("the result"),
    "is_gone": N_("whether the deal was deleted"),
    "entered_at": N_("the time of entry into the stage"),
    "call_id": N_("the number of the call"),
    "from_phone": N_("the phone that called"),
    "to_phone": N_("the phone that was called"),
    "direction": N_("whether the call came in or went out"),
    "started_at": N_("the time of the call"),
    "wait_seconds": N_("how long the caller waited"),
    "talk_seconds": N_("how long they talked"),
    "total_seconds": N_("how long the call took"),
    "is_answered": N_("whether the call was answered"),
    "spent_on": N_("the day of the expense"),
    "spend": N_("the money spent"),
    "impressions": N_("the impressions"),
    "clicks": N_("the clicks"),
    "leads_count": N_("the leads of the ad report"),
    "orders_count": N_("the orders of the ad report"),
    "ad_revenue": N_("the revenue of the ad report"),
    "hired_on": N_("the day of hiring"),
    "left_on": N_("the day of leaving"),
    "category_name": N_("the category"),
    "price": N_("the price"),
    "task_id": N_("the number of the task"),
    "task_name": N_("the task"),
    "due_at": N_("the date the task is due"),
    "done_at": N_("the date the task was done"),
    "invoice_id": N_("the number of the invoice"),
    "issued_on": N_("the date of the invoice"),
    "paid_on": N_("the date of payment"),
    "paid": N_("the amount paid"),
    "metric_name": N_("the metric that is planned"),
    "month_on": N_("the month"),
    "target": N_("the plan"),
    "target_won": N_("the plan of won deals"),
    "target_leads": N_("the plan of leads"),
}


def column_label(ours: str) -> Reason:
    """Name one of our columns in words."""
    return Reason(COLUMNS[ours])


def kind_label(kind: str) -> Reason:
    """Say in words what one row of a table of this kind tells of."""
    return Reason(KINDS[kind])
