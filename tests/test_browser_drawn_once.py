"""A chart is drawn once: the two places of Streamlit's script are there, are changed, and a real browser draws each chart once."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit
from browsing import settled, visit  # noqa: F401 - fixtures

from dashboard.drawn_once import CHANGES, drawing_once
from dashboard.our_charts import KINDS

COUNT = """
window.drawn = {};
let charts = 0;
Object.defineProperty(HTMLDivElement.prototype, "emit", {configurable: true, set(emit) {
  const chart = ++charts, own = this;
  Object.defineProperty(this, "emit", {configurable: true, writable: true, value(name, ...told) {
    if (name === "plotly_afterplot") window.drawn[chart] = (window.drawn[chart] || 0) + 1;
    return emit.call(own, name, ...told);
  }});
}});
"""
"""Plotly gives each chart a voice (``emit``), which tells every drawing."""


def own_script() -> bytes:
    [found] = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js")
    return found.read_bytes()


def test_the_places_stand_in_the_script_of_this_version_of_streamlit():
    script = own_script()
    assert [script.count(before) for before, _ in CHANGES] == [1, 1]
    assert [drawing_once({}, script).count(after) for _, after in CHANGES] == [1, 1]


@pytest.mark.parametrize("script", [b"", b"return t?i(Je,", b"".join(before for before, _ in CHANGES) * 2])
def test_a_script_of_another_version_is_left_as_it_is(script):
    assert drawing_once({}, script) == script


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_browser_draws_each_chart_once_and_again_for_another_look_only(demo, visit):
    page = visit()
    page.add_init_script(COUNT)
    page.goto(f"{demo}/calls")  # five charts, one of which can be chosen from
    settled(page)
    assert set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)")) == set(KINDS), "the others are not sent"
    times = page.evaluate("window.drawn")
    assert len(times) >= 2
    assert set(times.values()) == {1}
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_text("Тёмная").click()
    page.keyboard.press("Escape")
    settled(page)
    page.wait_for_function("Object.values(window.drawn).length > 0 && Object.values(window.drawn).every(n => n > 1)")
    scripts = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [one for one in scripts if "/embed." in one], "the second drawing library is not needed"
