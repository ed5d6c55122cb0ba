"""Words of a state that a user's mapping does not know yet: next week's list has a stage that nobody told the meaning of."""

from __future__ import annotations

from fnmatch import fnmatchcase

import polars as pl

from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.profile import SourceProfile, Table

NEW_WORDS = N_(
    'New in "{heading}": {words}. The rows are taken; a word that is not a usual one counts as open. '
    "Say in {mapping} under [outcomes] what it means."
)
MOST_NAMED = 5


def new_words(good: pl.DataFrame, table: Table, profile: SourceProfile) -> dict[str, object]:
    """Return the values of NEW_WORDS, or nothing when the mapping knows every word.

    Only a mapping that names its open words too can know that a word is new; the shipped profiles do not.
    """
    known = profile.outcomes
    ours = next(
        (name for name in ("outcome", "stage_name") if name in table.columns and table.columns[name].headings), None
    )
    if profile.grade != "own" or not known.open or ours is None or table.kind not in ("deals", "stages"):
        return {}
    told = [fold_heading(word) for word in (*known.won, *known.lost, *known.junk, *known.open)]
    words = good[ours].drop_nulls().unique(maintain_order=True).to_list()
    new = [f"«{word}»" for word in words if not any(is_told(fold_heading(word), one) for one in told)]
    if not new:
        return {}
    named = ", ".join(new[:MOST_NAMED]) + (" …" if len(new) > MOST_NAMED else "")
    return {"heading": table.columns[ours].headings[0], "words": named, "mapping": f"{profile.name}.toml"}


def is_told(word: str, told: str) -> bool:
    """Tell whether a word is one that a mapping names, which may be a glob."""
    return word == told or fnmatchcase(word, told)
