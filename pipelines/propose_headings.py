"""How much a heading speaks for one of our columns by its words alone, in Russian or English.

Stemming is light, endings only: people head a column «Дата создания заявки», «Создана» or «дата созд.» and mean the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz

from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.profile import shipped_profiles
from pipelines.propose_model import Reason
from pipelines.propose_words import OWN_ID, STOP, phrases

KNOWN, USUAL, SIMILAR = 0.95, 0.93, 0.9
CALLED_SO = N_("it is usually called so")
COMMON_STEMS = "дат номер врем назван им id no n date time name number numb № # сделк deal сумм тип type код cod value"
GENERIC = frozenset((COMMON_STEMS + " клиент client custom статус status").split())
BESIDE = 0.6
"""What a word beside the head of a heading weighs when nothing matches it."""
QUESTION_STEMS = "что кто как где куд откуд когд почем чем чег какой на who what how when wher why"
ASKING = frozenset(QUESTION_STEMS.split())
UNIT_STEMS = "тыс млн руб рубл р rub usd eur kzt сек мин шт sec min pcs thous k"
UNITS = frozenset(UNIT_STEMS.split())
NUMBERS = dict.fromkeys(("номер", "#", "no", "number", "num", "nr", "ref", "reference"), "№")
ENDINGS = re.compile(
    r"(ировани[еяй]|ениями|ении|ения|ение|ений|ого|ему|ому|ыми|ими|ами|ями|иях|ях|ах|ов|ев|ей|ой|ый|ий|ая|яя|ое|ее|ые|ие|ую|"
    r"юю|ом|ем|ам|ям|ию|ия|ии|ла|ло|ли|ны|на|но|а|я|о|е|ы|и|у|ю|ь|й)$"
)
ENGLISH_ENDINGS = re.compile(r"(ings?|ied|ies|ers?|ed|es|s|e)$")


@dataclass(frozen=True)
class Likeness:
    """How strongly a heading's words speak for a column (0…1), and why."""

    strength: float
    reason: Reason


NOTHING = Likeness(0.0, Reason(N_("the heading says nothing")))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut the ending off a word; short words stay as they are."""
    if len(word) <= 3:
        return word
    endings = ENDINGS if re.search("[а-я]", word) else ENGLISH_ENDINGS
    cut = endings.sub("", word)
    return cut if len(cut) >= 3 else word[: max(3, len(word) - 1)]


@lru_cache(maxsize=65_536)
def stems(heading: str) -> tuple[str, ...]:
    """Return the stems of a heading's telling words, units and small words left out."""
    spread = re.sub(r"([a-zа-яё0-9])([A-ZА-ЯЁ])", r"\1 \2", heading)
    words = [
        NUMBERS.get(word) or stem(word) for word in re.findall(r"[^\W_]+|№|#", fold_heading(spread)) if word not in STOP
    ]
    telling = [word for word in words if word not in UNITS]
    return tuple(dict.fromkeys(telling or words))


def weight(word: str) -> float:
    """Weigh a stem: words that stand in many headings say little, and question words hardly anything."""
    if word in ASKING:
        return 0.3
    return 0.45 if word in GENERIC or word.isdigit() else 1.0


@cache
def known_headings(kind: str) -> dict[str, dict[str, tuple[float, str]]]:
    """Collect the headings that the shipped profiles map: our column → folded heading → strength and the system it is of.

    The system is empty for a heading of plain sheets, which is everybody's.
    """
    known: dict[str, dict[str, tuple[float, str]]] = {}
    for profile in shipped_profiles():
        for table in profile.table:
            if table.kind != kind or table.records is not None:
                continue
            strength = KNOWN if profile.name == "sheet" else SIMILAR
            for ours, column in table.columns.items():
                for heading in column.headings:
                    here = known.setdefault(ours, {})
                    folded = fold_heading(heading)
                    if here.get(folded, (0.0, ""))[0] < strength:
                        here[folded] = (strength, "" if profile.name == "sheet" else profile.title)
    return known


@lru_cache(maxsize=262_144)
def likeness(kind: str, ours: str, heading: str) -> Likeness:
    """Judge a heading's words against one of our columns."""
    folded = fold_heading(heading).strip(" :?!*.")
    known = known_headings(kind).get(ours, {}).get(folded)
    if known is not None:
        strength, system = known
        told = Reason(N_("a known heading ({system})"), {"system": system}) if system else Reason(CALLED_SO)
        return Likeness(strength, told)
    have = stems(heading)
    best, nearest = 0.0, ""
    for phrase in phrases(kind, ours):
        if folded == phrase:
            return Likeness(KNOWN, Reason(CALLED_SO))
        alike = overlap(have, stems(phrase))
        if alike > best:
            best, nearest = alike, phrase
    if best >= 0.999:
        return Likeness(USUAL, Reason(CALLED_SO))
    if kind == "deals" and ours == OWN_ID[kind] and best < 0.75 and set(have) & {"№", "id", "код", "code"}:
        return Likeness(0.62, Reason(N_("the heading speaks of numbers")))
    if best < 0.45:
        return NOTHING
    if ours == "funnel_name" and not set(have) & {"воронк", "pipelin", "funnel"}:
        best *= 0.7  # a «направление» of its own may be a product
    near = {"phrase": nearest}
    return Likeness(SIMILAR * best, Reason(N_('it resembles "{phrase}"'), near))


@lru_cache(maxsize=262_144)
def overlap(have: tuple[str, ...], want: tuple[str, ...]) -> float:
    """Return the weighted harmonic mean of how much of each side's words the other holds."""
    if not have or not want:
        return 0.0
    alike = [max(same(one, two) for two in want) for one in have]
    head = 0 if re.search("[а-я]", have[0]) else len(have) - 1  # «Причина слива», but "loss reason"
    weights = [weight(one) * (1.0 if at == head or alike[at] else BESIDE) for at, one in enumerate(have)]
    shared_have = sum(by * likely for by, likely in zip(weights, alike, strict=True))
    shared_want = sum(weight(two) * max(same(one, two) for one in have) for two in want)
    recall = shared_have / sum(weights)
    precision = shared_want / sum(map(weight, want))
    if precision < 1 and recall == 1 and all(weight(word) < 1 for word in have):
        precision *= 0.5  # «Deal» is no «deal value»: the word that tells is missing
    return 2 * recall * precision / (recall + precision) if recall and precision else 0.0


@lru_cache(maxsize=262_144)
def same(one: str, two: str) -> float:
    """Tell how far two stems are one word: equal, one the beginning of the other, or a slip of a letter."""
    if one == two:
        return 1.0
    short, long = sorted((one, two), key=len)
    if len(short) >= 4 and long.startswith(short):
        return (0.95 if re.search("[а-я]", short) else 0.85) if len(long) - len(short) <= 3 else 0.7
    if len(short) == 3 and len(long) >= 6 and long.startswith(short) and re.search("[а-я]", short):
        return 0.75  # «моб.», «отв.»
    if len(short) >= 5 and fuzz.ratio(one, two) >= 82:
        return 0.85
    return 0.0
