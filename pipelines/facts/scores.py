"""``facts.scores``: scorecards of calls, and what was said or not said of the script in transcripts.

Every transcript has a row for every phrase and every stop-word of the settings, 0 times among them, so that shares and
rates have their whole denominator. A phrase is found whole, whatever its case, ё and signs between the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from pipelines.facts.contacts import folded
from pipelines.facts.sides import Sides
from pipelines.schema.facts import FACTS
from pipelines.settings import Script

SIGNS = r"[^\p{L}\p{N}]+"


def score_facts(
    scores: pl.DataFrame, transcripts: pl.DataFrame, calls: pl.DataFrame, sides: Sides, script: Script
) -> pl.DataFrame:
    """Build one row per score and per phrase looked for, sorted by its key; ``calls`` are the facts of calls.

    Whoever is not named was the call's manager; a row without a day is of the day of the call.
    """
    schema = FACTS["scores"].columns()
    rated = scores.with_columns(kind=pl.lit("score"), score_id=pl.lit("score ") + pl.col("score_id"))
    said = [
        rated.select(
            "score_id", "call_id", "manager_name", "criterion", "rater", "kind", "scored_on", "score", "top_score"
        ),
        *(spoken(transcripts, kind, phrases) for kind, phrases in wanted(script).items()),
    ]
    rows = pl.concat([part.cast({"score": pl.Float64}) for part in said], how="diagonal_relaxed")
    of_call = calls.select("call_id", _manager="manager_name", _day="started_on")
    return (
        rows.join(of_call.join(rows, on="call_id", how="semi"), on="call_id", how="left")
        .with_columns(manager_name=pl.coalesce("manager_name", "_manager"), scored_on=pl.coalesce("scored_on", "_day"))
        .join(sides.managers, on="manager_name", how="left")
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("score_id")
    )


def wanted(script: Script) -> dict[str, list[str]]:
    """Return the phrases to look for by kind; of those that fold to the same, the first."""
    lists = {"script": script.phrases, "stop_word": script.stop_words}
    return {
        kind: list({_plain(phrase): phrase for phrase in reversed(words)}.values()) for kind, words in lists.items()
    }


def spoken(transcripts: pl.DataFrame, kind: str, phrases: Sequence[str]) -> pl.DataFrame:
    """Count each phrase in each transcript."""
    text = folded(pl.col("text")).str.replace_all(SIGNS, " ")
    parts = [
        transcripts.select(
            score_id=pl.format("{} {} {}", pl.lit(kind), "call_id", pl.lit(phrase)),
            call_id="call_id",
            manager_name="manager_name",
            criterion=pl.lit(phrase),
            kind=pl.lit(kind),
            scored_on="said_on",
            score=text.str.count_matches(rf"\b{re.escape(_plain(phrase))}\b"),
        )
        for phrase in phrases
        if _plain(phrase)
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"score": pl.Float64})


def _plain(phrase: str) -> str:
    """Fold a phrase as transcripts are folded."""
    return re.sub(r"[\W_]+", " ", phrase.lower().replace("ё", "е")).strip()
