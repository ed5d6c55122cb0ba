"""The invented company's money and promises: daily costs, plans, invoices with payments, tasks."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.demo_calendar import DAY, DAYS_COUNT, END, day_weights, months_of_days, to_working_time
from pipelines.demo_deals import Company
from pipelines.demo_words import CHANNELS, FIRST_DAY, FORGETFUL, MANAGERS, MONTHS_COUNT, TASK_NAMES, Channel

PAPER_STATES = (6, 7, 12, 14)
"""Stages in which an invoice is sent: contract and payment of new sales, invoice and payment of repeat sales."""


def draw_costs(company: Company, rng: np.random.Generator) -> pl.DataFrame:
    """Draw spend, impressions and clicks: one row per day, paid channel and campaign, exhibitions only while they run.

    A channel costs its price per lead times the leads it brought, spread over the days as leads are, unevenly.
    """
    weights = day_weights()
    parts: list[pl.DataFrame] = []
    for number, channel in enumerate(CHANNELS):
        if channel.cost_per_lead is None:
            continue
        leads = int(((company.deals["channel"] == number) & (company.deals["start"] < 10)).sum())
        shares = np.array([0.55, 0.17, 0.28][: len(channel.campaigns)])
        for campaign, share in zip(channel.campaigns, shares / shares.sum(), strict=True):
            daily = weights * _is_running(channel, campaign) * rng.lognormal(0.0, 0.28, DAYS_COUNT)
            spend = np.round(channel.cost_per_lead * leads * share * daily / max(daily.sum(), 1e-12), 2)
            days = np.flatnonzero(spend > 0)
            clicks = rng.poisson(spend[days] / rng.uniform(38, 55))
            parts.append(
                pl.DataFrame(
                    {
                        "channel": np.full(len(days), number),
                        "campaign": [campaign] * len(days),
                        "day": days,
                        "spend": spend[days],
                        "impressions": np.maximum(rng.poisson(clicks * rng.uniform(18, 70) + 5), clicks),
                        "clicks": clicks,
                    }
                )
            )
    return pl.concat(parts).sort("channel", "day", "campaign")


def _is_running(channel: Channel, campaign: str) -> np.ndarray:
    if channel.name != "Выставки":
        return np.ones(DAYS_COUNT)
    return np.isin(months_of_days(), (3, 4, 5) if campaign == channel.campaigns[0] else (9, 10, 11)).astype(float)


def draw_plans(company: Company) -> pl.DataFrame:
    """Set monthly plans per manager: revenue and won deals, eight per cent above what such a month usually brings.

    A manager has no plan for a month in which he was not there on the first day. The plan of the whole team has no manager
    and asks for a twentieth more than those of its people.
    """
    won = company.deals.filter(pl.col("outcome") == "won")
    per_month = won.group_by("manager").agg(pl.col("amount").sum() / MONTHS_COUNT, pl.len() / MONTHS_COUNT)
    usual = {row[0]: row[1:] for row in per_month.iter_rows()}
    rows: list[tuple[str | None, str, date, float]] = []
    for month in range(MONTHS_COUNT):
        first = date(FIRST_DAY.year + (FIRST_DAY.month - 1 + month) // 12, (FIRST_DAY.month - 1 + month) % 12 + 1, 1)
        of_month = len(rows)
        season = 0.88 + 0.028 * month / 2 - (0.25 if first.month == 1 else 0.0)
        for number, manager in enumerate(MANAGERS):
            if manager.hired_on > first or (manager.left_on is not None and manager.left_on < first):
                continue
            revenue, deals = usual.get(number, (0.0, 0.0))
            rows.append((manager.name, "Выручка", first, float(round(max(revenue * season * 1.08, 300_000), -4))))
            rows.append((manager.name, "Продажи", first, float(max(round(deals * season * 1.08), 2))))
        personal = sum(target for _, metric, _, target in rows[of_month:] if metric == "Выручка")
        rows.append((None, "Выручка", first, float(round(personal * 1.05, -4))))
    return pl.DataFrame(rows, schema=["manager", "metric", "month", "target"], orient="row")


def draw_invoices(company: Company, rng: np.random.Generator) -> pl.DataFrame:
    """Draw invoices: sent when the papers begin, paid in full, half and half, in part or not at all.

    Few are credit notes (negative), and few payments name neither a deal nor an invoice.

    One row per invoice line: number, deal_id, client, issued and paid moments, amount, paid.
    """
    papers = company.changes.filter(pl.col("state").is_in(PAPER_STATES)).group_by("deal_id").agg(pl.col("moment").min())
    deals = company.deals.join(papers, on="deal_id", how="left", maintain_order="left")
    sent = deals.filter((pl.col("amount") > 0) & (pl.col("moment").is_not_null() | (pl.col("outcome") == "won")))
    sent = sent.with_columns(pl.col("moment").fill_null(pl.col("closed")).alias("issued")).sort("issued", "deal_id")
    rows: list[tuple[str, int | None, int, int | None, int | None, float | None, float]] = []
    draws = rng.random((len(sent), 3)).tolist()
    late = (rng.lognormal(np.log(2.0), 1.0, len(sent)) * DAY).astype(np.int64).tolist()
    columns = sent.select("deal_id", "client", "issued", "closed", "outcome", "amount").iter_rows()
    for number, (deal_id, client, issued, closed, outcome, amount) in enumerate(columns, start=1):
        kind, cents, odd = draws[number - 1]
        total = round(amount + (round(cents * 100) / 100 if odd < 0.2 else 0.0), 2)
        name = f"СЧ-{number:05d}"
        done = None if closed is None else min(closed + (late[number - 1] - 2 * DAY if kind < 0.5 else 0), END)
        done = None if done is None else max(done, issued)
        if outcome != "won":
            rows.append((name, deal_id, client, issued, None, total, 0.0))
        elif kind < 0.24 and total > 200_000:
            half = round(total / 2, 2)
            rows.append((f"{name}/1", deal_id, client, issued, min(issued + 2 * DAY, END), half, half))
            rows.append((f"{name}/2", deal_id, client, issued, done, round(total - half, 2), round(total - half, 2)))
        elif kind > 0.97:
            rows.append((name, deal_id, client, issued, done, total, round(total * 0.7, 2)))
        else:
            rows.append((name, deal_id, client, issued, done, total, total))
        if number % 200 == 0:
            rows.append((f"ПП-{number:05d}", None, client, None, issued, None, 15_000.0))
        if number % 400 == 0:
            rows.append((f"КН-{number:05d}", deal_id, client, issued, None, -round(total * 0.05, 2), 0.0))
    names = ["number", "deal_id", "client", "issued", "paid_at", "amount", "paid"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def draw_tasks(company: Company, rng: np.random.Generator) -> pl.DataFrame:
    """Draw promises: some stages leave a task; most are done on time, some late, some never; open deals have a next one.

    One row per task: deal_id, client, manager, name, created, due, done.
    """
    place = company.changes.filter(pl.col("type") != 3)["place"].to_numpy()
    entered = company.changes.filter(pl.col("type") != 3)["moment"].to_numpy()
    chosen = rng.random(len(place)) < 0.55
    place, created = place[chosen], to_working_time(entered[chosen] + 600, rng)
    in_time = created < END
    place, created = place[in_time], created[in_time]
    count = len(place)
    deals = company.deals
    manager = deals["manager"].to_numpy()[place]
    closed = deals["closed"].fill_null(END + 1_000 * DAY).to_numpy()[place]
    due = to_working_time(created + (rng.choice([1, 2, 3, 5, 7], count) * DAY).astype(np.int64), rng)
    is_forgetful = manager == [one.name for one in MANAGERS].index(FORGETFUL)
    fate = rng.random(count)
    never = fate < np.where(is_forgetful, 0.30, 0.05)
    late = fate > np.where(is_forgetful, 0.62, 0.86)
    gap = np.where(late, rng.lognormal(np.log(3.0), 0.7, count) * DAY, -rng.random(count) * 0.8 * (due - created))
    done = to_working_time(np.maximum(due + gap.astype(np.int64), created + 300), rng)
    done = np.where(done > closed, closed, done)
    is_done = ~never & (done < END)
    tasks = pl.DataFrame(
        {
            "deal_id": deals["deal_id"].to_numpy()[place],
            "client": deals["client"].to_numpy()[place],
            "manager": manager,
            "name": np.array(TASK_NAMES)[rng.integers(0, len(TASK_NAMES), count)],
            "created": created,
            "due": due,
            "done": np.maximum(done, created),
        }
    )
    kept = pl.when(pl.Series(is_done)).then(pl.col("done")).alias("done")
    return tasks.with_columns(kept).sort("created", "deal_id", "name")
