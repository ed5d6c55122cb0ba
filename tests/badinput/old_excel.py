"""A small real XLS (BIFF8 in an OLE container), written by hand: nothing that is kept up writes them any more."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512


def old_workbook(rows: Sequence[Sequence[str | float]], name: str = "Сделки") -> bytes:
    """Write one sheet of texts and numbers."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def text(value: str, count: str) -> bytes:
        return struct.pack(count, len(value)) + b"\1" + value.encode("utf-16-le")

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x1CAF, 1996, 0, 6))

    end = record(0x0A, b"")
    cells = b"".join(
        record(0x203, struct.pack("<HHHd", row, column, 0, value))
        if isinstance(value, int | float)
        else record(0x204, struct.pack("<HHH", row, column, 0) + text(value, "<H"))
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )
    head = begin(5) + record(0x42, struct.pack("<H", 1200))
    place = len(head) + len(record(0x85, b"\0" * 6 + text(name, "<B"))) + len(end)
    stream = head + record(0x85, struct.pack("<IH", place, 0) + text(name, "<B")) + end + begin(0x10) + cells + end
    return container(stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0"))


def container(stream: bytes) -> bytes:
    """Wrap a stream called Workbook: the sectors of the table, one of directory, then the stream."""
    count = len(stream) // SECTOR
    tables = -(-(count + 2) // (SECTOR // 4 - 1))
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE, *range(tables + 2, tables + 1 + count), 0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (tables * SECTOR // 4 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        label = (name + "\0").encode("utf-16-le") if name else b""
        body = label.ljust(64, b"\0") + struct.pack("<HBB", len(label), kind, 1)
        body += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return body + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, tables + 1, len(stream))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    return head + struct.pack(f"<{len(chain)}I", *chain) + directory + stream
