"""The invented company's exports, each in the shape of the system it pretends to come from (design/formats.md).

The same frames always give the same bytes: no clock, and the workbooks carry a fixed creation date.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from pipelines.demo_calendar import DAY, DAYS_COUNT, as_text, as_times, months_of_days
from pipelines.demo_deals import Company
from pipelines.demo_words import (
    CHANNELS,
    DIRECT_CHANNEL,
    FIRST_DAY,
    LAST_DAY,
    MANAGERS,
    NOTES,
    PRODUCTS,
    REGIONS,
    STAGES,
)

AMOCRM_HEADINGS = (
    "ID", "Название сделки", "Бюджет", "Ответственный", "Дата создания сделки", "Кем создана сделка",
    "Дата редактирования", "Кем редактирована", "Дата закрытия", "Теги", "Примечание", "Примечание 2", "Примечание 3",
    "Примечание 4", "Примечание 5", "Этап сделки", "Воронка", "Полное имя контакта", "Компания контакта",
    "Ответственный за контакт", "Компания", "Рабочий телефон", "Рабочий прямой телефон", "Мобильный телефон", "Факс",
    "Домашний телефон", "Другой телефон", "Рабочий email", "Личный email", "Другой email", "Skype", "ICQ", "Jabber",
    "Google Talk", "MSN", "Другой IM", "Пользовательское соглашение", "cid", "uid", "tid", "utm_source", "utm_medium",
    "utm_campaign", "utm_term", "utm_content", "utm_referrer", "_ym_uid", "_ym_counter", "roistat", "referrer",
    "openstat_service", "openstat_campaign", "openstat_ad", "openstat_source", "from", "gclientid", "gclid", "yclid",
    "fbclid", "Товар", "Источник", "Регион", "Причина отказа", "Ожидаемая дата сделки", "Код клиента",
)  # fmt: skip
CDR_COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield",
)  # fmt: skip
LINE_NUMBER = "70000000000"  # the company's own number, as fictitious as the rest
_START_UTC = int((datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) - datetime(1970, 1, 1)).total_seconds())
_MOSCOW_OFFSET = 3 * 3600


def _words(words: list[str], places: pl.Series) -> pl.Series:
    return pl.Series(words).gather(places)


def client_code(places: pl.Series) -> pl.Series:
    """Write the client's code: K and five digits."""
    return pl.select(pl.format("K{}", pl.lit(places + 1).cast(pl.String).str.zfill(5))).to_series()


def client_mail(clients: pl.DataFrame) -> pl.Series:
    """Write a mail in the reserved zone .example, for those who gave one."""
    mail = pl.format("zakaz@k{}.example", pl.col("client") + 1)
    return clients.select(pl.when(pl.col("has_email")).then(mail).otherwise(pl.lit(""))).to_series()


def write_amocrm(company: Company, path: Path) -> Path:
    """Write the deals as amoCRM's full CSV (generation A), with six custom lead fields at the end."""
    deals = company.deals
    owner = _words([one.name for one in MANAGERS], deals["manager"])
    clients = company.clients[deals["client"]]
    contact_owner = _words([one.name for one in MANAGERS], clients["manager"])
    product = _words([one.name for one in PRODUCTS], deals["product"])
    stages = pl.Series("state", [stage.name for stage in STAGES])
    note = pl.Series(list(NOTES)).gather(deals["deal_id"] % 11 % len(NOTES))
    closed = as_text(deals["closed"])
    cells = {
        "ID": deals["deal_id"].cast(pl.String),
        "Название сделки": pl.select(pl.format("{} — {}", product, clients["client_name"])).to_series(),
        "Бюджет": deals["amount"].cast(pl.String).fill_null(""),
        "Ответственный": owner,
        "Дата создания сделки": as_text(deals["created"]),
        "Кем создана сделка": owner,
        "Дата редактирования": as_text(deals["edited"]),
        "Кем редактирована": owner,
        "Дата закрытия": closed.set(closed == "", "не закрыта"),
        "Примечание": note,
        "Этап сделки": stages.gather(deals["state"]),
        "Воронка": _words([stage.funnel for stage in STAGES], deals["state"]),
        "Полное имя контакта": clients["contact"],
        "Компания контакта": clients["client_name"],
        "Ответственный за контакт": contact_owner,
        "Компания": clients["client_name"],
        "Рабочий телефон": "+" + clients["phone"],
        "Рабочий email": client_mail(clients),
        "utm_source": _words([one.utm_source for one in CHANNELS], deals["channel"]),
        "utm_medium": _words([one.utm_medium for one in CHANNELS], deals["channel"]),
        "utm_campaign": _campaigns(deals),
        "Товар": product,
        "Источник": _words([one.name for one in CHANNELS], deals["channel"]),
        "Регион": _words(list(REGIONS), deals["region"]),
        "Причина отказа": deals["reason"].fill_null(""),
        "Ожидаемая дата сделки": as_text(deals["expected"], "%d.%m.%Y"),
        "Код клиента": client_code(deals["client"]),
    }
    filled = [pl.col(name) if name in cells else pl.lit("").alias(name) for name in AMOCRM_HEADINGS]
    table = pl.DataFrame(cells).select(filled)
    table.write_csv(path, separator=";", quote_style="always", include_bom=True)
    return path


def _campaigns(deals: pl.DataFrame) -> pl.Series:
    """Name the campaign of each lead: by its number's last digits where several run, by season for exhibitions."""
    month = months_of_days()[np.minimum(deals["created"].to_numpy() // DAY, DAYS_COUNT - 1)]
    last = deals["deal_id"].to_numpy() % 100
    place = np.where(last < 55, 0, np.where(last < 72, 1, 2))
    names: list[str] = []
    for number, one, in_spring in zip(deals["channel"], place.tolist(), (month < 8).tolist(), strict=True):
        campaigns = CHANNELS[number].campaigns
        choice = (0 if in_spring else 1) if CHANNELS[number].name == "Выставки" else one % max(len(campaigns), 1)
        names.append(campaigns[choice] if campaigns else "")
    return pl.Series(names)


def write_stage_history(company: Company, path: Path) -> Path:
    """Write the changes as Bitrix24's ``crm.stagehistory.list`` answers them, all pages in one."""
    semantics = {"open": "P", "won": "S", "lost": "F", "junk": "F"}
    times = as_text(company.changes["moment"], "%Y-%m-%dT%H:%M:%S+03:00").to_list()
    columns = company.changes.select("deal_id", "state", "type").iter_rows()
    items = [
        {
            "ID": number,
            "TYPE_ID": kind,
            "OWNER_ID": deal_id,
            "CREATED_TIME": time,
            "CATEGORY_ID": int(STAGES[state].code[1]),
            "STAGE_SEMANTIC_ID": semantics[STAGES[state].type],
            "STAGE_ID": STAGES[state].code,
        }
        for number, ((deal_id, state, kind), time) in enumerate(zip(columns, times, strict=True), start=1)
    ]
    answer = {"result": {"items": items}, "total": len(items)}
    path.write_text(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8", newline="\n")
    return path


def write_cdr(calls: pl.DataFrame, path: Path) -> Path:
    """Write the calls as Asterisk's Master.csv (cdr_csv order, no header); accountcode is the manager's extension."""
    extension = pl.col("extension").fill_null("")
    serial = pl.int_range(pl.len(), dtype=pl.Int64)
    trunk = pl.format("PJSIP/trunk-{}", serial.cast(pl.String).str.zfill(8))
    desk = pl.when(extension != "").then(pl.format("PJSIP/{}-{}", extension, serial.cast(pl.String).str.zfill(8)))
    is_in, is_answered = pl.col("is_incoming"), pl.col("talk") > 0
    number = pl.when(is_in).then(pl.col("phone")).otherwise(extension)
    answered_at = pl.Series("answer", as_text(calls["moment"] + calls["wait"], "%Y-%m-%d %H:%M:%S"))
    cells = {
        "accountcode": extension,
        "src": number,
        "dst": pl.when(is_in).then(pl.lit(LINE_NUMBER)).otherwise(pl.col("phone")),
        "dcontext": pl.when(is_in).then(pl.lit("from-trunk")).otherwise(pl.lit("from-internal")),
        "clid": pl.format('"{}" <{}>', number, number),
        "channel": pl.when(is_in).then(trunk).otherwise(desk),
        "dstchannel": pl.when(is_in).then(desk).otherwise(trunk).fill_null(""),
        "lastapp": pl.lit("Dial"),
        "lastdata": pl.when(is_in).then(pl.lit("PJSIP/sales,30")).otherwise(pl.format("PJSIP/{}@trunk", "phone")),
        "start": pl.lit(as_text(calls["moment"], "%Y-%m-%d %H:%M:%S")),
        "answer": pl.when(is_answered).then(pl.lit(answered_at)).otherwise(pl.lit("")),
        "end": pl.lit(as_text(calls["moment"] + calls["wait"] + calls["talk"], "%Y-%m-%d %H:%M:%S")),
        "duration": pl.col("wait") + pl.col("talk"),
        "billsec": pl.col("talk"),
        "disposition": pl.col("disposition"),
        "amaflags": pl.lit("DOCUMENTATION"),
        "uniqueid": pl.format("{}.{}", pl.col("moment") + _START_UTC - _MOSCOW_OFFSET, serial + 1),
        "userfield": pl.lit(""),
    }
    table = calls.select(**{name: cells[name] for name in CDR_COLUMNS})
    table.write_csv(path, include_header=False, quote_style="non_numeric")
    return path


def write_direct(costs: pl.DataFrame, path: Path) -> Path:
    """Write the costs of Yandex.Direct as a report of its Reports API: title, header, millionths, total."""
    number = [one.name for one in CHANNELS].index(DIRECT_CHANNEL)
    rows = costs.filter(pl.col("channel") == number)
    campaigns = CHANNELS[number].campaigns
    table = rows.select(
        pl.Series("Date", as_text(rows["day"] * DAY, "%Y-%m-%d")),
        CampaignId=pl.col("campaign").replace_strict({name: 70_000_001 + i for i, name in enumerate(campaigns)}),
        CampaignName="campaign",
        Impressions="impressions",
        Clicks="clicks",
        Cost=(pl.col("spend") * 1_000_000).round().cast(pl.Int64),
    )
    title = f'"Расходы по дням ({FIRST_DAY} - {LAST_DAY})"\n'
    body = table.write_csv(separator="\t", quote_style="never")
    path.write_text(f"{title}{body}Total rows: {len(table)}\n", encoding="utf-8", newline="\n")
    return path


def write_sheet(table: pl.DataFrame, path: Path) -> Path:
    """Write a sheet as Russian Excel saves CSV: cp1251, semicolons, decimal comma, CRLF."""
    cells = table.with_columns(
        pl.col(pl.String).replace("", None)
    )  # Excel puts nothing into an empty cell, not two quotes
    text = cells.write_csv(separator=";", decimal_comma=True, float_precision=2, line_terminator="\r\n")
    path.write_bytes(text.encode("cp1251"))
    return path


def write_workbook(sheets: dict[str, pl.DataFrame], path: Path) -> Path:
    """Write a workbook with one table per sheet; dates are real Excel dates, empty cells are empty."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"})
    book.set_properties({"title": "Voronka", "created": datetime(2026, 10, 31)})
    heading = book.add_format({"bold": True})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, table.columns, heading)
        for place, column in enumerate(table.columns):
            sheet.write_column(1, place, table[column].to_list())
        sheet.set_column(0, table.width - 1, 18)
    book.close()
    return path


def as_days(moments: pl.Series) -> pl.Series:
    """Turn moments into dates."""
    return as_times(moments).dt.date()
