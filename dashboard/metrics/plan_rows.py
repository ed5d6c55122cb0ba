"""Plans beside what was done: the rows that the metrics of the plan stand on.

The plan of the whole team is split without a rest: what its managers are planned for stands beside their names, and the
difference, with what was sold by people without a plan of their own, in a row without a manager. So the managers add
up to the team, and a team without a plan of its own is the sum of its people who have one.
"""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from pipelines.schema.facts import FACTS

DONE = {"revenue": pl.col("amount").sum(), "won": pl.len()}
"""What is done towards the plan of a metric, over the deals won in the month."""
KEYS = ["metric_name", "month_on"]
VALUES = ["target", "expected", "done"]
PLAN_COLUMNS = frozenset(
    {*KEYS, *VALUES, "manager_name", "team_name", "workdays_count", "left_workdays_count", "is_begun", "is_running"}
)


def plan_months(facts: Facts) -> pl.DataFrame:
    """Make one row per metric (revenue, won), month with a plan, and manager; null where the team's plan names nobody.

    ``target``, ``expected`` by the working days that are over, ``done``: money or deals, as Float64. ``left_workdays_count``:
    working days to come. ``is_begun`` and ``is_running``: the month has begun, and is not over, at ``as_of``.
    """
    plans = facts.plans.filter(pl.col("metric_name").is_in(list(DONE)) & pl.col("month_on").is_not_null()).with_columns(
        target=pl.col("target").cast(pl.Float64), expected=expected()
    )
    personal = plans.filter(pl.col("manager_name").is_not_null())
    done = done_by(facts)
    own = personal.join(done, on=[*KEYS, "manager_name"], how="left").with_columns(pl.col("done").fill_null(0.0))
    rest = done.join(personal, on=[*KEYS, "manager_name"], how="anti", nulls_equal=True)
    team = (
        plans.filter(pl.col("manager_name").is_null())
        .join(sums(rest, ["done"]), on=KEYS, how="left")
        .join(sums(personal, ["target", "expected"]), on=KEYS, how="left", suffix="_own")
        .with_columns(
            pl.col("done").fill_null(0.0),
            target=pl.col("target") - pl.col("target_own").fill_null(0.0),
            expected=pl.col("expected") - pl.col("expected_own").fill_null(0.0),
        )
    )
    wanted = [*KEYS, *VALUES, "manager_name", "team_name", "workdays_count", "elapsed_workdays_count"]
    begun = facts.as_of_on.replace(day=1)
    return (
        pl.concat([own.select(wanted), team.select(wanted)])
        .with_columns(
            left_workdays_count=pl.col("workdays_count") - pl.col("elapsed_workdays_count"),
            is_begun=pl.col("month_on") <= begun,
            is_running=pl.col("month_on") == begun,
        )
        .drop("elapsed_workdays_count")
        .sort(*KEYS, "manager_name", nulls_last=True)
    )


def expected() -> pl.Expr:
    """Make what a plan expects by now: its part for the working days that are over; zero in a month without any."""
    share = pl.when(pl.col("workdays_count") > 0).then(pl.col("elapsed_workdays_count") / pl.col("workdays_count"))
    return pl.col("target").cast(pl.Float64) * share.fill_null(0.0)


def done_by(facts: Facts) -> pl.DataFrame:
    """Add up what each manager won by the month of the closing, of funnels that sell."""
    won = won_by_month(facts)
    parts = [
        won.group_by("month_on", "manager_name").agg(value.cast(pl.Float64).alias("done"), metric_name=pl.lit(name))
        for name, value in DONE.items()
    ]
    return pl.concat(parts)


def won_by_month(facts: Facts) -> pl.DataFrame:
    """Take the deals won, of funnels that sell, whose day of closing is known, with its month: ``month_on``."""
    is_won = (pl.col("outcome") == "won") & pl.col("is_sales").fill_null(True) & pl.col("closed_on").is_not_null()
    return facts.deals.filter(is_won).with_columns(month_on=pl.col("closed_on").dt.truncate("1mo"))


def deals_towards(facts: Facts, plans: pl.DataFrame, metric: str) -> pl.DataFrame:
    """Take the deals that are ``done`` of rows of ``plan_months`` of one metric (revenue or won), each once.

    A manager's plan has his own deals; the row that names nobody has those of all who have no plan of their own that month.
    """
    won, own = won_by_month(facts), ["month_on", "manager_name"]
    is_personal = (pl.col("metric_name") == metric) & pl.col("manager_name").is_not_null()
    personal = facts.plans.filter(is_personal).select(own)
    of_team = won.join(personal, on=own, how="anti", nulls_equal=True).join(
        plans.filter(pl.col("manager_name").is_null()), on="month_on", how="semi"
    )
    found = pl.concat([won.join(plans.filter(pl.col("manager_name").is_not_null()), on=own, how="semi"), of_team])
    return found.drop("month_on")


def sums(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Add some columns up by metric and month."""
    return rows.group_by(KEYS).agg(pl.col(names).sum())


def expected_deals(facts: Facts) -> pl.DataFrame:
    """Put the month in which each deal is expected to close beside it: ``expected_month_on``."""
    return facts.deals.with_columns(expected_month_on=pl.col("expected_on").dt.truncate("1mo"))


EXPECTED_COLUMNS = frozenset({*FACTS["deals"].column_names(), "expected_month_on"})
