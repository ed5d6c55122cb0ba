"""Why money changed: the parts of a change of revenue or of the check, and what that says of advertising and sales."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from dashboard.charts.change_parts import ChangePart, change_parts
from dashboard.charts.theme import Chart
from dashboard.i18n import N_, Locale

Row = dict[str, Any]
CAUSES = {
    "closed deals": N_("the flow of deals, so look at advertising and channels"),
    "leads": N_("the flow of leads, so look at advertising and channels"),
    "win rate": N_("how deals are sold, so look at the funnel and the managers"),
    "revenue per sale": N_("the average check, so look at what is sold and for how much"),
}
"""Where to look, by the factor of ``revenue_change`` that made most of the change."""
WORTH_NAMING = 1 / 3
"""A cause of a smaller part of the change sends the reader to the wrong page: the count of deals is always beyond chance."""


def revenue(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw the rows of the analysis ``revenue_change``; their effects sum to the change."""
    rows = frame.to_dicts()
    before, after = product(rows, "before"), product(rows, "after")
    parts = [ChangePart(_named(row, locale, currency), row["effect"], is_sure(row)) for row in rows]
    ends = ((locale.text(N_("Before")), before), (locale.text(N_("Now")), after))

    def write(x: float) -> str:
        return locale.money(x, currency, short=True)

    return change_parts(revenue_finding(rows, after - before, locale, currency), ends, parts, write, signed(write))


def product(rows: list[Row], side: str) -> float:
    """Multiply the three factors of one side; without a win there is no check and no revenue."""
    found = 1.0
    for row in rows:
        found *= row[side] or 0.0
    return found


def is_sure(row: Row) -> bool:
    """Tell that the interval of an effect leaves zero out."""
    return None not in (row["effect_low"], row["effect_high"]) and row["effect_low"] * row["effect_high"] > 0


def _named(row: Row, locale: Locale, currency: str) -> str:
    sides = []
    for side in ("before", "after"):
        value = row[side]
        is_share, is_money = row["factor"] == "win rate", row["factor"] == "revenue per sale"
        text = locale.share(value) if is_share else locale.money(value, currency, short=True) if is_money else None
        sides.append(text or locale.number(value))
    name = locale.text(row["factor"])
    return f"{name[:1].upper()}{name[1:]}: {sides[0]} → {sides[1]}"


def revenue_finding(rows: list[Row], change: float, locale: Locale, currency: str) -> str:
    """Say which way the revenue went and what did it: the largest effect beyond chance that way, if it is worth naming."""
    told = {"money": locale.money(abs(change), currency, short=True)}
    causes = [row for row in rows if is_sure(row) and row["effect"] * change > 0]
    if not causes:
        rose = N_("Revenue rose by {money}: no part of it alone is more than chance")
        fell = N_("Revenue fell by {money}: no part of it alone is more than chance")
        return locale.text(rose if change >= 0 else fell, **told)
    first = max(causes, key=lambda row: abs(row["effect"]))
    if abs(first["effect"]) < WORTH_NAMING * abs(change):
        rose = N_("Revenue rose by {money}: mostly within what chance explains")
        fell = N_("Revenue fell by {money}: mostly within what chance explains")
        return locale.text(rose if change >= 0 else fell, **told)
    told["part"] = locale.money(abs(first["effect"]), currency, short=True)
    told["cause"] = locale.text(CAUSES[first["factor"]])
    rose = N_("Revenue rose by {money}, {part} of it through {cause}")
    fell = N_("Revenue fell by {money}, {part} of it through {cause}")
    return locale.text(rose if change >= 0 else fell, **told)


def check(frame: pl.DataFrame, after: float, locale: Locale, currency: str) -> Chart:
    """Draw the rows of the analysis ``check_split`` added up: the check of each product itself, and the mix of products.

    ``after`` is the average check of the period.
    """
    rate, mix = (float(frame[name].sum()) for name in ("rate_effect", "mix_effect"))
    parts = [
        ChangePart(locale.text(N_("The products themselves")), rate),
        ChangePart(locale.text(N_("Other products in the mix")), mix),
    ]
    ends = ((locale.text(N_("Before")), after - rate - mix), (locale.text(N_("Now")), after))

    def write(x: float) -> str:
        return locale.money(x, currency, short=True)

    return change_parts(check_finding(rate, mix, locale, write), ends, parts, write, signed(write))


def check_finding(rate: float, mix: float, locale: Locale, write: Callable[[float], str]) -> str:
    """Say which way the check went and whether the mix of products or the products themselves moved it more."""
    change = rate + mix
    values = {"money": write(abs(change)), "part": write(abs(mix if abs(mix) > abs(rate) else rate))}
    if abs(mix) > abs(rate):
        rose = N_("The check rose by {money}: mostly other products are bought ({part})")
        fell = N_("The check fell by {money}: mostly other products are bought ({part})")
    else:
        rose = N_("The check rose by {money}: mostly the same products sell for more ({part})")
        fell = N_("The check fell by {money}: mostly the same products sell for less ({part})")
    return locale.text(rose if change >= 0 else fell, **values)


def signed(write: Callable[[float], str]) -> Callable[[float], str]:
    """Put a plus before what was added."""
    return lambda x: ("+" if x > 0 else "") + write(x)
