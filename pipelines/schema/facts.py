"""The handshake between pipelines and dashboard: every fact table at a stated grain, every column with its meaning.

Times (``_at``) are UTC; dates (``_on``) are days in the company's zone and are what periods filter on. Money is in the
reporting currency. Unknown is null: a column may be empty because the export lacks it, and nothing fills it with zero.
"""

from __future__ import annotations

import dataframely as dy

from pipelines.schema.activity import Calls, Promises, Proposals, Responses, Scores, Touches
from pipelines.schema.columns import (
    CLASS_BASES,
    CLIENT_STATES,
    EXITS,
    HISTORIES,
    OUTCOMES,
    STAGE_TYPES,
    count,
    day,
    flag,
    moment,
    money,
    number,
    one_of,
    text,
)


class Deals(dy.Schema):
    """One row per deal, as known at the snapshot's ``as_of``."""

    deal_id = text("Number of the deal in the CRM.", key=True)
    deal_name = text("Title of the deal.")
    client_id = text("Key of the client, else null.")
    client_name = text("Who pays.")
    manager_name = text("The salesperson answerable for the deal.")
    team_name = text("Team of the manager.")
    product_name = text("What is sold.")
    channel_name = text("Where the lead came from.")
    campaign_name = text("Campaign inside the channel.")
    region_name = text("Region of the deal, else of its manager or client.")
    funnel_name = text("Which of the company's funnels the deal is in.", required=True)
    stage_name = text("Stage the deal is in, or in which it ended.")
    lost_stage_name = text("Last open stage before the loss; null when the history does not tell.")
    refusal_reason = text("Why it was lost; null when nobody wrote it.")
    outcome = one_of(OUTCOMES, "State at as_of: won, lost, open, or junk (not a target lead).")
    history = one_of(HISTORIES, "How the stage history of this deal is known.")
    amount = money("Amount of the deal in the reporting currency.")
    created_on = day("Day the deal was created; null when unknown.")
    closed_on = day("Day it was closed; null while open or unknown.")
    created_at = moment("When the deal was created.")
    closed_at = moment("When the present outcome began: for a won deal its latest win, for a lost one its loss.")
    first_won_at = moment("First win, which ends the cycle of a won deal even if it was re-opened later.")
    stage_entered_at = moment("When it entered the stage it is in.")
    expected_on = day("Day the manager expects it to close.")
    cycle_days = number("Created to first win (won) or to the closing (lost, junk), real days; null while open.")
    age_days = number("Created to as_of for open deals, real days.")
    stage_order = count("Order of the present stage in its funnel; null if unmapped.", required=False)
    furthest_order = count("Largest order of an open or won stage ever visited.", required=False)
    visits_count = count("Visits to stages.")
    reopens_count = count("Times a closed deal was opened again.")
    back_moves_count = count("Moves to an earlier stage.")
    skips_count = count("Stages passed over on the way forward.")
    is_gone = flag("Deleted in its system, or no longer in a newer full export of its list.")
    is_sales = flag(
        "False in a funnel that sells nothing by itself, such as one of leads; metrics leave it out unasked."
    )


class Visits(dy.Schema):
    """One row per uninterrupted stay of a deal in a stage; the columns of the deal stand beside it for filtering."""

    deal_id = text("Deal.", key=True)
    visit_number = count("1, 2, 3 … in the order of time.", key=True)
    funnel_name = text("Funnel of the stage.", required=True)
    stage_name = text("Stage.", required=True)
    stage_type = one_of(STAGE_TYPES, "What the stage means.")
    manager_name = text("Manager of the deal.")
    team_name = text("Team of the manager.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region of the deal.")
    next_stage_name = text("Stage entered next, null if still there.")
    refusal_reason = text("Refusal reason of the deal, on the visit that ended in the loss.")
    outcome = one_of(OUTCOMES, "Outcome of the deal at as_of.")
    exit = one_of(EXITS, "How the visit ended; a final stage is never left unless the deal is re-opened.")
    entered_on = day("Day of entry in the company's zone.")
    left_on = day("Day of leaving; null if still there.")
    deal_created_on = day("Day the deal was created.")
    deal_closed_on = day("Day the deal was closed.")
    entered_at = moment("Moment of entry; null when the export does not tell.")
    left_at = moment("Moment of leaving; null if still there or unknown.")
    deal_created_at = moment("When the deal was created.")
    amount = money("Amount of the deal.")
    entered_within_days = number("Width of the interval in which the entry fell; null when its moment is known.")
    days = number("Length of the visit in real days, up to as_of if still there; null when unknown.")
    stage_order = count("Order of the stage in its funnel; null for a stage outside the dictionary.", required=False)
    is_implied = flag("True when no export recorded this visit and it follows from the present stage.")
    is_sales = flag("False for a stage of a funnel that sells nothing by itself, such as one of leads.")


class Stages(dy.Schema):
    """One row per funnel and stage: the stage dictionary in force."""

    funnel_name = text("Funnel.", key=True)
    stage_name = text("Stage.", key=True)
    stage_type = one_of(STAGE_TYPES, "What the stage means.")
    exit_result = text("Result with which the stage is left (stage dictionary).")
    required_action = text("What must be done in the stage (stage dictionary).")
    norm_days = number("Norm of the stage in days; null when none is set.")
    stage_order = count("1, 2, 3 … open stages first, then won, lost, junk.")
    is_optional = flag("True when step conversion should pass over the stage.")
    is_unmapped = flag("True when the data holds the stage and the dictionary does not.")
    is_sales = dy.Bool(
        nullable=True, description="False in a funnel that sells nothing by itself, such as one of leads."
    )
    is_ordered = flag("False when the order is a guess from the data and the user should confirm it.")


class Clients(dy.Schema):
    """One row per client, as known at as_of."""

    client_id = text("Key of the client.", key=True)
    client_name = text("Name.")
    manager_name = text(
        "Owner by the list of clients, by the latest deal where no list tells; null when nobody is, or the owner left."
    )
    team_name = text("Team of the owner.")
    product_name = text("Product of the latest deal.")
    channel_name = text("Channel of the first deal.")
    region_name = text("Region.")
    funnel_name = text("Funnel of the latest deal.")
    abc_class = text("A, B or C by the share of class_revenue in that of all, ties together; N without any.")
    month_class = text("The class at the start of the running month, which its contact plan follows.")
    class_basis = one_of(CLASS_BASES, "What the classes are made of, the same for all: payments, else won amounts.")
    created_on = day("First seen: creation or first deal.")
    first_won_on = day("First purchase: wins are dated as their revenue is, by the latest win of a deal.")
    last_won_on = day("Latest purchase.")
    last_contact_on = day("Last touch; null when never.")
    revenue = money("Amounts of won deals; null when none has an amount.")
    revenue_year = money("The same, trailing 12 months.")
    class_revenue = money("Paid (or won, by class_basis) in the trailing 12 months; null when nothing was.")
    completeness_share = number(
        "Filled and valid required fields / required fields; fields that no export holds are left out of both."
    )
    contact_quota = number("Contacts due this month by month_class; none for N without an open deal.")
    active_days = number("The active window used: of settings, else the company's mean gap between purchases.")
    no_contact_days = number("Days after which a client counts as without contact, of settings.")
    deals_count = count("Deals.")
    won_count = count("Won deals.")
    contacts_month_count = count(
        "Calls with a talk and meetings in the running month; null when no export tells of touches.", required=False
    )
    is_unowned = flag("No owner, or the owner left the firm.")
    is_active = flag("Bought within the active window.")
    has_open_deal = flag("Has an open deal.")


class ClientMonths(dy.Schema):
    """One row per client and month from its first purchase on: what the month did to it.

    Months through which a client stayed lapsed have no row. The running month ends with as_of.
    """

    client_id = text("Client.", key=True)
    month_on = day("First day of the month.", key=True)
    client_name = text("Client.")
    manager_name = text("Owner.")
    team_name = text("Team of the owner.")
    product_name = text("Product of the latest purchase.")
    channel_name = text("Channel of the first deal.")
    region_name = text("Region.")
    state = one_of(CLIENT_STATES, "New, stayed active, came back, or lapsed this month.", required=False)
    revenue = money("Amounts won in the month; 0 when nothing was bought, null when no purchase has an amount.")
    purchases_count = count("Deals won in the month.")
    is_active = flag("Active at the month's end.")


class Invoices(dy.Schema):
    """One row per invoice with what was paid on it; a payment without an invoice is a row without an issue day."""

    invoice_id = text("Key.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    client_name = text("Client.")
    manager_name = text("Manager of the deal, else owner of the client.")
    team_name = text("Team.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region.")
    funnel_name = text("Funnel of the deal.")
    issued_on = day("Invoice day; null for a payment without an invoice.")
    paid_on = day("Latest payment day; null while unpaid.")
    amount = money("Invoiced; negative for a credit note.")
    paid = money("Paid.")
    unpaid = money(
        "Invoiced less paid, not below zero; an empty payment is none if the exports tell payments; else null."
    )
    age_days = number("Days from issue to as_of for what is not fully paid.")
    is_paid = flag("Nothing is left to pay: paid in full, a credit note, or a payment without an invoice.")


class Costs(dy.Schema):
    """One row per day, channel and campaign of an ad cabinet."""

    cost_id = text("Key.", key=True)
    channel_name = text("Channel.")
    campaign_name = text("Campaign.")
    spent_on = day("Day.")
    spend = money("Spend in the reporting currency.")
    impressions = count("Impressions.", required=False)
    clicks = count("Clicks.", required=False)
    leads_count = count("Leads as the ad report itself counts them.", required=False)
    orders_count = count("Orders as the ad report itself counts them.", required=False)
    ad_revenue = money("Revenue as the ad report itself counts it, in the reporting currency.")


class Margins(dy.Schema):
    """One row per product with a margin in settings; the row of the empty name is that of every other product."""

    product_name = text("Product; empty for every other one.", key=True)
    share = number("Gross margin as a share of the amount.")


class Plans(dy.Schema):
    """One row per manager (or the whole team), month and metric."""

    plan_id = text("Key.", key=True)
    manager_name = text("Manager; null for the plan of the whole team.")
    team_name = text("Team of the manager.")
    metric_name = text("Metric the plan is for.", required=True)
    month_on = day("First day of the month.")
    target = money("Planned value; of a manager who came or left within the month, the part of his working days.")
    planned = money("Planned value as the plan says it.")
    workdays_count = count("Working days of the month; from the manager's first day on, up to the last.")
    elapsed_workdays_count = count("Of those, the ones over by as_of.")


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
    """One row per deal and product: its lines added up, or the deal's own product where there are no lines."""

    deal_id = text("Deal.", key=True)
    product_name = text("Product.", key=True)
    client_id = text("Client of the deal.")
    category_name = text("Category of the product.")
    amount = money("Amount of the lines in the reporting currency; they add up to the deal's.")


FACTS: dict[str, type[dy.Schema]] = {
    "deals": Deals,
    "visits": Visits,
    "stages": Stages,
    "calls": Calls,
    "touches": Touches,
    "responses": Responses,
    "promises": Promises,
    "proposals": Proposals,
    "clients": Clients,
    "client_months": ClientMonths,
    "invoices": Invoices,
    "costs": Costs,
    "margins": Margins,
    "plans": Plans,
    "deal_changes": DealChanges,
    "deal_products": DealProducts,
    "scores": Scores,
}
