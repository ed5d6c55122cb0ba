"""Fact tables of what managers did and promised: calls, touches, responses, promises, scores.

As in ``facts.py``: times (``_at``) are UTC, days (``_on``) are the company's, unknown is null.
"""

from __future__ import annotations

import dataframely as dy

from pipelines.schema.columns import (
    DIRECTIONS,
    OUTCOMES,
    PROMISE_OUTCOMES,
    TOUCH_KINDS,
    count,
    day,
    flag,
    moment,
    money,
    number,
    one_of,
    text,
)


class Calls(dy.Schema):
    """One row per call; rows that share a call id (transfers, conference legs) are one call."""

    call_id = text("Key of the call.", key=True)
    deal_id = text("Deal the call belongs to, else null.")
    client_id = text("Client with the outside number, else null.")
    client_name = text("Who was spoken with.")
    manager_name = text("Manager on our side.")
    team_name = text("Team of the manager.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region of the deal, else of the manager.")
    funnel_name = text("Funnel of the deal.")
    phone = text("The outside number in E.164; null when hidden, unreadable or within the house.")
    line_phone = text("Our own number or extension that was used.")
    episode_id = text("Missed calls of one number within the episode window are one episode; null for other calls.")
    direction = one_of(DIRECTIONS, "Who called whom.", required=False)
    started_on = day("Day of the call in the company's zone.")
    started_at = moment("Start.", required=True)
    recovered_at = moment("For a missed call: first talk with the same number afterwards, within the window.")
    wait_seconds = number("Ringing.")
    talk_seconds = number("Talk; null when the log does not tell.")
    hour = count("Hour of the start in the company's zone, 0 to 23.", required=False)
    weekday = count("1 is Monday, 7 is Sunday.", required=False)
    is_answered = flag("Somebody talked.")
    is_talk = flag("With the outside, answered and at least as long as settings call a talk (or of an unknown length).")
    is_missed = flag("Incoming and not answered.")
    is_recovered = flag("Missed, and talked with the same number within the window of working minutes.")
    is_first_of_episode = flag("First missed call of its episode.")
    is_new_number = flag("The first call ever with this number.")
    is_working_time = flag("Started within working hours.")


class Touches(dy.Schema):
    """One row per client (deal, where no client is known), day and kind: contacts with content, mailings left out."""

    touch_id = text("Key.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    client_name = text("Client.")
    manager_name = text("Manager who made it.")
    team_name = text("Team of the manager.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region.")
    funnel_name = text("Funnel of the deal.")
    kind = one_of(
        TOUCH_KINDS, "Call with a talk, meeting held, letter, or a contact whose channel its task does not tell."
    )
    result = text("Recorded result; null when nobody wrote one.")
    touched_on = day("Day.")
    touched_at = moment("First moment of the day.")
    is_outgoing = dy.Bool(nullable=True, description="We made the contact; null when unknown.")
    is_before_win = flag("Before the deal's first win, or the deal is not won.")


class Responses(dy.Schema):
    """One row per deal: how it was answered and worked."""

    deal_id = text("Deal.", key=True)
    client_id = text("Client.")
    client_name = text("Client.")
    manager_name = text("Manager.")
    team_name = text("Team.")
    product_name = text("Product.")
    channel_name = text("Channel.")
    region_name = text("Region.")
    funnel_name = text("Funnel.")
    outcome = one_of(OUTCOMES, "Outcome of the deal.")
    created_on = day("Day the deal was created.")
    created_at = moment("When it was created.")
    first_touch_at = moment("First contact in either direction, or the creation if that was earlier.")
    answered_at = moment("First human action of ours after the creation; null while unanswered.")
    reached_at = moment("First talk after the creation; null when not reached.")
    last_touch_at = moment("Last contact.")
    next_step_on = day("Day of the earliest open promise from as_of on; null when none is planned.")
    response_minutes = number("Working minutes from creation (or the next opening) to the answer; 0 if talked before.")
    waited_minutes = number("The same up to as_of for unanswered ones: the censored time.")
    attempts_count = count(
        "Outgoing calls up to and with the first talk; all of them when not reached; null without telephony.",
        required=False,
    )
    touches_count = count("Touches up to the first win, the closing or as_of; null without telephony.", required=False)
    proposals_count = count("Commercial proposals: entries into a proposal stage, 24 h apart.")
    is_answered = flag("Somebody of ours acted after the creation, or had talked before it.")
    is_answered_before = flag("A talk before the creation led to the deal: response 0, shown apart.")
    has_telephony = flag("The manager has calls in the log and it covers the day of creation: no call means no call.")
    has_next_step = flag("Open, and a promise lies ahead.")


class Proposals(dy.Schema):
    """One row per commercial proposal: an entry into a stage that stands for one, or a done task that sent one."""

    deal_id = text("Deal.", key=True)
    proposal_number = count(
        "1, 2, 3 … of the deal; what was sent again within the hours of settings is the same.", key=True
    )
    client_id = text("Client.")
    client_name = text("Client.")
    manager_name = text("Manager of the deal.")
    team_name = text("Team.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region.")
    funnel_name = text("Funnel of the deal.")
    made_on = day("Day it was made; null when the export does not tell.")
    made_at = moment("When it was made.")


class Promises(dy.Schema):
    """One row per promise: a task with a due moment, or a date of next contact."""

    promise_id = text("Key.", key=True)
    deal_id = text("Deal.")
    client_id = text("Client.")
    client_name = text("Client.")
    manager_name = text("Who promised.")
    team_name = text("Team.")
    product_name = text("Product of the deal.")
    channel_name = text("Channel of the deal.")
    region_name = text("Region.")
    funnel_name = text("Funnel of the deal.")
    promise_name = text("What was promised.")
    outcome = one_of(PROMISE_OUTCOMES, "Kept, late, forgotten (no contact and overdue), or not due yet.")
    due_on = day("Day it is due, in the company's zone.")
    created_at = moment("When it was made.")
    due_at = moment("When it is due.")
    kept_at = moment("The contact or the completion that kept it; null when none.")
    amount = money("Amount of the deal.")
    late_days = number("Working days after the due day; null unless late or forgotten.")
    moved_count = count("Times its due day was moved, as successive exports tell.")
    is_overtaken = flag(
        "Its deal was closed by the end of the due day: what was promised may have fallen away with it."
    )


class Scores(dy.Schema):
    """One row per call, criterion and rater of a manual scorecard, or per phrase of the script looked for in a transcript."""

    score_id = text("Key.", key=True)
    call_id = text("Call.")
    manager_name = text("Manager who was rated.")
    team_name = text("Team.")
    criterion = text("What was rated; for transcripts the phrase of the script or the stop-word.", required=True)
    rater = text("Who rated; null for a transcript.")
    kind = one_of(("score", "script", "stop_word"), "Manual score, phrase that should be said, or one that should not.")
    scored_on = day("Day of the call or of the rating.")
    score = number("Score; for phrases how often it was said.")
    top_score = number("Highest score possible; null when unknown.")
