"""The answers of ``ask`` and ``funnel`` as a table, CSV or JSON; the command line only prints them.

Every JSON answer has the same envelope: which snapshot, as of when, under which filter. Shares are 0…1, money and days are
plain numbers, unknown is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.accounting import unrated
from dashboard.analyses.funnel import FunnelAnswer
from dashboard.exports.tables import csv_text, plain, records, text_table
from dashboard.filters import FIELDS, VALUE_LABELS, Filter, Notice
from dashboard.i18n import N_, Locale
from dashboard.metrics.measure import simple_parts
from dashboard.metrics.model import Metric
from dashboard.metrics.unknown import why_unknown

DIMENSION_LABELS: dict[str, str] = {
    "manager": N_("Manager"),
    "team": N_("Team"),
    "product": N_("Product"),
    "channel": N_("Channel"),
    "campaign": N_("Campaign"),
    "region": N_("Region"),
    "funnel": N_("Funnel"),
    "reason": N_("Refusal reason"),
    "stage": N_("Stage"),
    "client": N_("Client"),
    "client_type": N_("Client type"),
    "week": N_("Week from"),
    "month": N_("Month from"),
    "quarter": N_("Quarter from"),
    "year": N_("Year from"),
}
SUBJECT_FACTS = {"deals": "deals", "costs": "costs", "invoices": "invoices", "payments": "invoices"}
"""Which fact the amounts are of that a conversion tells of."""
FUNNEL_UNITS = {"step": "share", "cumulative": "share", "days_median": "days", "days_p90": "days", "norm_days": "days"}
FUNNEL_LABELS: dict[str, str] = {
    "stage": N_("Stage"),
    "entered": N_("Entries"),
    "reached": N_("Reached"),
    "step": N_("To the next"),
    "cumulative": N_("Of the first"),
    "advanced": N_("Moved on"),
    "lost": N_("Refused"),
    "moved_back": N_("Sent back"),
    "handed_off": N_("Handed over"),
    "still_there": N_("Still there"),
    "days_median": N_("Median days"),
    "days_p90": N_("P90 days"),
}


def envelope(facts: Facts, filter: Filter) -> dict[str, object]:
    """Say which snapshot answered, as of when, and under which filter (days half-open: ``to`` is left out)."""
    query = filter.to_query()
    asked: dict[str, object] = {key: query[key] for key in FIELDS if key in query}
    asked |= {"from": plain(filter.period.start), "to": plain(filter.period.end)}
    return {
        "snapshot": facts.snapshot,
        "as_of": facts.as_of.astimezone(ZoneInfo(facts.zone)).isoformat(),
        "filter": asked,
    }


def json_line(answer: Mapping[str, object]) -> str:
    """Write JSON with letters of every language as they are."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n"


def heading(facts: Facts, filter: Filter, locale: Locale) -> str:
    """Write the line above a table: the period with both days, the filter, the snapshot."""
    parts = [locale.text("Period: {period}", period=locale.period(filter.period))]
    if filter.period.start is not None or filter.period.end is not None:
        parts[0] += f" ({locale.text('both days included')})"
    for key, name in FIELDS.items():
        chosen = getattr(filter, name)
        if chosen:
            label = locale.text(DIMENSION_LABELS[key])
            parts.append(f"{label}: {', '.join(cut(value or None, locale, key) for value in chosen)}")
    parts.append(
        locale.text("snapshot {snapshot}, data up to {day}", snapshot=facts.snapshot, day=locale.date(facts.as_of_on))
    )
    if facts.passed_over:
        parts.append(
            locale.text("{snapshot} is damaged, an older one answers: voronka doctor", snapshot=facts.passed_over)
        )
    return " · ".join(parts)


def ask(
    facts: Facts,
    filter: Filter,
    metrics: Sequence[Metric],
    by: Sequence[str],
    frame: pl.DataFrame,
    form: str,
    locale: Locale,
) -> str:
    """Write measured metrics in one of the formats."""
    if form == "csv":
        return csv_text(frame)
    sentences = why_unknown(facts, metrics, filter, by) + without_rates(facts, metrics)
    if form == "json":
        notes = {"notes": [said(notice, Locale("en")) for notice in sentences]} if sentences else {}
        return json_line({**envelope(facts, filter), **notes, "rows": records(frame)})
    heads = [locale.text(DIMENSION_LABELS[name]) for name in by] + [locale.text(metric.label) for metric in metrics]
    rows = [
        [cut(row[name], locale, name) for name in by]
        + [locale.value(row[metric.name], metric.unit, facts.currency) for metric in metrics]
        for row in frame.to_dicts()
    ]
    table = text_table(heads, rows, left=dict.fromkeys(range(len(by)), True) or {-1: True})
    lines = [heading(facts, filter, locale), ""]
    if rows:
        lines.append(table)
    elif not sentences:
        lines.append(locale.text("Nothing of this kind in the data under this filter."))
    lines += [said(notice, locale) for notice in sentences]
    return "\n".join(lines) + "\n"


def without_rates(facts: Facts, metrics: Sequence[Metric]) -> list[Notice]:
    """Say which amounts the asked sums lack for want of a rate; whatever the filter, a sum without them looks whole."""
    of = {part.fact for part in simple_parts(metrics) if part.unit == "money"}
    subjects = {subject for subject, fact in SUBJECT_FACTS.items() if fact in of}
    return [
        Notice(
            N_(
                "Left out of every sum: {amount} {currency} (rows: {rows}), for want of a rate. voronka check names the line "
                "that rates.csv lacks."
            ),
            {name: row[name] for name in ("amount", "currency", "rows")},
        )
        for row in unrated(facts).to_dicts()
        if row["subject"] in subjects
    ]


def said(notice: Notice, locale: Locale) -> str:
    """Write a notice; the metric and the dimensions it names are in the reader's language too."""
    values = dict(notice.values)
    for name in {"metric", "what"} & values.keys():
        if isinstance(values[name], str):
            values[name] = locale.text(str(values[name]))
    if "needs" in values:
        values["needs"] = ", ".join(locale.text(word) for word in str(values["needs"]).split(", "))
    named = values.get("dimensions")
    if isinstance(named, tuple):
        values["dimensions"] = ", ".join(locale.text(DIMENSION_LABELS[name]) for name in named)
    return Notice(notice.template, values).said(locale)


def cut(value: object, locale: Locale, key: str = "") -> str:
    """Write the value of a dimension; a null group has no name, and a word of ours is translated."""
    if value is None:
        return locale.text("not given")
    words = VALUE_LABELS.get(key, {})
    return locale.text(words[str(value)]) if value in words else str(plain(value))


def funnel(facts: Facts, filter: Filter, answer: FunnelAnswer, form: str, locale: Locale) -> str:
    """Write a funnel in one of the formats, with its basis, rule and horizon."""
    if form == "json":
        stated = {
            "basis": answer.basis,
            "skips": answer.skips,
            "horizon": answer.horizon,
            "history": answer.history,
            "deals": answer.deals_count,
            "matured_share": plain(answer.matured_share),
            "undated": answer.undated_count,
            "notes": [said(notice, Locale("en")) for notice in answer.sentences],
        }
        order = ["stage", *(name for name in answer.frame.columns if name != "stage")]
        return json_line({**envelope(facts, filter), **stated, "rows": records(answer.frame.select(order))})
    if form == "csv":
        return csv_text(answer.frame)
    lines = [heading(facts, filter, locale), stated_rules(answer, locale)]
    for (name,), stages in answer.frame.group_by("funnel", maintain_order=True):
        rows = [
            [str(row["stage"])]
            + [locale.value(row[key], FUNNEL_UNITS.get(key, "count")) for key in list(FUNNEL_LABELS)[1:]]
            for row in stages.to_dicts()
        ]
        lines += ["", str(name), text_table([locale.text(label) for label in FUNNEL_LABELS.values()], rows)]
    lines += ["", *(said(notice, locale) for notice in answer.sentences)]
    return "\n".join(lines).rstrip() + "\n"


def stated_rules(answer: FunnelAnswer, locale: Locale) -> str:
    """Write the rules a funnel was counted by."""
    parts = [locale.text("basis: {basis}", basis=answer.basis)]
    if answer.basis == "cohort":
        horizon = locale.text("none") if answer.horizon is None else locale.days(answer.horizon)
        parts.append(locale.text("skipped stages: {skips}", skips=answer.skips))
        parts.append(locale.text("horizon: {horizon}", horizon=horizon))
    if answer.matured_share is not None:
        parts.append(
            locale.text(
                "{share} of the deals are at least as old as the horizon", share=locale.share(answer.matured_share)
            )
        )
    parts.append(locale.plural("{n} deal", "{n} deals", answer.deals_count))
    return " · ".join(parts)


def between(
    facts: Facts,
    filter: Filter,
    stages: tuple[str, str],
    found: Mapping[str, float | int | None],
    form: str,
    locale: Locale,
) -> str:
    """Write the days between two stages."""
    row = {"first": stages[0], "second": stages[1], **{key: plain(value) for key, value in found.items()}}
    if form == "json":
        return json_line({**envelope(facts, filter), "rows": [row]})
    if form == "csv":
        return csv_text(pl.DataFrame([row]))
    heads = [locale.text(word) for word in (N_("From"), N_("To"), N_("Deals"), N_("Median days"), N_("Mean days"))]
    cells = [
        *stages,
        locale.number(found["n"]),
        locale.number(found["median_days"], 4),
        locale.number(found["mean_days"], 4),
    ]
    return f"{heading(facts, filter, locale)}\n\n{text_table(heads, [cells], left={0: True, 1: True})}\n"
