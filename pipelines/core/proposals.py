"""Names that may be one: proposed with the reason and the line of settings that would join them, and never joined unasked.

``[same]`` in settings.toml is the only thing that makes two spellings one name beyond what looks the same.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.core.names import PROPOSED_FOR, Names, counted, fold_name, spellings
from pipelines.errors import N_
from pipelines.staged import StagedTable

PROPOSED = {
    "thing": pl.String(),
    "name": pl.String(),
    "other": pl.String(),
    "rows": pl.Int64(),
    "score": pl.Float64(),
    "why": pl.String(),
    "setting": pl.String(),
}
SAME_LETTERS = N_("the same letters and figures")
INITIALS = N_("the same surname, and initials that fit")
SPELT_ALIKE = N_("spelt almost the same")
MOST_COMPARED = 1500
"""Names of one thing that are compared letter by letter; the first two reasons are looked for among all."""
MOST_PROPOSED = 200
NEAR = 88.0
SHORTEST = 5
"""Shorter names differ by a letter too easily: «Окна» and «Окно» may be two products."""
PEOPLE = ("manager",)
Pair = tuple[str, str, float, str]


def proposals(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return pairs of names that may be one, the surest first: ``other`` would be shown as ``name``, the one used more."""
    lines: list[dict[str, object]] = []
    for thing in PROPOSED_FOR:
        found = list(pairs(names.known(thing), is_person=thing in PEOPLE))
        uses = counted(list(spellings(staged, thing)), {word for pair in found for word in pair[:2]})
        for one, two, score, why in found:
            name, other = sorted((one, two), key=lambda word: (-uses[word], word))
            setting = f"[same.{thing}]\n{_quoted(name)} = [{_quoted(other)}]"
            line = {"thing": thing, "name": name, "other": other, "rows": uses[other], "score": score, "why": why}
            lines.append(line | {"setting": setting})
    order = ["thing", "score", "name", "other"]
    return pl.DataFrame(lines, schema=PROPOSED).sort(order, descending=[False, True, False, False]).head(MOST_PROPOSED)


def _quoted(text: str) -> str:
    """Write a TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def pairs(known: Sequence[str], *, is_person: bool) -> Iterator[Pair]:
    """Yield pairs of different names that may be one, each once, with how sure that is (0…100) and why."""
    seen: set[tuple[str, str]] = set()
    ways: list[Iterable[Pair]] = [same_letters(known)]
    if is_person:
        ways.append(fitting_initials(known))
    ways.append(spelt_alike(known))
    for one, two, score, why in (pair for way in ways for pair in way):
        key = (min(one, two), max(one, two))
        if key not in seen:
            seen.add(key)
            yield *key, score, why


def same_letters(known: Sequence[str]) -> Iterator[Pair]:
    """Names that differ only in signs and spaces between their letters, or in the alphabet of look-alikes: GTXPro, GTX Pro."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in known:
        squeezed = re.sub(r"[\W_]", "", fold_name(name)).translate(str.maketrans("авсенкмортху", "abcehkmoptxy"))
        if squeezed:
            groups[squeezed].append(name)
    for group in groups.values():
        yield from ((one, two, 100.0, SAME_LETTERS) for one, two in combinations(sorted(group), 2))


def fitting_initials(known: Sequence[str]) -> Iterator[Pair]:
    """Persons of one surname whose other words are the same or fit as initials: «Петров П.П.», «Пётр Петров», «Петров Пётр»."""
    by_surname: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for name in known:
        words = re.findall(r"[^\W\d_]+", fold_name(name))
        whole = [word for word in words if len(word) > 2]
        # Which word is the surname is not told: «Пётр Петров» stands under both.
        for surname in dict.fromkeys(whole):
            by_surname[surname].append((name, [word for word in words if word != surname]))
    for people in by_surname.values():
        for (one, firsts), (two, others) in combinations(people, 2):
            is_told = (
                any(len(word) <= 2 for word in (*firsts, *others)) or len(firsts) != len(others) or firsts == others
            )
            if one != two and firsts and others and is_told and initials_fit(firsts, others):
                yield one, two, 95.0, INITIALS


def initials_fit(one: Sequence[str], two: Sequence[str]) -> bool:
    """Tell whether given names and initials may be those of one person: in order, each begins as the other's does."""
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(one, two, strict=False))


def spelt_alike(known: Sequence[str]) -> Iterator[Pair]:
    """Names that differ by a letter or two, with the same figures in them: «Кузнецова Анна», «Кузнецва Анна»."""
    folded = {name: fold_name(name) for name in known[:MOST_COMPARED] if len(name) >= SHORTEST}
    names = list(folded)
    for at, name in enumerate(names[:-1]):
        rest = {other: folded[other] for other in names[at + 1 :]}
        for _, score, other in process.extract(folded[name], rest, scorer=fuzz.ratio, score_cutoff=NEAR, limit=5):
            if re.findall(r"\d+", folded[name]) == re.findall(r"\d+", folded[other]):
                yield name, other, round(float(score), 1), SPELT_ALIKE
