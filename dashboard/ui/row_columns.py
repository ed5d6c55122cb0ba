"""How the rows of each fact are read: their columns, the words of their states, what one of them is called, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.access import Facts
from dashboard.analyses.answer import Column
from dashboard.i18n import N_
from dashboard.metrics.model import Metric, Unit


@dataclass(frozen=True)
class Listing:
    """Rows of a fact as a reader sees them.

    ``source``: the fact they come from, which is empty where no export tells of them. ``plural``: one and many (N_).
    ``words``: column → state of ours → word (N_). ``same``: heading of how many rows one stands for (N_).
    """

    source: str
    columns: tuple[Column, ...]
    plural: tuple[str, str]
    newest: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    same: str = ""


WHO = (Column("client_name", N_("Client")), Column("manager_name", N_("Manager")))
DEAL = Column("deal_id", N_("Deal"))
CALLS = (
    Column("phone", N_("Phone")),
    Column("started_at", N_("Called at"), "moment"),
    Column("direction", N_("Direction"), "word"),
    Column("is_answered", N_("Answered"), "flag"),
    *WHO[::-1],
    Column("line_phone", N_("Our number")),
    Column("wait_seconds", N_("Ringing, seconds"), "count"),
    Column("talk_seconds", N_("Talk, seconds"), "count"),
    DEAL,
)
STAYS = (
    DEAL,
    Column("manager_name", N_("Manager")),
    Column("stage_name", N_("Stage")),
    Column("entered_on", N_("Entered"), "day"),
    Column("left_on", N_("Left"), "day"),
    Column("days", N_("Days there"), "days"),
    Column("norm_days", N_("Norm, days"), "days"),
    Column("limit_days", N_("Limit, days"), "days"),
    Column("amount", N_("Amount"), "money"),
)
COSTS = (
    Column("spent_on", N_("Day"), "day"),
    Column("channel_name", N_("Channel")),
    Column("campaign_name", N_("Campaign")),
    Column("spend", N_("Ad spend"), "money"),
    Column("impressions", N_("Impressions"), "count"),
    Column("clicks", N_("Clicks"), "count"),
    Column("leads_count", N_("Leads by the report"), "count"),
    Column("orders_count", N_("Orders by the report"), "count"),
    Column("ad_revenue", N_("Revenue by the report"), "money"),
)
TOUCHES = (
    Column("touched_on", N_("Day"), "day"),
    *WHO,
    Column("kind", N_("Contact"), "word"),
    Column("is_outgoing", N_("Made by us"), "flag"),
    Column("result", N_("Result")),
    DEAL,
)
PROMISES = (
    Column("due_on", N_("Due"), "day"),
    *WHO[::-1],
    Column("promise_name", N_("Promise")),
    Column("outcome", N_("What came of it"), "word"),
    Column("late_days", N_("Working days late"), "days"),
    Column("moved_count", N_("Times moved"), "count"),
    Column("is_overtaken", N_("Deal closed by then"), "flag"),
    Column("amount", N_("Amount"), "money"),
    DEAL,
)
INVOICES = (
    Column("issued_on", N_("Invoice of"), "day"),
    Column("invoice_id", N_("Invoice")),
    *WHO,
    Column("amount", N_("Invoice amount"), "money"),
    Column("paid", N_("Paid"), "money"),
    Column("paid_on", N_("Paid on"), "day"),
    Column("unpaid", N_("Still to be paid"), "money"),
    Column("age_days", N_("Days since the invoice"), "count"),
    DEAL,
)
PROPOSALS = (
    Column("made_on", N_("Day"), "day"),
    *WHO,
    Column("proposal_number", N_("Which of the deal"), "count"),
    DEAL,
)
CLIENTS = (
    *WHO,
    Column("abc_class", N_("Class")),
    Column("last_won_on", N_("Last purchase"), "day"),
    Column("last_contact_on", N_("Last contact"), "day"),
    Column("year_amount", N_("Revenue of a year"), "money"),
    Column("revenue", N_("Revenue"), "money"),
)
MONTHS = (
    Column("month_on", N_("Month"), "day"),
    *WHO,
    Column("state", N_("What the month did"), "word"),
    Column("purchases_count", N_("Purchases"), "count"),
    Column("revenue", N_("Revenue"), "money"),
)
SCORES = (
    Column("scored_on", N_("Day"), "day"),
    Column("manager_name", N_("Manager")),
    Column("call_id", N_("Call")),
    Column("criterion", N_("What was rated")),
    Column("rater", N_("Who rated")),
    Column("score", N_("Score"), "number"),
    Column("top_score", N_("Highest possible"), "number"),
)


def plans(kind: Unit) -> tuple[Column, ...]:
    """Make the columns of plans of money or of deals."""
    number = "money" if kind == Unit.MONEY else "number"
    return (
        Column("month_on", N_("Month"), "day"),
        Column("manager_name", N_("Manager")),
        Column("target", N_("Plan"), number),
        Column("expected", N_("Expected by now"), number),
        Column("done", N_("Done"), number),
        Column("left_workdays_count", N_("Working days left"), "count"),
    )


DIRECTIONS = {"direction": {"in": N_("incoming"), "out": N_("outgoing"), "internal": N_("within the house")}}
KINDS = {
    "kind": {
        "call": N_("talk by phone"),
        "meeting": N_("meeting"),
        "letter": N_("letter"),
        "other": N_("other contact"),
    }
}
KEPT = {
    "outcome": {
        "kept": N_("kept in time"),
        "late": N_("kept late"),
        "forgotten": N_("forgotten"),
        "not_due": N_("not due yet"),
    }
}
STATES = {
    "state": {
        "new": N_("first purchase"),
        "active": N_("stayed"),
        "reactivated": N_("came back"),
        "lapsed": N_("lapsed"),
    }
}
OF_CALLS = (N_("{n} call"), N_("{n} calls"))
OF_STAYS = (N_("{n} stay in a stage"), N_("{n} stays in stages"))
OF_TOUCHES = (N_("{n} contact"), N_("{n} contacts"))
OF_PLANS = (N_("{n} plan"), N_("{n} plans"))
BY_CALL = ("started_at", "call_id")

LISTINGS = {
    "calls": Listing("calls", CALLS, OF_CALLS, BY_CALL, DIRECTIONS, N_("Calls with the number")),
    "requests": Listing("calls", CALLS, OF_CALLS, BY_CALL, DIRECTIONS),
    "costs": Listing(
        "costs", COSTS, (N_("{n} row of the ad report"), N_("{n} rows of the ad report")), ("spent_on", "cost_id")
    ),
    "stays": Listing("visits", STAYS, OF_STAYS, ("entered_on", "deal_id")),
    "visits": Listing("visits", STAYS, OF_STAYS, ("entered_on", "deal_id")),
    "touches": Listing("touches", TOUCHES, OF_TOUCHES, ("touched_on", "touch_id"), KINDS),
    "contacts": Listing("touches", TOUCHES, OF_TOUCHES, ("touched_on", "touch_id"), KINDS),
    "promises": Listing("promises", PROMISES, (N_("{n} promise"), N_("{n} promises")), ("due_on", "promise_id"), KEPT),
    "invoices": Listing(
        "invoices", INVOICES, (N_("{n} invoice or payment"), N_("{n} invoices and payments")), ("issued_on", "paid_on")
    ),
    "proposals_made": Listing(
        "proposals", PROPOSALS, (N_("{n} proposal"), N_("{n} proposals")), ("made_on", "deal_id", "proposal_number")
    ),
    "plan_months": Listing("plans", plans(Unit.MONEY), OF_PLANS, ("month_on", "manager_name")),
    "plan_months_won": Listing("plans", plans(Unit.COUNT), OF_PLANS, ("month_on", "manager_name")),
    "client_base": Listing("clients", CLIENTS, (N_("{n} client"), N_("{n} clients")), ("year_amount", "client_id")),
    "client_months": Listing(
        "client_months",
        MONTHS,
        (N_("{n} client in a month"), N_("{n} clients in months")),
        ("month_on", "client_id"),
        STATES,
        N_("Months with purchases"),
    ),
    "scores": Listing(
        "scores", SCORES, (N_("{n} rating"), N_("{n} ratings")), ("scored_on", "score_id"), {}, N_("Ratings")
    ),
}
"""Fact or view of facts → how its rows are read. What is not here has one row per deal and is shown as deals."""
OF_DEALS = {"answers": "responses", "proposed": "responses"}
"""Views with one row per deal whose rows are not in the deals' own fact."""
COUNTED = Column("is_counted", N_("Counted in the share"), "flag")
"""Whether a row is one of those that make a share."""
EACH = {
    "phone": (N_("{n} number"), N_("{n} numbers")),
    "client_id": (N_("{n} client"), N_("{n} clients")),
    "call_id": OF_CALLS,
    "rater": (N_("{n} person"), N_("{n} people")),
}
"""What a row stands for where a number counts different things, by the column that tells them apart."""
DEALS_OF_CLIENT = N_("Deals of the client")


def listing_of(metric: Metric) -> Listing | None:
    """Return how the rows behind a metric on one fact are read; None: as deals."""
    name = "plan_months_won" if metric.name.startswith("plan_won") else metric.fact
    return LISTINGS.get(name)


def is_told(facts: Facts, metric: Metric) -> bool:
    """Tell whether the exports hold what a metric on one fact is counted from at all; looks at no row."""
    listing = listing_of(metric)
    source = getattr(facts, listing.source if listing else OF_DEALS.get(metric.fact, "deals"))
    needed = [name for name in metric.needs if name in source.columns]
    return source.height > 0 and all(source[name].null_count() < source.height for name in needed)


BESIDE: dict[str, tuple[Column, ...]] = {
    "attempts_to_reach": (Column("attempts_count", N_("Calls to the lead"), "count"),),
    "touches_to_win_median": (Column("touches_count", N_("Touches"), "count"),),
    "planned_date_share": (Column("planned_on", N_("Planned for"), "day"),),
    "open_expected_amount": (Column("expected_on", N_("Expected on"), "day"),),
    "several_products_share": (Column("products_count", N_("Products"), "count"),),
    "proposal_deals": (Column("proposals_count", N_("Commercial proposals"), "count"),),
    "moved_back_share": (Column("back_moves_count", N_("Moves back"), "count"),),
    "reopened_share": (Column("reopens_count", N_("Re-openings"), "count"),),
    "skipped_share": (Column("skips_count", N_("Stages skipped"), "count"),),
    "without_next_step": (Column("next_step_on", N_("Next step"), "day"),),
    "contact_plan": (
        Column("contact_quota", N_("Contacts planned"), "number"),
        Column("contacts_month_count", N_("Contacts made"), "count"),
    ),
    "card_completeness": (Column("completeness_share", N_("Card filled in"), "share"),),
    "repeat_rate": (Column("won_count", N_("Purchases"), "count"),),
    "inside_growth": (Column("prior_amount", N_("The year before"), "money"),),
    "response_minutes_median": (Column("response_minutes", N_("First answer, working minutes"), "minutes"),),
}
ALIKE = {
    "attempts_unreached": "attempts_to_reach",
    "touches_to_win_mean": "touches_to_win_median",
    "check_with_addon": "several_products_share",
    "check_without_addon": "several_products_share",
    "proposals_per_deal": "proposal_deals",
    "proposal_to_win": "proposal_deals",
    "in_order_share": "moved_back_share",
    "next_step_coverage": "without_next_step",
    **dict.fromkeys(
        ("contacts_made", "contact_attainment", "contact_plan_met", "contact_on_track", "contacts_per_client"),
        "contact_plan",
    ),
    **dict.fromkeys(("complete_cards_share", "incomplete_cards"), "card_completeness"),
}
"""Metrics that show the same columns as another."""


def beside(metric: Metric) -> tuple[Column, ...]:
    """Name the columns that a number is made of, where the list does not show them anyway."""
    named = BESIDE.get(ALIKE.get(metric.name, metric.name), ())
    if named or metric.fact not in ("answers", "deals", "led_deals", "sold_deals"):
        return named
    if metric.fact == "answers":
        return BESIDE["response_minutes_median"]
    if metric.unit == Unit.DAYS:
        known = {"led_deals": "lead_cycle_days", "deals": "cycle_days" if metric.dated_by else "age_days"}
        return (Column(known[metric.fact], N_("Days"), "days"),)
    return (Column("margin", N_("Margin"), "money"),) if "margin" in metric.needs else ()
