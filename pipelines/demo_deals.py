"""The invented company's deals, their history and their clients, drawn once from a seed.

The stories are planted here and in ``demo_walk``. One is planted after the fact: the newcomer is given deals whose
outcome was already drawn by the common chances, so that a high win rate is luck by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.demo_calendar import DAY, END, Moments, draw_moments, moment, to_working_time
from pipelines.demo_walk import FIRST_REPEAT, LOST_NEW, LOST_REPEAT, WON_NEW, WON_REPEAT, Floats, Ints, walk
from pipelines.demo_words import (
    CHANNELS,
    DIRECT_CHANNEL,
    EARLY_WEIGHTS,
    FIRM_KINDS,
    FIRM_ROOTS,
    FIRST_NAMES,
    JUNK_REASONS,
    JUNK_WEIGHTS,
    LAST_NAMES,
    LATE_WEIGHTS,
    LOST_REASONS,
    MANAGERS,
    NEWCOMER,
    PRODUCTS,
    REGION_WEIGHTS,
    REGIONS,
    SHIFT_DAYS,
    SHIFT_PRODUCT,
    SHIFT_WEIGHT,
    SILENT,
    TEAMS,
)

DEALS_COUNT = 12_000
REPEAT_SHARE = 0.215
OLD_CLIENTS_COUNT = 900
NEWCOMER_DEALS = {"won": 8, "lost": 15, "junk": 3, "open": 12}
_MANAGER_NAMES = [manager.name for manager in MANAGERS]
_PRODUCT_NAMES = [product.name for product in PRODUCTS]


@dataclass(frozen=True)
class Company:
    """The drawn company: people and things are indexes into ``demo_words``, moments are seconds (``demo_calendar``)."""

    deals: pl.DataFrame
    changes: pl.DataFrame
    clients: pl.DataFrame


def draw_company(seed: int, scale: float) -> Company:
    """Draw deals (one row each, in order of creation), their changes (in order of time) and clients."""
    rng = np.random.default_rng(seed)
    count = max(int(DEALS_COUNT * scale), 60)
    repeat_count = int(count * REPEAT_SHARE)
    clients = _draw_old_clients(max(int(OLD_CLIENTS_COUNT * scale), 20), rng)
    fresh, newborn = _draw_new_deals(count - repeat_count, len(clients), rng)
    fresh_changes = walk(fresh, rng)
    clients = pl.concat([clients, newborn])
    repeats = _draw_repeat_deals(repeat_count, _close(fresh, fresh_changes), clients, rng)
    repeat_changes = walk(repeats, rng).with_columns(pl.col("row") + len(fresh))
    changes = pl.concat([fresh_changes, repeat_changes])
    deals = _close(pl.concat([fresh, repeats]), changes)
    deals, changes = _number(deals, changes, rng)
    deals = _finish(_give_to_newcomer(deals, rng), rng)
    return Company(deals=deals, changes=changes, clients=clients)


def _pick(weights: tuple[float, ...], count: int, rng: np.random.Generator) -> Ints:
    shares = np.array(weights, dtype=float)
    return rng.choice(len(shares), count, p=shares / shares.sum()).astype(np.int64)


def _pick_managers(region: Ints, created: Moments, rng: np.random.Generator) -> Ints:
    """Give each deal to somebody of the region's team who worked there that day, most often from that very region."""
    chosen = np.zeros(len(region), dtype=np.int64)
    for number, name in enumerate(REGIONS):
        rows = np.flatnonzero(region == number)
        weights = np.zeros((len(rows), len(MANAGERS)))
        for column, manager in enumerate(MANAGERS):
            if name in TEAMS[manager.team]:
                left = END if manager.left_on is None else moment(manager.left_on)
                employed = (created[rows] >= moment(manager.hired_on)) & (created[rows] < left)
                weights[:, column] = manager.load * (1.8 if manager.home_region == name else 1.0) * employed
        edges = np.cumsum(weights, axis=1)
        chosen[rows] = (rng.random(len(rows))[:, None] * edges[:, -1:] >= edges).sum(axis=1)
    return chosen


def _draw_old_clients(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """Draw clients who bought before the first day of the exports."""
    region = _pick(REGION_WEIGHTS, count, rng)
    zero = np.zeros(count, dtype=np.int64)
    created = -rng.integers(30, 1900, count) * DAY + rng.integers(9 * 3600, 18 * 3600, count)
    return _name_clients(region, _pick_managers(region, zero, rng), created, 0, rng)


def _name_clients(region: Ints, manager: Ints, created: Moments, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """Name firms and contacts; phones have area code 000, which does not exist, mails end in .example."""
    count = len(region)
    kinds, roots = rng.integers(0, len(FIRM_KINDS), count), rng.integers(0, len(FIRM_ROOTS), count)
    people, families = rng.integers(0, len(FIRST_NAMES), count), rng.integers(0, len(LAST_NAMES), count)
    numbers = np.arange(first, first + count)
    firms = [
        f"{FIRM_KINDS[kind]} {FIRM_ROOTS[root]}-{n + 2}" for kind, root, n in zip(kinds, roots, numbers, strict=True)
    ]
    contacts = [f"{FIRST_NAMES[one]} {LAST_NAMES[two]}" for one, two in zip(people, families, strict=True)]
    phones = [f"7000{1_000_000 + number * 137:07d}" for number in numbers]
    return pl.DataFrame(
        {
            "client": numbers,
            "client_name": firms,
            "contact": contacts,
            "phone": phones,
            "has_email": rng.random(count) < 0.7,
            "region": region,
            "manager": manager,
            "created": created,
        }
    )


def _ease(manager: Ints, product: Ints, channel: Ints, rng: np.random.Generator) -> Floats:
    """Add up what makes a step easier; a little of each deal's own."""
    skill = np.array([one.skill for one in MANAGERS])[manager]
    product_ease = np.array([one.ease for one in PRODUCTS])[product]
    channel_ease = np.array([one.ease for one in CHANNELS])[channel]
    return skill + product_ease + channel_ease + rng.normal(0.0, 0.15, len(manager))


def _draw_new_deals(count: int, first_client: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw leads of the new-sales funnel, and their clients: one in twelve comes from a client already asking."""
    channel = _pick(tuple(one.weight for one in CHANNELS), count, rng)
    names = np.array([one.name for one in CHANNELS])[channel]
    created = draw_moments(count, np.isin(names, ("Холодный обзвон", "Выставки", "Рекомендации")), rng)
    product = _pick(tuple(one.new_weight for one in PRODUCTS), count, rng)
    days = [moment(day) for day in SHIFT_DAYS]
    is_shifted = (created >= days[0]) & (created < days[1]) & (rng.random(count) < SHIFT_WEIGHT)
    product = np.where(is_shifted, _PRODUCT_NAMES.index(SHIFT_PRODUCT), product)
    region = _pick(REGION_WEIGHTS, count, rng)
    manager = _pick_managers(region, created, rng)
    is_again = rng.random(count) < 0.08
    is_again[0] = False
    own = np.cumsum(~is_again) - 1
    client = np.where(is_again, (rng.random(count) * (own + 1)).astype(np.int64), own)
    newborn = _name_clients(region[~is_again], manager[~is_again], created[~is_again], first_client, rng)
    junk = np.array([one.junk_share for one in CHANNELS])[channel]
    recommended = (names == "Рекомендации") & (rng.random(count) < 0.6)
    deals = pl.DataFrame(
        {
            "created": created,
            "start": np.where(recommended, 1, 0),
            "client": client + first_client,
            "manager": manager,
            "region": newborn["region"].to_numpy()[client],
            "product": product,
            "channel": channel,
            "is_junk": (rng.random(count) < junk) & ~is_again,
            "ease": _ease(manager, product, channel, rng),
        }
    )
    return deals, newborn


def _draw_repeat_deals(
    count: int, closed: pl.DataFrame, clients: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """Draw deals of clients who have bought: the old base, and those who won their first deal two weeks ago or more."""
    created = draw_moments(count, np.ones(count, dtype=bool), rng)
    won = closed.filter(pl.col("outcome") == "won").sort("closed", "row")
    known = np.searchsorted(won["closed"].to_numpy() + 14 * DAY, created)
    old_count = int((clients["created"] < 0).sum())
    is_old = (rng.random(count) < 0.45) | (known == 0)
    recent = won["client"].to_numpy()[np.maximum((rng.random(count) * known).astype(np.int64), 0)]
    client = np.where(is_old, rng.integers(0, old_count, count), recent)
    region = clients["region"].to_numpy()[client]
    manager = _pick_managers(region, created, rng)
    product = _pick(tuple(one.repeat_weight for one in PRODUCTS), count, rng)
    channel_names = [one.name for one in CHANNELS]
    usual = (channel_names.index("Сайт"), channel_names.index("Рекомендации"), channel_names.index("Холодный обзвон"))
    channel = np.array(usual)[_pick((0.45, 0.40, 0.15), count, rng)]
    return pl.DataFrame(
        {
            "created": created,
            "start": np.full(count, FIRST_REPEAT),
            "client": client,
            "manager": manager,
            "region": region,
            "product": product,
            "channel": channel,
            "is_junk": np.zeros(count, dtype=bool),
            "ease": _ease(manager, product, np.full(count, channel_names.index(DIRECT_CHANNEL)), rng),
        }
    )


def _close(deals: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Add the present state of each deal, when it entered it, when it closed, how far it got."""
    is_open_stage = ~pl.col("state").is_in([WON_NEW, LOST_NEW, WON_REPEAT, LOST_REPEAT])
    last = changes.group_by("row", maintain_order=True).agg(
        pl.col("state").last(),
        pl.col("moment").last().alias("entered"),
        pl.len().alias("changes_count"),
        pl.col("state").filter(is_open_stage).last().alias("last_open"),
        pl.col("state").filter(is_open_stage).max().alias("furthest"),
    )
    is_won, is_lost = pl.col("state").is_in([WON_NEW, WON_REPEAT]), pl.col("state").is_in([LOST_NEW, LOST_REPEAT])
    outcome = pl.when(is_won).then(pl.lit("won")).when(is_lost & pl.col("is_junk")).then(pl.lit("junk"))
    return (
        deals.with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(last, on="row", how="left", maintain_order="left")
        .with_columns(outcome.when(is_lost).then(pl.lit("lost")).otherwise(pl.lit("open")).alias("outcome"))
        .with_columns(pl.when(pl.col("outcome") != "open").then(pl.col("entered")).alias("closed"))
    )


def _number(deals: pl.DataFrame, changes: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put both funnels in one order of creation and give CRM numbers, as the CRM would: rising, with gaps."""
    ordered = deals.sort("created", "row")
    numbers = 31_000_000 + np.cumsum(rng.integers(1, 17, len(ordered)))
    renumbered = ordered.select("row", pl.Series("deal_id", numbers), pl.int_range(pl.len()).alias("place"))
    changes = (
        changes.join(renumbered, on="row", how="left", maintain_order="left")
        .sort("moment", "deal_id", "step")
        .select("deal_id", "place", "state", "moment", "type", "step")
    )
    return ordered.drop("row").with_columns(pl.Series("deal_id", numbers)), changes


def _give_to_newcomer(deals: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Hand the newcomer some finished and unfinished deals of the team, whatever became of them being already drawn."""
    newcomer = next(one for one in MANAGERS if one.name == NEWCOMER)
    places = [REGIONS.index(region) for region in TEAMS[newcomer.team]]
    latest = {"open": moment(date(2026, 10, 28))}
    given: list[int] = []
    rows = deals.with_row_index("place")
    for outcome, count in NEWCOMER_DEALS.items():
        pool = rows.filter(
            pl.col("region").is_in(places),
            pl.col("start") < FIRST_REPEAT,
            pl.col("state") < FIRST_REPEAT,
            pl.col("created") >= moment(newcomer.hired_on) + DAY,
            pl.col("created") < latest.get(outcome, moment(date(2026, 9, 28))),
            pl.col("outcome") == outcome,
        )["place"].to_numpy()
        given.extend(rng.choice(pool, min(count, len(pool)), replace=False).tolist())
    managers = deals["manager"].to_numpy().copy()
    managers[given] = _MANAGER_NAMES.index(NEWCOMER)
    return deals.with_columns(pl.Series("manager", managers))


def _finish(deals: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Write the amounts, refusal reasons and expected dates that the manager would have written by now."""
    count = len(deals)
    product = deals["product"].to_numpy()
    price = np.array([one.price for one in PRODUCTS])[product]
    spread = np.array([one.spread for one in PRODUCTS])[product]
    growth = 1 + 0.08 * deals["created"].to_numpy() / END
    amount = np.round(price * growth * rng.lognormal(0.0, 1.0, count) ** spread, -2).astype(np.int64)
    outcome = deals["outcome"].to_numpy()
    furthest = deals["furthest"].to_numpy()
    depth = np.where(furthest >= FIRST_REPEAT, furthest - FIRST_REPEAT + 2, furthest)
    is_written = (outcome == "won") | (rng.random(count) < np.array([0.12, 0.35, 0.75, 0.95, 1, 1, 1, 1, 1])[depth])
    amount = np.where((outcome == "won") & (rng.random(count) < 0.004), 0, amount)
    early = _pick(EARLY_WEIGHTS, count, rng)
    reason = np.where(depth <= 1, early, _pick(LATE_WEIGHTS, count, rng))
    reasons = np.where(
        outcome == "junk", np.array(JUNK_REASONS)[_pick(JUNK_WEIGHTS, count, rng)], np.array(LOST_REASONS)[reason]
    )
    is_silent = deals["manager"].to_numpy() == _MANAGER_NAMES.index(SILENT)
    is_missing = rng.random(count) < np.where(outcome == "junk", 0.0, np.where(is_silent, 0.46, 0.10))
    has_reason = np.isin(outcome, ("lost", "junk")) & ~is_missing
    usual = deals["created"].to_numpy() + (rng.lognormal(np.log(38), 0.4, count) * DAY).astype(np.int64)
    is_expected = (depth >= 3) & (rng.random(count) < 0.8)
    edited = np.minimum(to_working_time(deals["entered"].to_numpy() + rng.integers(0, 2 * DAY, count), rng), END)
    return deals.with_columns(
        pl.Series("amount", amount).set(pl.Series(~is_written), None),
        pl.Series("reason", reasons).set(pl.Series(~has_reason), None),
        pl.Series("expected", usual).set(pl.Series(~is_expected), None),
        pl.Series("edited", np.maximum(edited, deals["entered"].to_numpy())),
    )
