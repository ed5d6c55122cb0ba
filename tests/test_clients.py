"""Who is one client: five rows by hand, a witness in DuckDB, and what holds for any records in any order."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from crm_company import Company
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access import open_facts
from pipelines.core.clients import ClientBook, client_book, records_of
from pipelines.schema.core import SHARED_CONTACT
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

WITNESS = Path(__file__).with_name("witness") / "core" / "client_components.sql"
IDS = ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
PHONES = [f"+7916000000{digit}" for digit in range(6)]
MAILS = [f"m{digit}@mail.ru" for digit in range(5)]
Row = tuple[str | None, str | None, str | None]
ROWS = st.lists(
    st.tuples(*(st.one_of(st.none(), st.sampled_from(values)) for values in (IDS, PHONES, MAILS))),
    min_size=1,
    max_size=12,
)


def book_of(rows: list[Row], shared: int = 5) -> ClientBook:
    schema = dict.fromkeys(("client_id", "phone", "email"), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return client_book(records_of(frame, "deals"), region="RU", shared=shared)


def test_five_records_by_hand():
    book = book_of(
        [
            ("17", "8 916 000-00-01", None),
            (None, "+79160000001", "Anna@Mail.ru"),
            (None, None, "anna@mail.ru"),
            ("18", "89160000002", None),
            (None, "+79160000003", None),
        ]
    )
    assert book.of_record.to_list() == ["17", "17", "17", "18", "+79160000003"]
    known = {(kind, value): client for kind, value, client in book.contacts.select("kind", "value", "client_id").rows()}
    assert known[("mail", "anna@mail.ru")] == "17"


def test_a_name_joins_nobody_and_no_contact_is_nobody():
    assert book_of([(None, None, None), ("1", None, None), (None, None, None)]).of_record.to_list() == [None, "1", None]


def test_a_switchboard_joins_nobody_and_is_counted():
    rows: list[Row] = [(str(n), "+74950000000", None) for n in range(6)] + [(None, "+74950000000", None)]
    book = book_of(rows)
    assert book.of_record.to_list() == ["0", "1", "2", "3", "4", "5", None]
    assert [(line["rule"], line["rows"]) for line in book.set_aside] == [(SHARED_CONTACT, 1)]
    assert book_of(rows, shared=6).of_record.n_unique() == 1


def test_a_chain_that_ties_too_many_ids_is_cut():
    """Each phone is of two ids only, yet together they would make one client of a whole city."""
    rows: list[Row] = []
    for n in range(20):
        rows += [(str(n), f"+7916{n:07d}", None), (str(n + 1), f"+7916{n:07d}", None)]
    book = book_of(rows)
    assert book.of_record.n_unique() == 21
    assert book.set_aside[0]["rows"] == 20


def test_broken_phones_are_counted_and_join_nobody():
    book = book_of([("1", "7,91600E+10", None), ("2", "7,91600E+10", None), ("3", "нет", "тоже нет")])
    assert book.of_record.to_list() == ["1", "2", "3"]
    assert {line["rule"].split(":")[0]: line["rows"] for line in book.set_aside} == {
        "a phone that a spreadsheet broke (7,9E+10)": 2,
        "no phone number can be read": 1,
        "no mail address can be read": 1,
    }


@examples(150)
@given(rows=ROWS, data=st.data())
def test_the_order_of_records_does_not_matter(rows: list[Row], data: st.DataObject):
    shuffled = data.draw(st.permutations(rows))
    one, two = (dict(zip(map(str, each), book_of(each).of_record.to_list(), strict=True)) for each in (rows, shuffled))
    assert one == two
    assert len(book_of(rows).of_record) == len(rows)


@examples(100)
@given(rows=ROWS)
def test_joining_what_is_joined_changes_nothing(rows: list[Row]):
    joined = book_of(rows, shared=99).of_record.to_list()
    again = book_of([(client, *row[1:]) for client, row in zip(joined, rows, strict=True)], shared=99)
    assert again.of_record.to_list() == joined


@examples(150)
@given(rows=ROWS)
def test_who_shares_an_id_a_phone_or_a_mail_is_one_and_nobody_else_is(rows: list[Row]):
    """DuckDB walks the graph; it knows nothing of ours but the rule. Nobody is too many here."""
    frame = pl.DataFrame(
        [(n, *row) for n, row in enumerate(rows)],
        schema={"record": pl.Int64, "client_id": pl.String, "phone": pl.String, "email": pl.String},
        orient="row",
    )
    connection = duckdb.connect(config={"threads": 1})
    connection.register("records", frame)
    theirs: dict[int, set[int]] = {}
    for record, group in connection.sql(WITNESS.read_text("utf-8")).fetchall():
        theirs.setdefault(group, set()).add(record)
    ours: dict[str, set[int]] = {}
    for record, client in enumerate(book_of(rows, shared=99).of_record.to_list()):
        ours.setdefault(client or f"nobody {record}", set()).add(record)
    assert {frozenset(group) for group in ours.values()} == {frozenset(group) for group in theirs.values()}


@pytest.mark.parametrize("listed", [True, False])
def test_the_id_of_a_listed_client_goes_before_others(listed: bool):
    ours = pl.DataFrame({"client_id": ["999"], "phone": ["+79160000001"]})
    deal = pl.DataFrame({"client_id": ["1"], "phone": ["+79160000001"]})
    records = pl.concat([records_of(ours, "clients", is_listed=listed), records_of(deal, "deals")])
    book = client_book(records, region="RU", shared=5)
    assert book.of_record.unique().to_list() == (["999"] if listed else ["1"])


def test_a_list_a_deal_and_an_invoice_of_one_client_are_one_client(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.load(
        "Код клиента,Клиент,Телефон,Почта,Регион\n"
        "17,Ромб,8 916 000-00-01,boss@romb.ru,Казань\n"
        "18,Ромб и К,89160000001,,\n"
        "19,Куб,,kub@mail.ru,Омск\n",
        "Номер сделки,Этап,Сумма,Дата создания,Клиент,Телефон,Код клиента\n"
        "1,Новая,10,2026-01-10,ООО Ромб,+79160000001,\n"
        "2,Новая,20,2026-01-10,Лично,+79160000007,\n"
        "3,Новая,30,2026-01-10,Куб,,19\n"
        "4,Новая,40,2026-01-10,Кто-то,,77\n"
        "5,Новая,50,2026-01-10,Никто,,\n",
    )
    facts = company.load(
        "Номер счёта,Дата счёта,Сумма счёта,Оплачено,Номер сделки,Почта\nA,2026-01-11,10,10,1,Boss@Romb.ru\n"
    )
    assert current_snapshot(company.home) is not None
    tables = read_tables(current_snapshot(company.home), ["core.clients", "core.deals", "core.invoices"])
    deals = tables["core.deals"].sort("deal_id")["client_id"].to_list()
    assert deals == ["17", "+79160000007", "19", "77", None]
    assert tables["core.invoices"]["client_id"].to_list() == ["17"]
    columns = ("client_id", "client_name", "region_name", "is_listed", "joined_by", "ids")
    assert tables["core.clients"].sort("client_id").select(columns).rows() == [
        ("+79160000007", "Лично", None, False, "phone", 0),
        ("17", "Ромб", "Казань", True, "phone", 2),
        ("19", "Куб", "Омск", True, "id", 1),
        ("77", "Кто-то", None, False, "id", 1),
    ]
    assert facts.deals.filter(deal_id="1")["region_name"].item() == "Казань"
    joins = {row["join_name"]: row for row in facts.joins.to_dicts()}
    assert (joins["deals.client_id → clients"]["matched"], joins["deals.client_id → clients"]["orphans"]) == (1, 1)


LISTED = """
[[table]]
name = "people"
kind = "clients"
recognise.headings = ["number", "who", "{mark}"]
[table.columns]
client_id = "number"
client_name = "who"
phone = "phone"
"""


def two_crms(tmp_path: Path, *, system: str = "") -> Company:
    """Two systems, each with deals and a list of clients, who both have a client 17 and a client 18."""
    company = Company(tmp_path)
    for name in ("amo", "bitrix"):
        company.mapping(name, mark=name, system=system, more=LISTED.format(mark=name))
    company.load(
        "id,amo,stage,amount,client\n1,,Won,10,17\n2,,Won,20,18\n3,,Won,40,19",
        "number,amo,who,phone\n17,,Ромб,89160000017\n18,,Куб,89160000018\n19,,Конус,",
        "id,bitrix,stage,amount,client\n4,,Won,100,17\n5,,Won,200,18",
        "number,bitrix,who,phone\n17,,Шар,89160000077\n18,,Куб и К,+7 916 000-00-18",
    )
    return company


def test_clients_of_two_systems_with_one_number_are_two_and_a_phone_joins_them(tmp_path: Path) -> None:
    facts = open_facts(two_crms(tmp_path).home)
    names = dict(facts.clients.select("client_id", "client_name").iter_rows())
    ids = dict(facts.deals.select("deal_id", "client_id").iter_rows())
    assert (ids["1"], ids["4"], ids["3"]) == ("amo:17", "bitrix:17", "19")  # 19 is but one system's number
    assert [names[ids[deal]] for deal in ("1", "4", "3")] == ["Ромб", "Шар", "Конус"]
    assert ids["2"] == ids["5"]  # they have a phone in common
    spent = dict(facts.deals.group_by("client_id").agg(pl.col("amount").sum().cast(pl.Int64)).iter_rows())
    assert spent == {"amo:17": 10, "bitrix:17": 100, "19": 40, ids["2"]: 220}
    assert facts.identities["holds"].all()
    assert facts.joins.filter(join_name="deals.client_id → clients")["orphans"].to_list() == [0]
    assert facts.clients.height == 4


def test_two_exports_of_one_system_number_their_clients_together(tmp_path: Path) -> None:
    facts = open_facts(two_crms(tmp_path, system="crm").home)
    assert {*facts.deals["client_id"]} == {"17", "18", "19"}


def test_a_list_of_one_system_and_deals_of_another_go_together(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.mapping("amo", mark="amo")
    company.mapping("book", mark="book", more=LISTED.format(mark="book"))
    facts = company.load("id,amo,stage,amount,client\n1,,Won,10,17", "number,book,who,phone\n17,,Ромб,")
    assert facts.deals["client_id"].to_list() == ["17"]
    assert facts.clients.select("client_id", "client_name").rows() == [("17", "Ромб")]
