"""``facts.responses``: one row per deal, how soon it was answered, how it was reached and what is planned next.

What counts are contacts with the deal's client (with the deal, where it has no client) from the creation to the closing and
the hours after it that settings give. Whatever only the log of calls can tell is null where the log does not cover the
manager and the day of creation. A creation at midnight sharp is a day without a time: nothing is measured from it.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.facts.calendar import Calendar
from pipelines.facts.clock import local_day
from pipelines.facts.contacts import Telephony
from pipelines.facts.sides import Sides, contact_key
from pipelines.schema.facts import FACTS
from pipelines.settings import Calls

OUTGOING = pl.col("is_outgoing").fill_null(False)


def response_facts(
    deals: pl.DataFrame,
    contacts: pl.DataFrame,
    touches: pl.DataFrame,
    promises: pl.DataFrame,
    proposals: pl.DataFrame,
    sides: Sides,
    telephony: Telephony,
    calendar: Calendar,
    *,
    as_of: datetime,
    rules: Calls,
) -> pl.DataFrame:
    """Build one row per core deal, sorted by its number."""
    zone = calendar.zone
    leads = leads_of(deals, sides, telephony, as_of=as_of, zone=zone, rules=rules)
    found = counted(with_contacts(leads, contacts, rules), contacts, touches, zone)
    steps = next_steps(promises, as_of=as_of, zone=zone)
    found = found.join(proposals, on="deal_id", how="left").join(steps["deal_id"], on="deal_id", how="left")
    found = found.join(steps["client_id"], on="client_id", how="left").with_columns(
        next_step_on=pl.when(pl.col("outcome") == "open").then(pl.min_horizontal("_step", "_step_of_client"))
    )
    spent = {name: calendar.minutes(found["created_at"], found[name]) for name in ("answered_at", "_waited_until")}
    answered, waited = (pl.lit(minutes.clip(0)) for minutes in spent.values())
    is_answered = pl.col("is_answered_before") | pl.col("answered_at").is_not_null()
    timed = ~pl.col("_has_no_time")
    schema = FACTS["responses"].columns()
    return (
        found.with_columns(
            is_answered=is_answered,
            response_minutes=pl.when("is_answered_before").then(0.0).when(timed).then(answered),
            waited_minutes=pl.when(~is_answered & timed & pl.col("has_telephony")).then(waited),
            has_next_step=pl.col("next_step_on").is_not_null(),
            proposals_count=pl.col("proposals_count").fill_null(0),
        )
        .select(pl.col(name).cast(column.dtype) for name, column in schema.items())
        .sort("deal_id")
    )


def leads_of(
    deals: pl.DataFrame, sides: Sides, telephony: Telephony, *, as_of: datetime, zone: str, rules: Calls
) -> pl.DataFrame:
    """Return the deals with ``key``, the moments between which their contacts lie, and whether the log covers them."""
    local = pl.col("created_at").dt.convert_time_zone(zone)
    after = pl.duration(microseconds=int(rules.hours_after_closing * 3_600_000_000))
    waited = [moment for moment in (as_of, telephony.last_at) if moment is not None]
    return (
        deals.join(sides.deals.select("deal_id", "first_won_at"), on="deal_id", how="left")
        .join(sides.clients, on="client_id", how="left", suffix="_listed")
        .with_columns(contact_key(), created_on=local_day("created_at", zone))
        .with_columns(
            client_name=pl.coalesce("client_name_listed", "client_name"),
            has_telephony=telephony.covers(pl.col("created_on")),
            _has_no_time=(local.dt.time() == pl.time(0, 0, 0)).fill_null(True),
            _until=pl.min_horizontal(pl.col("closed_at") + after, pl.lit(as_of)),
            _worked_until=pl.coalesce("first_won_at", pl.min_horizontal("closed_at", pl.lit(as_of))),
        )
        .with_columns(_waited_until=pl.min_horizontal("_until", pl.lit(min(waited))))
    )


def with_contacts(leads: pl.DataFrame, contacts: pl.DataFrame, rules: Calls) -> pl.DataFrame:
    """Add the first answer, the first talk, the first and the last contact, and whether a talk led to the deal."""
    hours = pl.duration(microseconds=int(rules.hours_before_creation * 3_600_000_000))
    leads = leads.with_columns(_from=pl.col("created_at") - hours)
    acts = contacts.filter(OUTGOING | pl.col("is_talk"))
    talks, touches = contacts.filter("is_talk"), contacts.filter("is_touch")
    leads = nearest(leads, acts, "created_at", "_answered", "forward")
    leads = nearest(leads, talks, "created_at", "_reached", "forward")
    leads = nearest(leads, talks, "created_at", "_talked_before", "backward", is_strict=True)
    leads = nearest(leads, contacts, "_from", "_first", "forward")
    leads = nearest(leads, touches, "_until", "_last", "backward")
    first = pl.min_horizontal("created_at", pl.when(pl.col("_first") < pl.col("created_at")).then(pl.col("_first")))
    return leads.with_columns(
        answered_at=within("_answered"),
        reached_at=within("_reached"),
        is_answered_before=(pl.col("_talked_before") >= pl.col("_from")).fill_null(False),
        first_touch_at=first,
        last_touch_at=pl.when(pl.col("_last") >= first).then(pl.col("_last")),
    )


def within(column: str) -> pl.Expr:
    """Return a moment that lies before the end of the deal's contacts."""
    return pl.when(pl.col(column) <= pl.col("_until")).then(pl.col(column))


def nearest(
    leads: pl.DataFrame, contacts: pl.DataFrame, at: str, name: str, strategy: str, *, is_strict: bool = False
) -> pl.DataFrame:
    """Add as ``name`` the moment of the client's contact that comes nearest after or before the moment ``at``."""
    if contacts.is_empty():
        return leads.with_columns(pl.lit(None, dtype=contacts.schema["at"]).alias(name))
    return leads.sort("key", at).join_asof(
        contacts.select("key", pl.col("at").alias(name)).sort("key", name),
        left_on=at,
        right_on=name,
        by="key",
        strategy="forward" if strategy == "forward" else "backward",
        allow_exact_matches=not is_strict,
        coalesce=False,
        check_sortedness=False,
    )


def counted(leads: pl.DataFrame, contacts: pl.DataFrame, touches: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Add ``attempts_count`` and ``touches_count``: how many lie between two moments, as running totals tell."""
    attempts = contacts.filter(pl.col("is_call") & OUTGOING).select("key", "at")
    days = touches.select(contact_key(), at="touched_at", on="touched_on")
    leads = leads.with_columns(
        _attempts_until=pl.coalesce("reached_at", "_until"), _first_on=local_day("first_touch_at", zone)
    )
    leads = running(leads, attempts, "created_at", "_attempts_before", is_strict=True)
    leads = running(leads, attempts, "_attempts_until", "_attempts")
    # A touch is as long as a day: those of the first day belong to the deal, also when it was created later that day.
    leads = running(leads, days.select("key", at="on"), "_first_on", "_touches_before", is_strict=True)
    leads = running(leads, days.select("key", "at"), "_worked_until", "_touches")
    is_known = pl.col("has_telephony") & pl.col("created_at").is_not_null()
    return leads.with_columns(
        pl.when(is_known).then((pl.col(f"_{name}") - pl.col(f"_{name}_before")).clip(0)).alias(f"{name}_count")
        for name in ("attempts", "touches")
    )


def running(leads: pl.DataFrame, events: pl.DataFrame, at: str, name: str, *, is_strict: bool = False) -> pl.DataFrame:
    """Add as ``name`` how many events the client had by the moment ``at`` (before it, when strict)."""
    if events.is_empty():
        return leads.with_columns(pl.lit(0, dtype=pl.Int64).alias(name))
    totals = (
        events.group_by("key", "at")
        .agg(pl.len().cast(pl.Int64).alias(name))
        .sort("key", "at")
        .with_columns(pl.col(name).cum_sum().over("key"))
        .rename({"at": f"{name}_at"})
    )
    return (
        leads.sort("key", at)
        .join_asof(
            totals,
            left_on=at,
            right_on=f"{name}_at",
            by="key",
            strategy="backward",
            allow_exact_matches=not is_strict,
            coalesce=False,
            check_sortedness=False,
        )
        .with_columns(pl.col(name).fill_null(0))
    )


def next_steps(promises: pl.DataFrame, *, as_of: datetime, zone: str) -> dict[str, pl.DataFrame]:
    """Return the day of the earliest promise ahead of each deal, and of each client for promises that name no deal."""
    today = pl.lit(as_of).dt.convert_time_zone(zone).dt.date()
    ahead = promises.filter((pl.col("outcome") == "not_due") & (pl.col("due_on") >= today))
    of_deal = ahead.drop_nulls("deal_id").group_by("deal_id").agg(_step=pl.col("due_on").min())
    of_client = ahead.filter(pl.col("deal_id").is_null()).drop_nulls("client_id").group_by("client_id")
    return {"deal_id": of_deal, "client_id": of_client.agg(_step_of_client=pl.col("due_on").min())}
