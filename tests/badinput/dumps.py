"""JSON in every shape that dumps come in, and Parquet of every type and coding."""

from __future__ import annotations

import codecs
import io
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from badinput.case import HEADING, Bad, rows
from badinput.structured import RECORDS

TABLE = [list(HEADING), *rows(3)]
NAMES = ("Иванова Анна",)


def text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()


def good(name: str, content: Any, count: int = 3, ending: str = "json") -> Bad:
    return Bad(f"dump_{name}.{ending}", text(content), "accept", count, count, f"{100.5 * count:.2f}", names=NAMES)


def part(name: str, content: Any, rows_in: int, accepted: int) -> Bad:
    return Bad(f"dump_{name}.json", text(content), "partial", rows_in, accepted, f"{100.5 * accepted:.2f}", names=NAMES)


def bad(name: str, content: Any) -> Bad:
    return Bad(f"dump_{name}.json", text(content), "reject")


def lines(*records: Any, between: bytes = b"\n") -> bytes:
    return between.join(text(one) for one in records)


def column(name: str, values: list[Any], kind: Any) -> bytes:
    """A Parquet of three deals with one more column of a type."""
    made = pa.table({**{key: [one[key] for one in RECORDS] for key in HEADING}, name: pa.array(values, kind)})
    return parquet(made)


def parquet(made: pa.Table | None = None, **how: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(RECORDS) if made is None else made, buffer, **how)
    return buffer.getvalue()


def typed(name: str, values: list[Any], kind: Any) -> Bad:
    return pq_good(f"column_{name}", column("ещё", values, kind))


def pq_good(name: str, content: bytes, count: int = 3) -> Bad:
    return Bad(f"pq_{name}.parquet", content, "accept", count, count, f"{100.5 * count:.2f}", names=NAMES)


def pq_bad(name: str, content: bytes) -> Bad:
    return Bad(f"pq_{name}.parquet", content, "reject")


def told_rows(content: bytes, count: int) -> bytes:
    """Change how many rows the footer tells: the field of 3 rows follows the schema (0x16 0x06)."""
    at = content.rindex(b"\x16\x06\x19\x1c")
    return content[:at] + bytes((0x16, count * 2)) + content[at + 2 :]


MOMENT = datetime.fromisoformat("2026-02-01T10:00:00")
BASE = pl.DataFrame(RECORDS)
SPLIT = {"columns": list(HEADING), "data": rows(3)}
SIDE = {name: [one[at] for one in rows(3)] for at, name in enumerate(HEADING)}
BY_NUMBER = {name: {str(n): cell for n, cell in enumerate(cells)} for name, cells in SIDE.items()}

CASES = [
    good("utf16_no_mark", json.dumps(RECORDS, ensure_ascii=False).encode("utf-16-le")),
    good("utf16_big_mark", codecs.BOM_UTF16_BE + json.dumps(RECORDS, ensure_ascii=False).encode("utf-16-be")),
    good("escaped", json.dumps(RECORDS).encode()),
    good("lines_with_mark", codecs.BOM_UTF8 + lines(*RECORDS)),
    good("lines_crlf", lines(*RECORDS, between=b"\r\n"), ending="ndjson"),
    good("lines_with_commas", lines(*RECORDS, between=b",\n")),
    good("no_line_ends", lines(*RECORDS, between=b"")),
    good("record_signs", b"\x1e" + lines(*RECORDS, between=b"\n\x1e")),
    good("lists_one_after_another", lines(RECORDS[:2], RECORDS[2:])),
    good("pretty", json.dumps(RECORDS, ensure_ascii=False, indent=4).encode()),
    good("pretty_one_after_another", "\n".join(json.dumps(one, ensure_ascii=False, indent=2) for one in RECORDS).encode()),
    part("list_with_a_bad_line", b"[\n" + lines(RECORDS[0], b'{"ID": 2, "x": }', RECORDS[2], between=b",\n") + b"\n]", 3, 2),
    part("list_by_lines_cut", b"[\n" + lines(*RECORDS, between=b",\n")[:-40], 3, 2),
    part("lines_bad_twice", lines(RECORDS[0], b"oops", RECORDS[1], b"{", RECORDS[2]), 5, 3),
    good("single", RECORDS[0], 1),
    good("single_wrapped", {"result": [RECORDS[0]]}, 1),
    good("rows_below_headings", TABLE),
    good("rows_in_values", {"range": "A1:H4", "majorDimension": "ROWS", "values": TABLE}),
    part("rows_of_another_width", [*TABLE, ["4", "x"]], 4, 3),
    good("columns_and_data", SPLIT),
    good("columns_and_data_deeper", {"report": SPLIT}),
    good("columns_side_by_side", SIDE),
    good("columns_by_row_numbers", BY_NUMBER),
    good("records_by_key", {f"k{at}": one for at, one in enumerate(RECORDS)}),
    good("records_by_key_deeper", {"result": {f"k{at}": one for at, one in enumerate(RECORDS)}, "time": 5}),
    good("deep_path", {"a": {"b": {"c": {"d": RECORDS}}}}),
    good("pages", [{"page": 1, "items": RECORDS[:2]}, {"page": 2, "items": RECORDS[2:]}]),
    good("list_twice_under_one_key", b'{"items": ' + text(RECORDS[:2]) + b', "items (2)": []}', 2),
    Bad("dump_key_stands_twice_with_lists.json", b'{"items": ' + text(RECORDS[:2]) + b', "items": ' + text(RECORDS[2:]) + b"}", "accept", 3, 3, "301.50"),
    good("key_of_a_record_twice", text(RECORDS).replace('"Этап":'.encode(), '"Этап": {"x": 1}, "Этап":'.encode())),
    good("braces_in_strings", [{**one, "Название": '{"a": [{'} for one in RECORDS]),
    good("backslashes", [{**one, "Название": 'a\\"b\\\\{"'} for one in RECORDS]),
    good("keys_with_dots", [{**one, "a.b": 1, "": 2, " ": 3} for one in RECORDS]),
    good("key_of_line", [{**one, "_line": 7, "_LINE": 8} for one in RECORDS]),
    good("key_with_nul", [{**one, "a\0b": 1} for one in RECORDS]),
    good("nulls", [{**one, "Источник": None, "Дата закрытия": None} for one in RECORDS]),
    good("empty_lists_inside", [{**one, "товары": [], "контакт": {}} for one in RECORDS]),
    good("lists_in_lists", [{**one, "путь": [[1, [2]], [[3]]]} for one in RECORDS]),
    good("mixed_types_in_a_key", [{**one, "x": value} for one, value in zip(RECORDS, (1, "a", [1, {"b": 2}]), strict=True)]),
    good("amounts_in_quotes", [{**one, "Сумма": "100,50"} for one in RECORDS]),
    good("numbers_as_ids", [{**one, "ID": 10**18 + at} for at, one in enumerate(RECORDS)]),
    good("whole_floats_as_ids", text([{**one, "ID": float(at)} for at, one in enumerate(RECORDS)])),
    good("minus_zero", [{**one, "x": -0.0} for one in RECORDS]),
    good("too_large_number", text([{**one, "x": 0} for one in RECORDS]).replace(b'"x": 0', b'"x": 1e99999')),
    good("five_megabyte_string", [{**one, "x": "ж" * 900_000} for one in RECORDS]),
    good("invalid_byte", text(RECORDS).replace("Ромашка".encode(), "Ромашк".encode() + b"\xd0", 1)),
    good("padded_end", text(RECORDS) + b"\n" * 40_000),
    good("nul_tail", text(RECORDS) + b"\0" * 512),
    good("ten_thousand", [{**one, "ID": f"{n}-{one['ID']}"} for n in range(3334) for one in RECORDS], 10_002),
    Bad("dump_missing_keys.json", text([RECORDS[0], {"ID": "2"}, {"Этап": "x"}]), "partial", 3, 2, "100.50"),
    bad("deep_objects_closed", b'{"a":' * 5000 + b"1" + b"}" * 5000),
    bad("deep_inside_a_record", b'[{"ID": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]"),
    bad("only_strings", b'["a", "b"]'),
    bad("only_numbers_in_rows", b"[[1, 2], [3, 4]]"),
    bad("null", b"[null, null]"),
    bad("empty_records", b"[{}, {}, {}]"),
    bad("comments", b'// deals\n[{"ID": 1}]'),
    bad("wrapped_in_a_call", b"callback([" + text(RECORDS[0]) + b"])"),
    bad("half", text(RECORDS)[: len(text(RECORDS)) // 2]),
    bad("html_answer", b"{<html>"),
    bad("access_denied", {"error": "ACCESS_DENIED", "error_description": "x", "status": 403, "path": "/"}),
    *(pq_good(f"coded_{one}", parquet(compression=one)) for one in ("none", "snappy", "gzip", "brotli", "lz4", "zstd")),
    pq_good("dictionary_off", parquet(use_dictionary=False)),
    pq_good("pages_of_version_2", parquet(data_page_version="2.0", version="2.6")),
    pq_good("version_1", parquet(version="1.0")),
    pq_good("delta", parquet(use_dictionary=False, column_encoding={"Название": "DELTA_BYTE_ARRAY", "ID": "DELTA_LENGTH_BYTE_ARRAY"})),
    pq_good("split_bytes", parquet(use_dictionary=False, column_encoding={"Сумма": "BYTE_STREAM_SPLIT"})),
    pq_good("many_groups", parquet(row_group_size=1)),
    pq_good("no_statistics", parquet(write_statistics=False)),
    pq_good("checksums", parquet(write_page_checksum=True)),
    pq_good("no_text", parquet(store_schema=False)),
    typed("decimal", [Decimal("1.50"), None, Decimal("-3.25")], pa.decimal128(18, 2)),
    typed("decimal_wide", [Decimal(10**30), None, Decimal(1)], pa.decimal128(38, 0)),
    typed("date", [date.fromisoformat("2026-02-01"), None, None], pa.date32()),
    typed("date_64", [date.fromisoformat("2026-02-01"), None, None], pa.date64()),
    typed("time", [time(10, 30), None, None], pa.time64("us")),
    typed("moment_ns", [MOMENT, None, MOMENT], pa.timestamp("ns")),
    typed("moment_ms", [MOMENT, None, MOMENT], pa.timestamp("ms")),
    typed("moment_zone", [MOMENT, None, MOMENT], pa.timestamp("us", "Europe/Moscow")),
    typed("moment_offset", [MOMENT, None, MOMENT], pa.timestamp("us", "+03:00")),
    typed("length", [timedelta(seconds=90), None, None], pa.duration("us")),
    typed("list", [[1, 2], [], None], pa.list_(pa.int64())),
    typed("list_fixed", [[1, 2], [3, 4], None], pa.list_(pa.int64(), 2)),
    typed("struct", [{"a": 1, "b": None}, None, {"a": 2, "b": "x"}], pa.struct({"a": pa.int64(), "b": pa.string()})),
    typed("list_of_structs", [[{"a": 1}], [], None], pa.list_(pa.struct({"a": pa.int64()}))),
    typed("map", [[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    typed("binary", [b"\xff\0", None, b"abc"], pa.binary()),
    typed("binary_fixed", [b"abcd", None, b"efgh"], pa.binary(4)),
    typed("large_string", ["a", None, "b"], pa.large_string()),
    typed("dictionary", ["a", None, "b"], pa.dictionary(pa.int32(), pa.string())),
    typed("half", [1.5, None, 2.0], pa.float16()),
    typed("float_nan", [float("nan"), float("inf"), None], pa.float64()),
    typed("unsigned", [2**64 - 1, None, 0], pa.uint64()),
    typed("boolean", [True, None, False], pa.bool_()),
    typed("nothing", [None, None, None], pa.null()),
    pq_good("categories", (lambda b: (BASE.with_columns(pl.col("Этап").cast(pl.Categorical)).write_parquet(b), b.getvalue())[1])(io.BytesIO())),
    pq_good("column_of_line", column("_line", [1, 2, 3], pa.int64())),
    pq_good("column_without_name", column("", [1, 2, 3], pa.int64())),
    pq_good("columns_differ_in_case", column("этап", ["x", "y", "z"], pa.string())),
    pq_good("twenty_thousand", parquet(pa.Table.from_pylist([{**RECORDS[0], "ID": str(n)} for n in range(20_000)])), 20_000),
    Bad("pq_no_rows.parquet", parquet(pa.Table.from_pylist(RECORDS).slice(0, 0)), "accept", 0, 0),
    pq_good("named_xlsx", parquet()),
    pq_bad("more_rows_told", told_rows(parquet(), 9)),
    pq_bad("fewer_rows_told", told_rows(parquet(), 2)),
    pq_bad("no_columns", parquet(pa.table({}))),
    pq_bad("cut_in_half", parquet()[: len(parquet()) // 2]),
    pq_bad("no_end", parquet()[:-4]),
    pq_bad("rubbish_after", parquet() + b"x" * 30),
    pq_bad("zeros_in_pages", b"PAR1" + b"\0" * 300 + parquet()[304:]),
    pq_bad("footer_of_zeros", b"PAR1" + b"\0" * 100 + (50).to_bytes(4, "little") + b"PAR1"),
    pq_bad("footer_of_ones", b"PAR1" + b"\xff" * 100 + (50).to_bytes(4, "little") + b"PAR1"),
    pq_bad("footer_too_long", b"PAR1" + b"\0" * 100 + (2**31).to_bytes(4, "little") + b"PAR1"),
    pq_bad("footer_locked", parquet()[:-4] + b"PARE"),
    Bad("pq_orc.parquet", b"ORC" + bytes(range(256)) * 4, "reject"),
    Bad("pq_avro.parquet", b"Obj\x01" + bytes(range(256)) * 4, "reject"),
    Bad("pq_feather.parquet", b"FEA1" + bytes(range(256)) * 4, "reject"),
]  # fmt: skip
