"""What a profile can say of a file, each on the smallest file that needs it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from pipelines.headings import currency_in, find_heading, fold_heading
from pipelines.intake import Parcel, digest_of, parcels_of
from pipelines.profile import SourceProfile, shipped_profiles
from pipelines.scale import scale_told

COSTS = 'recognise.headings = ["Day", "Cost"]\ncolumns.spent_on = "Day"\ncolumns.spend = "Cost"\n'
DEALS = 'recognise.headings = ["id", "sum"]\ncolumns.deal_id = "id"\ncolumns.amount = "sum"\n'


def profile(table: str, kind: str = "deals", top: str = "") -> SourceProfile:
    return SourceProfile.model_validate(tomllib.loads(f'name = "own"\n{top}\n[[table]]\nkind = "{kind}"\n{table}'))


def taken(content: str | bytes, own: SourceProfile, name: str = "x.csv") -> Parcel:
    raw = content.encode() if isinstance(content, str) else content
    return next(iter(parcels_of(Path(name), raw, digest_of(raw), [own], kind=None, zone="UTC")))


def values(parcel: Parcel, *columns: str) -> list[tuple[Any, ...]]:
    assert parcel.taken is not None, parcel.report.message
    return parcel.taken.good.select(pl.col(columns).cast(pl.String)).rows()


@pytest.mark.parametrize("quote", ['"', '"a"b"'])
def test_a_row_may_lack_its_last_cells_and_no_more_than_the_table_says(quote: str) -> None:
    own = profile(DEALS + 'columns.channel_name = "utm"\noptional_tail = 2')
    shaped = taken("id;sum;utm;term\n1;10;a;b\n2;20;c\n3;30\n4\n5;50;d;e\n", own)
    assert values(shaped, "deal_id", "amount", "channel_name") == [
        ("1", "10.00", "a"),
        ("2", "20.00", "c"),
        ("3", "30.00", None),
        ("5", "50.00", "d"),
    ]
    assert (shaped.report.rows_in, shaped.report.accepted, shaped.report.quarantined) == (5, 4, 1)
    by_hand = taken(f"id;sum;utm;term\n1;10;{quote};b\n2;20;c\n3;30\n4\n", own)
    assert [row[0] for row in values(by_hand, "deal_id")][-2:] == ["2", "3"]
    assert by_hand.report.rows_in == by_hand.report.accepted + by_hand.report.quarantined + by_hand.report.duplicates


def test_a_row_of_an_html_table_may_lack_its_last_cells() -> None:
    own = profile(DEALS + 'columns.channel_name = "utm"\noptional_tail = 1')
    rows = "<tr><td>1<td>10<td>a</tr><tr><td>2<td>20</tr><tr><td>3</tr>"
    parcel = taken(f"<table><tr><th>id<th>sum<th>utm</tr>{rows}</table>", own, "x.xls")
    assert values(parcel, "deal_id", "channel_name") == [("1", "a"), ("2", None)]
    assert parcel.report.quarantined == 1


def test_cells_of_a_group_are_written_on_its_rows_and_an_inner_group_ends_with_the_outer_one() -> None:
    own = profile(
        'recognise.headings = ["day", "no", "sum"]\nfill_down = ["no", "day"]\nrows = "lines"\n'
        'columns.deal_id = { join = ["day", "no"] }\ncolumns.amount = "sum"\n'
    )
    parcel = taken("day,no,sum\nMon,1,10\n,,20\n,2,30\nTue,,40\n", own)
    assert values(parcel, "deal_id", "amount") == [
        ("Mon 1", "10.00"),
        ("Mon 1", "20.00"),
        ("Mon 2", "30.00"),
        ("Tue", "40.00"),
    ]


def test_totals_rows_are_known_by_a_word_at_the_edge_of_a_cell_and_counted() -> None:
    own = profile(DEALS + 'totals = ["всего", "Итого"]\ntotals_in = ["id", "name"]\ncolumns.deal_name = "name"')
    content = "id,name,sum\n1,Всегор,10\n2,Окна всего доброго,20\n2 всего,,30\n,Окна Итого:,30\nИТОГО,,60\n"
    parcel = taken(content, own)
    assert values(parcel, "deal_id") == [("1",), ("2",)]
    assert (parcel.report.rows_in, parcel.report.values["count"]) == (2, 3)


def test_a_row_without_its_key_is_a_totals_row_only_where_the_table_says_so() -> None:
    content = "Day,Name,Cost\n2026-01-01,a,10\n,b,20\n,,30\n"
    plain = taken(content, profile(COSTS, "costs"))
    assert (plain.report.rows_in, plain.report.quarantined) == (3, 2)
    said = taken(content, profile(COSTS + 'totals_without = ["Day", "Name"]', "costs"))
    assert (said.report.rows_in, said.report.quarantined, said.report.values["count"]) == (2, 1, 1)


def test_totals_without_a_place_are_refused() -> None:
    with pytest.raises(ValidationError, match="totals_in"):
        profile(DEALS + 'totals = ["всего"]')


@pytest.mark.parametrize(
    ("heading", "folded", "currency"),
    [
        ("Cost (USD)", "cost", "USD"),
        ("Расход, USD", "расход", "USD"),
        ("Стоимость, ₽", "стоимость", "RUB"),
        ("Расход (руб.)", "расход", "RUB"),
        ("Сумма со скидкой, р.", "сумма со скидкой", "RUB"),
        ("Amount KZT", "amount", "KZT"),
        ("Amount spent (EUR)", "amount spent", "EUR"),
        ("Сумма (тг)", "сумма", "KZT"),
        ("First try", "first try", None),
        ("Номер.", "номер.", None),
        ("CTR (%)", "ctr (%)", None),
        ("Сумма, тыс. руб.", "сумма, тыс.", "RUB"),
    ],
)
def test_a_heading_tells_its_currency(heading: str, folded: str, currency: str | None) -> None:
    assert (fold_heading(heading), currency_in(heading)) == (folded, currency)


def test_of_two_headings_that_differ_in_their_currency_the_one_asked_for_is_found() -> None:
    headings = ["Amount (EUR)", "Amount"]
    assert find_heading("Amount", headings) == "Amount"
    assert find_heading("amount (EUR)", headings) == "Amount (EUR)"
    assert find_heading("Amount (USD)", headings) == "Amount (EUR)"


@pytest.mark.parametrize(
    ("content", "more", "top", "currencies"),
    [
        ("Day,Cost,Cur\n2026-01-01,1,USD\n2026-01-02,2,\n", 'columns.currency = "Cur"', "", ["USD", None]),
        ("Day,Cost (USD)\n2026-01-01,1\n", "", "", ["USD"]),
        ('Day,"Cost, ₽"\n2026-01-01,1\n', "", 'currency = "EUR"', ["RUB"]),
        ("Day,Cost\n2026-01-01,1\n", "", 'currency = "KZT"', ["KZT"]),
        ("Day,Cost\n2026-01-01,1\n", "", "", [None]),
    ],
)
def test_costs_are_in_the_currency_of_their_column_else_their_heading_else_the_profile(
    content: str, more: str, top: str, currencies: list[str | None]
) -> None:
    parcel = taken(content, profile(COSTS + more, "costs", top))
    assert [row[0] for row in values(parcel, "currency")] == currencies


def test_rows_are_product_lines_only_where_the_product_is_a_column() -> None:
    own = profile(DEALS + 'lines_by = "product"\ncolumns.product_name = "product"')
    lines = taken("id,product,sum\n1,a,10\n1,a,10\n1,b,5\n", own)
    assert (lines.report.accepted, lines.report.duplicates) == (3, 0)
    deals = taken("id,sum\n1,10\n1,10\n1,5\n", own)
    assert (deals.report.accepted, deals.report.duplicates, deals.report.quarantined) == (1, 1, 1)
    assert values(deals, "amount") == [("5.00",)]


def test_a_length_is_the_time_between_two_moments_and_never_negative() -> None:
    own = profile(
        'recognise.headings = ["start", "answer", "end"]\ndates = ["unix"]\ncolumns.started_at = "start"\n'
        'columns.talk_seconds = { minus = ["end", "answer"], nulls = ["0"] }\n',
        "calls",
    )
    content = "start,answer,end\n1790000000,1790000012,1790000132\n1790000000,0,1790000030\n1790000000,1790000132,1790000012\n"
    parcel = taken(content, own)
    assert values(parcel, "talk_seconds") == [("120.0",), (None,)]
    assert parcel.report.reasons == {"not a length of time": 1}
    with pytest.raises(ValidationError, match="two headings"):
        profile('columns.talk_seconds = { minus = ["end"] }', "calls")


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        (["1534500000", "0", "10000"], 1e-6),
        (["1534.50", "900"], 1.0),
        (["10000.00", "20000.00"], 1.0),
        (["1534", "20000"], 1.0),
        (["20000", "30000"], None),
        (["15345678"], None),
        (["0", None], 1e-6),
    ],
)
def test_millionths_are_told_by_the_values_or_not_at_all(amounts: list[str | None], told: float | None) -> None:
    assert scale_told(pl.Series("Cost", amounts, dtype=pl.String), None, 1e-6, 10_000) == told


def test_an_amount_that_may_be_millionths_or_not_is_put_aside_with_that_reason() -> None:
    own = profile(
        'recognise.headings = ["Day", "Cost"]\ncolumns.spent_on = "Day"\n'
        'columns.spend = { from = "Cost", scale = 0.000001, step = 10000 }',
        "costs",
    )
    parcel = taken("Day,Cost\n2026-01-01,20000\n2026-01-02,30000\n", own)
    assert parcel.report.quarantined == 2
    (reason,) = parcel.report.reasons
    assert "millionths" in reason


def test_a_list_of_pages_is_read_as_one_answer_is() -> None:
    lead = '{"_embedded":{"leads":[{"id":%d,"status_id":1,"pipeline_id":2,"price":5,"created_at":1790000000,"closed_at":0}]}}'
    amocrm = next(each for each in shipped_profiles() if each.name == "amocrm")
    parcel = taken(f"[{lead % 1},{lead % 2}]", amocrm, "x.json")
    assert values(parcel, "deal_id", "closed_at") == [("1", None), ("2", None)]


def test_the_history_of_a_property_is_history_and_no_deals() -> None:
    change = '{"value":"%s","timestamp":"2026-09-0%dT10:00:00Z","sourceType":"CRM_UI"}'
    deal = (
        '{"id":"7","propertiesWithHistory":{"dealstage":[' + change % ("a", 1) + "," + change % ("closedwon", 2) + "]}}"
    )
    for content in (f'{{"results":[{deal}]}}', f"[{deal}]", f'[{{"results":[{deal}]}}]'):
        raw = content.encode()
        found = list(parcels_of(Path("x.json"), raw, digest_of(raw), shipped_profiles(), kind=None, zone="UTC"))
        assert [(one.report.profile, one.report.kind, one.report.accepted) for one in found] == [
            ("hubspot_api", "stages", 2)
        ]


def test_a_partial_profile_says_so_in_the_report() -> None:
    expected = {each.name for each in shipped_profiles() if each.partial}
    assert expected == {"hubspot", "salesforce_report", "zoho", "vk_ads", "iiko"}
    own = profile(DEALS, top='partial = true\ntitle = "Zoho"')
    assert taken("id,sum\n1,2\n", own).report.message.startswith("The profile is partial: headings of Zoho ")
    totals = taken("id,sum\n1,2\nTotal,2\n", profile(DEALS + 'footer = ["Total"]', top="partial = true"))
    assert totals.report.message.startswith("Totals rows left out: 1. The profile is partial")
