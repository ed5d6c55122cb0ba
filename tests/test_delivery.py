"""The weekly report reaches everybody in settings, each with own rights and filter, once; one's trouble stops nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from test_sending import Box, free_port, serving
from tiny_company import tiny_facts

from dashboard import access, cli_reports
from dashboard.cli import cli
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import REVENUE
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from dashboard.reports import delivery, kept
from dashboard.reports.delivery import called
from dashboard.weeks import Known, week_of
from pipelines import sending
from pipelines.errors import InputError, SettingsError
from pipelines.sending import sent
from pipelines.settings import Home, read_settings

WEEK, RUNNING = "2026-W24", "2026-W25"
HEAD = """
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "reports@firm.example"
"""
PEOPLE = """
[[person]]
login = "one"
role = "manager"
manager = "{manager}"

[[recipient]]
address = "owner@firm.example"
formats = ["parquet"]

[[recipient]]
address = "one@firm.example"
person = "one"
formats = ["parquet"]
lang = "en"

[[recipient]]
folder = "shared"
formats = ["parquet"]
only = {{ channel = ["{channel}"] }}
codes = true
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that serves a small company, cut down as every reader may see it, and waits for nothing."""
    facts = tiny_facts(deals=600)
    monkeypatch.setattr(sending, "PAUSES", ())
    monkeypatch.setattr(
        access, "open_facts", lambda home, who=None, only=(): access.seen_by(facts, who or access.Viewer())
    )
    return Home(tmp_path)


def settle(home: Home, port: int) -> tuple[str, str]:
    """Write who gets it; returns the manager and the channel that are named there."""
    deals = access.open_facts(home).deals.filter(pl.col("outcome") == "won")
    rows = deals.filter(week_of(WEEK).contains("closed_on") & pl.col("channel_name").is_not_null())
    manager, channel = rows.sort("deal_id").select("manager_name", "channel_name").row(0)
    whole = HEAD.format(port=port) + PEOPLE.format(manager=manager, channel=channel)
    home.settings_file.write_text(whole, encoding="utf-8")
    return manager, channel


def run(home: Home, *words: str):
    return CliRunner().invoke(
        cli, ["snapshot", "--home", str(home.path), "--lang", "en", *words], standalone_mode=False
    )


def send_week(home: Home, *words: str):
    return run(home, "--week", WEEK, "--formats", "parquet", "--send", *words)


def revenue(content: bytes) -> float:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        numbers = pl.read_parquet(packed.read("numbers.parquet"))
    return numbers.filter(pl.col("metric") == "revenue")["value"][0]


def test_everybody_gets_their_own_and_nobody_twice(home: Home) -> None:
    box = Box()
    with serving(box) as port:
        manager, channel = settle(home, port)
        first = send_week(home)
        again = send_week(home)
    assert first.exception is None and first.return_value == 0, first.output
    assert again.return_value == 0 and again.output.count("sent to") == 3 and "not sent twice" in again.output
    assert [one["To"] for one in box.messages] == ["owner@firm.example", "one@firm.example"]
    whole, own = (next(iter(one.iter_attachments())) for one in box.messages)
    assert whole.get_filename() == own.get_filename() == f"voronka-tables-{WEEK}.zip"
    folder = home.path / "shared" / WEEK
    [put] = folder.iterdir()
    facts, week = access.open_facts(home), Filter(period=week_of(WEEK))

    def wanted(**only: tuple[str, ...]) -> float:
        return float(measure(facts, [REVENUE], Filter(**only, period=week.period)).item())  # type: ignore[arg-type]

    sums = (wanted(), wanted(managers=(manager,)), wanted(channels=(channel,)))
    assert (revenue(whole.get_content()), revenue(own.get_content()), revenue(put.read_bytes())) == sums
    assert sums[0] > sums[1] > 0 and sums[0] > sums[2] > 0
    body = box.messages[1].get_body()
    assert body is not None and "Revenue: " in body.get_content() and "Sales report" in box.messages[1]["Subject"]
    assert "Выручка: " in str(box.messages[0].get_body().get_content())  # type: ignore[union-attr]
    others = [one for one in facts.deals["manager_name"].drop_nulls().unique() if one != manager]
    assert not [one for one in others if one.encode() in unpacked(own.get_content())]
    assert not [one for one in [*others, manager] if one.encode() in unpacked(put.read_bytes())]


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert not [name for name in packed.namelist() if "deals" in name]
        return b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".csv"))


def test_a_server_that_fails_is_told_and_the_next_run_sends(home: Home) -> None:
    settle(home, free_port())
    assert cli_reports.sent(home, week_of(WEEK), WEEK, again=False) == 2
    assert (home.path / "shared" / WEEK).is_dir(), "the folder got its report all the same"
    failed = [one for one in sent(home) if one["state"] == "failed"]
    assert {one["to"] for one in failed} == {"owner@firm.example", "one@firm.example"}
    assert all("refused" in str(one["reason"]).casefold() and one["template"] for one in failed)
    box = Box()
    with serving(box) as port:
        settle(home, port)
        assert states(home) == ["sent", "sent", "already"]
    assert len(box.messages) == 2


def states(home: Home) -> list[str]:
    return [outcome.state for _, outcome in delivery.deliver(home, read_settings(home), week_of(WEEK), WEEK)]


def test_trouble_with_one_report_is_that_ones_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kept.keep

    def breaks(*given, viewer, **more):
        if viewer.role == "manager":
            raise ZeroDivisionError("of no use")
        return whole(*given, viewer=viewer, **more)

    monkeypatch.setattr(delivery.kept, "keep", breaks)
    box = Box()
    with serving(box) as port:
        settle(home, port)
        text = home.settings_file.read_text(encoding="utf-8")
        home.settings_file.write_text(
            text.replace("channel = [", 'region = ["Атлантида"], channel = ['), encoding="utf-8"
        )
        assert states(home) == ["sent", "failed", "failed"]
    assert len(box.messages) == 1
    told = {str(one["to"]): one for one in sent(home)}
    assert "ZeroDivisionError" in json.dumps(told["one@firm.example"])
    assert "Атлантида" in json.dumps(told["folder:shared"], ensure_ascii=False)


def test_a_week_is_not_sent_half(home: Home) -> None:
    settle(home, free_port())
    day = access.open_facts(home).as_of_on
    for words in (("--week", RUNNING), ("--from", day.isoformat(), "--to", "2027-01-01")):
        told = run(home, *words, "--formats", "parquet", "--send")
        assert isinstance(told.exception, InputError) and "not sent half" in str(told.exception)
    assert "own filter" in str(send_week(home, "--channel", "Сайт").exception)
    assert not sent(home)


def test_what_is_sent_has_a_name() -> None:
    assert called(week_of(WEEK), Known(date(2026, 6, 14))) == WEEK
    assert called(Period(date(2026, 5, 1), date(2026, 6, 1)), Known(date(2026, 6, 14))) == "2026-05-01_2026-05-31"
    for period in (week_of(RUNNING), Period(date(2026, 5, 1), None)):
        with pytest.raises(InputError):
            called(period, Known(date(2026, 6, 14)))


def test_the_same_address_twice_is_refused(home: Home) -> None:
    text = '[[recipient]]\naddress = "a@b.example"\n[[recipient]]\naddress = "A@b.example"\n'
    home.settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="twice"):
        read_settings(home)


def test_every_sentence_of_a_mail_is_in_the_recipients_language() -> None:
    assert Locale("ru").text(delivery.NOT_OVER, day="1", week="2") != delivery.NOT_OVER
