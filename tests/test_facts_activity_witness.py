"""Recovered calls, responses and promises as DuckDB tells them from the definitions; parts and orders that change nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from company_activity import FIRST, TASK_KINDS, busy_companies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.facts.activity import activity_facts
from pipelines.facts.contacts import Telephony
from pipelines.schema.facts import FACTS
from pipelines.settings import Settings

WITNESS = Path(__file__).with_name("witness") / "facts"
AS_OF = [FIRST + timedelta(hours=300, minutes=7), FIRST + timedelta(hours=700)]
ZONES = ["UTC", "Europe/Berlin", "Asia/Vladivostok"]
KEYS = {name: FACTS[name].primary_key() for name in ("calls", "touches", "promises", "proposals", "responses")}


def built(core: dict[str, pl.DataFrame], as_of: datetime, zone: str, **more: Any) -> dict[str, pl.DataFrame]:
    found = activity_facts(core, as_of=as_of, zone=zone, settings=Settings(zone=zone), **more)
    for name, rows in found.items():
        FACTS[name].validate(rows)
    return found


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.sql("set TimeZone = 'UTC'")
    kinds = pl.DataFrame(list(TASK_KINDS.items()), schema={"task_name": pl.String, "kind": pl.String}, orient="row")  # noqa: F841
    connection.sql("create table task_kinds as from kinds")
    return connection


def witnesses(connection: Any, core: dict[str, pl.DataFrame], as_of: datetime, zone: str) -> dict[str, pl.DataFrame]:
    """Ask the witnesses of the core tables."""
    for table in ("calls", "tasks", "deals"):
        given = core[table].with_columns(pl.col(pl.Enum).cast(pl.String))  # noqa: F841 read by DuckDB
        connection.sql(f"create or replace table {table} as from given")

    def filled(name: str) -> str:
        sql = (WITNESS / f"{name}.sql").read_text("utf-8")
        return sql.replace("$zone", f"'{zone}'").replace("$as_of", f"'{as_of.isoformat()}'")

    for statement in filled("contacts").split(";\n"):
        if statement.strip():
            connection.sql(statement)
    return {name: connection.sql(filled(name)).pl() for name in ("recovered", "promises", "responses")}


@examples(60)
@given(core=busy_companies(), as_of=st.sampled_from(AS_OF), zone=st.sampled_from(ZONES))
def test_the_witnesses_say_the_same(connection: Any, core: dict[str, pl.DataFrame], as_of: datetime, zone: str) -> None:
    found, witness = built(core, as_of, zone), witnesses(connection, core, as_of, zone)
    missed = found["calls"].filter("is_missed").sort("call_id")
    same(missed.select("call_id", "recovered_at", is_first="is_first_of_episode"), witness["recovered"])
    same(found["promises"].with_columns(pl.col("outcome").cast(pl.String)), witness["promises"])
    same(found["responses"], witness["responses"])


def same(told: pl.DataFrame, witness: pl.DataFrame) -> None:
    """Compare the columns the witness speaks of."""
    assert_frame_equal(told.select(witness.columns), witness.cast(dict(told.select(witness.columns).schema)))


@examples(40)
@given(core=busy_companies(), as_of=st.sampled_from(AS_OF), zone=st.sampled_from(ZONES), seed=st.integers(0, 9))
def test_another_order_of_rows_changes_nothing(
    core: dict[str, pl.DataFrame], as_of: datetime, zone: str, seed: int
) -> None:
    shuffled = {name: rows.sample(fraction=1, shuffle=True, seed=seed) for name, rows in core.items()}
    one, other = built(core, as_of, zone), built(shuffled, as_of, zone)
    for name, rows in one.items():
        assert_frame_equal(rows, other[name])


@examples(40)
@given(core=busy_companies(), as_of=st.sampled_from(AS_OF), zone=st.sampled_from(ZONES))
def test_facts_of_some_clients_at_a_time_are_the_facts_of_all(
    core: dict[str, pl.DataFrame], as_of: datetime, zone: str
) -> None:
    telephony = Telephony.of(core["calls"], as_of, zone)
    whole = built(core, as_of, zone)
    parts = []
    for first in (True, False):
        mine = dict(core)
        for name in ("deals", "calls", "tasks"):
            own = pl.col("client_id") == "c1"
            mine[name] = core[name].filter(own if first else ~own.fill_null(False))
        parts.append(built(mine, as_of, zone, telephony=telephony))
    for name, key in KEYS.items():
        together = pl.concat([part[name] for part in parts])
        assert_frame_equal(together.sort(key), whole[name].sort(key))


@examples(40)
@given(core=busy_companies(), as_of=st.sampled_from(AS_OF), zone=st.sampled_from(ZONES))
def test_what_must_always_hold(core: dict[str, pl.DataFrame], as_of: datetime, zone: str) -> None:
    found = built(core, as_of, zone)
    calls, touches, responses = found["calls"], found["touches"], found["responses"]
    assert calls.height == core["calls"].height
    assert not calls.filter(pl.col("is_recovered") & ~pl.col("is_missed")).height
    assert calls["is_first_of_episode"].sum() == calls["episode_id"].drop_nulls().n_unique()
    assert calls["is_new_number"].sum() == calls["phone"].drop_nulls().n_unique()
    assert found["promises"].height == core["tasks"]["due_at"].count()
    assert responses.height == core["deals"].height
    grain = touches.select(pl.coalesce("client_id", "deal_id"), "touched_on", "kind")
    assert grain.n_unique() == touches.height
    unlogged = responses.filter(~pl.col("has_telephony"))
    assert unlogged.select(
        "attempts_count", "touches_count", "waited_minutes"
    ).null_count().sum_horizontal().to_list() == [3 * unlogged.height]
    assert not responses.filter((pl.col("response_minutes") < 0) | (pl.col("waited_minutes") < 0)).height
    assert not responses.filter(
        pl.col("response_minutes").is_not_null() & pl.col("waited_minutes").is_not_null()
    ).height


def test_no_rows_at_all() -> None:
    found = built({}, datetime(2026, 3, 1, tzinfo=UTC), "UTC")
    assert {name: rows.height for name, rows in found.items()} == dict.fromkeys(found, 0)
