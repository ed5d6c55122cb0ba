"""Which of a client's deals a call was about: the one that was open, else one about to be created, else one just closed.

Of several open deals it is the one created last. An incoming call often makes the deal that it is about, so a call shortly
before a creation counts for it (product.md 4.9); and a closing is often dated by its day only, so one shortly after still does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.settings import Calls

MOMENT = pl.Datetime("us", "UTC")
NEVER_CLOSED = np.iinfo(np.int64).max


def deal_of_calls(calls: pl.DataFrame, deals: pl.DataFrame, windows: Calls) -> pl.DataFrame:
    """Add ``deal_id`` and ``joined_by`` (a word of CALL_JOINS) to calls that have ``client_id`` and ``started_at``."""
    known = (
        deals.drop_nulls(["client_id", "created_at"])
        .select("deal_id", "client_id", "created_at", "closed_at")
        .sort("client_id", "created_at", "deal_id")
        .with_columns(_client=pl.col("client_id").rank("dense").cast(pl.Int64) - 1)
    )
    places = known.select("client_id", "_client").unique()
    if places.is_empty() or calls["client_id"].null_count() == calls.height:
        by_client = pl.when(pl.col("client_id").is_not_null()).then(pl.lit("client"))
        return calls.with_columns(deal_id=pl.lit(None, dtype=pl.String), joined_by=by_client)
    placed = calls.select("client_id", "started_at").join(places, on="client_id", how="left", maintain_order="left")
    asked = placed["_client"].is_not_null() & placed["started_at"].is_not_null()
    rows = asked.arg_true()
    found, how = _chosen(placed.select("_client", "started_at").filter(asked), known, windows)
    count = pl.Series("at", [None], dtype=pl.Int64).new_from_index(0, calls.height)
    at = count.scatter(rows, pl.Series(found, dtype=pl.Int64))
    word = (
        pl.Series("how", [0], dtype=pl.Int8)
        .new_from_index(0, calls.height)
        .scatter(rows, pl.Series(how, dtype=pl.Int8))
    )
    deal = pl.select(pl.when(at >= 0).then(at).alias("at")).to_series()
    by_client = pl.when(pl.col("client_id").is_not_null()).then(pl.lit("client"))
    words = {1: "open_deal", 2: "before_creation", 3: "after_closing"}
    return (
        calls.with_columns(deal_id=known["deal_id"].gather(deal), _how=word)
        .with_columns(
            joined_by=pl.coalesce(pl.col("_how").replace_strict(words, default=None, return_dtype=pl.String), by_client)
        )
        .drop("_how")
    )


def _chosen(
    calls: pl.DataFrame, known: pl.DataFrame, windows: Calls
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    """Return for each call the row of its deal in ``known`` (-1 for none), and by which rule it was found (1, 2, 3; 0)."""
    client, created = known["_client"].to_numpy(), _ticks(known["created_at"])
    closed = _ticks(known["closed_at"], empty=NEVER_CLOSED)
    caller, started = calls["_client"].to_numpy(), _ticks(calls["started_at"])
    # A deal's place among the moments of creation stands for its moment, so that client and moment fit one whole number.
    moments = np.unique(created)
    width = np.int64(len(moments) + 1)
    order = client * width + np.searchsorted(moments, created)
    last = (
        np.searchsorted(order, caller * width + np.searchsorted(moments, started, side="right") - 1, side="right") - 1
    )
    own = last >= 0
    own[own] = client[last[own]] == caller[own]
    last_created = np.where(own, last, -1)
    found, how = _open_one(last_created, started, closed, outlasting(client, closed)), np.zeros(len(started), np.int8)
    how[found >= 0] = 1
    after = last + 1
    is_next = (found < 0) & (after < len(created))
    is_next[is_next] = client[after[is_next]] == caller[is_next]
    is_next[is_next] = created[after[is_next]] - started[is_next] <= _hours(windows.hours_before_creation)
    found[is_next], how[is_next] = after[is_next], 2
    latest = latest_closed(client, closed)
    is_past = (found < 0) & (last_created >= 0)
    past = latest[last_created[is_past]]
    fits = started[is_past] - closed[past] <= _hours(windows.hours_after_closing)
    rows = np.flatnonzero(is_past)[fits]
    found[rows], how[rows] = past[fits], 3
    return found, how


def _ticks(moments: pl.Series, empty: int = 0) -> npt.NDArray[np.int64]:
    return moments.cast(MOMENT).to_physical().fill_null(empty).to_numpy().astype(np.int64)


def _hours(hours: float) -> int:
    return int(hours * 3_600_000_000)


def _open_one(
    last: npt.NDArray[np.int64],
    started: npt.NDArray[np.int64],
    closed: npt.NDArray[np.int64],
    before: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Return the last created deal that was open; one closed before the call gives way to the one that outlasted it."""
    found = last.copy()
    waiting = np.flatnonzero(found >= 0)
    while len(waiting):
        waiting = waiting[closed[found[waiting]] < started[waiting]]
        found[waiting] = before[found[waiting]]
        waiting = waiting[found[waiting] >= 0]
    return found


def outlasting(client: npt.NDArray[np.int64], closed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
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


def latest_closed(client: npt.NDArray[np.int64], closed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
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
