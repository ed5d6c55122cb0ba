"""The conformed tables between the exports and the facts: one deal is one row, one person has one name, one currency.

Every kind of export is staged into one of these shapes; a column the export lacks is null. Times are UTC.
"""

from __future__ import annotations

import dataframely as dy

from pipelines.errors import N_
from pipelines.schema.columns import HISTORIES, OUTCOMES, count, day, flag, moment, money, number, one_of, text
from pipelines.schema.facts import Stages

# Rules by which rows are set aside on the way to core; they are accepted, counted and listed, and not used.
REPLACED = N_("replaced by a newer row of the same deal")
NO_STAGE = N_("an event that is no entry into a stage")
REPEATED = N_("an entry into a stage that was already told")
CLOSED_OPEN = N_(
    "has a closing date and stands in an open stage: counted as open; say in the mapping what the stage means"
)
BACKWARDS = N_("closed before it was created: left out of the cycle time")
FURTHER_LINES = N_("a further product line of a deal: its amount is in the deal's")
FOREIGN = N_("amount in another currency: left out until there is a rate")


class Deals(dy.Schema):
    """One row per deal: the newest thing any export said of it."""

    deal_id = text("Number of the deal in the CRM.", key=True)
    deal_name = text("Title.")
    client_id = text("Key of the client.")
    client_name = text("Who pays.")
    manager_name = text("Salesperson.")
    team_name = text("Team of the manager.")
    product_name = text("Product.")
    channel_name = text("Channel of the lead.")
    campaign_name = text("Campaign.")
    region_name = text("Region.")
    funnel_name = text("Funnel.", required=True)
    stage_name = text("Present stage.")
    refusal_reason = text("Refusal reason.")
    outcome = one_of(OUTCOMES, "Outcome at as_of.")
    history = one_of(HISTORIES, "How the stage history of the deal is known.")
    amount = money("Amount.")
    created_at = moment("Creation.")
    closed_at = moment("Closing; null while open.")
    updated_at = moment("Last change in the CRM.")
    expected_on = day("Expected closing.")
    is_gone = dy.Bool(nullable=True, description="A newer full export of its list no longer holds it.")


class StageChanges(dy.Schema):
    """One row per entry of a deal into a stage, in the order in which it happened."""

    deal_id = text("Deal.", key=True)
    change_number = count("1, 2, 3 … by time, then stage order, then file row.", key=True)
    funnel_name = text("Funnel.", required=True)
    stage_name = text("Stage entered.", required=True)
    manager_name = text("Who moved it, when the log tells.")
    told_by = one_of(HISTORIES, "What told it: an event log, a column of dates, or the present stage.", required=False)
    entered_at = moment("Entry; null when only the fact is known, the middle of its interval when only that is.")
    earliest_at = moment("Start of the interval in which the entry fell; null when its moment is known.")
    latest_at = moment("End of that interval.")
    is_implied = flag("True when no export recorded it and it follows from the present stage.")


class DealChanges(dy.Schema):
    """One row per deal, column and export that told another value than the export before."""

    deal_id = text("Deal.", key=True)
    column_name = text("What changed: stage_name, manager_name or amount.", key=True)
    change_number = count("Number of the export that told it, counted per deal.", key=True)
    before = text("Value before; null when there was none.")
    after = text("Value after.")
    earliest_at = moment("The last moment the earlier export knew of.")
    latest_at = moment("The last moment the later export knew of.")


class Clients(dy.Schema):
    """One row per client."""

    client_id = text("Key of the client.", key=True)
    client_name = text("Name.")
    manager_name = text("Owner.")
    region_name = text("Region.")
    phone = text("Phone as exported.")
    email = text("Mail as exported.")
    created_at = moment("Creation.")


class Managers(dy.Schema):
    """One row per manager."""

    manager_name = text("Salesperson.", key=True)
    team_name = text("Team.")
    region_name = text("Region.")
    hired_on = day("First day.")
    left_on = day("Last day.")


class Products(dy.Schema):
    """One row per product."""

    product_name = text("Product.", key=True)
    category_name = text("Category or series.")
    price = money("List price.")


class Calls(dy.Schema):
    """One row per call."""

    call_id = text("Key of the call.", key=True)
    from_phone = text("Who called.")
    to_phone = text("Who was called.")
    manager_name = text("Manager on our side.")
    direction = one_of(("in", "out", "internal"), "Who called whom.", required=False)
    started_at = moment("Start.", required=True)
    wait_seconds = number("Ringing.")
    talk_seconds = number("Talk.")
    is_answered = flag("Somebody talked.")


class Costs(dy.Schema):
    """One row per day, channel and campaign of an ad cabinet."""

    cost_id = text("Key of the row.", key=True)
    channel_name = text("Channel.")
    campaign_name = text("Campaign.")
    spent_on = day("Day.", key=False)
    spend = money("Spend.")
    impressions = count("Impressions.", required=False)
    clicks = count("Clicks.", required=False)


class Tasks(dy.Schema):
    """One row per task: what was promised and when it was done."""

    task_id = text("Key of the task.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    manager_name = text("Manager.")
    task_name = text("What was promised.")
    created_at = moment("When it was planned.")
    due_at = moment("When it is due.")
    done_at = moment("When it was done; null if it was not.")


class Invoices(dy.Schema):
    """One row per invoice or payment line."""

    invoice_id = text("Key of the row.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    issued_on = day("Invoice date.")
    paid_on = day("Payment date; null while unpaid.")
    amount = money("Invoiced.")
    paid = money("Paid.")


class Plans(dy.Schema):
    """One row per manager, month and metric."""

    manager_name = text("Manager.", key=True)
    metric_name = text("Metric the plan is for.", key=True)
    month_on = day("First day of the month.", key=True)
    target = money("Planned value.")


CORE: dict[str, type[dy.Schema]] = {
    "deals": Deals,
    "stage_changes": StageChanges,
    "stages": Stages,
    "deal_changes": DealChanges,
    "clients": Clients,
    "managers": Managers,
    "products": Products,
    "calls": Calls,
    "costs": Costs,
    "tasks": Tasks,
    "invoices": Invoices,
    "plans": Plans,
}
