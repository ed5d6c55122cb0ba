"""What a mapping must say beside its headings: order of day and month, decimal sign, currency, empty words, a row's key.

Each finder returns what it settled, or a question when the file settles nothing; an answer given before goes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import polars as pl

from pipelines.errors import N_
from pipelines.propose_headings import stems
from pipelines.propose_model import Found, Option, Question, Reason, Shape
from pipelines.propose_values import currencies_in
from pipelines.propose_words import EMPTY_LOOKING, OWN_ID
from pipelines.schema.staging import STAGED

KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deals": (("client_name", "phone", "email", "deal_name"), ("created_at", "product_name", "deal_name", "phone")),
    "clients": (("client_name", "phone", "email"), ("phone", "email", "region_name")),
    "tasks": (("task_name", "deal_id"), ("created_at", "due_at", "manager_name", "deal_id")),
    "invoices": (("deal_id", "client_id"), ("issued_on", "amount")),
}
"""By kind: the first of these that is there, then as many of those as it takes; all of them stay the same from week to
week, which a stage, an owner or an amount does not."""
SPELLINGS = ("RUB", "USD", "EUR", "KZT", "UAH", "BYN", "GBP")
THOUSANDS = re.compile(r"\bтыс|\bтр\b|\bт\.\s?р\b|\bthousands?\b|\bk\b|\bk\$|\$k\b|['’]000|\b000s\b")
MILLIONS = re.compile(r"\bмлн|\bмиллион|\bmillions?\b|\bmln\b|\bmio\b")
Headings = Mapping[str, str | None]


def mapped(found: Found, kind: str, headings: Headings, *forms: str) -> list[tuple[str, Shape]]:
    """Return the mapped columns that are parsed in one of the ways, with the shapes of their headings."""
    columns = STAGED[kind].columns
    pairs = [(ours, found.shape(heading)) for ours, heading in headings.items() if columns[ours] in forms]
    return [(ours, shape) for ours, shape in pairs if shape is not None]


def date_order(found: Found, kind: str, headings: Headings, answer: object) -> tuple[str | None, list[Question]]:
    """Settle the order of day and month for the columns that do not settle it themselves."""
    dates = [shape for _, shape in mapped(found, kind, headings, "moment", "day") if shape.order is not None]
    doubtful = [shape for shape in dates if shape.order == "?"]
    settled = {shape.order for shape in found.shapes if shape.order in ("dmy", "mdy") and shape.date > 0.6}
    if not doubtful:
        return next((shape.order for shape in dates), None), []
    if isinstance(answer, str):
        return answer, []
    if len(settled) == 1:
        return settled.pop(), []
    american = any("%p" in form for shape in doubtful for form in shape.formats)
    money = mapped(found, kind, headings, "money")
    american |= any("USD" in (*shape.currencies, *currencies_in([shape.heading])) for _, shape in money)
    proposed = "mdy" if american else "dmy"
    question = Question(
        "date_order",
        Reason(
            N_('Is {value} in "{heading}" written day first or month first?'),
            {"value": doubtful[0].samples[0], "heading": doubtful[0].heading},
        ),
        (Option("dmy", Reason(N_("day first"))), Option("mdy", Reason(N_("month first")))),
        proposed,
        (Reason(N_("no day above 12 stands in the file")),),
    )
    return proposed, [question]


def decimal_sign(
    found: Found, kind: str, headings: Headings, answer: object
) -> tuple[str | None, list[Question], list[Reason]]:
    """Settle the decimal sign of money where the amounts do not."""
    money = [shape for _, shape in mapped(found, kind, headings, "money") if shape.decimal is not None]
    signs = {shape.decimal for shape in money}
    settled = signs & {".", ","}
    if "both" in signs:
        names = ", ".join(shape.heading for shape in money if shape.decimal == "both")
        note = N_(
            'both "." and "," are decimal signs in {headings}: an amount that could be read two ways is set aside'
        )
        return None, [], [Reason(note, {"headings": names})]
    if "?" not in signs:
        return (settled.pop() if len(settled) == 1 else None), [], []
    if isinstance(answer, str):
        return answer, [], []
    if len(settled) == 1:
        return settled.pop(), [], []
    shape = next(one for one in money if one.decimal == "?")
    example = next(
        (value for value in (*shape.samples, *(v for v, _ in shape.counts)) if "." in value or "," in value), ""
    )
    # Money rarely has three digits after its decimal sign: what stands there is likelier to part thousands.
    proposed = "," if "." in example else "."
    question = Question(
        "decimal",
        Reason(N_('How is {value} in "{heading}" to be read?'), {"value": example, "heading": shape.heading}),
        (
            Option(proposed, Reason(N_("the sign in it parts thousands"))),
            Option("." if proposed == "," else ",", Reason(N_("the sign in it is the decimal sign"))),
        ),
        proposed,
        (Reason(N_("no amount in the file tells which sign is the decimal one")),),
    )
    return proposed, [question], []


def currency(found: Found, kind: str, headings: Headings, answer: object) -> tuple[str, str | None, list[Question]]:
    """Settle the currency: by signs in headings and cells; returns it, the column that names several, and a question."""
    money = mapped(found, kind, headings, "money")
    if not money or headings.get("currency"):
        return "", None, []
    if isinstance(answer, str):
        return answer, None, []
    seen = {code for _, shape in money for code in (*shape.currencies, *currencies_in([shape.heading]))}
    if len(seen) == 1:
        return seen.pop(), None, []
    if seen and kind == "deals":
        return "", money[0][1].heading, []
    options = [Option("", Reason(N_("the currency of the settings")))]
    options += [Option(code, Reason(code)) for code in SPELLINGS]
    text = Reason(N_('In which currency is "{heading}"?'), {"heading": money[0][1].heading})
    return (
        "",
        None,
        [Question("currency", text, tuple(options), "", (Reason(N_("neither heading nor cells name it")),))],
    )


def empty_words(found: Found, kind: str, headings: Headings) -> tuple[tuple[str, ...], list[Reason]]:
    """Find the words that mean "nothing here": they stand among dates or numbers, and nowhere among words."""
    words = [
        word
        for _, shape in mapped(found, kind, headings, "moment", "day", "money", "count")
        for word in shape.odd_words
    ]
    texts = [shape for _, shape in mapped(found, kind, headings, "text", "flag")]
    in_use = {value.casefold() for shape in texts for value, _ in shape.counts}
    known = [word for word in dict.fromkeys(words) if word.casefold() not in in_use]
    notes = [
        Reason(
            N_('"{word}" stands among dates or numbers, but means something elsewhere: such rows are set aside'),
            {"word": word},
        )
        for word in dict.fromkeys(words)
        if word.casefold() in in_use
    ]
    notes += [
        Reason(N_('"{word}" stands where others have a date or a number: it is taken for empty'), {"word": word})
        for word in known
        if word.casefold() not in EMPTY_LOOKING
    ]
    return (*known, *found.strange_totals), notes


def key_of(
    found: Found, kind: str, headings: Headings, answer: object
) -> tuple[tuple[str, ...], list[Question], list[Reason]]:
    """Choose headings that together name a row, for a table without identifiers."""
    if kind not in OWN_ID or headings.get(OWN_ID[kind]):
        return (), [], []
    if isinstance(answer, str) and answer:
        return tuple(part for part in answer.split(" + ") if part in found.headings), [], []
    if isinstance(answer, Sequence) and answer:
        return tuple(str(part) for part in answer if part in found.headings), [], []
    first, more = KEYS[kind]
    base = next((str(headings[ours]) for ours in first if headings.get(ours)), None)
    spare = [str(headings[ours]) for ours in more if headings.get(ours) and headings[ours] != base]
    if base is None:
        base, spare = (spare[0], spare[1:]) if spare else (None, [])
    if base is None:
        likely = [shape.heading for shape in found.shapes if shape.filled]
        if not likely:
            return (), [], [Reason(N_("no column can name the rows"))]
        base, spare = likely[0], likely[1:4]
    dated = kind == "deals" and headings.get("created_at") in spare
    start = (base, spare.pop(spare.index(str(headings["created_at"])))) if dated else (base,)
    tried = [(*start, *extra) for size in range(min(len(spare), 3) + 1) for extra in combinations(spare, size)]
    repeats = {key: repeated(found.sample, key) for key in tried}
    best = min(tried, key=lambda key: (repeats[key], len(key), tried.index(key)))
    told = Reason(N_("There are no numbers: a row is known by {key}."), {"key": " + ".join(best)})
    if repeats[best] == 0:
        return best, [], [told]
    question = Question(
        "key",
        Reason(N_("Which columns together name a row? There is no column of numbers.")),
        tuple(Option(" + ".join(key), Reason(N_("{n} rows would share a name"), {"n": repeats[key]})) for key in tried),
        " + ".join(best),
        (told,),
    )
    return best, [question], []


def repeated(sample: pl.DataFrame, key: Sequence[str]) -> int:
    """Count the rows of a sample whose key another row has too, exact repeats of a row left out."""
    if not set(key) <= set(sample.columns) or not sample.height:
        return 0
    rows = sample.unique(maintain_order=True).select(pl.col(name) for name in key)
    return rows.height - rows.unique().height


def joined(found: Found, kind: str, headings: Headings) -> dict[str, tuple[str, ...]]:
    """Find columns that are one thing in two: a day and its time of day, a given name and a surname."""
    pairs: dict[str, tuple[str, ...]] = {}
    taken = {heading for heading in headings.values() if heading}
    clocks = [shape for shape in found.shapes if shape.clock > 0.9 and shape.heading not in taken]
    for ours, shape in mapped(found, kind, headings, "moment"):
        near = next((clock for clock in clocks if 0 < clock.place - shape.place <= 2), None)
        if near is not None and not shape.with_time and set(stems(near.heading)) & {"врем", "tim", "time", "час"}:
            pairs[ours] = (shape.heading, near.heading)
            clocks.remove(near)
    spelt = {shape.heading.casefold().strip(): shape.heading for shape in found.shapes}
    for given, family in (("имя", "фамилия"), ("first name", "last name"), ("name", "surname")):
        one, two = spelt.get(given), spelt.get(family)
        used = headings.get("client_name") or headings.get("manager_name")
        ours = "manager_name" if kind == "managers" else "client_name"
        if one and two and used in (one, two, None) and ours in STAGED[kind].columns:
            pairs[ours] = (one, two)
    return pairs


def scales(found: Found, kind: str, headings: Headings) -> dict[str, float]:
    """Find amounts kept in thousands or millions, by what the heading says."""
    found_scales: dict[str, float] = {}
    for ours, shape in mapped(found, kind, headings, "money"):
        words = shape.heading.casefold()
        if THOUSANDS.search(words):
            found_scales[ours] = 1_000.0
        elif MILLIONS.search(words):
            found_scales[ours] = 1_000_000.0
    return found_scales


def leftover_dates(found: Found, kind: str, used: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of dates that are nothing else and whose headings do not speak of dates: stages, perhaps."""
    if kind != "deals":
        return ()
    taken = set(used)
    return tuple(
        shape.heading
        for shape in found.shapes
        if shape.heading not in taken
        and shape.date >= 0.9
        and not set(stems(shape.heading)) & {"дат", "date", "dat", "birth", "рожден", "рожд"}
    )
