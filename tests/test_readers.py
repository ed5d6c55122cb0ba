"""Files of every shape become the rows they hold, counted by our own hand; the rest is refused in one sentence."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from datetime import datetime, time

import polars as pl
import pytest
import xlsxwriter
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.headings import fold_heading, unique_headings
from pipelines.readers import open_export
from pipelines.readers.sheet import LINE, Rows
from pipelines.readers.structure import structure_of


def rows_of(content: bytes, heading_row: int = 0, footers: tuple[str, ...] = ()) -> Rows:
    sheet = open_export(content, "x")[0]
    return sheet.read(heading_row, unique_headings(sheet.preview[heading_row]), footers)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    text = "Этап,Сумма,Имя\nКП,1,Ёлкин\nДоговор,2,Яшин\n".replace(",", delimiter)
    rows = rows_of(text.encode(encoding))
    assert rows.cells.drop(LINE).rows() == [("КП", "1", "Ёлкин"), ("Договор", "2", "Яшин")]
    assert rows.cells[LINE].to_list() == [2, 3]


def test_line_breaks_and_quotes_inside_cells_do_not_break_rows() -> None:
    rows = rows_of(b'a;b\r\n"1\r\n2";"say ""hi"""\r\n3;4\r\n')
    assert rows.cells.drop(LINE).rows() == [("1\n2", 'say "hi"'), ("3", "4")]
    assert rows.cells[LINE].to_list() == [2, 4]


def test_a_row_of_another_width_is_set_apart_and_the_rest_is_read() -> None:
    rows = rows_of(b"a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert rows.cells.drop(LINE).rows() == [("1", "2"), ("7", "8")]
    assert [(one.line, one.text) for one in rows.broken] == [(3, "3"), (4, "4,5,6")]
    assert rows.count == 4


def test_blank_lines_and_totals_are_no_rows() -> None:
    rows = rows_of("a;b\n1;2\n\n;\n  ;\nИтого;3\n".encode(), footers=("Итого",))
    assert rows.cells.drop(LINE).rows() == [("1", "2")]
    assert (rows.count, rows.footers) == (1, 1)


def test_a_file_with_only_carriage_returns_is_read() -> None:
    assert rows_of(b"a,b\r1,2\r3,4\r").count == 2


def test_a_quote_that_never_closes_does_not_swallow_the_file() -> None:
    rows = rows_of(b'a,b\n1,"pipe 12\n3,4\n5,6\n')
    assert rows.count == 3


@examples(100)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from("ab;,\"\n' я"), max_size=6), min_size=3, max_size=3), min_size=1, max_size=20
    )
)
def test_whatever_the_csv_module_writes_is_read_back_whole(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["k1", "k2", "k3"], *rows])
    found = rows_of(written.getvalue().encode())
    blank = [row for row in rows if not "".join(row).strip(' ";')]
    assert found.count >= len(rows) - len(blank)
    kept = [tuple(row) for row in rows if "".join(row).strip(' ";\t\n')]
    assert [
        tuple(cell or "" for cell in row)
        for row in found.cells.drop(LINE).rows()
        if any((c or "").strip(' ";\t\n') for c in row)
    ] == kept


def test_structure_agrees_over_the_edge_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ('a;"b\n;c";d\n' * 50).encode()
    whole = structure_of(text, ";")
    monkeypatch.setattr("pipelines.readers.structure.BLOCK", 7)
    parts = structure_of(text, ";")
    assert whole.fields.tolist() == parts.fields.tolist() == [3] * 50
    assert whole.lines.tolist() == parts.lines.tolist()


def workbook(rows: list[list[object]], first_row: int = 0) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Сделки")
    for number, row in enumerate(rows):
        sheet.write_row(first_row + number, 0, row)
    book.close()
    return buffer.getvalue()


def test_a_workbook_is_read_with_the_row_numbers_excel_shows() -> None:
    sheet = open_export(workbook([["Отчёт"], ["ID", "Сумма"], [1, 12.5], [2, None], [None, None], ["x", 3]], 2), "x")[0]
    rows = sheet.read(1, ("ID", "Сумма"), ())
    assert (sheet.name, rows.cells.select("ID", "Сумма", LINE).rows()) == (
        "Сделки",
        [("1", "12.5", 5), ("2", None, 6), ("x", "3", 8)],
    )


def test_a_time_cell_comes_out_without_a_day_and_a_date_whole() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["when", "talk"])
    sheet.write_datetime(1, 0, datetime(2026, 3, 1, 9, 12, 58), book.add_format({"num_format": "dd.mm.yy hh:mm"}))  # noqa: DTZ001 - Excel knows no zones
    sheet.write_datetime(1, 1, time(0, 2, 23), book.add_format({"num_format": "hh:mm:ss"}))
    book.close()
    assert rows_of(buffer.getvalue()).cells.drop(LINE).rows() == [("2026-03-01 09:12:58", "00:02:23")]


def test_cells_beyond_the_heading_are_set_apart() -> None:
    sheet = open_export(workbook([["ID", "Сумма", ""], [1, 2, ""], [3, 4, "?"]]), "x")[0]
    rows = sheet.read(0, ("ID", "Сумма"), ())
    assert (rows.cells.height, rows.broken[0].line, rows.count) == (1, 3, 2)


def test_json_records_are_found_at_their_path_and_flattened() -> None:
    dump = {"result": {"items": [{"ID": 1, "after": [{"status": {"id": 142}}], "ok": True}, {"ID": 2, "note": None}]}}
    sheet = open_export(json.dumps(dump).encode(), "x")[0]
    rows = sheet.read(0, (), ())
    assert sheet.name == "result.items"
    assert rows.cells.rows() == [("1", "142", "true", None, 1), ("2", None, None, None, 2)]
    assert rows.cells.columns == ["ID", "after.0.status.id", "ok", "note", LINE]


def test_every_nested_list_is_a_sheet_whose_rows_carry_their_parents_cells() -> None:
    dump = {
        "data": [
            {"id": 7, "who": {"name": "А"}, "tags": ["x"], "flow": [{"to": "s1"}, {"to": "s2"}]},
            {"id": 8, "who": None, "more": {"steps": [{"at": 1, "notes": [{"text": "ок"}]}]}},
        ]
    }
    sheets = {sheet.name: sheet for sheet in open_export(json.dumps(dump).encode(), "x")}
    assert list(sheets) == ["data", "data[].flow", "data[].more.steps", "data[].more.steps[].notes"]
    flow = sheets["data[].flow"].read(0, (), ()).cells
    assert flow.drop(LINE).to_dicts() == [
        {"to": "s1", "^.id": "7", "^.who.name": "А"},
        {"to": "s2", "^.id": "7", "^.who.name": "А"},
    ]
    notes = sheets["data[].more.steps[].notes"].read(0, (), ()).cells
    assert notes.drop(LINE).to_dicts() == [{"text": "ок", "^.at": "1", "^.^.id": "8", "^.^.who": None}]
    top = [sheet.name for sheet in open_export(b'[{"a": 1, "b": [{"c": 2}]}]', "x")]
    assert top == ["", "[].b"]


def test_files_in_a_zip_are_sheets_of_their_own_and_a_bad_one_does_not_spoil_the_others() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2026/a.csv", "a,b\n1,2\n")
        archive.writestr("b.xlsx", workbook([["a", "b"], [1, 2]]))
        archive.writestr("c.csv", b"\x89PNG\r\n\0\0")
    sheets = open_export(packed.getvalue(), "x.zip")
    assert [(sheet.name, sheet.member, sheet.form) for sheet in sheets] == [
        ("2026/a.csv", "2026/a.csv", "csv"),
        ("b.xlsx/Сделки", "b.xlsx", "xlsx"),
        ("c.csv", "c.csv", ""),
    ]
    assert "c.csv is not a table" in str(sheets[2].fault)


def test_parquet_comes_as_text_with_iso_dates() -> None:
    buffer = io.BytesIO()
    moment = datetime.fromisoformat("2026-03-01 09:30")
    frame = pl.DataFrame({"n": [1, None], "x": [2.0, 2.5], "at": [moment, None], "ok": [True, False], "l": [[1], []]})
    frame.with_columns(zone=pl.col("at").dt.replace_time_zone("Europe/Moscow"), d=pl.col("at").dt.date()).write_parquet(
        buffer
    )
    rows = open_export(buffer.getvalue(), "x")[0].read(0, (), ())
    assert rows.cells.drop(LINE).row(0) == (
        "1", "2", "2026-03-01 09:30:00", "true", '{"list":[1]}', "2026-03-01T09:30:00+03:00", "2026-03-01",
    )  # fmt: skip
    assert rows.cells.row(1)[:2] == (None, "2.5")


def test_a_cell_over_several_rows_of_a_page_stands_in_each() -> None:
    page = (
        "<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td rowspan=3>1</td><td>x<br>y</td><td>&#8381;</td></tr>"
        "<tr><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr></table>"
    )
    rows = rows_of(page.encode())
    assert rows.cells.drop(LINE).rows() == [("1", "x\ny", "₽"), ("1", "2", "3"), ("1", "4", "5")]


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
@examples(100)
@given(
    words=st.lists(
        st.sampled_from(["Сделка", "Иванов", "отказ", "договор", "оплата", "Юрий", "ЩУКИН", "цех", "№5", "этап"]),
        min_size=3,
    )
)
def test_russian_text_without_a_mark_is_told_by_its_letters(encoding: str, words: list[str]) -> None:
    text = "Ответственный;Этап\n" + "".join(f"{word};1\n" for word in words)
    assert rows_of(text.encode(encoding, "replace")).cells.columns[0] == "Ответственный"


@examples(100)
@given(st.text(st.sampled_from('ab;"\n\\ я'), max_size=200))
def test_no_line_is_lost_however_quotes_stand(body: str) -> None:
    """Every line of text ends up in a row: nothing is swallowed by a quote that does not fit."""
    rows = rows_of(("k1;k2;k3\n" + body).encode())
    found = "".join("".join(cell or "" for cell in row) for row in rows.cells.drop(LINE).rows())
    found += "".join(one.text for one in rows.broken)
    for letter in "abя":
        assert found.count(letter) == body.count(letter)


def test_one_object_per_line_is_json_too() -> None:
    assert open_export(b'{"a":1}\n{"a":2}\n', "x")[0].read(0, (), ()).count == 2


def test_gzip_and_zip_are_unpacked() -> None:
    table = b"a,b\n1,2\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deals.csv", table)
    assert rows_of(gzip.compress(table)).count == rows_of(packed.getvalue()).count == 1


BAD = {
    "empty": b"",
    "only spaces": b" \n \n",
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "cut gzip": gzip.compress(b"a,b\n1,2\n" * 100)[:-20],
    "gzip bomb": gzip.compress(b"0" * (200 << 20)),
    "cut workbook": workbook([["a", "b"], [1, 2]])[:500],
    "empty workbook": workbook([]),
    "cut json": b'{"result": [{"a": 1}, {"a"',
    "json without records": b'{"a": 1}',
    "deep json": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(InputError) as refused:
        open_export(BAD[name], "bad.csv")
    assert str(refused.value).startswith("bad.csv ")
    assert "\n" not in str(refused.value)


def test_two_spellings_of_a_heading_meet() -> None:
    assert fold_heading("Cчёт на  предоплату ") == fold_heading("СЧЕТ на предоплату")
    assert fold_heading("Бюджет, ₽") == fold_heading("\ufeffбюджет ")
    assert fold_heading("Amount spent (USD)") == fold_heading("Amount Spent")
    assert fold_heading("Source") != fold_heading("Source 2")


def test_columns_are_named_once() -> None:
    assert unique_headings(["Источник", "источник", "", None, "x"]) == [
        "Источник",
        "источник (2)",
        "column 3",
        "column 4",
        "x",
    ]
    assert pl.DataFrame({name: [1] for name in unique_headings(["a"] * 5)}).width == 5


@pytest.mark.parametrize("delimiter", ["~", "^"])
def test_rare_delimiters_are_found_and_no_word_is_taken_for_one(delimiter: str) -> None:
    text = "id;stage;amount\n1;New;10\n2;Won;20\n".replace(";", delimiter)
    assert rows_of(text.encode()).cells.drop(LINE).rows() == [("1", "New", "10"), ("2", "Won", "20")]
    assert rows_of(b"id;about\n1;~5^2\n2;~6^2\n").cells["about"].to_list() == ["~5^2", "~6^2"]


def test_one_record_alone_is_a_list_of_one() -> None:
    record = {"id": "7", "properties": {"dealstage": "won", "amount": "10"}, "archived": False}
    one, listed = (open_export(json.dumps(text).encode(), "a.json") for text in (record, [record]))
    assert [sheet.name for sheet in one] == [sheet.name for sheet in listed] == [""]
    assert one[0].preview == listed[0].preview
