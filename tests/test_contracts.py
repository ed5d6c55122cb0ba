"""The import contracts of pyproject.toml hold, and each of them would notice a breach.

Every contract is proven on a copy of the two packages with one forbidden import planted in it; a contract without a
planted fault here fails the first test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

# contract → what is planted: a module and the lines added to it (a new file when there is none of that name).
FAULTS: list[tuple[str, Mapping[str, str]]] = [
    ("one-way", {"pipelines/errors.py": "import dashboard.access"}),
    ("pipeline-layers", {"pipelines/errors.py": "import pipelines.load"}),
    ("pipeline-layers", {"pipelines/schema/core.py": "import pipelines.settings"}),
    ("pipeline-layers", {"pipelines/profile.py": "import pipelines.staging"}),
    ("pipeline-layers", {"pipelines/newcomer.py": '"""A module that no layer names."""'}),
    ("dashboard-layers", {"dashboard/periods.py": "import dashboard.analyses"}),
    ("dashboard-layers", {"dashboard/charts/planted.py": "import dashboard.ui"}),
    ("dashboard-layers", {"dashboard/app.py": "import dashboard.cli"}),
    ("dashboard-layers", {"dashboard/newcomer.py": '"""A module that no layer names."""'}),
    ("steps", {"pipelines/facts/planted.py": "import pipelines.core"}),
    ("steps", {"pipelines/staging.py": "import pipelines.checks"}),
    ("screens", {"dashboard/screens/planted.py": "import dashboard.screens.other", "dashboard/screens/other.py": ""}),
    ("door", {"dashboard/metrics/planted.py": "import pipelines.warehouse"}),
    ("door", {"pipelines/facts/planted.py": "from pipelines.warehouse import open_snapshot"}),
    ("sql", {"dashboard/access.py": "import duckdb"}),
    ("sql", {"pipelines/facts/planted.py": "from duckdb import sql"}),
    ("streamlit", {"dashboard/charts/planted.py": "import streamlit"}),
    ("streamlit", {"dashboard/cli.py": "from streamlit.web import bootstrap"}),
    ("statistics", {"dashboard/analyses/planted.py": "from scipy import special"}),
    ("numbers", {"dashboard/statistics/planted.py": "from pipelines.schema import facts"}),
    ("dashboard-layers", {"dashboard/statistics/planted.py": "import dashboard.access"}),
]


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages under ``tree``, not on the installed ones."""
    only = [part for contract in contracts for part in ("--contract", contract)]
    start = "from importlinter.cli import lint_imports_command as lint; lint()"
    return subprocess.run(
        [sys.executable, "-c", start, "--config", str(tree / "pyproject.toml"), "--no-cache", "--no-logo", *only],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


def broken(output: str) -> set[str]:
    """Read off the names of the contracts that the report calls broken."""
    return {name for name in CONTRACTS.values() if f"{name} BROKEN" in output}


def test_the_tree_keeps_every_contract() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


def test_every_contract_has_a_planted_fault() -> None:
    assert {contract for contract, _ in FAULTS} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "planted"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_planted_fault_breaks_its_contract(contract: str, planted: Mapping[str, str], tmp_path: Path) -> None:
    for package in ("pipelines", "dashboard"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, lines in planted.items():
        with (tmp_path / name).open("a", encoding="utf-8") as module:
            module.write(f"\n{lines}\n")
    result = lint(tmp_path, contract)
    assert result.returncode != 0
    assert broken(result.stdout) == {CONTRACTS[contract]}, result.stdout + result.stderr
