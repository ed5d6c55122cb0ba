"""The documents say what the code does: output is real, tables name every metric and command, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dashboard.contents import PAGES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "README.ru.md", "CONTRIBUTING.md", "CHANGELOG.md", "DECISIONS.md", "data/README.md",
             "docs/settings.ru.md"]  # fmt: skip


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_generated_parts_are_what_the_code_says(generate: ModuleType) -> None:
    for path, locale in generate.README.items():
        text = path.read_text(encoding="utf-8")
        assert generate.renew(text, locale) == text, f"{path.name} is stale; run: make docs"


def test_a_stale_table_is_noticed_and_only_the_generated_part_is_renewed(generate: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    stale = text.replace("`win_rate`", "`winrate`").replace("# Voronka", "# Voronka, by hand", 1)
    renewed = generate.renew(stale, generate.README[ROOT / "README.md"])
    assert stale != renewed == text.replace("# Voronka", "# Voronka, by hand", 1)


def test_a_missing_marker_is_an_error(generate: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="metrics: end"):
        generate.renew(text.replace("<!-- metrics: end -->", ""), generate.README[ROOT / "README.md"])


def test_the_tables_name_every_metric_and_command(generate: ModuleType) -> None:
    for path in generate.README:
        text = path.read_text(encoding="utf-8")
        assert [name for name in generate.METRICS if f"| `{name}` |" not in text] == []
        missing = [name for name in ("load", "ask", "funnel", "check", "glossary", "demo", "serve")
                   if f"| `voronka {name}" not in text]  # fmt: skip
        assert missing == []


def test_the_russian_tables_are_in_russian(generate: ModuleType) -> None:
    locale = generate.README[ROOT / "README.ru.md"]
    rows = [*generate.metrics(locale).splitlines()[2:], *generate.commands(locale).splitlines()[2:]]
    assert [row for row in rows if not re.search("[а-яё]{3}", row)] == []


def test_every_page_stands_in_the_readme_by_its_title(generate: ModuleType) -> None:
    for path, locale in generate.README.items():
        text = path.read_text(encoding="utf-8")
        assert [page.file for page in PAGES if f"\n| {locale.text(page.title)} |" not in text] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_left_to_paste(name: str) -> None:
    assert "paste here" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_named_file_of_a_document_exists(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link}
    named = set(re.findall(r"`((?:pipelines|dashboard|tests|docs)/[\w./]+)`", text))
    assert [link for link in sorted(links) if not (path.parent / link).exists()] == []
    spoken_of = [each for each in sorted(named) if not re.search("[A-Z]{4}", each)]  # NAME.sql stands for any
    assert [each for each in spoken_of if not (ROOT / each).exists()] == []


def test_every_make_target_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z]+)`", (ROOT / name).read_text(encoding="utf-8")))
        assert named <= targets, name
