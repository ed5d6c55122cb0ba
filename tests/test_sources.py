"""Every shipped profile recognises samples of its system's exports, by itself and alone, and reads every row of them.

A sample stands in ``tests/exports/<system>/`` with ``<its name>.expected.json`` beside it: per sheet the profile and table,
the counts, and some columns of the accepted rows.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from dashboard.access import open_facts
from pipelines.intake import Parcel, digest_of, parcels_of
from pipelines.load import load
from pipelines.profile import SHIPPED, SourceProfile, shipped_profiles
from pipelines.readers import Sheet, open_export
from pipelines.recognise import recognise
from pipelines.report import IGNORED
from pipelines.settings import Home

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = ROOT / "tests" / "exports"
BESIDE = ".expected.json"
SEEN = re.compile(r"formats\.md \d|https://|[\w.-]+/[\w.-]+")
KNOWN_SYSTEMS = 37 + 14 + 7
"""CRMs, telephony and advertising; Asterisk, Direct, GA4 in one row each."""
ALIASES = "sheet"  # aliases for --as: no system's export, and nothing is recognised by it unasked


def expectations() -> list[Path]:
    return sorted(EXPORTS.glob(f"*/*{BESIDE}"))


def sample_of(expected: Path) -> Path:
    return expected.with_name(expected.name.removesuffix(BESIDE))


def told(expected: Path) -> dict[str, Any]:
    return json.loads(expected.read_text(encoding="utf-8"))


def ids(expected: Path) -> str:
    return f"{expected.parent.name}/{sample_of(expected).name}"


@cache
def parcels(sample: Path) -> list[Parcel]:
    """Take a sample in as a load would, without storing anything."""
    content = sample.read_bytes()
    return list(parcels_of(sample, content, digest_of(content), shipped_profiles(), kind=None, zone="Europe/Moscow"))


@cache
def sheets(sample: Path) -> list[Sheet]:
    return open_export(sample.read_bytes(), sample.name)


def written(value: Any) -> Any:
    """Write a staged value as the expectations do: money and days as text, moments in UTC."""
    if isinstance(value, list):
        return [written(each) for each in value]
    if isinstance(value, dict):
        return {name: written(each) for name, each in value.items()}
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


def differences(expected: Path) -> list[str]:
    """List how a sample is read otherwise than expected: recognition, counts, reasons, values."""
    wanted = {each["sheet"]: each for each in told(expected)["sheets"]}
    found = {one.report.sheet: one for one in parcels(sample_of(expected)) if one.report.outcome != IGNORED}
    if set(found) != set(wanted):
        return [f"sheets {sorted(found)}, not {sorted(wanted)}"]
    wrong: list[str] = []
    for sheet, want in wanted.items():
        report, taken = found[sheet].report, found[sheet].taken
        if taken is None:
            wrong.append(report.message)
            continue
        got = {"profile": report.profile, "table": taken.table.name, "kind": report.kind, "rows_in": report.rows_in}
        got |= {"accepted": report.accepted, "quarantined": report.quarantined, "duplicates": report.duplicates}
        got["reasons"] = report.reasons
        got |= {name: [written(value) for value in taken.good[name].to_list()] for name in want["values"]}
        for name, value in ({"reasons": {}} | want | want["values"]).items():
            if name not in ("sheet", "values") and got[name] != value:
                wrong.append(f"{sheet} {name}: {got[name]}, not {value}")
    return wrong


@pytest.mark.parametrize("expected", expectations(), ids=ids)
def test_a_sample_is_recognised_and_read_whole(expected: Path) -> None:
    assert differences(expected) == []


@pytest.mark.parametrize("expected", expectations(), ids=ids)
def test_every_row_of_a_sample_is_accounted_for(expected: Path) -> None:
    for one in parcels(sample_of(expected)):
        counts = one.report
        assert counts.outcome == IGNORED or counts.rows_in == counts.accepted + counts.quarantined + counts.duplicates


@pytest.mark.parametrize("expected", expectations(), ids=ids)
def test_no_other_profile_knows_a_sample_as_well(expected: Path) -> None:
    sample = sample_of(expected)
    opened = {sheet.name: sheet for sheet in sheets(sample)}
    for want in told(expected)["sheets"]:
        sheet = opened[want["sheet"]]
        known = {
            each.name: match.known for each in shipped_profiles() if (match := recognise(sheet, sample.name, [each]))
        }
        assert want["profile"] == expected.parent.name
        own = known.pop(want["profile"])
        assert {name: n for name, n in known.items() if n >= own} == {}


@pytest.mark.parametrize("profile", [each for each in shipped_profiles() if each.name != ALIASES], ids=lambda p: p.name)
def test_every_profile_has_a_sample(profile: SourceProfile) -> None:
    tables = {
        want["table"]
        for expected in (EXPORTS / profile.name).glob(f"*{BESIDE}")
        for want in told(expected)["sheets"]
        if want["profile"] == profile.name
    }
    assert tables, f"no sample export in tests/exports/{profile.name}/"
    if profile.name != "voronka":  # each of our own template's tables is tried below, in both languages
        assert {table.name for table in profile.table} == tables


def test_every_sample_has_its_expectations() -> None:
    files = {path for path in EXPORTS.glob("*/*") if path.is_file() and not path.name.endswith(BESIDE)}
    lost = sorted(str(path.relative_to(EXPORTS)) for path in files ^ {sample_of(each) for each in expectations()})
    assert not lost, f"a sample and its {BESIDE} belong together: {lost}"


@pytest.mark.parametrize("profile", shipped_profiles(), ids=lambda profile: profile.name)
def test_every_profile_says_where_it_is_from_and_what_a_user_does(profile: SourceProfile) -> None:
    assert profile.citation
    assert profile.title
    assert profile.how.endswith(".")
    assert "\n" not in profile.how
    if profile.name not in (ALIASES, "voronka"):
        assert SEEN.match(profile.citation), (
            "citation names who saw the headings: owner/repository, an address, formats.md N.N"
        )
        assert profile.grade in ("A", "B") or (profile.grade == "C" and profile.partial), (
            "one source (C) is partial = true"
        )
    assert (SHIPPED / f"{profile.name}.toml").exists()


def test_a_folder_with_a_sample_of_every_profile_is_loaded(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    whole: dict[str, str] = {}
    for expected in expectations():
        content = told(expected)
        sample = sample_of(expected)
        name = f"{expected.parent.name}-{sample.name}"
        (inbox / name).write_bytes(sample.read_bytes())
        whole[name] = "partial" if any(want["quarantined"] for want in content["sheets"]) else "accept"
    report = load([inbox], Home(tmp_path))
    assert {(one.name, one.outcome) for one in report.files if one.outcome != IGNORED} == {*whole.items()}
    assert report.rows_in == report.accepted + report.quarantined + report.duplicates
    found = {one.profile for one in report.files if one.profile}
    assert found == {each.name for each in shipped_profiles()} - {ALIASES}
    facts = open_facts(Home(tmp_path))
    assert facts.identities["holds"].all()
    assert {*facts.deals.filter(~pl.col("is_sales"))["funnel_name"]} == {"Битрикс24: лиды"}
    again = load([inbox], Home(tmp_path))
    assert (again.accepted, again.duplicates) == (0, again.rows_in)


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize(
    "kind", [table.name for table in next(p for p in shipped_profiles() if p.name == "voronka").table]
)
def test_our_own_template_is_recognised_in_both_languages(kind: str, language: int) -> None:
    table = next(t for p in shipped_profiles() if p.name == "voronka" for t in p.table if t.name == kind)
    headings = [column.headings[language] for column in table.columns.values()]
    content = ";".join(headings) + "\n" + ";".join("" for _ in headings[1:]) + ";\n"
    sheet = open_export(content.encode(), f"{kind}.csv")[0]
    match = recognise(sheet, f"{kind}.csv", shipped_profiles())
    assert match is not None
    assert (match.profile.name, match.table.name) == ("voronka", kind)
    assert match.known == len({*headings})


def test_a_real_master_csv_is_read(real_data: Path) -> None:
    found = parcels(real_data / "asterisk_cdr" / "Master.csv")[0]
    assert found.taken is not None
    counts = (found.report.profile, found.taken.table.name, found.report.accepted, found.report.quarantined)
    assert counts == ("asterisk", "cdr_custom", 14, 0)


@pytest.fixture(scope="module")
def document() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_sources", ROOT / "docs" / "sources.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_document_of_sources_is_what_the_profiles_say(language: str, document: ModuleType) -> None:
    path = document.DOCUMENTS[language]
    is_same = path.read_text(encoding="utf-8") == document.write(language)
    assert is_same, f"docs/{path.name} is stale; run: python docs/sources.py"


def test_the_russian_document_of_sources_tells_all_that_the_english_one_does(document: ModuleType) -> None:
    """As many rows and headings; what to do is in Russian; every link inside leads somewhere."""
    english, russian = document.write("en"), document.write("ru")
    for begin in ("| ", "## ", "### "):
        told = [sum(line.startswith(begin) for line in text.splitlines()) for text in (english, russian)]
        assert told[0] == told[1] > 1, begin
    for profile in shipped_profiles():
        if profile.name != ALIASES:
            assert profile.how in english and profile.how not in russian
    for text in (english, russian):
        anchors = {document.anchor(line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_the_document_names_every_profile_and_every_system_has_something_to_do(document: ModuleType) -> None:
    systems = [*document.CRMS, *document.CALLS, *document.COSTS]
    text = document.write()
    listed = {name for each in systems for name in each.profiles}
    lost = sorted(listed ^ {each.name for each in shipped_profiles()})
    assert not lost, f"a profile and its System(...) in docs/systems.py belong together: {lost}"
    assert len(systems) == len({each.name for each in systems})
    assert len(systems) >= KNOWN_SYSTEMS, "a system whose files nobody has seen keeps its row"
    for each in systems:
        row = next(line for line in text.splitlines() if line.startswith(f"| {each.name} |"))
        assert row.count(" | ") == 3
        assert not row.endswith("|  |")
    for name in {name for each in systems for name in each.profiles} - {ALIASES, "voronka"}:
        assert f"\n### {name}\n" in text
