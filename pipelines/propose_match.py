"""Which heading goes to which of our columns, and which kind of table it is.

Headings are assigned one to one by the best total (the Hungarian algorithm, written out: it is forty lines, and greedy
choice gives «Дата» to the wrong column when «Дата закрытия» could go nowhere else). Scores are squared before they are
added, so that one sure match outweighs two weak ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.errors import N_
from pipelines.profile import KINDS
from pipelines.propose_fit import by_values, fit
from pipelines.propose_headings import Likeness, likeness
from pipelines.propose_hints import hint, is_other_thing, speaks_of
from pipelines.propose_history import history_of
from pipelines.propose_labels import column_label
from pipelines.propose_model import ASK, LEAST, ColumnProposal, Found, Reason, Shape
from pipelines.propose_words import OWN_ID
from pipelines.schema.staging import STAGED, TARGETS

CLOSE = 0.08
CELLS = 0.75
"""How much of what the cells say is added to what the heading says."""
KNOWN_WORDS = 0.9
WORTH_ASKING = ("manager_name", "product_name")
"""Columns that are asked for although two headings fit them alike: too much is measured by them."""
TELLING: dict[str, tuple[tuple[str, ...], ...]] = {
    "deals": (
        ("stage_name", "outcome", "amount", "refusal_reason", "product_name", "channel_name", "expected_on"),
        ("stage_name", "outcome", "created_at", "closed_at", "expected_on", "refusal_reason", "deal_id"),
    ),
    "stages": (("entered_at",), ("stage_name",), ("deal_id",)),
    "calls": (
        ("from_phone", "to_phone"),
        ("talk_seconds", "total_seconds", "wait_seconds", "is_answered", "direction"),
    ),
    "costs": (("spend",), ("spent_on",)),
    "clients": (("client_name", "client_id"), ("phone", "email", "region_name", "client_id")),
    "managers": (("manager_name",), ("team_name", "hired_on", "left_on")),
    "products": (("product_name",), ("price", "category_name")),
    "tasks": (("task_name", "task_id"), ("due_at", "done_at")),
    "invoices": (("issued_on", "paid_on", "paid"), ("amount", "paid"), ("invoice_id",)),
    "plans": (("target",), ("month_on", "manager_name")),
}
"""For each kind, groups of columns: a table of the kind has, of each group, at least one under a heading that says so."""
MADE_UP = {"deal_id": 0.1, "client_id": 0.1, "task_id": 0.15, "invoice_id": 0.3, "metric_name": 0.1}
"""Required columns that a mapping can make up, and how much their absence speaks against the kind."""


@dataclass(frozen=True)
class Scored:
    """One kind tried on a sheet: its columns and how well it explains the sheet."""

    kind: str
    score: float
    columns: tuple[ColumnProposal, ...]


def score_of(kind: str, ours: str, shape: Shape) -> tuple[float, tuple[Reason, ...]]:
    """Weigh the words of a heading and its cells together; returns a confidence and the reasons for it."""
    suits = fit(kind, ours, shape)
    if suits == 0:
        return 0.0, ()
    said = heard_from(kind, ours, shape)
    shown, why = by_values(kind, ours, shape)
    named = said.strength >= KNOWN_WORDS or hint(kind, ours, shape.heading) >= 0.5
    only_date = ours == "created_at" and shape.earliest is None and shape.share_filled > 0.95
    if not named and not only_date and is_other_thing(ours, shape.heading):
        said, shown = replace(said, strength=0.3 * said.strength), 0.4 * shown
    if shape.running and ours == OWN_ID.get(kind) and said.strength < 0.9:
        return 0.0, ()
    if said.strength == 0:
        return (shown, (why,)) if why is not None and shown > 0 else (0.0, ())
    heard = said.strength * (0.55 + 0.45 * suits if suits >= 0.4 else 0.25 + 1.2 * suits)
    if why is not None and shown > 0:
        return min(0.99, 1 - (1 - heard) * (1 - CELLS * shown)), (said.reason, why)
    if shape.filled == 0:
        return heard, (said.reason, Reason(N_("it is empty in this file")))
    return heard, (said.reason,)


def heard_from(kind: str, ours: str, shape: Shape) -> Likeness:
    """Return what a heading says by its words, or hints at when they say less."""
    said, hinted = likeness(kind, ours, shape.heading), hint(kind, ours, shape.heading)
    if hinted > said.strength:
        return Likeness(hinted, Reason(N_("the wording of the heading hints at it")))
    return said


def assign(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """Assign each row a column of its own so that the total is greatest; None where nothing is worth it.

    The Hungarian algorithm with potentials, O(rows² · columns); every row has a spare column that scores nothing.
    """
    rows = len(scores)
    if rows == 0:
        return []
    real = len(scores[0])
    width = real + rows
    cost = [[-(value**2) for value in row] + [0.0] * rows for row in scores]
    by_row, by_column = [0.0] * (rows + 1), [0.0] * (width + 1)
    owner, way = [0] * (width + 1), [0] * (width + 1)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least = [float("inf")] * (width + 1)
        used = [False] * (width + 1)
        while True:
            used[column] = True
            here, delta, following = owner[column], float("inf"), 0
            for other in range(1, width + 1):
                if used[other]:
                    continue
                current = cost[here - 1][other - 1] - by_row[here] - by_column[other]
                if current < least[other]:
                    least[other], way[other] = current, column
                if least[other] < delta:
                    delta, following = least[other], other
            for other in range(width + 1):
                if used[other]:
                    by_row[owner[other]] += delta
                    by_column[other] -= delta
                else:
                    least[other] -= delta
            column = following
            if owner[column] == 0:
                break
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    chosen: list[int | None] = [None] * rows
    for column in range(1, real + 1):
        if owner[column] and scores[owner[column] - 1][column - 1] >= LEAST:
            chosen[owner[column] - 1] = column - 1
    return chosen


BY_PROFILE_ONLY = ("stage_entered_at", "is_gone")
"""Columns that no sheet kept by hand has been seen with: a guess would take the place of a likelier one."""


def match(found: Found, kind: str) -> Scored:
    """Try a kind on a sheet."""
    names = [name for name in STAGED[kind].columns if name not in BY_PROFILE_ONLY]
    shapes = found.shapes
    judged = [[score_of(kind, ours, shape) for shape in shapes] for ours in names]
    history = history_of(found)
    if history is not None and kind == "stages":
        at, place = names.index("stage_name"), found.headings.index(history.value)
        judged[at] = [(0.9, (history.reason,)) if other == place else (0.0, ()) for other in range(len(shapes))]
    scores = [[one[0] for one in row] for row in judged]
    chosen = assign(scores)
    taken = {place for place in chosen if place is not None}
    columns: list[ColumnProposal] = []
    for at, (ours, place) in enumerate(zip(names, chosen, strict=True)):
        ranked = sorted(((score, -other) for other, score in enumerate(scores[at]) if score >= LEAST), reverse=True)
        runners = tuple((shapes[-other].heading, round(score, 3)) for score, other in ranked if -other != place)[:3]
        if place is None:
            columns.append(ColumnProposal(ours, None, runners_up=runners))
            continue
        sure, reasons = judged[at][place]
        rival = max((scores[at][-other] for _, other in ranked if -other not in taken), default=0.0)
        unsaid = heard_from(kind, ours, shapes[place]).strength == 0
        if rival >= sure - CLOSE and unsaid and ours not in WORTH_ASKING:
            columns.append(
                ColumnProposal(ours, None, runners_up=((shapes[place].heading, round(sure, 3)), *runners)[:3])
            )
            continue
        if rival >= sure - CLOSE:
            sure = min(sure, ASK - 0.05)
            reasons = (*reasons, Reason(N_("another heading speaks for it as much")))
        free = [i for i, other in enumerate(chosen) if other is None]
        pulled = max(((scores[i][place], names[i]) for i in free if i != at), default=(0.0, ""))
        if pulled[0] >= sure - CLOSE / 2 and sure >= ASK:
            sure = min(sure, ASK - 0.02)
            reasons = (
                *reasons,
                Reason(N_("the heading speaks as much for {column}"), {"column": column_label(pulled[1])}),
            )
        columns.append(
            ColumnProposal(ours, shapes[place].heading, round(sure, 3), reasons, shapes[place].samples, runners)
        )
    columns = alone_is_target(columns) if kind == "plans" else columns
    total = _score(kind, found, columns) + (0.0 if history is None else 0.4 if kind == "stages" else -0.3)
    return Scored(kind, round(total, 4), tuple(columns))


def alone_is_target(columns: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    """Make the one number that a table plans its plan, whatever it is of: what is planned is asked beside it."""
    by_name = {column.ours: column for column in columns}
    other = next((by_name[name] for name in TARGETS if by_name[name].heading), None)
    if by_name["target"].heading or other is None:
        return list(columns)
    by_name["target"] = replace(other, ours="target")
    by_name[other.ours] = ColumnProposal(other.ours, None)
    return [by_name[column.ours] for column in columns]


def _score(kind: str, found: Found, columns: Sequence[ColumnProposal]) -> float:
    """Say how well a kind explains a sheet: how many of its headings, with what is missing taken off."""
    by_name = {column.ours: column for column in columns}
    telling = {ours for group in TELLING[kind] for ours in group}
    total = sum(column.confidence**2 * (1.3 if column.ours in telling else 1.0) for column in columns)
    filled = sum(shape.filled > 0 for shape in found.shapes)
    score = total / max(1, filled)
    for ours in STAGED[kind].required:
        if by_name[ours].confidence < 0.4:
            score -= MADE_UP.get(ours, 0.4)
    if "money" not in STAGED[kind].columns.values() and any(is_price(shape) for shape in found.shapes):
        score -= 0.2
    for group in TELLING[kind]:
        if all(by_name[ours].confidence < 0.45 for ours in group):
            score -= 0.3
    if any(speaks_of(kind, shape.heading) for shape in found.shapes):
        score += 0.12
    return score + (0.05 if kind == "deals" else 0.0)


def is_price(shape: Shape) -> bool:
    """Tell a column that is money and nothing else: with a sign of a currency, with cents, or in whole hundreds."""
    if shape.money < 0.95 or shape.running or shape.phone > 0.3 or shape.date > 0.3:
        return False
    return bool(shape.currencies) or shape.decimal is not None or all(value.endswith("00") for value in shape.samples)


def match_all(found: Found) -> list[Scored]:
    """Try every kind, best first; kinds that explain a sheet equally well stand in the usual order."""
    tried = [match(found, kind) for kind in KINDS]
    return sorted(tried, key=lambda one: (-one.score, KINDS.index(one.kind)))
