"""Every page can be read and used by everybody: axe-core finds nothing serious in it, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import settled, visit  # noqa: F401 - fixtures

from dashboard.contents import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STREAMLITS = {
    "list": "stSidebarNavItems",  # the menu: Streamlit puts its sections, which are no list items, into one list …
    "listitem": "stSidebarNavLink",  # … and so its items lie within a section; links and their names are read all the same
    "svg-img-alt": "metric_chart_",  # marks of the small line of a card, which repeat the number that stands above it
}
"""What Streamlit itself builds so and no page of ours can change: the rule, and what stands in every element meant."""

EVERYDAY = [("overview", "light"), ("data", "dark")]
ALL = [
    pytest.param(page.file, scheme, marks=() if (page.file, scheme) in EVERYDAY else pytest.mark.soak)
    for page in PAGES
    for scheme in ("light", "dark")
]


def is_streamlits(rule: str, html: str) -> bool:
    return rule in STREAMLITS and STREAMLITS[rule] in html


@pytest.mark.parametrize(("name", "scheme"), ALL)
def test_a_page_has_no_serious_fault_of_access(demo, visit, name, scheme):
    page = visit(scheme=scheme)
    page.goto(f"{demo}/{name}")
    settled(page)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    ours = [
        (fault["id"], node["html"][:200], node["failureSummary"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
        if not is_streamlits(fault["id"], whole_html(page, node))
    ]
    assert not ours


def whole_html(page, node) -> str:
    """The element itself, not the beginning that axe tells of it."""
    return page.locator(node["target"][0]).first.evaluate("element => element.outerHTML")


def test_font_and_icon_are_our_servers_figures_stand_below_each_other_and_a_page_prints_without_its_controls(
    demo, visit
):
    page = visit(width=720, height=1400)
    page.goto(demo)
    settled(page)
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert "Source Sans" in [name.strip('"') for name in loaded]
    for where in ("body", "[data-testid=stMetricValue]", ".js-plotly-plot text"):
        family = page.locator(where).first.evaluate("element => getComputedStyle(element).fontFamily")
        assert family.startswith('"Source Sans"'), where
    widths = page.evaluate(
        """() => { const pen = document.createElement("canvas").getContext("2d"); pen.font = '20px "Source Sans"';
        return [..."0123456789"].map(sign => pen.measureText(sign).width) }"""
    )
    assert len(set(widths)) == 1
    icon = page.locator("link[rel~=icon]").first.get_attribute("href")
    assert "svg" in icon, "the page's own icon"
    assert page.request.get(f"{demo}/voronka.svg").text().startswith("<svg"), "the one until the page is drawn"
    assert "/voronka.svg" in page.request.get(demo).text()
    page.emulate_media(media="print")
    for hidden in ("[data-testid=stSidebar]", ".st-key-filters", "[data-testid=stHeader]"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.get_by_test_id("stMetricValue").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
