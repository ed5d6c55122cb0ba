"""What columns say about each other: which is filled only at certain stages, which number holds several rows together.

A column that is filled exactly where the status is one of some words is a date of closing or a reason of refusal, whatever
it is called; a number whose rows share client and day is the number of a deal with several lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines import parse
from pipelines.propose_model import Shape

SAMPLE = 5_000
MOST_STATES, MOST_PAIRS = 15, 20
FILLED, EMPTY = 0.85, 0.1


def with_ties(shapes: tuple[Shape, ...], sample: pl.DataFrame) -> tuple[Shape, ...]:
    """Say of each column which others decide that it is filled, which it holds together, and whether its sums are the largest."""
    rows = sample.head(SAMPLE)
    texts = {
        shape.heading: parse.tidy(rows[shape.heading])
        .to_frame("cell")
        .select(parse.empty_to_null(pl.col("cell")))
        .to_series()
        for shape in shapes
    }
    states = [s for s in shapes if 2 <= s.unique <= MOST_STATES and s.letters > 0.8 and s.share_filled > 0.9]
    gappy = [s for s in shapes if 0.04 <= s.share_filled <= 0.93 and s.filled >= 3]
    follows = {
        one.heading: tuple(
            state.heading for state in states[:MOST_PAIRS] if decided(texts[state.heading], texts[one.heading])
        )
        for one in gappy[:MOST_PAIRS]
    }
    largest = largest_of(shapes)
    return tuple(
        replace(
            shape,
            follows=follows.get(shape.heading, ()),
            leads=tuple(one for one, states in follows.items() if shape.heading in states),
            heads=held_together(shape, shapes, texts),
            largest=shape.heading == largest,
        )
        for shape in shapes
    )


def decided(state: pl.Series, cells: pl.Series) -> bool:
    """Tell whether a word of ``state`` decides that ``cells`` is filled: nearly always at some words, hardly ever at others."""
    table = (
        pl.DataFrame({"state": state, "has": cells.is_not_null()})
        .drop_nulls("state")
        .group_by("state")
        .agg(pl.col("has").mean(), pl.len())
    )
    table = table.filter(pl.col("len") >= 2)
    full, bare = table.filter(pl.col("has") >= FILLED), table.filter(pl.col("has") <= EMPTY)
    settled = int(full["len"].sum()) + int(bare["len"].sum())
    return bool(full.height and bare.height and settled >= 0.95 * int(table["len"].sum()) and settled >= 6)


def held_together(shape: Shape, shapes: Sequence[Shape], texts: dict[str, pl.Series]) -> tuple[str, ...]:
    """Return the headings whose cells are the same in all rows of one number, when other headings' are not."""
    if shape.identifier < 0.9 or shape.unique < 3 or shape.share_unique >= 0.98 or shape.date > 0.5:
        return ()
    others = [one for one in shapes if one.heading != shape.heading and one.unique >= 2]
    if len(others) < 2:
        return ()
    frame = pl.DataFrame(
        {"number": texts[shape.heading], **{f"c{at}": texts[o.heading] for at, o in enumerate(others)}}
    )
    groups = frame.drop_nulls("number").group_by("number").agg(pl.all().exclude("number").n_unique(), pl.len())
    groups = groups.filter(pl.col("len") >= 2)
    if groups.height < 2:
        return ()
    alike = [int((groups[f"c{at}"] == 1).sum()) / groups.height for at in range(len(others))]
    same = tuple(one.heading for one, share in zip(others, alike, strict=True) if share >= 0.95)
    return same if len(same) < len(others) else ()


def largest_of(shapes: Sequence[Shape]) -> str | None:
    """Return, of several columns of amounts, the one whose middle amount is the largest."""
    money = [s for s in shapes if s.money >= 0.9 and s.phone < 0.5 and s.date < 0.3 and not s.running and s.middle]
    money = [s for s in money if not (s.identifier > 0.9 and s.share_unique > 0.99 and s.place <= 1)]
    return max(money, key=lambda s: s.middle).heading if money else None
