"""The small picture of a number's last months: bars from zero, a line between the least and the most, well-formed always."""

from __future__ import annotations

from base64 import b64decode
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts.spark import TALL, WIDE, spark

SVG = "{http://www.w3.org/2000/svg}"
PREFIX = "data:image/svg+xml;base64,"


def drawn(values: list[float], *, is_bars: bool) -> ElementTree.Element:
    address = spark(values, is_bars=is_bars)
    assert address.startswith(PREFIX)
    return ElementTree.fromstring(b64decode(address.removeprefix(PREFIX)))  # noqa: S314 - our own picture


def bars(values: list[float]) -> list[tuple[float, float]]:
    """Return where each bar begins, from above, and how high it is."""
    found = drawn(values, is_bars=True).iter(f"{SVG}rect")
    return [(float(one.attrib["y"]), float(one.attrib["height"])) for one in found]


def points(values: list[float]) -> list[tuple[float, float]]:
    """Return the points of the line."""
    line = next(drawn(values, is_bars=False).iter(f"{SVG}path")).attrib["d"]
    return [tuple(map(float, one.split())) for one in line.removeprefix("M").split(" L")]


def test_a_bar_twice_as_high_is_twice_as_much_and_nothing_has_no_bar():
    assert bars([1, 2, 0, 4]) == [(27, 9), (18, 18), (36, 0), (0, 36)]


def test_what_is_below_zero_hangs_from_the_line_of_zero():
    assert bars([3, -1]) == [(0, 27), (27, 9)]


def test_a_line_goes_from_the_least_at_the_foot_to_the_most_at_the_top():
    assert points([10, 30, 20]) == [(2, 34), (60, 2), (118, 18)]


def test_what_never_changed_is_a_level_line_and_no_division_by_nothing():
    assert {high for _, high in points([5, 5, 5])} == {18}
    assert bars([0, 0]) == [(0, 0), (0, 0)]


def test_the_newest_bar_stands_out():
    paled = [one.attrib.get("opacity") for one in drawn([1, 2, 3], is_bars=True).iter(f"{SVG}rect")]
    assert paled == [".5", ".5", None]


@given(values=st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=40))
@settings(max_examples=15)
def test_nothing_is_drawn_outside_the_picture(values):
    assert all((top >= -0.1 and top + height <= TALL + 0.6) for top, height in bars(values))
    assert all(0 <= across <= WIDE and 0 <= down <= TALL for across, down in points(values))
