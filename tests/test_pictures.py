"""A chart as a file: what stands on the page stands in it, with the finding, the filter and the snapshot; SVG and PNG alike."""

from __future__ import annotations

import io

import pytest
from lxml import etree
from PIL import Image
from safe_text_cases import WHOLE
from tiny_company import tiny_facts

from dashboard.charts.theme import MAIN, OTHER, Chart, layout, plain
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.picture import WIDTH, picture_png, picture_svg
from dashboard.reports.png import dashed, runs
from dashboard.reports.svg import draw

RU = Locale("ru")
FACTS = tiny_facts(deals=5)
CHOSEN = Filter(managers=(WHOLE[0],), client_types=("repeat",))
SPACE = "{http://www.w3.org/2000/svg}"


def chart(name: str = "Казань", title: str = "Казань продаёт больше") -> Chart:
    bars = {"type": "bar", "x": ["a", "b"], "y": [2, 4], "marker": {"color": [MAIN, OTHER]}}
    line = {"type": "scatter", "mode": "lines+markers", "x": ["a", "b"], "y": [1, 3], "line": {"dash": "dot"}}
    note = {"x": 0, "xref": "paper", "y": 1, "text": f"<b>{plain(name)}</b>", "showarrow": False, "xanchor": "left"}
    xaxis = {"type": "category", "tickvals": ["a", "b"], "ticktext": ["янв", "фев<br>2026"]}
    return Chart(title, {"data": [bars, line], "layout": layout(300, annotations=[note], xaxis=xaxis)}, title)


def words(svg: bytes) -> str:
    root = etree.fromstring(svg)
    return " ".join("".join(one.itertext()) for one in root.iter(f"{SPACE}text"))


@pytest.mark.parametrize("name", WHOLE[:12])
def test_a_picture_says_what_it_shows_letter_for_letter_and_holds_nothing_else(name: str) -> None:
    svg = picture_svg(chart(name, f"{name} продаёт больше"), FACTS, CHOSEN, RU)
    told = words(svg)
    assert name in told
    assert f"Менеджер: {WHOLE[0]}" in told
    assert "Тип клиента: повторный клиент" in told
    assert "данные по 18 июн" in told and "s000001" in told
    marks = {etree.QName(one).localname for one in etree.fromstring(svg).iter(etree.Element)}
    assert marks <= {"svg", "title", "g", "rect", "path", "circle", "text", "tspan"}


def test_the_png_is_the_same_drawing_twice_as_fine() -> None:
    svg = etree.fromstring(picture_svg(chart(), FACTS, CHOSEN, RU))
    picture = Image.open(io.BytesIO(picture_png(chart(), FACTS, CHOSEN, RU)))
    assert picture.size == (2 * WIDTH, round(2 * float(svg.get("height"))))
    told = {colour for _, colour in picture.getcolors(1 << 24)}
    assert {tuple(bytes.fromhex(one[1:])) for one in (MAIN, OTHER, "#FFFFFF")} <= told
    box = next(one for one in svg.iter(f"{SPACE}rect") if one.get("fill") == OTHER)
    top = float(next(svg.iter(f"{SPACE}g")).get("transform").split()[1].rstrip(")"))
    middle = (float(box.get("x")) + 24 + 8, float(box.get("y")) + top + float(box.get("height")) - 6)
    assert picture.getpixel((round(2 * middle[0]), round(2 * middle[1]))) == tuple(bytes.fromhex(OTHER[1:]))


def test_steps_and_dashes_go_where_they_are_told() -> None:
    assert list(runs("M1 2L3 4H5V6v2M7 8L9 9Z")) == [
        [(1, 2), (3, 4), (5, 4), (5, 6), (5, 8)],
        [(7, 8), (9, 9), (7, 8)],
    ]
    assert list(dashed([(0, 0), (10, 0)], [4, 2])) == [[(0, 0), (4, 0)], [(6, 0), (10, 0)]]
    assert list(dashed([(0, 0), (10, 0)], [])) == [[(0, 0), (10, 0)]]


def test_lines_of_one_pile_stand_on_each_other_and_are_filled() -> None:
    pile = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [0, 1],
            "y": [0.25, 0.5],
            "stackgroup": "all",
            "line": {"color": colour},
        }
        for colour in (MAIN, OTHER)
    ]
    yaxis = {"range": [0, 1], "visible": False}
    svg = draw(
        Chart(
            "t",
            {"data": pile, "layout": layout(100, margin={"t": 0, "b": 0}, yaxis=yaxis, xaxis={"visible": False})},
            "t",
        )
    )
    bands = [one.get("d") for one in etree.fromstring(svg).iter(f"{SPACE}path") if one.get("stroke") == "none"]
    heights = [[float(step.split()[1]) for step in band.strip("MZ").split("L")] for band in bands]
    assert heights == [[75.0, 50.0, 100.0, 100.0], [50.0, 0.0, 50.0, 75.0]]
