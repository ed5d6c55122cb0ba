"""The first ten minutes in a real Chromium: drop an export, map an unknown table, see the numbers, take the rows away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import fastexcel
import pytest
from browsing import SERVE_DEMO, numbers, server, settled, visit  # noqa: F401 - a fixture
from homes import HEADING
from playwright.sync_api import Page, expect
from proposals import ALL

from dashboard import access
from dashboard.exports import accounting
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.measure import measure
from dashboard.metrics.registry import metric
from pipelines.load import load
from pipelines.settings import Home
from pipelines.snapshots import current_snapshot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SAMPLE = Path(__file__).parent / "exports" / "amocrm" / "deals_cp1251.csv"
NOTEBOOK = next(table for table in ALL if table.name == "заказы в тетради").text
MESSY = HEADING + "".join(
    f"{k};Клиент {k};Иванова;Продажа;{'=1+1' if k % 5 == 0 else 1000 + k};{k % 28 + 1:02}.02.2026;;\n"
    for k in range(30)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = Home(tmp_path_factory.mktemp("first") / "home")
    made.path.mkdir()
    return made


@pytest.fixture(scope="module")
def url(home):
    with server(SERVE_DEMO, home.path, path="/health") as address:
        yield address


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    held = [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files]
    page.locator("input[type=file]").set_input_files(held)
    expect(page.locator("[class*='st-key-card_file_']")).to_have_count(len(files))
    settled(page)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_dropped_export_stands_on_the_overview_after_one_button(home, url, visit):
    page = visit()
    page.goto(url)
    settled(page)
    page.get_by_role("button", name="Загрузить выгрузку прямо здесь").click()
    expect(page.get_by_role("heading", name="Данные и сверка")).to_be_visible()
    drop(page, ("сделки.csv", SAMPLE.read_bytes()))
    expect(page.get_by_text("amoCRM", exact=True)).to_be_visible()
    assert not home.warehouse.exists()
    page.get_by_role("button", name="Загрузить 1 файл").press("Enter")
    expect(page.get_by_text("Загружено строк: 2 из 3")).to_be_visible()
    settled(page)
    assert not list((home.path / "uploads").iterdir())
    page.get_by_role("link", name="Сводка").last.click()
    expect(page.get_by_role("heading", name="Сводка")).to_be_visible()
    settled(page)
    assert numbers(page)[0] == "2"


@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.soak)])
def test_an_unknown_table_is_mapped_tried_and_loaded(home, url, width, visit):
    page = visit(width=width, height=1600, scheme="dark" if width == 390 else "light")
    page.goto(f"{url}/data")
    settled(page)
    text = NOTEBOOK.replace("Орлов", f"Орлов{width}").replace("Кто обратился", f"Кто обратился {width}")
    drop(page, (f"тетрадь {width}.csv", text.encode()))
    # In the soak nothing was loaded before.
    before = access.open_facts(home).deals.height if current_snapshot(home) else 0
    expect(page.get_by_text("Такую таблицу программа видит впервые")).to_be_visible()
    assert fits(page)
    page.locator("[class*='st-key-map_try'] button").click()
    expect(page.locator("[class*='st-key-map_save'] button")).to_be_enabled()
    settled(page)
    page.locator("[class*='st-key-map_save'] button").click()
    # The report of an earlier load may still stand; that the file is gone tells that this one is over.
    expect(page.locator("[class*='st-key-card_file_']")).to_have_count(0)
    expect(page.get_by_text("Загружено строк: 6 из 6")).to_be_visible()
    settled(page)
    assert access.open_facts(home).deals.height == before + 6
    assert fits(page)
    drop(page, (f"тетрадь {width} б.csv", (text + "Новый Ян;1;Стол;1;Олег;купил;01.03.2026\n").encode()))
    expect(page.get_by_text("Такую таблицу программа видит впервые")).to_have_count(0)
    expect(page.get_by_role("button", name="Загрузить 1 файл")).to_be_visible()


@pytest.mark.soak
def test_rows_put_aside_are_handed_out_byte_for_byte(tmp_path, visit):
    home = Home(tmp_path / "home")
    home.path.mkdir()
    (tmp_path / "грязный.csv").write_text(MESSY, encoding="utf-8")
    load([tmp_path / "грязный.csv"], home, kind="deals")
    with server(SERVE_DEMO, home.path) as url:
        page = visit()
        page.goto(f"{url}/data?part=aside")
        settled(page)
        expect(page.get_by_text("6 строк")).to_be_visible()
        taken = {}
        for name in ("Скачать CSV", "Скачать XLSX"):
            with page.expect_download() as waiting:
                page.get_by_role("button", name=name).click()
            taken[name] = Path(waiting.value.path()).read_bytes()
            assert waiting.value.suggested_filename.startswith("voronka-quarantine-")
        page.goto(f"{url}/data?part=check")
        settled(page)
        expect(page.get_by_text("Каждая строка учтена")).to_be_visible()
        expect(page.locator(".js-plotly-plot .barlayer .point path").first).to_be_visible()
        page.context.close()
    rows = accounting.put_aside(access.open_facts(home), Locale("ru"))
    assert taken["Скачать CSV"] == accounting.put_aside_csv(rows, Locale("ru"))
    read = list(csv.DictReader(io.StringIO(taken["Скачать CSV"].decode("utf-8-sig"))))
    assert [row["Значение"] for row in read] == ["'=1+1"] * 6
    book = fastexcel.read_excel(taken["Скачать XLSX"])
    assert book.load_sheet("грязный.csv").to_polars()["Сумма"].to_list() == ["=1+1"] * 6


DEALS_OF_STAGES = "ID сделки;Воронка;Этап;Сумма;Дата создания;Дата закрытия\n" + "".join(
    f"{n};Продажи;Продажа;100;01.02.2026;{1 + days:02}.02.2026\n" for n, days in enumerate((2, 4, 6, 8), 1)
)
ENTRIES = "ID сделки;Воронка;Этап;Дата перехода\n" + "".join(
    f"{n};Продажи;Заявка;01.02.2026 00:00\n{n};Продажи;Продажа;{1 + days:02}.02.2026 00:00\n"
    for n, days in enumerate((2, 4, 6, 8), 1)
)


def test_an_edited_norm_moves_the_share_within_the_norm(tmp_path, visit):
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.settings_file.write_text("# our rules\n[clients]\nshared = 4  # a shop\n", encoding="utf-8")
    for kind, text in (("deals", DEALS_OF_STAGES), ("stages", ENTRIES)):
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        load([tmp_path / f"{kind}.csv"], home, kind=kind)
    assert within_norm(home) is None
    with server(SERVE_DEMO, home.path) as url:
        page = visit()
        page.goto(f"{url}/data?part=words")
        settled(page)
        write_norm(page, 5)
        page.get_by_role("button", name="Сохранить этапы").click()
        page.get_by_role("button", name="Пересчитать всё").click()
        expect(page.get_by_text("Пересчитано")).to_be_visible()
        settled(page)
        assert within_norm(home) == 0.5
        page.context.close()
    assert home.settings_file.read_text("utf-8").startswith("# our rules\n[clients]\nshared = 4  # a shop\n")


def within_norm(home: Home) -> float | None:
    facts = access.open_facts(home)
    return measure(facts, [metric("within_norm_share")], Filter())["within_norm_share"].item()


def write_norm(page: Page, norm: int) -> None:
    """Type a norm into the first row of the dictionary of stages, as a person does; its cells are drawn, not elements."""
    table = page.get_by_test_id("data-grid-canvas").first
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 650, box["y"] + 53)  # below «Норма, дн.», the fourth of five columns
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator(".gdg-input").fill(str(norm))
    page.keyboard.press("Enter")
    expect(page.locator(".gdg-input")).to_have_count(0)
    settled(page)
