"""How talks are rated: scorecards, phrases of the script, stop-words (product.md D40, D41, D43)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_count, ratio

IS_SCORE = pl.col("kind") == "score"
IS_SCRIPT = pl.col("kind") == "script"
IS_STOP = pl.col("kind") == "stop_word"
IS_BOUNDED = IS_SCORE & pl.col("score").is_not_null() & (pl.col("top_score") > 0).fill_null(False)


def of_scores(
    name: str,
    label: str,
    help: str,
    value: pl.Expr,
    unit: Unit,
    better: Better,
    behind: pl.Expr,
    each: str = "",
    of_them: pl.Expr | None = None,
) -> Metric:
    """Make a metric of scores by the day of the call or of the rating."""
    made = Metric(name, label, help, value, unit, better, fact="scores", dated_by="scored_on")
    return replace(made, behind=behind, each=each, of_them=of_them)


SCORE_SHARE = of_scores(
    "score_share",
    N_("Score, share of the highest"),
    N_(
        "Scores given in the period as a share of the highest possible ones; criteria without a known "
        "highest score are left out."
    ),
    ratio(pl.col("score").filter(IS_BOUNDED).sum(), pl.col("top_score").filter(IS_BOUNDED).sum()),
    Unit.SHARE,
    Better.HIGHER,
    behind=IS_BOUNDED,
)
SCORE_MEAN = of_scores(
    "score_mean",
    N_("Score, mean"),
    N_(
        "Mean of the scores given in the period, whatever their criterion. Ask for it where all criteria "
        "share one scale."
    ),
    pl.col("score").filter(IS_SCORE).mean(),
    Unit.NUMBER,
    Better.HIGHER,
    behind=IS_SCORE & pl.col("score").is_not_null(),
)
SCORED_CALLS = of_scores(
    "scored_calls",
    N_("Calls rated"),
    N_("Different calls rated in the period by a person."),
    pl.when(pl.len() > 0).then(known_count(pl.col("call_id"), IS_SCORE)),
    Unit.COUNT,
    Better.HIGHER,
    behind=IS_SCORE & pl.col("call_id").is_not_null(),
    each="call_id",
)
RATERS = of_scores(
    "raters",
    N_("Raters"),
    N_("Different people who rated in the period. With one alone, scores tell as much of the rater as of the manager."),
    pl.when(pl.len() > 0).then(known_count(pl.col("rater"), IS_SCORE)),
    Unit.COUNT,
    Better.NEITHER,
    behind=IS_SCORE & pl.col("rater").is_not_null(),
    each="rater",
)
SCRIPT_SHARE = of_scores(
    "script_share",
    N_("Script followed"),
    N_(
        "Phrases of the script that were said, as a share of all that should have been in the transcripts "
        "of the period. Unknown where the exports hold no transcripts."
    ),
    ratio((IS_SCRIPT & (pl.col("score") > 0)).sum(), IS_SCRIPT.sum()),
    Unit.SHARE,
    Better.HIGHER,
    behind=IS_SCRIPT,
    of_them=pl.col("score") > 0,
)
STOP_WORDS_PER_100 = of_scores(
    "stop_words_per_100",
    N_("Stop-words in 100 talks"),
    N_(
        "Stop-words said in the transcripts of the period, for 100 talks. Unknown where the exports hold "
        "no transcripts."
    ),
    ratio(pl.col("score").filter(IS_STOP).sum() * 100, pl.col("call_id").filter(IS_STOP).n_unique()),
    Unit.NUMBER,
    Better.LOWER,
    behind=IS_STOP,
)
