"""Deals that changed hands: who received whose, at which stage and amount, and what came of it.

Told by exports that name another manager than the one before; what changed between two exports is known only by its result.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, rows_count, times, whole_sum
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.model import ratio

NONE_KNOWN = N_(
    "No deal is known to have changed hands: that is told by successive exports that name another manager, or nothing did."
)
OUTCOMES = {"won": N_("won"), "lost": N_("lost"), "open": N_("open"), "junk": N_("junk")}
MONEY = pl.Decimal(18, 2)
DEFINITION = N_(
    "Deals whose manager differs from that of the export before; a manager named for the first time is no handing over. Stage "
    "and amount are those at the later export."
)


def handed_over(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take each handing over of a deal, in the order of time.

    Columns: deal_id, client, from_manager, to_manager, handed_on, handed_at, stage, amount (both at the handing over), outcome,
    change_number. The filter chooses deals as they are; the period is that of the handing over.
    """
    changes = facts.deal_changes.with_columns(handed_on=pl.col("latest_at").dt.convert_time_zone(facts.zone).dt.date())
    is_move = (pl.col("column_name") == "manager_name") & pl.col("before").is_not_null() & pl.col("after").is_not_null()
    deals = facts.deals.filter(filter.rows()).select("deal_id", "client_name", "stage_name", "amount", "outcome")
    moved = changes.filter(is_move & filter.period.contains("handed_on")).join(deals, on="deal_id")
    moved = moved.select(
        "deal_id",
        "change_number",
        "handed_on",
        pl.col("client_name").alias("client"),
        pl.col("before").alias("from_manager"),
        pl.col("after").alias("to_manager"),
        pl.col("latest_at").alias("handed_at"),
        pl.col("outcome").cast(pl.String).replace_strict(OUTCOMES, default=None).alias("outcome"),
        stage_now="stage_name",
        amount_now="amount",
    )
    told = at_that_time(at_that_time(moved, changes, "amount"), changes, "stage_name")
    amount = pl.when("amount_changed").then(pl.col("amount_before").cast(MONEY, strict=False)).otherwise("amount_now")
    stage = pl.when("stage_name_changed").then("stage_name_before").otherwise("stage_now")
    return told.with_columns(amount=amount, stage=stage).sort("handed_at", "deal_id", "change_number")


def at_that_time(moved: pl.DataFrame, changes: pl.DataFrame, column: str) -> pl.DataFrame:
    """Put beside each handing over what the next change of a column after it says stood before; whether there was one."""
    later = (
        changes.filter(pl.col("column_name") == column)
        .select("deal_id", pl.col("change_number").alias("later"), pl.col("before").alias(f"{column}_before"))
        .join(moved.select("deal_id", "change_number"), on="deal_id")
        .filter(pl.col("later") > pl.col("change_number"))
        .sort("later")
        .unique(["deal_id", "change_number"], keep="first", maintain_order=True)
        .with_columns(pl.lit(True).alias(f"{column}_changed"))
        .drop("later")
    )
    return moved.join(later, on=["deal_id", "change_number"], how="left").with_columns(
        pl.col(f"{column}_changed").fill_null(False)
    )


def handovers(facts: Facts, filter: Filter) -> Answer:
    """List the deals that changed hands, the earliest first: deal_id, client, handed_on, from_manager, to_manager, stage,
    amount, outcome.
    """
    rows = handed_over(facts, filter)
    shown = ("deal_id", "client", "handed_on", "from_manager", "to_manager", "stage", "amount", "outcome")
    return Answer(
        frame=rows.select(shown),
        columns=columns(*shown),
        definition=DEFINITION,
        n=rows["deal_id"].n_unique(),
        counted=N_("deals that changed hands"),
        as_of=facts.as_of,
        sentences=() if rows.height else (Notice(NONE_KNOWN),),
    )


def cherry_picking(facts: Facts, filter: Filter) -> Answer:
    """Put side by side what each manager received and gave away, and how own and received deals end: one row per manager.

    Columns: manager, handed_in, handed_in_amount, handed_out, handed_out_amount, own_closed, own_rate, given_closed,
    given_rate. A deal counts as received for whoever it was handed to last and who has it now.
    """
    rows = handed_over(facts, filter)
    received = rows.group_by(manager="to_manager").agg(
        handed_in=rows_count(), handed_in_amount=whole_sum(pl.col("amount"))
    )
    given = rows.group_by(manager="from_manager").agg(
        handed_out=rows_count(), handed_out_amount=whole_sum(pl.col("amount"))
    )
    ever = facts.deal_changes.filter((pl.col("column_name") == "manager_name") & pl.col("before").is_not_null())
    taken = ever.select("deal_id", manager_name="after", is_given=pl.lit(True)).unique()
    ended = closed_in(facts, filter, "won", "lost").join(taken, on=["deal_id", "manager_name"], how="left")
    is_won, is_given = pl.col("outcome") == "won", pl.col("is_given").fill_null(False)
    results = ended.group_by(manager="manager_name").agg(
        own_closed=times(~is_given),
        own_rate=ratio((is_won & ~is_given).sum(), (~is_given).sum()),
        given_closed=times(is_given),
        given_rate=ratio((is_won & is_given).sum(), is_given.sum()),
    )
    frame = results
    for side in (received, given):
        frame = frame.join(side, on="manager", how="full", coalesce=True, nulls_equal=True)
    counts = ("handed_in", "handed_out", "own_closed", "given_closed")
    frame = frame.with_columns(pl.col(counts).fill_null(0)).sort("manager", nulls_last=True)
    shown = ("manager", "handed_in", "handed_in_amount", "handed_out", "handed_out_amount")
    results_shown = ("own_closed", "own_rate", "given_closed", "given_rate")
    return Answer(
        frame=frame.select(*shown, *results_shown),
        columns=columns(*shown, *results_shown),
        definition=N_(
            "For each manager: deals received from colleagues and given away in the period, with their amounts at that time; and the "
            "win rate of own and of received deals closed in the period. The analysis of the managers tells the win rate with "
            "the same clients."
        ),
        n=rows["deal_id"].n_unique(),
        counted=N_("deals that changed hands"),
        as_of=facts.as_of,
        sentences=() if rows.height else (Notice(NONE_KNOWN),),
    )


CHERRY_PICKING = Analysis(
    name="cherry_picking",
    label=N_("Who takes whose deals"),
    help=N_(
        "For each manager: deals received from colleagues and given away, and the win rate of own and received deals."
    ),
    run=cherry_picking,
)
HANDOVERS = Analysis(
    name="handovers",
    label=N_("Deals that changed hands"),
    help=N_("Each deal that went from one manager to another: when, at which stage and amount, and what came of it."),
    run=handovers,
)
