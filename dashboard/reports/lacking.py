"""What the exports of a company do not hold and a report could show: which export would bring it, said once in one table."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Answer, Column
from dashboard.i18n import N_

Wanted = tuple[str, str, Callable[[Facts], bool]]


def _blank(name: str) -> Callable[[Facts], bool]:
    """Make the question whether there are deals and a column of them is empty throughout."""
    return lambda facts: facts.deals.height > 0 and not facts.deals.get_column(name).count()


def _no_reason(facts: Facts) -> bool:
    lost = facts.deals.filter(pl.col("outcome") == "lost")
    return lost.height > 0 and not lost.get_column("refusal_reason").count()


def _no_history(facts: Facts) -> bool:
    return facts.deals.height > 0 and bool((facts.deals.get_column("history") == "implied").all())


WANTED: tuple[Wanted, ...] = (
    (
        N_("Deals from the CRM"),
        N_("The funnel, the speed of a deal, the managers, the refusals, what advertising returned"),
        lambda facts: facts.deals.is_empty(),
    ),
    (
        N_("The history of stages, or the same export of deals week after week"),
        N_("How deals leave the stages, days in the stages, what is stuck"),
        _no_history,
    ),
    (
        N_("Amounts of deals"),
        N_("Revenue, the average check, the forecast, ROMI"),
        _blank("amount"),
    ),
    (N_("Reasons of refusals"), N_("Why deals are lost, by stage and by manager"), _no_reason),
    (
        N_("Clients of deals: a number, a phone or a mail"),
        N_("The client base, repeat sales, whom to bring back"),
        _blank("client_id"),
    ),
    (
        N_("The log of calls of the telephony"),
        N_("Missed calls, how soon leads are answered, reach"),
        lambda facts: facts.calls.is_empty(),
    ),
    (N_("Ad spend by day and channel"), N_("CPL, CAC and ROMI"), lambda facts: facts.costs.is_empty()),
    (
        N_("Tasks with their due days"),
        N_("Promises kept and forgotten, whom to call tomorrow"),
        lambda facts: facts.promises.is_empty(),
    ),
    (N_("Plans of the month"), N_("The pace of the plan and whether it will be met"), lambda facts: facts.plans.is_empty()),
)  # fmt: skip


def lacking(facts: Facts) -> Answer:
    """List what is not there and what it would bring: export, brings; no row where nothing is missing."""
    rows = [(export, brings) for export, brings, is_lacking in WANTED if is_lacking(facts)]
    return Answer(
        frame=pl.DataFrame(rows, schema={"export": pl.String, "brings": pl.String}, orient="row"),
        columns=(Column("export", N_("Export"), "word"), Column("brings", N_("What it would bring"), "word")),
        definition=N_("Exports that are not loaded, and the parts of this report that each would fill."),
        n=len(rows),
        as_of=facts.as_of,
    )
