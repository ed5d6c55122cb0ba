"""Map any table without code: propose what each heading is, ask what the file does not settle, write the mapping, try it.

``propose`` looks at a sheet, ``questions`` lists what is left to ask, ``answered`` takes answers, ``to_toml`` writes the
mapping, ``dry_run`` recognises and stages the sheet with it and stores nothing. All of them are pure and deterministic.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.errors import MappingError, UnknownName, suggest
from pipelines.intake import matched, staged_parcel
from pipelines.model import checked
from pipelines.profile import KINDS, SourceProfile
from pipelines.propose_build import build
from pipelines.propose_look import look
from pipelines.propose_match import match_all
from pipelines.propose_meanings import WORDED
from pipelines.propose_model import ASK, ColumnProposal, Item, Option, Proposal, Question, Reason
from pipelines.propose_toml import to_toml
from pipelines.readers.sheet import Sheet
from pipelines.schema.staging import STAGED

__all__ = [
    "ASK",
    "ColumnProposal",
    "DryRun",
    "Item",
    "Option",
    "Proposal",
    "Question",
    "Reason",
    "Refused",
    "accepted",
    "answered",
    "dry_run",
    "profile_of",
    "propose",
    "questions",
    "to_toml",
]
FIRST_REFUSED = 20


@dataclass(frozen=True)
class Refused:
    """One row that the mapping would put into quarantine."""

    line: int
    column: str | None
    value: str | None
    reason: str
    row: str


@dataclass(frozen=True)
class DryRun:
    """What a load with the mapping would do; nothing is stored. ``rows_in = accepted + quarantined + duplicates``."""

    recognised: bool
    kind: str
    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    footers: int = 0
    reasons: Mapping[str, int] | None = None
    first_refused: tuple[Refused, ...] = ()
    filled: Mapping[str, int] | None = None
    """Our column → in how many accepted rows it is filled."""


def propose(sheet: Sheet, *, kind: str | None = None) -> Proposal:
    """Propose a mapping for a sheet; ``kind`` says what its rows are. Raises UnknownName for a kind that does not exist."""
    found = look(sheet)
    answers: dict[str, object] = {}
    if kind is not None:
        answers["kind"] = _known_kind(kind)
    return build(found, match_all(found), answers)


def questions(proposal: Proposal) -> tuple[Question, ...]:
    """List what the file does not settle and nobody has answered yet."""
    return proposal.open


def accepted(proposal: Proposal) -> Proposal:
    """Return the proposal with all that is open taken as proposed, which its reasons go on to say."""
    while proposal.open:
        answers = {one.key: one.proposed for one in proposal.open}
        proposal = answered(proposal, answers, taken=frozenset(answers))
    return proposal


def answered(proposal: Proposal, answers: Mapping[str, object], *, taken: frozenset[str] = frozenset()) -> Proposal:
    """Return the proposal as it stands with more answers; a new kind starts its columns anew.

    Besides the questions' own keys, ``heading.<column>`` may always be answered: a heading, or ``""`` for none. Raises
    MappingError for an answer that is none. ``taken`` names the answers that are no person's but what was proposed.
    """
    given = dict(answers)
    kind = _known_kind(str(given["kind"])) if "kind" in given else proposal.kind
    for key, value in given.items():
        _check(proposal, kind, key, value)
    before = proposal.answers if kind == proposal.kind else {}
    kept = (proposal.taken if kind == proposal.kind else frozenset()) - set(given)
    return build(proposal.found, match_all(proposal.found), {**before, **given}, kept | taken)


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise UnknownName('There is no kind "{kind}". {hint}', kind=kind, hint=suggest(kind, KINDS))
    return kind


def _check(proposal: Proposal, kind: str, key: str, value: object) -> None:
    """Raise MappingError for an answer whose key or value cannot be."""
    place, _, ours = key.partition(".")
    headings = proposal.found.headings
    if place == "heading" and ours in STAGED[kind].columns:
        if value and value not in headings:
            raise MappingError(
                'There is no heading "{heading}". {hint}', heading=value, hint=suggest(str(value), headings)
            )
        return
    if place == "means" and ours in WORDED and isinstance(value, Mapping):
        wrong = [str(meaning) for meaning in value.values() if meaning not in WORDED[ours]]
        if wrong:
            raise MappingError('"{value}" is no answer. {hint}', value=wrong[0], hint=suggest(wrong[0], WORDED[ours]))
        return
    question = next((one for one in proposal.open if one.key == key), None)
    known = (
        "kind",
        "date_order",
        "decimal",
        "currency",
        "key",
        "stage_dates",
        "repeats",
        "times",
        "metric_name",
        "where",
        "deals",
    )
    if key not in known:
        raise MappingError('There is no question "{key}". {hint}', key=key, hint=suggest(key, known))
    if question is not None and key != "key" and value not in [option.value for option in question.options]:
        options = [option.value for option in question.options]
        raise MappingError('"{value}" is no answer. {hint}', value=value, hint=suggest(str(value), options))


def profile_of(proposal: Proposal, name: str, *, again: bool = False) -> SourceProfile:
    """Return the mapping that ``to_toml`` writes, as the load reads it."""
    return checked(
        SourceProfile, tomllib.loads(to_toml(proposal, name, again=again)), Path(f"{name}.toml"), MappingError
    )


def dry_run(sheet: Sheet, profile: SourceProfile, *, file_name: str = "", zone: str = "UTC") -> DryRun:
    """Recognise and stage a sheet with a mapping, count, and store nothing."""
    match = matched(sheet, file_name, [profile], None)
    if match is None:
        return DryRun(recognised=False, kind="")
    parcel = staged_parcel(Path(file_name), "", sheet, match, zone)
    report, taken = parcel.report, parcel.taken
    good, refused = (taken.good, taken.quarantine) if taken else (pl.DataFrame(), pl.DataFrame())
    first = tuple(
        Refused(row["_line"], row["column"], row["value"], row["reason"], row["row"])
        for row in refused.head(FIRST_REFUSED).iter_rows(named=True)
    )
    return DryRun(
        recognised=True,
        kind=match.table.kind,
        rows_in=report.rows_in,
        accepted=report.accepted,
        quarantined=report.quarantined,
        duplicates=report.duplicates,
        footers=int(str(report.values.get("count", 0))),
        reasons=report.reasons,
        first_refused=first,
        filled={
            ours: good[ours].len() - good[ours].null_count() for ours in match.table.columns if ours in good.columns
        },
    )
