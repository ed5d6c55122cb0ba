"""Every definition in the reader's language: what each metric counts and by which custom, what each analysis answers."""

from __future__ import annotations

import polars as pl

from dashboard.analyses.catalogue import CATALOGUE
from dashboard.exports.answers import json_line
from dashboard.exports.tables import csv_text
from dashboard.i18n import N_, Locale
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS

UNIT_WORDS = {
    "count": N_("count"),
    "money": N_("money"),
    "share": N_("share"),
    "days": N_("days"),
    "minutes": N_("minutes"),
    "number": N_("number"),
}
BETTER_WORDS = {
    "higher": N_("more is better"),
    "lower": N_("less is better"),
    "neither": N_("neither more nor less is better"),
}


def glossary(form: str, locale: Locale) -> str:
    """Write every metric and every analysis with its meaning."""
    metrics = [metric_row(metric, locale) for metric in METRICS.values()]
    analyses = [{"name": one.name, "label": locale.text(one.label), "help": locale.text(one.help)} for one in CATALOGUE]
    if form == "json":
        return json_line({"metrics": metrics, "analyses": analyses})
    if form == "csv":
        rows = [{"kind": "metric", **row} for row in metrics] + [{"kind": "analysis", **row} for row in analyses]
        return csv_text(pl.DataFrame(rows, infer_schema_length=None))
    lines = [locale.text("Metrics")]
    for metric, row in zip(METRICS.values(), metrics, strict=True):
        traits = [locale.text(UNIT_WORDS[metric.unit.value]), locale.text(BETTER_WORDS[metric.better.value])]
        if metric.variant:
            traits.append(str(row["variant"]))
        lines += [f"{metric.name} · {row['label']}", f"    {row['help']}", f"    {' · '.join(traits)}"]
    lines += ["", locale.text("Analyses")]
    for row in analyses:
        lines += [f"{row['name']} · {row['label']}", f"    {row['help']}"]
    return "\n".join(lines) + "\n"


def metric_row(metric: Metric, locale: Locale) -> dict[str, str | None]:
    """Say everything about a metric: the words in the reader's language, the names as the code has them."""
    return {
        "name": metric.name,
        "label": locale.text(metric.label),
        "help": locale.text(metric.help),
        "variant": locale.text(metric.variant) if metric.variant else "",
        "unit": metric.unit.value,
        "better": metric.better.value,
        "fact": metric.fact,
        "dated_by": metric.dated_by,
        "parts": ", ".join(part.name for part in metric.parts),
    }
