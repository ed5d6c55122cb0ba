"""Put a proposal together: headings from the best match, what beside them is settled, and the questions that are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines import propose_settle as settle
from pipelines.errors import N_
from pipelines.profile import KINDS
from pipelines.propose_headings import likeness
from pipelines.propose_history import alone_question, only_stages, stage_rows
from pipelines.propose_labels import column_label, kind_label
from pipelines.propose_match import MADE_UP, Scored
from pipelines.propose_meanings import MOST_WORDS, WORDED, items_of
from pipelines.propose_model import ASK, ColumnProposal, Found, Item, Option, Proposal, Question, Reason, Settled
from pipelines.propose_price import priced
from pipelines.propose_repeats import repeats_question
from pipelines.schema.staging import STAGED, TARGETS

MEANING_WORDS = {
    "won": N_("won"),
    "lost": N_("lost"),
    "junk": N_("no target lead"),
    "open": N_("still open"),
    "yes": N_("answered"),
    "no": N_("not answered"),
    "in": N_("incoming"),
    "out": N_("outgoing"),
}
MEANING_QUESTIONS = {
    "outcome": N_('What do the words of "{heading}" mean?'),
    "stage_name": N_('Which stages of "{heading}" are ends, and of which kind?'),
    "is_answered": N_('Which words of "{heading}" mean that the call was answered?'),
    "direction": N_('Which words of "{heading}" mean incoming, which outgoing?'),
}
PLANNED = {"revenue": N_("revenue"), "won": N_("number of won deals"), "leads": N_("number of leads")}
GIVEN, TAKEN = N_("you said so"), N_("taken as proposed")
SURE_KIND = 0.1
"""The kind is asked for when the second best explains the sheet nearly as well."""


def build(
    found: Found, tried: Sequence[Scored], answers: Mapping[str, object], taken: frozenset[str] = frozenset()
) -> Proposal:
    """Build the proposal that stands after the answers; ``tried`` are all kinds, best first.

    ``taken`` are the answers that nobody gave: what was proposed was taken.
    """
    kind, confidence, reasons, asked = chosen_kind(tried, answers, taken)
    columns = with_answers(next(one for one in tried if one.kind == kind).columns, found, answers, taken)
    columns, times, more = priced(found, columns, answers)
    asked += more
    headings: dict[str, str | None] = {column.ours: column.heading for column in columns}
    asked += heading_questions(kind, columns, found, answers)
    parts = settle.joined(found, kind, headings)
    columns = tuple(beside(column, (parts | times).get(column.ours, ())) for column in columns)
    order, more = settle.date_order(found, kind, headings, answers.get("date_order"))
    asked += more
    decimal, more, notes = settle.decimal_sign(found, kind, headings, answers.get("decimal"))
    asked += more
    currency, currency_from, more = settle.currency(found, kind, headings, answers.get("currency"))
    asked += more
    nulls, more_notes = settle.empty_words(found, kind, headings)
    notes += more_notes
    key, more, more_notes = settle.key_of(found, kind, headings, answers.get("key"))
    asked, notes = asked + more, notes + more_notes
    used = {heading for heading in headings.values() if heading} | {
        name for pair in (*parts.values(), *times.values()) for name in pair
    }
    stage_dates, more = stage_date_columns(settle.leftover_dates(found, kind, used), answers)
    asked += more
    lines, more = repeats_question(found, kind, headings, answers)
    asked += more
    where, more = stage_rows(found, kind, answers)
    asked += more
    is_event_log, more = alone_question(kind, answers)
    asked += more
    meanings: dict[str, dict[str, str]] = {}
    for ours in WORDED:
        words, more = meaning_question(only_stages(found, where, headings.get("stage_name")), ours, headings, answers)
        asked += more
        if words:
            meanings[ours] = words
    constants, more = constants_of(kind, headings, answers)
    asked += more
    scales = settle.scales(found, kind, headings)
    notes += [
        Reason(
            N_('amounts of "{heading}" are taken times {scale}'),
            {"heading": headings[o], "scale": f"{by:,.0f}".replace(",", "\u00a0")},
        )
        for o, by in scales.items()
    ]
    if found.heading_row is None:
        notes.append(Reason(N_("the file has no heading: columns are told by their place")))
    used |= set(stage_dates) | set(key) | set(where)
    settled = Settled(
        order,
        decimal,
        currency,
        currency_from,
        nulls,
        key,
        parts,
        stage_dates,
        lines,
        meanings,
        constants,
        scales,
        is_event_log,
        where,
        times,
    )
    return Proposal(
        kind=kind,
        confidence=confidence,
        reasons=reasons,
        kinds=tuple((one.kind, one.score) for one in tried),
        found=found,
        columns=columns,
        unused=tuple(name for name in found.headings if name not in used),
        notes=tuple(notes),
        open=tuple(asked),
        answers=dict(answers),
        settings=settled,
        taken=taken,
    )


def chosen_kind(
    tried: Sequence[Scored], answers: Mapping[str, object], taken: frozenset[str]
) -> tuple[str, float, tuple[Reason, ...], list[Question]]:
    """Choose the kind of table: as answered, else the best match, with a question when the next is close behind."""
    if answers.get("kind") in KINDS:
        how = Reason(TAKEN if "kind" in taken else GIVEN)
        return str(answers["kind"]), ASK if "kind" in taken else 1.0, (how,), []
    best, second = tried[0], tried[1]
    margin = best.score - second.score + ASK - 0.5 - SURE_KIND
    sure = round(max(0.0, min(0.98, 0.5 + margin, 0.4 + best.score)), 3)
    strong = sorted((c for c in best.columns if c.confidence >= ASK), key=lambda c: -c.confidence)[:4]
    named = tuple(
        Reason(N_('"{heading}" ({column})'), {"heading": column.heading, "column": column_label(column.ours)})
        for column in strong
    )
    reasons = (Reason(N_("These headings speak for it: {headings}."), {"headings": named}),) if named else ()
    if sure >= ASK:
        return best.kind, sure, reasons, []
    options = tuple(Option(one.kind, kind_label(one.kind)) for one in tried)
    return (
        best.kind,
        sure,
        reasons,
        [Question("kind", Reason(N_("What does one row of this table tell of?")), options, best.kind, reasons)],
    )


def with_answers(
    columns: Sequence[ColumnProposal], found: Found, answers: Mapping[str, object], untouched: frozenset[str]
) -> tuple[ColumnProposal, ...]:
    """Lay answers over the proposed headings; a heading that was given elsewhere is taken from its first column."""
    given = {key.removeprefix("heading."): value for key, value in answers.items() if key.startswith("heading.")}
    taken = {str(value) for value in given.values() if value}
    result: list[ColumnProposal] = []
    for column in columns:
        if f"heading.{column.ours}" in untouched and column.heading == (given.get(column.ours) or None):
            if column.heading:
                column = replace(column, reasons=(*column.reasons, Reason(TAKEN)))
        elif column.ours in given:
            heading = str(given[column.ours] or "") or None
            shape = found.shape(heading)
            column = replace(
                column,
                heading=heading,
                confidence=1.0 if heading else 0.0,
                reasons=(Reason(GIVEN),),
                samples=shape.samples if shape else (),
            )
        elif column.heading in taken:
            column = replace(column, heading=None, confidence=0.0, reasons=(), samples=())
        result.append(column)
    return tuple(result)


def heading_questions(
    kind: str, columns: Sequence[ColumnProposal], found: Found, answers: Mapping[str, object]
) -> list[Question]:
    """Ask for the headings that are proposed with little confidence, and for those a row cannot do without."""
    questions: list[Question] = []
    used = {column.heading for column in columns}
    for column in columns:
        key = f"heading.{column.ours}"
        needed = column.ours in STAGED[kind].required and column.ours not in MADE_UP
        if key in answers or not ((column.heading and column.confidence < ASK) or (needed and not column.heading)):
            continue
        names = [column.heading] if column.heading else []
        names += [heading for heading, _ in column.runners_up]
        if not column.heading:
            names += [heading for heading in found.headings if heading not in used]
        options = [Option(name, Reason("{heading}", {"heading": name})) for name in dict.fromkeys(names)]
        options.append(Option("", Reason(N_("none of them"))))
        text = Reason(N_("Which heading is {column}?"), {"column": column_label(column.ours)})
        questions.append(Question(key, text, tuple(options), column.heading or "", column.reasons))
    return questions


def beside(column: ColumnProposal, parts: Sequence[str]) -> ColumnProposal:
    """Say of a column made of several headings which others it takes its cells from."""
    others = ", ".join(part for part in parts if part != column.heading)
    if not others:
        return column
    why = Reason(N_('taken together with "{headings}"'), {"headings": others})
    return replace(column, heading=column.heading or parts[0], reasons=(*column.reasons, why))


def stage_date_columns(left: tuple[str, ...], answers: Mapping[str, object]) -> tuple[tuple[str, ...], list[Question]]:
    """Ask whether left-over columns of dates are the days on which a deal entered a stage."""
    if not left:
        return (), []
    answer = answers.get("stage_dates")
    if isinstance(answer, str):
        return (left if answer == "yes" else ()), []
    proposed = "yes" if len(left) >= 2 else "no"
    text = Reason(N_("Are {headings} the days on which a deal entered these stages?"), {"headings": ", ".join(left)})
    options = (Option("yes", Reason(N_("yes, they are stages"))), Option("no", Reason(N_("no, leave them out"))))
    return (left if proposed == "yes" else ()), [Question("stage_dates", text, options, proposed)]


def meaning_question(
    found: Found, ours: str, headings: Mapping[str, str | None], answers: Mapping[str, object]
) -> tuple[dict[str, str], list[Question]]:
    """Settle what the words of a column mean; ask when one of them is not beyond doubt."""
    shape = found.shape(headings.get(ours))
    if shape is None or (ours == "stage_name" and headings.get("outcome")) or shape.unique > MOST_WORDS:
        return {}, []
    if ours == "is_answered" and shape.flag >= 0.999:
        return {}, []
    items: tuple[Item, ...] = items_of(found, ours, headings)
    words = {item.word: item.proposed for item in items}
    answer = answers.get(f"means.{ours}")
    if isinstance(answer, Mapping):
        return words | {word: str(answer[word]) for word in words if word in answer}, []
    if all(item.sure for item in items):
        return words, []
    options = tuple(Option(value, Reason(MEANING_WORDS[value])) for value in WORDED[ours])
    text = Reason(MEANING_QUESTIONS[ours], {"heading": shape.heading})
    return words, [Question(f"means.{ours}", text, options, words, items=items)]


def constants_of(
    kind: str, headings: Mapping[str, str | None], answers: Mapping[str, object]
) -> tuple[dict[str, str], list[Question]]:
    """Give a plan without a column of metrics the one metric it is a plan of."""
    if kind != "plans" or headings.get("metric_name"):
        return {}, []
    answer = answers.get("metric_name")
    if isinstance(answer, str):
        return {"metric_name": answer}, []
    heading = headings.get("target") or ""
    beside = {metric for column, metric in TARGETS.items() if headings.get(column)}
    planned = next((metric for column, metric in TARGETS.items() if is_called(heading, column)), "revenue")
    if beside and planned not in beside:
        return {"metric_name": planned}, []  # the others are named by their columns
    options = tuple(Option(name, Reason(label)) for name, label in PLANNED.items())
    return {"metric_name": planned}, [Question("metric_name", Reason(N_("What is the plan of?")), options, planned)]


def is_called(heading: str, ours: str) -> bool:
    """Tell whether a heading of a plan names the number of one of ``TARGETS`` rather than a plan of money."""
    return likeness("plans", ours, heading).strength > likeness("plans", "target", heading).strength
