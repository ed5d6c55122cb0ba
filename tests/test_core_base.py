"""Payments, product lines and changed days on the real road, from files to facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from crm_company import MAPPING, Company

from pipelines.schema.core import FURTHER_PAYMENTS

INVOICES = "Номер счёта,Дата счёта,Сумма счёта,Оплачено,Дата оплаты\n"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_payments_of_one_invoice_add_up(company: Company) -> None:
    facts = company.load(
        INVOICES
        + "A,2026-01-01,100,30,2026-01-05\nB,2026-01-02,50,50,2026-01-02\nA,2026-01-01,100,50,2026-02-01\n"  # payments
        + "C,2026-01-03,40,40,2026-01-03\nC,2026-01-03,40,40,2026-01-04\nD,2026-01-03,10,,\nD,2026-01-03,20,,\n"  # lines
    )
    assert facts.invoices.select("invoice_id", "amount", "paid", "unpaid", "is_paid", "paid_on").rows() == [
        ("A", 100, 80, 20, False, date(2026, 2, 1)),
        ("B", 50, 50, 0, True, date(2026, 1, 2)),
        ("C", 80, 80, 0, True, date(2026, 1, 4)),
        ("D", 30, None, 30, False, None),
    ]
    assert facts.set_aside.filter(rule=FURTHER_PAYMENTS)["rows"].to_list() == [3]
    # The next file tells of A again: it replaces what was known.
    later = company.load(INVOICES + "A,2026-01-01,100,100,2026-03-01\n")
    assert later.invoices.filter(invoice_id="A").select("amount", "paid").rows() == [(100, 100)]


def test_products_of_deals_are_the_lines_of_their_newest_export(company: Company) -> None:
    text = MAPPING.format(name="crm", title="Crm", system="crm", top="", mark="crm", more="")
    text = text.replace('kind = "deals"', 'kind = "deals"\nrows = "lines"')
    (company.home.mappings / "crm.toml").write_text(text, encoding="utf-8")
    head = "id,crm,stage,product,amount\n"
    first = company.load(head + "1,,Won,Door,10\n1,,Won,door,10\n1,,Won,Lock,5\n2,,Won,Door,\n")
    columns = ("deal_id", "product_name", "amount")
    assert first.deal_products.select(columns).rows() == [("1", "Door", 20), ("1", "Lock", 5), ("2", "Door", None)]
    second = company.load(head + "1,,Won,Lock,7\n1,,Won,Key,1\n")
    assert second.deal_products.select(columns).rows() == [("1", "Key", 1), ("1", "Lock", 7), ("2", "Door", None)]
    assert second.deals["amount"].to_list() == [Decimal(8), None]


def test_products_in_another_currency_add_up_to_their_deal(company: Company) -> None:
    text = MAPPING.format(name="crm", title="Crm", system="crm", top='currency = "USD"', mark="crm", more="")
    text = text.replace('kind = "deals"', 'kind = "deals"\nrows = "lines"')
    (company.home.mappings / "crm.toml").write_text(text, encoding="utf-8")
    (company.home.path / "settings.toml").write_text('currency = "RUB"\n', encoding="utf-8")
    (company.home.path / "rates.csv").write_text("date;currency;rate\n2026-01-01;USD;33,335\n", encoding="utf-8")
    head = "id,crm,stage,product,amount,created,closed\n"
    facts = company.load(head + "".join(f"1,,Won,{name},1,2026-01-01,2026-01-02\n" for name in ("A", "B", "C")))
    # Three dollars at 33.335 are 100.005 roubles, 100.00 to the even kopeck; a third of them is 33.33.
    assert facts.deals["amount"].to_list() == [Decimal("100.00")]
    assert sorted(facts.deal_products["amount"].to_list()) == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_an_expected_day_that_moved_is_a_change(company: Company) -> None:
    company.mapping()
    head = "id,crm,stage,created,expected\n"
    company.load(head + "1,,New,2026-01-01,2026-02-01\n2,,New,2026-01-02,\n")
    facts = company.load(head + "1,,New,2026-01-01,2026-03-15\n2,,New,2026-01-02,\n3,,New,2026-01-09,\n")
    assert facts.deal_changes.select("deal_id", "column_name", "before", "after").rows() == [
        ("1", "expected_on", "2026-02-01", "2026-03-15")
    ]
