"""The public call centre comes out as its reference figures say, through the command line's own road."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from real.sets import CALLS_MAPPING, lay_out

from dashboard.access import Facts, open_facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.cli import main
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from pipelines.load import load
from pipelines.settings import Home


@pytest.fixture(scope="module")
def home(once: Any, real_data: Path) -> Path:
    def make(home: Path) -> None:
        lay_out(real_data / "pwc_call_centre", home / "given")
        report = load([home / "given"], Home(home), mapping=CALLS_MAPPING)
        assert (report.outcome, report.rows_in, report.accepted) == ("accept", 14_054, 14_054)

    return once("real-pwc", make)


@pytest.fixture(scope="module")
def facts(home: Path) -> Facts:
    return open_facts(Home(home))


@pytest.fixture(scope="module")
def reference(real_data: Path) -> dict[str, Any]:
    return json.loads((real_data / "pwc_call_centre" / "reference.json").read_text(encoding="utf-8"))


def asked(facts: Facts, *names: str, by: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return measure(facts, [METRICS[name] for name in names], Filter(), by=by).to_dicts()


def test_calls_whole(facts: Facts, reference: dict[str, Any]) -> None:
    figures = reference["calls"]
    (found,) = asked(
        facts, "calls", "calls_in", "answered_in", "missed", "answered_share", "wait_seconds_mean", "wait_seconds_median",
        "talk_minutes", "talk_minutes_mean", "talk_minutes_median", "score_mean", "won",
    )  # fmt: skip
    assert found["calls"] == found["calls_in"] == figures["total"]
    assert (found["answered_in"], found["missed"]) == (figures["answered"], figures["missed"])
    assert found["answered_share"] == pytest.approx(figures["answer_rate"], abs=5e-5)
    assert found["wait_seconds_mean"] == pytest.approx(figures["speed_of_answer_seconds"]["mean"], abs=5e-5)
    assert found["wait_seconds_median"] == figures["speed_of_answer_seconds"]["median"]
    talk = figures["talk_seconds"]
    assert found["talk_minutes"] * 60 == pytest.approx(talk["sum"], abs=1e-6)
    assert found["talk_minutes_mean"] * 60 == pytest.approx(talk["mean"], abs=5e-5)
    assert found["talk_minutes_median"] * 60 == pytest.approx(talk["median"], abs=1e-9)
    assert found["score_mean"] == pytest.approx(figures["satisfaction_mean"], abs=5e-5)
    assert found["won"] == figures["resolved"]
    assert found["won"] / found["answered_in"] == pytest.approx(figures["resolved_of_answered"], abs=5e-5)
    days = facts.calls["started_on"]
    assert [day.isoformat() for day in (days.min(), days.max())] == [figures["date_min"], figures["date_max"]]


def test_calls_by_month_and_topic(facts: Facts, reference: dict[str, Any]) -> None:
    by_month = {f"{row['month']:%Y-%m}": row["calls"] for row in asked(facts, "calls", by=("month",))}
    assert by_month == reference["by_month"]
    assert {row["product"]: row["leads"] for row in asked(facts, "leads", by=("product",))} == reference["by_topic"]


def test_every_agent(facts: Facts, reference: dict[str, Any]) -> None:
    names = ("calls", "answered_in", "won", "talk_minutes", "score_mean")
    found = {row["manager"]: row for row in asked(facts, *names, by=("manager",))}
    assert found.keys() == reference["agents"].keys()
    for agent, figure in reference["agents"].items():
        row = found[agent]
        counts = (row["calls"], row["answered_in"], row["won"], round(row["talk_minutes"] * 60))
        assert counts == (figure["calls"], figure["answered"], figure["resolved"], figure["talk_seconds"])
        assert row["score_mean"] == pytest.approx(figure["mean_satisfaction"], abs=5e-5)


def test_calls_by_hour_hold_all_calls(facts: Facts, reference: dict[str, Any]) -> None:
    found = ANALYSES["calls_by_hour"].run(facts, Filter()).frame
    assert (found["calls"].sum(), found["missed"].sum()) == (reference["calls"]["total"], reference["calls"]["missed"])


def test_the_command_line_says_the_same(
    home: Path, reference: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["ask", "missed", "--by", "manager", "--format", "json", "--home", str(home)])
    told = capsys.readouterr().out
    missed = [figure["calls"] - figure["answered"] for figure in reference["agents"].values()]
    assert all(str(count) in told for count in missed)


def test_without_numbers_nothing_is_known_of_them(facts: Facts) -> None:
    (found,) = asked(facts, "unique_numbers", "new_numbers", "score_share", "promises")
    assert (found["unique_numbers"], found["new_numbers"], found["promises"]) == (None, None, None)
    assert found["score_share"] == pytest.approx(3.4036 / 5, abs=5e-5)
