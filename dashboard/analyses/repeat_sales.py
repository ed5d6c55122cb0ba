"""Repeat sales by the month of the first purchase; only clients old enough to have come again count."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.base_lists import chosen
from dashboard.analyses.choose import rows_count, times
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.base_rows import bought
from dashboard.metrics.model import ratio
from dashboard.statistics.intervals import wilson

WINDOW = N_("A client is old enough {days} days after the first purchase; {young} of {of} are not yet.")


def repeat_sales(facts: Facts, filter: Filter) -> Answer:
    """Tell of each month of first purchases how many bought again: one row per month of the period.

    Columns: month, clients, matured (first purchase at least one active window ago), matured_share, repeated (of these, two
    won deals or more), repeat_share, low, high, within_window (of these, a second purchase within the window: the same time
    for every cohort), within_window_share.
    """
    base = first_buyers(facts, filter)
    mature = pl.col("is_mature")
    frame = (
        base.group_by(month=pl.col("first_won_on").dt.truncate("1mo"))
        .agg(
            clients=rows_count(),
            matured=times(mature),
            repeated=times(mature & (pl.col("won_count") >= 2)),
            within_window=times(mature & pl.col("is_soon")),
        )
        .sort("month")
        .with_columns(
            matured_share=ratio(pl.col("matured"), pl.col("clients")),
            repeat_share=ratio(pl.col("repeated"), pl.col("matured")),
            within_window_share=ratio(pl.col("within_window"), pl.col("matured")),
        )
    )
    bounds = [wilson(won, of) or (None, None) for won, of in frame.select("repeated", "matured").iter_rows()]
    frame = frame.with_columns(
        pl.Series("low", [low for low, _ in bounds], dtype=pl.Float64),
        pl.Series("high", [high for _, high in bounds], dtype=pl.Float64),
    )
    shown = ("month", "clients", "matured", "matured_share", "repeated", "repeat_share", "low", "high")
    found = []
    if base.height:
        told = {"days": round(base["active_days"][0]), "young": base.filter(~mature).height, "of": base.height}
        found.append(Notice(WINDOW, told))
    return Answer(
        frame=frame,
        columns=columns(*shown, "within_window_share"),
        definition=N_(
            "Clients by the month of their first purchase. Bought again: two won deals or more, of the clients whose first purchase "
            "is at least one active window ago; within the window: the second purchase came in that time, so that old and young "
            "months compare."
        ),
        variant=N_("By clients and the day of the first purchase; grown cohorts only."),
        n=base.height,
        counted=N_("clients who bought"),
        as_of=facts.as_of,
        sentences=tuple(found),
    )


def first_buyers(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the clients whose first purchase was in the period, with ``is_soon``: the second came within the active window."""
    base = chosen(facts, filter).filter(pl.col("first_won_on").is_not_null() & filter.period.contains("first_won_on"))
    days = pl.col("closed_on").sort_by("closed_on")
    second = bought(facts).group_by("client_id").agg(second_on=days.get(1, null_on_oob=True))
    soon = (pl.col("second_on") - pl.col("first_won_on")).dt.total_days() <= pl.col("active_days")
    return base.join(second, on="client_id", how="left").with_columns(is_soon=soon.fill_null(False))


REPEAT_SALES = Analysis(
    name="repeat_sales",
    label=N_("Repeat sales"),
    help=N_("For each month of first purchases: how many clients had the time to buy again, and how many did."),
    run=repeat_sales,
)
