"""Answers, words, keys and odd tables: what a proposal does with what it is told, and with what it cannot know."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from proposals import by_name, proposed, sheet_of

from dashboard.access import open_facts
from pipelines.errors import MappingError, UnknownName
from pipelines.load import load
from pipelines.profile import KINDS
from pipelines.propose import answered, dry_run, profile_of, propose, questions, to_toml
from pipelines.propose_match import assign
from pipelines.propose_values import dates_of, decimal_of, shape_of
from pipelines.readers import Sheet, open_export
from pipelines.readers.sheet import Rows
from pipelines.settings import Home


def test_answers_settle_questions() -> None:
    proposal = proposed(by_name("order of day and month unknown"))
    asked = {question.key: question for question in questions(proposal)}
    assert asked["date_order"].proposed == "dmy"
    settled = answered(proposal, {"date_order": "mdy", "currency": "USD"})
    assert not {"date_order", "currency"} & {question.key for question in questions(settled)}
    profile = profile_of(settled, "orders")
    assert profile.currency == "USD"
    assert profile.table[0].dates == ("%m/%d/%Y",)
    assert questions(answered(settled, {"heading.deal_id": "Deal ID"})) == ()


def test_an_answer_about_words_goes_into_the_outcomes() -> None:
    proposal = proposed(by_name("заказы в тетради"))
    question = next(one for one in questions(proposal) if one.key == "means.outcome")
    assert {item.word: (item.count, item.proposed) for item in question.items} == {
        "купил": (3, "won"), "думает": (2, "open"), "ушёл к другим": (1, "lost")
    }  # fmt: skip
    outcomes = profile_of(answered(proposal, {"means.outcome": {"думает": "junk"}}), "x").outcomes
    assert (outcomes.won, outcomes.lost, outcomes.junk) == (("купил",), ("ушёл к другим",), ("думает",))


def test_a_heading_given_elsewhere_leaves_its_first_column() -> None:
    proposal = answered(proposed(by_name("us dates settled")), {"heading.client_name": "Product"})
    assert proposal.heading("client_name") == "Product"
    assert proposal.heading("product_name") is None
    none = answered(proposal, {"heading.deal_id": ""})
    assert none.heading("deal_id") is None
    assert none.settings.key


def test_a_kind_given_starts_the_columns_anew() -> None:
    proposal = answered(proposed(by_name("клиентская база")), {"kind": "deals"})
    assert proposal.kind == "deals"
    assert proposal.heading("client_name") == "Наименование"


@pytest.mark.parametrize(
    "answer",
    [{"heading.client_name": "Nobody"}, {"heading.nothing": "Buyer"}, {"currency": "XXX"}, {"colour": "red"},
     {"means.stage_name": {"Won": "great"}}],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(answer: dict[str, object]) -> None:
    with pytest.raises(MappingError):
        answered(proposed(by_name("us dates settled")), answer)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownName, match="deals"):
        propose(sheet_of("a,b\n1,2\n"), kind="deels")


def test_columns_of_dates_become_entries_into_stages() -> None:
    proposal = proposed(by_name("даты этапов столбцами"))
    assert profile_of(proposal, "x").table[0].stage_dates == {name: name for name in ("Замер", "Договор", "Монтаж")}
    assert not profile_of(answered(proposal, {"stage_dates": "no"}), "x").table[0].stage_dates


def test_a_word_for_nothing_among_dates_is_empty_unless_it_means_something_elsewhere() -> None:
    text = "Номер сделки;Дата создания;Дата закрытия;Статус\n"
    rows = [("1", "01.02.2026", "20.02.2026", "Продано"), ("4", "02.02.2026", "{}", "В работе")]
    rows += [("5", "13.02.2026", "21.02.2026", "Отказ"), ("9", "14.02.2026", "22.02.2026", "Продано")]
    table = text + "".join(";".join(row) + "\n" for row in rows)
    assert propose(sheet_of(table.replace("{}", "ещё нет"))).settings.nulls == ("ещё нет",)
    clashing = propose(sheet_of(table.replace("{}", "В работе")))
    assert clashing.settings.nulls == ()
    assert any("В работе" in str(note) for note in clashing.notes)


def test_deals_on_several_rows_are_asked_about() -> None:
    text = "Deal ID,Product,Amount,Created,Stage\n" + "".join(
        f"{number},{product},{amount},2026-01-1{number},Won\n"
        for number, product, amount in [
            (1, "Bed", 100),
            (1, "Desk", 50),
            (2, "Bed", 100),
            (3, "Lamp", 20),
            (4, "Bed", 70),
        ]
    )
    proposal = propose(sheet_of(text), kind="deals")
    question = next(one for one in questions(proposal) if one.key == "repeats")
    assert question.proposed == "lines"
    assert profile_of(proposal, "x").table[0].rows == "lines"
    assert profile_of(answered(proposal, {"repeats": "last"}), "x").table[0].rows == "distinct"


def test_several_currencies_are_read_from_the_cells() -> None:
    text = "Order no,Client,Amount,Status\nA1,Ann,100 $,Won\nA2,Bob,200 €,Lost\nA3,Cid,300 $,New\n"
    column = profile_of(propose(sheet_of(text), kind="deals"), "x").table[0].columns["currency"]
    assert column.source == ("Amount",)


def test_a_workbook_and_json_are_mapped_too() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("Лист1")
        for at, line in enumerate(by_name("заказы в тетради").text.strip().split("\n")):
            page.write_row(at + 2, 0, line.split(";"))
    sheet = open_export(buffer.getvalue(), "x.xlsx")[0]
    proposal = propose(sheet)
    assert proposal.heading("amount") == "Денег"
    assert dry_run(sheet, profile_of(proposal, "x")).accepted == 6
    records = [{"id": f"K{n}", "customer": f"Client {n}", "amount": 100 * n, "status": "won"} for n in range(1, 6)]
    sheet = open_export(json.dumps({"data": {"rows": records}}).encode(), "x.json")[0]
    proposal = propose(sheet, kind="deals")
    profile = profile_of(proposal, "x")
    assert profile.table[0].records == sheet.name
    assert dry_run(sheet, profile).accepted == 5


def test_next_weeks_sheet_loads_without_a_question(tmp_path: Path) -> None:
    """Kept by hand, without numbers: a deal whose outcome changed is the same deal, a new row is a new one."""
    table = by_name("заказы в тетради")
    home = Home(tmp_path / "home")
    home.mappings.mkdir(parents=True)
    (home.mappings / "orders.toml").write_text(to_toml(proposed(table), table.name), encoding="utf-8")
    first, second = tmp_path / "week 1.csv", tmp_path / "week 2.csv"
    first.write_text(table.text, encoding="utf-8")
    later = table.text.replace("120 500;Олег;думает", "120 500;Олег;купил")
    second.write_text(later + "Новиков Юрий;+7 912 345-67-09;Стол;7 700;Олег;думает;01.03.2026\n", encoding="utf-8")
    assert load([first], home).accepted == 6
    load([second], home)
    deals = open_facts(home).deals
    assert deals.height == 7
    assert deals.filter(pl.col("outcome").cast(pl.String) == "won").height == 4
    assert deals["manager_name"].n_unique() == 2


def test_one_day_above_twelve_settles_the_order() -> None:
    assert dates_of(["01/02/2026", "03/25/2026"])[:2] == (("%m/%d/%Y",), "mdy")
    assert dates_of(["01/02/2026", "25/03/2026"])[:2] == (("%d/%m/%Y",), "dmy")
    assert dates_of(["01/02/2026"])[1] == "?"
    assert dates_of(["01.02.2026"])[1] == "dmy"
    assert dates_of(["13/02/2026", "02/13/2026"]) == ((), None, 0, 0)
    assert dates_of(["01.02.26", "01.02.2026"])[0] == ("%d.%m.%y", "%d.%m.%Y")


def test_the_decimal_sign_is_a_question_only_when_nothing_tells() -> None:
    signs = {"?": ["1.200", "2.500"], ",": ["1.200", "2.500,10"], ".": ["12.5"], "both": ["12.5", "12,5", "1.200"]}
    assert {sign: decimal_of(pl.Series(cells)) for sign, cells in signs.items()} == {sign: sign for sign in signs}
    assert decimal_of(pl.Series(["100", "2 500"])) is None


@examples(100)
@given(st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=1, max_size=4))
def test_the_assignment_is_the_best_there_is(scores: list[list[int]]) -> None:
    """Compared with trying everything."""
    table = [[value / 10 for value in row] for row in scores]

    def best(row: int, taken: frozenset[int]) -> float:
        if row == len(table):
            return 0.0
        free = [best(row + 1, taken | {at}) + table[row][at] ** 2 for at in range(3) if at not in taken]
        return max([best(row + 1, taken), *free])

    chosen = assign(table)
    places = [place for place in chosen if place is not None]
    assert len(places) == len(set(places))
    total = sum(table[row][place] ** 2 for row, place in enumerate(chosen) if place is not None)
    assert total <= best(0, frozenset()) + 1e-9
    assert total >= best(0, frozenset()) - 4 * 0.25**2


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "Дата", "ID", "Сумма, руб.", "01.02.2026", "13/02/2026", "1.200", "1 200,50 ₽", "Итого", "да", "won", "отказ",
         "+79991112233", "a@b.example", "10:15", "№", "column 2", "2026-01-01T10:00:00Z", "\"", "\\", "{}", "тыс", "Total"]
    ),
)  # fmt: skip


def sheet_from(rows: list[list[str]]) -> Sheet:
    """Make a sheet without a reader, so that any text can stand in its cells."""

    def read(heading_row: int | None, headings: Sequence[str], footers: Sequence[str]) -> Rows:
        start = 0 if heading_row is None else heading_row + 1
        data = [
            (line, [*row, *[""] * len(headings)][: len(headings)])
            for line, row in enumerate(rows, start=1)
            if line > start and not any(row[0].lstrip().startswith(word) for word in footers)
        ]
        columns = {heading: [row[at] for _, row in data] for at, heading in enumerate(headings)}
        cells = pl.DataFrame(columns, schema=dict.fromkeys(headings, pl.String()))
        return Rows(cells.with_columns(pl.Series("_line", [line for line, _ in data], dtype=pl.Int64)))

    return Sheet(name="", form="csv", preview=tuple(tuple(row) for row in rows), read=read)


@examples(60)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8),
    kind=st.sampled_from([None, *KINDS]),
)
def test_no_table_raises(rows: list[list[str]], kind: str | None) -> None:
    sheet = sheet_from(rows)
    proposal = propose(sheet, kind=kind)
    profile = profile_of(proposal, rows[0][0])
    assert all(0 <= column.confidence <= 1 for column in proposal.columns)
    accepted = {question.key: question.proposed for question in questions(proposal)}
    assert profile_of(answered(proposal, accepted), "x").table[0].kind == proposal.kind
    run = dry_run(sheet, profile)
    assert run.rows_in == run.accepted + run.quarantined + run.duplicates
    assert sum((run.reasons or {}).values()) == run.quarantined


def test_a_shape_of_nothing_is_no_fault() -> None:
    assert shape_of("x", 0, pl.Series(["", None, "-"], dtype=pl.String)).filled == 0
