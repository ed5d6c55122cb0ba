"""Analyses by name on the command line, and answers that are empty or unknown: a sentence, never a bare table or a zero."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from companies import deals_of, facts_with, frame_of, stages_of, walked

from dashboard import access, cli
from dashboard.access import Facts
from dashboard.analyses import catalogue
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter, Notice
from dashboard.metrics.model import Better, Metric, Unit
from dashboard.metrics.unknown import why_unknown
from pipelines.schema.facts import FACTS as TABLES

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FACTS = walked(
    stages_of(("New", "open"), ("Won", "won"), ("Lost", "lost")),
    [
        {"walk": [("New", AT), ("Won", datetime(2026, 2, 3, tzinfo=UTC))], "manager_name": "Anna", "amount": 10},
        {"walk": [("New", AT)], "manager_name": "Boris"},
    ],
    as_of=datetime(2026, 2, 20, tzinfo=UTC),
)
SPEND = Metric(
    name="spend",
    label="Revenue",
    help="",
    fact="costs",
    dated_by="spent_on",
    value=pl.col("spend").sum(),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    needs=("spend",),
)


@pytest.fixture(autouse=True)
def one_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "open_facts", lambda home, *_: FACTS)
    monkeypatch.setenv("VORONKA_LANG", "en")


def run(capsys: Any, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert err == ""
    return int(left.value.code or 0), out


def test_the_answer_says_definition_variant_n_and_as_of(capsys) -> None:
    code, out = run(capsys, "analyse", "funnel")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "Sales funnel"
    assert "data up to 20 Feb 2026" in lines[1]
    assert lines[2].startswith("Deals created in the period")
    assert lines[3].startswith("Definition: Cohort")
    assert lines[4] == "n = 2 (deals)"
    assert any(line.startswith("Sales   New") for line in lines)


def test_json_and_csv_hold_the_whole_frame(capsys) -> None:
    answer = json.loads(run(capsys, "analyse", "funnel", "--manager", "Anna", "--format", "json")[1])
    assert (answer["analysis"], answer["n"], answer["as_of"]) == ("funnel", 1, "2026-02-20T00:00:00+00:00")
    assert answer["filter"]["manager"] == ["Anna"]
    assert answer["definition"] and answer["variant"]
    rows = list(csv.DictReader(io.StringIO(run(capsys, "analyse", "funnel", "--format", "csv")[1])))
    assert set(rows[0]) == set(answer["rows"][0])


def test_without_a_name_the_analyses_are_listed(capsys) -> None:
    _, out = run(capsys, "analyse")
    assert [line.split(" · ")[0] for line in out.splitlines()[::2]] == list(ANALYSES)


def analysis_of(frame: pl.DataFrame, *columns: Column, sentences: tuple[Notice, ...] = ()) -> Analysis:
    def answer(facts: Facts, filter: Filter) -> Answer:
        return Answer(frame, columns, "Deals", n=frame.height, as_of=facts.as_of, sentences=sentences)

    return Analysis("odd", "Deals", "Deals", answer)


def test_every_kind_of_cell_is_written_and_unknown_is_a_dash(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    cells: dict[str, list[Any]] = {
        "text": ["=Anna", None],
        "word": ["Won", None],
        "day": [date(2026, 1, 31), None],
        "moment": [AT, None],
        "flag": [True, None],
        "count": [1200, None],
        "money": [1500.0, None],
        "share": [0.5, None],
        "days": [1.5, None],
        "minutes": [7.25, None],
        "number": [1.234, None],
    }
    odd = analysis_of(pl.DataFrame(cells), *(Column(name, "Deals", name) for name in cells))  # ty: ignore
    monkeypatch.setitem(catalogue.ANALYSES, "odd", odd)
    _, out = run(capsys, "analyse", "odd", "--lang", "ru")
    rows = [line.replace("\u00a0", " ") for line in out.splitlines()[-2:]]
    assert rows[0].split("  ")[0] == "=Anna"
    for written in (
        "Продажи",
        "31 янв. 2026",
        "5 янв. 2026, 09:00",
        "да",
        "1 200",
        "1 500 ₽",
        "50,0 %",
        "1,5 дн.",
        "1,23",
    ):
        assert written in rows[0]
    assert rows[1].startswith("не указано") and rows[1].count("—") == len(cells) - 1


def test_an_answer_without_rows_is_a_sentence(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = pl.DataFrame(schema={"name": pl.String})
    monkeypatch.setitem(catalogue.ANALYSES, "odd", analysis_of(empty, Column("name", "Deals")))
    assert run(capsys, "analyse", "odd")[1].endswith("\n\nNothing of this kind in the data under this filter.\n")
    told = analysis_of(empty, Column("name", "Deals"), sentences=(Notice("No deals match the filter."),))
    monkeypatch.setitem(catalogue.ANALYSES, "odd", told)
    assert run(capsys, "analyse", "odd")[1].endswith("\n\nNo deals match the filter.\n")


def test_a_question_without_rows_is_a_sentence(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "open_facts", lambda *_: facts_with(deals_of([])))
    assert run(capsys, "ask", "won", "--by", "manager")[1].endswith(
        "\n\nNothing of this kind in the data under this filter.\n"
    )


def test_no_month_is_no_row_of_zeros_but_a_sale_of_an_unknown_month_is_a_row(capsys, monkeypatch) -> None:
    _, out = run(capsys, "ask", "won", "revenue", "win_rate", "--by", "month", "--format", "csv")
    assert out.splitlines()[1:] == ["2026-02-01,1,10.0,1.0"]
    undated = deals_of([{"outcome": "won", "amount": 10}, {"outcome": "open"}])
    monkeypatch.setattr(access, "open_facts", lambda *_: facts_with(undated))
    _, out = run(capsys, "ask", "won", "--by", "month", "--format", "csv")
    assert out.splitlines()[1:] == [",1"]


def test_minutes_and_numbers_are_written_as_such(capsys) -> None:
    from dashboard.i18n import Locale

    assert Locale("ru").value(12.34, Unit.MINUTES).replace("\u00a0", " ") == "12,3 мин"
    assert Locale("ru").value(12.345, Unit.NUMBER) == "12,34"


def test_what_cannot_be_told_by_a_dimension_says_why(capsys) -> None:
    _, out = run(capsys, "ask", "stuck", "--by", "client")
    assert out.endswith("\n\nStuck deals: not told by Client.\n")
    _, out = run(capsys, "ask", "stuck", "won", "--by", "month")
    assert out.endswith("—    1\nStuck deals: a state on the last day of the data, not told by time.\n")
    answer = json.loads(run(capsys, "ask", "stuck", "--by", "client", "--format", "json")[1])
    assert answer["notes"] == ["Stuck deals: not told by Client."]
    assert "Зависшие сделки" in run(capsys, "ask", "stuck", "--by", "client", "--lang", "ru")[1]


def test_what_the_exports_do_not_hold_is_named() -> None:
    assert [str(notice) for notice in why_unknown(FACTS, [SPEND], Filter(), ())] == [
        "Revenue: unknown, the exports do not hold it (spend on advertising)."
    ]
    spent = replace(FACTS, costs=frame_of(TABLES["costs"], [{"cost_id": "1", "spend": 5}]))
    assert why_unknown(spent, [SPEND], Filter(), ()) == []
    assert [notice.values["dimensions"] for notice in why_unknown(spent, [SPEND], Filter(), ("manager",))] == [
        ("manager",)
    ]
