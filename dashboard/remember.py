"""Answers are kept as long as their snapshot: the same question under the same filter is counted once for everybody.

Facts never change, so an answer is known by its name and its filter. Frames are handed out as they are and never changed.
Three things are kept: answers, which are small (``remembered``); the rows of the latest filters, which are large
(``lately``); and what no filter changes, made once per snapshot (``prepared``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.access import Facts

MOST = 400
"""Answers kept for one snapshot; the one not asked for the longest is let go."""
MOST_BYTES = 300_000_000
"""Of the rows of the latest filters of one snapshot together; larger ones are counted anew."""

T = TypeVar("T")


@dataclass(eq=False)
class Kept:
    """What is kept of one snapshot."""

    answers: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    rows: OrderedDict[Hashable, pl.DataFrame] = field(default_factory=OrderedDict)
    prepared: dict[Hashable, object] = field(default_factory=dict)
    preparing: RLock = field(default_factory=RLock)


_KEPT: WeakKeyDictionary[Facts, Kept] = WeakKeyDictionary()
_LOCK = Lock()


def remembered(facts: Facts, key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` gives, from memory when this snapshot was asked the same before.

    The place in the code where ``make`` is written is part of the key, so that two blocks may use one word.
    """
    code = getattr(make, "__code__", None)
    key = (getattr(make, "__module__", ""), getattr(make, "__qualname__", ""), code and code.co_firstlineno, key)
    kept = _kept(facts).answers
    with _LOCK:
        if key in kept:
            kept.move_to_end(key)
            return cast("T", kept[key])
    made = make()
    with _LOCK:
        kept[key] = made
        while len(kept) > MOST:
            kept.popitem(last=False)
    return made


def lately(facts: Facts, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Return rows that several answers of one page stand on; those of the latest filters are kept while they fit."""
    kept = _kept(facts).rows
    with _LOCK:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = make()
    with _LOCK:
        kept[key] = made
        while kept and sum(int(rows.estimated_size()) for rows in kept.values()) > MOST_BYTES:
            kept.popitem(last=False)
    return made


def prepared(facts: Facts, make: Callable[[Facts], T]) -> T:
    """Return what ``make`` makes of whole facts; made once, while others who ask wait for it."""
    kept = _kept(facts)
    if make not in kept.prepared:
        with kept.preparing:
            if make not in kept.prepared:
                kept.prepared[make] = make(facts)
    return cast("T", kept.prepared[make])


def _kept(facts: Facts) -> Kept:
    with _LOCK:
        return _KEPT.setdefault(facts, Kept())
