"""JSON and Parquet: nested, cut, too deep, of wrong types, locked, swollen."""

from __future__ import annotations

import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from badinput.case import HEADING, Bad, rows

RECORDS: list[dict[str, Any]] = [{**dict(zip(HEADING, row, strict=True)), "Сумма": 100.5} for row in rows(3)]


def good(name: str, content: Any, count: int = 3) -> Bad:
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return Bad(f"json_{name}.json", body, "accept", count, count, f"{100.5 * count:.2f}")


def bad(name: str, content: bytes) -> Bad:
    return Bad(f"json_{name}.json", content, "reject")


def lines(*records: Any) -> bytes:
    return "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records).encode()


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


TYPED = pl.DataFrame(RECORDS).with_columns(
    pl.col("ID").cast(pl.Int64), pl.lit(datetime.fromisoformat("2026-02-01 10:00:00")).alias("Дата создания"), pl.lit(Decimal("100.50")).alias("Сумма")
)  # fmt: skip


def swollen(path: Path) -> None:
    """Write 300 million equal rows in a few kilobytes."""
    group = pa.table(
        {"ID": pa.array([1] * 1_000_000).dictionary_encode(), "Сумма": pa.array([1] * 1_000_000).dictionary_encode()}
    )
    with pq.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for _ in range(300):
            writer.write_table(group, row_group_size=1_000_000)


CASES = [
    good("list", RECORDS),
    good("path", {"result": {"items": RECORDS, "total": 3}, "time": {"start": 1}}),
    good("bom", b"\xef\xbb\xbf" + json.dumps(RECORDS).encode()),
    good("utf16", json.dumps(RECORDS, ensure_ascii=False).encode("utf-16")),
    good("cp1251", json.dumps(RECORDS, ensure_ascii=False).encode("cp1251")),
    good("lines", lines(*RECORDS)),
    good("lines_blank", lines(*RECORDS[:2], "", RECORDS[2], "")),
    Bad("json_lines_one_bad.json", lines(RECORDS[0], '{"ID": 2, "Сум', RECORDS[2]), "partial", 3, 2, "201.00"),
    Bad("json_lines_cut.json", lines(*RECORDS)[:-30], "partial", 3, 2, "201.00"),
    Bad("json_not_records_inside.json", json.dumps([*RECORDS, 5, None, "x"]).encode(), "partial", 6, 3, "301.50"),
    Bad("json_empty_record.json", json.dumps([*RECORDS, {}]).encode(), "partial", 4, 3, "301.50"),
    good("fields_differ", [RECORDS[0], {**RECORDS[1], "ещё": 1}, {k: v for k, v in RECORDS[2].items() if k != "Источник"}]),
    good("nested_cells", [{**one, "контакт": {"имя": "А", "телефоны": ["1", "2"]}} for one in RECORDS]),
    good("nested_lists", [{**one, "товары": [{"цена": n} for n in range(50)]} for one in RECORDS]),
    good("numbers_as_text", [{**one, "Сумма": "100.50"} for one in RECORDS]),
    good("exponent", json.dumps(RECORDS).replace("100.5", "1.005e2").encode()),
    Bad("json_nan.json", json.dumps([{**RECORDS[0], "Сумма": float("nan")}, RECORDS[1]]).encode(), "accept", 2, 2, "100.50"),
    Bad("json_infinity.json", json.dumps([{**RECORDS[0], "Сумма": float("inf")}, RECORDS[1]]).encode(), "partial", 2, 1, "100.50"),
    Bad("json_amount_is_object.json", json.dumps([{**RECORDS[0], "Сумма": {"value": 1}}, RECORDS[1]]).encode(), "accept", 2, 2, "100.50"),
    Bad("json_amount_is_true.json", json.dumps([{**RECORDS[0], "Сумма": True}, RECORDS[1]]).encode(), "partial", 2, 1, "100.50"),
    good("huge_integer", json.dumps([{**one, "n": 0} for one in RECORDS]).replace('"n": 0', '"n": ' + "9" * 5000).encode()),
    good("half_surrogate", json.dumps([{**one, "Название": "\ud83d"} for one in RECORDS]).encode()),
    good("nul", json.dumps([{**one, "Название": "a\0b"} for one in RECORDS]).encode()),
    good("duplicate_keys", json.dumps(RECORDS).replace('"Источник"', '"x": 1, "x": 2, "Источник"').encode()),
    Bad("json_two_thousand_keys.json", json.dumps([{**one, **{f"k{n}": n for n in range(2000)}} for one in RECORDS]).encode(), "accept", 3, 3, "301.50", alone=True),
    good("big", [{**one, "ID": f"{n}-{one['ID']}", "x": "я" * 100} for n in range(1000) for one in RECORDS], 3000),
    bad("cut", json.dumps(RECORDS).encode()[:-30]),
    bad("cut_string", json.dumps({"result": RECORDS}).encode()[:100]),
    bad("deep_lists", b"[" * 200_000),
    bad("deep_objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    bad("deep_closed", b"[" * 900 + b'{"a":1}' + b"]" * 900),
    bad("no_records", b'{"a": 1, "b": [1, 2, 3]}'),
    bad("empty_list", b"[]"),
    bad("empty_object", b"{}"),
    bad("error_answer", b'{"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}'),
    bad("trailing_comma", b'[{"ID": 1},]'),
    bad("python_repr", b"[{'ID': 1, 'x': None}]"),
    Bad("json_columns_without_end.json", lambda path: path.write_text(json.dumps([{f"k{r}_{n}": 1 for n in range(300)} for r in range(300)])) and None, "reject"),
    Bad("pq_plain.parquet", parquet(pl.DataFrame(RECORDS)), "accept", 3, 3, "301.50"),
    Bad("pq_typed.parquet", parquet(TYPED), "accept", 3, 3, "301.50"),
    Bad("pq_zone.parquet", parquet(TYPED.with_columns(pl.col("Дата создания").dt.replace_time_zone("Europe/Moscow"))), "accept", 3, 3, "301.50"),
    Bad("pq_nested.parquet", parquet(TYPED.with_columns(t=pl.lit([1, 2]), s=pl.struct("ID", "Этап"))), "accept", 3, 3, "301.50"),
    Bad("pq_empty.parquet", parquet(TYPED.head(0)), "accept", 0, 0),
    Bad("pq_named.csv", parquet(pl.DataFrame(RECORDS)), "accept", 3, 3, "301.50"),
    Bad("pq_cut.parquet", parquet(TYPED)[:-100], "reject"),
    Bad("pq_flipped.parquet", bytes(b ^ (0x5A if 40 < at < 400 else 0) for at, b in enumerate(parquet(TYPED))), "reject"),
    Bad("pq_bad_footer.parquet", parquet(TYPED)[:-8] + b"\xff\xff\xff\x7fPAR1", "reject"),
    Bad("pq_only_magic.parquet", b"PAR1PAR1", "reject"),
    Bad("pq_encrypted.parquet", b"PARE" + b"\1" * 500 + b"PARE", "reject"),
    Bad("pq_swollen.parquet", swollen, "reject", soak=True),
]  # fmt: skip
