"""Promises that lie ahead and expected purchases as a calendar (.ics, RFC 5545): days with what to do, no alarms.

The same snapshot gives the same bytes, and an entry keeps its id from week to week, so a calendar that reads the file again moves
an entry and does not double it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.next_purchase import next_purchase
from dashboard.filters import FIELDS, Filter
from dashboard.i18n import N_, Locale
from dashboard.metrics.promises import IS_STANDING
from dashboard.periods import ALL_TIME

PROMISE, PURCHASE = N_("Promised: {what}"), N_("A purchase is expected: {client}")
LONGEST = 75  # octets of a line


def calendar(facts: Facts, filter: Filter, locale: Locale) -> tuple[str, int, int]:
    """Write the calendar; returns it with the numbers of promises and of purchases in it. The period plays no part."""
    chosen = Filter(**{name: getattr(filter, name) for name in FIELDS.values()}, period=ALL_TIME)
    promised = list(_promises(facts, chosen, locale))
    bought = list(_purchases(facts, chosen, locale))
    stamp = f"{facts.as_of:%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Voronka//Voronka//RU", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for key, day, title, told in sorted([*promised, *bought], key=lambda one: (one[1], one[0])):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(key.encode()).hexdigest()[:32]}@voronka",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(title)}",
            f"DESCRIPTION:{escaped(told)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines), len(promised), len(bought)


Entry = tuple[str, date, str, str]


def _promises(facts: Facts, filter: Filter, locale: Locale) -> Iterator[Entry]:
    ahead = facts.promises.filter(
        filter.rows("due_on", any_funnel=True)
        & (pl.col("outcome") == "not_due")
        & IS_STANDING
        & (pl.col("due_on") >= facts.as_of_on)
    )
    for row in ahead.iter_rows(named=True):
        what = " — ".join(part for part in (row["promise_name"], row["client_name"]) if part) or row["promise_id"]
        yield f"promise {row['promise_id']}", row["due_on"], locale.text(PROMISE, what=what), _told(row, locale)


def _purchases(facts: Facts, filter: Filter, locale: Locale) -> Iterator[Entry]:
    frame = next_purchase(facts, filter).frame.filter(pl.col("expected_on") >= facts.as_of_on)
    for row in frame.iter_rows(named=True):
        named = {"manager_name": row["manager"], "product_name": row["product"]}
        title = locale.text(PURCHASE, client=row["client"] or row["client_id"])
        yield f"purchase {row['client_id']}", row["expected_on"], title, _told(named, locale)


def _told(row: Mapping[str, object], locale: Locale) -> str:
    labels = {"manager_name": N_("Manager"), "product_name": N_("Product"), "deal_id": N_("Deal")}
    return "\n".join(f"{locale.text(label)}: {row[name]}" for name, label in labels.items() if row.get(name))


def escaped(text: str) -> str:
    """Escape what ends or divides a value; other control characters become blanks."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(letter if letter.isprintable() else " " for letter in line) for line in lines)


def folded(line: str) -> str:
    """End a line as the standard wants, and break it before 75 octets without cutting a letter."""
    parts, part = [], b""
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(part) + len(octets) > LONGEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]).decode() + "\r\n"
