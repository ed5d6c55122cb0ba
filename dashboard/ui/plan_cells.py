"""What stands behind the numbers of the plan: the plans of the month, and the rows of what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Column, Kind
from dashboard.analyses.headings import HEADINGS
from dashboard.analyses.plan_pace import TEAM, done_under, plans_behind
from dashboard.filters import Filter
from dashboard.i18n import N_
from dashboard.metrics.model import Metric, Unit
from dashboard.metrics.registry import METRICS
from dashboard.ui.behind import Behind, Cell, Number, OfMetric, Part, Parts, Values, ratio_of, total
from dashboard.ui.cell_rows import Grid, capital
from dashboard.ui.context import Context
from dashboard.ui.row_columns import OF_PLANS, Listing

BY_LABEL = {metric.label: name for name, metric in METRICS.items()}
METRIC = "metric_name"
PLANNED = ("planned", "done", "share", "expected", "gap", "per_day")
NEEDED = Number(N_("Working days left"), Unit.COUNT, lambda rows: most_days(rows))
HELP = N_(
    "The plan of the month and, below it, the rows of what was done from its first day to the last day of the data. Expected by "
    "now is the plan times the share of the working days that are over."
)


def most_days(rows: pl.DataFrame) -> float | None:
    """Take the working days left of whoever has most of them in the month, as ``plan_pace`` does for a team."""
    ordered = rows.sort("workdays_count", descending=True, maintain_order=True)
    return ordered["left_workdays_count"].to_list()[0] if rows.height else None


def plan_listing(kind: Kind) -> Listing:
    """Say how plans of a kind of number are read."""
    columns = (
        Column("month_on", N_("Month"), "day"),
        Column("manager_name", N_("Manager")),
        Column("target", N_("Plan"), kind),
        Column("expected", N_("Expected by now"), kind),
        Column("workdays_count", N_("Working days"), "count"),
        Column("left_workdays_count", N_("Working days left"), "count"),
    )
    return Listing("plans", columns, OF_PLANS, ("month_on", "manager_name"), {"manager_name": {TEAM: TEAM}})


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the plan in the money of tables and call the plan of nobody that of the whole team."""
    return rows.with_columns(pl.col("target").cast(pl.Float64), pl.col("manager_name").fill_null(TEAM))


def of_plan(column: str, name: str) -> Behind:
    """Say what stands behind a column of the plan of a metric."""
    metric = METRICS[name]

    def parts(facts: Facts, filter: Filter, cell: Cell) -> Parts:
        manager = cell["manager_name"]
        return plan_parts(
            column,
            metric,
            named(plans_behind(facts, filter, metric, manager)),
            done_part(facts, filter, metric, manager),
        )

    return Behind(f"{HEADINGS[column][0]}", HELP, parts, VALUES[column](metric))


def done_part(facts: Facts, filter: Filter, metric: Metric, manager: str | None) -> OfMetric:
    """Name the rows of what was done."""
    return OfMetric(metric, done_under(facts, filter, metric, manager), {})


def plan_parts(column: str, metric: Metric, plans: pl.DataFrame, done: OfMetric) -> Parts:
    """List the plans, with the numbers that the column needs of them, and what was done where it needs that."""
    unit = metric.unit
    numbers = {"planned": Number(N_("Plan"), unit, total("target"))}
    if column == "expected":
        numbers = {"expected": Number(N_("Expected by now"), unit, total("expected"))}
    if column == "per_day":
        numbers |= {"days": NEEDED}
    kind: Kind = "money" if unit == Unit.MONEY else "share" if unit == Unit.SHARE else "number"
    of_plans = Part("plan", plans, numbers, plan_listing(kind))
    return {"planned": [of_plans], "expected": [of_plans], "done": [done]}.get(column, [of_plans, done])


def left_of(metric: Metric) -> Callable[[Values], float | None]:
    """Make what is left of a plan; never below nothing."""

    def left(values: Values) -> float | None:
        planned, done = values["planned"], values.get(metric.name)
        return None if planned is None else max(planned - float(done or 0), 0.0)

    return left


def per_day(metric: Metric) -> Callable[[Values], float | None]:
    """Make what is needed a working day."""

    def needed(values: Values) -> float | None:
        left, days = left_of(metric)(values), values["days"]
        return left / days if left is not None and days else None

    return needed


VALUES: dict[str, Callable[[Metric], Callable[[Values], float | None] | None]] = {
    "planned": lambda metric: None,
    "expected": lambda metric: None,
    "done": lambda metric: lambda values: float(values[metric.name] or 0),
    "share": lambda metric: ratio_of(metric.name, "planned"),
    "gap": left_of,
    "per_day": per_day,
}


def plan_grid(here: Context) -> Grid:
    """Make the table of the plan open: a row is of a manager, or of the whole team, and of a metric."""

    def opener(column: str) -> Callable[[Sequence[str]], Behind]:
        return lambda row: of_plan(column, row[1])

    def title(row: Sequence[str]) -> str:
        whose = row[0] or capital(here.locale.text(TEAM))
        return f"{whose} · {here.locale.text(METRICS[row[1]].label)}"

    opens = {column: opener(column) for column in PLANNED}
    return Grid("plan_pace", {"whose": "manager_name", "name": METRIC}, opens, title=title)


def plan_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the names beside the rows of ``plan_pace`` that the table opens them by."""
    return frame.with_columns(whose="manager", name=pl.col("metric").replace(BY_LABEL))
