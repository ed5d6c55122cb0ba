"""What the pages draw of the invented company is what Plotly understands, and what they drew before.

Pages show figures without asking Plotly to examine them (``ui.blocks.Ready``), so it is asked here. The values and the words of
every chart stand in ``golden/figures.json``; a change that is meant is renewed with ``VORONKA_RENEW=1`` and seen in the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.contents import PAGES
from dashboard.our_charts import KINDS

APP = Path(__file__).parent.parent / "dashboard" / "app.py"
GOLDEN = Path(__file__).parent / "golden" / "figures.json"
SHOWN = ("x", "y", "z", "base")
WITHOUT = {"data", "reports", "glossary"}
"""Pages that draw nothing until somebody asks for it."""


def figures(page: str) -> list[tuple[str, dict[str, Any]]]:
    """Open a page over a year; for each chart give its words for who cannot see it, and the figure the browser gets."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params["lang"] = "en"
    app.query_params["period"] = "last_365_days"
    if page != PAGES[0].file:
        app.switch_page(f"screens/{page}.py")
    app.run()
    assert not app.exception
    return [(chart.proto.alt, json.loads(chart.proto.spec)) for chart in app.get("plotly_chart")]


def rounded(value: object) -> object:
    """Round numbers to six places, so that the last bit of a float is no change."""
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 6) if isinstance(value, float) else value


def told(alt: str, figure: dict[str, Any]) -> list[object]:
    """Give what a chart says: its words, and the values of each trace."""
    return [alt, *({name: rounded(trace[name]) for name in SHOWN if name in trace} for trace in figure["data"])]


def renew(page: str, charts: list[list[object]]) -> None:
    """Write the charts of a page anew, one a line."""
    GOLDEN.parent.mkdir(exist_ok=True)
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    known[page] = charts
    pages = []
    for name, shown in sorted(known.items()):
        lines = ",\n".join(json.dumps(chart, ensure_ascii=False, separators=(",", ":")) for chart in shown)
        pages.append(f"{json.dumps(name)}: [\n{lines}\n]")
    GOLDEN.write_text("{\n" + ",\n".join(pages) + "\n}\n", encoding="utf-8")


@pytest.mark.parametrize("page", [page.file for page in PAGES if page.file not in WITHOUT])
def test_a_page_draws_what_plotly_understands_and_what_it_drew_before(page, demo_home, monkeypatch):
    monkeypatch.setenv("VORONKA_HOME", str(demo_home))
    drawn = figures(page)
    for _, figure in drawn:
        go.Figure(figure)  # raises ValueError for a key or a value it does not know
        assert {trace["type"] for trace in figure["data"]} <= set(KINDS), "browsers get no other kind: see our_charts"
    charts = [told(*chart) for chart in drawn]
    if os.environ.get("VORONKA_RENEW"):
        renew(page, charts)
    assert charts and charts == json.loads(GOLDEN.read_text(encoding="utf-8"))[page]


def test_a_key_that_plotly_does_not_know_is_found():
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "bar", "lenght": 3}], "layout": {}})
