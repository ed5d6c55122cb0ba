"""The reconciliation of a snapshot as text and JSON: what came in, what must be equal, what found no partner or no place."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.accounting import KIND_WORDS
from dashboard.exports.answers import envelope, heading, json_line
from dashboard.exports.tables import records, text_table
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale


def identities_fail(facts: Facts) -> int:
    """Count the identities of a snapshot that do not hold."""
    return facts.identities.filter(~pl.col("holds")).height if facts.identities.width else 0


def check(facts: Facts, as_json: bool, locale: Locale) -> str:
    """Write the reconciliation of a snapshot: what came in, what must be equal, what found no partner."""
    parts = {"files": facts.files, "identities": facts.identities, "joins": facts.joins, "orphans": facts.orphans}
    parts |= {"names": facts.names, "name_proposals": facts.name_proposals}
    parts |= {"set_aside": facts.set_aside, "quarantine": facts.quarantine}
    if as_json:
        rows = {name: records(frame) for name, frame in parts.items()}
        return json_line({**envelope(facts, Filter()), "holds": identities_fail(facts) == 0, **rows})
    lines = [heading(facts, Filter(), locale)]
    shown = {
        "files": ["name", "sheet", "profile", "kind", "rows_in", "accepted", "quarantined", "duplicates"],
        "identities": ["holds", "subject", "statement", "expected", "found"],
        "joins": ["join_name", "left_table", "right_table", "matched", "orphans", "unused"],
        "orphans": ["join_name", "value", "rows", "amount", "suggestion"],
        "names": ["thing", "spelling", "shown_as", "rows", "rule"],
        "name_proposals": ["thing", "name", "other", "rows", "why"],
        "set_aside": ["subject", "rule", "rows", "amount", "currency", "rate_line"],
        "quarantine": ["file", "line", "column", "value", "reason"],
    }
    titles = {
        "files": N_("Files"),
        "identities": N_("What must be equal"),
        "joins": N_("Joins"),
        "orphans": N_("Orphans"),
        "names": N_("Spellings that were taken for one name"),
        "name_proposals": N_("Names that may be one"),
        "set_aside": N_("Taken, and counted otherwise"),
        "quarantine": N_("Put aside: in no number"),
    }
    for name, frame in parts.items():
        kept = frame.select(column for column in shown[name] if column in frame.columns).head(MOST_SHOWN)
        if kept.height:
            texts = {place: dtype == pl.String for place, dtype in enumerate(kept.dtypes)}
            rows = [[cell(value, locale, column) for column, value in row.items()] for row in kept.to_dicts()]
            lines += [
                "",
                locale.text(titles[name]),
                text_table([label(column, locale, name) for column in kept.columns], rows, left=texts),
            ]
        if frame.height > kept.height:
            more = locale.number(frame.height - kept.height)
            lines.append(locale.text("… and {count} more: voronka check --json", count=more))
        if name == "name_proposals" and kept.height:
            lines += ["", locale.text("To make two names one, write into settings.toml, for instance:")]
            lines += frame["setting"][0].splitlines()
    failed = identities_fail(facts)
    verdict = locale.plural("{n} identity does not hold.", "{n} identities do not hold.", failed)
    lines += ["", verdict if failed else locale.text("Every row is accounted for.")]
    if facts.quarantine.height:
        count = locale.number(facts.quarantine.height)
        lines.append(locale.text("Rows put aside, which are in no number: {count}.", count=count))
    return "\n".join(lines) + "\n"


MOST_SHOWN = 30
SUBJECTS = {
    **KIND_WORDS,
    "visits": N_("Visits to stages"),
    "stage changes": N_("Stage changes"),
    "payments": N_("Payments"),
}
OWN_WORDS = ("subject", "kind", "statement", "rule", "reason", "why", "thing")
CHECK_LABELS: dict[str, str] = {
    "name": N_("File"),
    "sheet": N_("Sheet"),
    "profile": N_("Profile"),
    "kind": N_("Kind"),
    "rows_in": N_("Rows read"),
    "accepted": N_("Accepted"),
    "quarantined": N_("Put aside"),
    "line": N_("Line"),
    "column": N_("Heading"),
    "reason": N_("Why put aside"),
    "rule": N_("Rule"),
    "file": N_("File"),
    "duplicates": N_("Duplicates"),
    "holds": N_("Holds"),
    "subject": N_("Subject"),
    "statement": N_("Statement"),
    "expected": N_("Expected"),
    "found": N_("Found"),
    "join_name": N_("Join"),
    "left_table": N_("Table"),
    "right_table": N_("Looked up in"),
    "matched": N_("Matched"),
    "orphans": N_("Orphans"),
    "unused": N_("Unused"),
    "value": N_("Value"),
    "rows": N_("Rows"),
    "amount": N_("Amount"),
    "suggestion": N_("Perhaps"),
    "name_proposals.name": N_("Spelling"),
    "rate_line": N_("Line for rates.csv"),
    "thing": N_("What"),
    "spelling": N_("Spelling"),
    "shown_as": N_("Shown as"),
    "other": N_("Other spelling"),
    "why": N_("Why"),
    "currency": N_("Currency"),
}


def label(column: str, locale: Locale, part: str = "") -> str:
    """Write the heading of a column of the reconciliation; one part of it may call a column otherwise."""
    return locale.text(CHECK_LABELS.get(f"{part}.{column}") or CHECK_LABELS.get(column, column))


def cell(value: object, locale: Locale, column: str) -> str:
    """Write a cell of the reconciliation; our own sentences are translated, names from the data never are."""
    if isinstance(value, bool):
        return locale.text("yes") if value else locale.text("NO")
    if isinstance(value, str):
        word = SUBJECTS.get(value, value) if column in ("subject", "kind") else value
        return locale.text(word) if column in OWN_WORDS else value
    if value is None:
        return "—"
    number = float(str(value))
    return locale.number(number, 0 if number == int(number) else 2)
