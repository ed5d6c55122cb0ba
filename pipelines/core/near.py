"""The known value that an orphan was perhaps meant to be. Only orphans that are listed are looked at, and not for long."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.core.names import fold_name
from pipelines.errors import Suggestion

Near = Callable[[Sequence[str], pl.Series], dict[str, Suggestion]]
MOST_COMPARED = 2_000
"""Known values that an orphan is compared with letter by letter."""
MOST_PAIRS = 400_000
MOST_FOLDED = 200_000
NEAR = 70.0
ONE_FIGURE_OFF = 91.0
DIGITS = "0123456789"


def squeezed_key(value: str) -> str:
    """Fold a key to what is left when systems write it otherwise: no case, spaces, signs, leading zeros, nor ".0"."""
    bare = re.sub(r"[\W_]", "", fold_name(re.sub(r"[.,]0+$", "", value.strip())))
    return bare.lstrip("0") or bare


def near_keys(orphans: Sequence[str], known: pl.Series) -> dict[str, Suggestion]:
    """Find for each orphan the known key that is the same but for its writing, else the one spelt most alike.

    A number is never compared letter by letter: 1017 is not nearly 1018.
    """
    found: dict[str, Suggestion] = {}
    words = known.head(MOST_FOLDED).sort().to_list()
    by_fold = {squeezed_key(word): word for word in reversed(words)}
    for orphan in orphans:
        same = by_fold.get(squeezed_key(orphan))
        if same is not None:
            found[orphan] = Suggestion(same, 100.0)
    named = {word: "".join(word.casefold().split()) for word in words if not word.isdigit()}
    if 0 < len(named) <= MOST_COMPARED:
        rest = [orphan for orphan in orphans if orphan not in found and not orphan.isdigit()]
        for orphan in rest[: MOST_PAIRS // len(named)]:
            best = process.extractOne("".join(orphan.casefold().split()), named, scorer=fuzz.WRatio, score_cutoff=NEAR)
            if best is not None:
                found[orphan] = Suggestion(best[2], float(best[1]))
    return found


def near_phones(orphans: Sequence[str], known: pl.Series) -> dict[str, Suggestion]:
    """Find the one known phone that differs from an orphan by one figure, or by two that changed places; else none."""
    variants = pl.DataFrame(
        [(orphan, variant) for orphan in orphans for variant in one_figure_off(orphan)],
        schema={"value": pl.String(), "variant": pl.String()},
        orient="row",
    )
    hits = variants.join(known.alias("variant").to_frame(), on="variant", how="semi")
    once = hits.filter(pl.len().over("value") == 1)
    return {value: Suggestion(variant, ONE_FIGURE_OFF) for value, variant in once.iter_rows()}


def one_figure_off(phone: str) -> set[str]:
    """Return the numbers that a slip of the finger makes of a phone."""
    places = range(2, len(phone))
    swapped = {phone[:at] + digit + phone[at + 1 :] for at in places for digit in DIGITS if digit != phone[at]}
    turned = {phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :] for at in places if at + 1 < len(phone)}
    return (swapped | turned) - {phone}
