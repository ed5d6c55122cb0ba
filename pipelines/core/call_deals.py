"""Which of a client's deals a call was about: the one that was open, else one about to be created, else one just closed.

Of several open deals it is the one created last. An incoming call often makes the deal that it is about, so a call shortly
before a creation counts for it (product.md 4.9); and a closing is often dated by its day only, so one shortly after still does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.settings import Calls

Whole = npt.NDArray[np.int64]
MOMENT = pl.Datetime("us", "UTC")
NEVER_CLOSED = np.iinfo(np.int64).max
SECOND = 1_000_000
WORDS = {1: "open_deal", 2: "before_creation", 3: "after_closing"}


@dataclass(frozen=True)
class Timeline:
    """The deals of clients in order of client and creation; ``places`` numbers the clients that have any."""

    deals: pl.DataFrame
    places: pl.DataFrame

    @classmethod
    def of(cls, deals: pl.DataFrame) -> Timeline:
        """Order the deals that name a client and a moment of creation."""
        known = (
            deals.drop_nulls(["client_id", "created_at"])
            .select("deal_id", "client_id", "created_at", "closed_at")
            .sort("client_id", "created_at", "deal_id")
            .with_columns(_client=pl.col("client_id").rle_id().cast(pl.Int64))
        )
        return cls(known, known.select("client_id", "_client").unique())


def deal_of_calls(calls: pl.DataFrame, timeline: Timeline, windows: Calls) -> pl.DataFrame:
    """Add ``deal_id`` and ``joined_by`` (a word of CALL_JOINS) to calls that have ``client_id`` and the client's place."""
    asked = calls.select(pl.col("_client").is_not_null() & pl.col("started_at").is_not_null()).to_series()
    rows = asked.arg_true()
    found, how = _chosen(calls.select("_client", "started_at").filter(asked), timeline.deals, windows)
    at = pl.Series("at", [None], dtype=pl.Int64).new_from_index(0, calls.height)
    at = at.scatter(rows, pl.select(pl.when(pl.Series(found) >= 0).then(pl.Series(found))).to_series())
    word = pl.Series("how", [0], dtype=pl.Int8).new_from_index(0, calls.height).scatter(rows, pl.Series(how))
    by_client = pl.when(pl.col("client_id").is_not_null()).then(pl.lit("client"))
    by_deal = pl.col("_how").replace_strict(WORDS, default=None, return_dtype=pl.String)
    return calls.with_columns(deal_id=timeline.deals["deal_id"].gather(at), _how=word).with_columns(
        joined_by=pl.coalesce(by_deal, by_client)
    )


def _chosen(calls: pl.DataFrame, known: pl.DataFrame, windows: Calls) -> tuple[Whole, npt.NDArray[np.int8]]:
    """Return for each call the row of its deal in ``known`` (-1 for none), and by which rule it was found (1, 2, 3; 0)."""
    client, created = known["_client"].to_numpy(), _ticks(known["created_at"])
    closed = _ticks(known["closed_at"], empty=NEVER_CLOSED)
    caller, started = calls["_client"].to_numpy(), _ticks(calls["started_at"])
    last, after = _neighbours(client, created, caller, started)
    found, how = _open_one(last, started, closed, outlasting(client, closed)), np.zeros(len(started), np.int8)
    how[found >= 0] = 1
    rows = np.flatnonzero((found < 0) & (after >= 0))
    rows = rows[created[after[rows]] - started[rows] <= _hours(windows.hours_before_creation)]
    found[rows], how[rows] = after[rows], 2
    rows = np.flatnonzero((found < 0) & (last >= 0))
    past = latest_closed(client, closed)[last[rows]]
    fits = started[rows] - closed[past] <= _hours(windows.hours_after_closing)
    found[rows[fits]], how[rows[fits]] = past[fits], 3
    return found, how


def _neighbours(client: Whole, created: Whole, caller: Whole, started: Whole) -> tuple[Whole, Whole]:
    """Return for each call its client's last deal created by then, to the second, and the first one after; -1 for none."""
    deal_seconds, call_seconds = created // SECOND, started // SECOND
    first = min(deal_seconds.min(initial=0), call_seconds.min(initial=0))
    # Client and second fit one whole number: 31 bits each.
    deals = (client << 32) + (deal_seconds - first)
    asked = (caller << 32) + (call_seconds - first)
    order = np.argsort(asked)
    at = np.empty(len(asked), np.int64)
    at[order] = np.searchsorted(deals, asked[order], side="right")
    last, after = at - 1, at
    none = np.int64(-1)
    own = (last >= 0) & (client[last] == caller) if len(client) else np.zeros(len(at), bool)
    following = (
        (after < len(client)) & (client[np.minimum(after, max(len(client) - 1, 0))] == caller) if len(client) else own
    )
    return np.where(own, last, none), np.where(following, after, none)


def _ticks(moments: pl.Series, empty: int = 0) -> Whole:
    return moments.cast(MOMENT).to_physical().fill_null(empty).to_numpy().astype(np.int64)


def _hours(hours: float) -> int:
    return int(hours * 3600 * SECOND)


def _open_one(
    last: Whole,
    started: Whole,
    closed: Whole,
    before: Whole,
) -> Whole:
    """Return the last created deal that was open; one closed before the call gives way to the one that outlasted it."""
    found = last.copy()
    waiting = np.flatnonzero(found >= 0)
    while len(waiting):
        waiting = waiting[closed[found[waiting]] < started[waiting]]
        found[waiting] = before[found[waiting]]
        waiting = waiting[found[waiting] >= 0]
    return found


def outlasting(client: Whole, closed: Whole) -> Whole:
    """Return for each deal the nearest earlier one of its client that closed later; -1 without one."""
    before = np.full(len(closed), -1, np.int64)
    whose, ends = client.tolist(), closed.tolist()
    standing: list[int] = []
    for at, end in enumerate(ends):
        if standing and whose[standing[-1]] != whose[at]:
            standing.clear()
        while standing and ends[standing[-1]] <= end:
            standing.pop()
        if standing:
            before[at] = standing[-1]
        standing.append(at)
    return before


def latest_closed(client: Whole, closed: Whole) -> Whole:
    """Return for each deal which of its client's deals up to it closed last."""
    return (
        pl.DataFrame({"client": client, "closed": closed})
        .with_row_index("at")
        .with_columns(best=pl.col("closed").cum_max().over("client"))
        .with_columns(best=pl.when(pl.col("closed") == pl.col("best")).then(pl.col("at")).forward_fill().over("client"))
        .get_column("best")
        .cast(pl.Int64)
        .to_numpy()
    )
