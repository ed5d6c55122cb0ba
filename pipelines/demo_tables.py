"""The sheets the invented company fills in the product's own template (pipelines/sources/voronka.toml)."""

from __future__ import annotations

import polars as pl

from pipelines.demo_calendar import DAY, as_text
from pipelines.demo_deals import Company
from pipelines.demo_files import as_days, client_code, client_mail
from pipelines.demo_words import CHANNELS, DIRECT_CHANNEL, MANAGERS, PRODUCTS, REGIONS


def managers_sheet() -> pl.DataFrame:
    """Return one row per manager."""
    return pl.DataFrame(
        {
            "Менеджер": [one.name for one in MANAGERS],
            "Команда": [one.team for one in MANAGERS],
            "Регион": [one.home_region for one in MANAGERS],
            "Дата приёма": [one.hired_on for one in MANAGERS],
            "Дата ухода": [one.left_on for one in MANAGERS],
        }
    )


def products_sheet() -> pl.DataFrame:
    """Return one row per product with its list price."""
    return pl.DataFrame(
        {
            "Товар": [one.name for one in PRODUCTS],
            "Категория": [one.category for one in PRODUCTS],
            "Цена": [one.price for one in PRODUCTS],
        }
    )


def plans_sheet(plans: pl.DataFrame) -> pl.DataFrame:
    """Return one row per manager, month and metric."""
    return plans.select(
        pl.col("manager").alias("Менеджер"),
        pl.col("metric").alias("Показатель"),
        pl.col("month").alias("Месяц"),
        pl.col("target").alias("План"),
    )


def clients_sheet(company: Company) -> pl.DataFrame:
    """Return one row per client."""
    clients = company.clients
    return pl.DataFrame(
        {
            "Код клиента": client_code(clients["client"]),
            "Клиент": clients["client_name"],
            "Менеджер": pl.Series([one.name for one in MANAGERS]).gather(clients["manager"]),
            "Регион": pl.Series(list(REGIONS)).gather(clients["region"]),
            "Телефон": "+" + clients["phone"],
            "Почта": client_mail(clients),
            "Дата создания": as_text(clients["created"], "%d.%m.%Y"),
        }
    )


def costs_sheet(costs: pl.DataFrame) -> pl.DataFrame:
    """Return one row per day, channel and campaign of every paid channel but Yandex.Direct, which has its own report."""
    direct = [one.name for one in CHANNELS].index(DIRECT_CHANNEL)
    rows = costs.filter(pl.col("channel") != direct).sort("day", "channel", "campaign")
    return pl.DataFrame(
        {
            "Дата": as_text(rows["day"] * DAY, "%d.%m.%Y"),
            "Канал": pl.Series([one.name for one in CHANNELS]).gather(rows["channel"]),
            "Кампания": rows["campaign"],
            "Расход": rows["spend"],
            "Показы": rows["impressions"],
            "Клики": rows["clicks"],
        }
    )


def invoices_sheet(invoices: pl.DataFrame) -> pl.DataFrame:
    """Return one row per invoice line; real dates and numbers, as a workbook holds them."""
    return pl.DataFrame(
        {
            "Номер счёта": invoices["number"],
            "Номер сделки": invoices["deal_id"],
            "Код клиента": client_code(invoices["client"]),
            "Дата счёта": as_days(invoices["issued"]),
            "Дата оплаты": as_days(invoices["paid_at"]),
            "Сумма счёта": invoices["amount"],
            "Оплачено": invoices["paid"],
        }
    )


def tasks_sheet(tasks: pl.DataFrame) -> pl.DataFrame:
    """Return one row per task."""
    minute = "%d.%m.%Y %H:%M"
    return pl.DataFrame(
        {
            "Номер задачи": pl.select(pl.format("З-{}", pl.int_range(1, len(tasks) + 1))).to_series(),
            "Номер сделки": tasks["deal_id"],
            "Код клиента": client_code(tasks["client"]),
            "Менеджер": pl.Series([one.name for one in MANAGERS]).gather(tasks["manager"]),
            "Задача": tasks["name"],
            "Дата постановки": as_text(tasks["created"], minute),
            "Срок": as_text(tasks["due"], minute),
            "Дата выполнения": as_text(tasks["done"], minute),
        }
    )
