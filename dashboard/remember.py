"""Answers are kept as long as their snapshot: the same question under the same filter is counted once for everybody.

Facts never change, so an answer is known by its name and its filter. Frames are handed out as they are and never changed.
Three things are kept: answers, which are small (``remembered``); the rows of the latest filters, which are large
(``lately``); and what no filter changes, made once per snapshot (``prepared``). What is counted before anybody asks
(``counting_ahead``) keeps its answers and lets its rows go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.access import Facts

MOST = 4000
"""Answers kept for one snapshot; the one not asked for the longest is let go."""
MOST_BYTES = 300_000_000
"""Of the answers of one snapshot together, and of the rows of its latest filters; the newest is always kept."""

ABSENT = object()
T = TypeVar("T")
_LOCK = Lock()


class Shelf:
    """Things by their keys, the latest asked for last; when they are too many or too large, the first go."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.things: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def get(self, key: Hashable) -> object:
        """Return a thing, ``ABSENT`` when it is not there."""
        with _LOCK:
            if key not in self.things:
                return ABSENT
            self.things.move_to_end(key)
            return self.things[key][0]

    def put(self, key: Hashable, thing: object) -> None:
        """Keep a thing and let go what there is no room for."""
        with _LOCK:
            if key in self.things:
                self.size -= self.things.pop(key)[1]
            self.things[key] = thing, size_of(thing)
            self.size += self.things[key][1]
            while len(self.things) > 1 and (len(self.things) > self.most or self.size > MOST_BYTES):
                self.size -= self.things.popitem(last=False)[1][1]


def size_of(thing: object) -> int:
    """Tell how many bytes the frame of an answer takes; what holds none is small."""
    frame = getattr(thing, "frame", thing)
    return int(frame.estimated_size()) if isinstance(frame, pl.DataFrame) else 0


@dataclass(eq=False)
class Kept:
    """What is kept of one snapshot."""

    answers: Shelf = field(default_factory=lambda: Shelf(MOST))
    rows: Shelf = field(default_factory=lambda: Shelf(MOST))
    prepared: dict[Hashable, object] = field(default_factory=dict)
    preparing: RLock = field(default_factory=RLock)


class OvertakenError(Exception):
    """Somebody asked for a page: what was being counted ahead waits."""


@dataclass(eq=False)
class Ahead:
    """``give_way`` is called before anything is counted, and raises OvertakenError; ``rows`` are those of this one page."""

    give_way: Callable[[], None]
    rows: Shelf = field(default_factory=lambda: Shelf(MOST))


_KEPT: WeakKeyDictionary[Facts, Kept] = WeakKeyDictionary()
_AHEAD: ContextVar[Ahead | None] = ContextVar("ahead", default=None)


@contextmanager
def counting_ahead(give_way: Callable[[], None]) -> Generator[None]:
    """Count something nobody asked for yet: whoever asks comes first, and loses none of the rows kept for them."""
    before = _AHEAD.set(Ahead(give_way))
    try:
        yield
    finally:
        _AHEAD.reset(before)


def remembered(facts: Facts, key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` gives, from memory when this snapshot was asked the same before.

    The place in the code where ``make`` is written is part of the key, so that two blocks may use one word.
    """
    code = getattr(make, "__code__", None)
    key = (getattr(make, "__module__", ""), getattr(make, "__qualname__", ""), code and code.co_firstlineno, key)
    kept = _kept(facts).answers
    known = kept.get(key)
    if known is not ABSENT:
        return cast("T", known)
    if ahead := _AHEAD.get():
        ahead.give_way()
    made = make()
    kept.put(key, made)
    return made


def lately(facts: Facts, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Return rows that several answers of one page stand on; those of the latest filters are kept while they fit."""
    ahead, kept = _AHEAD.get(), _kept(facts).rows
    known = kept.get(key)
    if ahead and not isinstance(known, pl.DataFrame):
        kept = ahead.rows
        known = kept.get((facts, key))
        key = (facts, key)
    if isinstance(known, pl.DataFrame):
        return known
    made = make()
    kept.put(key, made)
    return made


def prepared(facts: Facts, make: Callable[[Facts], T]) -> T:
    """Return what ``make`` makes of whole facts; made once, while others who ask wait for it."""
    kept = _kept(facts)
    if make not in kept.prepared:
        with kept.preparing:
            if make not in kept.prepared:
                kept.prepared[make] = make(facts)
    return cast("T", kept.prepared[make])


def is_prepared(facts: Facts, make: Callable[[Facts], object]) -> bool:
    """Tell whether somebody asked for what ``make`` makes of whole facts."""
    return make in _kept(facts).prepared


def _kept(facts: Facts) -> Kept:
    with _LOCK:
        return _KEPT.setdefault(facts, Kept())
