"""Did a change help: leads created before a day against those created after it, each given the same number of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import created_in
from dashboard.analyses.headings import columns
from dashboard.filters import FIELDS, Filter, Notice
from dashboard.i18n import N_
from dashboard.periods import Period
from dashboard.statistics.intervals import newcombe, wilson
from pipelines.thresholds import Note

DEFINITION = N_(
    "Leads created before the day of the change and from it on, and the share won within the same number of days of "
    "creation; only leads that old take part. The last row is the difference with its interval."
)
NOT_YET = N_("{count} leads are not {days} days old yet and take no part.")
PERHAPS = N_("The difference may be chance.")
BEFORE, AFTER, DIFFERENCE = N_("before the change"), N_("after the change"), N_("difference")


def before_after(facts: Facts, filter: Filter, day: date, *, days: int = 90, horizon: int = 60) -> Answer:
    """Compare the cohorts: variant (before, after, difference), leads, won, won_share, low, high.

    ``days``: how long before and after ``day`` leads are taken. ``horizon``: the days each lead gets. Shares of nothing are
    null. The period of the filter plays no part.
    """
    counts, left_out = [], 0
    for side in (BEFORE, AFTER):
        leads, old = leads_of(facts, filter, day, side, days=days, horizon=horizon)
        left_out += leads.height - old.height
        counts.append((int(old["is_counted"].sum()), old.height))
    rows = [row(name, *count, wilson(*count)) for name, count in zip((BEFORE, AFTER), counts, strict=True)]
    change = newcombe(*counts[1], *counts[0])
    shares = [won / of if of else None for won, of in counts]
    both = None if shares[0] is None or shares[1] is None else shares[1] - shares[0]
    rows.append({"variant": DIFFERENCE, "won_share": both, **bounds(change)})
    sentences = [Notice(NOT_YET, {"count": left_out, "days": horizon})] if left_out else []
    if change is not None and change.low <= 0 <= change.high:
        sentences.append(Notice(PERHAPS))
    whole, real = pl.Int64(), pl.Float64()
    schema = {"variant": pl.String(), "leads": whole, "won": whole, "won_share": real, "low": real, "high": real}
    return Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns("variant", "leads", "won", "won_share", "low", "high"),
        definition=DEFINITION,
        n=sum(of for _, of in counts),
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(sentences),
    )


def leads_of(
    facts: Facts, filter: Filter, day: date, side: str, *, days: int = 90, horizon: int = 60
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the leads of one side of a change, and those of them that are old enough, with ``is_counted``: won in time."""
    length = timedelta(days=days)
    span = Period(day - length, day) if side == BEFORE else Period(day, day + length)
    leads = created_in(facts, replace(filter, period=span))
    old = leads.filter(pl.lit(facts.as_of) - pl.col("created_at") >= timedelta(days=horizon))
    is_won = (pl.col("outcome") == "won") & (pl.col("cycle_days") <= horizon)
    return leads, old.with_columns(is_counted=is_won.fill_null(False))


def leads_of_note(facts: Facts, filter: Filter, day: date, text: str, side: str) -> pl.DataFrame:
    """Take the leads behind one side of a noted change, as ``noted_changes`` counts them; none of a note there is not."""
    note = next((one for one in facts.notes if one.day == day and one.text == text), None)
    rows = leads_of(facts, filter if note is None else narrowed(filter, note), day, side)[1]
    return rows if note is not None else rows.clear()


def row(name: str, won: int, of: int, interval: tuple[float, float] | None) -> dict[str, object]:
    """Make the row of one side."""
    return {"variant": name, "leads": of, "won": won, "won_share": won / of if of else None, **bounds(interval)}


def bounds(interval: tuple[float, float] | None) -> dict[str, float | None]:
    """Spread an interval over its columns."""
    low, high = interval or (None, None)
    return {"low": low, "high": high}


OF_NOTES = N_(
    "Each change that settings.toml notes ([[note]]): leads created in the 90 days before it and in the 90 days from it on, and the "
    "share won within 60 days of creation. Only leads that old take part. Without noted changes there is nothing to compare."
)
NO_NOTES = N_(
    "No change is noted. Write one in settings.toml: [[note]] with day, text and, if it concerns some only, only."
)


def noted_changes(facts: Facts, filter: Filter) -> Answer:
    """Compare before and after for every note: day_of_change, text, and the columns of ``before_after``; newest first.

    A note for some managers, channels or products is judged by their leads alone.
    """
    told = [(note, before_after(facts, narrowed(filter, note), note.day)) for note in reversed(facts.notes)]
    frames = [
        answer.frame.select(pl.lit(note.day).alias("day_of_change"), pl.lit(note.text).alias("text"), pl.all())
        for note, answer in told
    ]
    nobody = before_after(facts, filter, facts.as_of_on).frame.clear()
    empty = nobody.select(
        pl.lit(None, pl.Date()).alias("day_of_change"), pl.lit(None, pl.String()).alias("text"), pl.all()
    )
    sentences = dict.fromkeys(str(notice) for _, answer in told for notice in answer.sentences)
    kept = [
        next(notice for _, answer in told for notice in answer.sentences if str(notice) == text) for text in sentences
    ]
    return Answer(
        frame=pl.concat([empty, *frames]),
        columns=columns("day_of_change", "text", "variant", "leads", "won", "won_share", "low", "high"),
        definition=OF_NOTES,
        n=sum(answer.n for _, answer in told),
        counted=N_("deals"),
        as_of=facts.as_of,
        sentences=tuple(kept) if told else (Notice(NO_NOTES),),
    )


def narrowed(filter: Filter, note: Note) -> Filter:
    """Narrow a filter to those whom a note concerns; what the filter chose already stands."""
    fields = {FIELDS[key]: values for key, values in note.only.items()}
    return replace(filter, **{name: values for name, values in fields.items() if not getattr(filter, name)})


BEFORE_AFTER = Analysis(
    name="before_after",
    label=N_("Before and after a change"),
    help=N_(
        "For each change noted in settings: the share of leads won before it and after it, each given the same days."
    ),
    run=noted_changes,
)
