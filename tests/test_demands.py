"""Every demand has its line in docs/demands.md, and what the line names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.analyses.catalogue import ANALYSES
from dashboard.metrics.registry import METRICS

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("demand", "asked", "metrics", "analyses", "besides", "proof", "status")
STATUSES = ("answered", "partly", "missing", "not from exports")
ALL = [f"D{number:02}" for number in range(1, 65)]


def rows_of(text: str) -> list[dict[str, str]]:
    """Read the table: one dict per demand."""
    lines = [line for line in text.splitlines() if re.match(r"\| D\d", line)]
    return [
        dict(zip(COLUMNS, (cell.strip() for cell in line.strip().strip("|").split(" |")), strict=True))
        for line in lines
    ]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def faults(text: str) -> list[str]:
    """List what is wrong with the table."""
    rows = rows_of(text)
    found = [] if [row["demand"] for row in rows] == ALL else ["the demands are not D01 to D64, each once, in order"]
    for row in rows:
        status, _, reason = row["status"].partition(":")
        unknown = [name for name in named(row["metrics"]) if name not in METRICS]
        unknown += [name for name in named(row["analyses"]) if name not in ANALYSES]
        if status not in STATUSES:
            found.append(f"{row['demand']}: no such status: {status}")
        if status in ("partly", "not from exports") and not reason.strip():
            found.append(f"{row['demand']}: {status} without a reason")
        if unknown and status != "missing":
            found.append(f"{row['demand']}: not there: {', '.join(unknown)}")
        if status == "missing" and not reason and not unknown and (row["metrics"] or row["analyses"]):
            found.append(f"{row['demand']}: all it names is there, and it is still called missing")
        if status == "answered" and not row["proof"]:
            found.append(f"{row['demand']}: answered without a proof")
        if status == "answered" and not (row["metrics"] or row["analyses"] or row["besides"] or row["proof"]):
            found.append(f"{row['demand']}: answered by nothing")
        found += [f"{row['demand']}: no test {path}" for path in named(row["proof"]) if not is_test(path)]
    return found


def is_test(proof: str) -> bool:
    """Tell that a test file, or one test in it (``path::name``), is there."""
    path, _, name = proof.partition("::")
    return (ROOT / path).is_file() and (not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"))


def document() -> str:
    return (ROOT / "docs" / "demands.md").read_text(encoding="utf-8")


def test_every_demand_has_its_line_and_what_it_names_is_there() -> None:
    assert faults(document()) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("| D64 |", "| D63 |", "not D01 to D64"),
        ("`stage_conversion`", "`stage_conversions`", "D03: not there: stage_conversions"),
        ("`tests/test_sources.py`", "`tests/test_source.py`", "D64: no test tests/test_source.py"),
        ("`tests/test_sources.py`", "`tests/test_sources.py::test_no`", "D64: no test"),
        ("`tests/test_sources.py` | answered", " | answered", "D64: answered without a proof"),
        ("`tests/test_sources.py` | answered", "`tests/test_sources.py` | partly", "D64: partly without a reason"),
        ("`tests/test_sources.py` | answered", "`tests/test_sources.py` | done", "D64: no such status"),
    ],
)
def test_a_wrong_line_is_noticed(before: str, after: str, says: str) -> None:
    assert before in document()
    assert any(says in fault for fault in faults(document().replace(before, after)))


def test_every_metric_answers_some_demand() -> None:
    answering = {name for row in rows_of(document()) for name in named(row["metrics"])}
    lost = sorted(set(METRICS) - answering)
    assert not lost, f"name it in the column “metrics” of the row of docs/demands.md that it answers: {lost}"
