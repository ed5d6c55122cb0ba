"""One name per person and per product: what is one by its looks, what is only proposed, and what settings join."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from crm_company import Company
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.reconciliation import check
from dashboard.i18n import Locale
from pipelines.core.names import fold_name
from pipelines.core.near import near_keys, near_phones, squeezed_key
from pipelines.core.proposals import pairs

LETTERS = st.text(alphabet="АВСЕавсеёйЁЙиошПпABCEeoaxy .-12", max_size=14)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.mapping()
    return company


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Петрова  Анна ", "петрова анна"),
        ("Ёлкин", "Елкин"),
        ("Cчёт", "Счет"),
        ("OOO Ромашка", "ООО ромашка"),
        ("CRM", "СRМ"),
        ("Яндекс.Direct", "Яндекс.Dirесt"),
        (unicodedata.normalize("NFD", "Андрей"), "Андрей"),
        ("Иванов\u00a0A.", "Иванов А."),
    ],
)
def test_spellings_that_look_the_same_are_one(one: str, two: str):
    assert fold_name(one) == fold_name(two)


@pytest.mark.parametrize(
    ("one", "two"), [("Tom", "Том"), ("GTX Pro", "GTXPro"), ("Окно 1", "Окно 2"), ("Анна", "Анны")]
)
def test_names_that_look_different_stay_two(one: str, two: str):
    assert fold_name(one) != fold_name(two)


@given(LETTERS)
@examples(300)
def test_folding_twice_is_folding_once(name: str):
    assert fold_name(fold_name(name)) == fold_name(name)
    assert fold_name(f"  {name.upper()} ") == fold_name(name.upper())


def test_the_spelling_used_most_is_shown_and_the_others_are_accounted_for(company: Company) -> None:
    facts = company.load("""
        id,crm,stage,manager,product,reason
        1,,Won,Ёлкин Олег,Окно,Дорого
        2,,Won,Елкин  Олег,Окно,ДОРОГО
        3,,Won,ёлкин олег,Oкнo,Дорого
        4,,Won,Ёлкин Олег,Окно,
        5,,Won,Иванов И.,Окно,
    """)
    assert set(facts.deals["manager_name"]) == {"Иванов И.", "Ёлкин Олег"}
    assert facts.deals["product_name"].unique().to_list() == ["Окно"]
    assert set(facts.deals["refusal_reason"].drop_nulls()) == {"Дорого"}
    merged = {(row["thing"], row["spelling"]): (row["shown_as"], row["rows"]) for row in facts.names.to_dicts()}
    assert merged == {
        ("manager", "Елкин Олег"): ("Ёлкин Олег", 1),
        ("manager", "ёлкин олег"): ("Ёлкин Олег", 1),
        ("product", "Oкнo"): ("Окно", 1),
        ("reason", "ДОРОГО"): ("Дорого", 1),
    }
    assert facts.deals.height == 5


def test_near_names_are_proposed_with_a_line_that_joins_them(company: Company) -> None:
    table = """
        id,crm,stage,manager,product
        1,,Won,Петров П.П.,GTX Pro
        2,,Won,Петров Пётр,GTXPro
        3,,Won,Петров П.П.,GTX Pro
        4,,Won,Сидорова А.,GTK 500
    """
    facts = company.load(table)
    assert facts.deals["manager_name"].n_unique() == facts.deals["product_name"].n_unique() == 3
    proposed = {row["thing"]: row for row in facts.name_proposals.to_dicts()}
    assert {thing: (row["name"], row["other"], row["rows"]) for thing, row in proposed.items()} == {
        "manager": ("Петров П.П.", "Петров Пётр", 1),
        "product": ("GTX Pro", "GTXPro", 1),
    }
    lines = "\n".join(row["setting"] for row in proposed.values())
    assert tomllib.loads(lines)["same"]["product"] == {"GTX Pro": ["GTXPro"]}
    shown = check(facts, as_json=False, locale=Locale("ru"))
    assert "та же фамилия, инициалы подходят" in shown and '"Петров П.П." = ["Петров Пётр"]' in shown
    company.home.settings_file.write_text(lines, encoding="utf-8")
    again = company.load("id,crm,stage,manager,product\n5,,Won,петров  пётр,GTXPro")
    assert again.deals["manager_name"].unique().sort().to_list() == ["Петров П.П.", "Сидорова А."]
    assert again.deals["product_name"].unique().sort().to_list() == ["GTK 500", "GTX Pro"]
    assert again.name_proposals.is_empty()
    assert set(again.names.filter(thing="product")["rule"]) == {"settings.toml says so"}


def test_what_is_proposed_and_why():
    people = [
        "Петров П.П.",
        "П. Петров",
        "Петров Сергей",
        "Иванов Иван",
        "Иванов Игорь",
        "Кузнецова Анна",
        "Кузнецва Анна",
    ]
    assert {pair[:2] for pair in pairs(people, is_person=True)} == {
        ("П. Петров", "Петров П.П."),
        ("Кузнецва Анна", "Кузнецова Анна"),
    }
    things = ["Окно 10", "Окно 11", "Tom", "Том", "GTX Basic", "GTX Plus Basic"]
    assert {pair[:2] for pair in pairs(things, is_person=False)} == {("Tom", "Том")}


def test_a_name_that_comes_by_a_lookup_is_one_with_the_deals_own(company: Company) -> None:
    facts = company.load("id,crm,stage,manager\n1,,Won,АННА\n2,,Won,Анна\n3,,Won,Анна")
    company.load("Менеджер,Отдел,Регион\nанна,Север,Москва\n", kind="managers")
    facts = company.load("id,crm,stage,manager\n4,,Won,Анна")
    assert set(facts.deals["manager_name"]) == {"Анна"}
    assert set(facts.deals["team_name"]) == {"Север"}
    joins = {row["join_name"]: row["orphans"] for row in facts.joins.to_dicts()}
    assert joins["deals.manager_name → managers"] == 0


def test_two_clients_of_one_name_stay_two(company: Company) -> None:
    facts = company.load("id,crm,stage,client\n1,,Won,17\n2,,Won,18")
    assert facts.deals["client_id"].to_list() == ["17", "18"]


def test_orphan_keys_find_the_same_key_in_another_writing():
    known = pl.Series(["1017", "A-20", "Ромашка"])
    found = near_keys(["01017", "1017.0", "a20", "1018", "Ромашко"], known)
    assert {orphan: match.name for orphan, match in found.items()} == {
        "01017": "1017",
        "1017.0": "1017",
        "a20": "A-20",
        "Ромашко": "Ромашка",
    }
    assert squeezed_key("000") == "000"
    assert (
        near_phones(["+79160000012"], pl.Series(["+79160000021", "+79169999999"]))["+79160000012"].name
        == "+79160000021"
    )
