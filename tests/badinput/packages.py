"""Archives of every make, whole and hostile, and names that files may bear."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

from badinput.archives import TABLE, packed
from badinput.case import Bad, Content, later, rows, table
from badinput.dumps import parquet
from badinput.oldforms import Biff, page
from badinput.structured import RECORDS
from badinput.workbooks import LIST, opendocument, plain

Entry = tuple[zipfile.ZipInfo | str, bytes]


def own(prefix: str, count: int = 3) -> bytes:
    """A table of deals whose numbers no other table of the archive has."""
    return table([[f"{prefix}{row[0]}", *row[1:]] for row in rows(count)])


def made(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
        archive.comment = comment
    return buffer.getvalue()


def link(name: str, target: str) -> Entry:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry, target.encode()


def named_in_cp866(content: bytes) -> bytes:
    """Rename the member as DOS archivers do: no mark of utf-8, Russian letters in cp866."""
    return content.replace(b"deals.csv", "сделк".encode("cp866") + b".csv")


def streamed() -> bytes:
    """A zip written to a pipe: sizes stand after the content."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, part: bytes) -> int:
            self.parts.append(bytes(part))
            return len(part)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deals.csv", TABLE)
    return b"".join(pipe.parts)


def zip64() -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("deals.csv", "w", force_zip64=True) as member,
    ):
        member.write(TABLE)
    return buffer.getvalue()


def spoilt(content: bytes) -> bytes:
    """Spoil the check sum of the first member."""
    marked = bytearray(content)
    for signature, place in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
        at = marked.find(signature)
        marked[at + place] ^= 0xFF
    return bytes(marked)


def method(content: bytes, number: int) -> bytes:
    marked = bytearray(content)
    for signature, place in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        at = marked.find(signature)
        marked[at + place : at + place + 2] = struct.pack("<H", number)
    return bytes(marked)


def overlapping(count: int = 500) -> bytes:
    """Many names for the same 1 MB of zeros: small on disk, half a gigabyte unpacked."""
    content = made(("a.csv", b"0" * (1 << 20)))
    start = content.index(b"PK\1\2")
    entry = content[start : content.index(b"PK\5\6")]
    listing = b"".join(entry.replace(b"a.csv", b"%05d" % at) for at in range(count))
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(listing), start, 0)
    return content[:start] + listing + end


def tarred(mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        entry = tarfile.TarInfo("deals.csv")
        entry.size = len(TABLE)
        archive.addfile(entry, io.BytesIO(TABLE))
    return buffer.getvalue()


def header(flags: int, extra: bytes = b"") -> bytes:
    """A gzip with optional fields in its header."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_text = body.compress(TABLE) + body.flush()
    return (
        b"\x1f\x8b\x08"
        + bytes([flags])
        + b"\0" * 4
        + b"\0\3"
        + extra
        + packed_text
        + struct.pack("<II", zlib.crc32(TABLE), len(TABLE))
    )


def good(name: str, content: Content, count: int = 3) -> Bad:
    return Bad(f"pack_{name}", content, "accept", count, count, f"{100.5 * count:.2f}", names=("Иванова Анна",))


def part(name: str, content: bytes, count: int = 3) -> Bad:
    return Bad(f"pack_{name}", content, "partial", count, count, f"{100.5 * count:.2f}")


def bad(name: str, content: Content) -> Bad:
    return Bad(f"pack_{name}", content, "reject")


def in_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        place = os.open(path.parent, os.O_RDONLY)
        try:
            one.bind(f"/proc/self/fd/{place}/{path.name}")
        finally:
            os.close(place)


def named(name: str) -> Bad:
    return Bad(name, own(f"{len(name)}-{ord(name[3])}-"), "accept", 3, 3, "301.50")


BOOK = plain([LIST[0], *([f"к{row[0]}", *row[1:]] for row in LIST[1:])])
CASES = [
    good("stored.zip", made(("a.csv", TABLE), method=zipfile.ZIP_STORED)),
    good("bzip2.zip", made(("a.csv", TABLE), method=zipfile.ZIP_BZIP2)),
    good("lzma.zip", made(("a.csv", TABLE), method=zipfile.ZIP_LZMA)),
    good("comment.zip", made(("a.csv", TABLE), comment=b"x" * 3000)),
    good("streamed.zip", streamed()),
    good("zip64.zip", zip64()),
    good("dos_name.zip", named_in_cp866(packed({"deals.csv": TABLE}))),
    good("back_slashes.zip", packed({"2026\\февраль\\deals.csv": TABLE})),
    good("folder_entries.zip", made((zipfile.ZipInfo("2026/"), b""), ("2026/a.csv", TABLE))),
    good("same_name_twice.zip", made(("a.csv", TABLE), ("b.csv", own("в"))).replace(b"b.csv", b"a.csv"), 6),
    good("every_form.zip", packed({"a.csv": TABLE, "b.xlsx": BOOK, "c.json": json.dumps([{**one, "ID": f"ж{one['ID']}"} for one in RECORDS]).encode(), "d.txt": own("т").decode().encode("cp1251")}), 12),
    good("xls.zip", packed({"a.xls": Biff().sheet("Сделки", LIST).content()})),
    good("page.zip", packed({"a.xls": page()})),
    good("parquet.zip", packed({"a.parquet": parquet()})),
    good("ods.zip", packed({"a.ods": opendocument()})),
    good("named.csv", packed({"a.csv": TABLE})),
    good("named.xlsx", packed({"a.csv": TABLE})),
    good("tail_of_rubbish.zip", packed({"a.csv": TABLE}) + b"\0" * 100),
    good("thirty.zip", packed({f"{n}.csv": own(f"{n}-", 1) for n in range(30)}), 30),
    good("json.gz", gzip.compress(json.dumps(RECORDS).encode())),
    good("page.gz", gzip.compress(page())),
    good("parquet.gz", gzip.compress(parquet())),
    good("xls.gz", gzip.compress(Biff().sheet("Сделки", LIST).content())),
    good("many_members.gz", b"".join(gzip.compress(TABLE[at : at + 10]) for at in range(0, len(TABLE), 10))),
    good("empty_members_between.gz", gzip.compress(b"") + gzip.compress(TABLE[:90]) + gzip.compress(b"") + gzip.compress(TABLE[90:])),
    good("rubbish_after.gz", gzip.compress(TABLE) + b"rubbish"),
    good("name_in_header.gz", header(8, b"deals.csv\0")),
    good("all_fields_in_header.gz", header(4 | 8 | 16, struct.pack("<H", 4) + b"abcd" + b"deals.csv\0" + b"remark\0")),
    good("stored.gz", gzip.compress(TABLE, compresslevel=0)),
    part("pictures_beside.zip", packed({"a.csv": TABLE, "логотип.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 500})),
    part("empty_beside.zip", packed({"a.csv": TABLE, "b.csv": b""})),
    part("other_table_beside.zip", packed({"a.csv": TABLE, "readme.txt": "Выгрузка от 05.03.2026".encode()})),
    part("link_beside.zip", made(("a.csv", TABLE), link("b.csv", "/etc/passwd"))),
    part("gz_beside.zip", packed({"a.csv": TABLE, "b.csv.gz": gzip.compress(own("г"))})),
    part("spoilt_beside.zip", spoilt(made(("b.csv", own("с")), ("a.csv", TABLE)))),
    part("unknown_packing_beside.zip", method(made(("b.csv", own("с")), ("a.csv", TABLE)), 97)),
    bad("link.zip", made(link("deals.csv", "/etc/passwd"))),
    bad("spoilt.zip", spoilt(made(("a.csv", TABLE)))),
    bad("unknown_packing.zip", method(made(("a.csv", TABLE)), 97)),
    bad("only_folders.zip", made((zipfile.ZipInfo("a/"), b""), (zipfile.ZipInfo("b/"), b""))),
    bad("only_clutter.zip", packed({"__MACOSX/._a.csv": b"\0\5", ".DS_Store": b"\0"})),
    bad("only_pictures.zip", packed({"a.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "b.pdf": b"%PDF-1.7\n" + b"x" * 500})),
    bad("ten_thousand.zip", later(lambda: packed({f"{n}.csv": b"a;b\n" for n in range(10_000)}))),
    bad("overlapping.zip", overlapping()),
    bad("listing_gone.zip", packed({"a.csv": TABLE})[:-60]),
    bad("listing_too_long.zip", packed({"a.csv": TABLE})[:-10] + b"\xff" * 10),
    bad("climbing_back_slash.zip", packed({"a\\..\\..\\x.csv": TABLE})),
    bad("drive.zip", packed({"C:\\x.csv": TABLE})),
    bad("home.zip", packed({"~/../../x.csv": TABLE})),
    bad("bomb_of_many.zip", later(lambda: packed({f"{n}.csv": b"0" * (8 << 20) for n in range(12)}))),
    bad("bomb_lzma.zip", later(lambda: made(("a.csv", b"0" * (70 << 20)), method=zipfile.ZIP_LZMA))),
    bad("bomb_bzip2.zip", later(lambda: made(("a.csv", b"0" * (70 << 20)), method=zipfile.ZIP_BZIP2))),
    bad("bomb_in_workbook.zip", later(lambda: packed({"a.xlsx": packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"0" * (60 << 20)})}))),
    bad("zip_in_zip_in_zip.zip", packed({"a.zip": packed({"b.zip": packed({"c.csv": TABLE})})})),
    bad("tar.tar", tarred()),
    bad("tar.tar.gz", tarred("w:gz")),
    bad("bz2.csv.bz2", bz2.compress(TABLE)),
    bad("xz.csv.xz", lzma.compress(TABLE)),
    bad("zstd.csv.zst", b"\x28\xb5\x2f\xfd" + b"\0" * 300),
    bad("empty.gz", gzip.compress(b"")),
    bad("two_bytes.gz", b"\x1f\x8b"),
    bad("wrong_sum.gz", gzip.compress(TABLE)[:-8] + b"\0" * 8),
    bad("wrong_packing.gz", b"\x1f\x8b\x07" + gzip.compress(TABLE)[3:]),
    bad("picture.gz", gzip.compress(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)),
    bad("html_bomb.gz", later(lambda: gzip.compress(b"<table>" + b"<tr><td>" * 9_000_000))),
    Bad("pack_json_bomb.gz", lambda path: path.write_bytes(gzip.compress(b"[" + b"{}," * 20_000_000 + b"{}]")) and None, "reject", soak=True),
    bad("json_bomb_deep.gz", later(lambda: gzip.compress(b"[" * 60_000_000))),
    bad("json_bomb_keys.gz", later(lambda: gzip.compress(b"[" + b'{"a":1},' * 7_500_000 + b'{"a":1}]'))),
    Bad("fs_folder.csv", lambda path: path.mkdir(), "reject"),
    Bad("fs_link_nowhere.csv", lambda path: path.symlink_to("nowhere"), "reject"),
    Bad("fs_link_to_itself.csv", lambda path: path.symlink_to(path.name), "reject"),
    Bad("fs_socket.csv", in_socket, "reject"),
    named("fs_без_расширения"),
    named("fs_перевод\nстроки.csv"),
    named("fs_[скобки] {и} %d \\ *.csv"),
    named("fs_" + "ж" * 100 + ".csv"),
    named("fs_\u202eexe.csv"),
    named("fs_🔥.csv"),
    named("fs_--help.csv"),
]  # fmt: skip
