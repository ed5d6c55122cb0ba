"""Both pages in a real Chromium on the invented company: what a reader does, and what comes of it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from browsing import choose, first_option, numbers, query, settled, visit  # noqa: F401 - fixtures
from playwright.sync_api import expect
from safe_text_cases import seen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_filter_changes_numbers_and_address_and_survives_reload_page_turn_and_back(demo, visit):
    page = visit()
    page.goto(demo)
    settled(page)
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    assert query(page)["period"] == ["last_90_days"]
    before = numbers(page)
    assert len(before) == 6

    region = first_option(page, "region")
    choose(page, "region", region)
    page.wait_for_url(re.compile("region="))
    settled(page)
    after = numbers(page)
    assert after != before
    assert query(page)["region"] == [region]

    page.reload()
    settled(page)
    assert numbers(page) == after
    assert query(page)["region"] == [region]

    page.get_by_role("link", name="Воронка продаж").click()
    expect(page.get_by_role("heading", name="Воронка продаж")).to_be_visible()
    page.wait_for_url(re.compile("funnel.*region="))
    settled(page)
    assert query(page)["region"] == [region]
    expect(page.locator(".st-key-open_region button").first).to_contain_text(region)

    page.get_by_role("link", name="Сводка").click()
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    page.wait_for_url(re.compile("region="))
    settled(page)
    assert numbers(page) == after

    link = page.url
    other = visit()
    other.goto(link)
    settled(other)
    assert numbers(other) == after


def test_the_back_button_takes_a_filter_back(demo, visit):
    page = visit()
    page.goto(f"{demo}/?period=all")
    settled(page)
    before = numbers(page)
    region = first_option(page, "region")
    choose(page, "region", region)
    page.wait_for_url(re.compile("region="))
    settled(page)
    assert numbers(page) != before
    page.go_back()
    settled(page)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(before[0])
    assert "region" not in query(page)
    page.go_forward()
    settled(page)
    expect(page.locator(".st-key-open_region button").first).to_contain_text(region)


def test_the_funnel_answers_to_its_controls_and_shows_the_deals_of_a_clicked_stage(demo, visit):
    page = visit(height=1700)
    page.goto(f"{demo}/funnel?period=last_365_days")
    settled(page)
    bars = page.locator(".st-key-figure_funnel_0, .st-key-funnel_0").locator(".barlayer .point path")
    expect(bars.first).to_be_visible()
    box = bars.nth(1).bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("stage="))
    settled(page)
    assert len(query(page)["stage"]) == 2
    expect(page.get_by_text("Чем закончился этап")).to_be_visible()
    expect(page.locator(".st-key-download_voronka-deals")).to_be_visible()

    page.locator(
        "[class*='st-key-choice_basis'] [data-baseweb=select], [class*='st-key-choice_basis'] input"
    ).first.click()
    page.get_by_role("option", name="Переходы за период").click()
    page.wait_for_url(re.compile("basis=period"))
    settled(page)
    expect(page.get_by_text("Переходы за период · Пропущенный этап считается пройденным")).to_be_visible()


def test_two_groups_stand_side_by_side(demo, visit):
    page = visit()
    page.goto(f"{demo}/funnel?by=region&period=all")
    settled(page)
    expect(page.get_by_text("Первая группа", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Сильнее всего расходятся|ни один шаг не отличается")).first).to_be_visible()


def test_a_bad_link_never_breaks_a_page(demo, visit):
    page = visit()
    page.goto(
        f"{demo}/funnel?period=never&manager={quote('![x](http://evil.example/p.png)')}&from=2026-99-01&basis=%00&lang=zz"
    )
    settled(page)
    expect(page.get_by_role("heading", name="Воронка продаж")).to_be_visible()
    assert page.get_by_test_id("stAlert").count() >= 3
    assert page.get_by_test_id("stException").count() == 0
    told = " ".join(seen(text) for text in page.get_by_test_id("stAlert").all_inner_texts())
    assert "![x](http://evil.example/p.png)" in told


def test_a_click_on_a_number_of_the_scorecard_opens_its_rows_and_they_can_be_closed(demo, visit):
    page = visit(height=2400)
    page.goto(f"{demo}/managers?period=last_365_days")
    settled(page)
    box = page.locator(".st-key-table_scorecard").bounding_box()
    page.mouse.click(box["x"] + 230, box["y"] + 35 * 1.5)
    page.wait_for_url(re.compile("number="))
    settled(page)
    table, who, metric = query(page)["number"]
    assert (table, metric) in {("scorecard", "leads"), ("scorecard", "talks")}
    card = page.locator(".st-key-card_cell_scorecard")
    expect(card.get_by_role("heading", name=re.compile(f"^{re.escape(who)}: "))).to_be_visible()
    expect(card.locator("[class*='st-key-download_voronka-']")).to_be_visible()
    card.get_by_role("button", name="Закрыть").click()
    expect(card).to_have_count(0)
    assert "number" not in query(page)
