"""What words of the file mean: a stage or outcome that is won, lost, junk or open; a call answered or not; in or out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipelines import parse
from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.propose_model import Found, Item, Reason, Shape
from pipelines.propose_words import ANSWERED, MEANS, NOT, SETTLED, WAYS

WORDED: dict[str, tuple[str, ...]] = {
    "outcome": ("open", "won", "lost", "junk"),
    "stage_name": ("open", "won", "lost", "junk"),
    "is_answered": ("yes", "no"),
    "direction": ("in", "out"),
}
BY_WORDS = N_("by the word itself")
BY_DATES = N_("{share} % of its rows have a closing date")
BY_REASONS = N_("{share} % of its rows have a reason of refusal")
UNKNOWN = N_("the word is not known; nothing in the file says that it is an end")
NO_OTHER = N_("no other word says that a deal was won")
MOST_WORDS = 60


def begins(folded: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text, or one of its words, begins with one of the words."""
    return any(folded.startswith(word) or f" {word}" in folded for word in words)


UNDER_WAY = re.compile(r"^(?:к|ко|на|под|готов\w* к|в процессе)\s|[а-я]{2}(?:ени|ани|яти)(?:е|я|ю|ем|и|й)\b")
"""A good end that is still ahead: «К выполнению», «На отгрузке», «Заключение договора»."""
NOT_YET = re.compile(r"\b(?:оплач|отгруж|отгруз|выдан|внес|поставлен)")
"""What is only not done yet: «Не оплачен» waits, «Не купил» is lost."""


def meaning_of(word: str) -> tuple[str | None, bool]:
    """Return what a word for the state of a deal means, and whether that is beyond doubt; None when nothing tells."""
    folded = fold_heading(word).strip(" .!?")
    for meaning, known in SETTLED.items():
        if folded in known:
            return meaning, True
    negated = folded.split(" ")[0] in NOT
    for meaning in ("junk", "lost", "won", "open"):
        if begins(folded, MEANS[meaning]):
            if meaning == "won" and (UNDER_WAY.search(folded) or (negated and NOT_YET.search(folded))):
                return "open", False
            return ("lost" if negated and meaning == "won" else meaning), False
    return None, False


def other_meaning(ours: str, word: str) -> tuple[str | None, bool]:
    """Return what a word of a call's result or direction means, and whether that is beyond doubt."""
    folded = fold_heading(word)
    if ours == "is_answered" and folded in (*parse.YES_WORDS, *parse.NO_WORDS):
        return ("yes" if folded in parse.YES_WORDS else "no"), True
    known = ANSWERED if ours == "is_answered" else WAYS
    folded = folded.strip(" .")
    for means, words in known.items():
        if any(folded == word if len(word) <= 2 else folded.startswith(word) for word in words):
            return means, True
    return None, False


def spoken(ours: str, shape: Shape) -> float:
    """Return the share of the rows whose word is known to mean something for a column of words."""
    values = shape.counts or tuple((value, 1) for value in shape.samples)
    known = [
        count
        for word, count in values
        if (meaning_of(word) if ours in ("outcome", "stage_name") else other_meaning(ours, word))[0] is not None
    ]
    return sum(known) / max(1, sum(count for _, count in values))


def items_of(found: Found, ours: str, headings: Mapping[str, str | None]) -> tuple[Item, ...]:
    """Propose what each word of a column means, by the word and by which rows carry a closing date or a reason."""
    shape = found.shape(headings.get(ours))
    if shape is None:
        return ()
    closed = _share_with(found, shape.heading, headings.get("closed_at"))
    refused = _share_with(found, shape.heading, headings.get("refusal_reason"))
    flags = ours == "outcome" and shape.flag >= 0.95
    items: list[Item] = []
    for word, count in shape.counts[:MOST_WORDS]:
        if ours not in ("outcome", "stage_name"):
            meaning, sure = other_meaning(ours, word)
            items.append(Item(word, count, meaning or WORDED[ours][0], sure, Reason(BY_WORDS if sure else UNKNOWN)))
            continue
        if flags:
            meaning, sure = ("won" if fold_heading(word) in parse.YES_WORDS else "open"), False
        else:
            meaning, sure = meaning_of(word)
        reason = Reason(BY_WORDS)
        if meaning is None:
            meaning, reason = "open", Reason(UNKNOWN)
            if refused.get(word, 0.0) >= 0.5:
                meaning, reason = "lost", Reason(BY_REASONS, {"share": round(refused[word] * 100)})
            elif closed.get(word, 0.0) >= 0.9 and min(closed.values()) < 0.5:
                meaning, reason = "won", Reason(BY_DATES, {"share": round(closed[word] * 100)})
        items.append(Item(word, count, meaning, sure, reason))
    return tuple(with_a_win(items) if ours == "outcome" and not flags else items)


def with_a_win(items: list[Item]) -> list[Item]:
    """Propose the one unknown word of a column of outcomes as won when no other word says so."""
    unknown = [at for at, item in enumerate(items) if item.reason.template == UNKNOWN]
    if len(unknown) == 1 and len(items) >= 2 and not any(item.proposed == "won" for item in items):
        items[unknown[0]] = replace(items[unknown[0]], proposed="won", reason=Reason(NO_OTHER))
    return items


def _share_with(found: Found, heading: str, other: str | None) -> dict[str, float]:
    """Return, for each value of a heading, the share of its rows in which another heading is filled."""
    if other is None or other == heading or not {heading, other} <= set(found.sample.columns):
        return {}
    pairs = found.sample.select(
        word=parse.tidy(found.sample[heading]), other=parse.empty_to_null(pl.col(other).str.strip_chars())
    ).drop_nulls("word")
    table = pairs.group_by("word").agg(pl.col("other").is_not_null().mean()).sort("word")
    return {str(word): float(share) for word, share in table.iter_rows()}
