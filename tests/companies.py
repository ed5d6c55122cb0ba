"""Invented companies for tests: literal rows for hand-worked examples, and Hypothesis strategies that go the real road.

The generated ones are core tables (deals, stage changes, stages with skips, moves back, re-opened deals, missing columns,
one manager or none, no deals at all) built into facts by ``pipelines.facts.build_facts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import dataframely as dy
import polars as pl
from company_base import CLIENT_IDS, base_tables
from hypothesis import strategies as st

from dashboard.access import Facts
from pipelines.facts import build_facts
from pipelines.schema import core, facts

START = datetime(2025, 1, 6, tzinfo=UTC)
AS_OF = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)
ZERO_COLUMNS = ("visits_count", "reopens_count", "back_moves_count", "skips_count")


def frame_of(schema: type[dy.Schema], rows: Sequence[Mapping[str, Any]], **defaults: Any) -> pl.DataFrame:
    """Make a frame with every column of a schema from rows that name only the columns that matter."""
    dtypes = {name: column.dtype for name, column in schema.columns().items()}
    full = [{name: row.get(name, defaults.get(name)) for name in dtypes} for row in rows]
    return pl.DataFrame(full, schema=dtypes, orient="row")


def deals_of(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Make ``facts.deals`` from literal rows; numbers of a deal default to their place in the list."""
    numbered = [{"deal_id": str(number), **row} for number, row in enumerate(rows, 1)]
    defaults: dict[str, Any] = dict.fromkeys(ZERO_COLUMNS, 0)
    return frame_of(facts.Deals, numbered, funnel_name="Sales", outcome="open", history="events", **defaults)


def facts_with(deals: pl.DataFrame, as_of: datetime = AS_OF) -> Facts:
    """Make facts that hold deals only."""
    return Facts(
        snapshot="s000001",
        as_of=as_of,
        zone="UTC",
        currency="RUB",
        deals=deals,
        visits=frame_of(facts.Visits, []),
        stages=frame_of(facts.Stages, []),
    )


def stages_of(
    *stages: tuple[str, str] | tuple[str, str, dict[str, Any]], funnel: str = "Sales"
) -> list[dict[str, Any]]:
    """Make rows of the stage dictionary from (name, type[, more columns]) in their order."""
    return [
        {
            "funnel_name": funnel,
            "stage_name": name,
            "stage_type": kind,
            "stage_order": order,
            "is_optional": False,
            "is_unmapped": False,
            "is_ordered": True,
            **(more[0] if more else {}),
        }
        for order, (name, kind, *more) in enumerate(stages, 1)
    ]


def walked(
    stages: Sequence[Mapping[str, Any]],
    deals: Sequence[Mapping[str, Any]],
    *,
    as_of: datetime = AS_OF,
    zone: str = "UTC",
    more: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Facts:
    """Build facts from deals whose ``walk`` is a list of (stage, moment or None); the last stage gives the outcome.

    ``more`` are rows of other core tables by name.
    """
    core_deals, changes = [], []
    types = {(stage["funnel_name"], stage["stage_name"]): stage["stage_type"] for stage in stages}
    for number, deal in enumerate(deals, 1):
        walk = [(*step, "Sales")[:3] if len(step) == 2 else step for step in deal["walk"]]
        last_name, last_at, last_funnel = walk[-1] if walk else (None, None, "Sales")
        kind = types.get((last_funnel, last_name), "open")
        core_deals.append(
            {
                "deal_id": str(number),
                "funnel_name": last_funnel,
                "stage_name": last_name,
                "outcome": kind,
                "history": "events",
                "created_at": walk[0][1] if walk else None,
                "closed_at": None if kind == "open" else last_at,
                **{key: value for key, value in deal.items() if key != "walk"},
            }
        )
        changes += [
            {
                "deal_id": str(deal.get("deal_id", number)),
                "change_number": step,
                "funnel_name": funnel,
                "stage_name": name,
                "entered_at": at,
                "is_implied": at is None,
            }
            for step, (name, at, funnel) in enumerate(walk, 1)
        ]
    return built(core_deals, changes, stages, as_of=as_of, zone=zone, more=more)


def built(
    deals: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, Any]],
    *,
    as_of: datetime,
    zone: str = "UTC",
    more: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Facts:
    """Send core tables through ``build_facts``; ``more`` are rows of other core tables by name."""
    tables = {name: frame_of(schema, (more or {}).get(name, [])) for name, schema in core.CORE.items()}
    tables |= {
        "deals": frame_of(core.Deals, deals),
        "stage_changes": frame_of(core.StageChanges, changes),
        "stages": frame_of(core.Stages, stages),
    }
    made = build_facts(tables, as_of=as_of, zone=zone)
    return Facts(snapshot="s000001", as_of=as_of, zone=zone, currency="RUB", **made)


CUTS = ("manager_name", "team_name", "product_name", "channel_name", "region_name", "client_name", "refusal_reason")
OPTIONAL = (*CUTS, "client_id", "amount", "created_at", "closed_at")


@st.composite
def dictionaries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw one or two funnels of open stages, one or two won stages, lost and perhaps junk; some stages optional."""
    rows: list[dict[str, Any]] = []
    for funnel in ["Sales", "Repeat"][: draw(st.integers(1, 2))]:
        stages: list[tuple[str, str, dict[str, Any]]] = [
            (
                f"Stage {number + 1}",
                "open",
                {
                    "is_optional": draw(st.sampled_from([False, False, True])),
                    "norm_days": draw(st.sampled_from([None, 0.5, 14.0])),
                },
            )
            for number in range(draw(st.integers(1, 5)))
        ]
        stages += [(f"Won {number + 1}", "won", {}) for number in range(draw(st.integers(1, 2)))]
        stages.append(("Lost", "lost", {}))
        if draw(st.booleans()):
            stages.append(("Junk", "junk", {}))
        if draw(st.booleans()):
            stages.append(("Forgotten stage", "open", {"is_unmapped": True, "is_ordered": False}))
        rows += stages_of(*stages, funnel=funnel)
    return rows


@st.composite
def companies(draw: st.DrawFn, *, most_deals: int = 14) -> Facts:
    """Draw a whole company as facts."""
    stages = draw(dictionaries())
    places = [(stage["funnel_name"], stage["stage_name"]) for stage in stages]
    final = [(stage["funnel_name"], stage["stage_name"]) for stage in stages if stage["stage_type"] in ("won", "lost")]
    managers: list[str | None] = draw(st.sampled_from([["Анна"], ["Анна", "Boris"], ["Анна", "Boris", None], [None]]))
    missing = draw(st.sets(st.sampled_from(OPTIONAL), max_size=3))
    gaps = st.sampled_from([0, 0, 1, 60, 1440, 1440, 4320, 43_200, 100_000, None])
    deals: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, most_deals))):
        at = START + timedelta(minutes=draw(st.integers(0, 400_000)))
        created: datetime | None = at
        walk: list[tuple[str, datetime | None, str]] = []
        steps = draw(st.lists(st.sampled_from(places), min_size=0, max_size=6))
        if draw(st.booleans()):
            steps.append(draw(st.sampled_from(final)))
        for funnel, stage in steps:
            gap = draw(gaps)
            at += timedelta(minutes=gap or 0)
            walk.append((stage, None if gap is None else at, funnel))
        deal = {
            "deal_id": f"d{number}",
            "walk": walk,
            "created_at": draw(st.sampled_from([created, created, created, None])),
            "history": draw(st.sampled_from(["events", "events", "dates", "implied"])),
            "client_id": draw(st.sampled_from(CLIENT_IDS)),
            "manager_name": draw(st.sampled_from(managers)),
            "team_name": draw(st.sampled_from(["North", None])),
            "product_name": draw(st.sampled_from(["GTX", "Ёлка", None])),
            "channel_name": draw(st.sampled_from(["Site", "site", "Реклама"])),
            "region_name": draw(st.sampled_from(["East", "West", None])),
            "amount": draw(st.sampled_from([None, 0, 100, 250, 99_999])),
        }
        deals.append({key: None if key in missing else value for key, value in deal.items()})
    latest = [at for deal in deals for _, at, _ in deal["walk"] if at] + [
        d["created_at"] for d in deals if d["created_at"]
    ]
    as_of = max([START, *latest]) + timedelta(minutes=draw(st.sampled_from([0, 600, 60_000])))
    more = draw(base_tables(deals, managers))
    return walked(
        stages, deals, as_of=as_of, more=more, zone=draw(st.sampled_from(["UTC", "Europe/Moscow", "America/New_York"]))
    )
