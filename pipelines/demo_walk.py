"""How an invented deal moves through its stages: forward, past a stage, back, into the other funnel, lost, re-opened.

All deals take their next step at once, round by round, so that forty thousand changes cost milliseconds. A step whose
moment falls after the export is not written: the deal is simply still there, as in life.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo_calendar import DAY, END, Moments, to_working_time
from pipelines.demo_words import KEEPER, MANAGERS, NEW_SALES, REGIONS, SLOW_REGION, SLOW_STAGE, STAGES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WON_NEW, LOST_NEW = 8, 9
FIRST_REPEAT, WON_REPEAT, LOST_REPEAT = 10, 15, 16
CREATED, MOVED, FINISHED, CHANGED_FUNNEL = 1, 2, 3, 5
"""TYPE_ID of Bitrix24's stage history."""

PROPOSAL, TALKS = 4, 5
_IS_WON = np.isin(np.arange(len(STAGES)), (WON_NEW, WON_REPEAT))
_IS_LOST = np.isin(np.arange(len(STAGES)), (LOST_NEW, LOST_REPEAT))
_IS_NEW = np.array([stage.funnel == NEW_SALES for stage in STAGES])
_PASS = np.array([stage.pass_share for stage in STAGES])
_SKIP = np.array([stage.skip_share for stage in STAGES])
_USUAL = np.array([stage.usual_days for stage in STAGES])
_SLOW = [stage.name for stage in STAGES].index(SLOW_STAGE)
_STUCK_SHARE = 0.11
_ROUNDS = 60


def walk(deals: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Write the stage history of ``deals`` (columns row, start, created, ease, is_junk, manager, region).

    One row per entry into a stage: ``row`` of the deal, ``state`` (index into STAGES), ``moment``, ``type``, ``step``.
    """
    state = deals["start"].to_numpy().astype(np.int64)
    now = deals["created"].to_numpy().astype(np.int64)
    walking = np.ones(len(deals), dtype=bool)
    entries: list[tuple[Ints, Ints, Moments, Ints]] = [
        (np.arange(len(deals)), state.copy(), now.copy(), np.full(len(deals), CREATED))
    ]
    traits = _Traits(deals)
    for _ in range(_ROUNDS):
        at = np.flatnonzero(walking)
        if len(at) == 0:
            break
        target = _next_state(state[at], traits.ease[at], traits.is_junk[at], rng)
        days, is_stuck = _dwell_days(state[at], traits, at, rng)
        gives_up = _IS_LOST[target] & (state[at] <= 2) & ~traits.is_junk[at]
        days = np.where(gives_up, days * 5.0, days)  # nobody closes a lead that does not answer on the first day
        target = np.where(is_stuck & ~_IS_WON[state[at]] & ~_IS_LOST[state[at]], _lost_of(state[at]), target)
        moves = target >= 0
        arrival = to_working_time(now[at] + np.maximum(days * DAY, 120).astype(np.int64), rng)
        moves &= arrival < END
        walking[at[~moves]] = False
        at, target, arrival = at[moves], target[moves], arrival[moves]
        final = _IS_WON[target] | _IS_LOST[target]
        crossed = _IS_NEW[target] != _IS_NEW[state[at]]
        entries.append((at, target, arrival, np.where(crossed, CHANGED_FUNNEL, np.where(final, FINISHED, MOVED))))
        state[at], now[at] = target, arrival
    return _as_frame(entries)


class _Traits:
    """What about a deal bends its way, as arrays in the order of the deals."""

    def __init__(self, deals: pl.DataFrame) -> None:
        self.ease: Floats = deals["ease"].to_numpy()
        self.is_junk: Flags = deals["is_junk"].to_numpy().copy()
        self.is_slow_region: Flags = deals["region"].to_numpy() == REGIONS.index(SLOW_REGION)
        keeper = [manager.name for manager in MANAGERS].index(KEEPER)
        self.is_keepers: Flags = deals["manager"].to_numpy() == keeper


def _lost_of(state: Ints) -> Ints:
    return np.where(_IS_NEW[state], LOST_NEW, LOST_REPEAT)


def _next_state(state: Ints, ease: Floats, is_junk: Flags, rng: np.random.Generator) -> Ints:
    """Choose where each deal goes next; -1 when it stays for good (a closed deal nobody re-opens)."""
    chance = rng.random(len(state))
    other = rng.random(len(state))
    odds = _PASS[state] / np.maximum(1 - _PASS[state], 1e-9) * np.exp(ease)
    passed = chance < odds / (1 + odds)
    last_open = np.where(_IS_NEW[state], WON_NEW - 1, WON_REPEAT - 1)
    ahead = state + 1 + (other < _SKIP[state])
    ahead = np.where(ahead > last_open, last_open + 1, ahead)
    can_go_back = np.where(_IS_NEW[state], state >= 3, state >= FIRST_REPEAT + 2)
    ahead = np.where(can_go_back & (other > 0.955), state - 1, ahead)
    ahead = np.where(_IS_NEW[state] & (state <= 2) & (other > 0.988), FIRST_REPEAT, ahead)
    target = np.where(passed, ahead, _lost_of(state))
    qualified = rng.random(len(state)) < 0.35
    target = np.where(is_junk, np.where(qualified & (state == 0), 1, _lost_of(state)), target)
    reopened_lost = np.where(_IS_NEW[state], np.where(other < 0.5, TALKS, PROPOSAL), FIRST_REPEAT + 1)
    target = np.where(_IS_LOST[state], np.where((chance < 0.03) & ~is_junk, reopened_lost, -1), target)
    return np.where(_IS_WON[state], np.where(chance < 0.009, state - 1, -1), target)


def _dwell_days(state: Ints, traits: _Traits, at: Ints, rng: np.random.Generator) -> tuple[Floats, Flags]:
    """Draw how long each deal stays: log-normal round the usual days, much longer for the stuck and the re-opened."""
    closed = _IS_WON[state] | _IS_LOST[state]
    usual = np.where(closed, 24.0, _USUAL[state])
    usual = np.where((state == _SLOW) & traits.is_slow_region[at], usual * 3.4, usual)
    days = usual * rng.lognormal(0.0, 0.75, len(state))
    share = np.where(traits.is_keepers[at], _STUCK_SHARE * 3.0, _STUCK_SHARE)
    is_stuck = (rng.random(len(state)) < share) & ((state == PROPOSAL) | (state == TALKS)) & ~traits.is_junk[at]
    return np.where(is_stuck, 45 + rng.exponential(240.0, len(state)), days), is_stuck


def _as_frame(entries: list[tuple[Ints, Ints, Moments, Ints]]) -> pl.DataFrame:
    rows, states, moments, types = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    steps = np.concatenate([np.full(len(part[0]), number) for number, part in enumerate(entries)])
    changes = pl.DataFrame({"row": rows, "state": states, "moment": moments, "type": types, "step": steps})
    return changes.sort("row", "step")
