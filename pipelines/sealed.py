"""A stream sealed in parts: AES-256-GCM under a passphrase, or, when asked for, checksums alone.

The file is a header and parts of 1 MiB, each with 16 bytes of proof. The number of the part and the mark of the last one are in
the nonce and the header is in the additional data, so a flipped bit, a cut, a part left out, repeated, moved or taken from another
backup does not open. Nothing of a part is handed on before the part is proven.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pipelines.errors import InputError

MAGIC = b"VORONKA\x01"
HEADER = struct.Struct(">8sBB16s7s")
"""Magic, kind (0 plain, 1 encrypted), log2 of scrypt's cost, salt, beginning of every nonce."""
PART, PROOF = 1 << 20, 16
PLAIN, ENCRYPTED = 0, 1
COST, LEAST_COST, MOST_COST = 17, 10, 20
"""log2 of scrypt's cost: 17 takes 128 MB and a third of a second; what a foreign header may ask for is bounded."""


class Seal(Protocol):
    """Closes and opens one part; ``opened`` returns None for a part that is not what was closed."""

    def closed(self, place: bytes, part: bytes) -> bytes: ...

    def opened(self, place: bytes, part: bytes) -> bytes | None: ...


class Encrypted:
    """AES-256-GCM with the key of a passphrase."""

    def __init__(self, header: bytes, passphrase: str) -> None:
        _, _, cost, salt, self._start = HEADER.unpack(header)
        key = Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode())
        self._cipher, self._header = AESGCM(key), header

    def closed(self, place: bytes, part: bytes) -> bytes:
        return self._cipher.encrypt(self._start + place, part, self._header)

    def opened(self, place: bytes, part: bytes) -> bytes | None:
        try:
            return self._cipher.decrypt(self._start + place, part, self._header)
        except InvalidTag:
            return None


class Checked:
    """No secret: half of a SHA-256 finds accidents, not intent."""

    def __init__(self, header: bytes) -> None:
        self._header = header

    def _proof(self, place: bytes, part: bytes) -> bytes:
        return hashlib.sha256(self._header + place + part).digest()[:PROOF]

    def closed(self, place: bytes, part: bytes) -> bytes:
        return part + self._proof(place, part)

    def opened(self, place: bytes, part: bytes) -> bytes | None:
        content, proof = part[:-PROOF], part[-PROOF:]
        return content if hmac.compare_digest(proof, self._proof(place, content)) else None


def seal_of(header: bytes, passphrase: str | None) -> Seal:
    return Checked(header) if passphrase is None else Encrypted(header, passphrase)


def place(number: int, *, is_last: bool) -> bytes:
    """Return the end of a part's nonce: its number and whether it is the last."""
    return struct.pack(">IB", number, is_last)


class Sealing:
    """Write into it like into a file; ``finish`` writes the last part. ``passphrase`` None seals without a secret."""

    def __init__(self, target: BinaryIO, passphrase: str | None, cost: int = COST) -> None:
        kind = PLAIN if passphrase is None else ENCRYPTED
        header = HEADER.pack(MAGIC, kind, cost, os.urandom(16), os.urandom(7))
        self._target, self._seal = target, seal_of(header, passphrase)
        self._waiting, self._number = bytearray(), 0
        target.write(header)

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > PART:  # the last part is known only when nothing follows it
            self._put(PART, is_last=False)
        return len(content)

    def finish(self) -> None:
        """Write the last part; without it the file does not open."""
        self._put(len(self._waiting), is_last=True)

    def _put(self, size: int, *, is_last: bool) -> None:
        part = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._target.write(self._seal.closed(place(self._number, is_last=is_last), part))
        self._number += 1


class Opening:
    """Read what was sealed; raises InputError at the first part that is not as it was written."""

    def __init__(self, source: BinaryIO, name: str, passphrase: str | None) -> None:
        self._source, self._name = source, name
        self._seal = seal_of(read_header(source, name), passphrase)
        self._next, self._ready, self._number = source.read(PART + PROOF), b"", 0

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only at the end."""
        while self._next and (size < 0 or len(self._ready) < size):
            self._ready += self._part()
        size = len(self._ready) if size < 0 else size
        found, self._ready = self._ready[:size], self._ready[size:]
        return found

    def drain(self) -> None:
        """Prove what was not asked for, to the last part."""
        while self._next:
            self._part()
        if not self._number:
            raise cut(self._name)

    def _part(self) -> bytes:
        part, self._next = self._next, self._source.read(PART + PROOF)
        found = self._seal.opened(place(self._number, is_last=not self._next), part)
        if found is None:
            raise self._refused()
        self._number += 1
        return found

    def _refused(self) -> InputError:
        if self._number == 0 and isinstance(self._seal, Encrypted):
            return InputError(
                "The passphrase does not open {path}, or the file is damaged. Nothing was restored.", path=self._name
            )
        return InputError(
            "{path} is damaged in part {part}: it was changed or cut. Nothing was restored; take another backup.",
            path=self._name,
            part=self._number + 1,
        )


def cut(name: str) -> InputError:
    return InputError("{path} ends too early. Nothing was restored; take another backup.", path=name)


def read_header(source: BinaryIO, name: str) -> bytes:
    """Read the header; raises InputError for anything that is no backup of ours."""
    header = source.read(HEADER.size)
    if len(header) == HEADER.size:
        magic, kind, cost, _, _ = HEADER.unpack(header)
        if magic == MAGIC and kind in (PLAIN, ENCRYPTED) and LEAST_COST <= cost <= MOST_COST:
            return header
    raise InputError("{path} is no backup of Voronka, or its beginning is damaged. Nothing was restored.", path=name)


def is_encrypted(header: bytes) -> bool:
    return header[len(MAGIC)] == ENCRYPTED
