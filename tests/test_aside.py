"""Tables put aside: they come back as they were, and nothing of them stays."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.aside import aside_in
from pipelines.errors import HomeError

ROWS = pl.DataFrame(
    {"deal": [0, 0, 1], "name": ["А", None, "Б"], "never": [None] * 3, "which": ["in", None, "out"]},
    schema={"deal": pl.UInt32, "name": pl.String, "never": pl.Date, "which": pl.Enum(["in", "out"])},
)


@pytest.mark.parametrize("rows", [ROWS, ROWS.clear(), ROWS.select("never")])
def test_a_table_comes_back_as_it_was_and_the_folder_is_left_empty(tmp_path: Path, rows: pl.DataFrame) -> None:
    with aside_in(tmp_path) as aside:
        aside.put("calls", rows)
        assert_frame_equal(aside.table("calls"), rows)
        for columns in (["never"], rows.columns[::-1]):
            assert_frame_equal(aside.table("calls", columns), rows.select(columns))
        assert [path.name for path in tmp_path.iterdir()] == ["aside-calls.tmp.arrow"]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with aside_in(tmp_path / "gone") as aside, pytest.raises(HomeError, match="cannot be written"):
        aside.put("calls", ROWS)
