"""Bits that flip and files that are cut: always noticed, named by the doctor, served from the last good snapshot, mended.

A flip that lands where nothing is stored changes no row; it counts as harmless only when every row reads back the same.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from faults.conftest import Prepared
from faults.deeds import command, load_files
from faults.exports import contents, copied, export, hashes
from faults.processes import here

from dashboard.access import Facts, open_facts
from pipelines.duck import is_whole
from pipelines.settings import Home

DOCTOR_SECONDS = 5.0


def test_a_damaged_store_or_snapshot_is_noticed_named_and_mended(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    seen = damage(prepared, tmp_path, seed, times=8, mend_twice=False)
    assert seen["noticed"] >= 4, f"most damage was harmless: {seen}, seed {seed}"


@pytest.mark.soak
def test_a_hundred_and_twenty_damaged_files(prepared: Prepared, tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}: {dict(damage(prepared, tmp_path, seed, times=120, mend_twice=True))}")


def damage(prepared: Prepared, folder: Path, seed: int, times: int, mend_twice: bool) -> Counter[str]:
    """Damage the working store and the served snapshot in turn; the doctor or the next load mends, in turn, or both."""
    dice, seen = random.Random(seed), Counter[str]()
    both = prepared.home.parent / "after"
    third = export(folder / "c.csv", 250, 320, "Сидоров")
    whole = copied(both, folder / "whole")
    right = {name: shown(open_facts(Home(one))) for name, one in (("s000002", both), ("s000001", prepared.home))}
    assert here(load_files, whole.path, [third])[0] == "loaded"
    wanted = contents(whole)
    for number in range(times):
        home = copied(both, folder / f"home{number}")
        name = ("work.duckdb", "s000002.duckdb")[number % 2]
        kind = spoil(home.warehouse / name, dice)
        where = f"damage {number} of seed {seed}, {kind} in {name}"
        noticed = not reads_as_before(home.warehouse / name, both / "warehouse" / name)
        seen[kind] += 1
        seen["noticed" if noticed else "harmless"] += 1
        facts = open_facts(home)
        assert shown(facts) == right[facts.snapshot], f"{where}: what is served is wrong"
        assert facts.snapshot == "s000002" or name == "s000002.duckdb", where
        assert (facts.snapshot == "s000002") == (facts.passed_over == ""), where
        if number % 4 < 2:
            code, out, err, seconds = doctor(home)
            assert ("damaged" in out) == noticed, f"{where}: the doctor says {out}{err}"
            assert code == 0 and err == "", f"{where}: {out}{err}"
            assert seconds < DOCTOR_SECONDS, where
            assert contents(home) == prepared.after or name == "s000002.duckdb", where
            assert shown(open_facts(home)) == right["s000002"], f"{where}: the doctor has not mended it"
            if not mend_twice:
                shutil.rmtree(home.path)
                continue
        said = here(load_files, home.path, [third])
        assert said[0] == "loaded", f"{where}: the next load is refused: {said}"
        assert facts_of(contents(home)) == facts_of(wanted), f"{where}: the next load gives another store"
        shutil.rmtree(home.path)
    return seen


def doctor(home: Home) -> tuple[int, str, str, float]:
    """Ask the doctor as a user does: exit code, output, errors, seconds."""
    return here(command, ["doctor", "--home", str(home.path), "--lang", "en"])


def spoil(path: Path, dice: random.Random) -> str:
    """Flip one bit of a file, or cut it, every third time; say which."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    place = dice.randrange(len(content))
    if dice.random() < 1 / 3:
        path.write_bytes(content[:place])
        return "cut"
    content[place] ^= 1 << dice.randrange(8)
    path.write_bytes(content)
    return "flip"


def reads_as_before(path: Path, twin: Path) -> bool:
    try:
        return hashes(path) == hashes(twin)
    except duckdb.Error:
        return False


def facts_of(tables: dict[str, int]) -> dict[str, int]:
    """Leave out the count of builds: mending publishes one more."""
    return {name: value for name, value in tables.items() if name != '"ledger"."builds"'}


def shown(facts: Facts) -> tuple:
    """What a page is made of."""
    return (sorted(facts.deals.rows(), key=repr), facts.files.height, facts.quarantine.height)


def test_an_older_snapshot_takes_the_place_of_two_damaged_files_and_it_is_said(
    prepared: Prepared, tmp_path: Path
) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    for name in ("work.duckdb", "s000002.duckdb"):
        (home.warehouse / name).chmod(0o600)
        (home.warehouse / name).write_bytes((home.warehouse / name).read_bytes()[:50_000])
    assert open_facts(home).snapshot == "s000001"
    code, out, _, _ = doctor(home)
    assert code == 1
    assert "Load again what was loaded since" in out
    assert contents(home) == prepared.before
    said = here(load_files, home.path, [prepared.more])
    assert said[1]["snapshot"] == "s000003"
    assert facts_of(contents(home)) == facts_of(prepared.after)


def test_nothing_whole_left_is_said_and_the_exports_load_again(prepared: Prepared, tmp_path: Path) -> None:
    home = copied(prepared.home, tmp_path / "home")
    for path in home.warehouse.glob("*.duckdb"):
        path.chmod(0o600)
        path.write_bytes(b"no database" * 999)
    code, out, _, _ = doctor(home)
    assert code == 1
    assert "Load the exports again" in out
    assert here(load_files, home.path, [prepared.home.parent / "a.csv"])[1]["snapshot"] == "s000002"
    assert facts_of(contents(home)) == facts_of(prepared.before)


def test_damage_in_a_table_that_no_load_reads_is_not_copied_into_a_snapshot(prepared: Prepared, tmp_path: Path) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    third = export(tmp_path / "c.csv", 250, 320, "Сидоров")
    with duckdb.connect(home.warehouse / "work.duckdb") as store:
        store.execute("CREATE TABLE ledger.unread AS SELECT hash(range)::VARCHAR AS word FROM range(300000)")
    whole = (home.warehouse / "work.duckdb").read_bytes()
    with duckdb.connect(home.warehouse / "work.duckdb") as store:
        place = store.sql("SELECT max(block_id) FROM pragma_storage_info('ledger.unread')").fetchall()[0][0]
    spoiled = bytearray(whole)
    spoiled[3 * 4096 + place * 262_144 + 100_000] ^= 4
    (home.warehouse / "work.duckdb").write_bytes(spoiled)
    assert not is_whole(home.warehouse / "work.duckdb")
    said = here(load_files, home.path, [third])
    assert said[0] == "loaded", said
    for path in home.warehouse.glob("s*.duckdb"):
        assert is_whole(path), f"{path.name} was published damaged"


def test_a_working_store_older_than_the_snapshot_never_loses_an_acknowledged_load(
    prepared: Prepared, tmp_path: Path
) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    shutil.copyfile(prepared.home / "warehouse" / "work.duckdb", home.warehouse / "work.duckdb")
    third = export(tmp_path / "c.csv", 250, 320, "Сидоров")
    assert here(load_files, home.path, [third])[0] == "loaded"
    served = contents(home)
    whole = copied(prepared.home.parent / "after", tmp_path / "whole")
    assert here(load_files, whole.path, [third])[0] == "loaded"
    assert served == contents(whole)


@pytest.mark.parametrize("text", [None, "", "s000099.duckdb", "../../x", "\0\ufffd", "s000001.duckdb"])
def test_a_pointer_gone_astray_serves_a_whole_snapshot_and_the_doctor_sets_it_right(
    prepared: Prepared, tmp_path: Path, text: str | None
) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    pointer = home.warehouse / "CURRENT"
    if text is None:
        pointer.unlink()
    else:
        pointer.write_bytes(text.encode())
    served = "s000001" if text == "s000001.duckdb" else "s000002"
    assert open_facts(home).snapshot == served
    code, out, _, _ = doctor(home)
    assert (code, "+" in out) == (0, True), out
    assert contents(home) == prepared.after
    assert pointer.read_text() == "s000002.duckdb"


def test_a_store_without_its_last_snapshot_publishes_it_again(prepared: Prepared, tmp_path: Path) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    (home.warehouse / "s000002.duckdb").unlink()
    assert contents(home) == prepared.before
    code, out, _, _ = doctor(home)
    assert (code, "published" in out) == (0, True), out
    assert contents(home) == prepared.after


def test_a_missing_store_is_made_again_from_the_snapshot_and_it_is_said(prepared: Prepared, tmp_path: Path) -> None:
    home = copied(prepared.home.parent / "after", tmp_path / "home")
    (home.warehouse / "work.duckdb").unlink()
    _, out, _, _ = doctor(home)
    assert "was not there" in out
    assert here(load_files, home.path, [prepared.more])[1]["accepted"] == 0
    assert contents(home) == prepared.after
