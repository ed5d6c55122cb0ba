"""Names from data are shown letter for letter, and nothing in them is fetched, linked or run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from safe_text_cases import WHOLE, seen

from dashboard.charts.theme import plain
from dashboard.ui.safe_text import md

ROOT = Path(__file__).parent.parent
PLACES = ("{}", "Менеджер: {}", "**{}**", "Было {} и стало {}", "- **x.** {}", "Период · {} · 5", "«{}»")


def rendered(text: str) -> str:
    """Read Markdown as GitHub does and give back what is seen, with every tag it made."""
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


def shown(html: str) -> str:
    """Take the tags away and read the entities."""
    text = re.sub(r"<[^>]*>", "", html)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return seen(text)


@pytest.mark.parametrize("value", WHOLE)
def test_a_name_is_seen_letter_for_letter_in_markdown(value):
    for place in PLACES:
        html = rendered(place.replace("{}", md(value)))
        assert seen(value) in shown(html)
        assert not re.search(r"<(a|img|script|h\d|code|table|blockquote|hr|em|del|ol)\b", html), html


@pytest.mark.parametrize("value", WHOLE)
def test_what_begins_a_link_an_icon_or_an_arrow_is_broken(value):
    safe = md(value)
    for start in ("://", "www.", ":material/", ":red["):
        assert start not in safe.replace("\\", "") or "\u2060" in safe
    assert "\n" not in safe


def test_control_signs_and_line_breaks_become_spaces():
    assert seen(md("а\nб\r\u2028в\x00г\x9bд")) == "а б в г д"


def test_nothing_stays_nothing():
    assert md(None) == ""
    assert md("") == ""


@pytest.mark.parametrize("value", WHOLE)
def test_a_chart_gets_no_tag_and_loses_no_letter(value):
    safe = plain(value)
    assert "<" not in safe
    assert ">" not in safe
    assert shown(safe) == seen(value)


def test_no_page_switches_html_on():
    for path in (ROOT / "dashboard").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert "unsafe_allow_html" not in code, path
        assert "st.html(" not in code, path


def test_no_frame_is_an_argument_of_a_cached_function():
    for path in (ROOT / "dashboard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if not any("cache" in mark for mark in marks):
                continue
            for argument in node.args.args:
                told = ast.unparse(argument.annotation) if argument.annotation else ""
                assert not re.search(r"Frame|Series|Facts|Context", told), (
                    f"{path}: {node.name}({argument.arg}: {told})"
                )
