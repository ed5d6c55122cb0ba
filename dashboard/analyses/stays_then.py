"""Visits to open stages as they were known on any day, as bare numbers: what a forecast of a day, and of past days, learns from.

Deals and stages are numbers as in ``passages``, days are counted from 1970. Visits are taken once per snapshot; a day only
cuts them, so that the forecasts of many months cost a few looks at one list each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dashboard.access import Facts
from dashboard.analyses.passages import KEYS, places, strangers_count, undated, ways
from dashboard.remember import prepared
from dashboard.statistics.arrays import Floats, Whole
from dashboard.statistics.staying import chances_after
from pipelines.schema.columns import OUTCOMES

LEAST_SEEN = 20
"""A chance is read off as many earlier visits that stayed in the stage as long; those that had moved on by then tell of others."""
STAGE = ["funnel_name", "stage_name"]
EPOCH = date(1970, 1, 1)
NEVER = 2**31 - 1
STILL, ABSENT = -1, -2
"""How a deal ended that has not, and one that is not looked at."""
Days = NDArray[np.int32]
Place = tuple[str, str]
"""Funnel and stage."""


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits, those of a deal together and in order; ``left`` is ``NEVER`` where it was not left."""

    deal_at: NDArray[np.uint32]
    place: NDArray[np.uint16]
    entered: Days
    left: Days


@dataclass(frozen=True, eq=False)
class Known:
    """Visits begun by a day, known up to it. ``stay``: days spent there; ``since``: days from the entry to the end of the deal,
    or to that day. ``kind``: how the deal ended, as in ``OUTCOMES``; ``STILL`` where it had not.
    """

    deal_at: NDArray[np.uint32]
    place: NDArray[np.uint16]
    stay: Days
    since: Days
    kind: NDArray[np.int8]


def open_visits(facts: Facts) -> Visits:
    """Take the visits to open stages of the deals whose way is dated whole."""
    dated = (~undated(facts)).extend_constant(False, strangers_count(facts))
    there = ways(facts)
    is_taken = there.select((pl.col("stage_type") == "open") & dated.gather(there["deal_at"])).to_series()
    rows = there.select(*KEYS, "entered_on", "left_on").filter(is_taken)
    entered, left = (rows.get_column(name).to_physical() for name in ("entered_on", "left_on"))
    numbers = (rows["deal_at"], rows["place"], entered, left.fill_null(NEVER))
    return Visits(*(one.to_numpy() for one in numbers))


def visits_by(facts: Facts, deals: pl.DataFrame, day: date) -> Known:
    """Take the visits of some deals (``deal_at``, ``kind``, ``ended_on``) that began by a day."""
    all_of_them = prepared(facts, open_visits)
    kind = np.full(facts.deals.height, ABSENT, dtype=np.int8)
    end = np.zeros(facts.deals.height, dtype=np.int32)
    mine = deals.get_column("deal_at").to_numpy()
    kind[mine], end[mine] = (deals.get_column(name).to_physical().to_numpy() for name in ("kind", "ended_on"))
    kept = (all_of_them.entered <= (day - EPOCH).days) & (kind[all_of_them.deal_at] != ABSENT)
    deal_at, entered = all_of_them.deal_at[kept], all_of_them.entered[kept]
    ended = end[deal_at]
    stay = np.minimum(all_of_them.left[kept], ended)
    stay -= entered
    ended -= entered
    return Known(deal_at, all_of_them.place[kept], stay, ended, kind[deal_at])


def by_stage(facts: Facts, visits: Known) -> Iterator[tuple[Place, Stays]]:
    """Part visits by funnel and stage, where enough are known."""
    for place, *name in places(facts).select("place", *STAGE).iter_rows():
        rows = np.flatnonzero(visits.place == place)
        if len(rows) >= LEAST_SEEN:
            yield (name[0], name[1]), Stays(visits.stay[rows], visits.since[rows], visits.kind[rows])


def latest(facts: Facts, visits: Known, deals: pl.Series) -> pl.DataFrame:
    """Tell of each deal (``deal_at``) its latest visit: stay, place; null where it has none."""
    rows = np.flatnonzero(np.append(visits.deal_at[1:] != visits.deal_at[:-1], True)[: len(visits.deal_at)])
    row_of = np.full(facts.deals.height, -1)
    row_of[visits.deal_at[rows]] = rows
    found = pl.Series(row_of[deals.to_numpy()])
    at = found.set(found < 0, None)
    return pl.DataFrame({"stay": pl.Series(visits.stay).gather(at), "place": pl.Series(visits.place).gather(at)})


@dataclass(frozen=True, eq=False)
class Stays:
    """The visits to one stage, see ``Known``."""

    stay: Days
    since: Days
    kind: NDArray[np.int8]

    @property
    def longest(self) -> int:
        """Return the longest stay that enough visits reached; what is longer is compared with those."""
        return int(np.partition(self.stay, -LEAST_SEEN)[-LEAST_SEEN])

    def chances(self, stays: Whole, horizon: int) -> Floats:
        """Tell for each stay how likely a win within the horizon is, by how deals ended that stayed as long; else NaN."""
        is_won = self.kind == OUTCOMES.index("won")
        return chances_after(stays, self.stay, self.since, self.kind != STILL, is_won, horizon)
