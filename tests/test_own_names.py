"""Streamlit puts the folder of its script first on the path: no module there may hide one of Python's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DASHBOARD = Path(__file__).parent.parent / "dashboard"
IMPORTED_BEFORE = {"statistics"}
"""What ``dashboard/__init__.py`` imports before Streamlit can touch the path."""


def test_what_is_called_as_a_module_of_python_was_imported_before():
    names = {path.stem for path in DASHBOARD.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names & set(sys.stdlib_module_names) == IMPORTED_BEFORE


def test_pythons_own_statistics_is_found_under_the_path_of_a_page():
    code = f"import dashboard, sys; sys.path.insert(0, {str(DASHBOARD)!r}); from statistics import median; print(median([1, 3]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=DASHBOARD.parent)
    assert done.stdout.strip() == "2.0", done.stderr
