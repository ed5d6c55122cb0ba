"""Deals that stand on several rows: lines of one deal, or newer versions of it; told by what differs in such rows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines import parse
from pipelines.errors import N_
from pipelines.line_rows import CHANGES
from pipelines.propose_model import Found, Option, Question, Reason
from pipelines.propose_settle import repeated

LINES = ("product_name", "amount")
"""What parts the lines of one deal."""
NUMBER = "__number"
OPTIONS = (
    Option("lines", Reason(N_("lines of one deal: their amounts add up"))),
    Option("last", Reason(N_("newer versions of one deal: the last one counts"))),
)


def repeats_question(
    found: Found, kind: str, headings: Mapping[str, str | None], answers: Mapping[str, object]
) -> tuple[bool, list[Question]]:
    """Ask, when deals stand on several rows, whether these are lines of one deal or newer versions of it."""
    shape = found.shape(headings.get("deal_id")) if kind == "deals" else None
    if shape is None or not repeated(found.sample, (shape.heading,)):
        return False, []
    answer = answers.get("repeats")
    if isinstance(answer, str):
        return answer == "lines", []
    example, differ = what_differs(found, shape.heading)
    changed = [ours for ours in CHANGES if headings.get(ours) in differ]
    parted = [ours for ours in LINES if headings.get(ours) in differ]
    proposed = "lines" if parted and not changed else "last"
    text = Reason(
        N_('In "{heading}" one number stands on several rows ({example}). What are these rows?'),
        {"heading": shape.heading, "example": example},
    )
    evidence: tuple[Reason, ...] = ()
    if differ:
        evidence = (Reason(N_("what differs in such rows: {headings}"), {"headings": ", ".join(differ[:6])}),)
    return proposed == "lines", [Question("repeats", text, OPTIONS, proposed, evidence)]


def what_differs(found: Found, heading: str) -> tuple[str, tuple[str, ...]]:
    """Return a number that repeats, and the headings that differ in at least a third of the numbers that do."""
    sample = found.sample.unique(maintain_order=True)
    frame = sample.with_columns(parse.tidy(sample[heading]).alias(NUMBER)).drop_nulls(NUMBER)
    groups = frame.group_by(NUMBER, maintain_order=True).agg(pl.all().n_unique(), _rows=pl.len())
    groups = groups.filter(pl.col("_rows") >= 2)
    if not groups.height:
        return "", ()
    names = [name for name in found.sample.columns if name not in (heading, NUMBER, "_line")]
    differ = tuple(name for name in names if int((groups[name] > 1).sum()) >= groups.height / 3)
    return f"{groups[NUMBER][0]} ×{groups['_rows'][0]}", differ
