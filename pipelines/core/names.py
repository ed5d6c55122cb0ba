"""One name per person and per product: spellings that look the same are one, others only when the user's settings say so.

Two spellings are one name when they differ by nothing but Unicode form, spaces, case, ё or letters that look alike in the
Latin and the Russian alphabet. The folded form is for matching only; what is shown is the spelling used most.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl

from pipelines import parse
from pipelines.errors import N_
from pipelines.headings import find_heading
from pipelines.staged import StagedTable

COLUMN_OF = {
    "manager": "manager_name",
    "product": "product_name",
    "channel": "channel_name",
    "region": "region_name",
    "client": "client_name",
    "team": "team_name",
    "campaign": "campaign_name",
    "reason": "refusal_reason",
    "funnel": "funnel_name",
    "stage": "stage_name",
}
PROPOSED_FOR = (N_("manager"), N_("product"), N_("channel"), N_("region"), N_("team"), N_("campaign"), N_("reason"))
FOLDED = (*PROPOSED_FOR, N_("funnel"), N_("stage"))
"""Clients are left out: two firms may bear one name, so a client is known by id, phone and mail."""
BY_SPELLING = N_("the same but for case, spaces, ё or look-alike letters")
BY_SETTINGS = N_("settings.toml says so")
MERGED = {
    "thing": pl.String(),
    "spelling": pl.String(),
    "shown_as": pl.String(),
    "rows": pl.Int64(),
    "rule": pl.String(),
}
LATIN, RUSSIAN = "abcehkmoptxy", "авсенкмортху"
TO_RUSSIAN = str.maketrans(LATIN, RUSSIAN)
TO_LATIN = str.maketrans(RUSSIAN, LATIN)
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00]")
WORD = re.compile(r"[^\W\d_]+")
ONE_SCRIPT = re.compile(r"[a-z]"), re.compile(r"[а-я]")


@lru_cache(maxsize=262_144)
def fold_name(name: str) -> str:
    """Fold a name for comparison: NFKC, case, spaces, ё, and look-alike letters of the other alphabet within a word.

    A word that mixes alphabets takes the one its unmistakable letters belong to; a word of look-alikes only takes the
    alphabet of the rest of the name. «Tom» and «Том» stay two names.
    """
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", name)).casefold().replace("ё", "е")
    plain = " ".join(plain.split())
    if not (ONE_SCRIPT[0].search(plain) and ONE_SCRIPT[1].search(plain)):
        return plain
    latin, russian = (bool(script.search(_unmistakable(plain))) for script in ONE_SCRIPT)
    return WORD.sub(lambda word: _one_alphabet(word[0], russian, latin), plain)


def _unmistakable(word: str) -> str:
    return "".join(letter for letter in word if letter not in LATIN and letter not in RUSSIAN)


def _one_alphabet(word: str, name_is_russian: bool, name_is_latin: bool) -> str:
    latin, russian = (bool(script.search(_unmistakable(word))) for script in ONE_SCRIPT)
    if latin == russian:
        mixed = all(script.search(word) for script in ONE_SCRIPT)
        if latin or name_is_latin == name_is_russian:
            return word.translate(TO_RUSSIAN) if mixed and not latin else word
        russian = name_is_russian
    return word.translate(TO_RUSSIAN) if russian else word.translate(TO_LATIN)


class Names:
    """Which spellings are one name: those that fold to the same, and those the settings' ``[same]`` join.

    ``[same] product = {"GTX Pro" = ["GTXPro"]}``; the spelling that settings give goes before the one used most.
    """

    def __init__(self, same: Mapping[Any, Mapping[str, Sequence[str]]], staged: Sequence[StagedTable] = ()) -> None:
        self._settings = {
            thing: {fold_name(word): name for name, others in words.items() for word in (name, *others)}
            for thing, words in same.items()
        }
        self._shown: dict[str, dict[str, str]] = {thing: {} for thing in COLUMN_OF}
        self.rows: dict[str, Counter[str]] = {thing: Counter() for thing in COLUMN_OF}
        for thing in COLUMN_OF:
            if thing in FOLDED or self._settings.get(thing):
                self._learn(thing, list(spellings(staged, thing)))

    def _learn(self, thing: str, columns: Sequence[pl.Series]) -> None:
        """Choose what each folded name is shown as; rows are counted only where spellings meet, because logs are long."""
        groups: dict[str, set[str]] = {}
        for word in sorted({word for column in columns for word in column.unique().to_list() if word}):
            groups.setdefault(fold_name(word), set()).add(word)
        several = [word for words in groups.values() if len(words) > 1 for word in words]
        wanted = {*several, *(w for f, words in groups.items() if f in self._settings.get(thing, {}) for w in words)}
        self.rows[thing] = counted(columns, wanted)
        for folded, words in groups.items():
            most = max(sorted(words), key=lambda word: self.rows[thing][word])
            self._shown[thing][folded] = self._settings.get(thing, {}).get(folded, most)

    def known(self, thing: str) -> list[str]:
        """Return the names of a thing as they are shown."""
        return sorted(set(self._shown[thing].values()))

    def shown(self, thing: str, word: str) -> str:
        """Return the name that a spelling stands for; an unheard-of one stands for itself from now on."""
        if thing not in FOLDED and not self._settings.get(thing):
            return word
        folded = fold_name(word)
        return self._settings.get(thing, {}).get(folded) or self._shown[thing].setdefault(folded, word)

    def merged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Replace every spelling of a name by the one that is shown."""
        merges = []
        for thing, column in COLUMN_OF.items():
            if column not in rows.columns or (thing not in FOLDED and not self._settings.get(thing)):
                continue
            others = {
                word: self.shown(thing, word)
                for word in rows[column].unique().drop_nulls().sort().to_list()
                if self.shown(thing, word) != word
            }
            if others:
                merges.append(pl.col(column).replace(others))
        return rows.with_columns(merges) if merges else rows

    def applied(self, staged: Sequence[StagedTable]) -> list[StagedTable]:
        """Return the staged tables with one spelling per name; nothing else changes."""
        return [replace(one, rows=self.merged(one.rows)) for one in staged]

    @property
    def frame(self) -> pl.DataFrame:
        """The spellings that were merged into another, with the rows that used each."""
        lines = [
            {
                "thing": thing,
                "spelling": word,
                "shown_as": self.shown(thing, word),
                "rows": count,
                "rule": BY_SETTINGS if fold_name(word) != fold_name(self.shown(thing, word)) else BY_SPELLING,
            }
            for thing, words in self.rows.items()
            for word, count in words.items()
            if self.shown(thing, word) != word
        ]
        return pl.DataFrame(lines, schema=MERGED).sort("thing", "shown_as", "spelling")


def spellings(staged: Sequence[StagedTable], thing: str) -> Iterable[pl.Series]:
    """Yield every staged column of a thing's names, and the columns of side tables that a lookup takes them from."""
    column = COLUMN_OF[thing]
    for one in staged:
        if column in one.rows.columns:
            yield one.rows[column].alias(thing)
        for lookup in one.table.join:
            side = next(
                (t for t in staged if t.profile.name == one.profile.name and t.table.name == lookup.table), None
            )
            wanted = lookup.take.get(column)
            heading = None if side is None or wanted is None else find_heading(wanted, side.cells.columns)
            if side is not None and heading is not None:
                yield parse.tidy(side.cells[heading]).alias(thing)


def counted(columns: Iterable[pl.Series], words: Iterable[str]) -> Counter[str]:
    """Count the rows that use each of the words."""
    wanted = pl.Series(list(words), dtype=pl.String)
    found: Counter[str] = Counter()
    if wanted.is_empty():
        return found
    for column in columns:
        uses = column.filter(column.is_in(wanted.implode())).value_counts(name="n")
        found.update(dict(uses.rows()))
    return found
