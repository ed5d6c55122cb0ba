"""The invented company: eighteen months of a firm that does not exist, as the exports its systems would give.

The same seed gives the same bytes on any day. The stories a head of sales may find in it are listed in ``STORIES`` and
measured by ``tests/test_demo.py``; every phone has the area code 000 and every mail ends in ``.example``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines import demo_files, demo_tables
from pipelines.demo_calls import CALLS_COUNT, draw_calls
from pipelines.demo_deals import draw_company
from pipelines.demo_money import draw_costs, draw_invoices, draw_plans, draw_tasks
from pipelines.demo_settings import write_mappings, write_settings_file

SEED = 20_261_031
STORIES = (
    "The contract stage is three times slower in the Urals.",
    "The lead aggregator has the cheapest leads and the dearest sales.",
    "The newcomer has the highest win rate, on two dozen deals: luck.",
    "In the second quarter of 2026 a campaign for the smallest machine changed the mix and lowered the average check.",
    "Tens of millions of roubles sit in proposals and talks long past their norm, most of them with one manager.",
)


def write_company(folder: Path, *, seed: int = SEED, scale: float = 1.0) -> list[Path]:
    """Write every export of the company into ``folder`` and return the files; ``scale`` makes a smaller company."""
    folder.mkdir(parents=True, exist_ok=True)
    company = draw_company(seed, scale)
    costs = draw_costs(company, _stream(seed, 1))
    calls = draw_calls(company, _stream(seed, 2), max(int(CALLS_COUNT * scale), 100))
    invoices = draw_invoices(company, _stream(seed, 3))
    tasks = draw_tasks(company, _stream(seed, 4))
    reference = {
        "Менеджеры": demo_tables.managers_sheet(),
        "Товары": demo_tables.products_sheet(),
        "Планы": demo_tables.plans_sheet(draw_plans(company)),
    }
    return [
        demo_files.write_amocrm(company, folder / "amocrm_export_leads_2026-10-31.csv"),
        demo_files.write_stage_history(company, folder / "bitrix24_stagehistory.json"),
        demo_files.write_cdr(calls, folder / "Master.csv"),
        demo_files.write_direct(costs, folder / "yandex_direct_costs.tsv"),
        demo_files.write_sheet(demo_tables.costs_sheet(costs), folder / "costs_other_channels.csv"),
        demo_files.write_sheet(demo_tables.clients_sheet(company), folder / "clients.csv"),
        demo_files.write_sheet(demo_tables.tasks_sheet(tasks), folder / "tasks.csv"),
        demo_files.write_workbook(reference, folder / "managers_products_plans.xlsx"),
        demo_files.write_workbook({"Счета": demo_tables.invoices_sheet(invoices)}, folder / "invoices.xlsx"),
    ]


def write_settings(home_path: Path) -> None:
    """Write the company's settings.toml (its stage dictionary, hours, currency) and its own mappings into a home."""
    home_path.mkdir(parents=True, exist_ok=True)
    write_settings_file(home_path / "settings.toml")
    write_mappings(home_path / "mappings")


def _stream(seed: int, number: int) -> np.random.Generator:
    """Return a stream of its own for each kind of export, so that a change in one leaves the others as they are."""
    return np.random.default_rng([seed, number])
