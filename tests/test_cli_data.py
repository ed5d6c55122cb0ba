"""The command line hands out what the Data page does: a trial before a load, and the rows that were put aside."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time

import fastexcel
import polars as pl
import pytest
from homes import DEALS, HEADING, put
from test_cli import run

from dashboard import cli, loading
from pipelines import watch
from pipelines.settings import Home

BAD = (
    HEADING + "1;Ромб;Иванова;Продажа;1 200,50;01.02.2026;05.02.2026;\n2;=1+1;Петров;Отказ;дорого;03.02.2026;;Дорого\n"
)


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.path.mkdir()
    return made


def test_a_trial_says_what_the_load_says_and_stores_nothing(home, capsys):
    path = put(home, "a.csv", BAD)
    options = (str(path), "--as", "deals", "--home", str(home.path), "--json")
    code, out, _ = run(capsys, "load", "--dry-run", *options)
    tried = json.loads(out.splitlines()[-1])
    assert code == 0
    assert not home.warehouse.exists()
    _, out, _ = run(capsys, "load", *options)
    done = json.loads(out.splitlines()[-1])
    assert tried["files"] == done["files"]
    assert (tried["snapshot"], done["snapshot"]) == (None, "s000001")
    assert tried["message"] == "This was a trial: nothing was stored."
    _, out, _ = run(capsys, "load", "--dry-run", *options)
    assert json.loads(out.splitlines()[-1])["duplicates"] == 2


def test_a_trial_of_a_file_that_nobody_knows_is_a_refusal(home, capsys):
    path = put(home, "a.csv", "Кто;Чего\nА;Б\n")
    code, out, _ = run(capsys, "load", "--dry-run", str(path), "--home", str(home.path))
    assert code == 2
    assert "Nothing recognises a.csv" in out


def test_rows_put_aside_are_written_as_csv_and_workbook(home, capsys, tmp_path):
    run(capsys, "load", str(put(home, "a.csv", BAD)), "--as", "deals", "--home", str(home.path))
    for ending in ("csv", "xlsx"):
        code, out, _ = run(capsys, "check", "--home", str(home.path), "--quarantine", str(tmp_path / f"aside.{ending}"))
        assert code == 0
        assert "Every row is accounted for." in out
    read = list(csv.DictReader(io.StringIO((tmp_path / "aside.csv").read_text("utf-8-sig"))))
    assert [(row["File"], row["Line"], row["Heading"], row["Value"]) for row in read] == [
        ("a.csv", "3", "Сумма", "дорого")
    ]
    assert json.loads(read[0]["Whole row"])["Клиент"] == "=1+1"
    own = fastexcel.read_excel(tmp_path / "aside.xlsx").load_sheet("a.csv").to_polars()
    assert own["Клиент"].to_list() == ["=1+1"]


def test_another_ending_or_a_place_that_cannot_be_written_is_one_sentence(home, capsys, tmp_path):
    run(capsys, "load", str(put(home, "a.csv", BAD)), "--as", "deals", "--home", str(home.path))
    for name, told in (("aside.pdf", ".csv or .xlsx"), ("no/where/aside.csv", "cannot be written")):
        code, _, err = run(capsys, "check", "--home", str(home.path), "--quarantine", str(tmp_path / name))
        assert code == 2
        assert told in err
        assert err.count("\n") == 1


@pytest.mark.parametrize("fault", [RuntimeError, pl.exceptions.PanicException])  # as DuckDB and as Polars have it
@pytest.mark.parametrize("command", [("load",), ("load", "--json"), ("load", "--watch")])
def test_a_load_that_is_stopped_within_a_query_ends_politely(monkeypatch, capsys, tmp_path, command, fault) -> None:
    def query(*_, **__):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            raise fault("Query interrupted") from None

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(loading, "run", query)
    monkeypatch.setattr(watch, "watch", query)
    with pytest.raises(SystemExit) as left:
        cli.main([*command, str(tmp_path), "--lang", "en"])
    said = capsys.readouterr()
    watched = "--watch" in command
    assert left.value.code == (0 if watched else 130)
    assert (
        "No longer watching" if watched else "Stopped. The load is in or it is not, never half"
    ) in said.out + said.err
    assert "defect" not in said.err + said.out
    assert signal.getsignal(signal.SIGINT) is before


def test_a_key_that_stands_twice_is_named_as_people_name_it(tmp_path, capsys) -> None:
    path = tmp_path / "a.csv"
    path.write_text(DEALS + "1;Ромб;Иванова;Продажа;5;01.02.2026;05.02.2026;\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["load", str(path), "--as", "deals", "--home", str(tmp_path / "home"), "--lang", "ru"])
    said = capsys.readouterr().out
    assert "deal_id" not in said
    assert "номер сделки" in said.casefold()
