"""What an analysis is and what it answers: a small named frame with its definition, variant, n and ``as_of`` beside it.

An analysis is one :class:`Analysis` in ``catalogue.py``; pages, exports, the command line and the glossary take label, help
and columns from there. ``run`` is a pure function of facts and a filter, so two readers with one filter see one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from dashboard.access import Facts
from dashboard.filters import Filter, Notice

Kind = Literal["text", "word", "day", "moment", "flag", "count", "money", "share", "days", "minutes", "number"]
"""How a cell is written: ``word`` is one of our own texts (marked with N_) and is translated, ``text`` is the data's own."""


@dataclass(frozen=True)
class Column:
    """A column of an answer as people see it: its name in the frame, the label (N_) of its heading, how it is written."""

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, eq=False)
class Answer:
    """One frame and everything needed to read it rightly.

    ``frame``: one row per what ``definition`` says, sorted as it is to be read; unknown is null. ``columns``: those shown in
    a table, in order; CSV and JSON hold all of the frame. ``definition`` (N_): what a row is and what is counted, which date,
    what is left out. ``variant`` (N_): which of several customary definitions this is, "" where there is one. ``n``: deals
    (clients, calls: what ``counted`` (N_) names) behind the answer. ``sentences``: what the data could not tell, and findings.
    """

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    definition: str
    n: int
    as_of: datetime
    counted: str = ""
    variant: str = ""
    sentences: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False)
class Analysis:
    """An analysis by its stable name. ``label`` and ``help`` (N_) are what the glossary says of it.

    ``is_state``: what is so on the last day of the data. The period and what it is compared with play no part, so pages count
    it once for all of them.
    """

    name: str
    label: str
    help: str
    run: Callable[[Facts, Filter], Answer]
    is_state: bool = False
