"""The base of clients and the money around it: every fact that stands on more than one deal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.facts.client_months import client_month_facts
from pipelines.facts.clients import client_facts
from pipelines.facts.costs import cost_facts, margin_facts
from pipelines.facts.deal_changes import deal_change_facts
from pipelines.facts.deal_products import deal_product_facts
from pipelines.facts.invoices import invoice_facts
from pipelines.facts.plans import plan_facts
from pipelines.facts.yardsticks import Yardsticks, class_revenue, measured, purchases
from pipelines.schema.core import CORE
from pipelines.settings import Settings


def base_facts(
    core: Mapping[str, pl.DataFrame],
    made: Mapping[str, pl.DataFrame],
    *,
    as_of: datetime,
    zone: str,
    settings: Settings,
    yardsticks: Yardsticks | None = None,
) -> dict[str, pl.DataFrame]:
    """Build the facts of clients and money from core and the facts of deals and touches that are ``made``.

    ``yardsticks`` of the whole base are needed when ``core`` and ``made`` are a part of it; else they are measured here.
    """
    core = {name: schema.create_empty() for name, schema in CORE.items()} | dict(core)
    deals, touches = made["deals"], made["touches"]
    bought = purchases(deals, as_of.astimezone(ZoneInfo(zone)).date())
    known = yardsticks or measured(core, bought, touches, as_of=as_of, zone=zone, settings=settings)
    spent = class_revenue(core["invoices"], bought, known.class_basis)
    clients = client_facts(core, deals, bought, spent, touches, known, settings.clients, zone)
    return {
        "clients": clients,
        "client_months": client_month_facts(bought, clients, known.active_days, known.as_of_on),
        "invoices": invoice_facts(core["invoices"], deals, clients, known.as_of_on, known.tells_payments),
        "costs": cost_facts(core["costs"]),
        "margins": margin_facts(settings.margin),
        "plans": plan_facts(core["plans"], core["managers"], settings.working_time, as_of=as_of, zone=zone),
        "deal_changes": deal_change_facts(core["deal_changes"]),
        "deal_products": deal_product_facts(core, deals),
    }
