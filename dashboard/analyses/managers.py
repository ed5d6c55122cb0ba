"""The scorecard of the managers: raw and with the same clients, side by side, by name and never by rank.

A league table of raw shares ranks luck. Each verdict is corrected for being one of several; under twenty closed deals there
is none. The adjusted rate asks how the *other* managers did with deals of the same kind.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import closed_in, rows_count, times
from dashboard.analyses.headings import columns
from dashboard.analyses.judging import judged
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.metrics import deals as metrics
from dashboard.metrics.measure import measure
from dashboard.metrics.model import ratio
from dashboard.statistics.casemix import adjusted, expected_by_cell, what_drives
from dashboard.statistics.groups import homogeneity

KINDS = ["channel_name", "product_name", "is_repeat", "region_name"]
"""What was known of a deal when it was handed over, from the widest kind to the narrowest."""
SEGMENT = (
    pl.concat_str(
        [pl.col(name).fill_null("—") for name in ("channel_name", "product_name", "region_name")], separator=" · "
    ).alias("segment"),
    pl.col("is_repeat")
    .replace_strict({"true": N_("returning client"), "false": N_("new client")}, default=None, return_dtype=pl.String)
    .alias("client_kind"),
)
"""How a kind is called: channel, product and region, and whether the client had a deal before; null where that is unknown."""
CARD = (
    metrics.LEADS,
    metrics.WON,
    metrics.LOST,
    metrics.OPEN,
    metrics.REVENUE,
    metrics.AVERAGE_CHECK,
    metrics.CYCLE_DAYS_MEDIAN,
)

DEFINITION = N_(
    "Each manager, by name: leads created in the period; won, lost, revenue, check and cycle by the day of closing. The win "
    "rate is of won and lost deals; with the same clients it is what it would be had the manager been given the deals that "
    "all have, by channel, product, new or returning client and region."
)
SAME = N_("By these data the managers cannot be told apart (p = {p}).")
DIFFERENT = N_("The managers differ by more than chance (p = {p}).")
FAR_DIFFERENT = N_("The managers differ by far more than chance (p < 0.001).")
INCOMPARABLE = N_("Too few deals of the same kind elsewhere to adjust for clients: {names}.")
NOBODY = N_(
    "Nobody can be compared with the same clients: too few deals of the same kind elsewhere. A longer period may help."
)


def ended(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the deals won or lost in the period with ``is_won`` and ``is_repeat`` (the client had a deal before)."""
    begun = facts.deals.filter(pl.col("client_id").is_not_null()).group_by("client_id")
    first = begun.agg(first_at=pl.col("created_at").min())
    return (
        closed_in(facts, filter, "won", "lost")
        .join(first, on="client_id", how="left")
        .with_columns(
            is_won=pl.col("outcome") == "won",
            is_repeat=(pl.col("created_at") > pl.col("first_at")).cast(pl.String),
        )
    )


def managers(facts: Facts, filter: Filter) -> Answer:
    """Make the scorecard: one row per manager, sorted by name; a deal without a manager is a row too.

    Columns: manager, leads, won, lost, open, revenue, check_mean, cycle, missing_share (losses without a reason), closed
    (won + lost), win_rate, low, high, verdict, p_value, shrunk, detectable, needed; and, null where nothing compares,
    expected (wins), adjusted, adjusted_low, adjusted_high, overlap.
    """
    closed = ended(facts, filter)
    card = measure(facts, CARD, filter, by=("manager",)).rename(
        {"average_check": "check_mean", "cycle_days_median": "cycle"}
    )
    card = card.rename({"manager_name": "manager"}, strict=False)
    counts = closed.group_by(manager="manager_name").agg(
        rows_count().alias("closed"),
        times(pl.col("is_won")).alias("closed_won"),
        ratio(
            ((pl.col("outcome") == "lost") & pl.col("refusal_reason").is_null()).sum(),
            (pl.col("outcome") == "lost").sum(),
        ).alias("missing_share"),
    )
    rows = card.join(counts, on="manager", how="left", nulls_equal=True)
    rows = rows.with_columns(pl.col("closed", "closed_won").fill_null(0)).sort("manager", nulls_last=True)
    frame = judged(rows, "closed_won", "closed").rename({"share": "win_rate"}).drop("closed_won")
    frame = frame.join(same_clients(closed), on="manager", how="left", nulls_equal=True).sort(
        "manager", nulls_last=True
    )
    shown = (
        *columns("manager", "leads", "won", "lost", "open", "revenue", "check_mean", "cycle", "missing_share"),
        *columns("win_rate", "low", "high", "verdict", "shrunk", "adjusted", "overlap"),
    )
    return Answer(
        frame=frame,
        columns=shown,
        definition=DEFINITION,
        variant=N_("Won of won and lost, by the day of closing; junk and open deals left out."),
        n=closed.height,
        counted=N_("closed deals"),
        as_of=facts.as_of,
        sentences=tuple(findings(rows, frame)),
    )


def same_clients(closed: pl.DataFrame) -> pl.DataFrame:
    """Adjust the win rates for the kinds of deals each manager was given; null where too few others had the like."""
    if not closed.height:
        names = ("expected", "adjusted", "adjusted_low", "adjusted_high", "overlap")
        empty = {"manager": pl.String(), **dict.fromkeys(names, pl.Float64())}
        return pl.DataFrame(schema=empty)
    share = closed.get_column("is_won").cast(pl.Float64).mean()
    found = adjusted(closed, "manager_name", KINDS, "is_won")
    is_known = pl.col("is_comparable")
    return found.select(
        pl.col("manager_name").alias("manager"),
        "expected",
        pl.when(is_known).then(pl.col("adjusted_share").clip(upper_bound=1)).alias("adjusted"),
        pl.when(is_known).then(share * pl.col("ratio_low")).alias("adjusted_low"),
        pl.when(is_known).then((share * pl.col("ratio_high")).clip(upper_bound=1)).alias("adjusted_high"),
        pl.col("overlap_share").alias("overlap"),
    )


def findings(rows: pl.DataFrame, frame: pl.DataFrame) -> list[Notice]:
    """Say whether the managers differ at all, and whose clients compare with nobody's."""
    found = []
    test = homogeneity(rows.get_column("closed_won").to_list(), rows.get_column("closed").to_list())
    if test is not None:
        word = SAME if test.p_value > 0.05 else DIFFERENT
        told = Notice(word, {"p": Told(test.p_value, digits=3 if test.p_value < 0.1 else 2)})
        found.append(told if test.p_value >= 0.001 else Notice(FAR_DIFFERENT))
    alone = frame.filter((pl.col("closed") > 0) & pl.col("adjusted").is_null() & pl.col("manager").is_not_null())
    if alone.height and not frame.get_column("adjusted").count():
        found.append(Notice(NOBODY))
    elif alone.height:
        found.append(Notice(INCOMPARABLE, {"names": ", ".join(alone.get_column("manager"))}))
    return found


def kinds_given(facts: Facts, filter: Filter) -> Answer:
    """Say which kinds of deals make a manager's expectation differ: one row per manager and kind, the strongest first."""
    closed = ended(facts, filter)
    frame = (
        what_drives(expected_by_cell(closed, "manager_name", KINDS, "is_won"), "manager_name")
        if closed.height
        else None
    )
    wanted = {
        "manager": pl.String(),
        "segment": pl.String(),
        "client_kind": pl.String(),
        "n": pl.Int64(),
        "value": pl.Float64(),
        "effect": pl.Float64(),
    }
    rows = pl.DataFrame(schema=wanted)
    if frame is not None:
        rows = frame.select(
            pl.col("manager_name").alias("manager"),
            *SEGMENT,
            pl.col("own_count").alias("n"),
            pl.col("expected_share").alias("value"),
            pl.col("effect"),
        )
    return Answer(
        frame=rows,
        columns=columns("manager", "segment", "client_kind", "n", "value"),
        definition=N_(
            "Kinds of deals each manager was given (channel, product, region, new or returning client) and the win rate that "
            "the others have with the like."
        ),
        n=closed.height,
        counted=N_("closed deals"),
        as_of=facts.as_of,
    )


def kind_deals(facts: Facts, filter: Filter, manager: str, segment: str, client_kind: str | None) -> pl.DataFrame:
    """Take the closed deals of one kind that a manager was given: a row of ``kinds_given``."""
    mine = ended(facts, filter).filter(pl.col("manager_name") == manager).with_columns(SEGMENT)
    return mine.filter(
        (pl.col("segment") == segment) & pl.col("client_kind").eq_missing(pl.lit(client_kind, pl.String))
    )


MANAGERS = Analysis(
    name="managers",
    label=N_("Managers"),
    help=N_(
        "For each manager: leads, wins, revenue, check, cycle, and whether the win rate differs by more than chance."
    ),
    run=managers,
)
KINDS_GIVEN = Analysis(
    name="kinds_given",
    label=N_("Which deals a manager was given"),
    help=N_("For each manager and kind of deal: how many, and how often the others win the like."),
    run=kinds_given,
)
