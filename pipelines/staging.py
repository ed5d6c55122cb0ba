"""Apply a profile: text cells become our typed columns; a row that does not parse goes to quarantine with its reason.

Accounting is exact: every row that was read is accepted, quarantined, or an exact repeat of an earlier row of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines import cells as cells_of
from pipelines import keys, parse
from pipelines.composing import MINUS, TIMES, column_text, present_headings
from pipelines.errors import N_
from pipelines.headings import find_heading
from pipelines.parse_days import months
from pipelines.profile import Column, SourceProfile, Table
from pipelines.scale import UNCLEAR, scale_told
from pipelines.schema.staging import STAGED, TARGETS, TYPES
from pipelines.staged import IS_STAGE, LINE, STAGE_DATE, STAGE_DATES, lookup_column, staged_schema
from pipelines.telling import stage_headings, told_columns, told_currency

Fault = tuple[str, pl.Series, pl.Series, str]
"""Heading, cells, which of them are bad, and why."""
FAULTS = {
    "money": N_("not an amount of money"),
    "moment": N_("not a date and time"),
    "day": N_("not a date"),
    "count": N_("not a whole number"),
    "seconds": N_("not a length of time"),
    "flag": N_("not yes or no"),
    "text": N_("a word the mapping does not know"),
}
EMPTY = N_("must not be empty")
BARE = N_("nothing else is filled in: a caption, not a deal")
EXCEL_DAYS = N_("days as Excel counts them: show the column as dates in Excel and save again")
EXCEL_DAY = r"^[3-7]\d{4}(?:[.,]\d+)?$"
"""From 1982 to 2119."""
CAPTION = r"\s|^[^\d]*\p{L}[^\d]*$"
"""Words, and no number of a deal."""
QUARANTINE = pl.Schema({LINE: pl.Int64(), "column": pl.String(), "value": pl.String(), "reason": pl.String()})


@dataclass(frozen=True)
class StagedRows:
    """The rows of one sheet in our columns: good ones, refused ones with why, and the lines that repeat another row."""

    good: pl.DataFrame
    refused: pl.DataFrame
    repeated: pl.Series
    told: tuple[str, ...]
    """The staged columns that the sheet has cells for, see ``told_columns``."""


def stage(cells: pl.DataFrame, table: Table, profile: SourceProfile, *, zone: str) -> StagedRows:
    """Type the rows of a sheet; ``cells`` holds text columns under the sheet's headings, and ``_line``."""
    headings = [name for name in cells.columns if name != LINE]
    distinct = keys.first_of_each(cells, headings) if table.rows == "distinct" and headings else None
    repeated = cells[LINE].clear() if distinct is None else cells.filter(~distinct)[LINE]
    rows = tidied(cells if distinct is None else cells.filter(distinct), table, headings)
    zone = profile.timezone or zone
    values: list[pl.Series] = []
    faults: list[Fault] = []
    for ours, form in STAGED[table.kind].columns.items():
        column = table.columns.get(ours)
        present = [] if column is None else present_headings(column, headings)
        if column is None or (column.value is None and not present):
            text = pl.Series(ours, [None], dtype=pl.String).new_from_index(0, rows.height)
            value = text.cast(TYPES[form])
        else:
            text = column_text(rows, column, present, table).alias(ours)
            if len(text) != rows.height:
                text = text.new_from_index(0, rows.height)
            value = typed(text, form, column, table, zone).cast(TYPES[form])
            if column.otherwise == "":
                text = text.to_frame().select(pl.when(value.is_not_null()).then(text)).to_series()
        if ours == "currency":
            told = told_currency(table, profile, headings)
            value = value if told is None else value.fill_null(told)
        values.append(value)
        shown = present[0] if present else ours
        if value.null_count() > text.null_count():
            unclear = column is not None and column.step and value.null_count() == rows.height
            bad = text.is_not_null() & value.is_null()
            if form in ("moment", "day"):
                faults.append((shown, text, bad & text.str.contains(EXCEL_DAY), EXCEL_DAYS))
            faults.append((shown, text, bad, UNCLEAR if unclear else FAULTS[form]))
        if ours in STAGED[table.kind].required and text.null_count():
            faults.append((shown, text, text.is_null() & unplanned(rows, table, headings, ours), EMPTY))
    faults += captions(values, table, headings) if table.kind == "deals" else []
    wide = stage_headings(table, headings)
    if table.stage_dates or table.stage_dates_pattern:
        values.append(entries_by_date(rows, wide, table, zone, faults))
    extra = extra_columns(rows, table, headings)
    if table.where:
        faults = [(shown, text, bad & extra[-1], reason) for shown, text, bad, reason in faults]
    staged = pl.DataFrame([*values, *extra, rows[LINE]])
    good, refused = parted(staged, faults)
    told = told_columns(table, profile, headings)
    return StagedRows(good=good.select(list(staged_schema(table))), refused=refused, repeated=repeated, told=told)


def unplanned(rows: pl.DataFrame, table: Table, headings: Sequence[str], ours: str) -> pl.Series:
    """Mark the rows that cannot do without a column: all, but for a plan those in which nothing else is planned."""
    beside = [table.columns[name] for name in TARGETS if name in table.columns] if ours == "target" else []
    told = [
        column_text(rows, column, present, table)
        for column in beside
        if (present := present_headings(column, headings))
    ]
    return pl.select(pl.all_horizontal(pl.repeat(True, rows.height), *(one.is_null() for one in told))).to_series()


def captions(values: Sequence[pl.Series], table: Table, headings: Sequence[str]) -> list[Fault]:
    """Find the rows that hold words in place of a number and nothing else: captions of groups, such as «Отдел 2» in a sheet."""
    key = table.columns.get("deal_id")
    if key is None:
        return []
    own = set(present_headings(key, headings))
    others = [
        one
        for one in values
        if (column := table.columns.get(one.name)) and set(present_headings(column, headings)) - own
    ]
    number = next(one for one in values if one.name == "deal_id")
    if len(others) < 2 or any(one.null_count() == 0 for one in others):
        return []
    bare = pl.DataFrame(others).select(pl.all_horizontal(pl.all().is_null())).to_series()
    bare &= number.str.contains(CAPTION).fill_null(False)
    return [(next(iter(present_headings(key, headings)), "deal_id"), number, bare, BARE)] if bare.any() else []


def tidied(cells: pl.DataFrame, table: Table, headings: Sequence[str]) -> pl.DataFrame:
    """Tidy the cells of the headings that the table uses; the others are left as they are."""
    used = {name for column in table.columns.values() for name in present_headings(column, headings)}
    used |= {found for lookup in table.join if (found := find_heading(lookup.on, headings))}
    used |= set(stage_headings(table, headings))
    used |= {found for wanted in table.where if (found := find_heading(wanted, headings))}
    return cells.with_columns(parse.tidy(cells[name]) for name in headings if name in used)


def entries_by_date(
    rows: pl.DataFrame, wide: dict[str, tuple[str | None, str]], table: Table, zone: str, faults: list[Fault]
) -> pl.Series:
    """Return, per row, the entries into stages that its columns of dates tell; a cell that is no date is a fault."""
    entries: list[pl.Series] = []
    for heading, (funnel, stage_name) in wide.items():
        text = rows.select(parse.empty_to_null(pl.col(heading), table.nulls)).to_series()
        moments = parse.as_moment(text, table.dates, zone)
        if moments.null_count() > text.null_count():
            faults.append((heading, text, text.is_not_null() & moments.is_null(), FAULTS["moment"]))
        told = moments.to_frame("entered_at").select(
            pl.when(pl.col("entered_at").is_not_null())
            .then(
                pl.struct(
                    funnel_name=pl.lit(funnel, dtype=pl.String), stage_name=pl.lit(stage_name), entered_at="entered_at"
                )
            )
            .alias(heading)
        )
        entries.append(told.to_series())
    if not entries:
        return pl.Series(STAGE_DATES, [None], dtype=STAGE_DATE).new_from_index(0, rows.height)
    return (
        pl.DataFrame(entries)
        .select(pl.concat_list(pl.all()).list.drop_nulls().alias(STAGE_DATES))
        .to_series()
        .cast(STAGE_DATE)
    )


def extra_columns(rows: pl.DataFrame, table: Table, headings: Sequence[str]) -> list[pl.Series]:
    """Return the keys of the table's lookups, and for events whether each is an entry into a stage."""
    extra: list[pl.Series] = []
    for number, lookup in enumerate(table.join):
        heading = find_heading(lookup.on, headings)
        key = parse.empty_to_null(pl.col(heading)) if heading else pl.lit(None, dtype=pl.String)
        extra.append(rows.with_columns(key.alias(lookup_column(number)))[lookup_column(number)])
    if table.kind == "stages":
        extra.append(rows.with_columns(is_stage(table, headings).alias(IS_STAGE))[IS_STAGE])
    return extra


def parted(staged: pl.DataFrame, faults: Sequence[Fault]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part good rows from refused ones; a refused row carries its first fault."""
    if not faults:
        return staged, pl.DataFrame(schema=QUARANTINE)
    details = [
        pl.DataFrame({LINE: staged[LINE].filter(bad), "value": text.filter(bad).cast(pl.String)}).with_columns(
            column=pl.lit(shown), reason=pl.lit(reason)
        )
        for shown, text, bad, reason in faults
    ]
    refused = pl.concat([part.select(list(QUARANTINE)) for part in details]).cast(QUARANTINE)
    if refused.is_empty():
        return staged, refused
    refused = refused.unique(subset=LINE, keep="first", maintain_order=True).sort(LINE)
    return staged.filter(~staged[LINE].is_in(refused[LINE].implode())), refused


def typed(text: pl.Series, form: str, column: Column, table: Table, zone: str) -> pl.Series:
    """Parse the text of one column; null where it does not parse."""
    dates = column.dates or table.dates
    name = text.name
    if column.minus:
        later, earlier = (
            parse.as_moment(text.str.split(MINUS).list.get(at, null_on_oob=True), dates, zone) for at in (0, 1)
        )
        seconds = (later - earlier).dt.total_milliseconds() / 1000
        return seconds.set(seconds < 0, None)
    if column.times:
        return cells_of.product(text, TIMES, table.decimal, column.scale)
    if column.words or column.patterns:
        return text.to_frame().select(worded(pl.col(name), column, form).alias(name)).to_series()
    if form == "moment":
        return parse.as_moment(text, dates, zone)
    if name == "month_on":
        return parse.as_day(months(text), (*dates, parse.ISO) if dates else (), zone)
    if form == "day":
        return parse.as_day(text, dates, zone)
    if form == "text":
        return cells_of.composed(text)
    if form == "money":
        return as_money(text, column, table.decimal or parse.decimal_sign(text))
    if form == "count":
        return cells_of.count(text)
    if form == "seconds":
        return cells_of.seconds(text)
    return text.to_frame().select(parse.as_flag(pl.col(name)).alias(name)).to_series()


def as_money(text: pl.Series, column: Column, decimal: str | None) -> pl.Series:
    """Parse a column of amounts; one that may be scaled or not, and does not tell, gives none."""
    scale = column.scale
    if scale is not None and column.step is not None:
        scale = scale_told(text, decimal, scale, column.step)
        if scale is None:
            return pl.Series(text.name, [None], dtype=pl.Decimal(18, 2)).new_from_index(0, len(text))
    return cells_of.money(text, decimal, None if scale == 1 else scale)


def worded(text: pl.Expr, column: Column, form: str) -> pl.Expr:
    """Translate cells by the profile's words, then its patterns; the rest by ``else`` (``""`` makes them empty), or not."""

    def literal(value: str | bool) -> pl.Expr:
        if form == "flag":
            return pl.lit(value if isinstance(value, bool) else value.casefold() in parse.YES_WORDS)
        return pl.lit(str(value))

    word = text.str.to_lowercase()
    branches: list[tuple[pl.Expr, pl.Expr]] = [
        (word == cell.casefold(), literal(value)) for cell, value in column.words.items()
    ]
    branches += [(text.str.contains(pattern), literal(value)) for pattern, value in column.patterns]
    rest = (
        pl.lit(None) if column.otherwise in (None, "") else pl.when(text.is_not_null()).then(literal(column.otherwise))
    )
    result = rest
    for condition, value in reversed(branches):
        result = pl.when(condition).then(value).otherwise(result)
    return result


def is_stage(table: Table, headings: Sequence[str]) -> pl.Expr:
    """Mark the events that are entries into a stage, by the globs of ``where``; all are, when it is empty."""
    conditions: list[pl.Expr] = []
    for wanted, globs in table.where.items():
        heading = find_heading(wanted, headings)
        if heading is None:
            return pl.lit(False)
        pattern = "|".join("^" + _regex_of(glob) + "$" for glob in globs)
        conditions.append(pl.col(heading).str.contains(pattern).fill_null(False))
    return pl.all_horizontal(conditions) if conditions else pl.lit(True)


def _regex_of(glob: str) -> str:
    escaped = "".join(sign if sign.isalnum() or sign in "*?_ " else "\\" + sign for sign in glob)
    return escaped.replace("*", ".*").replace("?", ".")
