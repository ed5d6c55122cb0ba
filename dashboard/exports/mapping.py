"""A proposed mapping in words: what the file is, which heading is what and why, what is asked, what a load would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.exports.tables import text_table
from dashboard.i18n import N_, Locale
from pipelines.propose import ASK, DryRun
from pipelines.propose_labels import COLUMNS, column_label, kind_label
from pipelines.propose_model import Option, Proposal, Question, Reason

HEADS = (N_("Our column"), N_("Heading"), N_("Sure"), N_("For example"), N_("Why"))
LONGEST_SAMPLE = 28
FEW_EXAMPLES = 3
FEWEST_SURE = 0.85


def say(reason: Reason, locale: Locale) -> str:
    """Write a reason in the reader's language; what is filled into it may be reasons of their own."""
    return reason.said(lambda template, values: locale.text(template, **values))


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
            " · ".join(sample.removesuffix(" 00:00:00")[:LONGEST_SAMPLE] for sample in one.samples),
            "; ".join(say(reason, locale) for reason in one.reasons),
        ]
        for one in proposal.columns
        if one.heading
    ]
    lines = [kind, *(say(reason, locale) for reason in proposal.reasons), ""]
    lines.append(text_table([locale.text(head) for head in HEADS], rows, left=dict.fromkeys(range(5), True)))
    if proposal.unused:
        lines.append(locale.text(N_("Not used: {headings}."), headings=", ".join(proposal.unused).rstrip(".")))
    return "\n".join([*lines, *(say(note, locale) for note in proposal.notes)]) + "\n"


def question(asked: Question, locale: Locale, *, numbered: bool = False) -> str:
    """Write a question with what speaks for the proposed answer.

    ``numbered`` is for a person at a terminal, who answers by number; else the words to put behind ``--answer`` are told.
    """
    lines = [say(asked.text, locale)]
    lines += [f"    ({say(reason, locale)})" for reason in asked.evidence]
    if asked.items:
        lines += word_lines(asked, locale)
    elif numbered:
        for number, option in enumerate(asked.options, start=1):
            mark = locale.text(N_("  ← proposed, Enter takes it")) if option.value == asked.proposed else ""
            lines.append(f"{number:>5}. {say(option.label, locale)}{mark}")
    else:
        lines += [f"    {proposal_mark(asked, option.value)} {answer_of(option, locale)}" for option in asked.options]
    lines.append("    " + how_to_answer(asked, locale, numbered=numbered))
    return "\n".join(lines)


def word_lines(asked: Question, locale: Locale) -> list[str]:
    """Write a line for each word that is asked about: its number, how often it stands, what it is taken for and why."""
    width = max(len(item.word) for item in asked.items)
    labels = {option.value: say(option.label, locale) for option in asked.options}
    widest = max(len(labels[item.proposed]) for item in asked.items)
    return [
        f"{number:>5}. {item.word:<{width}}  {locale.number(item.count):>5}  →  {labels[item.proposed]:<{widest}}"
        f"  ({say(item.reason, locale)})"
        for number, item in enumerate(asked.items, start=1)
    ]


def proposal_mark(asked: Question, value: str) -> str:
    """Mark the proposed option."""
    return "→" if value == asked.proposed else " "


def answer_of(option: Option, locale: Locale) -> str:
    """Write an option as its words, with its value where that is another."""
    label = say(option.label, locale)
    if not option.value:
        return f'"" — {label}'
    return label if label == option.value else f"{option.value} — {label}"


def how_to_answer(asked: Question, locale: Locale, *, numbered: bool) -> str:
    """Say how the question is answered here."""
    meanings = "; ".join(f"{option.value} — {say(option.label, locale)}" for option in asked.options)
    if asked.items and numbered:
        example = f"1={say(asked.options[0].label, locale)}"
        return locale.text(
            N_("Enter if all is right, else correct by number, like {example}. Meanings: {meanings}."),
            example=example,
            meanings=", ".join(say(option.label, locale) for option in asked.options),
        )
    if asked.items:
        word = asked.items[0]
        example = f'--answer "{asked.key}={word.word}={word.proposed}"'
        return locale.text(
            N_('Correct with {example}, several parted by ";". Meanings: {meanings}.'),
            example=example,
            meanings=meanings,
        )
    if numbered:
        return locale.text(N_("Type a number, or Enter."))
    value = asked.proposed or next((option.value for option in asked.options if option.value), "")
    return locale.text(N_("Answer with {example}"), example=f'--answer "{asked.key}={value}"')


def taken(asked: Sequence[Question], locale: Locale) -> str:
    """Say which questions were not asked, and what was taken for their answers."""
    lines = [locale.text(N_("Taken as proposed:"))]
    for one in asked:
        labels = {option.value: say(option.label, locale) for option in one.options}
        if isinstance(one.proposed, str):
            answer = labels.get(one.proposed, one.proposed)
        else:
            answer = ", ".join(f"{word} — {labels.get(means, means)}" for word, means in one.proposed.items())
        lines.append(f"    {say(one.text, locale)} {answer}")
    return "\n".join(lines)


def trial(run: DryRun, locale: Locale) -> str:
    """Say what a load with the mapping would do, with the first rows that would be put aside."""
    if not run.recognised:
        return locale.text(N_("With this mapping the file would not be recognised."))
    told = locale.text(
        N_(
            "Tried without storing anything: {rows} rows read, {accepted} taken, {quarantined} put aside, "
            "{duplicates} exact repeats."
        ),
        rows=locale.number(run.rows_in),
        accepted=locale.number(run.accepted),
        quarantined=locale.number(run.quarantined),
        duplicates=locale.number(run.duplicates),
    )
    lines = [told]
    if run.footers:
        lines.append(locale.text(N_("Totals rows left out: {count}."), count=locale.number(run.footers)))
    lines += [f"    {locale.text(reason)}: {locale.number(count)}" for reason, count in (run.reasons or {}).items()]
    for row in run.first_refused[:FEW_EXAMPLES]:
        lines.append(
            "    "
            + locale.text(
                N_("line {line}, “{column}”: “{value}” ({reason})"),
                line=locale.number(row.line),
                column=named(row.column or "", locale),
                value=row.value or "",
                reason=locale.text(row.reason),
            )
        )
    return "\n".join(lines)


def named(columns: str, locale: Locale) -> str:
    """Name the column of a refused row: a heading as it is, columns of ours by their labels."""
    own = columns.split(", ")
    return ", ".join(say(column_label(one), locale) for one in own) if set(own) <= set(COLUMNS) else columns


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
