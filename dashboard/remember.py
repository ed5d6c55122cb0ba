"""Answers are kept as long as their snapshot: the same question under the same filter is counted once for everybody.

Facts never change, so an answer is known by its name and its filter. Frames are handed out as they are and never changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from dashboard.access import Facts

MOST = 400
"""Answers kept for one snapshot; the one not asked for the longest is let go."""

T = TypeVar("T")
_KEPT: WeakKeyDictionary[Facts, OrderedDict[Hashable, object]] = WeakKeyDictionary()
_LOCK = Lock()


def remembered(facts: Facts, key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` gives, from memory when this snapshot was asked the same before.

    The place in the code where ``make`` is written is part of the key, so that two blocks may use one word.
    """
    code = getattr(make, "__code__", None)
    key = (getattr(make, "__module__", ""), getattr(make, "__qualname__", ""), code and code.co_firstlineno, key)
    with _LOCK:
        kept = _KEPT.setdefault(facts, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return cast("T", kept[key])
    made = make()
    with _LOCK:
        kept[key] = made
        while len(kept) > MOST:
            kept.popitem(last=False)
    return made
