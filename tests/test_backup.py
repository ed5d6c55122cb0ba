"""The drill: a backup opens into a new home with the same rows; a damaged one never opens; nothing is overwritten."""

from __future__ import annotations

import io
import random
import tarfile
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from homes import DEALS, put
from test_pages import opened

from dashboard.access import Facts, open_facts
from dashboard.cli import cli
from pipelines import sealed
from pipelines.audit import lines, record, verify
from pipelines.backup import Backup, back_up, needs_passphrase, restore
from pipelines.doctor import examine
from pipelines.duck import is_whole, names_of
from pipelines.errors import HomeError, InputError, VoronkaError
from pipelines.load import load
from pipelines.retention import backup_name, backups, kept, retire_backups
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

REPORT = "reports/2026-02-02_2026-02-08-0123456789/manifest.json"
SECRET, CHEAP = "раз-два-три", 10
MAPPING = 'name = "own"\ntitle = "Own sheets"\nextends = "voronka"\n'
SETTINGS = 'currency = "RUB"\n# my own words\n'


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("firm") / "home")
    home.mappings.mkdir(parents=True)
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    (home.path / "rates.csv").write_text("date,currency,rate\n2026-02-01,USD,90\n", encoding="utf-8")
    (home.mappings / "own.toml").write_text(MAPPING, encoding="utf-8")
    (home.path / "sent.jsonl").write_text("{}\n", encoding="utf-8")
    report = home.path / "reports" / "2026-02-02_2026-02-08-0123456789"
    report.mkdir(parents=True)
    (report / "manifest.json").write_text('{"files": {}}', encoding="utf-8")
    (report / "voronka.html.part").write_text("cut off", encoding="utf-8")
    assert load([put(home, "deals.csv", DEALS)], home, kind="deals").outcome == "accept"
    record(home, "export", what="deals.csv")
    return home


@pytest.fixture(scope="module")
def made(company: Home, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    return back_up(company, tmp_path_factory.mktemp("out"), SECRET, cost=CHEAP)


def same(one: Facts, two: Facts) -> bool:
    names = [each.name for each in fields(Facts)]
    frames = [name for name in names if isinstance(getattr(one, name), pl.DataFrame)]
    assert len(frames) > 15
    rest = set(names) - set(frames)
    return all(getattr(one, name).equals(getattr(two, name)) for name in frames) and all(
        getattr(one, name) == getattr(two, name) for name in rest
    )


def tables(home: Home) -> dict[str, pl.DataFrame]:
    import duckdb

    snapshot = current_snapshot(home)
    assert snapshot is not None
    with duckdb.connect(snapshot, read_only=True) as connection:
        names = sorted(names_of(connection))
    assert len(names) > 25
    return read_tables(snapshot, names)


def test_the_drill(company: Home, made: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Home(tmp_path / "fresh" / "home")
    done = restore(made.path, fresh, SECRET)
    assert done.snapshot == made.snapshot == "s000001"
    was, now = tables(company), tables(fresh)
    assert was.keys() == now.keys() and all(was[name].equals(now[name]) for name in was)
    assert same(open_facts(company), open_facts(fresh))
    for name in ("settings.toml", "rates.csv", "mappings/own.toml", "sent.jsonl", "warehouse/CURRENT", REPORT):
        assert (fresh.path / name).read_bytes() == (company.path / name).read_bytes(), name
    assert [one["event"] for one in lines(fresh)] == ["export", "restore"]
    assert [one["event"] for one in lines(company)] == ["export", "backup"]
    assert verify(fresh) == (2, None)
    assert fresh.path.stat().st_mode & 0o077 == 0 and made.path.stat().st_mode & 0o077 == 0
    assert not (fresh.path / REPORT).with_name("voronka.html.part").exists()
    monkeypatch.setenv("VORONKA_HOME", str(fresh.path))
    for page in ("overview", "reports"):
        app = opened(page, {"period": "all", "lang": "en"})
        assert not app.exception and not app.error
    # And work goes on in it: the next load finds the store and the rows that were there.
    more = DEALS + "3;Шар;Петров;Продажа;5;04.02.2026;05.02.2026;\n"
    report = load([put(fresh, "more.csv", more)], fresh, kind="deals")
    assert (report.outcome, report.accepted, report.duplicates) == ("accept", 3, 0)
    assert open_facts(fresh).deals.height == 3


def test_sixty_damaged_backups_are_sixty_refusals(
    made: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _in_smaller_parts(made, monkeypatch)
    (tmp_path / "good").write_bytes(whole)
    assert restore(tmp_path / "good", Home(tmp_path / "good-home"), SECRET).snapshot == made.snapshot
    dice, kinds = random.Random(7), ("flip", "cut", "swap")
    for number in range(60):
        bad = bytes(_spoiled(bytearray(whole), kinds[number % 3], dice, number))
        assert bad != whole
        path, target = tmp_path / f"{number}.backup", tmp_path / f"home{number}"
        path.write_bytes(bad)
        with pytest.raises(InputError) as refusal:
            restore(path, Home(target), SECRET)
        said = str(refusal.value)
        assert said.count("\n") == 0 and "Nothing was restored" in said, said
        assert not target.exists() and not list(tmp_path.glob(".home*")), f"{kinds[number % 3]} {number} left something"
        path.unlink()


def _in_smaller_parts(made: Backup, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Seal what is in the backup anew: else a small company is one part, and there is none to swap."""
    with made.path.open("rb") as file:
        content = sealed.Opening(file, "x", SECRET).read()
    monkeypatch.setattr(sealed, "PART", 1 << 16)
    target = io.BytesIO()
    stream = sealed.Sealing(target, SECRET, CHEAP)
    stream.write(content)
    stream.finish()
    return target.getvalue()


def _spoiled(content: bytearray, kind: str, dice: random.Random, number: int) -> bytearray:
    head, size = sealed.HEADER.size, sealed.PART + sealed.PROOF
    parts = [bytes(content[at : at + size]) for at in range(head, len(content), size)]
    assert len(parts) > 3
    if kind == "flip":
        at = dice.randrange(head) if number % 2 else dice.randrange(len(content))
        content[at] ^= 1 << dice.randrange(8)
        return content
    if kind == "cut":  # anywhere, or just where a part ends
        return content[: dice.randrange(len(content)) if number % 2 else head + size * dice.randrange(len(parts))]
    one, two = dice.sample(range(len(parts) - 1), 2)
    if number % 3:
        parts[one], parts[two] = parts[two], parts[one]
    elif number % 2:
        parts[one] = parts[two]
    else:
        del parts[one]
    return content[:head] + b"".join(parts)


@pytest.mark.parametrize("secret", [SECRET, None])
@pytest.mark.parametrize("size", [0, 1, 100, 101, 300])
def test_parts_are_read_back_and_a_missing_end_is_noticed(
    size: int, secret: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "PART", 100)
    target, content = io.BytesIO(), bytes(number % 251 for number in range(size))
    stream = sealed.Sealing(target, secret, CHEAP)
    stream.write(content)
    stream.finish()
    assert sealed.Opening(io.BytesIO(target.getvalue()), "x", secret).read() == content
    whole, part = target.getvalue(), 100 + sealed.PROOF
    for end in range(sealed.HEADER.size, len(whole), part):
        with pytest.raises(InputError):
            sealed.Opening(io.BytesIO(whole[:end]), "x", secret).drain()


def test_a_backup_without_a_secret_opens_and_its_damage_is_found(company: Home, tmp_path: Path) -> None:
    plain = back_up(company, tmp_path, None)
    assert plain.path.name.endswith("-plain.backup") and not needs_passphrase(plain.path)
    assert same(open_facts(restore(plain.path, Home(tmp_path / "a"), None).home), open_facts(company))
    content = bytearray(plain.path.read_bytes())
    content[len(content) // 2] ^= 1
    plain.path.write_bytes(content)
    with pytest.raises(InputError, match="damaged in part"):
        restore(plain.path, Home(tmp_path / "b"), None)


def test_another_passphrase_opens_nothing(made: Backup, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="passphrase"):
        restore(made.path, Home(tmp_path / "a"), SECRET + "!")


def test_a_home_that_holds_something_is_left_alone(made: Backup, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(HomeError, match="not empty"):
        restore(made.path, Home(tmp_path), SECRET)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_name_that_leads_out_of_the_home_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with (tmp_path / "evil.backup").open("wb") as file:
        stream = sealed.Sealing(file, None)
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            about = tarfile.TarInfo("../evil.csv")
            about.size = 1
            archive.addfile(about, io.BytesIO(b"x"))
        stream.write(buffer.getvalue())
        stream.finish()
    with pytest.raises(InputError, match="does not hold"):
        restore(tmp_path / "evil.backup", Home(tmp_path / "home"), None)
    assert not (tmp_path / "evil.csv").exists() and not (tmp_path / "home").exists()


def test_no_data_a_short_passphrase_and_a_damaged_snapshot_make_no_backup(company: Home, tmp_path: Path) -> None:
    for home, secret in ((Home(tmp_path / "none"), SECRET), (company, "short")):
        with pytest.raises(VoronkaError):
            back_up(home, tmp_path / "out", secret, cost=CHEAP)
    assert not (tmp_path / "out").exists()
    snapshot = current_snapshot(company)
    assert snapshot is not None and is_whole(snapshot)


def test_eight_weeks_and_twelve_months_are_kept(tmp_path: Path) -> None:
    first = datetime(2025, 1, 6, 8, tzinfo=UTC)  # a Monday; a hundred weeks, and one extra on the last day
    times = [first + timedelta(weeks=week) for week in range(100)]
    times.append(times[-1] + timedelta(hours=1))
    stay = kept(times)
    assert times[-1] in stay and times[-2] not in stay  # one a week, the newest
    assert set(times[-8:-2]) <= stay and len(stay) == 8 + 10  # the newest of two months are among the eight weeks
    home = Home(tmp_path / "firm")
    for at in times:
        (tmp_path / backup_name(home, at, is_plain=False)).touch()
    other = tmp_path / backup_name(Home(tmp_path / "other" / "firm"), first, is_plain=False)
    other.touch()
    assert len(retire_backups(home, tmp_path)) == len(times) - len(stay)
    assert {at for at, _ in backups(home, tmp_path)} == stay and other.exists()


@pytest.mark.parametrize(("days", "state"), [(6, "right"), (8, "wrong")])
def test_the_doctor_tells_the_age_and_is_alarmed_after_a_week(tmp_path: Path, days: int, state: str) -> None:
    home = Home(tmp_path)
    assert not [one for one in examine(home) if "backup" in one.sentence]
    record(home, "backup", made_at=(datetime.now(UTC) - timedelta(days=days)).isoformat())
    assert [one.state for one in examine(home) if f"{days} days" in one.sentence] == [state]


def test_the_commands(company: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_up, "__kwdefaults__", {"now": None, "cost": CHEAP})
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")

    def run(*words: str):
        return CliRunner().invoke(cli, [*words, "--lang", "ru"], standalone_mode=False)

    monkeypatch.delenv("VORONKA_PASSPHRASE", raising=False)
    assert isinstance(run("backup", "--home", str(company.path)).exception, InputError)
    done = run("backup", "--out", str(tmp_path), "--passphrase-file", str(secret), "--home", str(company.path))
    assert done.return_value == 0 and "Резервная копия снимка s000001" in done.output
    [(_, path)] = backups(company, tmp_path)
    monkeypatch.setenv("VORONKA_PASSPHRASE", SECRET)
    back = run("restore", str(path), "--home", str(tmp_path / "new"))
    assert back.return_value == 0 and "Восстановлено" in back.output
    assert same(open_facts(Home(tmp_path / "new")), open_facts(company))
    plain = back_up(company, tmp_path / "plain", None)
    assert "--plain" in str(run("restore", str(plain.path), "--home", str(tmp_path / "b")).exception)
    assert run("restore", str(plain.path), "--plain", "--home", str(tmp_path / "b")).return_value == 0
