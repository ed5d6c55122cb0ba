"""Exports that move under the hands of a load: growing, cut, a pipe, under a clock that went back. Nothing is lost in silence."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from faults.conftest import Prepared
from faults.deeds import command, load_at_another_time, load_files, load_while_it_grows, load_with_own_rights
from faults.exports import contents, copied, export
from faults.processes import here, run

from dashboard.access import open_facts
from pipelines.settings import Home


def test_a_file_that_grows_while_it_is_read_is_refused_and_loads_once_it_is_whole(tmp_path: Path) -> None:
    deals = export(tmp_path / "a.csv", 0, 20)
    running = run_words(load_while_it_grows, tmp_path / "home", deals)
    (kind, report), grown = running
    assert (kind, grown) == ("loaded", True)
    assert (report["outcome"], report["snapshot"]) == ("reject", None)
    assert "still being written" in report["message"]
    assert here(load_files, tmp_path / "home", [deals])[1]["rows_in"] == 21


def run_words(deed, *given) -> list:
    from faults.processes import Running

    return Running(deed, *given).ended()


def test_a_last_line_that_is_cut_is_put_aside_and_counted(tmp_path: Path) -> None:
    deals = export(tmp_path / "a.csv", 0, 20)
    deals.write_bytes(deals.read_bytes()[:-22])
    _, report = here(load_files, tmp_path / "home", [deals])
    assert (report["rows_in"], report["accepted"], report["quarantined"]) == (20, 19, 1)
    assert open_facts(Home(tmp_path / "home")).quarantine["line"].to_list() == [21]


def test_a_pipe_is_refused_at_once_and_left_out_of_a_folder(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    os.mkfifo(inbox / "pipe.csv")
    _, report = run(load_files, tmp_path / "home", [inbox / "pipe.csv"])
    assert report["outcome"] == "reject"
    assert "not a regular file" in report["message"]
    export(inbox / "a.csv", 0, 20)
    assert [one["name"] for one in run(load_files, tmp_path / "home", [inbox])[1]["files"]] == ["a.csv"]


def test_under_a_clock_that_went_back_the_later_load_still_counts_and_it_is_said(
    prepared: Prepared, tmp_path: Path
) -> None:
    home = copied(prepared.home, tmp_path / "home")
    kind, report, text = run(load_at_another_time, home.path, [prepared.more], timedelta(days=-2))
    assert kind == "loaded", report
    assert "This machine's clock shows" in text
    managers = dict(open_facts(home).deals.select("deal_id", "manager_name").rows())
    assert managers["150"] == "Петров", "the later load supersedes, whatever the clock says"
    run(load_at_another_time, home.path, [export(tmp_path / "c.csv", 150, 170, "Сидоров")], timedelta(days=900))
    code, out, _, _ = here(command, ["doctor", "--home", str(home.path), "--lang", "en"])
    assert code == 1
    assert "Set the clock" in out


def test_a_home_that_may_not_be_written_serves_on_and_says_so(prepared: Prepared, tmp_path: Path) -> None:
    home = copied(prepared.home, tmp_path / "home")
    for path in (home.path, home.warehouse):
        path.chmod(0o555)
    (home.warehouse / "lock").chmod(0o444)
    kind, name, sentence = run(load_with_own_rights, home.path, [prepared.more])
    assert (kind, name) == ("refused", "HomeError")
    assert f"The folder {home.path} cannot be written to" in sentence
    code, out, err, _ = run(command, ["doctor", "--home", str(home.path), "--lang", "en"], True)
    assert (code, err) == (1, "")
    assert "cannot be written to" in out
    assert "s000001 is served and whole" in out
    assert contents(home) == prepared.before
    for path in (home.path, home.warehouse):
        path.chmod(0o755)
    (home.warehouse / "lock").chmod(0o600)
    assert here(load_files, home.path, [prepared.more])[0] == "loaded"
    assert contents(home) == prepared.after
