"""Mail goes out by a real server on this machine: encrypted, tried again when that helps, once for a week and a recipient."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipelines import sending
from pipelines.audit import lines
from pipelines.errors import SettingsError
from pipelines.mail import Mail, Recipient
from pipelines.sending import Letter, Outcome, send, sent
from pipelines.settings import Home, read_settings

HERE, PASSWORD = "127.0.0.1", "s3cret"
OWNER = Recipient(address="owner@firm.example")


class Box:
    """What the server was given; ``answers`` are told instead of "taken", one a message, "break" breaks the line."""

    def __init__(self, *answers: str) -> None:
        self.messages: list[EmailMessage] = []
        self.answers = list(answers)
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "break":
            server.transport.abort()
        if answer.startswith("250") or answer == "break":
            self.encrypted.append(session.ssl is not None)
            self.messages.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default)))
        return answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of our own making for this machine, and the server's side of it."""
    key, folder, now = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls"), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "mail.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "mail.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    return folder / "mail.pem", context


def right_password(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and given == LoginPassword(b"voronka", PASSWORD.encode())
    return AuthResult(success=fits, handled=False)


@contextmanager
def serving(box: Box, context: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    controller = Controller(box, hostname=HERE, port=free_port(), tls_context=context, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HERE, 0))
        return one.getsockname()[1]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    (tmp_path / "отчёт.html").write_text("<p>Неделя</p>", encoding="utf-8")
    return Letter("2026-W46", "Воронка:\nнеделя 46", "Выручка выросла.", (tmp_path / "отчёт.html",))


def plain(port: int) -> Mail:
    return Mail(host=HERE, port=port, tls="none", sender="reports@firm.example")


def hurried(home: Home, letter: Letter, mail: Mail, to: Recipient = OWNER, **rest: Any) -> Outcome:
    return send(home, letter, to, mail, pauses=(1, 2), sleep=rest.pop("sleep", lambda _: None), **rest)


def states(home: Home) -> list[object]:
    return [one["state"] for one in sent(home)]


def test_encrypted_with_a_password_and_once(
    home: Home, letter: Letter, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, context = certificate
    monkeypatch.setenv(sending.PASSWORD, PASSWORD)
    box = Box()
    with serving(box, context, require_starttls=True, authenticator=right_password, auth_required=True) as port:
        mail = Mail(host=HERE, port=port, user="voronka", sender="reports@firm.example", ca=str(ca))
        assert hurried(home, letter, mail).state == "sent"
        assert hurried(home, letter, mail, Recipient(address="Owner@Firm.example")).state == "already"
        assert hurried(home, letter, mail, Recipient(address="other@firm.example")).state == "sent"
        assert hurried(home, letter, mail, again=True).state == "sent"
        monkeypatch.setenv(sending.PASSWORD, "wrong")
        refused = hurried(home, letter, mail, Recipient(address="third@firm.example"))
        assert refused.state == "failed" and "535" in str(refused.values["reason"])
        untrusted = hurried(home, letter, mail.model_copy(update={"ca": ""}), Recipient(address="third@firm.example"))
        assert untrusted.template == sending.UNTRUSTED
    first = box.messages[0]
    assert len(box.messages) == 3 and all(box.encrypted)
    assert first["To"] == OWNER.address and first["Subject"] == "Воронка: неделя 46"
    [part] = first.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("отчёт.html", "<p>Неделя</p>")
    body = first.get_body()
    assert body is not None and body.get_content().strip() == "Выручка выросла."
    assert first["Message-ID"] == box.messages[2]["Message-ID"] != box.messages[1]["Message-ID"]
    assert [one["to"] for one in lines(home) if one["event"] == "send"] == [
        "owner@firm.example",
        "other@firm.example",
        "owner@firm.example",
    ]
    text = (home.path / sending.LEDGER).read_text()
    assert PASSWORD not in text and (home.path / sending.LEDGER).stat().st_mode & 0o077 == 0


def visit(port: int, ca: Path) -> None:
    with socket.create_connection((HERE, port)) as one:
        ssl.create_default_context(cafile=str(ca)).wrap_socket(one, server_hostname=HERE).recv(1)


def test_tls_from_the_first_byte(home: Home, letter: Letter, certificate: tuple[Path, ssl.SSLContext]) -> None:
    box = Box()
    controller = Controller(box, hostname=HERE, port=free_port(), ssl_context=certificate[1])
    # The controller's own first visit does not trust our certificate; ours does.
    controller._trigger_server = lambda: visit(controller.port, certificate[0])  # type: ignore[method-assign]
    controller.start()
    try:
        mail = Mail(host=HERE, port=controller.port, tls="tls", sender="a@firm.example", ca=str(certificate[0]))
        assert hurried(home, letter, mail).state == "sent"
    finally:
        controller.stop()
    assert len(box.messages) == 1


def test_nothing_goes_out_unencrypted_when_encryption_was_asked_for(home: Home, letter: Letter) -> None:
    box = Box()
    with serving(box) as port:
        outcome = hurried(home, letter, Mail(host=HERE, port=port, sender="a@firm.example"))
    assert (outcome.state, outcome.template, box.messages) == ("failed", sending.NO_TLS, [])


def test_a_refused_connection_is_tried_again_and_told(home: Home, letter: Letter) -> None:
    waited: list[float] = []
    outcome = hurried(home, letter, plain(free_port()), sleep=waited.append)
    assert (outcome.state, outcome.values["count"], waited) == ("failed", 3, [1, 2])
    assert states(home) == ["failed"] * 3 and "refused" in str(outcome.values["reason"]).lower()
    assert not lines(home)


def test_failure_then_success(home: Home, letter: Letter) -> None:
    box = Box("451 come back later")
    with serving(box) as port:
        assert hurried(home, letter, plain(port)).state == "sent"
        assert hurried(home, letter, plain(port)).state == "already"
    assert len(box.messages) == 1
    assert states(home) == ["sending", "failed", "sending", "sent"]
    down = free_port()

    def comes_up(_: float) -> None:
        up.append(Controller(box, hostname=HERE, port=down)) if not up else None
        up[0].start() if up[0]._thread is None else None

    up: list[Controller] = []
    try:
        assert hurried(home, letter, plain(down), Recipient(address="b@firm.example"), sleep=comes_up).state == "sent"
    finally:
        up[0].stop()


def test_a_refusal_for_ever_is_not_tried_again(home: Home, letter: Letter) -> None:
    waited: list[float] = []
    with serving(Box("550 no such mailbox")) as port:
        outcome = hurried(home, letter, plain(port), sleep=waited.append)
    assert (outcome.state, outcome.values["reason"], waited) == ("failed", "550 no such mailbox", [])


def test_a_line_that_breaks_at_the_end_is_not_sent_twice(home: Home, letter: Letter) -> None:
    box = Box("break")
    with serving(box) as port:
        assert hurried(home, letter, plain(port)).state == "unknown"
        assert hurried(home, letter, plain(port)).state == "unknown"
        assert len(box.messages) == 1
        assert hurried(home, letter, plain(port), again=True).state == "sent"
    assert len(box.messages) == 2


def test_a_process_that_died_while_sending_leaves_a_question(home: Home, letter: Letter) -> None:
    line = {"at": "2026-11-16T08:00:00+00:00", "week": letter.week, "to": OWNER.name, "state": "sending"}
    (home.path / sending.LEDGER).write_text(json.dumps(line) + '\n{"at": "2026', encoding="utf-8")
    assert hurried(home, letter, plain(free_port())).state == "unknown"


def test_what_is_too_large_is_told_before_it_is_sent(home: Home, letter: Letter) -> None:
    letter.files[0].write_bytes(b"x" * 3000)
    box = Box()
    with serving(box, data_size_limit=2000) as port:
        assert hurried(home, letter, plain(port)).template == sending.TOO_LARGE
    assert not box.messages


def test_into_a_folder_once(home: Home, letter: Letter) -> None:
    to = Recipient(folder="shared")
    assert [hurried(home, letter, Mail(), to).state for _ in range(2)] == ["sent", "already"]
    assert [path.name for path in (home.path / "shared" / "2026-W46").iterdir()] == ["отчёт.html"]
    (home.path / "taken").write_text("a file")
    assert hurried(home, letter, Mail(), Recipient(folder="taken")).template == sending.NO_FOLDER


def test_without_a_server_it_is_said(home: Home, letter: Letter) -> None:
    assert hurried(home, letter, Mail()).template == sending.NO_SERVER


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[recipient]]\naddress = "a@b.example\\nBcc: c@d.example"', "no mail address"),
        ('[[recipient]]\nlang = "ru"', "one of the two"),
        ('[[recipient]]\naddress = "a@b.example"\nperson = "anna"', "the person"),
        ('[mail]\nhost = "mail.example"', "sender"),
        ('[mail]\nhost = "mail.example"\nsender = "a@b.example"\ntls = "none"\nuser = "a"', "unencrypted"),
    ],
)
def test_settings_that_would_leak_or_lose_mail_are_refused(home: Home, text: str, told: str) -> None:
    home.settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        read_settings(home)


def test_the_settings_that_are_shown_can_be_read_and_are_the_same_in_russian(home: Home) -> None:
    root = Path(__file__).resolve().parent.parent
    documents = [(root / name).read_text(encoding="utf-8") for name in ("data/README.md", "docs/settings.ru.md")]
    english, russian = (text.split("```toml\n")[1].split("```")[0] for text in documents)
    home.settings_file.write_text(english, encoding="utf-8")
    settings = read_settings(home)
    assert tomllib.loads(russian) == tomllib.loads(english)
    assert (settings.mail.port_used, settings.recipient[0].only) == (587, {"channel": ("Сайт",)})
