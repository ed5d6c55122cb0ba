"""Distributions by hand and against scipy, and a report waits for no library before it is needed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import special

from dashboard.statistics.distributions import beyond, chi_square_above, normal_quantile, poisson_up_to


def test_by_hand() -> None:
    assert normal_quantile(0.975) == pytest.approx(1.959963985, abs=1e-9)
    assert beyond([1.959963985, -1.959963985, 0]).tolist() == pytest.approx([0.05, 0.05, 1], abs=1e-9)
    assert chi_square_above(1, 3.841458821) == pytest.approx(0.05, abs=1e-9)
    assert chi_square_above(2, 2 * np.log(20)) == pytest.approx(0.05)
    assert poisson_up_to(3, 1.0).tolist() == pytest.approx([np.exp(-1), 2 * np.exp(-1), 2.5 * np.exp(-1)])


def test_the_normal_quantile_equals_scipys() -> None:
    for share in (1e-9, 0.001, 0.5, 0.9, 0.95, 0.999999):
        assert normal_quantile(share) == pytest.approx(float(special.ndtri(share)), rel=1e-12, abs=1e-15)


def test_a_report_waits_for_no_library_that_its_format_does_not_need() -> None:
    script = (
        "import sys\n"
        "from dashboard.reports import book, kept\n"
        "from dashboard.analyses import catalogue\n"
        "from dashboard.statistics.intervals import newcombe\n"
        "from dashboard.statistics.refusals import residuals\n"
        "from dashboard.statistics.verdicts import score_test\n"
        "newcombe(1, 3, 2, 5), residuals([[30, 40], [50, 60]]), score_test(3, 30, 0.2)\n"
        "heavy = {'scipy', 'plotly', 'jinja2', 'weasyprint', 'PIL', 'streamlit', 'phonenumbers', 'rapidfuzz'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
