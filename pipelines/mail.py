"""By which server mail goes out and who gets the weekly report: ``[mail]`` and ``[[recipient]]`` in settings.

The password is never in settings: ``VORONKA_SMTP_PASSWORD`` in the environment holds it.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from pipelines.model import Frozen

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
