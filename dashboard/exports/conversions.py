"""Won deals and ad spend as files for Google Analytics 4 and Yandex.Metrica, and how many of the won deals can be passed.

A deal is passed with its number, day, amount and the id under which the system knows the visitor, and nothing else: no name, no
phone. Formats: GA4 Measurement Protocol and cost-data import; Metrica's offline conversions and expenses (formats.md 4.2, 4.6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from dashboard.access import Facts
from dashboard.exports.tables import csv_text
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told

GA4_HOURS = 72
"""The Measurement Protocol takes no event older than this."""
TARGET = "voronka_won"
"""Goal of Metrica that the conversions count for: a JavaScript event of this name must be set up there."""
DIRECT = r"(?i)(яндекс|yandex)[ ._-]*(директ|direct)"
COVERAGE = N_("Won deals: {won}. With an id of a visitor: {known} ({share}). Written: {written}.")
NO_IDS = N_(
    "No export holds the visitor's id. Export the deals with {columns} and load them; the copies in warehouse/files are looked through."
)
GA_COLUMNS = N_("the column gclientid (amoCRM) or Google client id (AdvantShop)")
METRICA_COLUMNS = N_("the column _ym_uid or yclid (amoCRM)")
TOO_OLD = N_("Left out because Google Analytics takes only the last {hours} hours: {count}. Write the file every day.")
UNDATED = N_("Left out because the moment of the win is unknown or lies ahead: {count}.")
NO_AMOUNT = N_("Passed without an amount, because none is known: {count}.")
DAYS_21 = N_(
    'Metrica joins a conversion to a visit of at most 21 days before; make the goal "{target}" (JavaScript event) there first.'
)
NO_SPEND = N_("No export holds ad spend, so there is no file of expenses.")
LEFT_DIRECT = N_("Spend of Yandex.Direct is left out of the expenses: Metrica knows it itself. Rows: {count}.")
NAMES = N_(
    "Channels and campaigns stand there as Voronka calls them; they join visits whose utm_source and utm_campaign are the same."
)


@dataclass(frozen=True)
class Passed:
    """The files by name, and what is to be said about them."""

    files: Mapping[str, str]
    notices: tuple[Notice, ...]
    rows: Mapping[str, int]


def won_deals(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the won deals of the filter, dated by their win."""
    return facts.deals.filter((pl.col("outcome") == "won") & filter.rows("closed_on")).sort("closed_at", "deal_id")


def ga4(facts: Facts, filter: Filter, ids: Mapping[str, Mapping[str, str]], now: datetime) -> Passed:
    """Write GA4's two files: purchases of the last 72 hours as JSON lines, and the cost import."""
    deals = won_deals(facts, filter)
    known = [deal for deal in deals.iter_rows(named=True) if "ga" in ids.get(deal["deal_id"], {})]
    dated = [deal for deal in known if deal["closed_at"] is not None and deal["closed_at"] <= now]
    fresh = [deal for deal in dated if now - deal["closed_at"] <= timedelta(hours=GA4_HOURS)]
    events = [_event(deal, ids[deal["deal_id"]]["ga"], facts.currency) for deal in fresh]
    costs = spend(facts, filter).rename(
        {"source": "Campaign source", "campaign": "Campaign name", "day": "Date"}
        | {"spend": "Cost", "clicks": "Clicks", "impressions": "Impressions"}
    )
    medium = costs.insert_column(1, pl.lit("cpc").alias("Campaign medium")) if costs.height else costs
    files = {"ga4_events.jsonl": "".join(f"{one}\n" for one in events), "ga4_costs.csv": csv_text(medium)}
    rows = {"ga4_events.jsonl": len(events), "ga4_costs.csv": costs.height}
    notices = [_coverage(deals.height, len(known), len(fresh)), *_missing(known, GA_COLUMNS)]
    notices += _counted(TOO_OLD, len(dated) - len(fresh), hours=GA4_HOURS)
    notices += _counted(UNDATED, len(known) - len(dated))
    notices += _counted(NO_AMOUNT, sum(deal["amount"] is None for deal in fresh))
    return _whole(files, rows, notices, "ga4_costs.csv")


def _event(deal: Mapping[str, object], client: str, currency: str) -> str:
    moment = deal["closed_at"]
    assert isinstance(moment, datetime)
    params: dict[str, object] = {"transaction_id": deal["deal_id"]}
    if deal["amount"] is not None:
        params |= {"value": float(str(deal["amount"])), "currency": currency}
    micros = int(moment.timestamp()) * 10**6 + moment.microsecond
    event = {"client_id": client, "timestamp_micros": micros, "events": [{"name": "purchase", "params": params}]}
    return json.dumps(event, ensure_ascii=False)


def metrica(facts: Facts, filter: Filter, ids: Mapping[str, Mapping[str, str]], now: datetime) -> Passed:
    """Write Metrica's files: offline conversions by ClientId and by yclid (a deal in one of them), and expenses."""
    deals = won_deals(facts, filter)
    known = [deal for deal in deals.iter_rows(named=True) if {"metrica", "yclid"} & ids.get(deal["deal_id"], {}).keys()]
    dated = [deal for deal in known if deal["closed_at"] is not None and deal["closed_at"] <= now]
    files, rows = {}, {}
    for kind, heading in (("metrica", "ClientId"), ("yclid", "Yclid")):
        of_kind = [
            (ids[deal["deal_id"]][kind], deal)
            for deal in dated
            if kind in ids[deal["deal_id"]] and (kind == "metrica" or "metrica" not in ids[deal["deal_id"]])
        ]
        name = f"metrica_conversions_{heading.casefold()}.csv"
        files[name], rows[name] = _conversions(heading, of_kind, facts.currency), len(of_kind)
    costs = spend(facts, filter)
    own = costs.filter(~pl.col("source").str.contains(DIRECT).fill_null(False))
    expenses = own.select(
        pl.col("day").alias("Date"),
        pl.col("source").alias("UTMSource"),
        pl.col("campaign").alias("UTMCampaign"),
        pl.col("spend").alias("Expenses"),
        pl.lit(facts.currency).alias("Currency"),
        pl.col("clicks").alias("Clicks"),
    )
    files["metrica_expenses.csv"], rows["metrica_expenses.csv"] = csv_text(expenses), own.height
    notices = [_coverage(deals.height, len(known), len(dated)), *_missing(known, METRICA_COLUMNS)]
    notices += _counted(UNDATED, len(known) - len(dated))
    notices += _counted(NO_AMOUNT, sum(deal["amount"] is None for deal in dated))
    notices += [Notice(DAYS_21, {"target": TARGET})] if dated else []
    notices += _counted(LEFT_DIRECT, costs.height - own.height)
    return _whole(files, rows, notices, "metrica_expenses.csv")


def _conversions(heading: str, deals: Sequence[tuple[str, Mapping[str, object]]], currency: str) -> str:
    lines = [f"{heading},Target,DateTime,Price,Currency"]
    for visitor, deal in deals:
        moment, amount = deal["closed_at"], deal["amount"]
        assert isinstance(moment, datetime)
        price = ("", "") if amount is None else (str(amount), currency)
        lines.append(",".join((_id(visitor), TARGET, str(int(moment.astimezone(UTC).timestamp())), *price)))
    return "\n".join(lines) + "\n"


def _id(visitor: str) -> str:
    """Keep an id to letters, digits, dots and dashes: it is no formula and breaks no line."""
    return "".join(letter for letter in visitor if letter.isalnum() or letter in "._-").lstrip("-")


def spend(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Add up the spend by day, channel and campaign; rows without a day, a channel or spend are no expense one could pass."""
    return (
        facts.costs.filter(_of_period(filter))
        .drop_nulls(["spent_on", "channel_name", "spend"])
        .group_by(day="spent_on", source="channel_name", campaign="campaign_name")
        .agg(pl.col("spend").sum(), *(known_sum(name) for name in ("clicks", "impressions")))
        .sort("day", "source", "campaign")
        .select("day", "source", "campaign", "spend", "clicks", "impressions")
    )


def known_sum(name: str) -> pl.Expr:
    """Add up a column; unknown where no row knows it."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def _of_period(filter: Filter) -> pl.Expr:
    """Spend knows days and channels; other choices say nothing about it."""
    return Filter(channels=filter.channels, period=filter.period).rows("spent_on", any_funnel=True)


def _coverage(won: int, known: int, written: int) -> Notice:
    share = Told(known / won if won else None, "share")
    return Notice(COVERAGE, {"won": won, "known": known, "share": share, "written": written})


def _missing(known: list, columns: str) -> list[Notice]:
    return [] if known else [Notice(NO_IDS, {"columns": columns})]


def _counted(template: str, count: int, **values: object) -> list[Notice]:
    return [Notice(template, {"count": count, **values})] if count else []


def _whole(files: dict[str, str], rows: dict[str, int], notices: list[Notice], costs: str) -> Passed:
    """Leave out the files that would be empty."""
    notices.append(Notice(NAMES if rows[costs] else NO_SPEND))
    return Passed({name: text for name, text in files.items() if rows[name]}, tuple(notices), rows)
