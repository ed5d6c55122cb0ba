"""A reader that skips a line is caught: in every form a doctored one drops a row, and the file is refused with a sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from badinput.by_parts import binary, body, book, prefixed, row
from badinput.case import rows, table
from badinput.dumps import parquet
from badinput.oldforms import ROWS_2003, Biff, xml_2003
from badinput.structured import RECORDS
from badinput.workbooks import LIST, THREE, opendocument, page, plain

from pipelines.errors import InputError
from pipelines.load import load
from pipelines.readers import documents, excel, html
from pipelines.readers import parquet as parquet_reader
from pipelines.readers.footer import rows_told
from pipelines.readers.forms import parse
from pipelines.report import ACCEPT, REJECT
from pipelines.settings import Home

WHOLE = "could not be read whole"
BOOKS: dict[str, bytes] = {
    "xlsx": plain(LIST),
    "xlsx by hand": book(body()),
    "xlsx with a prefix": book(body(), change=prefixed),
    "xlsx with gaps": book(row(1, list(LIST[0])) + row(5, THREE[0]) + row(900, THREE[1]) + row(901, THREE[2])),
    "xlsx squeezed": book(row(1, list(LIST[0])) + row(5, THREE[0]) + row(900, THREE[1]) + row(1_048_000, THREE[2])),
    "xlsb": binary(),
    "xls": Biff().sheet("Сделки", LIST).content(),
    "xls with shared strings": Biff().sheet("Сделки", LIST, as_shared=True).content(),
    "xls of 1995": Biff(version=0x500).sheet("Сделки", LIST).content(),
    "ods": opendocument(),
}


def count(content: bytes) -> int:
    return sum(part.found.cells.height for part in parse(content, "x"))  # type: ignore[union-attr]


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("lost", [0, 1, -1])
def test_a_row_that_a_workbook_reader_drops_is_missed(name: str, lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert count(BOOKS[name]) == 4
    honest = excel.cells_of

    def doctored(workbook: Any, sheet: str) -> Any:
        cells, shown = honest(workbook, sheet)
        there = [at for at, one in enumerate(cells.rows()) if any(cell is not None for cell in one)]
        return cells.with_row_index("_at").filter(_at=there[lost]).pipe(
            lambda gone: cells.with_row_index("_at").join(gone, on="_at", how="anti").drop("_at")
        ), shown

    monkeypatch.setattr(excel, "cells_of", doctored)
    with pytest.raises(InputError, match=WHOLE):
        count(BOOKS[name])


def test_a_row_that_the_parquet_reader_drops_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (parquet(), parquet(row_group_size=1)):
        assert rows_told(content) == (3, 3)
        assert count(content) == 4
    honest = parquet_reader.cells_of
    monkeypatch.setattr(parquet_reader, "cells_of", lambda lazy: honest(lazy).slice(1))
    with pytest.raises(InputError, match=WHOLE):
        count(parquet())


def test_the_footer_is_read_as_pyarrow_reads_it() -> None:
    import io

    import pyarrow.parquet as pq

    made = pa.table({f"c{n}": pa.array(range(100)) for n in range(20)})
    for size in (1, 7, 5000):
        content = parquet(made, row_group_size=size)
        told = pq.ParquetFile(io.BytesIO(content)).metadata
        assert rows_told(content) == (
            told.num_rows,
            sum(told.row_group(n).num_rows for n in range(told.num_row_groups)),
        )


@pytest.mark.parametrize("lost", [0, 1, -1])
def test_a_row_that_the_page_reader_drops_is_missed(lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert count(page()) == 4
    honest = html.tables_in

    def doctored(text: str) -> Any:
        done = honest(text)
        del done[0].rows[lost]
        return done

    monkeypatch.setattr(html, "tables_in", doctored)
    with pytest.raises(InputError, match=WHOLE):
        count(page())


def test_a_row_that_the_reader_of_excels_xml_drops_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xml_2003(*ROWS_2003).encode()
    assert count(content) == 4
    honest = html.row_of_2003
    seen: list[int] = []

    def doctored(element: Any) -> list[str | None] | None:
        seen.append(1)
        return None if len(seen) == 3 else honest(element)

    monkeypatch.setattr(html, "row_of_2003", doctored)
    with pytest.raises(InputError, match=WHOLE):
        count(content)


@pytest.mark.parametrize("document", [RECORDS, {"result": {"items": RECORDS}}], ids=["list", "path"])
def test_a_record_that_the_json_parser_drops_is_missed(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(document).encode()
    assert count(content) == 4

    class Doctored(json.JSONDecoder):
        def decode(self, text: str) -> Any:  # type: ignore[override]
            found = super().decode(text)
            (found if isinstance(found, list) else found["result"]["items"]).pop(1)
            return found

    monkeypatch.setattr(documents.json, "JSONDecoder", Doctored)
    with pytest.raises(InputError, match=WHOLE):
        count(content)


BESIDE: dict[str, Callable[[Path], Path]] = {
    "nothing there": lambda folder: folder / "nope.csv",
    "a link to nothing": lambda folder: linked(folder / "dead.csv"),
    "an empty folder": lambda folder: made(folder / "empty"),
    "a name of other bytes": lambda folder: written(folder / os.fsdecode("сделки".encode("cp1251"))),
}


def linked(path: Path) -> Path:
    path.symlink_to("nowhere.csv")
    return path


def made(path: Path) -> Path:
    path.mkdir()
    return path


def written(path: Path) -> Path:
    path.write_bytes(table(rows(2)))
    return path


@pytest.mark.parametrize("name", BESIDE)
def test_a_path_that_leads_nowhere_is_refused_alone(name: str, tmp_path: Path) -> None:
    good = written(tmp_path / "good.csv")
    report = load([good, BESIDE[name](tmp_path)], Home(tmp_path / "home"), kind="deals")
    assert [one.outcome for one in report.files] == [ACCEPT, REJECT]
    assert report.accepted == 2
    assert report.files[1].message.endswith(".")
    report.files[1].message.encode()
    report.files[1].name.encode()
