"""The font of the pages: Streamlit's own file has Cyrillic, the rouble, and figures of one width; nothing is to be fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit
from fontTools.ttLib import TTFont


@pytest.fixture(scope="module")
def font() -> TTFont:
    (path,) = (Path(streamlit.__file__).parent / "static" / "static" / "media").glob("SourceSansVF-Upright*.woff2")
    return TTFont(path, lazy=True)


def test_it_writes_russian_and_the_signs_of_our_numbers(font):
    alphabet = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    signs = f"{alphabet}{alphabet.upper()}₽№€$«»—–−·%\u00a0\u202f"
    assert not [sign for sign in signs if ord(sign) not in font.getBestCmap()]


def test_its_figures_and_the_rouble_are_of_one_width(font):
    names, widths = font.getBestCmap(), font["hmtx"]
    assert len({widths[names[ord(sign)]][0] for sign in "0123456789₽"}) == 1
