"""The invented company is the same every time, as large as promised, and agrees with itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from invented import read_calls, read_changes, read_deals, read_sheet

from pipelines import demo_words as words
from pipelines.demo import write_company, write_settings
from pipelines.profile import profiles_in
from pipelines.settings import Home, read_settings


@pytest.fixture(scope="module")
def folder(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    def make(inbox: Path) -> None:
        write_company(inbox)

    return once("invented", make)


@pytest.fixture(scope="module")
def deals(folder: Path) -> pl.DataFrame:
    return read_deals(folder)


@pytest.fixture(scope="module")
def changes(folder: Path) -> pl.DataFrame:
    return read_changes(folder)


@pytest.fixture(scope="module")
def calls(folder: Path) -> list[list[str]]:
    return read_calls(folder)


def order_of(code: str) -> int:
    return [stage.code for stage in words.STAGES].index(code)


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    once, again = (write_company(tmp_path / name, scale=0.1) for name in ("once", "again"))
    hashes = [[hashlib.sha256(path.read_bytes()).hexdigest() for path in paths] for paths in (once, again)]
    assert hashes[0] == hashes[1]
    assert [path.name for path in once] == [path.name for path in again]


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    once, again = (write_company(tmp_path / str(seed), seed=seed, scale=0.02)[0].read_bytes() for seed in (1, 2))
    assert once != again


def test_the_company_is_as_large_as_promised(
    deals: pl.DataFrame, changes: pl.DataFrame, calls: list[list[str]]
) -> None:
    assert deals.height == 12_000
    assert 39_000 < changes.height < 45_000
    assert len(calls) == 60_000
    counts = deals.select(pl.col("manager", "product", "channel", "region", "funnel").n_unique()).row(0)
    assert counts == (14, 8, 7, 9, 2)
    assert len({manager.team for manager in words.MANAGERS}) == 3
    open_stages = [stage.funnel for stage in words.STAGES if stage.type == "open"]
    assert (open_stages.count(words.NEW_SALES), open_stages.count(words.REPEAT_SALES)) == (8, 5)
    assert deals.filter(pl.col("reason") != "")["reason"].n_unique() == 15
    assert deals["created_at"].dt.truncate("1mo").n_unique() == 18


def test_outcomes_are_those_of_a_real_company(deals: pl.DataFrame) -> None:
    shares = {name: (deals["outcome"] == name).mean() for name in ("won", "lost", "junk", "open")}
    assert 0.12 < shares["won"] < 0.20
    assert 0.05 < shares["junk"] < 0.15
    assert 0.03 < shares["open"] < 0.10
    missing = deals.filter(pl.col("outcome") == "lost").select((pl.col("reason") == "").mean()).item()
    assert 0.05 < missing < 0.20
    won = deals.filter((pl.col("outcome") == "won") & (pl.col("funnel") == words.NEW_SALES))
    assert 20 < won.select((pl.col("closed_at") - pl.col("created_at")).dt.total_days().median()).item() < 60
    assert won["amount"].null_count() == 0
    assert deals.filter(pl.col("outcome") == "open")["closed_cell"].unique().to_list() == ["не закрыта"]


def test_the_history_agrees_with_the_deals(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    ends = changes.group_by("deal_id").agg(
        pl.col("entered_at").first().alias("first_at"),
        pl.col("type").first().alias("first_type"),
        pl.col("entered_at").last().alias("last_at"),
        pl.col("code").last(),
        pl.col("category").last(),
        pl.col("entered_at").is_sorted().alias("is_sorted"),
    )
    names = pl.DataFrame(
        {
            "code": [stage.code for stage in words.STAGES],
            "last_stage": [stage.name for stage in words.STAGES],
            "last_funnel": [stage.funnel for stage in words.STAGES],
        }
    )
    both = deals.join(ends, on="deal_id", how="full", coalesce=True).join(names, on="code", how="left")
    assert both.height == deals.height
    assert both["is_sorted"].all()
    assert (both["first_type"] == 1).all()
    assert (both["first_at"] == both["created_at"]).all()
    assert (both["last_stage"] == both["stage"]).all()
    assert (both["last_funnel"] == both["funnel"]).all()
    closed = both.filter(pl.col("outcome") != "open")
    assert (closed["closed_at"] == closed["last_at"]).all()
    assert both.filter(pl.col("outcome") == "open")["closed_at"].null_count() == (deals["outcome"] == "open").sum()


def test_deals_skip_stages_go_back_change_funnel_and_are_reopened(changes: pl.DataFrame) -> None:
    finals = [stage.code for stage in words.STAGES if stage.type != "open"]
    steps = changes.with_columns(
        pl.col("code").replace_strict({s.code: order_of(s.code) for s in words.STAGES}).alias("order"),
        pl.col("code").is_in(finals).alias("is_final"),
    ).with_columns(pl.col("order", "is_final").shift(1).over("deal_id").name.prefix("before_"))
    move = steps.filter(pl.col("type") == 2)
    assert move.filter(pl.col("order") - pl.col("before_order") == 2).height > 500
    assert move.filter((pl.col("order") < pl.col("before_order")) & ~pl.col("before_is_final")).height > 100
    assert steps.filter(pl.col("before_is_final")).height > 100
    assert steps.filter(pl.col("type") == 5).height > 20
    assert set(steps["type"].unique()) == {1, 2, 3, 5}


def test_people_work_in_working_hours_and_leads_follow_the_week(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    moved = changes.filter(pl.col("type") != 1)["entered_at"]
    assert moved.dt.hour().is_between(9, 17).all()
    assert (moved.dt.weekday() <= 5).all()
    per_weekday = dict(deals["created_at"].dt.weekday().value_counts().iter_rows())
    assert per_weekday[1] > 3 * per_weekday[7] > 0
    assert changes["entered_at"].dt.date().max() <= words.LAST_DAY


def test_no_phone_or_mail_could_be_real(folder: Path, deals: pl.DataFrame, calls: list[list[str]]) -> None:
    assert deals["phone"].str.contains(r"^\+7000\d{7}$").all()
    ours = {manager.extension for manager in words.MANAGERS} | {""}
    numbers = {row[place] for row in calls for place in (1, 2)} - ours
    assert all(number.startswith("7000") and len(number) == 11 for number in numbers)
    clients = read_sheet(folder / "clients.csv")
    assert clients["Телефон"].str.contains(r"^\+7000\d{7}$").all()
    assert clients["Телефон"].n_unique() == clients["Код клиента"].n_unique() == clients.height
    assert clients["Почта"].drop_nulls().str.ends_with(".example").all()


def test_payments_are_never_before_their_invoice_nor_after_the_export(folder: Path) -> None:
    invoices = pl.read_excel(folder / "invoices.xlsx")
    assert invoices.filter(pl.col("Дата оплаты") < pl.col("Дата счёта")).is_empty()
    assert invoices["Дата оплаты"].max() <= words.LAST_DAY
    assert invoices["Номер счёта"].is_unique().all()
    assert invoices["Номер сделки"].null_count() > 0
    assert 0.6 < invoices["Оплачено"].sum() / invoices["Сумма счёта"].sum() < 0.95


def test_the_settings_and_mappings_are_valid(tmp_path: Path) -> None:
    write_settings(tmp_path)
    settings = read_settings(Home(tmp_path))
    assert [(funnel.name, len(funnel.stage)) for funnel in settings.funnel] == [
        (words.NEW_SALES, 10),
        (words.REPEAT_SALES, 7),
    ]
    codes = [code for funnel in settings.funnel for stage in funnel.stage for code in stage.codes]
    assert codes == [stage.code for stage in words.STAGES]
    profiles = profiles_in(tmp_path / "mappings")
    assert {profile.system for profile in profiles if profile.extends != "asterisk"} == {"packing_company"}
