"""The public sets, each loaded once with the mapping beside this file, and the reference figures that lie with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.access import Facts, open_facts
from pipelines.load import load
from pipelines.settings import Home

MAPPINGS = Path(__file__).parent
CALLS_MAPPING = MAPPINGS / "pwc.toml"
CALLS_SHEET = "Call-Center-Dataset.xlsx"


def home_of(once: Any, real_data: Path, folder: str, mapping: str) -> Path:
    """Load a set once for all tests and give its home; what the load said lies in ``report.json``."""

    def make(home: Path) -> None:
        report = load([real_data / folder], Home(home), mapping=MAPPINGS / f"{mapping}.toml")
        (home / "report.json").write_text(json.dumps(report.to_json()), encoding="utf-8")

    return once(f"real-{mapping}", make)


def loaded(once: Any, real_data: Path, folder: str, mapping: str) -> tuple[Facts, dict[str, Any]]:
    """Give the facts of a set, and its reference figures with what the load said."""
    home = home_of(once, real_data, folder, mapping)
    reference = json.loads((real_data / folder / "reference.json").read_text(encoding="utf-8"))
    return open_facts(Home(home)), {
        **reference,
        "report": json.loads((home / "report.json").read_text(encoding="utf-8")),
    }


def lay_out(source: Path, folder: Path) -> None:
    """Put the sheet into a folder, and beside it its ratings and its topics as the tables of their own that they are."""
    rows = pl.read_excel(source / CALLS_SHEET)
    rated = rows.filter(pl.col("Satisfaction rating").is_not_null())
    folder.mkdir()
    shutil.copy(source / CALLS_SHEET, folder)
    rated.select(
        pl.col("Call Id").alias("Rated call"), "Agent", "Date", pl.col("Satisfaction rating").alias("Satisfaction")
    ).write_csv(folder / "ratings.csv")
    rows.select(pl.col("Call Id").alias("Case"), "Agent", "Date", "Topic", "Resolved").write_csv(folder / "cases.csv")
