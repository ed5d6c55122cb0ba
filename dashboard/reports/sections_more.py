"""The other sections of a report: channels, calls, clients, the plan, what waits for a person, the data, the meanings."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.analyses.accounting import KIND_WORDS, flows
from dashboard.analyses.answer import Answer, Column
from dashboard.analyses.headings import columns
from dashboard.analyses.plan_pace import TEAM, month_of
from dashboard.analyses.signals import in_sentences
from dashboard.analyses.weekly_series import ending_week
from dashboard.charts import calls, client_base, fan, plan, returns, waterfall
from dashboard.charts.fan_days import fan_of
from dashboard.charts.theme import Chart
from dashboard.charts.trend import trend_period
from dashboard.exports.answers import said
from dashboard.exports.reconciliation import identities_fail
from dashboard.i18n import N_
from dashboard.metrics import ad_report, base, care, deals, speed, spend
from dashboard.metrics import calls as call_metrics
from dashboard.metrics import returns as return_metrics
from dashboard.metrics.measure import measure
from dashboard.metrics.plans import PLAN_ATTAINMENT, PLAN_REVENUE
from dashboard.reports.lacking import lacking
from dashboard.reports.making import Making, drawn
from dashboard.reports.model import Section, Table

NO_COSTS = N_("No export tells what advertising cost, so CPL, CAC and ROMI are not known.")
NO_SALES = N_("No deal is in the data, so what was spent cannot be set against sales.")
NO_DEALS = N_("The exports hold no deals. Load an export of deals from your CRM, and numbers will stand here.")
NO_CALLS = N_("No export holds calls, so missed calls, reach and speed of response are not known.")
REPORTED = (
    *(spend.SPEND, ad_report.AD_LEADS, ad_report.AD_CPL, ad_report.AD_ORDERS, ad_report.AD_REVENUE),
    ad_report.AD_ROMI,
)
"""What the ad reports tell themselves, shown where no deal can be set against them."""
NEEDS = (
    ("stuck", N_("Deals stuck in a stage")),
    ("promises", N_("Promises forgotten")),
    ("missed_requests", N_("Requests without a deal")),
    ("no_contact", N_("Clients without contact for too long")),
    ("unowned", N_("Clients nobody looks after")),
    ("reactivation", N_("Clients to win back")),
)
"""What waits for a person: an analysis whose rows are what waits."""


HEADLINES = 3
"""So many of what needs attention stand in its first line."""


def without_deals(making: Making, section: Section) -> Section:
    """Put in the place of a section that only deals could fill the one reason why it is empty."""
    said_why = making.say(NO_SALES if making.facts.costs.height and section.name == "overview" else NO_DEALS)
    return Section(section.name, section.title, said_why)


def channels(making: Making) -> Section:
    """What was spent and what came back."""
    facts, answer = making.facts, making.answer("channels")
    romi = return_metrics.ROMI if facts.margins.height else return_metrics.ROMI_REVENUE
    with_costs = (spend.SPEND, deals.LEADS, spend.CPL, return_metrics.CAC, return_metrics.COHORT_REVENUE, romi)
    without = (deals.LEADS, deals.TARGET_LEADS, return_metrics.COHORT_WON, return_metrics.COHORT_REVENUE)
    has_deals = facts.deals.height > 0
    can_draw = has_deals and returns.drawn(answer.frame).height > 0
    shown = ("channel", "spend", "leads", "cohort_won", "cohort_revenue", "cpl", "cac", "romi_shown", "channel_verdict")
    return making.section(
        "channels",
        N_("Channels and ROI"),
        metrics=(with_costs if has_deals else REPORTED) if facts.costs.height else without,
        charts=drawn(
            (lambda: returns.returns(answer.frame, "channel", making.locale, facts.currency)) if can_draw else None,
            None if has_deals or months_of(facts.costs) < 2 else (lambda: making.months(spend.SPEND)),
        ),
        tables=[
            making.table("channels", shown if has_deals else ("channel", "spend")),
            *([making.table("spend_without_leads", most=5)] if facts.costs.height and has_deals else []),
            *([] if has_deals else [making.table("ad_report", most=20)]),
        ],
        finding=("" if has_deals else making.say(NO_SALES)) if facts.costs.height else making.say(NO_COSTS),
    )  # fmt: skip


def months_of(costs: pl.DataFrame) -> int:
    """Count the months that have spend: a picture of one bar says nothing."""
    return costs.get_column("spent_on").dt.truncate("1mo").drop_nulls().n_unique()


def called(making: Making) -> Section:
    """When calls come and are missed, and how soon leads are answered."""
    title = N_("Calls and speed of response")
    if not making.facts.calls.height:
        return Section("calls", making.say(title), making.say(NO_CALLS))
    week, curve, locale = making.answer("calls_by_hour"), making.answer("response_curve"), making.locale

    def answers() -> calls.Chart:
        waiting = measure(making.facts, [speed.UNANSWERED_SHARE], making.filter).item()
        return calls.answers(curve.frame, waiting, locale)

    return making.section(
        "calls",
        title,
        metrics=(
            *(call_metrics.CALLS_IN, call_metrics.CALLS_OUT, call_metrics.MISSED_EPISODES, call_metrics.LOST_CALLS),
            *(speed.RESPONSE_MINUTES_MEDIAN, speed.ANSWERED_WITHIN_15, speed.UNANSWERED, speed.REACH_RATE),
        ),
        charts=drawn(
            answers if curve.frame.height else None,
            (lambda: calls.week(week.frame, "missed", locale)) if week.frame.height else None,
        ),
        tables=[making.table("reach_by_attempt", most=0), making.table("load", most=0)],
    )


def clients(making: Making) -> Section:
    """How the base grows or shrinks, and what its classes bring."""
    span = making.over(trend_period(making.filter.period, making.facts.as_of_on))
    months, classes = making.answer("base_bridge", span), making.answer("abc")
    locale, currency = making.locale, making.facts.currency

    def bridge_drawn() -> Chart:
        plain = client_base.bridge(months.frame, making.facts.as_of_on, locale)
        return making.noted(plain, months.frame["month"].to_list(), span)

    return making.section(
        "clients",
        N_("Client base"),
        metrics=(base.BASE_CLIENTS, base.ACTIVE_CLIENTS, care.WITHOUT_CONTACT, care.COMPLETE_CARDS_SHARE),
        charts=drawn(
            bridge_drawn if months.frame.height else None,
            (lambda: client_base.classes(classes.frame, locale, currency)) if classes.n else None,
        ),
        tables=[making.table("base_bridge", answer=months, most=0), making.table("abc")],
    )


def forecast(making: Making) -> Section:
    """Where the month may end against the plan, and what changed in the open deals."""
    facts, locale, currency = making.facts, making.locale, making.facts.currency
    pace, outlook, moved = (making.answer(name) for name in ("plan_pace", "forecast", "waterfall_month"))
    record = making.answer("forecast_record")
    team = pl.when(pl.col("scope") == TEAM).then(pl.lit(locale.text(TEAM))).otherwise("manager").alias("manager")
    said_pace = _with(pace, pace.frame.with_columns(team) if pace.frame.height else pace.frame)
    return making.section(
        "forecast",
        N_("Forecast against the plan"),
        metrics=() if measure(facts, [PLAN_REVENUE], making.filter).item() is None else (PLAN_REVENUE, PLAN_ATTAINMENT),
        charts=drawn(
            lambda: plan.pace(pace.frame, month_of(facts, making.filter), locale, currency),
            (lambda: fan.fan(fan_of(facts, making.filter, outlook.frame.row(0, named=True)), locale, currency))
            if outlook.frame.height else None,
            (lambda: fan.record(record.frame, locale, currency)) if record.frame.height else None,
            (lambda: waterfall.waterfall(moved.frame, locale, currency)) if moved.n else None,
        ),
        tables=[
            making.table("forecast", ("variant", "until", "done", "expected", "p10", "p50", "p90", "planned", "plan_chance"))
            if outlook.frame.height
            else making.table("forecast"),
            making.table("plan_pace", ("metric", "manager", "planned", "done", "share", "expected", "verdict"), 0, said_pace),
            making.table("coverage", most=0),
        ],
    )  # fmt: skip


def attention(making: Making) -> Section:
    """What was unusual last week, and what waits for a person, counted; the lists are on the pages, because they name clients."""
    asked = ending_week(making.facts, making.filter)
    rows, silent, told = [], [], making.answer("signals", None if asked is making.filter else asked)
    news = [said(one, making.locale) for one in told.sentences[: in_sentences(told.frame).height]]
    unusual = making.table("signals", most=0, answer=replace(told, sentences=told.sentences[len(news) :]))
    for name, label in NEEDS:
        answer = making.answer(name)
        if answer.frame.is_empty() and answer.sentences:
            silent.append(f"{making.say(label)}: {said(answer.sentences[0], making.locale)}")
        amount = answer.frame["amount"].sum() if "amount" in answer.frame.columns and answer.frame.height else None
        rows.append(
            {"waiting": label, "count": answer.frame.height, "amount": None if amount is None else float(amount)}
        )
    frame = pl.DataFrame(
        rows, schema={"waiting": pl.String(), "count": pl.Int64(), "amount": pl.Float64()}, orient="row"
    )
    kept = frame.filter(pl.col("count") > 0)
    waiting = Answer(
        frame=kept,
        columns=(Column("waiting", N_("What waits"), "word"), *columns("count", "amount")),
        definition=N_(
            "What waits for a person on the day of the data: one row per kind, how many, and the money behind."
        ),
        n=int(kept["count"].sum()),
        as_of=making.facts.as_of,
    )
    table = Table("attention", making.say(N_("Needs a person")), waiting, waiting.columns)
    if (
        making.facts.deals.is_empty() and not news and not kept.height
    ):  # what waits for an export has nothing to list of it either
        return Section("attention", making.say(N_("What needs attention")), making.say(NO_DEALS))
    parts = [f"{making.say(one['waiting'])}: {making.locale.number(one['count'])}" for one in kept.to_dicts()]
    finding = " ".join(news[:HEADLINES]) or "; ".join(parts[:HEADLINES])
    diagnosis = making.table("diagnosis", ("funnel", "stage", "condition", "value", "reference", "hypotheses"))
    return making.section(
        "attention",
        N_("What needs attention"),
        tables=[unusual, table, diagnosis],
        finding=finding,
        notes=[*news[HEADLINES:], *silent],
    )


def data(making: Making) -> Section:
    """How many rows came in and became what, and whether every sum that must be equal is."""
    facts, locale = making.facts, making.locale
    failed = identities_fail(facts)
    if failed:
        finding = locale.plural("{n} identity does not hold.", "{n} identities do not hold.", failed)
    else:
        finding = making.say(
            N_("Every sum that must be equal is: {n} identities hold."), n=locale.number(facts.identities.height)
        )
    rows = [
        {"what": KIND_WORDS.get(one.kind, one.kind), "rows_in": one.rows_in, "accepted": one.accepted,
         "quarantined": one.quarantined, "duplicates": one.duplicates, "counted": one.counted}
        for one in flows(facts)
    ]  # fmt: skip
    numbers = ("rows_in", "accepted", "quarantined", "duplicates", "counted")
    schema = {"what": pl.String(), **dict.fromkeys(numbers, pl.Int64())}
    words = (N_("Rows read"), N_("Accepted"), N_("Put aside"), N_("Duplicates"), N_("On the pages"))
    shown = tuple(Column(name, label, "count") for name, label in zip(numbers, words, strict=True))
    told = Answer(
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(Column("what", N_("What it holds"), "word"), *shown),
        definition=N_("Rows of the exports by kind: read = accepted + put aside + duplicates."),
        n=sum(int(one["rows_in"] or 0) for one in rows),
        as_of=facts.as_of,
        counted=N_("rows"),
    )
    table = Table("rows", making.say(N_("From the files to the pages")), told, told.columns, 20)
    missing = lacking(facts)
    wanted = Table(
        "lacking", making.say(N_("What to load to fill the rest of the report")), missing, missing.columns, 20
    )
    tables = [table, wanted]
    return making.section("data", N_("Quality of the data and reconciliation"), tables=tables, finding=finding)


def _with(answer: Answer, frame: pl.DataFrame) -> Answer:
    return Answer(
        frame,
        answer.columns,
        answer.definition,
        answer.n,
        answer.as_of,
        answer.counted,
        answer.variant,
        answer.sentences,
    )
