"""An export that lacks a column says nothing about it: what was known stays, whatever the order of loads.

Counted again in plain Python from the rows of the files: of each column the value of the newest export that has it.
"""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from examples import THOROUGH
from homes import put

from dashboard.access import Facts, open_facts
from dashboard.exports.loads import text
from dashboard.i18n import Locale
from pipelines.load import load
from pipelines.settings import Home

MAPPING = """
name = "{name}"
system = "firm"
[outcomes]
won = ["Победа"]
lost = ["Отказ"]
[[table]]
kind = "deals"
rows = "keep"
dates = ["%d.%m.%Y %H:%M"]
recognise.headings = ["{number}", "Изменена"]
[table.columns]
deal_id = "{number}"
updated_at = "Изменена"
created_at = "Создана"
closed_at = "Закрыта"
funnel_name = "Воронка"
stage_name = "Этап"
manager_name = "Менеджер"
channel_name = "Источник"
product_name = "Товар"
refusal_reason = "Причина"
client_id = "Клиент"
phone = "Телефон"
amount = "Сумма"
currency = "Валюта"
"""
OURS = {
    "Воронка": "funnel_name", "Этап": "stage_name", "Менеджер": "manager_name", "Источник": "channel_name",
    "Товар": "product_name", "Причина": "refusal_reason", "Клиент": "client_id",
}  # fmt: skip
MAY_LACK = (*OURS, "Создана", "Закрыта", "Телефон", "Сумма", "Валюта")
START = datetime.fromisoformat("2026-09-01 10:00")
Row = dict[str, str]


def spelt(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M}"


def invent(dice: random.Random) -> list[list[Row]]:
    """Invent four weekly exports of a list: each knows all deals as they stand then, and lacks some columns."""
    weeks: list[list[Row]] = []
    deals: dict[int, Row] = {}
    for week in range(4):
        now = START + timedelta(days=7 * week)
        for number in range(1, 9 + week):
            if number in deals and dice.random() < 0.5:
                continue
            at = now + timedelta(minutes=dice.randint(1, 5000))
            before = deals.get(number, {"№": str(number), "Создана": spelt(at)})
            stage = dice.choice(["Новая", "Торг", "Победа", "Отказ"])
            same = stage == before.get("Этап")
            closed = (before["Закрыта"] if same else spelt(at)) if stage in ("Победа", "Отказ") else ""
            deals[number] = before | {
                "Изменена": spelt(at), "Этап": stage, "Закрыта": closed, "Воронка": dice.choice(["Опт", "Опт", "Розница"]),
                "Менеджер": dice.choice(["Зоя", "Глеб", ""]), "Источник": dice.choice(["Сайт", "Выставка", ""]),
                "Товар": dice.choice(["Пила", "Станок", ""]), "Причина": dice.choice(["Дорого", ""]) if stage == "Отказ" else "",
                "Клиент": str(number % 3), "Телефон": f"+7900000000{number % 3}", "Сумма": dice.choice(["100", "250", ""]),
                "Валюта": dice.choice(["RUB", "RUB", "USD"]),
            }  # fmt: skip
        lacking = set(dice.sample(MAY_LACK, dice.randint(0, 6)))
        weeks.append([{name: cell for name, cell in row.items() if name not in lacking} for row in deals.values()])
    return weeks


def newest_cell(rows: list[Row], name: str) -> str | None:
    """Return what the last of a deal's rows that has the column says; None where none has it or it is empty there."""
    return next((row[name] or None for row in reversed(rows) if name in row), None)


def versions(weeks: list[list[Row]]) -> dict[str, list[Row]]:
    return {n: [row for rows in weeks for row in rows if row["№"] == n] for n in {row["№"] for row in weeks[-1]}}


def by_hand(weeks: list[list[Row]]) -> dict[str, dict[str, object]]:
    """Tell how each deal stands, by the rows of the files alone."""
    found: dict[str, dict[str, object]] = {}
    for number, rows in versions(weeks).items():
        deal: dict[str, object] = {ours: newest_cell(rows, name) for name, ours in OURS.items()}
        if deal["client_id"] is None:  # the phone tells whose it is
            del deal["client_id"]
        deal["outcome"] = {"Победа": "won", "Отказ": "lost"}.get(str(deal["stage_name"]), "open")
        rate = 10 if newest_cell(rows, "Валюта") == "USD" else 1
        amount = newest_cell(rows, "Сумма")
        if newest_cell(rows, "Создана"):  # else there is no day to take a rate of
            deal["amount"] = None if amount is None else int(amount) * rate
        if all("Закрыта" in row and "Этап" in row for row in rows):
            deal["closed_on"] = (newest_cell(rows, "Закрыта") or "")[:10] or None
        found[number] = deal
    return found


def file_of(home: Home, name: str, rows: list[Row], number: str = "№") -> Path:
    names = list(rows[0])
    lines = [";".join(number if one == "№" else one for one in names), *(";".join(row.values()) for row in rows)]
    return put(home, name, "\n".join(lines) + "\n")


def new_home(folder: Path) -> Home:
    home = Home(folder / "home")
    home.mappings.mkdir(parents=True)
    for name, number in (("firm", "№"), ("firm_api", "Код")):
        (home.mappings / f"{name}.toml").write_text(MAPPING.format(name=name, number=number), encoding="utf-8")
    (home.path / "rates.csv").write_text("date;currency;rate\n2026-08-20;USD;10\n2026-09-19;USD;10\n", encoding="utf-8")
    return home


def loaded(folder: Path, weeks: list[list[Row]], ways: list[tuple[int, ...]], second: tuple[int, ...] = ()) -> Facts:
    """Load the weeks in an order; those of ``second`` come from another source of the same system."""
    home = new_home(folder)
    for some in ways:
        files = [file_of(home, f"w{at}.csv", weeks[at], "Код" if at in second else "№") for at in some]
        report = load(files, home)
        assert report.outcome == "accept", text(report, Locale("en"))
    return open_facts(home)


def as_told(facts: Facts) -> dict[str, dict[str, object]]:
    columns = ("deal_id", *OURS.values(), "outcome", "amount", closed)
    rows = facts.deals.select(columns).to_dicts()
    return {row.pop("deal_id"): row for row in rows}


closed = pl.col("closed_on").dt.to_string("%d.%m.%Y")
WAYS = ([(0,), (1,), (2,), (3,)], [(3,), (0, 2, 1)])
SEEDS = range(12 if os.environ.get(THOROUGH) else 2)
NAMELESS = ("firm", "firm_api")
"""What the funnel of a deal is called that no export names: as its source."""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("second", [(), (1, 2)], ids=["one source", "two sources"])
def test_what_each_deal_is_by_the_rows_of_the_files(seed: int, second: tuple[int, ...], tmp_path: Path) -> None:
    weeks = invent(random.Random(f"narrow {seed}"))
    expected = by_hand(weeks)
    for at, way in enumerate(WAYS):
        facts = loaded(tmp_path / str(at), weeks, way, second)
        for number, deal in as_told(facts).items():
            for name, value in expected[number].items():
                found = None if name == "funnel_name" and deal[name] in NAMELESS else deal[name]
                assert found == value, (way, number, name)
        assert set(expected) == set(facts.deals["deal_id"])
        assert facts.identities["holds"].all()


COMPARED = {"Менеджер": "manager_name", "Этап": "stage_name", "Сумма": "amount"}


@pytest.mark.parametrize("seed", SEEDS)
def test_only_exports_that_have_a_column_tell_that_it_changed(seed: int, tmp_path: Path) -> None:
    weeks = invent(random.Random(f"changes {seed}"))
    expected = []
    for number, rows in versions(weeks).items():
        for name, ours in COMPARED.items():
            cells = [(row["Изменена"], row[name]) for row in rows if name in row]
            expected += [(number, ours, old, new) for (_, old), (_, new) in pairwise(cells) if old != new]
    for at, way in enumerate(WAYS):
        changes = loaded(tmp_path / str(at), weeks, way).deal_changes
        told = changes.with_columns(pl.col("before", "after").fill_null("").str.strip_suffix(".00"))
        found = told.select("deal_id", "column_name", "before", "after").rows()
        assert sorted(found) == sorted(expected), way
        assert changes.filter(pl.col("earliest_at") > pl.col("latest_at")).is_empty()


def narrowed(rows: list[Row], *lacking: str) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name not in lacking} for row in rows]


def three_weeks() -> list[list[Row]]:
    """One deal that stands still for three weeks, with all its columns; the second week is for a test to narrow."""
    row = {
        "№": "1", "Создана": "01.09.2026 10:00", "Изменена": "", "Закрыта": "", "Воронка": "Опт", "Этап": "Торг",
        "Менеджер": "Зоя", "Источник": "Сайт", "Товар": "Пила", "Клиент": "7", "Телефон": "+79000000001", "Сумма": "200",
        "Валюта": "USD",
    }  # fmt: skip
    others = [row | {"№": str(number), "Сумма": "1"} for number in range(2, 12)]
    days = [f"{day:02}.09.2026 12:00" for day in (2, 9, 16)]
    return [[one | {"Изменена": day} for one in (row, *others)] for day in days]


@pytest.mark.parametrize("lacking", [("Сумма", "Менеджер"), ("Этап",), ("Воронка", "Валюта"), MAY_LACK])
@pytest.mark.parametrize("narrow", [(1,), (0,), (1, 2)], ids=["between", "first", "since"])
def test_a_deal_that_stands_still_has_no_history(
    lacking: tuple[str, ...], narrow: tuple[int, ...], tmp_path: Path
) -> None:
    weeks = three_weeks()
    for week in narrow:
        weeks[week] = narrowed(weeks[week], *lacking)
    facts = loaded(tmp_path, weeks, [(0,), (1,), (2,)])
    assert facts.deal_changes.is_empty()
    deal = facts.deals.row(by_predicate=pl.col("deal_id") == "1", named=True)
    assert (deal["manager_name"], deal["amount"], deal["stage_name"], deal["funnel_name"]) == (
        "Зоя",
        2000,
        "Торг",
        "Опт",
    )
    assert deal["visits_count"] == 1 and deal["back_moves_count"] == 0
    assert facts.identities["holds"].all()


def test_each_column_is_known_from_its_own_export(tmp_path: Path) -> None:
    """Of six weekly exports the fourth alone has the manager and the fifth alone the source: nearly the same ones lack each."""
    rows = three_weeks()[0]
    weeks = []
    for week in range(6):
        lacking = [name for name, told in (("Менеджер", 3), ("Источник", 4)) if told != week]
        changed = [row | {"Изменена": f"{week + 2:02}.09.2026 12:00"} for row in rows]
        weeks.append(narrowed(changed, *lacking))
    deals = loaded(tmp_path, weeks, [(5, 0, 4, 2, 1, 3)]).deals
    assert set(deals.select("manager_name", "channel_name").rows()) == {("Зоя", "Сайт")}


def test_an_empty_cell_empties(tmp_path: Path) -> None:
    """A column that is there and empty is what its export knows: nothing."""
    weeks = three_weeks()
    weeks[1] = [row | {"Источник": "", "Сумма": ""} for row in weeks[1]]
    weeks[2] = narrowed(weeks[2], "Источник", "Сумма")
    deals = loaded(tmp_path, weeks, [(0,), (1,), (2,)]).deals
    assert deals["channel_name"].null_count() == deals["amount"].null_count() == deals.height


def test_the_load_says_what_stayed_and_what_was_emptied(tmp_path: Path) -> None:
    """The third week lacks what the second lacked too: it is known from the first. An older export loaded late keeps nothing."""
    home, weeks = new_home(tmp_path), three_weeks()
    weeks[1] = [row | {"Менеджер": ""} for row in narrowed(weeks[1], "Источник")]
    weeks[2] = narrowed(weeks[2], "Источник", "Товар")
    for at in (0, 1, 2):
        report = load([file_of(home, f"w{at}.csv", weeks[at])], home)
        said = [" ".join(text(report, Locale(lang)).split()) for lang in ("en", "ru")]
        kept = "{} has no column {}: its deals (11) keep what the export of {} Sep 2026 said there"
        assert ("nothing stands under «Менеджер», which the export before it filled; its deals (11)" in said[0]) == (
            at == 1
        )
        assert (kept.format("w1.csv", "«Источник»", 2) in said[0]) == (at == 1)
        assert (kept.format("w2.csv", "«Источник»", 2) in said[0]) == (at == 2)
        assert (kept.format("w2.csv", "«Товар»", 9) in said[0]) == (at == 2)
        assert ("осталось то, что было в выгрузке от 2 сен" in said[1]) == (at > 0)
    late = [row | {"Изменена": "01.09.2026 12:00"} for row in narrowed(three_weeks()[0], "Телефон")]
    assert "has no column" not in text(load([file_of(home, "late.csv", late)], home), Locale("en"))


def test_what_is_of_a_stage_is_not_kept_for_another_one(tmp_path: Path) -> None:
    """A deal that a narrower export shows as opened again has no closing day; one that is still won keeps its own."""
    weeks = three_weeks()[:2]
    weeks[0] = [row | {"Этап": "Победа", "Закрыта": "02.09.2026 09:00"} for row in weeks[0]]
    weeks[1] = narrowed([row | {"Этап": "Торг" if row["№"] == "1" else "Победа"} for row in weeks[1]], "Закрыта")
    facts = loaded(tmp_path, weeks, [(0,), (1,)])
    closed_on = dict(facts.deals.select("deal_id", pl.col("closed_on").cast(pl.String)).rows())
    assert closed_on.pop("1") is None and set(closed_on.values()) == {"2026-09-02"}
    assert "closing date" not in str(facts.set_aside["rule"].to_list())


def test_a_kept_amount_is_accounted_for_in_its_currency(tmp_path: Path) -> None:
    """Twice 200 dollars and ten times 1 were told; 210 of them are in deals, kept from the first export."""
    weeks = three_weeks()[:2]
    weeks[1] = narrowed(weeks[1], "Сумма", "Валюта")
    facts = loaded(tmp_path, weeks, [(0,), (1,)])
    assert facts.deals["amount"].sum() == 2100
    kept = facts.set_aside.filter(pl.col("rule").str.starts_with("kept from an older export"))
    assert kept.select("rows", "amount", "currency").rows() == [(11, 210, "USD")]
