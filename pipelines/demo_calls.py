"""The invented company's calls: sixty thousand, most of them about a deal, some from numbers the CRM never saw."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.demo_calendar import CLOSES, DAY, DAYS_COUNT, END, OPENS, Moments, day_weights, to_working_time
from pipelines.demo_deals import Company
from pipelines.demo_walk import Floats
from pipelines.demo_words import MANAGERS

CALLS_COUNT = 60_000
STRANGERS_SHARE = 0.04


def draw_calls(company: Company, rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Draw ``count`` calls in order of time.

    Columns: moment, extension (none when nobody took an incoming call), phone of the client, is_incoming, wait and
    talk in seconds, disposition in Asterisk's words.
    """
    strangers = int(count * STRANGERS_SHARE)
    about = _calls_of_deals(company, count - strangers, rng)
    foreign = _calls_of_strangers(strangers, rng)
    calls = pl.concat([about, foreign])
    return _answer(calls, rng).sort("moment", "phone").with_columns(pl.col("moment").cast(pl.Int64))


def _calls_of_deals(company: Company, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """Spread calls over deals by how far they went; the first comes soon after the lead, the rest thin out with time."""
    deals = company.deals
    furthest = np.minimum(deals["furthest"].to_numpy() % 10, 7)
    weights = (1.2 + furthest) * rng.gamma(2.0, 0.5, len(deals)) * np.where(deals["is_junk"], 0.4, 1.0)
    calls_per_deal = rng.multinomial(count, weights / weights.sum())
    row = np.repeat(np.arange(len(deals)), calls_per_deal)
    number = np.arange(count) - np.repeat(np.cumsum(calls_per_deal) - calls_per_deal, calls_per_deal)
    created = deals["created"].to_numpy()[row]
    until = np.minimum(deals["closed"].fill_null(END).to_numpy()[row], created + 75 * DAY)
    gap = (until - created) * rng.random(count) ** 1.6
    gap = np.where(number == 0, rng.lognormal(np.log(1500), 1.1, count), gap)
    moments = to_working_time(created + gap.astype(np.int64) + 60, rng)
    overtime = moments >= END
    moments = np.where(overtime, created + 30, moments)
    return pl.DataFrame(
        {
            "moment": moments,
            "extension": np.array([one.extension for one in MANAGERS])[deals["manager"].to_numpy()[row]],
            "phone": company.clients["phone"].to_numpy()[deals["client"].to_numpy()[row]],
            "is_incoming": rng.random(count) < np.where(number == 0, 0.22, 0.34),
        }
    )


def _calls_of_strangers(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """Draw incoming calls of people who have no deal: night calls among them, which nobody takes."""
    moments: Moments = rng.choice(DAYS_COUNT, count, p=day_weights()) * DAY + rng.integers(6 * 3600, 21 * 3600, count)
    extensions = np.array([one.extension for one in MANAGERS if one.left_on is None and one.load > 0])
    return pl.DataFrame(
        {
            "moment": np.minimum(moments, END - 60),
            "extension": extensions[rng.integers(0, len(extensions), count)],
            "phone": [f"70009{number:06d}" for number in rng.integers(0, 900_000, count)],
            "is_incoming": np.ones(count, dtype=bool),
        }
    )


def _answer(calls: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Decide who answered, and for how long; out of working time nobody does."""
    count = len(calls)
    second = calls["moment"].to_numpy() % DAY
    is_incoming = calls["is_incoming"].to_numpy()
    is_lunch = (second >= 13 * 3600) & (second < 14 * 3600)
    chance: Floats = np.where(is_incoming, np.where(is_lunch, 0.74, 0.90), 0.66)
    chance = np.where((second < OPENS) | (second >= CLOSES), np.where(is_incoming, 0.06, chance), chance)
    answered = rng.random(count) < chance
    wait = np.where(answered, rng.gamma(2.2, 5.0, count), rng.gamma(3.0, 9.0, count)).astype(np.int64) + 2
    talk = np.where(answered, np.minimum(rng.lognormal(np.log(110), 0.9, count), 3_000), 0).astype(np.int64)
    talk = np.where(answered, np.maximum(talk, 1), 0)
    other = rng.random(count)
    silent = np.where(other < 0.22, "BUSY", np.where(other < 0.26, "FAILED", "NO ANSWER"))
    silent = np.where(is_incoming, "NO ANSWER", silent)
    taken = answered | ~is_incoming
    return calls.with_columns(
        pl.Series("wait", wait),
        pl.Series("talk", talk),
        pl.Series("disposition", np.where(answered, "ANSWERED", silent)),
        pl.when(pl.Series(taken)).then(pl.col("extension")).alias("extension"),
    )
