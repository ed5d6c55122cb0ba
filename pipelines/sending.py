"""Sending the weekly report by mail or into a folder: tried again when that helps, written down, and never twice for a week.

``sent.jsonl`` in the home has a line for every attempt. A line "sending" is written just before the message itself leaves;
when nothing follows it, or the line broke while the server had the whole message, nobody knows whether it arrived. Then it is
not sent again unless somebody says so.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from filelock import FileLock

from pipelines import journal
from pipelines.audit import record
from pipelines.errors import N_, InputError, VoronkaError
from pipelines.mail import Mail, Recipient
from pipelines.settings import Home
from pipelines.snapshots import sync

LEDGER = "sent.jsonl"
PASSWORD = "VORONKA_SMTP_PASSWORD"  # noqa: S105 - the name of the variable
PAUSES = (5.0, 30.0, 120.0)
"""Seconds before each further attempt."""
TIMEOUT = 30.0
ALREADY = N_("{week} was sent to {to} before, on {day}; it is not sent twice.")
UNKNOWN = N_("{week} may have reached {to}: the connection broke at the end. Ask, and send it again if it has not.")
REFUSED = N_("The mail server refused {week} for {to}: {reason}.")
UNREACHABLE = N_("{week} was not sent to {to} in {count} attempts: {reason}.")
UNTRUSTED = N_("{week} was not sent to {to}: the mail server's certificate is not trusted ({reason}).")
NO_TLS = N_("{week} was not sent to {to}: the mail server offers no encryption, and nothing is sent without.")
NO_SERVER = N_("{week} was not sent to {to}: settings.toml names no mail server ([mail] host).")
TOO_LARGE = N_("{week} was not sent to {to}: {size} MB is more than the mail server takes ({most} MB).")
NO_FOLDER = N_("{week} was not put into {to}: {reason}.")
SENT = N_("{week} was sent to {to}.")


@dataclass(frozen=True)
class Letter:
    """What is sent: the week as the report names it (2026-W46), a subject, a text, the files.

    ``names``: what the files are called where they arrive, in the same order; without it, as they are called here.
    """

    week: str
    subject: str
    text: str
    files: tuple[Path, ...]
    names: tuple[str, ...] = ()

    @property
    def called(self) -> tuple[str, ...]:
        """The names that the files arrive under."""
        return self.names or tuple(path.name for path in self.files)


@dataclass(frozen=True)
class Outcome:
    """What became of it: sent, already, failed or unknown; the sentence is a template with its values."""

    state: str
    template: str
    values: dict[str, object] = field(default_factory=dict)


class Fault(Exception):
    """An attempt that failed: why, whether trying again may help, whether the message may have arrived all the same."""

    def __init__(self, template: str, *, may_help: bool = False, is_unknown: bool = False, **values: object) -> None:
        super().__init__(template)
        self.template, self.values = template, values
        self.may_help, self.is_unknown = may_help, is_unknown


def send(
    home: Home,
    letter: Letter,
    to: Recipient,
    mail: Mail,
    *,
    again: bool = False,
    pauses: Sequence[float] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Send a letter to a recipient, once for its week; ``again`` sends it whatever was sent before.

    Never raises for what happens on the way: the outcome tells, and the list of what was sent keeps it. Raises InputError when
    a file cannot be read.
    """
    contents = [(name, _content(path)) for name, path in zip(letter.called, letter.files, strict=True)]
    hashes = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in contents]
    with FileLock(home.path / f"{LEDGER}.lock", mode=0o600):
        before = None if again else settled(home, letter.week, to.name)
        if before is not None:
            return before
        outcome = _delivered(home, letter, to, mail, contents, PAUSES if pauses is None else pauses, sleep)
        _note(home, letter, to, outcome.state, **_told(outcome), files=hashes)
        if outcome.state != "failed":
            record(home, "send", to=to.name, week=letter.week, state=outcome.state, files=hashes)
        return outcome


def sent(home: Home) -> list[dict[str, object]]:
    """Return every line of the list of what was sent, oldest first; a line cut off by a crash is left out."""
    return journal.lines(home.path / LEDGER)


def not_made(home: Home, week: str, to: Recipient, fault: VoronkaError) -> Outcome:
    """Write down that there was nothing to send, because the report itself could not be made; it is tried again."""
    outcome = Outcome("failed", fault.template, fault.values)
    with FileLock(home.path / f"{LEDGER}.lock", mode=0o600):
        _note(home, Letter(week, "", "", ()), to, "failed", **_told(outcome))
    return outcome


def settled(home: Home, week: str, name: str) -> Outcome | None:
    """Tell what the list says of this week and recipient; None when it may be sent."""
    told = [one for one in sent(home) if one.get("week") == week and one.get("to") == name]
    values: dict[str, object] = {"week": week, "to": name}
    done = next((one for one in told if one.get("state") == "sent"), None)
    if done is not None:
        return Outcome("already", ALREADY, {**values, "day": str(done.get("at"))[:10]})
    is_open = bool(told) and told[-1].get("state") in ("sending", "unknown")
    return Outcome("unknown", UNKNOWN, values) if is_open else None


def _delivered(
    home: Home,
    letter: Letter,
    to: Recipient,
    mail: Mail,
    contents: list[tuple[str, bytes]],
    pauses: Sequence[float],
    sleep: Callable[[float], None],
) -> Outcome:
    named: dict[str, object] = {"week": letter.week, "to": to.name}
    for number in range(len(pauses) + 1):
        try:
            if to.folder:
                _put(home, letter, to, contents)
            else:
                _mailed(home, letter, to, mail, contents)
            return Outcome("sent", SENT, named)
        except Fault as fault:
            values = {**named, **fault.values, "count": number + 1}
            if fault.is_unknown:
                return Outcome("unknown", fault.template, values)
            if not fault.may_help or number == len(pauses):
                return Outcome("failed", fault.template, values)
            _note(home, letter, to, "failed", reason=str(fault.values.get("reason", "")), attempt=number + 1)
            sleep(pauses[number])
    raise AssertionError("the last attempt returns")


def _put(home: Home, letter: Letter, to: Recipient, contents: list[tuple[str, bytes]]) -> None:
    """Write the files into a folder of the week, each whole or not at all."""
    folder = home.path / Path(to.folder).expanduser() / letter.week
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents:
            half = folder / f".{name}.tmp"
            half.write_bytes(content)
            sync(half)
            os.replace(half, folder / name)
    except OSError as fault:
        raise Fault(NO_FOLDER, reason=fault.strerror or str(fault)) from None


def _mailed(home: Home, letter: Letter, to: Recipient, mail: Mail, contents: list[tuple[str, bytes]]) -> None:
    if not mail.host:
        raise Fault(NO_SERVER)
    message = _message(letter, to, mail, contents).as_bytes(
        policy=SMTP
    )  # lines end as mail wants them, none is too long
    try:
        with _connected(mail, home) as server:
            most = int(server.esmtp_features.get("size", "0") or 0) if server.does_esmtp else 0
            if 0 < most < len(message):
                raise Fault(TOO_LARGE, size=len(message) // 10**6 + 1, most=most // 10**6)
            _accepted(server.mail(mail.sender))
            _accepted(server.rcpt(to.address))
            _note(home, letter, to, "sending")
            _handed_over(server, message)
    except ssl.SSLCertVerificationError as fault:
        raise Fault(UNTRUSTED, reason=fault.verify_message) from None
    except smtplib.SMTPNotSupportedError:
        raise Fault(NO_TLS) from None
    except smtplib.SMTPResponseException as fault:
        raise _refusal(fault.smtp_code, fault.smtp_error) from None
    except (OSError, smtplib.SMTPException) as fault:  # SMTPException is an OSError today; both are said
        raise Fault(UNREACHABLE, may_help=True, reason=_reason(fault)) from None


def _connected(mail: Mail, home: Home) -> smtplib.SMTP:
    """Connect, encrypt, log in. Encryption that was asked for is never done without."""
    trusted = ssl.create_default_context(cafile=str(home.path / mail.ca) if mail.ca else None)
    trusted.minimum_version = ssl.TLSVersion.TLSv1_2
    if mail.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port_used, timeout=TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(mail.host, mail.port_used, timeout=TIMEOUT)
    try:
        if mail.tls == "starttls":
            server.starttls(context=trusted)
        if mail.user:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _handed_over(server: smtplib.SMTP, message: bytes) -> None:
    """Hand the message over; a line that breaks while the server has it leaves us not knowing."""
    try:
        answer = server.data(message)
    except smtplib.SMTPDataError:
        raise
    except OSError:
        raise Fault(UNKNOWN, is_unknown=True) from None
    _accepted(answer)


def _accepted(answer: tuple[int, bytes]) -> None:
    if not 200 <= answer[0] < 300:
        raise _refusal(*answer)


def _refusal(code: int, told: bytes | str) -> Fault:
    """Say what the server answered; a code of the fours means "later", one of the fives "never"."""
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return Fault(REFUSED, may_help=400 <= code < 500, reason=" ".join(f"{code} {text}".split())[:200])


def _reason(fault: Exception) -> str:
    return " ".join(str(getattr(fault, "strerror", None) or fault or type(fault).__name__).split())[:200]


def _message(letter: Letter, to: Recipient, mail: Mail, contents: list[tuple[str, bytes]]) -> EmailMessage:
    """Write the mail. Its id is that of week and recipient, so that a copy is known as a copy."""
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, to.address
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    of = hashlib.sha256(f"{letter.week}\n{to.name}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{of}@{mail.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    for name, content in contents:
        kind, _, rest = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        told = {"charset": "utf-8"} if kind == "text" else {}
        message.add_attachment(content, maintype=kind, subtype=rest, filename=name, params=told)
    return message


def _told(outcome: Outcome) -> dict[str, object]:
    """Say why, for the list: the sentence with its values, to be said again in the language of whoever reads it."""
    if outcome.state in ("sent", "already"):
        return {}
    values = {key: str(value) for key, value in outcome.values.items()}
    return {"reason": values.get("reason", ""), "template": outcome.template, "values": values}


def _note(home: Home, letter: Letter, to: Recipient, state: str, **values: object) -> None:
    """Add a line to the list of what was sent, on disk before anything else happens."""
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "week": letter.week, "to": to.name, "state": state}
    journal.append(home.path / LEDGER, {**line, **{key: value for key, value in values.items() if value}})


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError("{path} cannot be read: {fault}.", path=path, fault=fault.strerror) from None
