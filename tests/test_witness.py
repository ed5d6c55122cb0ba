"""Each metric has a witness: DuckDB SQL written from its help text. Both must say the same, whole and by group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from companies import companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import DIMENSIONS, Filter
from dashboard.metrics import calls, promises, scores, speed
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS, collect
from dashboard.metrics.rows import rows_of
from dashboard.periods import DAY, Period, step_unit
from pipelines.schema.facts import FACTS

WITNESS = Path(__file__).with_name("witness")
WITNESSED = tuple(name for name in METRICS if (WITNESS / f"{name}.sql").exists())
"""A metric without a witness fails one test, in one sentence; the others would look for the smallest company without one."""
FILLED = tuple(name for name in WITNESSED if name not in collect([calls, promises, scores, speed]))
"""Metrics of what the generated companies have; tests/test_metrics_activity_witness.py asks those of calls and promises."""

NEVER = Period(date(1900, 1, 1), date(1900, 1, 2))
PARTS = 4
"""All metrics are asked in so many tests, so that two cores share them."""
BY = ("manager", "product", "channel", "region", "client_type")
PERIODS = st.one_of(
    st.just(Period()),
    st.builds(
        lambda start, days: Period(start, date.fromordinal(start.toordinal() + days)),
        st.dates(date(2024, 12, 1), date(2025, 12, 1)),
        st.integers(1, 200),
    ),
    st.builds(lambda end: Period(None, end), st.dates(date(2025, 1, 1), date(2026, 1, 1))),
    st.builds(lambda start: Period(start, None), st.dates(date(2025, 1, 1), date(2026, 1, 1))),
)


class Court:
    """A DuckDB database with the facts of one company.

    ``selling_deals`` and ``selling_visits`` are those of funnels that sell: who chooses no funnel is told of them alone.
    """

    def __init__(self, facts: Any) -> None:
        self.facts = facts
        self.said: dict[tuple[str, Period, str], list[tuple[Any, ...]]] = {}
        self.connection = duckdb.connect(config={"threads": 1})
        for name in FACTS:
            rows = getattr(facts, name).with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
            self.connection.sql(f"create table {name} as from rows")
        for name in ("deals", "visits"):
            self.connection.sql(f"create view selling_{name} as from {name} where is_sales is distinct from false")

    def ask(self, name: str, period: Period, by: str = "") -> list[tuple[Any, ...]]:
        """Ask the witness, once: many metrics are made of the same few."""
        if (name, period, by) not in self.said:
            self.said[name, period, by] = self.hear(name, period, by)
        return self.said[name, period, by]

    def hear(self, name: str, period: Period, by: str) -> list[tuple[Any, ...]]:
        """Run the witness's SQL; that of a metric made of others takes what their witnesses say."""
        metric = METRICS[name]
        sql = (WITNESS / f"{name}.sql").read_text("utf-8").replace("{by}", by)
        if metric.parts:
            return self.ask_parts(metric, sql, period, by)
        if not self.can_tell(metric, by):
            return []
        given = {"start": period.start, "end": period.end, "as_of": self.facts.as_of_on}
        return self.told(sql, {key: value for key, value in given.items() if f"${key}" in sql})

    def told(self, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a question; not as a relation, which DuckDB would read twice."""
        return self.connection.execute(sql, params).fetchall()

    def ask_parts(self, metric: Metric, sql: str, period: Period, by: str) -> list[tuple[Any, ...]]:
        said = {part: {row[:-1]: row[-1] for row in self.ask(part.name, period, by)} for part in metric.parts}
        found = []
        for group in {group for answers in said.values() for group in answers}:
            params = {part.name: answers.get(group, self.of_nothing(part, by)) for part, answers in said.items()}
            used = {name: value for name, value in params.items() if f"${name}" in sql}
            ((value,),) = self.told(sql, used)
            found.append((*group, value))
        return found

    def of_nothing(self, part: Metric, by: str) -> Any:
        """What a witness says of no rows at all; null where it cannot be asked by this cut."""
        return self.ask(part.name, NEVER)[0][0] if self.can_tell(part, by) else None

    def can_tell(self, metric: Metric, by: str) -> bool:
        """Spend is not known by manager, and a state at as_of not by month."""
        if metric.parts:
            return all(self.can_tell(part, by) for part in metric.parts)
        if "date_trunc" in by:
            return metric.dated_by is not None
        return not by or by.rstrip(",") in rows_of(self.facts, metric.fact).columns


def same(one: Any, two: Any) -> bool:
    if one is None or two is None:
        return one is two
    return float(one) == pytest.approx(float(two), rel=1e-9, abs=1e-9)


def disagreements(
    facts: Any,
    period: Period,
    names: Sequence[str] = tuple(METRICS),
    by: Sequence[str] = (*BY, "month"),
    court: Court | None = None,
) -> list[str]:
    """Compare metrics with their witnesses, whole and by each cut; a list of what differs."""
    court, found = court or Court(facts), []
    filter = Filter(period=period)
    for name in names:
        metric = METRICS[name]
        whole = measure(facts, [metric], filter).item()
        ((said,),) = court.ask(name, period)
        if not same(whole, said):
            found.append(f"{name}: {whole}, the witness says {said}")
        cuts = {cut: f"{DIMENSIONS[cut]}," for cut in by if cut != "month"}
        if "month" in by and not metric.is_stock and metric.dated_by is not None:
            cuts["month"] = "date_trunc('month', dated_on)::date,"
        for cut, sql in cuts.items():
            ours = {row[0]: row[1] for row in measure(facts, [metric], filter, by=(cut,)).rows()}
            theirs = dict(court.ask(name, period, sql))
            if ours.keys() != theirs.keys() or not all(same(ours[key], theirs[key]) for key in ours):
                found.append(f"{name} by {cut}: {ours}, the witness says {theirs}")
        if "month" in by and metric.is_stock:
            for month, value in measure(facts, [metric], filter, by=("month",)).rows():
                end = min(step_unit("month", month, 1), period.end or date.max, facts.as_of_on + DAY)
                ((said,),) = court.ask(name, Period(None, end))
                if not same(value, said):
                    found.append(f"{name} in {month}: {value}, the witness says {said}")
    return found


def test_every_metric_has_a_witness_and_every_witness_a_metric() -> None:
    witnesses = {path.stem for path in WITNESS.glob("*.sql")}
    assert not (lost := sorted(set(METRICS) - witnesses)), f"write tests/witness/NAME.sql from the help text: {lost}"
    assert not (left := sorted(witnesses - set(METRICS))), (
        f"no metric has this name; remove tests/witness/NAME.sql: {left}"
    )


@pytest.mark.parametrize("part", range(PARTS))
@examples(40)
@given(facts=companies(most_deals=20), period=PERIODS, data=st.data())
def test_the_witness_agrees_on_any_company(part: int, facts: Any, period: Period, data: Any) -> None:
    closings = facts.deals.get_column("closed_on").drop_nulls().unique().sort().to_list()
    if closings and data.draw(st.sampled_from([True, True, False])):
        end = data.draw(st.sampled_from(closings))  # the edge of a period on a day when something was closed
        period = Period(data.draw(st.sampled_from([None, end - 30 * DAY])), end)
    by = data.draw(st.sampled_from([*BY, "month"]))
    assert disagreements(facts, period, FILLED[part::PARTS], by=(by,)) == []
