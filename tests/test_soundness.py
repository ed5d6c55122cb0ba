"""The classic ways in which a dashboard is wrong, each as a small export loaded the whole road, with the figures worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from homes import put

from dashboard.access import Facts, open_facts
from dashboard.analyses.catalogue import ANALYSES
from dashboard.filters import Filter
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import METRICS
from dashboard.periods import Period, presets
from pipelines.load import load
from pipelines.settings import Home

# Two wins of Anna (100 and 300), one of Boris (200) among three closed; the last row came on Sunday 1 March 23:30 in Moscow.
DEALS = """№;Клиент;Менеджер;Статус;Сумма;Дата создания;Дата закрытия;Причина отказа
1;Ромб;Анна;Продажа;100;02.02.2026 10:00;05.02.2026 10:00;
2;Куб;Анна;Продажа;300;03.02.2026 10:00;28.02.2026 23:59;
3;Шар;Борис;Продажа;200;03.02.2026 10:00;01.03.2026 00:00;
4;Шар;Борис;Отказ;400;04.02.2026 10:00;10.02.2026 10:00;Дорого
5;Тор;Борис;Отказ;;04.02.2026 10:00;11.02.2026 10:00;
6;Тор;Вера;В работе;50;01.03.2026 23:30;;
"""


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    home = Home(tmp_path / "home")
    load([put(home, "a.csv", DEALS)], home, kind="deals")
    return open_facts(home)


def ask(facts: Facts, name: str, filter: Filter = Filter(), by: tuple[str, ...] = ()) -> Any:
    frame = measure(facts, [METRICS[name]], filter, by=by)
    return dict(frame.rows()) if by else frame.item()


def test_a_ratio_of_the_whole_is_no_mean_of_ratios(facts: Facts) -> None:
    """Anna wins 2 of 2, Boris 1 of 3: together 3 of 5, not two thirds; the check is 600 / 3, not the mean of 200 and 200."""
    assert ask(facts, "win_rate", by=("manager",)) == {"Анна": 1, "Борис": pytest.approx(1 / 3), "Вера": None}
    assert ask(facts, "win_rate") == 0.6
    assert ask(facts, "average_check") == 200


def test_nothing_of_nothing_is_unknown_and_no_zero(facts: Facts) -> None:
    only = Filter(managers=("Вера",))
    assert (ask(facts, "win_rate", only), ask(facts, "average_check", only), ask(facts, "won", only)) == (None, None, 0)


def test_the_last_minute_of_a_month_is_in_it_and_the_first_of_the_next_is_not(facts: Facts) -> None:
    february = Filter(period=Period(date(2026, 2, 1), date(2026, 3, 1)))
    assert ask(facts, "won", february) == 2
    assert ask(facts, "won", by=("month",)) == {date(2026, 2, 1): 2, date(2026, 3, 1): 1, None: 0}


def test_the_week_ends_at_midnight_of_the_companys_zone(facts: Facts) -> None:
    """23:30 on Sunday in Moscow is Sunday: the week of 23 February, though it would be Monday two zones east."""
    weeks = ask(facts, "leads", by=("week",))
    assert weeks == {date(2026, 2, 2): 5, date(2026, 2, 23): 1}


def test_a_month_that_runs_is_no_whole_month(facts: Facts) -> None:
    """The data end on 1 March: this month is one day long, and is compared with one day of February."""
    month = presets(facts.as_of_on)["this_month"]
    assert (month.start, month.end) == (date(2026, 3, 1), date(2026, 3, 2))
    assert ask(facts, "won", Filter(period=month)) == 1


def test_a_young_cohort_is_marked(facts: Facts) -> None:
    rows = {row["month"]: row for row in ANALYSES["cohorts"].run(facts, Filter()).frame.to_dicts()}
    assert (rows[date(2026, 2, 1)]["leads"], rows[date(2026, 2, 1)]["won"]) == (5, 3)
    assert rows[date(2026, 3, 1)]["matured_share"] == 0


STAGES = """Номер сделки;Этап;Дата перехода
1;Новая;02.02.2026 10:00
1;Продажа;05.02.2026 10:00
1;Новая;10.02.2026 10:00
1;Продажа;20.02.2026 10:00
"""


def test_a_deal_opened_again_and_won_twice_is_one_sale(tmp_path: Path) -> None:
    """Won on 5 February, opened again, won on the 20th: one sale of 100 dated by the latest win, a cycle to the first."""
    home = Home(tmp_path / "home")
    only = "\n".join(line for line in DEALS.splitlines() if line[:2] in ("№;", "1;"))
    load([put(home, "a.csv", only.replace("05.02.2026 10:00", "20.02.2026 10:00"))], home, kind="deals")
    load([put(home, "s.csv", STAGES)], home, kind="stages")
    facts = open_facts(home)
    assert (ask(facts, "won"), ask(facts, "revenue"), ask(facts, "leads")) == (1, 100, 1)
    assert ask(facts, "cycle_days_median") == 3
    assert ask(facts, "reopenings") == 1


def test_a_month_with_a_change_of_the_clock_loses_and_gains_no_hour(tmp_path: Path) -> None:
    """In Berlin 29 March 2026 has 23 hours: from Saturday noon to Monday noon are 47 hours, and each deal stays in its day."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.settings_file.write_text('zone = "Europe/Berlin"', encoding="utf-8")
    heading = DEALS.splitlines()[0]
    rows = "1;Ромб;Анна;Продажа;100;28.03.2026 12:00;30.03.2026 12:00;\n2;Куб;Анна;Продажа;5;29.03.2026 00:10;29.03.2026 23:50;\n"
    load([put(home, "a.csv", f"{heading}\n{rows}")], home, kind="deals")
    facts = open_facts(home)
    days = dict(facts.deals.select("deal_id", "cycle_days").rows())
    assert days == {"1": pytest.approx(47 / 24), "2": pytest.approx((23 + 40 / 60 - 1) / 24)}
    sunday = Filter(period=Period(date(2026, 3, 29), date(2026, 3, 30)))
    assert (ask(facts, "leads", sunday), ask(facts, "won", sunday)) == (1, 1)


def test_a_deal_on_three_product_rows_is_one_deal_with_its_amount_once(tmp_path: Path) -> None:
    """Orders come a row per product: 2 deals and 700, not 4 deals, and each product only its own lines."""
    home = Home(tmp_path / "home")
    sheet = """Номер;Покупатель;Статус;Товар;Сумма;Создан
1;Ромб;Продажа;Стол;100;02.02.2026
1;Ромб;Продажа;Стул;200;02.02.2026
1;Ромб;Продажа;Лампа;300;02.02.2026
2;Куб;Продажа;Стол;100;03.02.2026
"""
    mapping = tmp_path / "lines.toml"
    mapping.write_text(
        """name = "lines"
[[table]]
name = "orders"
kind = "deals"
rows = "lines"
dates = ["%d.%m.%Y"]
recognise.headings = ["Номер", "Покупатель"]
[table.columns]
deal_id = "Номер"
client_name = "Покупатель"
stage_name = "Статус"
product_name = "Товар"
amount = "Сумма"
created_at = "Создан"
""",
        encoding="utf-8",
    )
    report = load([put(home, "a.csv", sheet)], home, mapping=mapping)
    assert (report.rows_in, report.accepted) == (4, 4)
    facts = open_facts(home)
    assert (ask(facts, "won"), ask(facts, "revenue"), ask(facts, "average_check")) == (2, 700, 350)
    by = dict(facts.deal_products.group_by("product_name").agg(pl.col("amount").sum()).rows())
    assert by == {"Стол": 200, "Стул": 200, "Лампа": 300}
