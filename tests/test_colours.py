"""The colours of the pages, seen by people who do not see red, green or blue as most do (Machado, Oliveira & Fernandes 2009)."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import dist

import pytest
from test_charts import luminance

from dashboard.charts import theme

SEEN_BY = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""How linear red, green and blue are mixed in such eyes: their table 1, severity 1.0."""

WHITE = (0.95047, 1.0, 1.08883)
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def times(matrix, column) -> list[float]:
    return [sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix]


def lab(colour: str, eyes: str | None = None) -> tuple[float, float, float]:
    """A colour as CIELAB, in eyes of a kind."""
    light = linear(colour)
    if eyes:
        light = [min(1.0, max(0.0, part)) for part in times(SEEN_BY[eyes], light)]
    x, y, z = (
        (part / white) ** (1 / 3) if part / white > 216 / 24389 else (24389 / 27 * part / white + 16) / 116
        for part, white in zip(times(XYZ, light), WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_the_arithmetic_is_that_of_the_books():
    assert lab("#FFFFFF") == pytest.approx((100, 0, 0), abs=0.02)
    assert lab("#FF0000") == pytest.approx((53.24, 80.09, 67.20), abs=0.05)
    grey = lab("#808080", "protanopia")
    assert grey == pytest.approx(lab("#808080"), abs=0.1), "who sees no red sees greys as everybody"


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_this_and_what_it_is_compared_with_are_told_apart_by_all(eyes):
    assert dist(lab(theme.MAIN, eyes), lab(theme.OTHER, eyes)) > 40
    for colour in (theme.MAIN, theme.OTHER):
        assert dist(lab(colour, eyes), lab(theme.QUIET, eyes)) > 20, "a verdict stands out from what is no news"


@pytest.mark.parametrize("eyes", [None, *SEEN_BY])
def test_no_two_of_the_ten_look_the_same(eyes):
    nearest = min(dist(lab(one, eyes), lab(other, eyes)) for one, other in combinations(theme.CATEGORIES, 2))
    assert nearest > (20 if eyes is None else 10), "a label names each thing all the same; colour alone never does"


@pytest.mark.parametrize("eyes", [None, *SEEN_BY])
def test_the_sequence_gets_darker_step_by_step_for_all(eyes):
    lightness = [lab(colour, eyes)[0] for colour in theme.SEQUENCE]
    assert all(before - after > 3 for before, after in pairwise(lightness)), lightness
    assert luminance(theme.SEQUENCE[0]) > 10 * luminance(theme.SEQUENCE[-1])
