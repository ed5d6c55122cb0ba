"""``voronka map`` as people use it: what it prints, what it asks and how it is answered, in their language."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from dashboard import cli, cli_answers, cli_map, cli_words
from dashboard.i18n import Locale
from pipelines.profile import read_profile
from pipelines.propose import propose, questions
from pipelines.readers import open_export

SHEET = """№ заявки;Дата заявки;Кто обратился;Тел.;Что хотел;Бюджет;Кто ведёт;На какой стадии
А1;01.02.2026;Орлов Пётр;+7 912 345-67-01;Кухня;45 000;Марина;Продано
А2;03.02.2026;Сизова Анна;+7 912 345-67-02;Шкаф;120 500;Олег;Замер
А3;14.02.2026;Белов Иван;+7 912 345-67-03;Кухня;98 000;Марина;Отказ
А4;15.02.2026;Котова Вера;+7 912 345-67-04;Стол;15 300;Олег;Замер
"""


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LC_ALL", "LANG", "VORONKA_DEBUG", "VORONKA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VORONKA_LANG", "ru")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "заявки.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(left.value.code or 0), out, err


def test_nothing_internal_is_printed(sheet: Path, capsys) -> None:
    code, out, err = run(capsys, "map", sheet.name, "--home", "h", "--yes")
    assert (code, err) == (0, "")
    for word in ("deal_id", "client_name", "stage_name", "created_at", "means.", "you said so", "вы так ответили"):
        assert word not in out
    assert "«Дата заявки» (дата создания)" in out
    assert "Взято, как предложено:" in out
    assert "валюта из настроек" in out
    assert "принято — 4" in out


def test_without_a_terminal_the_questions_tell_how_to_answer_and_nothing_is_saved(sheet: Path, capsys) -> None:
    code, out, err = run(capsys, "map", sheet.name, "--home", "h")
    assert code == 2
    assert '--answer "currency=' in out and '--answer "means.stage_name=Замер=open"' in out
    assert "Пока ничего не сохранено" in err
    assert not Path("h/mappings").exists()


def test_answers_beforehand_are_taken_in_the_readers_words(sheet: Path, capsys) -> None:
    words = ("--answer", "currency=KZT", "--answer", "means.stage_name=Замер=нецелевой лид; 2=отказ")
    code, out, _ = run(capsys, "map", sheet.name, "--home", "h", "--name", "свои", *words)
    assert code == 0, out
    profile = read_profile(Path("h/mappings/svoi.toml"))
    assert profile.currency == "KZT"
    assert profile.outcomes.junk == ("Замер",)


def test_a_mapping_loads_next_week_and_says_what_is_new(sheet: Path, capsys) -> None:
    run(capsys, "map", sheet.name, "--home", "h", "--yes")
    assert run(capsys, "load", sheet.name, "--home", "h")[0] == 0
    later = SHEET.replace("Тел.", "Город;Тел.").replace(";+7", ";Казань;+7").replace("Олег;Замер", "Олег;Ждём оплату")
    Path("next.csv").write_text(later, encoding="utf-8")
    code, out, _ = run(capsys, "load", "next.csv", "--home", "h")
    assert code == 0
    assert "Новое в столбце «На какой стадии»: «Ждём оплату»" in out
    assert "4 из 4" in out
    _, out, _ = run(capsys, "ask", "leads", "revenue", "--home", "h", "--format", "json")
    assert json.loads(out)["rows"] == [{"leads": 4, "revenue": 45000.0}]
    _, out, _ = run(capsys, "funnel", "--home", "h")
    assert "Ждём оплату" in out


def test_a_person_answers_by_number_word_or_enter(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    ru = Locale("ru")
    proposal = propose(open_export(SHEET.encode(), "x.csv")[0])
    currency = next(one for one in questions(proposal) if one.key == "currency")
    stages = next(one for one in questions(proposal) if one.key == "means.stage_name")
    told = iter(["чепуха", "2", "", "usd", "1=нечто", "1=продажа; отказ=junk"])
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(told))
    assert cli_answers.ask_person(currency, ru) == "RUB"
    assert cli_answers.ask_person(currency, ru) == currency.proposed
    assert cli_answers.ask_person(currency, ru) == "USD"
    answer = cli_answers.ask_person(stages, ru)
    assert answer[stages.items[0].word] == "won"
    assert answer["Отказ"] == "junk"
    out = capsys.readouterr().out
    assert out.count("здесь не ответ") == 2
    assert "open" not in out and "won" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("map",), "Не хватает аргумента"),
        (("map", "x.csv", "--jsn"), "Нет такого параметра: «--jsn»"),
        (("mapp",), "Нет такой команды: «mapp»"),
        (("load",), "Назовите файл или папку"),
        (("serve", "--port", "0"), "вне пределов"),
        (("map", "заявки.csv", "--answer", "ничего"), "это не КЛЮЧ=ЗНАЧЕНИЕ"),
    ],
)
def test_mistakes_are_answered_in_russian(sheet: Path, capsys, words: tuple[str, ...], said: str) -> None:
    code, _, err = run(capsys, *words)
    assert (code, said in err) == (2, True), err


def test_help_speaks_the_language_that_is_asked_for(sheet: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    _, russian, _ = run(capsys, "map", "--help")
    assert "Как вызвать:" in russian and "Принять всё, что предложено." in russian
    monkeypatch.setenv("VORONKA_LANG", "en")
    _, english, _ = run(capsys, "map", "--help")
    assert "Usage:" in english and "Take every proposed answer." in english
    _, russian, _ = run(capsys, "--lang=ru", "--help")
    assert "Команды:" in russian


def test_every_option_of_the_command_line_has_russian_help() -> None:
    ru = Locale("ru")
    english = [cli_words.ENGLISH.get(id(one), one.help) for one in cli_words.speakers(cli.cli) if one.help]
    own = [text for text in english if text not in ("Show this message and exit.", "Show the version and exit.")]
    assert [text for text in own if ru.text(text) == text and not any("а" <= sign <= "я" for sign in text)] == []


def test_a_sheet_is_chosen_by_name(sheet: Path) -> None:
    assert cli_map.chosen_sheet(sheet, None).preview[0][0] == "№ заявки"


AMO = Path(__file__).parent / "exports" / "amocrm" / "deals_cp1251.csv"


def test_a_file_that_is_recognised_is_mapped_anew_only_when_asked_and_then_by_that_mapping(sheet: Path, capsys) -> None:
    export = sheet.with_name("Сделки июня.csv")
    export.write_bytes(AMO.read_bytes())
    code, _, err = run(capsys, "map", export.name, "--home", "h", "--yes")
    assert (code, "amoCRM" in err, "--again" in err) == (2, True, True)
    assert not Path("h/mappings").exists()
    code, _, err = run(capsys, "map", export.name, "--home", "h", "--yes", "--again")
    assert (code, err) == (0, "")
    saved = read_profile(Path("h/mappings/sdelki_iyunya.toml"))
    assert (saved.name, saved.title) == ("sdelki_iyunya", "Сделки июня")
    _, out, _ = run(capsys, "load", export.name, "--home", "h", "--dry-run", "--json")
    assert json.loads(out.splitlines()[-1])["files"][0]["profile"] == "sdelki_iyunya"
    again = export.rename(sheet.with_name("Сделки июля.csv"))
    code, _, _ = run(capsys, "map", again.name, "--home", "h", "--yes")  # the company's own mapping is replaced
    assert (code, [one.name for one in Path("h/mappings").iterdir()]) == (0, ["sdelki_iyunya.toml"])
    _, out, _ = run(capsys, "load", again.name, "--home", "h", "--dry-run", "--json")
    assert json.loads(out.splitlines()[-1])["files"][0]["profile"] == "sdelki_iyunya"


LINES = """Номер сделки;Товар;Сумма;Статус
1;Дверь;100;Продажа
1;Замок;20;Продажа
2;Дверь;300;Продажа
3;Дверь;5;Новая
3;Дверь;7;Продажа
"""


def test_product_lines_in_a_plain_sheet_are_said_and_lines_are_offered(sheet: Path, capsys) -> None:
    path = sheet.with_name("строки.csv")
    path.write_text(LINES, encoding="utf-8")
    _, out, _ = run(capsys, "load", path.name, "--as", "deals", "--home", "h", "--dry-run")
    assert "товарные строки одной сделки" in out and "--again" in out
    path.write_text(LINES.replace("1;Замок;20;Продажа", "1;Замок;20;Отказ"), encoding="utf-8")
    _, out, _ = run(capsys, "load", path.name, "--as", "deals", "--home", "h", "--dry-run")
    assert "товарные строки" not in out  # a newer version of the deal, not a line of it
