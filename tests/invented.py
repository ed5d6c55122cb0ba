"""The invented company's files, read by hand and without the product's own readers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl

from pipelines import demo_words as words

TIME = "%d.%m.%Y %H:%M:%S"


def read_deals(folder: Path) -> pl.DataFrame:
    """Read the amoCRM file by hand, without the product's own readers."""
    rows = pl.read_csv(folder / "amocrm_export_leads_2026-10-31.csv", separator=";", infer_schema=False)
    is_junk = pl.col("Причина отказа").is_in(words.JUNK_REASONS)
    outcome = pl.when(pl.col("Этап сделки") == words.WON_STAGE).then(pl.lit("won"))
    outcome = outcome.when((pl.col("Этап сделки") == words.LOST_STAGE) & is_junk).then(pl.lit("junk"))
    outcome = outcome.when(pl.col("Этап сделки") == words.LOST_STAGE).then(pl.lit("lost"))
    return rows.select(
        pl.col("ID").cast(pl.Int64).alias("deal_id"),
        pl.col("Ответственный").alias("manager"),
        pl.col("Товар").alias("product"),
        pl.col("Источник").alias("channel"),
        pl.col("Регион").alias("region"),
        pl.col("Воронка").alias("funnel"),
        pl.col("Этап сделки").alias("stage"),
        pl.col("Причина отказа").fill_null("").alias("reason"),
        pl.col("Бюджет").cast(pl.Float64, strict=False).alias("amount"),
        pl.col("Дата создания сделки").str.to_datetime(TIME).alias("created_at"),
        pl.col("Дата закрытия").str.to_datetime(TIME, strict=False).alias("closed_at"),
        pl.col("Дата закрытия").alias("closed_cell"),
        pl.col("Рабочий телефон").alias("phone"),
        outcome.otherwise(pl.lit("open")).alias("outcome"),
    )


def read_changes(folder: Path) -> pl.DataFrame:
    """Read the stage history: deal_id, code, type, entered_at in local time, left_at, days."""
    items = json.loads((folder / "bitrix24_stagehistory.json").read_text(encoding="utf-8"))["result"]["items"]
    entered = pl.col("CREATED_TIME").str.strip_suffix("+03:00").str.to_datetime("%Y-%m-%dT%H:%M:%S")
    left = pl.col("entered_at").shift(-1).over("deal_id")
    return (
        pl.DataFrame(items)
        .select(
            pl.col("ID").alias("change_id"),
            pl.col("OWNER_ID").alias("deal_id"),
            pl.col("CATEGORY_ID").alias("category"),
            pl.col("STAGE_ID").alias("code"),
            pl.col("TYPE_ID").alias("type"),
            entered.alias("entered_at"),
        )
        .sort("deal_id", "change_id")
        .with_columns(left.alias("left_at"))
        .with_columns(((pl.col("left_at") - pl.col("entered_at")).dt.total_seconds() / 86400).alias("days"))
    )


def read_calls(folder: Path) -> list[list[str]]:
    with (folder / "Master.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def read_sheet(path: Path) -> pl.DataFrame:
    """Read a cp1251 sheet as text cells."""
    return pl.read_csv(path.read_bytes().decode("cp1251").encode(), separator=";", infer_schema=False)


def spend_by_channel(folder: Path) -> pl.DataFrame:
    lines = (folder / "yandex_direct_costs.tsv").read_text(encoding="utf-8").splitlines()
    direct = sum(int(line.split("\t")[-1]) for line in lines[2:-1]) / 1_000_000
    sheet = (folder / "costs_other_channels.csv").read_bytes().decode("cp1251").encode()
    other = pl.read_csv(sheet, separator=";", decimal_comma=True).group_by("Канал").agg(pl.col("Расход").sum())
    return pl.concat([other, pl.DataFrame({"Канал": [words.DIRECT_CHANNEL], "Расход": [direct]})])
