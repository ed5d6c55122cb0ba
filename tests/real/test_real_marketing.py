"""Every figure of the public set of ad spend comes out of ``voronka load --map``, ``ask`` and ``analyse`` as its reference says.

Leads, orders and revenue of the set are the report's own, so they are those of the ``ad_`` metrics; its CAC is spend per order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import cli

MAPPING = Path(__file__).parent / "marketing.toml"
METRIC_OF = {
    "spend": "spend",
    "revenue": "ad_revenue",
    "impressions": "impressions",
    "clicks": "clicks",
    "leads": "ad_leads",
    "orders": "ad_orders",
    "cpl": "ad_cpl",
    "cac": "ad_cpo",
    "average_check": "ad_average_check",
    "romi": "ad_romi",
    "click_to_lead": "ad_click_to_lead",
    "lead_to_order": "ad_lead_to_order",
}
FILES = ("Marketing_semicolon_decimal_comma.csv", "Marketing_us_dates.csv")


def say(*words: str) -> dict[str, Any]:
    found = CliRunner().invoke(cli, [*words, "--format", "json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.fixture(scope="module", params=FILES, ids=["semicolon", "us dates"])
def told(request: Any, once: Any, real_data: Path) -> tuple[str, dict[str, Any]]:
    """A home with one of the two files, which hold the same rows, and the reference figures."""
    folder = real_data / "kaggle_marketing_spend"

    def make(home: Path) -> None:
        words = ["load", str(folder / request.param), "--map", str(MAPPING), "--home", str(home), "--json"]
        found = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert found.exit_code == 0, found.output

    home = once(f"real-marketing-{FILES.index(request.param)}", make)
    return str(home), json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def check(found: dict[str, Any], figures: dict[str, Any]) -> None:
    for name, metric in METRIC_OF.items():
        assert found[metric] == pytest.approx(figures[name], abs=5.1e-5), (name, found)


def test_the_whole(told: tuple[str, dict[str, Any]]) -> None:
    home, reference = told
    (row,) = say("ask", *METRIC_OF.values(), "--home", home)["rows"]
    check(row, reference["total"])


@pytest.mark.parametrize(("cut", "figures"), [("channel", "channels_category"), ("campaign", "campaigns")])
def test_by_channel_and_by_campaign(told: tuple[str, dict[str, Any]], cut: str, figures: str) -> None:
    home, reference = told
    rows = {row[cut]: row for row in say("ask", *METRIC_OF.values(), "--by", cut, "--home", home)["rows"]}
    assert set(rows) == set(reference[figures])
    for name, figure in reference[figures].items():
        check(rows[name], figure)


def test_campaigns_with_their_days(told: tuple[str, dict[str, Any]]) -> None:
    home, reference = told
    rows = say("analyse", "ad_report", "--home", home)["rows"]
    assert len(rows) == reference["distinct_campaign_names"] == reference["distinct_campaign_names_case_insensitive"]
    assert {row["campaign"]: row["days"] for row in rows} == {
        name: figure["rows"] for name, figure in reference["campaigns"].items()
    }
    days = {name: sum(row["days"] for row in rows if row["channel"] == name) for name in reference["channels_category"]}
    assert days == {name: figure["rows"] for name, figure in reference["channels_category"].items()}
    assert sum(row["days"] for row in rows) == reference["total"]["rows"]
    assert sum(row["days_without_revenue"] for row in rows) == reference["zero_revenue_rows"]
    assert min(row["first_on"] for row in rows) == reference["date_min"]
    assert max(row["last_on"] for row in rows) == reference["date_max"]


def test_spend_without_a_crm_is_spend_without_leads(told: tuple[str, dict[str, Any]]) -> None:
    home, reference = told
    rows = say("analyse", "spend_without_leads", "--home", home)["rows"]
    assert {row["campaign"]: row["spend"] for row in rows} == {
        name: figure["spend"] for name, figure in reference["campaigns"].items()
    }
