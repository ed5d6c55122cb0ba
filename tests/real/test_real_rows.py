"""Of the public sets too every number is made of nothing but the rows that it opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from real.test_real_pages import OTHERS, SETS, WITH_REPORT, home_of
from test_rows_behind import told

from dashboard.access import open_facts
from dashboard.filters import Filter
from pipelines.settings import Home

NUMBERS = {"maven_crm_agents": 60, "bpic2012": 50, "pwc": 45, "marketing-0": 10}
"""So many numbers at least have rows."""


@pytest.mark.parametrize("name", SETS)
def test_every_number_is_made_of_its_rows(name: str, once: Callable[..., Path], real_data: Path) -> None:
    if name in WITH_REPORT:
        home = home_of(once, real_data, WITH_REPORT[name], name)
    else:
        home = once(f"real-{name}", lambda folder: OTHERS[name](real_data, folder))
    assert len(told(open_facts(Home(home)), Filter())) >= NUMBERS[name]
