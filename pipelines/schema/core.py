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
KEPT = N_("kept from an older export: the newer one has no column for it")
NO_STAGE = N_("an event that is no entry into a stage")
REPEATED = N_("an entry into a stage that was already told")
CLOSED_OPEN = N_(
    "has a closing date and stands in an open stage: counted as open; say in the mapping what the stage means"
)
BACKWARDS = N_("closed before it was created: left out of the cycle time")
DELETED = N_("deleted in its system: marked as gone and still counted")
FURTHER_LINES = N_("a further product line of a deal: its amount is in the deal's")
FOREIGN = N_("amount in another currency: left out until rates.csv holds a rate for its day")
BROKEN_PHONE = N_("a phone that a spreadsheet broke (7,9E+10): joins nothing; export it as text")
UNREADABLE_PHONE = N_("no phone number can be read: joins nothing")
UNREADABLE_MAIL = N_("no mail address can be read: joins nothing")
SHARED_CONTACT = N_("a phone or mail of too many clients (a switchboard, a stand-in): joins nobody")
FURTHER_PAYMENTS = N_("a further row of an invoice: what was paid is added to the invoice's")
FURTHER_ROWS = N_("a further row of the same call")
INTERNAL_CALL = N_("a call between own numbers: belongs to no client")
NUMBERLESS_CALL = N_("a call whose outside number is hidden or unreadable")

CONTACT_KINDS = ("id", "phone", "mail")
CALL_JOINS = ("open_deal", "before_creation", "after_closing", "client")
"""How a call was joined: to the deal that was open, about to be created or just closed, or to the client alone."""


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
    amount = money("Amount in the reporting currency; null where there is no rate for its own.")
    amount_original = money("Amount as exported.")
    currency = text("Currency of the amount as exported, three letters.")
    created_at = moment("Creation.")
    closed_at = moment("Closing; null while open.")
    updated_at = moment("Last change in the CRM.")
    expected_on = day("Expected closing.")
    is_gone = dy.Bool(
        nullable=True, description="Deleted in its system, or no longer in a newer full export of its list."
    )
    is_sales = flag("False in a funnel that sells nothing by itself, such as one of leads.")


class StageChanges(dy.Schema):
    """One row per entry of a deal into a stage, in the order in which it happened."""

    deal_id = text("Deal.", key=True)
    change_number = count("1, 2, 3 … by time, then stage order, then file row.", key=True)
    funnel_name = text("Funnel.", required=True)
    stage_name = text("Stage entered.", required=True)
    manager_name = text("Who moved it, when the log tells.")
    told_by = one_of(
        (*HISTORIES, "current_stage"),
        "What told it: an event log, columns of dates, successive exports, the day of entry into the present stage, or its name alone.",
        required=False,
    )
    entered_at = moment("Entry; null when only the fact is known, the middle of its interval when only that is.")
    earliest_at = moment("Start of the interval in which the entry fell; null when its moment is known.")
    latest_at = moment("End of that interval.")
    is_implied = flag("True when no export recorded it and it follows from the present stage.")


class DealChanges(dy.Schema):
    """One row per deal, column and export that told another value than the export before."""

    deal_id = text("Deal.", key=True)
    column_name = text("What changed: stage_name, manager_name, amount or expected_on.", key=True)
    change_number = count("Number of the export that told it, counted per deal.", key=True)
    before = text("Value before; null when there was none.")
    after = text("Value after.")
    earliest_at = moment("The last moment the earlier export knew of.")
    latest_at = moment("The last moment the later export knew of.")


class DealProducts(dy.Schema):
    """One row per product line of a deal, where its export holds lines; the newest export of the deal only."""

    deal_id = text("Deal.", key=True)
    line_number = count("1, 2, 3 … in the order of the file.", key=True)
    product_name = text("Product; null when the line names none.")
    amount_original = money("Amount of the line as exported, in the currency of the deal.")


class Clients(dy.Schema):
    """One row per client: whatever records share an id, a phone or a mail."""

    client_id = text("Key of the client: a source's id, else the phone or mail that is all that is known.", key=True)
    client_name = text("Name.")
    manager_name = text("Owner.")
    region_name = text("Region.")
    phone = text("Phone as exported.")
    email = text("Mail as exported.")
    created_at = moment("Creation.")
    is_listed = flag("A list of clients holds it; else deals, tasks or invoices alone tell of it.")
    joined_by = one_of(CONTACT_KINDS, "What its records have in common: an id only, a phone, or a mail.")
    ids = count("Ids of the sources that were joined into it.")


class ClientContacts(dy.Schema):
    """One row per id, phone (E.164) or mail (lower case) that names a client."""

    kind = dy.Enum(list(CONTACT_KINDS), primary_key=True, description="What the value is.")
    value = text("The id as exported, the phone, the mail.", key=True)
    client_id = text("Its client; null where too many ids share it.")
    rows = count("Rows that hold it.")
    ids = count("Different ids of the sources that it stands beside.")
    is_tie = flag("It ties records together that no id ties.")


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
    phone = text("The outside number in E.164; null when hidden or unreadable, or within the house.")
    client_id = text("Client of that number.")
    deal_id = text("Deal that the call was about.")
    joined_by = one_of(CALL_JOINS, "How the deal was found; null when the number is nobody's.", required=False)
    manager_name = text("Manager on our side.")
    direction = one_of(("in", "out", "internal"), "Who called whom.", required=False)
    is_internal = flag("Between own numbers.")
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
    spend = money("Spend in the reporting currency; null where there is no rate for its own.")
    spend_original = money("Spend as exported.")
    currency = text("Currency of the spend as exported.")
    impressions = count("Impressions.", required=False)
    clicks = count("Clicks.", required=False)
    leads_count = count("Leads as the ad report itself counts them.", required=False)
    orders_count = count("Orders as the ad report itself counts them.", required=False)
    ad_revenue = money("Revenue as the ad report itself counts it, in the reporting currency.")


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
    result = text("What came of it, as somebody wrote it down.")
    moved_count = count("Times its due day was moved from one export to the next.")


class Invoices(dy.Schema):
    """One row per invoice or payment line."""

    invoice_id = text("Key of the row.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    issued_on = day("Invoice date.")
    paid_on = day("Payment date; null while unpaid.")
    amount = money("Invoiced, in the reporting currency.")
    paid = money("Paid, in the reporting currency.")
    amount_original = money("Invoiced as exported.")
    paid_original = money("Paid as exported.")
    currency = text("Currency as exported.")


class Plans(dy.Schema):
    """One row per manager, month and metric."""

    manager_name = text("Manager.", key=True)
    metric_name = text("Metric the plan is for.", key=True)
    month_on = day("First day of the month.", key=True)
    target = money("Planned value.")


class Scores(dy.Schema):
    """One row per call (or manager and day), criterion and rater: the newest score."""

    score_id = text("Key of the row.", key=True)
    call_id = text("Call, by its key where the log holds it.")
    manager_name = text("Manager who was rated.")
    criterion = text("What was rated.", required=True)
    rater = text("Who rated.")
    scored_on = day("Day of the call or of the rating.")
    score = money("Score.")
    top_score = money("Highest score possible.")


class Transcripts(dy.Schema):
    """One row per call that was written down."""

    call_id = text("Call, by its key where the log holds it.", key=True)
    manager_name = text("Manager who spoke.")
    said_on = day("Day of the call.")
    text = text("What was said.")


CORE: dict[str, type[dy.Schema]] = {
    "deals": Deals,
    "stage_changes": StageChanges,
    "stages": Stages,
    "deal_changes": DealChanges,
    "deal_products": DealProducts,
    "clients": Clients,
    "client_contacts": ClientContacts,
    "managers": Managers,
    "products": Products,
    "calls": Calls,
    "costs": Costs,
    "tasks": Tasks,
    "invoices": Invoices,
    "plans": Plans,
    "scores": Scores,
    "transcripts": Transcripts,
}
