"""The handshake between pipelines and dashboard: every fact table at a stated grain, every column with its meaning.

Times (``_at``) are UTC; dates (``_on``) are days in the company's zone and are what periods filter on. Money is in the
reporting currency. Unknown is null: a column may be empty because the export lacks it, and nothing fills it with zero.
"""

from __future__ import annotations

import dataframely as dy

OUTCOMES = ("won", "lost", "open", "junk")
STAGE_TYPES = ("open", "won", "lost", "junk")
EXITS = ("advanced", "lost", "moved_back", "handed_off", "still_there")
HISTORIES = ("events", "dates", "exports", "implied")
"""Where stage history comes from: an event log, dates in columns, successive exports, or only the present stage."""


def text(meaning: str, *, key: bool = False, required: bool = False) -> dy.String:
    return dy.String(primary_key=key, nullable=not (key or required), description=meaning)


def moment(meaning: str, *, required: bool = False) -> dy.Datetime:
    return dy.Datetime(time_unit="us", time_zone="UTC", nullable=not required, description=meaning)


def day(meaning: str, *, key: bool = False) -> dy.Date:
    return dy.Date(nullable=not key, primary_key=key, description=meaning)


def money(meaning: str) -> dy.Decimal:
    return dy.Decimal(18, 2, nullable=True, description=meaning)


def number(meaning: str) -> dy.Float64:
    return dy.Float64(nullable=True, description=meaning)


def count(meaning: str, *, required: bool = True, key: bool = False) -> dy.Int64:
    return dy.Int64(nullable=not (required or key), primary_key=key, description=meaning)


def flag(meaning: str) -> dy.Bool:
    return dy.Bool(nullable=False, description=meaning)


def one_of(words: tuple[str, ...], meaning: str, *, required: bool = True) -> dy.Enum:
    return dy.Enum(list(words), nullable=not required, description=meaning)


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


FACTS: dict[str, type[dy.Schema]] = {
    "deals": Deals,
    "visits": Visits,
    "stages": Stages,
}
