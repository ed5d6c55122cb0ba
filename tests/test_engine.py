"""Frames are counted by the engine that suits many small ones, whoever imports Polars first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKED = "; from polars._plr import get_engine_affinity; print(get_engine_affinity())"


@pytest.mark.parametrize("imports", ["import pipelines, polars", "import polars, pipelines", "import dashboard.access"])
@pytest.mark.parametrize(("told", "used"), [(None, "in-memory"), ("streaming", "streaming")])
def test_the_engine_is_chosen_and_the_environment_goes_before(imports: str, told: str | None, used: str) -> None:
    known = {name: value for name, value in os.environ.items() if name != "POLARS_ENGINE_AFFINITY"}
    given = known if told is None else {**known, "POLARS_ENGINE_AFFINITY": told}
    done = subprocess.run(
        [sys.executable, "-c", imports + ASKED], env=given, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == used
