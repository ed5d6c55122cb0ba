"""Source profiles: whose export is it, which heading is which of our columns, which words mean what.

One grammar for the profiles that ship in ``sources/`` and for a user's own mappings (``HOME/mappings`` or ``--map``).
CRM words stop here: past staging there are only our columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipelines.errors import MappingError, suggest
from pipelines.model import Frozen, checked, read_toml
from pipelines.schema.staging import STAGED
from pipelines.settings import Funnel, Stage

KINDS = ("deals", "stages", "calls", "costs", "clients", "managers", "products", "tasks", "invoices", "plans")
"""Kinds that a mapping is proposed for."""
LOADED_KINDS = (*KINDS, "scores", "transcripts")
SHIPPED = Path(__file__).parent / "sources"


class Column(Frozen):
    """How one of our columns is made from the cells of a row; exactly one of value, from, first, join, key, minus, times.

    ``key`` makes a number for rows that have none: the folded cells of these headings, repeats within a file counted.
    ``minus`` is the seconds from the second moment to the first, ``times`` the money of a price and a number of pieces;
    a price alone is refused, pieces without a price have no amount. ``step`` says of a ``scale`` that scaled amounts are
    multiples of it, so that a file in whole money is told by its values.
    """

    source: tuple[str, ...] = Field((), alias="from")
    value: str | None = None
    first: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    minus: tuple[str, ...] = Field((), max_length=2)
    times: tuple[str, ...] = Field((), max_length=2)
    nulls: tuple[str, ...] = ()
    scale: float | None = None
    step: int | None = Field(None, gt=1)
    dates: tuple[str, ...] = ()
    words: dict[str, str | bool] = {}
    patterns: tuple[tuple[str, str | bool], ...] = ()
    otherwise: str | bool | None = Field(None, alias="else")

    @field_validator("source", "first", "join", "key", "nulls", mode="before")
    @classmethod
    def one_or_many(cls, headings: Any) -> Any:
        return (headings,) if isinstance(headings, str) else headings

    @model_validator(mode="after")
    def one_way(self) -> Column:
        ways = [self.value is not None, *map(bool, (self.source, self.first, self.join, self.key))]
        if sum([*ways, bool(self.minus), bool(self.times)]) != 1:
            raise ValueError('say exactly one of "from", "value", "first", "join", "key", "minus", "times"')
        if len(self.minus) == 1:
            raise ValueError('"minus" takes two headings, the later moment first')
        if len(self.times) == 1:
            raise ValueError('"times" takes two headings, the price first')
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        return self.source or self.first or self.join or self.key or self.minus or self.times


class Lookup(Frozen):
    """Values taken from another table of the same mapping by a key."""

    table: str
    on: str
    key: str
    take: dict[str, str] = {}


class Recognise(Frozen):
    """What must be seen for a file to be this table."""

    headings: tuple[str, ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    cells: dict[str, str] = {}
    file: str | None = None


class Table(Frozen):
    """One kind of file of a system.

    ``footer``: words with which the first cell of a totals row begins. ``totals``: words that begin or end a cell of a
    totals row, in the columns of ``totals_in`` (else of ``fill_down``). ``totals_without``: a row in which all of these
    columns are empty is a totals row. ``fill_down``: columns whose cells are written once per group.
    ``records``: the lists of a JSON that hold it, in a single answer or in a list of them (pages).
    ``lines_by``: where one of these columns is present, the rows of a deal are its product lines.
    """

    kind: Literal[
        "deals", "stages", "calls", "costs", "clients", "managers", "products", "tasks", "invoices", "plans",
        "scores", "transcripts", "side",
    ]  # fmt: skip
    name: str = ""
    format: Literal["any", "csv", "xlsx", "html", "json", "parquet"] = "any"
    encoding: tuple[str, ...] = ()
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    header: tuple[str, ...] = ()
    optional_tail: int = 0
    records: str | tuple[str, ...] | None = None
    footer: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    totals_in: tuple[str, ...] = ()
    totals_without: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    recognise: Recognise = Recognise()
    rows: Literal["distinct", "keep", "lines"] = "distinct"
    lines_by: tuple[str, ...] = ()
    stage_dates: dict[str, str] = {}
    stage_dates_pattern: str | None = None
    columns: dict[str, Column] = {}
    join: tuple[Lookup, ...] = ()
    where: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="before")
    @classmethod
    def named(cls, content: Any) -> Any:
        if isinstance(content, dict) and not content.get("name"):
            content = {**content, "name": content.get("kind", "")}
        if isinstance(content, dict) and content.get("lines_by"):
            content = {**content, "rows": "lines"}
        return content

    @field_validator("totals", "totals_in", "totals_without", "fill_down", "lines_by", mode="before")
    @classmethod
    def one_or_many(cls, words: Any) -> Any:
        return (words,) if isinstance(words, str) else words

    @model_validator(mode="after")
    def totals_have_a_place(self) -> Table:
        if self.totals and not (self.totals_in or self.fill_down):
            raise ValueError('"totals" needs "totals_in": the columns in which such a word stands')
        return self

    @property
    def lists(self) -> tuple[str, ...]:
        """The paths of ``records``; none where the whole file is the list."""
        return (self.records,) if isinstance(self.records, str) else self.records or ()

    @field_validator("footer")
    @classmethod
    def in_any_case(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Let a totals row be written «Итого», «ИТОГО» or «итого»."""
        return tuple(dict.fromkeys(form for word in words for form in (word, word.upper(), word.lower())))

    @field_validator("columns", mode="before")
    @classmethod
    def spelt_out(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {
            ours: {"from": theirs} if isinstance(theirs, str | list) else theirs for ours, theirs in columns.items()
        }

    @field_validator("columns")
    @classmethod
    def known_columns(cls, columns: dict[str, Column], info: ValidationInfo) -> dict[str, Column]:
        kind = info.data.get("kind")
        if kind in STAGED:
            for ours in columns:
                if ours not in STAGED[kind].columns:
                    raise ValueError(f'{kind} have no column "{ours}". {suggest(ours, STAGED[kind].columns)}')
        return columns


class Outcomes(Frozen):
    """Words of the stage, or of the column mapped to ``outcome``, that close a deal."""

    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    junk_reasons: tuple[str, ...] = ()
    rule: Literal["last", "ever"] = "last"


class EventLog(Frozen):
    """The deals are made from a table of events."""

    table: str = "stages"
    funnel: str | None = None


class SourceProfile(Frozen):
    """What one system's exports look like."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    system: str = ""
    grade: Literal["A", "B", "C", "own"] = "own"
    citation: str = ""
    how: str = ""
    partial: bool = False
    extends: str | None = None
    timezone: str | None = None
    currency: str | None = None
    ignore: tuple[str, ...] = ()
    table: tuple[Table, ...] = ()
    outcomes: Outcomes = Outcomes()
    funnel: tuple[Funnel, ...] = ()
    stage: tuple[Stage, ...] = ()
    event_log: EventLog | None = None

    @model_validator(mode="before")
    @classmethod
    def named(cls, content: Any) -> Any:
        if isinstance(content, dict) and isinstance(content.get("name"), str):
            content = {**content}
            content["title"] = content.get("title") or content["name"]
            content["system"] = content.get("system") or content["name"]
        return content

    @model_validator(mode="after")
    def tables_fit(self) -> SourceProfile:
        names = [table.name for table in self.table]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f'two tables are called "{name}"; give each its own name')
        for table in self.table:
            for lookup in table.join:
                if lookup.table not in names:
                    raise ValueError(f'table "{table.name}" joins "{lookup.table}". {suggest(lookup.table, names)}')
        if self.event_log is not None and self.event_log.table not in names:
            raise ValueError(f'event_log names "{self.event_log.table}". {suggest(self.event_log.table, names)}')
        return self


def read_profile(path: Path, bases: Iterable[SourceProfile] = ()) -> SourceProfile:
    """Read a mapping; one that ``extends`` another stands on it. Raises MappingError with the place of the fault."""
    content = read_toml(path, MappingError)
    base_name = content.get("extends")
    if base_name is not None:
        base = next((profile for profile in bases if profile.name == base_name), None)
        if base is None:
            raise MappingError(
                '{path} extends "{base}", which does not exist. {hint}',
                path=path,
                base=base_name,
                hint=suggest(str(base_name), [profile.name for profile in bases]),
            )
        content = merged(base.model_dump(by_alias=True, exclude_defaults=True), content)
    return checked(SourceProfile, content, path, MappingError)


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay a mapping over the one it extends: tables meet by name (or kind), other keys are replaced."""
    result = {**base, **{key: value for key, value in own.items() if key not in ("table", "outcomes")}}
    result["outcomes"] = {**base.get("outcomes", {}), **own.get("outcomes", {})}
    tables = {table.get("name") or table["kind"]: table for table in base.get("table", ())}
    for table in own.get("table", ()):
        name = table.get("name") or table.get("kind", "")
        under = tables.get(name, {})
        columns = {**under.get("columns", {}), **table.get("columns", {})}
        tables[name] = {**under, **table, "columns": columns}
    result["table"] = list(tables.values())
    return result


@cache
def shipped_profiles() -> tuple[SourceProfile, ...]:
    """Return the profiles that come with the product, by name."""
    return tuple(read_profile(path) for path in sorted(SHIPPED.glob("*.toml")))


def profiles_in(folder: Path) -> tuple[SourceProfile, ...]:
    """Return a home's own mappings, by file name; a faulty one raises MappingError."""
    return tuple(read_profile(path, shipped_profiles()) for path in sorted(folder.glob("*.toml")))
