"""Archives, and places in the file system that are no files."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib

from badinput.case import Bad, Content, later, rows, table
from badinput.workbooks import LIST, plain

TABLE = table(rows(3))
MORE = table([[f"z{row[0]}", *row[1:]] for row in rows(3)])


def zipped(**files: bytes) -> bytes:
    return packed({name.replace("__", "."): content for name, content in files.items()})


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def locked(content: bytes) -> bytes:
    """Mark the members of a zip as locked, as a password does."""
    marked = bytearray(content)
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


def lying(content: bytes) -> bytes:
    """Declare a member far smaller than it is."""
    marked = bytearray(content)
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = marked.find(signature)
        marked[at + place : at + place + 4] = (100).to_bytes(4, "little")
    return bytes(marked)


def gzip_bomb(megabytes: int) -> bytes:
    """Zeros as one gzip of many members, each of 16 MB."""
    return gzip.compress(b"0" * (16 << 20), compresslevel=9) * (megabytes // 16)


def one_member_bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"0" * (1 << 20)) for _ in range(megabytes)) + packer.flush()


def good(name: str, content: Content, count: int = 3) -> Bad:
    return Bad(f"arc_{name}", content, "accept", count, count, f"{100.5 * count:.2f}")


def bad(name: str, content: Content, *, soak: bool = False) -> Bad:
    return Bad(f"arc_{name}", content, "reject", soak=soak)


CASES = [
    good("table.csv.gz", gzip.compress(TABLE)),
    good("two_members.csv.gz", gzip.compress(TABLE[:100]) + gzip.compress(TABLE[100:])),
    good("padded.csv.gz", gzip.compress(TABLE) + b"\0" * 512),
    good("named.csv", gzip.compress(TABLE)),
    good("workbook.xlsx.gz", gzip.compress(plain(LIST))),
    good("cp1251.csv.gz", gzip.compress(table(rows(3), encoding="cp1251"))),
    good("one.zip", zipped(deals__csv=TABLE)),
    good("two.zip", zipped(a__csv=TABLE, b__csv=MORE), 6),
    good("mixed.zip", packed({"a.csv": TABLE, "book.xlsx": plain([LIST[0], *([f"w{row[0]}", *row[1:]] for row in LIST[1:])])}), 6),
    good("folders.zip", packed({"выгрузка/2026/сделки.csv": TABLE})),
    good("clutter.zip", packed({"__MACOSX/._a.csv": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1", "a.csv": TABLE})),
    Bad("arc_one_bad_inside.zip", packed({"a.csv": TABLE, "photo.csv": b"\x89PNG\r\n\0\0"}), "partial", 3, 3, "301.50"),
    Bad("arc_nested_beside.zip", packed({"a.csv": TABLE, "b.zip": zipped(c__csv=MORE)}), "partial", 3, 3, "301.50"),
    bad("nested.zip", packed({"a.zip": zipped(c__csv=TABLE)})),
    bad("gz_in_gz.gz", gzip.compress(gzip.compress(TABLE))),
    bad("zip_in_gz.gz", gzip.compress(zipped(a__csv=TABLE))),
    bad("climbing.zip", packed({"../../etc/cron.d/x.csv": TABLE})),
    bad("absolute.zip", packed({"/etc/x.csv": TABLE})),
    bad("windows_path.zip", packed({"..\\..\\x.csv": TABLE})),
    bad("locked.zip", locked(zipped(a__csv=TABLE))),
    bad("empty.zip", packed({})),
    bad("cut.zip", zipped(a__csv=TABLE)[:-40]),
    bad("damaged.zip", zipped(a__csv=TABLE).replace(b"PK\1\2", b"PK\1\3")),
    bad("lying.zip", later(lambda: lying(packed({"a.csv": b"0" * (66 << 20)})))),
    bad("bomb.zip", later(lambda: packed({"a.csv": b"0" * (70 << 20)}))),
    bad("bomb_1gb.csv.gz", later(lambda: gzip_bomb(1024))),
    bad("bomb_one_member.csv.gz", later(lambda: one_member_bomb(80))),
    bad("bomb_10gb.csv.gz", later(lambda: gzip_bomb(10_240)), soak=True),
    bad("cut.csv.gz", gzip.compress(TABLE * 50)[:-20]),
    bad("damaged.csv.gz", gzip.compress(TABLE * 50)[:60] + b"\xff" * 200),
    bad("only_header.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3"),
    bad("many.zip", packed({f"{n}.csv": b"a;b\n" for n in range(1500)})),
    Bad("fs_empty.csv", b"", "reject"),
    Bad("fs_pipe.csv", lambda path: os.mkfifo(path), "reject"),
    Bad("fs_link.csv", lambda path: path.symlink_to("/etc/hostname"), "reject"),
    Bad("fs_device.csv", lambda path: path.symlink_to("/dev/zero"), "reject"),
    Bad("fs_ОЧЕНЬ длинное имя с пробелами и 'кавычками'.csv", TABLE, "accept", 3, 3, "301.50"),
]  # fmt: skip
