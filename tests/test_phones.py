"""Phones and mails in one spelling: what people write, what the library says, and what stays unknown."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.calls import numbers_of
from pipelines.core.phones import phone_of, plain_numbers, plain_russian, read_mails, read_phones


def phones(*cells: str, region: str = "RU") -> list[list[str]]:
    read = read_phones(pl.Series(cells, dtype=pl.String), region)
    found = dict(read.select("cell", "phones").iter_rows())
    return [found[cell] for cell in cells]


def test_the_spellings_of_one_russian_number_are_one():
    spellings = ["+7 (916) 123-45-67", "8 916 123 45 67", "89161234567", "79161234567", "9161234567", "79161234567.0"]
    assert phones(*spellings) == [["+79161234567"]] * len(spellings)
    odd = ["tel:+79161234567", "sip:79161234567@pbx", "8\u00a0(916)\u00a0123\u201345\u201367", "'+79161234567"]
    assert phones(*odd) == [["+79161234567"]] * len(odd)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("+7 916 1234567, 8 (903) 765-43-21", ["+79161234567", "+79037654321"]),
        ("+7 (911) 4445566; +7 (000) 344222", ["+79114445566"]),
        ("89161234567 89161234568", ["+79161234567", "+79161234568"]),
        ("+7 495 123-45-67, доб. 101", ["+74951234567"]),
        ("8 495 123-45-67 вн. 12", ["+74951234567"]),
        ("00491701234567", ["+491701234567"]),
        ("375291234567", ["+375291234567"]),
        ("+70001234567", ["+70001234567"]),
        ("7,91612E+10", []),
        ("7.9E10", []),
        ("1234567890", []),
        ("7707083893", []),
        ("anonymous", []),
        ("s", []),
        ("2204567", []),
    ],
)
def test_what_a_cell_holds(cell: str, found: list[str]):
    assert phones(cell) == [found]


def test_internal_broken_and_unreadable_are_told_apart():
    cells = pl.Series(["101", "12345", "2-20-45", "7,9E+10", "скрыт", "+79161234567", None, " "])
    read = {row["cell"]: row for row in read_phones(cells, "RU").to_dicts()}
    assert {cell for cell, row in read.items() if row["is_internal"]} == {"101", "12345"}
    assert {cell for cell, row in read.items() if row["is_broken"]} == {"7,9E+10"}
    assert {cell for cell, row in read.items() if row["is_unreadable"]} == {"2-20-45", "7,9E+10", "скрыт"}


def test_another_region_reads_its_own_numbers():
    assert phones("030 123456", "+79161234567", region="DE") == [["+4930123456"], ["+79161234567"]]


@examples(300)
@given(
    rest=st.integers(0, 99_999_999).map(lambda number: f"{number:08d}"),
    area=st.sampled_from(["90", "91", "92", "95", "98", "99", "49", "81", "34", "38", "42", "80"]),
    head=st.sampled_from(["+7", "7", "8", ""]),
)
def test_the_expression_says_what_the_library_says(rest: str, area: str, head: str):
    """For every number that exists by Google's plan, the quick way and the library agree."""
    cell = head + area + rest
    try:
        by_library = phonenumbers.parse(cell if head != "7" else f"+{cell}", "RU")
    except phonenumbers.NumberParseException:
        return  # 810 begins a call abroad: no number of Google's plan
    if phonenumbers.is_valid_number(by_library):
        expected = phonenumbers.format_number(by_library, phonenumbers.PhoneNumberFormat.E164)
        quick = pl.DataFrame({"cell": [cell]}).select(plain_russian("cell", "RU")).item()
        assert quick == expected
        assert phone_of(cell, "RU") == expected


SPELT = st.one_of(
    st.tuples(
        st.sampled_from(["+7", "7", "8", "", "+8", "+", "-7", "007", " 7"]),
        st.integers(0, 10**10).map(lambda number: f"{number:010d}"),
        st.sampled_from(["", "", "", ".0", " ", "0", ",5"]),
    ).map("".join),
    st.text("+-78 90.,e_\u0669", max_size=13),
)


@examples(300)
@given(cells=st.lists(st.one_of(st.none(), SPELT), max_size=6), region=st.sampled_from(["RU", "DE"]))
def test_the_quick_way_reads_what_the_slow_one_reads(cells: list[str | None], region: str):
    given_cells = pl.Series(cells, dtype=pl.String)
    slow = {row["cell"]: row for row in read_phones(given_cells, region).to_dicts()}
    firsts = [next(iter(slow[cell]["phones"]), None) if cell in slow else None for cell in cells]
    assert all(
        quick is None or quick == first for quick, first in zip(plain_numbers(given_cells, region), firsts, strict=True)
    )
    assert numbers_of(given_cells, region).to_list() == firsts


def test_the_quick_way_reads_the_plain_numbers_itself():
    cells = pl.Series(["79161234567", "89161234567", "+79161234567", "9161234567", "+89161234567", None])
    assert plain_numbers(cells, "RU").to_list() == ["+79161234567"] * 3 + [None] * 3
    assert plain_numbers(cells, "DE").to_list() == [None, None, "+79161234567", None, None, None]


@given(st.lists(st.text(max_size=25), max_size=8))
@examples(150)
def test_any_text_gives_e164_or_nothing(cells: list[str]):
    read = read_phones(pl.Series(cells, dtype=pl.String), "RU")
    for number in read["phones"].explode().drop_nulls():
        assert number[0] == "+" and number[1:].isdigit() and 8 <= len(number) <= 16
    assert read["cell"].n_unique() == read.height


def test_mails():
    cells = ["A@B.ru, c@d.com", "bad@", "Иван <x.y@mail.ru>", "нет", "info@пример.рф", "a@b", "two@a.ru;TWO@A.RU"]
    read = dict(read_mails(pl.Series(cells)).iter_rows())
    assert [read[cell] for cell in cells] == [
        ["a@b.ru", "c@d.com"], [], ["x.y@mail.ru"], [], ["info@пример.рф"], [], ["two@a.ru"],
    ]  # fmt: skip
