"""How a column of a table is declared: its type, whether it may be empty, its meaning; and the words some columns hold."""

from __future__ import annotations

import dataframely as dy

OUTCOMES = ("won", "lost", "open", "junk")
STAGE_TYPES = ("open", "won", "lost", "junk")
EXITS = ("advanced", "lost", "moved_back", "handed_off", "still_there")
HISTORIES = ("events", "dates", "exports", "implied")
"""Where stage history comes from: an event log, dates in columns, successive exports, or only the present stage."""
DIRECTIONS = ("in", "out", "internal")
PROMISE_OUTCOMES = ("kept", "late", "forgotten", "not_due")
TOUCH_KINDS = ("call", "meeting", "letter", "other")
CLIENT_STATES = ("new", "active", "reactivated", "lapsed")
"""What a month did to a client: active(t) = active(t-1) + new + reactivated - lapsed; "active" is one that stayed."""

CLASS_BASES = ("paid", "won")
"""What ABC classes are made of: payments by their day, or amounts of won deals where the exports tell of no payments."""


def text(meaning: str, *, key: bool = False, required: bool = False) -> dy.String:
    return dy.String(primary_key=key, nullable=not (key or required), description=meaning)


def moment(meaning: str, *, required: bool = False) -> dy.Datetime:
    return dy.Datetime(time_unit="us", time_zone="UTC", nullable=not required, description=meaning)


def day(meaning: str, *, key: bool = False) -> dy.Date:
    return dy.Date(nullable=not key, primary_key=key, description=meaning)


def money(meaning: str) -> dy.Decimal:
    return dy.Decimal(18, 2, nullable=True, description=meaning)


def number(meaning: str) -> dy.Float64:
    return dy.Float64(nullable=True, description=meaning)


def count(meaning: str, *, required: bool = True, key: bool = False) -> dy.Int64:
    return dy.Int64(nullable=not (required or key), primary_key=key, description=meaning)


def flag(meaning: str) -> dy.Bool:
    return dy.Bool(nullable=False, description=meaning)


def one_of(words: tuple[str, ...], meaning: str, *, required: bool = True) -> dy.Enum:
    return dy.Enum(list(words), nullable=not required, description=meaning)
