"""The footer of a Parquet file, read by our own hand: how many rows it says there are, and how many its parts say.

The footer is Thrift in its compact form; only the few numbers that are asked for are looked at, the rest is passed over.
"""

from __future__ import annotations

from typing import Any

ROWS, GROUPS, ROWS_OF_GROUP = 3, 4, 3
STOP, YES, NO, BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12
DEEPEST = 40


def rows_told(content: bytes) -> tuple[int, int]:
    """Return the rows that the footer tells and the sum of what its row groups tell; raises ValueError for a damaged one."""
    if len(content) < 12 or content[-4:] != b"PAR1":
        raise ValueError("no footer")
    size = int.from_bytes(content[-8:-4], "little")
    if size > len(content) - 12:
        raise ValueError("no footer")
    try:
        told = Footer(content[-8 - size : -8]).struct(0)
        return told[ROWS], sum(group[ROWS_OF_GROUP] for group in told.get(GROUPS, []))
    except (IndexError, KeyError, TypeError, RecursionError):
        raise ValueError("damaged footer") from None


class Footer:
    """A place in the bytes of a footer that moves on as values are read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def struct(self, depth: int) -> dict[int, Any]:
        """Read the fields of a structure by their numbers."""
        if depth > DEEPEST:
            raise ValueError("too deep")
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (YES, NO):
            return kind == YES
        if kind == BYTE:
            return self._byte()
        if kind < DOUBLE:
            return self._signed()
        if kind == DOUBLE:
            return self._passed(8)
        if kind == BINARY:
            return self._passed(self._unsigned())
        if kind in (LIST, SET):
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._unsigned()
            return [self._item(head & 15, depth) for _ in range(min(size, len(self.content)))]
        if kind == MAP:
            size = self._unsigned()
            kinds = self._byte() if size else 0
            for _ in range(min(size, len(self.content))):
                self._item(kinds >> 4, depth)
                self._item(kinds & 15, depth)
            return None
        if kind == STRUCT:
            return self.struct(depth + 1)
        raise ValueError("no such kind")

    def _item(self, kind: int, depth: int) -> Any:
        return self._byte() == YES if kind in (YES, NO) else self._value(kind, depth)

    def _byte(self) -> int:
        self.at += 1
        return self.content[self.at - 1]

    def _unsigned(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def _signed(self) -> int:
        number = self._unsigned()
        return (number >> 1) ^ -(number & 1)

    def _passed(self, size: int) -> None:
        self.at += size
        if self.at > len(self.content):
            raise ValueError("too short")
