"""Plotly's script without the kinds of charts nobody draws here: both makes of it are found, cut, and draw what we draw."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plotly
import pytest
import streamlit
from starlette.types import Message
from tiny_company import tiny_facts

from dashboard.changed import Changed, is_lasting
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.our_charts import KINDS, only_ours, sending_only_ours
from dashboard.reports.contents import report

[STREAMLITS] = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js")
PYTHONS = Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
TRACES = "Object.keys(Plotly.PlotSchema.get().traces)"


@pytest.mark.parametrize("path", [STREAMLITS, PYTHONS], ids=["streamlit", "python"])
def test_three_quarters_of_the_script_are_left_out_and_all_that_is_said_of_its_makers_stays(path):
    whole = path.read_text(encoding="utf-8")
    ours = only_ours(whole)
    assert len(ours) < len(whole) / 4
    assert only_ours(ours) == ours
    assert ours.startswith(whole[:300])
    end = whole[whole.rindex(".register([") :]
    assert ours.endswith(end[end.index("]") :])


@pytest.mark.parametrize("script", ["", "var a=1;", "n.register([bar(),box()])", "return _({}"])
def test_a_script_of_another_make_is_left_whole(script):
    assert only_ours(script) is script
    sent = script.encode()
    assert sending_only_ours({}, sent) is sent


def test_a_script_that_takes_in_its_kinds_twice_is_left_whole():
    twice = PYTHONS.read_text(encoding="utf-8") * 2
    assert only_ours(twice) is twice


def test_reports_draw_only_these_kinds():
    made = report(tiny_facts(), Filter(), Locale("ru"))
    drawn = {trace["type"] for section in made.sections for chart in section.charts for trace in chart.figure["data"]}
    assert drawn == set(KINDS)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_browser_knows_these_kinds_and_draws_them(browser, tmp_path):
    (tmp_path / "ours.js").write_text(only_ours(PYTHONS.read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "page.html").write_text("<div id=chart></div><script src=ours.js></script>", encoding="utf-8")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    assert set(page.evaluate(TRACES)) == set(KINDS)
    traces = [{"type": kind, "x": [1, 2], "y": [3, 4]} for kind in KINDS]
    page.evaluate("traces => Plotly.newPlot('chart', traces)", traces)
    assert page.locator(".scatterlayer .trace").count() == 1
    assert page.locator(".barlayer .point").count() == 2
    assert not errors
    page.close()


def answer_to_script(change) -> tuple[dict[bytes, bytes], bytes]:
    """Ask a server of one lasting script through the layer that changes; give headers and body."""
    told: list[Message] = []

    async def app(scope, receive, send) -> None:
        headers = [
            (b"etag", b'"streamlits"'),
            (b"cache-control", b"public, immutable, max-age=31536000"),
            (b"content-length", b"5"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"whole"})

    async def send(message: Message) -> None:
        told.append(message)

    layer = Changed(app, is_wanted=lambda path: True, change=change)
    scope = {"type": "http", "method": "GET", "path": "/static/js/a.js", "headers": []}
    # In a thread of its own: a browser test before this one in the same process leaves its loop running in the main one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, layer(scope, None, send)).result()  # ty: ignore[invalid-argument-type]
    return dict(told[0]["headers"]), told[1]["body"]


def test_a_changed_script_is_asked_for_again_because_our_next_version_may_change_it_otherwise():
    headers, body = answer_to_script(lambda _, script: script[:2])
    assert body == b"wh"
    assert headers[b"content-length"] == b"2"
    assert b"immutable" not in headers[b"cache-control"]
    assert b"must-revalidate" in headers[b"cache-control"]
    assert headers[b"etag"] not in (b'"streamlits"', answer_to_script(lambda _, script: script[:3])[0][b"etag"])
    assert is_lasting(headers), "it is compressed once and kept"


def test_a_script_that_stays_whole_keeps_its_headers():
    headers, body = answer_to_script(lambda _, script: script)
    assert body == b"whole"
    assert headers[b"etag"] == b'"streamlits"'
    assert b"immutable" in headers[b"cache-control"]
