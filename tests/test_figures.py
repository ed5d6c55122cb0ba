"""What the pages of the invented company draw is what Plotly understands: pages show figures without asking Plotly again."""

from __future__ import annotations

import json
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.contents import PAGES

APP = Path(__file__).parent.parent / "dashboard" / "app.py"
DRAWN = {"overview": 3, "funnel": 1, "cycle": 3, "managers": 1, "refusals": 2, "channels": 1, "calls": 1, "clients": 1}
DRAWN |= {"today": 1, "forecast": 1}
"""How many charts a page draws at least, so that a page that draws nothing is not taken for one that draws well."""


def figures(page: str) -> list[dict]:
    """Open a page over half a year and give its figures as the browser gets them."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params["lang"] = "ru"
    app.query_params["period"] = "last_365_days"
    app.switch_page(f"screens/{page}.py").run()
    assert not app.exception
    return [json.loads(one.proto.spec) for one in app.get("plotly_chart")]


@pytest.mark.parametrize("page", [page.file for page in PAGES if page.file in DRAWN])
def test_plotly_finds_nothing_unknown_in_what_a_page_draws(page, demo_home, monkeypatch):
    monkeypatch.setenv("VORONKA_HOME", str(demo_home))
    drawn = figures(page)
    assert len(drawn) >= DRAWN[page]
    for one in drawn:
        go.Figure(one)  # raises ValueError for a key or a value it does not know
        assert one["data"]


def test_a_key_that_plotly_does_not_know_is_found():
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "bar", "lenght": 3}], "layout": {}})
