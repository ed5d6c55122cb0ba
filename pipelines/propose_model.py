"""What a proposed mapping is made of: what was found in a file, what is proposed for each of our columns, what is asked.

Everything is frozen, and every reason is an English template with its values, so that it can be shown in any language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

ASK = 0.65
"""Below this confidence a proposed heading is a question, not a finding."""
LEAST = 0.25
"""Below this a heading is not even proposed."""


@dataclass(frozen=True)
class Reason:
    """One sentence of evidence: a template and its values, some of which may be such sentences, or several of them."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said(lambda template, values: template.format(**values) if values else template)

    def said(self, text: Callable[[str, Mapping[str, object]], str]) -> str:
        """Write the sentence; ``text`` translates a template and fills it, also for the sentences in it."""

        def written(value: object) -> object:
            if isinstance(value, tuple):
                return ", ".join(str(written(one)) for one in value)
            return value.said(text) if isinstance(value, Reason) else value

        return text(self.template, {name: written(value) for name, value in self.values.items()})


@dataclass(frozen=True)
class Shape:
    """What the cells of one heading look like; the shares are of the cells that are filled."""

    heading: str
    place: int
    rows: int
    filled: int
    unique: int
    samples: tuple[str, ...] = ()
    """The first three different values, as they stand in the file."""
    counts: tuple[tuple[str, int], ...] = ()
    """The most frequent values with their counts, when there are few."""
    date: float = 0.0
    formats: tuple[str, ...] = ()
    """Formats that read the dates; with two orders of day and month possible, those of day first."""
    order: str | None = None
    """``dmy`` or ``mdy`` when the column settles it, ``?`` when it does not, None when there is nothing to settle."""
    with_time: float = 0.0
    clock: float = 0.0
    daytime: float = 0.0
    """Share that reads like a time of day rather than a length of time."""
    earliest: bool | None = None
    """Among several columns of dates: True when none is earlier row by row, False when one is; None when it is alone."""
    money: float = 0.0
    whole: float = 0.0
    decimal: str | None = None
    """``.`` or ``,`` when the column settles it, ``?`` when it does not, ``both`` when both are used, None: no fractions."""
    currencies: tuple[str, ...] = ()
    phone: float = 0.0
    email: float = 0.0
    flag: float = 0.0
    person: float = 0.0
    letters: float = 0.0
    length: float = 0.0
    identifier: float = 0.0
    running: bool = False
    """True for 1, 2, 3 … in the order of the rows: perhaps a row number and no identifier."""
    middle: float = 0.0
    """The middle amount of a column of money."""
    largest: bool = False
    """True for the column of money whose middle amount is the largest of the table."""
    follows: tuple[str, ...] = ()
    """Headings of few words, each of which decides whether this one is filled: a date of closing, a reason of refusal."""
    leads: tuple[str, ...] = ()
    """The headings that follow this one."""
    heads: tuple[str, ...] = ()
    """For a number that stands on several rows: the headings that are the same on all rows of one number."""
    odd_words: tuple[str, ...] = ()
    """Words that stand where all else is dates or numbers: they mean "nothing here"."""

    @property
    def share_filled(self) -> float:
        return self.filled / self.rows if self.rows else 0.0

    @property
    def share_unique(self) -> float:
        return self.unique / self.filled if self.filled else 0.0

    @property
    def few(self) -> bool:
        """Tell whether the values repeat so much that they are a list to choose from."""
        return 0 < self.unique <= 60 and (self.share_unique <= 0.5 or (self.unique <= 12 and self.filled > self.unique))


@dataclass(frozen=True)
class Found:
    """What was found out about a sheet before asking what it means."""

    form: str
    sheet: str
    heading_row: int | None
    headings: tuple[str, ...]
    raw_headings: tuple[str, ...]
    shapes: tuple[Shape, ...]
    rows: int
    footer: tuple[str, ...]
    strange_totals: tuple[str, ...]
    """Totals words that do not stand in the first cell of their row."""
    preview: tuple[tuple[str, ...], ...] = field(repr=False)
    sample: pl.DataFrame = field(repr=False, compare=False)
    """The first rows as text, to look at two columns together."""

    def shape(self, heading: str | None) -> Shape | None:
        return next((shape for shape in self.shapes if shape.heading == heading), None)


@dataclass(frozen=True)
class ColumnProposal:
    """The heading proposed for one of our columns; ``heading`` None when there is none for it."""

    ours: str
    heading: str | None
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    samples: tuple[str, ...] = ()
    runners_up: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Option:
    """One answer to a question: its value, and the words for it."""

    value: str
    label: Reason


@dataclass(frozen=True)
class Item:
    """One line of a question about several words: the word, how often it stands in the file, what it seems to mean."""

    word: str
    count: int
    proposed: str
    sure: bool
    reason: Reason


@dataclass(frozen=True)
class Question:
    """What the file does not settle.

    The answer is the value of an option; where there are ``items`` it is a mapping from words to values, and words left
    out keep what is proposed for them.
    """

    key: str
    text: Reason
    options: tuple[Option, ...]
    proposed: str | Mapping[str, str]
    evidence: tuple[Reason, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A whole mapping as proposed: what the table is, which heading is which column, and what is still to be asked."""

    kind: str
    confidence: float
    reasons: tuple[Reason, ...]
    kinds: tuple[tuple[str, float], ...]
    """All kinds with their scores, best first."""
    found: Found
    columns: tuple[ColumnProposal, ...]
    unused: tuple[str, ...]
    notes: tuple[Reason, ...]
    open: tuple[Question, ...]
    answers: Mapping[str, object]
    settings: Settled
    taken: frozenset[str] = frozenset()
    """Keys of the answers that were taken as proposed and by no person."""

    def column(self, ours: str) -> ColumnProposal | None:
        return next((column for column in self.columns if column.ours == ours), None)

    def heading(self, ours: str) -> str | None:
        column = self.column(ours)
        return None if column is None else column.heading

    @property
    def heading_row(self) -> int | None:
        return self.found.heading_row


@dataclass(frozen=True)
class Settled:
    """What a mapping says beside its headings, after the answers."""

    order: str | None = None
    decimal: str | None = None
    currency: str = ""
    currency_from: str | None = None
    """The column whose cells name several currencies."""
    nulls: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    """Headings that together name a row, where no heading does alone."""
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our column → the headings whose cells make it together: a date and its time, a name and a surname."""
    stage_dates: tuple[str, ...] = ()
    lines: bool = False
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column → word → what it means."""
    constants: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    is_event_log: bool = False
    """True for a history that the deals are made of."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a dump of changes: the heading and its words that mark a change of stage."""
    times: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our column → the price and the number of pieces that are multiplied."""
