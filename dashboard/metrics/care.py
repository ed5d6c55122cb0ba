"""The metrics of how the base is cared for: who is not contacted, the contact plan of the classes, the cards of clients.

Contacts of a period by their day; all else is the state on the last day of the data. What is said of contacts is unknown
where no export tells of touches.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.base import IS_ACTIVE, NOW, times
from dashboard.metrics.model import Better, Metric, Unit, ratio

QUOTA = pl.col("contact_quota")
CONTACTS = pl.col("contacts_month_count")
HAS_QUOTA = (QUOTA > 0).fill_null(False)
FILLED = pl.col("completeness_share")

WITHOUT_CONTACT = Metric(
    name="without_contact",
    label=N_("Clients without contact"),
    help=N_("Clients with no touch for longer than the settings allow (30 days unless changed), or never."),
    variant=NOW,
    fact="client_base",
    value=times(pl.col("is_without_contact")),
    unit=Unit.COUNT,
    better=Better.LOWER,
    needs=("contacts_month_count",),
    behind=pl.col("is_without_contact"),
)
WITHOUT_CONTACT_SHARE = Metric(
    name="without_contact_share",
    label=N_("Clients without contact, share"),
    help=N_(
        "Clients with no touch for longer than the settings allow, or never, as a share of all clients of the base."
    ),
    variant=NOW,
    fact="client_base",
    value=ratio(times(pl.col("is_without_contact")), pl.len()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    needs=("contacts_month_count",),
    behind=pl.lit(True),
    of_them=pl.col("is_without_contact"),
)
CONTACT_PLAN = Metric(
    name="contact_plan",
    label=N_("Contacts planned for the month"),
    help=N_(
        "Calls and meetings due in the running month, added up over clients: by their class at its start (A 4, B 2, C 1 "
        "unless the settings say otherwise)."
    ),
    variant=NOW,
    fact="client_base",
    value=QUOTA.sum(),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    behind=HAS_QUOTA,
)
CONTACTS_MADE = Metric(
    name="contacts_made",
    label=N_("Contacts made this month"),
    help=N_("Calls with a talk and meetings with clients in the running month, one a day and kind for each client."),
    variant=NOW,
    fact="client_base",
    value=CONTACTS.sum(),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    needs=("contacts_month_count",),
    behind=CONTACTS > 0,
)
CONTACT_ATTAINMENT = Metric(
    name="contact_attainment",
    label=N_("Contact plan, attainment"),
    help=N_(
        "Contacts made of those planned for the running month. What a client got beyond the plan does not make up for "
        "another who was not called."
    ),
    variant=N_("The month so far against the plan of the whole month; capped at each client's plan."),
    fact="client_base",
    value=ratio(pl.min_horizontal(CONTACTS.cast(pl.Float64), QUOTA).sum(), QUOTA.sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    needs=("contacts_month_count",),
    behind=HAS_QUOTA,
)
CONTACT_PLAN_MET = Metric(
    name="contact_plan_met",
    label=N_("Clients whose contact plan is met"),
    help=N_("Clients with as many contacts this month as their class is due, as a share of those who are due any."),
    variant=N_("The month so far against the plan of the whole month."),
    fact="client_base",
    value=ratio(times(HAS_QUOTA & (CONTACTS >= QUOTA)), times(HAS_QUOTA)),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    needs=("contacts_month_count",),
    behind=HAS_QUOTA,
    of_them=CONTACTS >= QUOTA,
)
CONTACT_ON_TRACK = Metric(
    name="contact_on_track",
    label=N_("Clients on track with the contact plan"),
    help=N_(
        "Clients with as many contacts this month as are due of the plan by its last known day, in proportion to the days "
        "that have passed and in whole contacts; as a share of those who are due any in the month."
    ),
    variant=N_("The plan of the part of the month that has passed."),
    fact="client_base",
    value=ratio(times(HAS_QUOTA & (pl.col("due_count") <= CONTACTS)), times(HAS_QUOTA)),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    needs=("contacts_month_count",),
    behind=HAS_QUOTA,
    of_them=pl.col("due_count") <= CONTACTS,
)
CONTACTS_PER_CLIENT = Metric(
    name="contacts_per_client",
    label=N_("Contacts per active client"),
    help=N_("Calls with a talk and meetings of the running month with active clients, divided by the active clients."),
    variant=NOW,
    fact="client_base",
    value=ratio(CONTACTS.filter(IS_ACTIVE).sum(), times(IS_ACTIVE)),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    needs=("contacts_month_count",),
    behind=IS_ACTIVE,
)
CARD_COMPLETENESS = Metric(
    name="card_completeness",
    label=N_("Completeness of client cards"),
    help=N_("Share of the required fields that are filled and valid, averaged over clients."),
    variant=NOW,
    fact="client_base",
    value=FILLED.mean(),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=FILLED.is_not_null(),
)
COMPLETE_CARDS_SHARE = Metric(
    name="complete_cards_share",
    label=N_("Complete client cards"),
    help=N_("Clients with every required field filled and valid, as a share of those whose card the exports tell."),
    variant=NOW,
    fact="client_base",
    value=ratio(times(FILLED >= 1), FILLED.count()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=FILLED.is_not_null(),
    of_them=FILLED >= 1,
)
INCOMPLETE_CARDS = Metric(
    name="incomplete_cards",
    label=N_("Clients with an incomplete card"),
    help=N_("Clients of whose card a required field is empty or not valid: the cards still to be filled in."),
    variant=NOW,
    fact="client_base",
    value=times(FILLED < 1),
    unit=Unit.COUNT,
    better=Better.LOWER,
    needs=("completeness_share",),
    behind=FILLED < 1,
)
CONTACTS_PER_CONTACTED = Metric(
    name="contacts_per_contacted",
    label=N_("Contacts per contacted client"),
    help=N_(
        "Calls with content, meetings and letters of the period with known clients, divided by the different clients; with one "
        "client one a day and kind."
    ),
    fact="touches",
    dated_by="touched_on",
    value=ratio(pl.col("client_id").count(), pl.col("client_id").drop_nulls().n_unique()),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    behind=pl.col("client_id").is_not_null(),
)
WITHOUT_RESULT_SHARE = Metric(
    name="without_result_share",
    label=N_("Contacts without a result"),
    help=N_(
        "Contacts of the period of which nobody wrote down a result, as a share of all. Unknown when no export tells results."
    ),
    fact="touches",
    dated_by="touched_on",
    value=ratio(pl.col("result").is_null().sum(), pl.len()),
    unit=Unit.SHARE,
    better=Better.LOWER,
    needs=("result",),
    behind=pl.lit(True),
    of_them=pl.col("result").is_null(),
)
