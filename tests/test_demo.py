"""The invented company is the same every time, as large as promised, consistent, and tells the stories it should."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import demo_words as words
from pipelines.demo import write_company, write_settings
from pipelines.profile import profiles_in
from pipelines.settings import Home, read_settings

TIME = "%d.%m.%Y %H:%M:%S"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inbox = tmp_path_factory.mktemp("company")
    write_company(inbox)
    return inbox


@pytest.fixture(scope="module")
def deals(folder: Path) -> pl.DataFrame:
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


@pytest.fixture(scope="module")
def changes(folder: Path) -> pl.DataFrame:
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


@pytest.fixture(scope="module")
def calls(folder: Path) -> list[list[str]]:
    with (folder / "Master.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def spend_by_channel(folder: Path) -> pl.DataFrame:
    lines = (folder / "yandex_direct_costs.tsv").read_text(encoding="utf-8").splitlines()
    direct = sum(int(line.split("\t")[-1]) for line in lines[2:-1]) / 1_000_000
    sheet = (folder / "costs_other_channels.csv").read_bytes().decode("cp1251").encode()
    other = pl.read_csv(sheet, separator=";", decimal_comma=True).group_by("Канал").agg(pl.col("Расход").sum())
    return pl.concat([other, pl.DataFrame({"Канал": [words.DIRECT_CHANNEL], "Расход": [direct]})])


def order_of(code: str) -> int:
    return [stage.code for stage in words.STAGES].index(code)


def wilson_low(won: int, count: int) -> float:
    """Return the lower end of Wilson's 95 % interval (Wilson 1927)."""
    share, z = won / count, 1.96
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - half) / (1 + z * z / count)


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


def test_story_one_stage_is_slow_in_one_region(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    code = next(stage.code for stage in words.STAGES if stage.name == words.SLOW_STAGE)
    visits = changes.filter((pl.col("code") == code) & pl.col("days").is_not_null()).join(deals, on="deal_id")
    medians = visits.group_by("region").agg(pl.col("days").median(), pl.len()).sort("days")
    assert medians["region"].last() == words.SLOW_REGION
    assert medians["days"][-1] > 2 * medians["days"][-2]
    assert medians["len"].min() >= 30
    assert medians["days"][-1] > 1.5 * next(s.norm_days or 0 for s in words.STAGES if s.code == code)


def test_story_the_cheapest_lead_is_the_dearest_sale(folder: Path, deals: pl.DataFrame) -> None:
    paid = (
        deals.filter(pl.col("funnel") == words.NEW_SALES)
        .group_by("channel")
        .agg(pl.len().alias("leads"), (pl.col("outcome") == "won").sum().alias("won"))
        .join(spend_by_channel(folder), left_on="channel", right_on="Канал")
        .with_columns(
            (pl.col("Расход") / pl.col("leads")).alias("cpl"), (pl.col("Расход") / pl.col("won")).alias("cac")
        )
    )
    assert paid.height == 5
    by_lead, by_sale = paid.sort("cpl"), paid.sort("cac")
    assert by_lead["channel"][0] == by_sale["channel"][-1] == words.CHEAP_CHANNEL
    assert by_lead["cpl"][0] < 0.8 * by_lead["cpl"][1]
    assert by_sale["cac"][-1] > 1.4 * by_sale["cac"][-2]


def test_story_the_newcomers_win_rate_is_luck(deals: pl.DataFrame) -> None:
    closed = deals.filter(pl.col("outcome").is_in(["won", "lost"]))
    rates = closed.group_by("manager").agg((pl.col("outcome") == "won").sum().alias("won"), pl.len().alias("count"))
    rates = rates.with_columns((pl.col("won") / pl.col("count")).alias("rate")).sort("rate")
    assert rates["manager"].last() == words.NEWCOMER
    assert rates["rate"][-1] > rates["rate"][-2] + 0.05
    team_rate = float((closed["outcome"] == "won").mean() or 0)
    assert rates["count"][-1] < 30
    assert wilson_low(rates["won"][-1], rates["count"][-1]) < team_rate


def test_story_the_mix_changed_and_not_the_prices(deals: pl.DataFrame) -> None:
    won = deals.filter(
        (pl.col("outcome") == "won") & (pl.col("amount") > 0) & (pl.col("funnel") == words.NEW_SALES)
    ).with_columns((pl.col("product") == words.SHIFT_PRODUCT).alias("is_shift"))

    def quarter(first: int) -> pl.DataFrame:
        return won.filter(pl.col("closed_at").dt.date().is_between(date(2026, first, 1), date(2026, first + 2, 30)))

    before, after = quarter(1), quarter(4)
    assert after["is_shift"].mean() > 2.5 * before["is_shift"].mean()
    assert after["amount"].mean() < 0.88 * before["amount"].mean()
    prices = [rows.filter("is_shift")["amount"].mean() for rows in (before, after)]
    assert prices[1] > 0.9 * prices[0]


def test_story_stuck_deals_lie_with_one_manager(deals: pl.DataFrame, changes: pl.DataFrame) -> None:
    norms = {stage.code: stage.norm_days for stage in words.STAGES if stage.norm_days is not None}
    now = changes["entered_at"].max()
    waiting = (
        changes.filter(pl.col("left_at").is_null() & pl.col("code").is_in(list(norms)))
        .with_columns(((pl.lit(now) - pl.col("entered_at")).dt.total_seconds() / 86400).alias("age"))
        .with_columns(pl.col("code").replace_strict(norms).alias("norm"))
        .join(deals, on="deal_id")
    )
    stuck = waiting.filter(pl.col("age") > 3 * pl.col("norm"))
    young = waiting.filter(pl.col("age") <= pl.col("norm"))
    assert stuck.height > 100
    assert young.height > 100
    assert stuck["amount"].sum() > 20_000_000
    per_manager = stuck["manager"].value_counts(sort=True)
    assert per_manager["manager"][0] == words.KEEPER
    assert per_manager["count"][0] > 1.3 * per_manager["count"][1]


def test_story_one_manager_does_not_write_why_and_one_forgets(folder: Path, deals: pl.DataFrame) -> None:
    lost = deals.filter(pl.col("outcome") == "lost").group_by("manager").agg((pl.col("reason") == "").mean(), pl.len())
    lost = lost.filter(pl.col("len") > 50).sort("reason")
    assert lost["manager"].last() == words.SILENT
    assert lost["reason"][-1] > 2 * lost["reason"][-2]
    tasks = pl.read_csv(
        (folder / "tasks.csv").read_bytes().decode("cp1251").encode(), separator=";", infer_schema=False
    )
    never = tasks.group_by("Менеджер").agg(pl.col("Дата выполнения").is_null().mean().alias("never"), pl.len())
    never = never.filter(pl.col("len") > 100).sort("never")
    assert never["Менеджер"].last() == words.FORGETFUL
    assert never["never"][-1] > 2 * never["never"][-2]


def test_no_phone_or_mail_could_be_real(folder: Path, deals: pl.DataFrame, calls: list[list[str]]) -> None:
    assert deals["phone"].str.contains(r"^\+7000\d{7}$").all()
    ours = {manager.extension for manager in words.MANAGERS} | {""}
    numbers = {row[place] for row in calls for place in (1, 2)} - ours
    assert all(number.startswith("7000") and len(number) == 11 for number in numbers)
    clients = pl.read_csv(
        (folder / "clients.csv").read_bytes().decode("cp1251").encode(), separator=";", infer_schema=False
    )
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
