"""``core.calls``: one row per call, with the outside number, the client it belongs to and the deal it was about.

A call is the client's whose phone the outside number is; nothing else joins it. Calls of nobody are kept and counted as
orphans. Millions of calls pass through here as columns: every distinct number is read once.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.call_deals import Timeline, deal_of_calls
from pipelines.core.clients import ClientBook
from pipelines.core.conform import Joins, Names, shaped, tables_of
from pipelines.core.near import near_phones
from pipelines.core.phones import INTERNAL, plain_numbers, read_phones
from pipelines.keys import first_of_each
from pipelines.schema.core import CORE, FURTHER_ROWS, INTERNAL_CALL, NUMBERLESS_CALL
from pipelines.settings import Settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable

OF_CLIENT = ("client_id", "_client")


def conform_calls(
    staged: Sequence[StagedTable],
    names: Names,
    book: ClientBook,
    deals: pl.DataFrame,
    settings: Settings,
    joins: Joins,
    aside: list[dict[str, object]],
) -> pl.DataFrame:
    """Return ``core.calls`` of every source, joined to clients by phone, to deals by time, to managers by name or extension."""
    parts = [with_id(one) for one in tables_of(staged, "calls")]
    if not parts:
        return shaped(None, "calls")
    told = pl.concat(parts, how="diagonal")
    calls = one_row_each(told)
    if calls.height < told.height:
        aside.append(_aside(FURTHER_ROWS, told.height - calls.height))
    # Of millions of rows, a column that nobody asks for any more is let go at once.
    del told
    parts.clear()
    calls = calls.drop(LOAD, FILE, LINE, "total_seconds", strict=False)
    calls = names.merged(with_manager(with_sides(calls), settings.extensions).drop("_inside"))
    timeline = Timeline.of(deals)
    by_phone = book.client_of("phone").join(timeline.places, on="client_id", how="left")
    calls = with_client(calls.with_columns(phone=numbers_of(calls["_outside"], settings.phones.region)), by_phone)
    used = calls.filter(pl.col("client_id").is_not_null())["phone"].n_unique()
    calls = with_other_side(calls, by_phone, settings.phones.region)
    calls = calls.drop("_outside", "_other")
    is_numberless = ~pl.col("is_internal") & pl.col("phone").is_null()
    internal, numberless = calls.select(pl.col("is_internal").sum(), numberless=is_numberless.sum()).row(0)
    counts = ((INTERNAL_CALL, internal), (NUMBERLESS_CALL, numberless))
    aside += [_aside(rule, count) for rule, count in counts if count]
    if by_phone.height:
        lost = calls.filter(pl.col("client_id").is_null()).drop_nulls("phone").group_by(value="phone")
        lost = lost.agg(rows=pl.len().cast(pl.Int64), amount=pl.lit(None, dtype=pl.Float64))
        matched = calls["client_id"].count()
        joins.account("calls.phone → clients", matched, lost, by_phone.select("value"), used, near_phones)
    calls = deal_of_calls(calls, timeline, settings.calls)
    schema = CORE["calls"]
    # In the order of the files: to sort millions of rows by their key would serve nobody.
    return calls.select(
        (pl.col(name) if name in calls.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in schema.columns().items()
    )


def _aside(rule: str, rows: int) -> dict[str, object]:
    return {"subject": "calls", "rule": rule, "rows": rows, "amount": None}


def with_id(one: StagedTable) -> pl.DataFrame:
    """Name each call within its source; a call without an id is named by the place in its file where it stands first."""
    own = pl.lit(f"{one.profile.name}:") + pl.col("call_id")
    rows = one.rows
    one.let_go()
    if rows["call_id"].null_count() == 0:
        return rows.with_columns(call_id=own)
    place = pl.format(f"{one.profile.name}:{{}}:{{}}", FILE, LINE)
    common = sorted(frozenset.intersection(*one.told.values()) - {"call_id"}) if one.told else []
    if len(set(one.told.values())) < 2 or not {"started_at", "from_phone", "to_phone"} <= {*common}:
        return rows.with_columns(call_id=pl.coalesce(own, place))
    # Files with other columns tell of a call again in other cells: by those that all of them have it is the same one.
    alike = {columns: number for number, columns in enumerate(dict.fromkeys(one.told.values()))}
    of_file = pl.col(FILE).replace_strict({file: alike[columns] for file, columns in one.told.items()})
    rows = (
        rows.sort(FILE, LINE)
        .with_columns(_alike=of_file)
        .with_columns(_turn=pl.int_range(pl.len()).over("_alike", *common))
    )
    of_twin = (one.first().over(*common, "_turn") for one in (own.drop_nulls(), place))
    return rows.with_columns(call_id=pl.coalesce(own, *of_twin)).drop("_alike", "_turn")


def one_row_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Make one row per call: rows of one call (the same call_id of one source) are one call, with the longest talk.

    What the log says of the answer goes before what talk suggests: an answering machine talks too. Waiting time is ringing
    and talk less talk, where only those are known.
    """
    if first_of_each(rows, ["call_id"]) is not None:
        first = rows.sort("started_at", FILE, LINE).group_by("call_id", maintain_order=True)
        rows = first.agg(
            pl.col("from_phone", "to_phone", "manager_name", "direction").drop_nulls().first(),
            pl.col("started_at").min(),
            pl.col("wait_seconds").max(),
            pl.col("talk_seconds", "total_seconds").max(),
            is_answered=pl.when(pl.col("is_answered").is_not_null().any()).then(pl.col("is_answered").any()),
        )
    waited = (pl.col("total_seconds") - pl.col("talk_seconds")).clip(0)
    return rows.with_columns(
        is_answered=pl.coalesce("is_answered", pl.col("talk_seconds") > 0).fill_null(False),
        wait_seconds=pl.coalesce("wait_seconds", waited),
    )


def with_sides(calls: pl.DataFrame) -> pl.DataFrame:
    """Tell which side is outside: ``_outside`` as written, ``_inside`` where it is an extension, direction where it follows.

    A short number is an extension of the house. With both numbers short the call is internal; with one of them, the other
    side is outside. With neither, the direction that the log gives decides; without one, ``_other`` is the other candidate.
    """
    calls = calls.with_columns(is_short(calls[f"{side}_phone"]).alias(f"_{side}_short") for side in ("from", "to"))
    from_short, to_short = pl.col("_from_short"), pl.col("_to_short")
    internal = (pl.col("direction") == "internal").fill_null(False) | (from_short & to_short)
    inferred = (
        pl.when(from_short & pl.col("to_phone").is_not_null())
        .then(pl.lit("out"))
        .when(to_short & pl.col("from_phone").is_not_null())
        .then(pl.lit("in"))
    )
    calls = calls.with_columns(
        is_internal=internal,
        direction=pl.when(internal).then(pl.lit("internal")).otherwise(pl.coalesce("direction", inferred)),
        _inside=pl.when(from_short).then(pl.col("from_phone")).when(to_short).then(pl.col("to_phone")),
    )
    is_out, is_in = (pl.col("direction") == word for word in ("out", "in"))
    return calls.with_columns(
        _outside=pl.when(internal)
        .then(None)
        .when(is_out)
        .then(pl.col("to_phone"))
        .when(is_in | pl.col("to_phone").is_null())
        .then(pl.col("from_phone"))
        .otherwise(pl.coalesce("from_phone", "to_phone")),
        _other=pl.when(pl.col("direction").is_null() & pl.col("from_phone").is_not_null()).then(pl.col("to_phone")),
    ).drop("_from_short", "_to_short")


def is_short(cells: pl.Series) -> pl.Series:
    """Mark the extensions of the house; a log of outside numbers alone holds none that is short enough to be one."""
    if not cells.str.len_chars().is_between(3, 5).any():
        return pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True)
    return cells.str.contains(INTERNAL).fill_null(False)


def with_manager(calls: pl.DataFrame, extensions: dict[str, str]) -> pl.DataFrame:
    """Name the manager by the extension where the log names none, or names the extension itself."""
    if not extensions:
        return calls
    by_number = {
        column: pl.col(column).replace_strict(extensions, default=None, return_dtype=pl.String)
        for column in ("manager_name", "_inside")
    }
    return calls.with_columns(
        manager_name=pl.coalesce(by_number["manager_name"], pl.col("manager_name"), by_number["_inside"])
    )


def with_client(calls: pl.DataFrame, by_phone: pl.DataFrame) -> pl.DataFrame:
    """Find the ``client_id`` of each call's number, and the client's place."""
    if by_phone.is_empty():
        return calls.with_columns(pl.lit(None, dtype=by_phone.schema[name]).alias(name) for name in OF_CLIENT)
    return calls.join(by_phone, left_on="phone", right_on="value", how="left", maintain_order="left")


def with_other_side(calls: pl.DataFrame, by_phone: pl.DataFrame, region: str) -> pl.DataFrame:
    """Where neither the log nor the numbers say who called whom, a client's number is the outside one."""
    if calls["_other"].null_count() < calls.height:
        calls = calls.with_columns(_phone=numbers_of(calls["_other"], region))
        others = by_phone.select("value", _other_client="client_id", _other_place="_client")
        calls = calls.join(others, left_on="_phone", right_on="value", how="left", maintain_order="left")
        is_other = pl.col("client_id").is_null() & pl.col("_other_client").is_not_null()
        is_first = pl.col("client_id").is_not_null() & pl.col("_other").is_not_null()
        calls = calls.with_columns(
            phone=pl.when(is_other).then(pl.col("_phone")).otherwise(pl.col("phone")),
            client_id=pl.coalesce("client_id", "_other_client"),
            _client=pl.when(is_other).then("_other_place").otherwise("_client"),
            direction=pl.when(is_other).then(pl.lit("out")).when(is_first).then(pl.lit("in")).otherwise("direction"),
        )
    return calls


def numbers_of(cells: pl.Series, region: str) -> pl.Series:
    """Return the number of each cell; of a cell with several, which a log does not hold, the first.

    What is no plain number is read once per distinct cell.
    """
    phone = plain_numbers(cells, region)
    hard = cells.filter(phone.is_null())
    if hard.null_count() == len(hard):
        return phone
    read = read_phones(hard, region).select("cell", phone=pl.col("phones").list.first())
    found = hard.alias("cell").to_frame().join(read, on="cell", how="left", maintain_order="left")["phone"]
    return phone.scatter(phone.is_null().arg_true(), found)
