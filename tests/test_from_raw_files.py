"""From the bytes of weekly exports to the printed number: counted again in plain Python from the rows of the files alone."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from raw_firms import CUTS, Firm, amo, bitrix, invent, sheet

from dashboard import cli

WON = {"Сделка успешна", "Успешно реализовано", "Продажа"}
LOST = {"Анализ причины провала", "Закрыто и не реализовано", "Отказ"}
RATES = {date(2026, 8, 20): Decimal("80"), date(2026, 9, 10): Decimal("91.37"), date(2026, 10, 1): Decimal("95.5")}
SEPTEMBER = (datetime.fromisoformat("2026-09-01"), datetime.fromisoformat("2026-10-01"))
ALWAYS = (datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01"))
Row = dict[str, str]


def told(row: Row, *names: str) -> str:
    """Return the cell under the first of these headings that the file has."""
    return next((row[name] for name in names if name in row), "")


def when(text: str) -> datetime | None:
    form = {10: "%d.%m.%Y", 19: "%d.%m.%Y %H:%M:%S"}.get(len(text))
    return datetime.strptime(text, form) if form else None  # noqa: DTZ007 - the firm's own clock


def money(text: str) -> Decimal | None:
    bare = text.replace("\u00a0", "").replace(" ", "").removesuffix("руб.").replace(",", ".")
    return Decimal(bare) if bare else None


def seller(text: str) -> str:
    """Name a seller as people would: spaces, case and ё make no other person."""
    return " ".join(text.replace("\u00a0", " ").casefold().replace("ё", "е").split())


def rouble(amount: Decimal, currency: str, day: date) -> Decimal:
    if "Доллар" not in currency:
        return amount
    rate = RATES[max(rated for rated in RATES if rated <= day)]
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def counted_deals(files: list[list[Row]]) -> list[dict[str, Any]]:
    """Take of each deal the rows of the file in which it was changed last; its first win is the first that any file tells.

    A closing day that changes while no file shows the deal in another stage was put right: then the last one counts.
    """
    found: dict[str, dict[str, Any]] = {}
    wins: dict[str, list[datetime]] = {}
    stages: dict[str, set[str]] = {}
    for rows in files:
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(told(row, "ID", "Номер сделки"), []).append(row)
        for number, lines in groups.items():
            one = lines[0]
            stage = told(one, "Стадия сделки", "Этап сделки", "Этап")
            state = "won" if stage in WON else "lost" if stage in LOST else "open"
            closed = when(told(one, "Дата закрытия", "Предполагаемая дата закрытия")) if state != "open" else None
            created = when(told(one, "Дата создания", "Дата создания сделки"))
            amounts = [amount for line in lines if (amount := money(told(line, "Сумма", "Бюджет"))) is not None]
            day = (closed or created or ALWAYS[1]).date()
            total = rouble(sum(amounts, Decimal(0)), told(one, "Валюта"), day) if amounts else None
            changed = when(told(one, "Дата изменения", "Дата редактирования"))
            stages.setdefault(number, set()).add(stage)
            if state == "won" and closed:
                wins.setdefault(number, []).append(closed)
            deal = {"number": number, "state": state, "closed": closed, "created": created, "amount": total}
            deal |= {"changed": changed, "manager": seller(told(one, "Ответственный", "Менеджер"))}
            deal |= {"channel": told(one, "Источник", "Канал") or None, "product": told(one, "Товар")}
            deal |= {"reason": told(one, "Причина отказа"), "client": told(one, "Рабочий телефон")[-9:]}
            if number not in found or found[number]["changed"] <= changed:
                found[number] = deal
    for number, deal in found.items():
        told_first = min(wins.get(number, [ALWAYS[1]]))
        deal["first_won"] = told_first if len(stages[number]) > 1 else deal["closed"]
    return list(found.values())


def headline(deals: list[dict[str, Any]], period: tuple[datetime, datetime]) -> dict[str, Any]:
    """Count what the glossary says of deals, in a half-open period."""
    start, end = period
    made = [one for one in deals if start <= one["created"] < end]
    over = [one for one in deals if one["closed"] and start <= one["closed"] < end]
    won, lost = ([one for one in over if one["state"] == state] for state in ("won", "lost"))
    amounts = [one["amount"] for one in won if one["amount"] is not None]
    checks = [amount for amount in amounts if amount > 0]
    lives = [(one["first_won"] - one["created"]).total_seconds() / 86_400 for one in won]
    still = [one for one in deals if one["created"] < end and not (one["closed"] and one["closed"] < end)]
    return {
        "leads": len(made),
        "won": len(won),
        "lost": len(lost),
        "open": len(still),
        "revenue": sum(amounts) if amounts else None if won else 0,
        "average_check": sum(checks) / len(checks) if checks else None,
        "win_rate": len(won) / len(won + lost) if won + lost else None,
        "cycle_days_median": median([life for life in lives if life >= 0] or [-1]),
        "cohort_won": sum(one["state"] == "won" for one in made),
        "missing_reason_share": sum(not one["reason"] for one in lost) / len(lost) if lost else None,
    }


def ask(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    with pytest.raises(SystemExit) as left:
        cli.main([*words, "--home", str(home), "--format", "json"])
    out, err = capsys.readouterr()
    assert not left.value.code, err
    return json.loads(out)["rows"]


def load(home: Path, capsys: pytest.CaptureFixture[str], *paths: Path) -> str:
    with pytest.raises(SystemExit) as left:
        cli.main(["load", *map(str, paths), "--home", str(home)])
    out, err = capsys.readouterr()
    assert not left.value.code, out + err
    return out


IN_SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-10-01")
WAYS: dict[str, tuple[Callable[[Firm, int], Path], bool, tuple[tuple[int, ...], ...]]] = {
    "bitrix24": (bitrix, False, ((0,), (1,), (2, 0))),
    "amocrm": (amo, True, ((1,), (0,), (1, 2))),
    "sheet": (sheet, True, ((2, 0, 1),)),
}


@pytest.mark.parametrize("system", WAYS)
def test_three_weeks_of_exports_give_the_numbers_that_their_rows_give(
    system: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write, reopens, loads = WAYS[system]
    firm = Firm(tmp_path, random.Random(f"{system} 1"))
    firm.deals = invent(firm.dice, 60, reopens=reopens)
    weeks = [write(firm, week) for week in range(len(CUTS))]
    home = tmp_path / "home"
    home.mkdir()
    rates = "".join(f"{day};USD;{rate}\n" for day, rate in RATES.items())
    (home / "rates.csv").write_text("date;currency;rate\n" + rates, encoding="utf-8")
    (home / "settings.toml").write_text('zone = "Asia/Vladivostok"\n', encoding="utf-8")
    for some in loads:
        load(home, capsys, *(weeks[week] for week in some))
    deals = counted_deals([firm.rows[path] for path in weeks])
    hidden = {"cycle_days_median", "missing_reason_share"} if system == "bitrix24" else set()  # it exports neither
    for period, words in ((ALWAYS, ()), (SEPTEMBER, IN_SEPTEMBER)):
        expected = {name: value for name, value in headline(deals, period).items() if name not in hidden}
        found = ask(home, capsys, "ask", *expected, *words)[0]
        assert found == pytest.approx({name: value and float(value) for name, value in expected.items()}, abs=1e-5)
        for by, key in (("manager", seller), ("channel", str), ("product", str)):
            if by == "product" and system == "bitrix24":
                continue  # a deal of several products counts under each
            rows = {
                row[by] and key(row[by]): row
                for row in ask(home, capsys, "ask", "leads", "won", "revenue", "--by", by, *words)
            }
            for value in {one[by] for one in deals}:
                part = headline([one for one in deals if one[by] == value], period)
                row = rows.get(value, {"leads": 0, "won": 0, "revenue": 0})
                assert (row["leads"], row["won"]) == (part["leads"], part["won"]), (by, value)
                assert row["revenue"] == pytest.approx(part["revenue"] and float(part["revenue"])), (by, value)
    if system != "bitrix24":
        reasons = ask(home, capsys, "analyse", "refusal_reasons")
        counted = Counter(one["reason"] or None for one in deals if one["state"] == "lost")
        assert {row["reason"]: row["count"] for row in reasons} == counted
