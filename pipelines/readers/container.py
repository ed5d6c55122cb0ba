"""The container of old Office files (OLE): a small file system of sectors, of which one stream is fetched."""

from __future__ import annotations

import struct

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NO_SECTOR = 0xFFFFFFFA
"""Numbers from here on name no sector: the end of a chain, a free one, one of the table."""


def stream_of(content: bytes, names: tuple[str, ...]) -> bytes:
    """Return the first stream of one of these names; raises ValueError when there is none or the container is damaged."""
    return Container(content).stream(names)


class Container:
    """An OLE file whose table of sectors and directory are read."""

    def __init__(self, content: bytes) -> None:
        if content[:8] != MARK or len(content) < 512:
            raise ValueError("no container")
        self.content = content
        self.size = 1 << _at(content, "<H", 30)
        self.small = 1 << _at(content, "<H", 32)
        if self.size not in (512, 4096) or self.small > self.size:
            raise ValueError("damaged header")
        self.table = self._table()
        self.entries = self._directory(self._chain(_at(content, "<I", 48)))
        root = next((one for one in self.entries if one[1] == 5), None)
        self.small_stream = self._chain(root[2]) if root else b""
        links = self._chain(_at(content, "<I", 60))
        self.small_table = struct.unpack(f"<{len(links) // 4}I", links[: len(links) // 4 * 4])

    def stream(self, names: tuple[str, ...]) -> bytes:
        """Return a stream by its name."""
        for name, kind, start, size in self.entries:
            if kind == 2 and name in names:
                if size < _at(self.content, "<I", 56):
                    return self._small(start)[:size]
                return self._chain(start)[:size]
        raise ValueError("no such stream")

    def _table(self) -> tuple[int, ...]:
        """Read the table of which sector follows which, and the list of the sectors it stands in."""
        places = list(struct.unpack_from("<109I", self.content, 76))
        after = _at(self.content, "<I", 68)
        for _ in range(len(self.content) // self.size):
            if after >= NO_SECTOR:
                break
            more = struct.unpack(f"<{self.size // 4}I", self._sector(after))
            places += more[:-1]
            after = more[-1]
        table = b"".join(self._sector(place) for place in places if place < NO_SECTOR)
        return struct.unpack(f"<{len(table) // 4}I", table)

    def _sector(self, number: int) -> bytes:
        sector = self.content[(number + 1) * self.size : (number + 2) * self.size]
        return sector.ljust(self.size, b"\0")

    def _chain(self, start: int) -> bytes:
        """Join the sectors of a chain; one that turns back on itself ends the file's worth of sectors later."""
        parts: list[bytes] = []
        number = start
        while number < len(self.table) and len(parts) <= len(self.table):
            parts.append(self._sector(number))
            number = self.table[number]
        return b"".join(parts)

    def _small(self, start: int) -> bytes:
        parts: list[bytes] = []
        number = start
        while number < len(self.small_table) and len(parts) <= len(self.small_table):
            parts.append(self.small_stream[number * self.small : (number + 1) * self.small])
            number = self.small_table[number]
        return b"".join(parts)

    def _directory(self, listing: bytes) -> list[tuple[str, int, int, int]]:
        found: list[tuple[str, int, int, int]] = []
        for at in range(0, len(listing) - 127, 128):
            size = min(_at(listing, "<H", at + 64), 64)
            name = listing[at : at + max(size - 2, 0)].decode("utf-16-le", "replace")
            found.append((name, listing[at + 66], _at(listing, "<I", at + 116), _at(listing, "<I", at + 120)))
        return found


def _at(content: bytes, form: str, place: int) -> int:
    return struct.unpack_from(form, content, place)[0]
