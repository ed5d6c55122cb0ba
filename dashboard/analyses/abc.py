"""ABC classes of clients: what each brings, and whether each gets the contacts it is due."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.base_lists import COUNTED, NO_TOUCHES, chosen
from dashboard.analyses.choose import rows_count, whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics import care as metrics
from dashboard.metrics.model import ratio

SHARE = Column("amount_share", N_("Share of revenue"), "share")
CLASSES = ("A", "B", "C", "N")
PAID, WON = (
    N_("Classes by what was paid in the last twelve months."),
    N_("Classes by the amounts of deals won in the last twelve months: the exports tell of no payments."),
)


def abc(facts: Facts, filter: Filter) -> Answer:
    """Weigh the classes: one row each, A, B, C and N (brought nothing in a year).

    Columns: abc_class, clients, clients_share, revenue, amount_share (of class revenue); and, of the clients who were in the
    class when the month began: planned (how many are due contacts), plan, contacts, attained_share, met_share, on_track_share
    (null when no export tells of touches).
    """
    base = chosen(facts, filter)
    brought = base.group_by("abc_class").agg(clients=rows_count(), revenue=whole_sum(pl.col("class_revenue")))
    plan = base.group_by(abc_class="month_class").agg(
        planned=metrics.times(metrics.HAS_QUOTA).cast(pl.Int64),
        plan=metrics.CONTACT_PLAN.value,
        contacts=pl.when(metrics.CONTACTS.count() > 0).then(metrics.CONTACTS_MADE.value),
        attained_share=known(metrics.CONTACT_ATTAINMENT.value),
        met_share=known(metrics.CONTACT_PLAN_MET.value),
        on_track_share=known(metrics.CONTACT_ON_TRACK.value),
    )
    frame = (
        pl.DataFrame({"abc_class": CLASSES})
        .join(brought, on="abc_class", how="left")
        .join(plan, on="abc_class", how="left")
        .with_columns(pl.col("clients", "planned", "plan").fill_null(0))
        .with_columns(
            clients_share=ratio(pl.col("clients"), pl.col("clients").sum()),
            amount_share=ratio(pl.col("revenue").fill_null(0), pl.col("revenue").sum()),
        )
        .select(
            "abc_class",
            "clients",
            "clients_share",
            "revenue",
            "amount_share",
            "planned",
            "plan",
            "contacts",
            "attained_share",
            "met_share",
            "on_track_share",
        )
    )
    is_paid = (base["class_basis"].cast(pl.String) == "paid").any()
    found = [Notice(PAID if is_paid else WON)]
    if base.height and not base["contacts_month_count"].is_not_null().any():
        found.append(Notice(NO_TOUCHES))
    shown = ("plan", "contacts", "attained_share", "met_share", "on_track_share")
    return Answer(
        frame=frame,
        columns=(*columns("abc_class", "clients", "revenue"), SHARE, *columns(*shown)),
        definition=N_(
            "Clients by their share of a year's revenue, the largest first: A up to 80%, B up to 95%, C the rest (limits in the "
            "settings), N without revenue; equal ones stay together. Contacts are calls with a talk and meetings of the running "
            "month against the plan of the class a client was in when the month began; what one got beyond its plan does not "
            "make up for another."
        ),
        n=base.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=tuple(found),
    )


def known(value: pl.Expr) -> pl.Expr:
    """Leave a value of contacts unknown where no export tells of them."""
    return pl.when(metrics.CONTACTS.count() > 0).then(value)


ABC = Analysis(
    name="abc",
    label=N_("ABC classes and the contact plan"),
    help=N_(
        "For each class of clients: how many, what share of revenue, contacts planned, made and the plan attained."
    ),
    run=abc,
    is_state=True,
)
