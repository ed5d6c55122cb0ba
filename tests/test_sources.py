"""Every shipped profile recognises a sample of its system's export and reads every row of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.profile import SHIPPED, shipped_profiles
from pipelines.readers import open_export
from pipelines.recognise import recognise
from pipelines.staging import stage

EXPORTS = Path(__file__).parent / "exports"
SAMPLES = [
    ("amocrm/deals_generation_a.csv", "amocrm", "deals", 3),
    ("amocrm/deals_generation_b.csv", "amocrm", "deals", 2),
    ("amocrm/events.json", "amocrm", "stages", 3),
    ("bitrix24/DEAL_20261001_1a2b3c4d_0.csv", "bitrix24", "deals_ru", 2),
    ("bitrix24/DEAL_20261002_5e6f7a8b_0.csv", "bitrix24", "deals_en", 2),
    ("bitrix24/stagehistory.json", "bitrix24", "stages", 4),
    ("asterisk/Master.csv", "asterisk", "cdr_csv", 2),
    ("asterisk/Master_custom.csv", "asterisk", "cdr_custom", 2),
    ("asterisk/cdr__1790000000pbx.csv", "asterisk", "freepbx", 2),
    ("yandex_direct/report.tsv", "yandex_direct", "report", 2),
    ("yandex_direct/wizard.csv", "yandex_direct", "wizard", 3),
    ("voronka/invoices.csv", "voronka", "invoices", 2),
    ("voronka/plans.csv", "voronka", "plans", 2),
]


def staged(content: bytes, name: str) -> tuple[str, str, pl.DataFrame, pl.DataFrame]:
    """Read the first sheet as the product would: profile, table, good rows, refused rows."""
    sheet = open_export(content, name)[0]
    match = recognise(sheet, name, shipped_profiles())
    assert match is not None, f"nothing recognises {name}"
    rows = sheet.read(match.heading_row, match.headings, match.table.footer)
    assert not rows.broken
    result = stage(rows.cells, match.table, match.profile, zone="Europe/Moscow")
    return match.profile.name, match.table.name, result.good, result.refused


def sample(path: str) -> pl.DataFrame:
    return staged((EXPORTS / path).read_bytes(), Path(path).name)[2]


@pytest.mark.parametrize(("path", "profile", "table", "count"), SAMPLES)
def test_a_sample_is_recognised_and_read_whole(path: str, profile: str, table: str, count: int) -> None:
    found_profile, found_table, good, refused = staged((EXPORTS / path).read_bytes(), Path(path).name)
    assert (found_profile, found_table) == (profile, table)
    assert refused.is_empty(), refused
    assert good.height == count


def test_every_profile_has_a_sample_a_grade_and_a_citation() -> None:
    sampled = {path.split("/")[0] for path, *_ in SAMPLES}
    for profile in shipped_profiles():
        if profile.name == "sheet":  # aliases for --as, not one system's export
            continue
        assert profile.name in sampled, f"no sample export in tests/exports/{profile.name}/"
        assert profile.citation
        assert profile.name == "voronka" or profile.grade in ("A", "B")
    assert {path.stem for path in SHIPPED.glob("*.toml")} == {profile.name for profile in shipped_profiles()}


def test_amocrm_takes_the_deals_own_column_of_two_with_one_name() -> None:
    deals = sample("amocrm/deals_generation_a.csv")
    assert deals["channel_name"].to_list() == ["Сайт", "Выставка", "Сайт"]
    assert deals["client_name"].to_list() == ["Завод Норвикс-1", "Эмма Маслёнка", "Пекарня Лумейя-2"]
    assert deals["closed_at"].null_count() == 1
    assert deals["created_at"][0] == datetime(2026, 9, 1, 7, 15, tzinfo=UTC)
    assert deals["refusal_reason"].to_list() == [None, None, "Дорого"]
    assert sample("amocrm/deals_generation_b.csv")["amount"].to_list() == [Decimal("1250000.00"), None]


def test_bitrix24_reads_days_and_months_by_the_language_of_the_headings() -> None:
    russian = sample("bitrix24/DEAL_20261001_1a2b3c4d_0.csv")
    english = sample("bitrix24/DEAL_20261002_5e6f7a8b_0.csv")
    assert russian["created_at"].to_list() == english["created_at"].to_list()
    assert (
        russian["expected_on"].to_list() == english["expected_on"].to_list() == [date(2026, 9, 20), date(2026, 10, 30)]
    )
    assert russian["currency"].to_list() == ["RUB", "RUB"]
    history = sample("bitrix24/stagehistory.json")
    assert history["entered_at"][0] == datetime(2026, 9, 1, 7, 15, tzinfo=UTC)
    assert history["entered_at"][3] == datetime(2026, 9, 2, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "path", ["asterisk/Master.csv", "asterisk/Master_custom.csv", "asterisk/cdr__1790000000pbx.csv"]
)
def test_asterisk_tells_its_orders_apart(path: str) -> None:
    calls = sample(path)
    assert calls["is_answered"].to_list() == [True, False]
    assert calls["talk_seconds"].to_list() == [120.0, 0.0]
    assert calls["total_seconds"].to_list() == [132.0, 30.0]
    assert calls["started_at"][0] == datetime(2026, 9, 1, 7, 20, tzinfo=UTC)
    assert calls["call_id"].n_unique() == 2


def test_direct_counts_money_in_millionths_and_leaves_totals_out() -> None:
    assert sample("yandex_direct/report.tsv")["spend"].to_list() == [Decimal("1534.50"), Decimal("0.00")]
    wizard = sample("yandex_direct/wizard.csv")["spend"]
    assert wizard.to_list() == [Decimal("1534.50"), Decimal("1010.00"), Decimal("0.00")]


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize(
    "kind", [table.name for table in next(p for p in shipped_profiles() if p.name == "voronka").table]
)
def test_our_own_template_is_recognised_in_both_languages(kind: str, language: int) -> None:
    table = next(t for p in shipped_profiles() if p.name == "voronka" for t in p.table if t.name == kind)
    headings = [column.headings[language] for column in table.columns.values()]
    content = ";".join(headings) + "\n" + ";".join("" for _ in headings[1:]) + ";\n"
    sheet = open_export(content.encode(), f"{kind}.csv")[0]
    match = recognise(sheet, f"{kind}.csv", shipped_profiles())
    assert match is not None
    assert (match.profile.name, match.table.name) == ("voronka", kind)
    assert match.known == len({*headings})


def test_a_real_master_csv_is_read(real_data: Path) -> None:
    real = real_data / "asterisk_cdr" / "Master.csv"
    profile, table, good, refused = staged(real.read_bytes(), real.name)
    assert (profile, table, good.height, refused.height) == ("asterisk", "cdr_custom", 14, 0)
