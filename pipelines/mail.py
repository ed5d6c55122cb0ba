"""By which server mail goes out, who gets the weekly report and when: ``[mail]``, ``[[recipient]]``, ``[schedule]`` in settings.

The password is never in settings: ``VORONKA_SMTP_PASSWORD`` in the environment holds it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from pipelines.errors import InputError, suggest
from pipelines.model import Frozen
from pipelines.weekly import Weekly, weekly

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
PORTS = {"starttls": 587, "tls": 465, "none": 25}
HERE = ("localhost", "127.0.0.1", "::1")
Form = Literal["html", "xlsx", "pdf", "png", "parquet"]


class Mail(Frozen):
    """The mail server. Without ``host`` no mail is sent; ``ca`` is a file with the certificate of a server of one's own."""

    host: str = ""
    port: int | None = Field(None, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: str = ""
    ca: str = ""

    @property
    def port_used(self) -> int:
        """The port: as given, else the usual one of the kind of encryption."""
        return self.port or PORTS[self.tls]

    @model_validator(mode="after")
    def is_whole_and_safe(self) -> Mail:
        if self.host and not ADDRESS.fullmatch(self.sender):
            raise ValueError('"sender" must be the address that mail comes from, like reports@firm.example')
        if self.tls == "none" and self.user and self.host not in HERE:
            raise ValueError(
                'a password never travels unencrypted: tls must be "starttls" or "tls", or leave out "user"'
            )
        return self


class Recipient(Frozen):
    """Who gets the weekly report, by mail or into a folder (relative to the home), seeing what ``person`` may see.

    ``person`` is a login of ``[[person]]``; without one the report is of everything that ``only`` leaves in.
    """

    address: str = ""
    folder: str = ""
    person: str = ""
    only: dict[
        Literal["manager", "team", "product", "channel", "region", "funnel", "client_type"], tuple[str, ...]
    ] = {}
    formats: tuple[Form, ...] = Field(("html",), min_length=1)
    lang: Literal["ru", "en"] = "ru"
    codes: bool = False
    """Codes in the place of the managers' names."""

    @property
    def name(self) -> str:
        """What the recipient is called in the list of what was sent: the address, else the folder."""
        return self.address.casefold() or f"folder:{self.folder}"

    @model_validator(mode="after")
    def is_reachable(self) -> Recipient:
        if bool(self.address) == bool(self.folder):
            raise ValueError('a recipient has an "address" or a "folder", one of the two')
        if self.address and not ADDRESS.fullmatch(self.address):
            raise ValueError(f'"{self.address}" is no mail address')
        return self


class Schedule(Frozen):
    """When the pages' own server makes the weekly report, sends it, and makes the backup; without ``weekly``, never.

    The moment is one of the company's zone. The backup goes to ``backup_folder`` (relative to the home; empty, its ``backups``).
    """

    weekly: str = ""
    backup: Literal["encrypted", "plain", "none"] = "encrypted"
    backup_folder: str = ""

    @property
    def moment(self) -> Weekly | None:
        """The moment of the week; None when nothing is scheduled."""
        return weekly(*self.weekly.split()) if self.weekly else None

    @model_validator(mode="after")
    def is_a_moment(self) -> Schedule:
        try:
            _ = self.moment
        except (InputError, TypeError) as fault:
            told = f". {fault}" if isinstance(fault, InputError) else ""
            raise ValueError(f'"weekly" is a day of the week and a time, like "mon 08:00"{told}') from None
        return self


def check_recipients(recipients: Sequence[Recipient], logins: Sequence[str]) -> None:
    """Refuse recipients nobody knows, and two with one name: the second would be taken for sent already. Raises ValueError."""
    names = [one.name for one in recipients]
    for one in recipients:
        if one.person and one.person not in logins:
            raise ValueError(f'the recipient "{one.name}" is the person "{one.person}". {suggest(one.person, logins)}')
        if names.count(one.name) > 1:
            raise ValueError(f'the recipient "{one.name}" is there twice: a week is sent to each once')
