"""A proposed mapping in words: what the file is, which heading is what and why, what is asked, what a load would do."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.exports.tables import text_table
from dashboard.i18n import N_, Locale
from pipelines.propose import ASK, DryRun
from pipelines.propose_labels import column_label, kind_label
from pipelines.propose_model import Proposal, Question, Reason

HEADS = (N_("Our column"), N_("Heading"), N_("Sure"), N_("For example"), N_("Why"))
LONGEST_SAMPLE = 28
FEWEST_SURE = 0.85


def say(reason: Reason, locale: Locale) -> str:
    """Write a reason in the reader's language; what is filled into it may be reasons of their own."""
    filled = {name: say(value, locale) if isinstance(value, Reason) else value for name, value in reason.values.items()}
    return locale.text(reason.template, **filled)


def sureness(confidence: float, locale: Locale) -> str:
    """Say in a word how sure a guess is."""
    if confidence >= FEWEST_SURE:
        return locale.text(N_("sure"))
    return locale.text(N_("likely")) if confidence >= ASK else locale.text(N_("a guess"))


def text(proposal: Proposal, locale: Locale) -> str:
    """Write a proposal: the kind with its reasons, a row per column, the headings left over."""
    kind = locale.text(
        N_("Every row is {kind} ({sure})."),
        kind=say(kind_label(proposal.kind), locale),
        sure=sureness(proposal.confidence, locale),
    )
    rows = [
        [
            say(column_label(one.ours), locale),
            one.heading,
            sureness(one.confidence, locale),
            ", ".join(sample[:LONGEST_SAMPLE] for sample in one.samples),
            "; ".join(say(reason, locale) for reason in one.reasons),
        ]
        for one in proposal.columns
        if one.heading
    ]
    lines = [kind, *(say(reason, locale) for reason in proposal.reasons), ""]
    lines.append(text_table([locale.text(head) for head in HEADS], rows, left=dict.fromkeys(range(5), True)))
    if proposal.unused:
        lines.append(locale.text(N_("Not used: {headings}."), headings=", ".join(proposal.unused)))
    return "\n".join([*lines, *(say(note, locale) for note in proposal.notes)]) + "\n"


def question(asked: Question, locale: Locale) -> str:
    """Write a question with what speaks for the proposed answer, its key and its options."""
    lines = [f"{say(asked.text, locale)}  [{asked.key}]"]
    lines += [f"    {say(reason, locale)}" for reason in asked.evidence]
    lines += [f"    {option.value or '—'} = {say(option.label, locale)}" for option in asked.options]
    if asked.items:
        lines += [f"    {item.word} ({locale.number(item.count)}) → {item.proposed}" for item in asked.items]
    elif isinstance(asked.proposed, str):
        lines.append("    → " + (asked.proposed or "—"))
    return "\n".join(lines)


def trial(run: DryRun, locale: Locale) -> str:
    """Say what a load with the mapping would do."""
    if not run.recognised:
        return locale.text(N_("With this mapping the file would not be recognised."))
    told = locale.text(
        N_(
            "A load would read {rows} rows, take {accepted}, put {quarantined} aside, and find {duplicates} duplicates."
        ),
        rows=locale.number(run.rows_in),
        accepted=locale.number(run.accepted),
        quarantined=locale.number(run.quarantined),
        duplicates=locale.number(run.duplicates),
    )
    reasons = [f"    {locale.text(reason)}: {locale.number(count)}" for reason, count in (run.reasons or {}).items()]
    return "\n".join([told, *reasons])


def to_json(proposal: Proposal, questions: tuple[Question, ...], run: DryRun, saved: str | None) -> dict[str, object]:
    """Return a proposal as plain values."""
    return {
        "kind": proposal.kind,
        "confidence": round(proposal.confidence, 3),
        "columns": {
            one.ours: {"heading": one.heading, "confidence": round(one.confidence, 3)} for one in proposal.columns
        },
        "unused": list(proposal.unused),
        "questions": {one.key: plain_answer(one.proposed) for one in questions},
        "dry_run": {
            "recognised": run.recognised,
            "rows_in": run.rows_in,
            "accepted": run.accepted,
            "quarantined": run.quarantined,
            "duplicates": run.duplicates,
            "reasons": dict(run.reasons or {}),
        },
        "saved": saved,
    }


def plain_answer(answer: str | Mapping[str, str]) -> object:
    """Return a proposed answer as a plain value."""
    return answer if isinstance(answer, str) else dict(answer)
