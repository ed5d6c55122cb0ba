"""A price of one piece is multiplied by the pieces; what the file settles by itself is not asked."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proposals import sheet_of

from dashboard.access import open_facts
from pipelines import cells
from pipelines.errors import MappingError
from pipelines.load import load
from pipelines.model import checked
from pipelines.profile import SourceProfile
from pipelines.propose import accepted, answered, propose, questions, to_toml
from pipelines.settings import Home

HEAD = "Заказ;Дата;Клиент;Товар;Кол-во;Цена;Менеджер;Статус\n"
ROWS = """1;05.02.2026;Ива;Дверь;2;12 500,50;Ганин;Оплачен
1;05.02.2026;Ива;Ручка;10 шт.;190,00;Ганин;Оплачен
2;06.02.2026;Клён;Дверь;1;12 500,50;Маслова;Оплачен
3;16.02.2026;Дуб;Петля;0,5;333,33;Маслова;В работе
4;17.02.2026;Дуб;Петля;4;;Маслова;В работе
"""
LINES = HEAD + ROWS
BARE = HEAD + "5;18.02.2026;Дуб;Замок;;2 300,00;Маслова;В работе\n" + ROWS
WITH_SUM = """Заказ;Дата;Клиент;Кол-во;Цена;Стоимость;Менеджер;Статус
1;05.02.2026;Ива;2;100;200;Ганин;Оплачен
2;06.02.2026;Клён;3;150;450;Маслова;Оплачен
3;16.02.2026;Дуб;5;90;450;Маслова;В работе
4;17.02.2026;Дуб;7;10;70;Ганин;В работе
"""
OWN = 'name = "own"\n[[table]]\nkind = "deals"\nrecognise.headings = ["Заказ", "Цена"]\n[table.columns]\ndeal_id = "Заказ"\n'


def keys(text: str) -> set[str]:
    return {one.key for one in questions(propose(sheet_of(text)))}


def loaded(text: str, folder: Path, **answers: object) -> tuple[dict[str, Decimal | None], int]:
    """Map as proposed, load, and return the amounts of the deals and how many rows were put aside."""
    home = Home(folder / "home")
    home.mappings.mkdir(parents=True)
    proposal = accepted(answered(propose(sheet_of(text)), answers))
    (home.mappings / "own.toml").write_text(to_toml(proposal, "own"), encoding="utf-8")
    (folder / "orders.csv").write_text(text, encoding="utf-8")
    report = load([folder / "orders.csv"], home)
    deals = open_facts(home).deals
    return dict(deals.select("deal_id", "amount").rows()), report.files[0].quarantined


def test_a_price_and_pieces_are_multiplied_and_asked_about(tmp_path: Path) -> None:
    assert "times" in keys(LINES)
    amounts, aside = loaded(LINES, tmp_path)
    # 2 × 12,500.50 + 10 × 190; 1 × 12,500.50; 0.5 × 333.33 = 166.665, half away from zero; pieces without a price: unknown.
    expected = {"1": "26901.00", "2": "12500.50", "3": "166.67", "4": None}
    assert amounts == {key: value and Decimal(value) for key, value in expected.items()}
    assert aside == 0


def test_it_is_said_that_a_discount_is_not_taken_off() -> None:
    text = (
        LINES.replace(";Менеджер", ";Скидка, %;Менеджер")
        .replace(";Ганин", ";10;Ганин")
        .replace(";Маслова", ";;Маслова")
    )
    asked = next(one for one in questions(propose(sheet_of(text))) if one.key == "times")
    assert [str(one) for one in asked.evidence][-1] == '"Скидка, %" is not taken off'


def test_what_stands_in_two_columns_names_both() -> None:
    column = propose(sheet_of(LINES)).column("amount")
    assert column is not None
    assert str(column.reasons[-1]) == 'taken together with "Кол-во"'


def test_a_price_without_pieces_is_put_aside_and_not_taken_for_nothing(tmp_path: Path) -> None:
    amounts, aside = loaded(BARE, tmp_path)
    assert "5" not in amounts
    assert aside == 1


def test_whoever_says_that_the_price_is_the_amount_is_believed(tmp_path: Path) -> None:
    amounts, _ = loaded(LINES, tmp_path, times="price")
    assert amounts["1"] == Decimal("12690.50")


def test_a_column_that_holds_the_product_is_the_amount_and_nothing_is_asked() -> None:
    proposal = propose(sheet_of(WITH_SUM))
    column = proposal.column("amount")
    assert column is not None
    assert (column.heading, column.confidence > 0.9, proposal.settings.times) == ("Стоимость", True, {})
    assert not {"times", "heading.amount"} & keys(WITH_SUM)


def test_a_column_that_nearly_holds_it_is_not_taken_for_it() -> None:
    proposal = propose(sheet_of(WITH_SUM.replace(";450;", ";400;")))
    assert "it is {price} × {pieces} in every row" not in [
        reason.template for column in proposal.columns for reason in column.reasons
    ]


@pytest.mark.parametrize("heading", ["Цена сделки", "Сумма", "Стоимость", "Total price"])
def test_an_amount_of_the_whole_is_not_multiplied(heading: str) -> None:
    assert "times" not in keys(LINES.replace("Цена", heading))


def test_pieces_that_are_always_one_change_nothing() -> None:
    rows = [line.split(";") for line in ROWS.splitlines()]
    ones = HEAD + "\n".join(";".join([*row[:4], "1", *row[5:]]) for row in rows)
    assert "times" not in keys(ones)


@pytest.mark.parametrize("way", ['times = "Цена"', 'times = ["Цена"]', 'times = ["Цена", "Кол-во"], from = "Цена"'])
def test_a_product_has_two_headings_and_no_other_way(way: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError):
        checked(SourceProfile, tomllib.loads(OWN + f"amount = {{ {way} }}\n"), tmp_path / "own.toml", MappingError)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6)), min_size=1, max_size=15))
def test_the_product_is_exact(pairs: list[tuple[int, int]]) -> None:
    """Against whole numbers: kopecks times thousandths, rounded half away from zero."""
    text = pl.Series("amount", [f"{price / 100:.2f} × {pieces / 1000:.3f}" for price, pieces in pairs])
    expected = []
    for price, pieces in pairs:
        whole = price * pieces
        expected.append((abs(whole) + 500) // 1000 * (1 if whole >= 0 else -1))
    found = cells.product(text, " × ", ".", None)
    assert [int(value * 100) for value in found] == expected
