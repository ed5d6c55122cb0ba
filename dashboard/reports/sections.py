"""The first sections of a report: what came in and why it changed, the funnel, the cycle, the managers, the refusals."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.analyses.funnel import PRESENT_ONLY
from dashboard.analyses.managers import DIFFERENT, FAR_DIFFERENT
from dashboard.charts import funnel as funnel_charts
from dashboard.charts import managers as manager_charts
from dashboard.charts import money_change, refusals
from dashboard.charts.stage_days import stage_days
from dashboard.i18n import N_
from dashboard.metrics.conversion import MISSING_REASON_SHARE
from dashboard.metrics.deals import (
    AVERAGE_CHECK,
    CYCLE_DAYS_MEDIAN,
    CYCLE_DAYS_P90,
    JUNK,
    LEADS,
    LOST,
    REVENUE,
    TARGET_LEADS,
    WIN_RATE,
    WON,
)
from dashboard.metrics.money import LOST_AMOUNT
from dashboard.metrics.times import AGE_DAYS_MEDIAN
from dashboard.metrics.visits import STUCK, STUCK_AMOUNT, WITHIN_NORM_SHARE
from dashboard.reports.hiding import without_contacts
from dashboard.reports.making import Making, drawn
from dashboard.reports.model import Section
from dashboard.reports.numbers import numbers

HEADLINE = (REVENUE, WON, LEADS, WIN_RATE, AVERAGE_CHECK)
"""The five numbers of the first page."""

MOST_FUNNELS = 2
MOST_DOTS = 16


def overview(making: Making) -> Section:
    """What came in, and why it changed against the period before."""
    locale, currency = making.locale, making.facts.currency
    change, check = making.answer("revenue_change"), making.answer("check_split")
    found = numbers(making.facts, HEADLINE, making.filter, making.locale)
    return making.section(
        "overview",
        N_("Overview"),
        metrics=(*HEADLINE, CYCLE_DAYS_MEDIAN),
        charts=drawn(
            (lambda: money_change.revenue(change.frame, locale, currency)) if change.frame.height else None,
            lambda: making.months(REVENUE),
            lambda: making.months(LEADS),
        ),
        tables=[
            making.table("revenue_change", most=0),
            making.table("check_split", most=0 if check.frame[check.columns[0].name].is_null().all() else 8),
        ],
        finding="" if change.frame.height else making.number(found),
    )


def funnel(making: Making) -> Section:
    """How far the deals of the period got, by funnel."""
    answer = making.answer("funnel")
    parts = [part for _, part in answer.frame.group_by("funnel", maintain_order=True)]
    ordered = sorted(parts, key=lambda part: -int(part["reached"].fill_null(0).to_list()[0]))[:MOST_FUNNELS]
    currency = making.facts.currency
    # The page says the same: where only today's stage is known, no stage is blamed for the deals lost.
    is_told = all(one.template != PRESENT_ONLY for one in answer.sentences)
    pictured = ordered if answer.n else []
    charts = [funnel_charts.funnel(part, making.locale, currency, is_told=is_told) for part in pictured]
    ways = ("lost", "still_there", "days_median", "days_p90") if is_told else ("still_there",)
    shown = ("funnel", "stage", "reached", "step", "cumulative", *ways)
    return making.section(
        "funnel",
        N_("Sales funnel"),
        metrics=(LEADS, TARGET_LEADS, WON, LOST),
        charts=charts,
        tables=[making.table("funnel", shown, 20)],
        notes=[making.say(N_("Deals created in the period, as far as they got up to the date of the data."))],
    )


def cycle(making: Making) -> Section:
    """How long deals take, and where they stand."""
    dwell, there = making.answer("dwell").frame, making.answer("pipeline")
    by_stage = replace(there, frame=there.frame.filter(pl.col("stage").is_not_null()))
    names = dwell.group_by("funnel").agg(pl.col("n").sum()).sort("n", "funnel", descending=[True, False])["funnel"]
    rows = dwell.filter((pl.col("funnel") == names[0]) & (pl.col("n") > 0)).to_dicts() if len(names) else []
    return making.section(
        "cycle",
        N_("Speed of a deal"),
        metrics=(CYCLE_DAYS_MEDIAN, CYCLE_DAYS_P90, WITHIN_NORM_SHARE, STUCK, STUCK_AMOUNT, AGE_DAYS_MEDIAN),
        charts=drawn((lambda: stage_days(rows, making.locale)) if rows else None),
        tables=[
            making.table("dwell", ("funnel", "stage", "n", "median", "p90", "norm_days", "within_share"), 0),
            making.table("pipeline", ("funnel", "stage", "open", "stuck", "stuck_share", "stuck_amount"), 8, by_stage),
        ],
    )


def managers(making: Making) -> Section:
    """Who stands out beyond chance, raw and with the same clients; by name and never by rank."""
    told = making.answer("managers")
    busy = pl.any_horizontal(pl.col(name).fill_null(0) > 0 for name in ("won", "lost", "leads"))
    told = replace(told, frame=told.frame.sort(~busy, maintain_order=True))
    most = max(min(told.frame.filter(busy).height, 30), 1)
    people = told.frame.filter(pl.col("closed") > 0)
    differ = any(one.template in (DIFFERENT, FAR_DIFFERENT) for one in told.sentences)
    title = manager_charts.judged_title(people, making.locale, differ=differ) if people.height > 1 else ""
    pictures = []
    if 1 < people.height <= MOST_DOTS:
        pictures = [lambda: manager_charts.same_clients(people, title, making.locale)]
    shown = ("manager", "leads", "won", "lost", "revenue", "win_rate", "low", "high", "verdict", "adjusted")
    return making.section(
        "managers",
        N_("Performance of the managers"),
        charts=drawn(*pictures),
        tables=[making.table("managers", shown, most, told)],
        finding=title,
    )


def refused(making: Making) -> Section:
    """Where and why deals are refused, and what that costs."""
    answer = making.answer("refusals")
    sizes = making.facts.deals.group_by("funnel_name").len("deals")
    stages = making.facts.stages.join(sizes, on="funnel_name", how="left")
    ordered = stages.sort("deals", "funnel_name", "stage_order", descending=[True, False, False], nulls_last=True)
    order = without_contacts(ordered)["stage_name"].unique(maintain_order=True).to_list()

    def picture() -> refusals.Chart:
        return refusals.stage_map(refusals.lay_out(answer.frame, order), making.locale, making.facts.currency)

    return making.section(
        "refusals",
        N_("Refusal reasons"),
        metrics=(LOST, LOST_AMOUNT, MISSING_REASON_SHARE, JUNK),
        charts=drawn(picture if answer.n else None),
        tables=[
            making.table("refusal_reasons", most=8),
            making.table("refusals", ("stage", "reason", "count", "amount", "row_share", "is_notable"), 0),
        ],
    )
