"""Loads from files to a published snapshot: every row accounted for, nothing lost, one clear sentence for what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from examples import examples
from homes import DEALS, HEADING, counts, deal_rows, put
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access import Facts, open_facts
from pipelines.errors import CheckFailed, InputError, MappingError, SettingsError, UnknownName
from pipelines.load import load
from pipelines.report import FileReport
from pipelines.settings import Home, find_home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_every_row_is_accepted_quarantined_or_a_duplicate(home: Home) -> None:
    text = (
        DEALS
        + "2;Куб;Петров;Отказ;10;03.02.2026;04.02.2026;Дорого\n3;Шар;Петров;В работе;?;31.02.2026;;\n4;Конус\n;;;\n;Сфера;;Отказ;;;;\n"
    )
    report = load([put(home, "сделки.csv", text, "cp1251")], home, kind="deals")
    assert counts(report) == ("partial", 6, 2, 3, 1)
    assert report.files[0].reasons == {
        "must not be empty": 1,
        "not an amount of money": 1,
        "the row has another number of cells than the heading": 1,
    }
    snapshot = current_snapshot(home)
    assert snapshot is not None
    quarantine = read_tables(snapshot, ["ledger.quarantine"])["ledger.quarantine"]
    assert quarantine.select("file", "_line", "column", "value").rows() == [
        ("сделки.csv", 5, "Сумма", "?"),
        ("сделки.csv", 6, None, "2 ≠ 8"),
        ("сделки.csv", 8, "№", None),
    ]
    assert json.loads(quarantine["row"][0])["Клиент"] == "Шар"
    assert deal_rows(open_facts(home)) == [("1", "won", Decimal("1200.50")), ("2", "lost", Decimal("10.00"))]


def test_the_same_bytes_again_change_nothing_whatever_the_file_is_called(home: Home) -> None:
    first = load([put(home, "a.csv", DEALS)], home, kind="deals")
    again = load([put(home, "b.csv", DEALS)], home, kind="deals")
    assert counts(again) == ("accept", 2, 0, 0, 2)
    assert (first.snapshot, again.snapshot) == ("s000001", "s000001")


def test_two_copies_in_one_load_count_once(home: Home) -> None:
    report = load([put(home, "a.csv", DEALS), put(home, "b.csv", DEALS)], home, kind="deals")
    assert counts(report) == ("accept", 4, 2, 0, 2)


def test_a_newer_export_replaces_deals_row_by_row(home: Home) -> None:
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    later = HEADING + "2;Куб;Петров;Продажа;15;03.02.2026;09.02.2026;\n5;Овал;Петров;В работе;1;03.02.2026;;\n"
    report = load([put(home, "b.csv", later)], home, kind="deals")
    assert (report.outcome, report.accepted, report.snapshot) == ("accept", 2, "s000002")
    facts = open_facts(home)
    assert deal_rows(facts) == [
        ("1", "won", Decimal("1200.50")),
        ("2", "won", Decimal("15.00")),
        ("5", "open", Decimal("1.00")),
    ]
    assert facts.set_aside.select("rule", "rows").rows() == [("replaced by a newer row of the same deal", 1)]


def test_a_key_that_stands_twice_in_one_file_keeps_the_later_row(home: Home) -> None:
    text = DEALS + "1;Ромб;Иванова;Отказ;1;01.02.2026;06.02.2026;Дорого\n"
    report = load([put(home, "a.csv", text)], home, kind="deals")
    assert counts(report) == ("partial", 3, 2, 1, 0)
    assert deal_rows(open_facts(home))[0] == ("1", "lost", Decimal("1.00"))


STAGES = "ID сделки;Этап;Дата перехода\n"


def test_overlapping_logs_count_each_event_once(home: Home) -> None:
    load([put(home, "deals.csv", DEALS)], home, kind="deals")
    first = STAGES + "1;Звонок;01.02.2026 10:00\n1;Продажа;05.02.2026 12:00\n"
    load([put(home, "s1.csv", first)], home, kind="stages")
    second = first + "2;Звонок;03.02.2026 10:00\n2;Отказ;04.02.2026 10:00\n9;Звонок;03.02.2026 10:00\n"
    report = load([put(home, "s2.csv", second)], home, kind="stages")
    assert counts(report) == ("accept", 5, 3, 0, 2)
    facts = open_facts(home)
    assert facts.visits.filter(~pl.col("is_implied")).select("deal_id", "stage_name", "exit").rows() == [
        ("1", "Звонок", "advanced"),
        ("1", "Продажа", "still_there"),
        ("2", "Звонок", "lost"),
        ("2", "Отказ", "still_there"),
    ]
    assert facts.orphans.filter(pl.col("join_name").str.contains("stages"))["value"].to_list() == ["9"]
    assert facts.deals["lost_stage_name"].to_list() == [None, "Звонок"]


MAPPING = """
name = "own"
[[table]]
kind = "deals"
recognise.headings = ["№", "Статус"]
[table.columns]
deal_id = "№"
stage_name = "Статус"
manager_name = "{manager}"
"""


def test_a_file_loaded_under_another_mapping_is_loaded_anew_not_twice(home: Home) -> None:
    deals = put(home, "a.csv", DEALS)
    load([deals], home, mapping=put(home, "m1.toml", MAPPING.format(manager="Менеджер")))
    report = load([deals], home, mapping=put(home, "m2.toml", MAPPING.format(manager="Клиент")))
    assert counts(report) == ("accept", 2, 2, 0, 0)
    assert open_facts(home).deals["manager_name"].to_list() == ["Ромб", "Куб"]


def test_a_folder_loads_what_it_can_and_says_what_it_could_not(home: Home) -> None:
    folder = home.path.parent / "exports"
    folder.mkdir()
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "notes.txt").write_text("hello\nworld\n", encoding="utf-8")
    (folder / "photo.csv").write_bytes(b"\x89PNG\r\n\0\0")
    (folder / "empty.csv").write_bytes(b"")
    (folder / ".hidden").write_text("x", encoding="utf-8")
    os.mkfifo(folder / "pipe.csv")
    (folder / "link.csv").symlink_to(folder / "deals.csv")
    report = load([folder], home, kind="deals")
    assert report.outcome == "partial"
    assert {one.name: one.outcome for one in report.files} == {
        "deals.csv": "accept",
        "empty.csv": "reject",
        "notes.txt": "reject",
        "photo.csv": "reject",
    }
    assert all("\n" not in one.message and one.message for one in report.files if one.outcome == "reject")


WRONG = {
    "nothing there": (lambda home: [home.path.parent / "nope.csv"], {}, InputError, "There is no file or folder"),
    "empty folder": (lambda home: [_made(home.path.parent / "void")], {}, InputError, "holds no files"),
    "unknown kind": (lambda home: [put(home, "a.csv", DEALS)], {"kind": "dels"}, UnknownName, 'Did you mean "deals"?'),
    "no mapping": (
        lambda home: [put(home, "a.csv", DEALS)],
        {"mapping": Path("no.toml")},
        MappingError,
        "There is no file",
    ),
}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_the_whole_load_is_one_sentence_and_leaves_no_home(name: str, home: Home) -> None:
    paths, options, error, words = WRONG[name]
    with pytest.raises(error, match=words) as raised:
        load(paths(home), home, **options)
    assert "\n" not in str(raised.value)
    assert current_snapshot(home) is None


def test_an_unknown_heading_names_the_nearest_profile_and_what_it_lacks(home: Home) -> None:
    mapping = put(home, "m.toml", MAPPING.format(manager="Менеджер"))
    report = load([put(home, "a.csv", "№;Статусс;Сумма\n1;2;3\n")], home, mapping=mapping)
    assert counts(report) == ("reject", 1, 0, 1, 0)
    assert report.snapshot is None
    assert 'Closest is own deals, which also needs "Статус" (you have "Статусс")' in report.message


@pytest.mark.parametrize(
    ("headings", "closest"),
    [("ID;Цвет;Вес", ""), ("ID;Стадия;Менеджер;Сумма;Создана", "bitrix24 deals")],
)
def test_a_table_nobody_knows_is_for_the_mapping_and_one_heading_makes_no_profile_near(
    home: Home, headings: str, closest: str
) -> None:
    (path,) = [put(home, "a.csv", f"{headings}\n1;2;3;4;5\n")]
    message = load([path], home).message
    assert 'voronka map "a.csv"' in message
    assert (f"Closest is {closest}" in message) if closest else ("Closest" not in message)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("name = 'x'\n[[table]]\nkind = 'deals'\nheadr = ['a']", 'Did you mean "header"'),
        ("name = 'x'\n[[table]]\nkind = 'deals'\n[table.columns]\namont = 'a'", 'Did you mean "amount"'),
        ("name = 'x'\n[[table]]\nkind = 'dals'", "table.0.kind"),
        ("name = 'X Y'", "name is not as it should be"),
        ("name = ", "is not valid TOML"),
        ("name = 'x'\nextends = 'amocrn'", 'Did you mean "amocrm"'),
        ("name = 'x'\n[[table]]\nkind = 'deals'\n[[table.join]]\ntable = 't'\non = 'a'\nkey = 'b'", "joins"),
    ],
)
def test_a_faulty_mapping_is_refused_with_its_place(home: Home, toml: str, words: str) -> None:
    with pytest.raises(MappingError, match=words):
        load([put(home, "a.csv", DEALS)], home, mapping=put(home, "m.toml", toml))


def test_a_misspelt_setting_is_refused_with_the_nearest_one(home: Home) -> None:
    home.path.mkdir()
    home.settings_file.write_text('curency = "RUB"', encoding="utf-8")
    with pytest.raises(SettingsError, match='Did you mean "currency"'):
        load([put(home, "a.csv", DEALS)], home, kind="deals")


def test_a_report_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(CheckFailed):
        FileReport(name="x", rows_in=3, accepted=1, quarantined=1)


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return six_rows(range(6), tmp_path_factory.mktemp("home") / "h")


def six_rows(order: Sequence[int], folder: Path) -> Facts:
    rows = [f"{k};К{k};Петров;{('Продажа', 'Отказ', 'В работе')[k % 3]};{k};0{k + 1}.02.2026;;\n" for k in range(6)]
    home = Home(folder)
    load([put(home, "a.csv", HEADING + "".join(rows[k] for k in order))], home, kind="deals")
    return open_facts(home)


@examples(10)
@given(order=st.permutations(range(6)))
def test_the_order_of_rows_and_files_does_not_matter(
    order: list[int], in_order: Facts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = six_rows(order, tmp_path_factory.mktemp("home") / "h")
    for name in ("deals", "visits", "stages"):
        assert getattr(found, name).equals(getattr(in_order, name))


def test_the_home_is_the_option_then_the_environment_then_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VORONKA_HOME", raising=False)
    assert find_home().path == tmp_path / "data"
    monkeypatch.setenv("VORONKA_HOME", str(tmp_path / "x"))
    assert find_home().path == tmp_path / "x"
    assert find_home(tmp_path / "y").path == tmp_path / "y"
