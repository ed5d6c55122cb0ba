"""What goes to GA4 and Metrica: only won deals with an id, within the limits, and the coverage that is told is the one written."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from companies import deals_of, facts_with, frame_of
from homes import put

from dashboard.access import Facts, open_facts
from dashboard.cli import cli
from dashboard.exports import conversions
from dashboard.filters import Filter
from dashboard.i18n import Told
from dashboard.periods import Period
from pipelines.audit import lines
from pipelines.load import load
from pipelines.schema import facts as schema
from pipelines.settings import Home
from pipelines.visitor_ids import visitor_ids

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
FRESH, OLD = NOW - timedelta(hours=72), NOW - timedelta(hours=72, seconds=1)


def won(deal_id: str, at: datetime | None, amount: int | None = 100, **rest: object) -> dict[str, object]:
    day = None if at is None else at.date()
    money = None if amount is None else Decimal(amount)
    return {
        "deal_id": deal_id,
        "outcome": "won",
        "closed_at": at,
        "closed_on": day or date(2026, 3, 1),
        "amount": money,
    } | rest


@pytest.fixture
def company() -> Facts:
    rows = [
        won("7", FRESH),
        won("8", OLD),
        won("9", FRESH, amount=None),
        won("10", None),
        won("11", FRESH),
        {"deal_id": "12", "outcome": "lost", "closed_at": FRESH, "closed_on": FRESH.date()},
        won("13", FRESH, channel_name="Сайт"),
    ]
    spent = {"channel_name": "Сайт", "campaign_name": "seo", "spent_on": date(2026, 3, 1)}
    costs = frame_of(
        schema.Costs,
        [
            {"cost_id": "1", **spent, "spend": Decimal("10.50"), "clicks": 3, "impressions": 40},
            {"cost_id": "2", **spent, "spend": Decimal("0.25"), "clicks": None, "impressions": None},
            {"cost_id": "3", **spent, "channel_name": "Яндекс.Директ", "spend": Decimal(99)},
            {"cost_id": "4", **spent, "spend": None},
            {"cost_id": "5", **spent, "channel_name": None, "spend": Decimal(1)},
        ],
    )
    return replace(facts_with(deals_of(rows)), costs=costs)


GA = {one: {"ga": f"{one}.5"} for one in ("7", "8", "9", "10", "12")}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def told(passed: conversions.Passed, template: str) -> dict[str, object]:
    [found] = [dict(one.values) for one in passed.notices if one.template == template]
    return found


def test_google_gets_what_is_at_most_72_hours_old(company: Facts) -> None:
    passed = conversions.ga4(company, Filter(), GA, NOW)
    events = [json.loads(line) for line in passed.files["ga4_events.jsonl"].splitlines()]
    assert events == [
        {
            "client_id": "7.5",
            "timestamp_micros": int(FRESH.timestamp()) * 1_000_000,
            "events": [{"name": "purchase", "params": {"transaction_id": "7", "value": 100.0, "currency": "RUB"}}],
        },
        {
            "client_id": "9.5",
            "timestamp_micros": int(FRESH.timestamp()) * 1_000_000,
            "events": [{"name": "purchase", "params": {"transaction_id": "9"}}],
        },
    ]
    # Six were won; four of those have an id; one of the four is too old, of one the moment is unknown.
    assert told(passed, conversions.COVERAGE) == {"won": 6, "known": 4, "share": Told(4 / 6, "share"), "written": 2}
    assert told(passed, conversions.TOO_OLD)["count"] == told(passed, conversions.UNDATED)["count"] == 1
    assert told(passed, conversions.NO_AMOUNT)["count"] == 1


def test_the_costs_for_google_add_up_by_day_and_campaign(company: Facts) -> None:
    passed = conversions.ga4(company, Filter(), {}, NOW)
    assert rows_of(passed.files["ga4_costs.csv"]) == [
        {"Date": "2026-03-01", "Campaign source": source, "Campaign medium": "cpc", "Campaign name": "seo"}
        | {"Cost": cost, "Clicks": clicks, "Impressions": shown}
        for source, cost, clicks, shown in (("Сайт", "10.75", "3", "40"), ("Яндекс.Директ", "99.0", "", ""))
    ]
    assert "ga4_events.jsonl" not in passed.files
    assert told(passed, conversions.NO_IDS) == {"columns": conversions.GA_COLUMNS}


def test_metrica_gets_a_deal_once_and_no_spend_of_direct(company: Facts) -> None:
    ids = {
        "7": {"metrica": "111", "yclid": "222"},
        "8": {"yclid": "333"},
        "9": {"metrica": "=1+1\n,2"},
        "10": {"yclid": "4"},
    }
    passed = conversions.metrica(company, Filter(), ids, NOW)
    assert rows_of(passed.files["metrica_conversions_clientid.csv"]) == [
        {"ClientId": "111", "Target": "voronka_won", "DateTime": str(int(FRESH.timestamp())), "Price": "100.00"}
        | {"Currency": "RUB"},
        {
            "ClientId": "112",
            "Target": "voronka_won",
            "DateTime": str(int(FRESH.timestamp())),
            "Price": "",
            "Currency": "",
        },
    ]
    assert [one["Yclid"] for one in rows_of(passed.files["metrica_conversions_yclid.csv"])] == ["333"]
    assert [one["UTMSource"] for one in rows_of(passed.files["metrica_expenses.csv"])] == ["Сайт"]
    assert told(passed, conversions.COVERAGE) == {"won": 6, "known": 4, "share": Told(4 / 6, "share"), "written": 3}
    assert told(passed, conversions.LEFT_DIRECT)["count"] == 1


def test_the_filter_counts_and_what_is_written_never_exceeds_the_known(company: Facts) -> None:
    site = conversions.ga4(company, Filter(channels=("Сайт",)), GA, NOW)
    assert told(site, conversions.COVERAGE) == {"won": 1, "known": 0, "share": Told(0.0, "share"), "written": 0}
    assert len(rows_of(site.files["ga4_costs.csv"])) == 1
    none = conversions.metrica(company, Filter(period=Period(date(2027, 1, 1), None)), GA, NOW)
    assert none.files == {} and told(none, conversions.COVERAGE)["share"] == Told(None, "share")
    assert told(none, conversions.NO_SPEND) == {}


def test_ids_come_from_the_exports_that_were_loaded(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    heading = "№;Клиент;Менеджер;Статус;Сумма;Дата создания;Дата закрытия;Причина отказа;gclientid;_ym_uid\n"
    yesterday = datetime.now(UTC) - timedelta(hours=20)
    day = f"{yesterday:%d.%m.%Y %H:%M}"
    text = (
        heading
        + f"1;Ромб;Иванова;Продажа;1 200,50;01.02.2026;{day};;55.66;\n"
        + f"2;Куб;Петров;Продажа;10;03.02.2026;{day};;;\n3;Шар;Петров;В работе;5;03.02.2026;;;77.88;99\n"
    )
    assert load([put(home, "deals.csv", text)], home, kind="deals").outcome == "accept"
    facts = open_facts(home)
    assert visitor_ids(home, facts.files, facts.deals["deal_id"].to_list()) == {
        "1": {"ga": "55.66"},
        "3": {"ga": "77.88", "metrica": "99"},
    }
    out = ["--out", str(tmp_path / "out"), "--home", str(home.path), "--lang", "ru"]
    done = CliRunner().invoke(cli, ["conversions", "--to", "ga4", *out], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert "Выигранных сделок: 2. С идентификатором посетителя: 1 (50\u00a0%). Записано: 1." in done.output
    [event] = (tmp_path / "out" / "ga4_events.jsonl").read_text().splitlines()
    assert json.loads(event)["client_id"] == "55.66"
    [line] = [one for one in lines(home) if one["event"] == "export"]
    assert line["rows"] == 1 and str(line["file"]).endswith("ga4_events.jsonl")
