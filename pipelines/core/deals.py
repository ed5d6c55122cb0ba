"""``core.deals``: one row per deal, the newest any export said of it, with its funnel, stage and outcome in our words.

Two systems may use the same numbers for different deals: then both stay, each under its system's name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.core.conform import Joins, Names, joined_lines, not_before_creation, tables_of
from pipelines.core.deal_versions import SET_ASIDE, Versions, line_aside, newer_rows, newest_deals, with_words
from pipelines.core.last_known import alike
from pipelines.core.shape import shaped_in_order
from pipelines.core.stages import StageDictionary, type_by_words
from pipelines.currency import currency_code
from pipelines.headings import fold_heading
from pipelines.keys import beside, ends, in_order
from pipelines.profile import Outcomes
from pipelines.schema.core import BACKWARDS, CLOSED_OPEN, DELETED, FURTHER_LINES, NO_STAGE
from pipelines.schema.facts import OUTCOMES
from pipelines.schema.staging import STAGED, TYPES
from pipelines.staged import FILE, IS_STAGE, LINE, LOAD, StagedTable

OUTCOME = pl.Enum(list(OUTCOMES))


@dataclass(frozen=True)
class BaseDeals:
    """Deals before their history is known, in the order of their numbers, and what was set aside by which rule."""

    deals: pl.DataFrame
    set_aside: pl.DataFrame


def base_deals(
    staged: Sequence[StagedTable], dictionary: StageDictionary, names: Names, joins: Joins, currency: str, zone: str
) -> BaseDeals:
    """Gather the deals of every source."""
    parts: list[pl.DataFrame] = []
    aside: list[dict[str, object]] = []
    by_system: dict[str, list[Versions]] = {}
    for told in tables_of(staged, "deals"):
        one = told.with_rows(joined_lines(told))
        if one.rows.height < told.rows.height:
            aside.append(line_aside(one.name, FURTHER_LINES, told.rows.height - one.rows.height))
        rows = in_currency(joins.look_up(one), one, currency)
        versions = [newer_rows(part, ["deal_id"], one.name, aside) for part in alike(rows, one)]
        by_system.setdefault(one.profile.system, []).append((one, versions))
    for of_system in by_system.values():
        for one, told_last in newest_deals(of_system, dictionary, aside):
            rows = dictionary.named(told_last, fallback=one.profile.title)
            words = [other.profile.outcomes for other, _ in of_system if other is not one]
            rows = with_outcome(rows, with_words(one.profile.outcomes, words), dictionary)
            rows = rows.with_columns(not_before_creation(zone), system=pl.lit(one.profile.system))
            aside += faults_of(one.name, rows)
            parts.append(rows)
    for one in tables_of(staged, "stages"):
        not_stages = int((~one.only(IS_STAGE)[IS_STAGE]).sum())
        if not_stages:
            aside.append(line_aside(one.name, NO_STAGE, not_stages))
        if one.profile.event_log is not None:
            own = {"system": pl.lit(one.profile.system), "currency": pl.lit(one.profile.currency or currency)}
            parts.append(deals_of_events(one, dictionary).with_columns(**own))
    if not parts:
        return BaseDeals(_empty(), pl.DataFrame(aside, schema=SET_ASIDE))
    deals = newer_rows(
        pl.concat([_empty(), *parts], how="diagonal_relaxed"), ["system", "deal_id"], "deals of one system", aside
    )
    deals = names.merged(one_numbering(deals))
    return BaseDeals(in_order(deals, ["deal_id"]), pl.DataFrame(aside, schema=SET_ASIDE))


def _empty() -> pl.DataFrame:
    """Return no deals, with every column that a source's deals may have."""
    schema = {name: TYPES[form] for name, form in STAGED["deals"].columns.items()}
    own = {"system": pl.String(), "rule": pl.String(), LOAD: pl.Int64(), FILE: pl.Int64(), LINE: pl.Int64()}
    return pl.DataFrame(schema=schema | {"outcome": OUTCOME} | own)


def faults_of(subject: str, rows: pl.DataFrame) -> list[dict[str, object]]:
    """Count the deals of a source that contradict themselves or were deleted."""
    closed_open = rows.filter((pl.col("outcome") == "open") & pl.col("closed_at").is_not_null()).height
    backwards = rows.filter((pl.col("outcome") != "open") & (pl.col("closed_at") < pl.col("created_at"))).height
    deleted = rows.filter(pl.col("is_gone")).height
    faults = ((CLOSED_OPEN, closed_open), (BACKWARDS, backwards), (DELETED, deleted))
    return [line_aside(subject, rule, n) for rule, n in faults if n]


def in_currency(rows: pl.DataFrame, one: StagedTable, currency: str) -> pl.DataFrame:
    """Name the currency of each amount by its three letters; amounts are converted when the day that counts is known."""
    return rows.with_columns(currency=currency_code("currency").fill_null(one.profile.currency or currency))


def with_outcome(rows: pl.DataFrame, outcomes: Outcomes, dictionary: StageDictionary) -> pl.DataFrame:
    """Say how each deal stands: by the column of outcomes, else by what its stage means, else open.

    A lost deal whose refusal reason is one of ``junk_reasons`` was no target lead: it is junk.
    """
    own = {"won": outcomes.won, "lost": outcomes.lost, "junk": outcomes.junk}
    open_words = {fold_heading(word) for word in outcomes.open}
    junk_reasons = [fold_heading(reason) for reason in outcomes.junk_reasons]

    def meaning(word: str) -> str | None:
        return "open" if fold_heading(word) in open_words else type_by_words(word, **own)

    words = {
        word: meaning(word)
        for column in ("outcome", "stage_name")
        for word in rows[column].drop_nulls().unique().to_list()
    }
    reasons = {reason: fold_heading(reason) for reason in rows["refusal_reason"].drop_nulls().unique().to_list()}
    by_stage = dictionary.frame.select("funnel_name", "stage_name", stage_type=pl.col("stage_type").cast(pl.String))
    known = beside(rows, by_stage, ["funnel_name", "stage_name"]).with_columns(
        stage_name=pl.coalesce("stage_name", "outcome"),
        outcome=pl.coalesce(
            _translated("outcome", words), "stage_type", _translated("stage_name", words), pl.lit("open")
        ),
    )
    is_junk = (pl.col("outcome") == "lost") & _translated("refusal_reason", reasons).is_in(junk_reasons)
    return known.with_columns(
        outcome=pl.when(is_junk).then(pl.lit("junk")).otherwise(pl.col("outcome")).cast(OUTCOME), rule=pl.lit("last")
    ).drop("stage_type")


def _translated(column: str, words: Mapping[str, str | None]) -> pl.Expr:
    """Translate a column of words; a word without a translation becomes null."""
    known = {word: meaning for word, meaning in words.items() if meaning is not None}
    if not known:
        return pl.lit(None, dtype=pl.String)
    return pl.col(column).replace_strict(known, default=None, return_dtype=pl.String)


def deals_of_events(one: StagedTable, dictionary: StageDictionary) -> pl.DataFrame:
    """Make the deals of an event log: created at the first event, closed as ``outcomes.rule`` says.

    "ever": won when the deal was ever in a won stage, else lost when ever in a lost one, at the first such event.
    "last": what the latest entry into a stage means. The manager is the one of the closing event, else of the last event
    that names one (product.md 4.5: wins belong to the manager at the close).
    """
    outcomes, log = one.profile.outcomes, one.profile.event_log
    events = dictionary.named(one.rows, fallback=(log.funnel if log else None) or one.profile.title)
    stages = events["stage_name"].unique().to_list()
    means = {name: type_by_words(name, outcomes.won, outcomes.lost, outcomes.junk) or "open" for name in stages}
    declared = dictionary.frame.select("funnel_name", "stage_name", declared=pl.col("stage_type").cast(pl.String))
    events = events.join(declared, on=["funnel_name", "stage_name"], how="left").with_columns(
        meaning=pl.when(pl.col(IS_STAGE)).then(
            pl.col("stage_name").replace_strict(means, return_dtype=pl.String)
            if outcomes.won or outcomes.lost
            else pl.coalesce("declared", pl.col("stage_name").replace_strict(means, return_dtype=pl.String))
        )
    )
    ordered = events.sort("deal_id", "entered_at", LOAD, FILE, LINE)
    final = ordered.filter(pl.col("meaning").is_in(["won", "lost", "junk"]))
    if outcomes.rule == "ever":
        rank = pl.col("meaning").replace_strict({"won": 0, "lost": 1, "junk": 2}, return_dtype=pl.Int64)
        closing = (
            final.with_columns(rank=rank)
            .sort("deal_id", "rank", "entered_at", LINE)
            .unique("deal_id", keep="first", maintain_order=True)
        )
    else:
        closing = closing_runs(ordered.filter(pl.col(IS_STAGE)))
    closing = closing.select(
        "deal_id", outcome="meaning", closed_at="entered_at", closing_stage="stage_name", closing_manager="manager_name"
    )
    deals = ordered.group_by("deal_id", maintain_order=True).agg(
        pl.col("funnel_name").filter(pl.col(IS_STAGE)).last(),
        pl.col("stage_name").filter(pl.col(IS_STAGE)).last(),
        pl.col("manager_name", "product_name", "channel_name", "region_name", "client_name", "amount")
        .drop_nulls()
        .last(),
        created_at=pl.col("entered_at").first(),
        updated_at=pl.col("entered_at").last(),
        **{LOAD: pl.col(LOAD).last(), FILE: pl.col(FILE).last(), LINE: pl.col(LINE).last()},
    )
    return (
        deals.drop_nulls("funnel_name")
        .join(closing, on="deal_id", how="left")
        .with_columns(
            outcome=pl.col("outcome").fill_null("open").cast(OUTCOME),
            stage_name=pl.coalesce("closing_stage", "stage_name"),
            manager_name=pl.coalesce("closing_manager", "manager_name"),
            rule=pl.lit(outcomes.rule),
        )
        .drop("closing_stage", "closing_manager")
    )


def closing_runs(ordered: pl.DataFrame) -> pl.DataFrame:
    """Return, for deals whose last entry is final, the entry with which the present outcome began."""
    last = pl.col("meaning").last().over("deal_id")
    differs = pl.col("meaning") != last
    after = differs.cast(pl.Int64).reverse().cum_sum().reverse().over("deal_id") == 0
    return ordered.filter(after & (last != "open")).unique("deal_id", keep="first", maintain_order=True)


def one_numbering(deals: pl.DataFrame) -> pl.DataFrame:
    """Make deal ids unique over systems: a number that several systems use carries the system's name."""
    if deals["system"].n_unique() < 2:
        return deals
    shared = pl.col("system").n_unique().over("deal_id") > 1
    return deals.with_columns(
        deal_id=pl.when(shared).then(pl.col("system") + ":" + pl.col("deal_id")).otherwise(pl.col("deal_id"))
    )


def finished_deals(
    base: pl.DataFrame,
    changes: pl.DataFrame,
    clients: pl.DataFrame,
    managers: pl.DataFrame,
    gone: pl.Series,
    zone: str,
    not_sales: Collection[str] = (),
) -> pl.DataFrame:
    """Return ``core.deals``: closing dates from the history where the deal's own is missing, region and team filled in.

    A closed deal with neither takes the expected day (formats.md 2.1). The region is the deal's own, else its client's, else
    its manager's. ``base`` stands in the order of the deals' numbers, and ``changes`` in that of ``base``.
    """
    last = changes.filter(ends("deal")).select("deal", last_entered_at="entered_at")
    is_told = {word: pl.col("told_by") == word for word in ("events", "dates", "exports", "current_stage")}
    ended = (
        changes.select(
            "deal",
            # The day of the present stage says nothing of the beginning.
            first_entered_at=pl.when(~is_told["current_stage"]).then("entered_at"),
            **is_told,
        )
        .group_by("deal")
        .agg(
            first_entered_at=pl.col("first_entered_at").min(),
            by_events=pl.col("events").any(),
            by_dates=pl.col("dates").any(),
            by_exports=pl.col("exports").any() | (pl.col("current_stage").sum() > 1),
        )
    )
    by_client = clients.drop_nulls("region_name").select("client_id", client_region="region_name")
    by_manager = managers.select("manager_name", manager_team="team_name", manager_region="region_name")
    closed = pl.col("outcome") != "open"
    # Bitrix24's file knows only the expected day; for a closed deal without a history it is the nearest thing to its close.
    expected_at = (
        pl.col("expected_on")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    deals = (
        base.with_row_index("deal")
        .join(last, on="deal", how="left", maintain_order="left")
        .join(ended, on="deal", how="left", maintain_order="left")
        .join(by_client, on="client_id", how="left", maintain_order="left")
        .join(by_manager, on="manager_name", how="left", maintain_order="left")
        .with_columns(
            created_at=pl.coalesce("created_at", "first_entered_at"),
            closed_at=pl.when(closed).then(pl.coalesce("closed_at", "last_entered_at", expected_at)),
            is_gone=pl.col("is_gone").fill_null(False) | pl.col("deal_id").is_in(gone.implode()),
            is_sales=~pl.col("funnel_name").is_in(not_sales),
            region_name=pl.coalesce("region_name", "client_region", "manager_region"),
            team_name=pl.coalesce("team_name", "manager_team"),
            history=pl.when(pl.col("by_events").fill_null(False))
            .then(pl.lit("events"))
            .when(pl.col("by_dates").fill_null(False))
            .then(pl.lit("dates"))
            .when(pl.col("by_exports").fill_null(False))
            .then(pl.lit("exports"))
            .otherwise(pl.lit("implied")),
        )
    )
    return shaped_in_order(deals.with_columns(not_before_creation(zone)), "deals")
