"""A signal said in plain words with its numbers: what it is of, the last week, what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.filters import Notice
from dashboard.i18n import N_, Told
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.registry import METRICS

WORDS = {"answered_share": N_("Incoming calls answered")}
"""Metrics whose label says too little where it stands alone in a sentence."""
BEYOND, ON_ONE_SIDE = N_("one week outside the limits"), N_("eight weeks or more on one side")
OUTSIDE = N_("{metric}: {value} in the week {week}, usually {low} to {high}.")
OUTSIDE_OF = N_("{metric} · {name}: {value} in the week {week}, usually {low} to {high}.")
ABOVE = N_("{metric}: {run} weeks in a row above the usual {usual}; {value} in the week {week}.")
ABOVE_OF = N_("{metric} · {name}: {run} weeks in a row above the usual {usual}; {value} in the week {week}.")
BELOW = N_("{metric}: {run} weeks in a row below the usual {usual}; {value} in the week {week}.")
BELOW_OF = N_("{metric} · {name}: {run} weeks in a row below the usual {usual}; {value} in the week {week}.")

SHORT_MONEY = 0.1
"""Amounts nearer to each other than this share may be the same once cut short («1,2 млн ₽»)."""


def sentence(row: Mapping[str, Any], currency: str) -> Notice:
    """Say a signal in plain words with its numbers; ``row`` is one of the answer's frame."""
    metric = METRICS[row["metric_name"]]
    is_part, is_above = bool(row["by"]), row["value"] > row["usual"]
    if row["rule"] == BEYOND:
        template = OUTSIDE_OF if is_part else OUTSIDE
    else:
        template = (ABOVE_OF if is_part else ABOVE) if is_above else (BELOW_OF if is_part else BELOW)
    segment = row["segment"]
    values: dict[str, object] = {
        "metric": Told(WORDS.get(metric.name, metric.label), "word"),
        "name": Told(N_("not given"), "word") if segment is None else segment,
        "week": Told((row["week_from"], row["week_to"]), "days"),
        "run": row["run"],
    }
    near = {name: row[name] for name in ("value", "usual", "low", "high")}
    close = is_close(metric, near)
    kind = {Unit.SHARE: "share", Unit.MONEY: "money"}.get(metric.unit, "number")
    numbers = {
        name: replace(
            Told(value, digits=digits_of(value, metric) if close else 0, currency=currency, is_short=not close),
            kind=kind,
        )
        for name, value in near.items()
    }
    return Notice(template, {**values, **numbers})


def digits_of(value: float, metric: Metric) -> int:
    """Choose the digits after the point where whole ones would hide on which side of its limit a number lies."""
    return 0 if metric.unit == Unit.MONEY or (metric.unit == Unit.COUNT and value == round(value)) else 1


def is_close(metric: Metric, near: Mapping[str, float]) -> bool:
    """Tell whether a number would look as if it lay at its limit: a share in whole percents, a count, money cut short."""
    others = (near["usual"], near["low"], near["high"])
    if metric.unit == Unit.MONEY:
        return any(abs(near["value"] - one) <= SHORT_MONEY * abs(near["value"]) for one in others)
    scale = 100 if metric.unit == Unit.SHARE else 1
    return round(scale * near["value"]) in {round(scale * one) for one in others}
