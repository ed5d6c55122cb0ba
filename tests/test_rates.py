"""Amounts in other currencies: converted at the rate of their day, to the kopeck, or unknown and said so; never guessed."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import polars as pl
import pytest
from crm_company import Company
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.answers import said, without_rates
from dashboard.i18n import Locale
from dashboard.metrics.registry import METRICS
from pipelines.core.money import exchanged
from pipelines.errors import SettingsError
from pipelines.rates import read_rates
from pipelines.settings import Home, Settings, read_settings
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

DEALS = """
id,crm,stage,amount,currency,created,closed
1,,Won,10,,2026-01-10,2026-01-20
2,,Won,100.01,USD,2026-01-10,2026-01-20
3,,Talks,100,$,2026-01-10,
4,,Won,100,EUR,2026-01-10,2026-01-20
5,,Won,100,USD,2025-01-10,2025-01-20
"""
RATES = "date;currency;rate\n2026-01-09;USD;90\n2026-01-15;USD;92,5\n2026-02-01;USD;1\n"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.mapping(top='currency = "RUB"')
    return company


def core(company: Company, table: str) -> pl.DataFrame:
    snapshot = current_snapshot(company.home)
    assert snapshot is not None
    return read_tables(snapshot, [f"core.{table}"])[f"core.{table}"]


def write_rates(company: Company, text: str) -> None:
    (company.home.path / "rates.csv").write_text(text, encoding="utf-8")


def test_five_deals_by_hand(company: Company) -> None:
    """A closed deal at the rate of its closing, an open one at that of its creation; no rate or an old one: unknown."""
    write_rates(company, RATES)
    facts = company.load(DEALS)
    deals = core(company, "deals").sort("deal_id").select("amount", "amount_original", "currency").rows()
    assert deals == [
        (Decimal("10.00"), Decimal("10.00"), "RUB"),
        (Decimal("9250.92"), Decimal("100.01"), "USD"),  # 9250.925: halves go to the even kopeck
        (Decimal("9000.00"), Decimal("100.00"), "USD"),
        (None, Decimal("100.00"), "EUR"),
        (None, Decimal("100.00"), "USD"),
    ]
    aside = facts.set_aside.select("rows", "amount", "currency", "rate_line").rows()
    assert aside == [(1, 100.0, "EUR", "2026-01-20;EUR;…"), (1, 100.0, "USD", "2025-01-20;USD;…")]
    lacking = [said(notice, Locale("ru")) for notice in without_rates(facts, [METRICS["average_check"]])]
    assert len(lacking) == 2 and lacking[0].startswith("Ни в одну сумму не вошли 100 EUR (строк: 1): нет курса.")
    assert without_rates(facts, [METRICS["won"], METRICS["spend"]]) == []
    by_currency = {
        row["subject"]: row["expected"]
        for row in facts.identities.to_dicts()
        if row["subject"] in ("RUB", "USD", "EUR")
    }
    assert by_currency == {"RUB": 10.0, "USD": 300.01, "EUR": 100.0}
    assert facts.identities["holds"].all()


def test_without_rates_nothing_is_converted_and_a_new_line_mends_it(company: Company) -> None:
    facts = company.load(DEALS)
    assert facts.deals["amount"].null_count() == 4
    write_rates(company, RATES + "2026-01-20;EUR;100\n")
    facts = company.load("id,crm,stage,amount,currency,created,closed\n6,,Won,1,EUR,2026-01-10,2026-01-21")
    assert facts.deals.filter(deal_id="4")["amount"].item() == Decimal("10000.00")


def test_replaced_rows_keep_their_currency_in_the_account(company: Company) -> None:
    write_rates(company, RATES)
    company.load(DEALS)
    facts = company.load("id,crm,stage,amount,currency,created,closed\n2,,Won,50,USD,2026-01-10,2026-01-20")
    replaced = facts.set_aside.filter(pl.col("rule").str.starts_with("replaced"))
    assert replaced.select("rows", "amount", "currency").rows() == [(1, 100.01, "USD")]
    assert facts.identities["holds"].all()


def test_costs_and_invoices_are_converted_by_their_own_days(company: Company) -> None:
    write_rates(company, RATES)
    company.load(DEALS)
    company.load("Дата,Канал,Расход,Валюта\n2026-01-15,Сайт,10,USD\n2026-01-15,Почта,10,\n2026-01-15,Радио,10,GBP\n")
    facts = company.load(
        "Номер счёта,Дата счёта,Сумма счёта,Оплачено,Дата оплаты,Валюта\n7,2026-01-10,100,100,2026-01-16,USD\n"
    )
    assert core(company, "costs").sort("channel_name")["spend"].to_list() == [Decimal(10), None, Decimal(925)]
    invoice = core(company, "invoices").select("amount", "paid", "amount_original", "paid_original").row(0)
    assert invoice == (Decimal(9000), Decimal(9250), Decimal(100), Decimal(100))
    assert ("costs", 10.0, "GBP") in facts.set_aside.select("subject", "amount", "currency").rows()
    assert facts.identities["holds"].all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date;currency;rate\n2026-01-31;USD;92.5\n2026-02-31;EUR;100\n", "line 3: this is no rate"),
        ("date;currency;rate\n2026-01-31;USD;0\n", "line 2: this is no rate"),
        ("date;currency;rate\n2026-01-31;doll;5\n", "line 2: this is no rate"),
        ("date;rate\n2026-01-31;5\n", 'no column "currency"'),
    ],
)
def test_a_file_of_rates_with_a_fault_is_refused_with_its_line(tmp_path: Path, text: str, said: str):
    (tmp_path / "rates.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        read_rates(Home(tmp_path), Settings())


def test_a_central_bank_s_file_is_read(tmp_path: Path):
    (tmp_path / "settings.toml").write_text('[rates]\nfile = "cbr.csv"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="There is no file"):
        read_rates(Home(tmp_path), read_settings(Home(tmp_path)))
    text = "Дата;Валюта;Курс;Номинал\n31.01.2026;Тенге;17,85;100\n31.01.2026;USD;92,501;1\n"
    (tmp_path / "cbr.csv").write_text(text, encoding="cp1251")
    rates = read_rates(Home(tmp_path), read_settings(Home(tmp_path)))
    assert dict(rates.select("currency", "rate").rows()) == {"KZT": Decimal("0.1785"), "USD": Decimal("92.501")}


@examples(200)
@given(
    amount=st.decimals(-(10**12), 10**12, places=2),
    rate=st.decimals(Decimal("0.00000001"), 10**4, places=8),
)
def test_conversion_is_exact_to_the_kopeck(amount: Decimal, rate: Decimal):
    frame = pl.DataFrame({"a": [amount], "r": [rate]}, schema={"a": pl.Decimal(18, 2), "r": pl.Decimal(18, 8)})
    expected = (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    found = frame.select(exchanged("a", "r")).item()
    assert found == (expected if abs(expected) < 10**16 else None)
