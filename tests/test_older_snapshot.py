"""A snapshot of an earlier version says so in one sentence, and the next load makes it anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from starlette.requests import Request

from dashboard.access import open_facts
from dashboard.asgi import ready
from pipelines.errors import HomeError
from pipelines.load import load
from pipelines.settings import find_home

DEALS = "ID;Название;Этап;Сумма;Дата создания;Дата закрытия\n1;Шар;Продажа;5;01.03.2026;02.03.2026\n"


@pytest.mark.parametrize(
    "change",
    [
        "alter table facts.clients drop no_contact_days",
        "drop table facts.margins",
        "alter table ledger.snapshot drop zone",
        "alter table ledger.files drop _file_id",
    ],
)
def test_a_snapshot_without_a_newer_column_or_table_is_one_sentence_and_is_made_anew(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = find_home(tmp_path / "home")
    export = tmp_path / "a.csv"
    export.write_text(DEALS, encoding="utf-8")
    load([export], home, kind="deals")
    old = home.warehouse / "s000001.duckdb"
    spare = tmp_path / "spare.duckdb"
    shutil.copy(old, spare)
    spare.chmod(0o600)
    with duckdb.connect(spare) as connection:
        connection.execute(change)
    old.chmod(0o600)
    shutil.copy(spare, old)
    with pytest.raises(HomeError, match="made by another version"):
        open_facts(home)
    monkeypatch.setenv("VORONKA_HOME", str(home.path))
    answer = ready(Request({"type": "http"}))
    said = json.loads(bytes(answer.body))["message"]
    assert (answer.status_code, said) == (
        503,
        "The snapshot s000001.duckdb was made by another version. Load the exports again.",
    )
    again = tmp_path / "b.csv"
    again.write_text(DEALS.replace("1;Шар", "2;Куб"), encoding="utf-8")
    load([again], home, kind="deals")
    assert open_facts(home).deals.height == 2
