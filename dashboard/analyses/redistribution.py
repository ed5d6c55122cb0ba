"""Which clients could go to a colleague with fewer: those nobody owns, calls, or whose card is not filled in. Only advice."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_balance import ONE_MANAGER
from dashboard.analyses.base_lists import COUNTED, chosen
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_

NOBODY, SILENT, UNFILLED = N_("nobody owns it"), N_("without contact"), N_("the card is not filled in")
AFTER = N_("Bases after it: from {least} to {most} clients, now from {least_now} to {most_now}.")


def redistribution(facts: Facts, filter: Filter) -> Answer:
    """Suggest who could take which client: one row per client, those nobody owns first, then the largest revenue.

    Columns: client_id, client, from_manager (null: nobody), to_manager, why, abc_class, last_contact_on, year_revenue.
    A client goes only from a base that is larger by two or more than the one it goes to.
    """
    base = chosen(facts, filter)
    sizes = dict(base.drop_nulls("manager_name").group_by("manager_name").len().rows())
    before = (min(sizes.values(), default=0), max(sizes.values(), default=0))
    frame = suggested(candidates(base), sizes)
    found = [Notice(ONE_MANAGER)] if len(sizes) < 2 else []
    if frame.height and sizes:
        after = {"least": min(sizes.values()), "most": max(sizes.values())}
        found.append(Notice(AFTER, {**after, "least_now": before[0], "most_now": before[1]}))
    return Answer(
        frame=frame,
        columns=columns("client", "from_manager", "to_manager", "why", "abc_class", "last_contact_on", "year_revenue"),
        definition=N_(
            "Suggestions, nothing is changed: clients nobody owns, without contact for longer than the settings allow, or with an "
            "incomplete card, from managers with large bases to those with small ones, until the bases are even. Only "
            "managers who own a client already take part."
        ),
        n=base.height,
        counted=COUNTED,
        as_of=facts.as_of,
        sentences=tuple(found),
    )


def candidates(base: pl.DataFrame) -> pl.DataFrame:
    """Take the clients that could change hands and say why, in the order in which they do."""
    why = (
        pl.when("is_unowned")
        .then(pl.lit(NOBODY))
        .when(pl.col("is_without_contact").fill_null(False))
        .then(pl.lit(SILENT))
        .when((pl.col("completeness_share") < 1).fill_null(False))
        .then(pl.lit(UNFILLED))
    )
    return (
        base.with_columns(why=why)
        .filter(pl.col("why").is_not_null())
        .sort("is_unowned", "year_amount", "client_id", descending=[True, True, False], nulls_last=True)
        .select(
            "client_id",
            pl.col("client_name").alias("client"),
            pl.col("manager_name").alias("from_manager"),
            "why",
            "abc_class",
            "last_contact_on",
            pl.col("year_amount").alias("year_revenue"),
        )
    )


def suggested(rows: pl.DataFrame, sizes: dict[str, int]) -> pl.DataFrame:
    """Hand each client to the smallest base while that makes the bases more even; ``sizes`` becomes what they are after."""
    waiting = [(size, name) for name, size in sizes.items()]
    heapify(waiting)
    receivers: list[str | None] = []
    for owner in rows["from_manager"]:
        while waiting and waiting[0][0] != sizes[waiting[0][1]]:
            heappop(waiting)  # it gave or took since: a newer entry stands further down
        if not waiting or (owner is not None and sizes[owner] - waiting[0][0] < 2):
            receivers.append(None)
            continue
        name = waiting[0][1]
        for one, step in ((name, 1), (owner, -1)):
            if one is not None:
                sizes[one] += step
                heappush(waiting, (sizes[one], one))
        receivers.append(name)
    to_manager = pl.Series("to_manager", receivers, dtype=pl.String)
    return (
        rows.with_columns(to_manager)
        .filter(pl.col("to_manager").is_not_null())
        .select(
            "client_id", "client", "from_manager", "to_manager", "why", "abc_class", "last_contact_on", "year_revenue"
        )
    )


REDISTRIBUTION = Analysis(
    name="redistribution",
    label=N_("Who could take which client"),
    help=N_(
        "Clients nobody owns or cares for, and the colleague with the smallest base who could take each; only advice."
    ),
    run=redistribution,
    is_state=True,
)
