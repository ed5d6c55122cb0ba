"""The public sets, each loaded once with the mapping beside this file, and the reference figures that lie with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dashboard.access import Facts, open_facts
from pipelines.load import load
from pipelines.settings import Home

MAPPINGS = Path(__file__).parent


def loaded(once: Any, real_data: Path, folder: str, mapping: str) -> tuple[Facts, dict[str, Any]]:
    def make(home: Path) -> None:
        report = load([real_data / folder], Home(home), mapping=MAPPINGS / f"{mapping}.toml")
        (home / "report.json").write_text(json.dumps(report.to_json()), encoding="utf-8")

    home = once(f"real-{mapping}", make)
    reference = json.loads((real_data / folder / "reference.json").read_text(encoding="utf-8"))
    return open_facts(Home(home)), {
        **reference,
        "report": json.loads((home / "report.json").read_text(encoding="utf-8")),
    }
