"""How well the cells of a heading fit one of our columns, and what they say by themselves when the heading says nothing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.errors import N_
from pipelines.parse_days import months
from pipelines.propose_hints import hint
from pipelines.propose_meanings import meaning_of, spoken
from pipelines.propose_model import Reason, Shape
from pipelines.propose_values import PERSON, currencies_in
from pipelines.propose_words import CHANNELS, COMPANY, OWN_ID, REGIONS
from pipelines.schema.staging import STAGED

IDENTIFIERS = ("deal_id", "client_id", "task_id", "invoice_id", "call_id")
LISTS = ("product_name", "team_name", "funnel_name", "campaign_name", "region_name", "channel_name", "category_name")

Guess = tuple[float, Reason | None]
NOTHING: Guess = (0.0, None)


def fit(kind: str, ours: str, shape: Shape) -> float:
    """Return how well cells suit a column: 0 forbids it, 1 is what is expected there."""
    form = STAGED[kind].columns[ours]
    if shape.filled == 0:
        return 0.35
    if form == "money":
        return 0.0 if shape.money < 0.6 else (0.4 if shape.running or shape.phone > 0.8 else 0.6 + 0.4 * shape.money)
    if ours == "month_on" and shape.samples and (months(pl.Series(shape.samples)) != pl.Series(shape.samples)).all():
        return 1.0
    if form in ("moment", "day"):
        return 0.0 if shape.date < 0.6 else _date(ours, shape)
    if form == "count":
        return 0.0 if shape.money < 0.7 or shape.date > 0.3 else 0.7 + 0.3 * shape.whole
    if form == "seconds":
        return 0.0 if max(shape.clock, shape.money) < 0.7 or shape.daytime > 0.5 else 1.0
    if form == "flag":
        spoken_for = spoken(ours, shape)
        return 1.0 if shape.flag >= 0.95 or spoken_for >= 0.6 else (0.5 if shape.few and shape.unique <= 12 else 0.0)
    if ours in ("phone", "from_phone", "to_phone"):
        return _phone(ours, shape)
    if ours == "email":
        return 0.0 if shape.email < 0.5 else shape.email
    return _text(kind, ours, shape)


def _date(ours: str, shape: Shape) -> float:
    if ours in ("closed_at", "done_at", "paid_on", "left_on"):
        return 0.4 if shape.earliest else (1.0 if shape.share_filled < 0.98 else 0.85)
    if ours in ("created_at", "started_at", "spent_on", "entered_at", "issued_on", "hired_on", "month_on"):
        return 0.3 if shape.earliest is False else (1.0 if shape.share_filled >= 0.9 else 0.75)
    return 0.95


def _phone(ours: str, shape: Shape) -> float:
    if ours == "from_phone" and shape.unique == 1 and shape.rows >= 3:
        return 0.4
    if shape.phone >= 0.5:
        return 0.5 + 0.5 * shape.phone
    if ours == "phone" or shape.date > 0.3:
        return 0.0
    return 0.8 if shape.whole >= 0.8 and shape.length <= 6 else 0.0  # an extension inside the company


def _text(kind: str, ours: str, shape: Shape) -> float:
    if shape.date > 0.6 or shape.email > 0.6:
        return 0.0
    if ours in IDENTIFIERS:
        return _identifier(kind, ours, shape)
    if ours == "currency":
        return 1.0 if shape.few and shape.length <= 8 and shape.money < 0.5 and shape.unique <= 8 else 0.1
    numeric = shape.money > 0.6
    if ours == "metric_name" and numeric:
        return 0.0  # a number beside a number is another plan
    if shape.phone > 0.5 and shape.letters < 0.5:
        return 0.1
    if ours in ("stage_name", "outcome", "direction"):
        if numeric and shape.flag < 0.9:
            return 0.3 if shape.few and ours == "stage_name" else 0.0
        if ours == "outcome":
            return 1.0 if shape.flag >= 0.9 or spoken(ours, shape) >= 0.5 else (0.7 if shape.few else 0.2)
        return 1.0 if shape.few and shape.flag < 0.9 else (0.5 if shape.unique <= 15 else 0.15)
    if numeric:
        return 0.15 if shape.money > 0.9 else 0.4
    if ours == "refusal_reason":
        return 1.0 if shape.share_filled < 0.95 else 0.6
    if ours == "manager_name":
        if _companies(shape) >= 0.5:
            return 0.2
        return 1.0 if shape.few or (shape.person >= 0.6 and shape.share_unique < 0.8) else 0.65
    if ours == "region_name" and spoken("outcome", shape) >= 0.5:
        return 0.2  # a "State" that is won or lost
    if ours in LISTS:
        return 0.4 if shape.person > 0.6 else (1.0 if shape.few else 0.6)
    if ours == "deal_name" and shape.identifier > 0.95 and shape.rows >= 3:
        return 0.3
    if ours == "deal_name" and (shape.person > 0.7 or shape.share_unique <= 0.5):
        return 0.2 if shape.person > 0.7 else 0.6
    if ours == "client_name" and shape.few and shape.share_unique <= 0.5 and _companies(shape) < 0.5:
        return 0.6
    if ours in ("client_name", "deal_name", "product_name", "task_name"):
        return 1.0 if shape.share_unique > 0.3 else 0.8
    return 0.9


def _identifier(kind: str, ours: str, shape: Shape) -> float:
    own = ours == OWN_ID.get(kind)
    if shape.phone > 0.8 and shape.length >= 11:
        return 0.1
    if own:
        if shape.heads and kind == "deals":
            return 0.95
        if shape.share_unique < 0.98 or shape.share_filled < 0.9:
            return 0.55 if shape.identifier > 0.9 and shape.share_unique > 0.4 else 0.1
        return 0.1 if shape.running else (1.0 if shape.identifier > 0.9 else 0.45)
    if kind == "stages" and ours == "deal_id" and shape.share_unique > 0.95 and shape.rows >= 5:
        return 0.3
    return 1.0 if shape.identifier > 0.9 else (0.6 if shape.letters > 0.5 else 0.4)


def _touches(shape: Shape, words: Sequence[str]) -> float:
    """Return the share of the rows whose value begins with, or is, one of the words."""
    values = shape.counts or tuple((value, 1) for value in shape.samples)
    hits = sum(
        count
        for value, count in values
        if any(f" {value.casefold()} ".startswith((f" {word}", f'"{word}')) for word in words)
    )
    return hits / max(1, sum(count for _, count in values))


def _companies(shape: Shape) -> float:
    """Return the share of the sample values that carry a company's legal form."""
    named = [
        "«" in value or any(word.strip('."«»,').casefold() in COMPANY for word in value.split())
        for value in shape.samples
    ]
    return sum(named) / max(1, len(named))


def _staff(shape: Shape) -> float:
    """Return how far the values are names of a few people who turn up again and again."""
    if not shape.few or shape.share_filled <= 0.5 or shape.share_unique > 0.5 or _companies(shape) > 0.3:
        return 0.0
    capitals = sum(PERSON.match(value) is not None for value, _ in shape.counts) / max(1, len(shape.counts))
    return max(shape.person, 0.75 if capitals == 1 and shape.unique >= 2 and shape.person >= 0.25 else 0.0)


def is_list(shape: Shape) -> bool:
    """Tell a column of a few names of things: neither people nor places nor words for how a deal stands."""
    if not shape.few or shape.letters < 0.9 or shape.flag > 0.5 or shape.phone > 0.3 or shape.share_filled < 0.6:
        return False
    known = max(shape.person, _touches(shape, CHANNELS), _touches(shape, REGIONS), spoken("outcome", shape))
    return known < 0.5 and shape.unique >= 2 and shape.length >= 3


def by_values(kind: str, ours: str, shape: Shape) -> Guess:
    """Return what the cells alone say for a column (0…1), and why; most columns cannot be told so."""
    if shape.filled < 2:
        return NOTHING
    if ours == "email" and shape.email >= 0.9:
        return 0.9, Reason(N_("the cells are mail addresses"))
    if ours in ("phone", "from_phone", "to_phone") and shape.phone >= 0.9:
        return _phones_alone(ours, shape)
    if ours in ("created_at", "closed_at", "started_at", "spent_on", "issued_on", "paid_on", "entered_at", "month_on"):
        return _days_alone(kind, ours, shape)
    if ours == "is_answered" and shape.flag >= 0.95 and shape.unique == 2:
        return 0.5, Reason(N_("the cells say yes or no"))
    if kind == "stages" and ours == "deal_id":
        many = shape.identifier > 0.9 and 0.02 < shape.share_unique < 0.8 and shape.place <= 2 and shape.date < 0.3
        return (0.45 if many else 0.0), Reason(N_("the numbers stand on several rows"))
    if ours == OWN_ID.get(kind):
        return _own_number(kind, shape)
    if kind == "invoices" and ours == "paid":
        fits = shape.money >= 0.95 and not shape.largest and not shape.running and shape.phone < 0.5
        return (0.4 if fits else 0.0), Reason(N_("the cells are amounts of money"))
    if ours in ("amount", "spend", "target", "price"):
        return _money_alone(kind, shape)
    if ours in ("stage_name", "outcome") and kind == "deals" and shape.few and shape.unique <= 30:
        return _standing_alone(ours, shape)
    if ours == "refusal_reason" and kind == "deals" and shape.follows and shape.letters > 0.8 and shape.date < 0.3:
        return 0.55, _filled_only(shape)
    if ours == "product_name" and kind == "deals":
        sure = 0.36 if is_list(shape) and not hint(kind, "manager_name", shape.heading) else 0.0
        return sure, Reason(N_("the cells are a list to choose from"))
    return _names_alone(ours, shape)


def _filled_only(shape: Shape) -> Reason:
    return Reason(N_('it is filled only at certain words of "{state}"'), {"state": shape.follows[0]})


def _phones_alone(ours: str, shape: Shape) -> Guess:
    """Tell the client's phone from the company's own line, which is the same on every row."""
    alone = shape.unique == 1 and shape.rows >= 3
    plain = all(value.isdigit() and not (len(value) == 11 and value[0] in "78") for value in shape.samples)
    sure = (0.5 if plain else 0.8) if ours == "phone" else (0.5 if alone == (ours == "to_phone") else 0.3)
    return sure, Reason(N_("the cells are phone numbers"))


def _days_alone(kind: str, ours: str, shape: Shape) -> Guess:
    """Tell the day a thing began from the day it ended: the first is always there and never after another."""
    if shape.date < 0.95:
        return NOTHING
    is_end = ours in ("closed_at", "paid_on")
    if shape.follows and shape.earliest is not True and is_end:
        return 0.6, _filled_only(shape)
    first = shape.earliest is not False and shape.share_filled > 0.95
    lead = (0.3 if shape.earliest else 0.42) if is_end else (0.55 if first else 0.4)
    lead = 0.3 if kind == "tasks" else lead
    lead = 0.2 if shape.follows and ours == "created_at" else lead
    return lead, Reason(N_("the cells are dates"))


def _own_number(kind: str, shape: Shape) -> Guess:
    """Tell a thing's own number: never empty, never twice, among the first columns; of a deal, also one its rows share."""
    only = min(shape.share_unique, shape.share_filled, shape.identifier) > 0.99 and shape.place <= 1
    plain = shape.decimal is None and not shape.currencies and shape.date < 0.3 and shape.phone < 0.5
    if kind == "deals" and shape.heads and plain and shape.letters + shape.whole > 0.9:
        return 0.5, Reason(N_("rows with one number agree in: {same}"), {"same": ", ".join(shape.heads[:3])})
    fits = only and plain and not shape.running and shape.email < 0.5
    return ((0.5 if kind == "deals" else 0.3) if fits else 0.0), Reason(N_("the values never repeat"))


def _money_alone(kind: str, shape: Shape) -> Guess:
    """Tell the amount from other numbers: a currency says so, else it is large, varied, and numbers no rows."""
    if shape.money >= 0.95 and currencies_in([shape.heading]):
        return 0.7, Reason(N_("the heading names a currency"))
    numbers = shape.whole > 0.99 and shape.share_unique > 0.99 and shape.place <= 1
    likely = shape.money >= 0.95 and shape.length >= 3 and not shape.running and shape.phone < 0.5 and not numbers
    if not likely or not (shape.currencies or shape.share_unique > 0.3):
        return NOTHING
    # Impressions are larger than what they cost, but nobody writes them with kopecks.
    largest = shape.largest or (kind == "costs" and shape.decimal is not None)
    sure = (0.68 if shape.currencies else 0.5) if largest else 0.3
    sure = 0.0 if kind in ("stages", "calls", "tasks") else sure
    return sure, Reason(N_("the cells are amounts of money"))


def _standing_alone(ours: str, shape: Shape) -> Guess:
    """Tell the stage from the outcome: an outcome has words for ends alone."""
    share = spoken("outcome", shape)
    ends_only = {meaning_of(word)[0] for word, _ in shape.counts} <= {"won", "lost", "junk"}
    sure = (0.55 if ends_only == (ours == "outcome") else 0.4) * share if share >= 0.4 else 0.0
    if ours == "outcome" and shape.unique <= 4 and shape.flag >= 0.5 and sure < 0.45:
        return 0.42, Reason(N_("the cells say yes or no"))
    if shape.leads and sure < 0.45:
        told = {"others": ", ".join(shape.leads[:3])}
        return 0.45, Reason(N_("its words decide whether another column is filled: {others}"), told)
    return sure, Reason(N_("the cells are words for how a deal stands"))


def _names_alone(ours: str, shape: Shape) -> Guess:
    """Tell names by what they name: sources of clients, places, people who repeat, clients who hardly do."""
    if shape.letters <= 0.8 or shape.date >= 0.3:
        return NOTHING
    match ours:
        case "channel_name":
            found, top, reason = _touches(shape, CHANNELS), 0.52, Reason(N_("the cells name sources of clients"))
        case "region_name":
            found, top, reason = _touches(shape, REGIONS), 0.5, Reason(N_("the cells name places"))
        case "manager_name":
            found, top, reason = _staff(shape), 0.5, Reason(N_("the cells are names of people that repeat"))
        case "client_name":
            found = max(_companies(shape), 0.0 if shape.few else shape.person)
            top, reason = 0.5, Reason(N_("the cells are names that hardly repeat"))
        case _:
            return NOTHING
    return (top * found if found >= 0.5 else 0.0), reason
