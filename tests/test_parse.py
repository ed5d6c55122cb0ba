"""Text becomes a value or nothing: each case is a spelling seen in an export, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from pipelines import parse


def money(*cells: str, decimal: str | None = None, scale: float | None = None) -> list[Decimal | None]:
    column = pl.Series("cell", cells, dtype=pl.String)
    sign = decimal or parse.decimal_sign(column)
    return column.to_frame().select(parse.as_money(pl.col("cell"), sign, scale)).to_series().to_list()


def moments(*cells: str, formats: tuple[str, ...] = (), zone: str = "Europe/Moscow") -> list[datetime | None]:
    return parse.as_moment(pl.Series("cell", cells, dtype=pl.String), formats, zone).to_list()


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1 200,50", "1200.50"),
        ("1\u00a0200,50", "1200.50"),
        ("1\u202f200,50 ₽", "1200.50"),
        ("450 000 ₸", "450000.00"),
        ("10000|RUB", "10000.00"),
        ("(12,5)", "-12.50"),
        ("-7", "-7.00"),
        ("1 234 567,8 руб.", "1234567.80"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_in_every_spelling(cell: str, amount: str) -> None:
    assert money(cell) == [Decimal(amount)]


@pytest.mark.parametrize("cell", ["1e400", "NaN", "inf", "12 pcs", "1.2.3,4,5", "--5", "10/2", "5%"])
def test_what_is_no_amount_is_refused(cell: str) -> None:
    assert money(cell, decimal=".") == [None]


def test_a_dot_that_may_be_either_sign_is_refused_unless_the_column_settles_it() -> None:
    assert money("1.200", "15") == [None, Decimal("15.00")]
    assert money("1.200", "15,5") == [Decimal("1200.00"), Decimal("15.50")]
    assert money("1.200", "15.5") == [Decimal("1.20"), Decimal("15.50")]


def test_micros_become_money() -> None:
    assert money("12340000", "1", "1534.50", decimal=".", scale=1e-6) == [Decimal("12.34"), Decimal("0.00"), None]


@examples(100)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_every_amount_survives_writing_and_reading_in_russian_and_english(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    russian = english.replace(",", "\u00a0").replace(".", ",")
    assert money(english, decimal=".") == [amount]
    assert money(russian, decimal=",") == [amount]


def test_moments_are_read_in_utc_from_the_zone_of_the_export() -> None:
    found = moments("01.03.2026 10:15", "2026-03-01", "2024-04-25T14:59:11+00:00", "2026-01-02T03:04:05Z", "31.02.2026")
    assert found == [
        datetime(2026, 3, 1, 7, 15, tzinfo=UTC),
        datetime(2026, 2, 28, 21, 0, tzinfo=UTC),
        datetime(2024, 4, 25, 14, 59, 11, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        None,
    ]


def test_day_and_month_are_never_swapped() -> None:
    assert moments("05/13/2026", "05/12/2026") == [None, None]
    american = moments("05/13/2026", "13/05/2026", formats=("%m/%d/%Y",), zone="UTC")
    assert american == [datetime(2026, 5, 13, tzinfo=UTC), None]


def test_an_hour_that_summer_time_skips_is_refused_and_a_repeated_one_is_the_first() -> None:
    found = moments("2026-03-29 02:30:00", "2026-10-25 02:30:00", zone="Europe/Berlin")
    assert found == [None, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_unix_seconds_are_moments_and_other_numbers_are_not() -> None:
    assert moments("1700000000", "5", formats=("unix",)) == [datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), None]


def test_a_day_is_the_companys_day_of_the_moment() -> None:
    column = pl.Series("cell", ["2026-03-01T22:30:00+00:00", "02.03.2026"])
    assert parse.as_day(column, (), "Europe/Moscow").to_list() == [date(2026, 3, 2), date(2026, 3, 2)]


def test_lengths_counts_and_flags() -> None:
    cells = pl.DataFrame(
        {"s": ["13", "1:05", "00:02:23", "x"], "n": ["7", "12,000", "5.0", "1.5"], "f": ["Да", "N", "1", "?"]}
    )
    s, n, f = (pl.col(name) for name in "snf")
    found = cells.select(s=parse.as_seconds(s), n=parse.as_count(n), f=parse.as_flag(f))
    assert found.to_dict(as_series=False) == {
        "s": [13.0, 65.0, 143.0, None],
        "n": [7, 12_000, 5, None],
        "f": [True, False, True, None],
    }


def test_the_spellings_of_nothing_are_null() -> None:
    cells = pl.DataFrame({"c": ["", "-", "NULL", "n/a", "01.01.0001 0:00:00", "не закрыта", "0", "Нет"]})
    found = cells.select(parse.empty_to_null(pl.col("c"), ["не закрыта"])).to_series().to_list()
    assert found == [None, None, None, None, None, None, "0", "Нет"]


def test_cells_are_tidied_of_spaces_that_cannot_be_seen() -> None:
    assert parse.tidy(pl.Series(["\ufeff Иванов\u00a0 Иван\u200b ", "да"])).to_list() == ["Иванов Иван", "да"]
