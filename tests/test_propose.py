"""Mappings proposed for tables that nobody described: right where they are sure, asking where they are not.

The tables are in ``sheets_by_hand.py`` and ``sheets_unseen.py``.
Precision counts every column that a person mapped or the proposal mapped; a column is right when both chose the same
heading.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from by_hand import ByHand
from proposals import ALL, proposed, proposed_from, sheet_of
from sheets_by_hand import TUNED
from sheets_unseen import FRESH, LEARNED

from pipelines.profile import read_profile
from pipelines.propose import ASK, dry_run, profile_of, propose, questions, to_toml
from pipelines.propose_labels import COLUMNS
from pipelines.readers import open_export
from pipelines.recognise import recognise
from pipelines.schema.staging import STAGED


def compared(table: ByHand) -> tuple[int, list[str], list[str]]:
    """Return how many columns are right, which differ, and which of those were proposed as sure."""
    proposal = proposed(table)
    right, different, sure = 0, [], []
    if proposal.kind != table.kind:
        unasked = [] if proposal.confidence < ASK else [f"kind {proposal.kind}"]
        return 0, [f"kind {proposal.kind}", *table.columns], unasked
    for column in proposal.columns:
        wanted = table.columns.get(column.ours)
        if column.heading == wanted:
            right += wanted is not None
        else:
            different.append(f"{column.ours}: {column.heading} instead of {wanted}")
            if column.heading is not None and column.confidence >= ASK:
                sure.append(different[-1])
    return right, different, sure


def test_there_are_enough_tables() -> None:
    assert len(ALL) >= 25
    assert len({table.name for table in ALL}) == len(ALL)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_no_wrong_guess_is_sure(table: ByHand) -> None:
    assert compared(table)[2] == []


@pytest.mark.parametrize(
    ("tables", "least"), [((*TUNED, *LEARNED), 0.97), (FRESH, 0.75), (ALL, 0.9)], ids=["known", "fresh", "all"]
)
def test_precision(tables: tuple[ByHand, ...], least: float) -> None:
    results = [compared(table) for table in tables]
    right, different = sum(one[0] for one in results), [text for one in results for text in one[1]]
    assert right / (right + len(different)) >= least, different


@pytest.mark.parametrize("table", [*TUNED, *LEARNED], ids=lambda table: table.name)
def test_what_is_found_out_and_what_is_asked(table: ByHand) -> None:
    proposal = proposed(table)
    assert set(table.asked) <= {question.key for question in questions(proposal)}
    assert {name: getattr(proposal.settings, name) for name in table.settled} == table.settled
    if table.key:
        assert proposal.settings.key == table.key


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_the_mapping_reads_back_and_recognises_its_own_file_and_no_other(table: ByHand, tmp_path: Path) -> None:
    sheet = sheet_of(table.text)
    proposal = proposed_from(table.text, table.kind)
    path = tmp_path / "mapping.toml"
    path.write_text(to_toml(proposal, table.name), encoding="utf-8")
    profile = read_profile(path)
    assert profile == profile_of(proposal, table.name)
    assert profile.title == table.name
    match = recognise(sheet, "next week.csv", [profile])
    assert match is not None
    assert match.heading_row == proposal.heading_row
    others = [other.name for other in ALL if other is not table and recognise(sheet_of(other.text), "x.csv", [profile])]
    assert others == []


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_dry_run_accounts_for_every_row(table: ByHand) -> None:
    sheet = sheet_of(table.text)
    proposal = proposed_from(table.text, table.kind)
    run = dry_run(sheet, profile_of(proposal, table.name))
    assert run.recognised
    assert run.kind == table.kind
    assert run.rows_in == run.accepted + run.quarantined + run.duplicates
    assert sum((run.reasons or {}).values()) == run.quarantined
    assert run.rows_in == proposal.found.rows
    if table not in FRESH:
        assert (run.quarantined, run.duplicates) == (0, 0), run.first_refused


def test_the_same_sheet_gives_the_same_words_every_time() -> None:
    for table in ALL[:6]:
        again = propose(open_export(table.text.encode(), "x.csv")[0])
        assert to_toml(proposed(table), "a") == to_toml(again, "a")


def test_every_staged_column_has_words_for_people() -> None:
    staged = {column for shape in STAGED.values() for column in shape.columns}
    assert staged - set(COLUMNS) == set()
