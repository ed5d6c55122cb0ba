"""The return of channels with its interval, the largest spend first; coloured only where the interval says that it pays or not.

The axis counts money back for one spent and grows by multiples: twice as much is as far from one as half as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import polars as pl

from dashboard.analyses.channels import LOSES, PAYS, TOO_FEW
from dashboard.analyses.channels_cash import TOO_FEW as TOO_FEW_CLOSED
from dashboard.charts.axis_dots import AxisDot, axis_dots
from dashboard.charts.theme import CATEGORIES, QUIET, Chart, plain, shorten
from dashboard.i18n import N_, Locale

GOOD, BAD = CATEGORIES[2], CATEGORIES[7]
LEAST = 0.05
"""Money back for one spent at the left edge: what brought less, or a loss on top, is drawn here."""
Row = dict[str, Any]


def returns(frame: pl.DataFrame, by: str, locale: Locale, currency: str) -> Chart:
    """Draw the rows of an answer of channels that have a spend; point k is row k of ``drawn``.

    ``by`` names the column of the rows: channel or campaign.
    """
    rows = drawn(frame).to_dicts()
    places = [
        place for row in rows for place in (row["romi_shown"], row["romi_low"], row["romi_high"]) if place is not None
    ]
    low, high = floor(min(map(position, places), default=0.0)), ceil(max(map(position, places), default=1.0))
    low, high = max(min(low, 0) - 0.1, position(-1.0) - 0.05), max(high, 1) + 0.1
    ticks = [(float(power), _back(power, locale, currency)) for power in range(ceil(low), floor(high) + 1)]
    title = finding(rows, by, locale, currency)
    return Chart(
        title=title,
        figure=axis_dots([_dot(row, by, locale, currency) for row in rows], ticks, (low, high), mark=0.0),
        alt="; ".join([title, *(_spoken(row, by, locale) for row in rows)]),
    )


def drawn(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows that have a spend and a return."""
    return frame.filter((pl.col("spend") > 0) & pl.col("romi_shown").is_not_null())


def position(romi: float) -> float:
    """Return the place of a return on the axis: the power of ten of money back for one spent."""
    return log10(max(1.0 + romi, LEAST))


def finding(rows: Sequence[Row], by: str, locale: Locale, currency: str) -> str:
    """Say the most costly row that does not pay, else how many pay for sure."""
    losing = [row for row in rows if row["channel_verdict"] == LOSES]
    paying = [row for row in rows if row["channel_verdict"] == PAYS]
    if losing:
        worst = losing[0]  # rows stand in the order of spend
        return locale.text(
            N_("“{name}” does not pay: {spend} spent, ROMI {romi}"),
            name=_name(worst, by, locale),
            spend=locale.money(worst["spend"], currency, short=True),
            romi=_written(worst["romi_shown"], locale),
        )
    if not rows:
        return locale.text(N_("No spend, so no return"))
    if len(paying) == len(rows):
        return locale.text(N_("Everything with a spend pays: {n} of {of}"), n=locale.number(len(rows)), of=len(rows))
    unsure = [_name(row, by, locale) for row in rows if row["channel_verdict"] != PAYS]
    return locale.text(
        N_("{n} of {of} pay for sure; it cannot be told yet of {names}"),
        n=locale.number(len(paying)),
        of=locale.number(len(rows)),
        names=", ".join(
            f"“{shorten(name, 24)}”" if locale.code == "en" else f"«{shorten(name, 24)}»" for name in unsure[:3]
        )
        + (" …" if len(unsure) > 3 else ""),
    )


def _dot(row: Row, by: str, locale: Locale, currency: str) -> AxisDot:
    verdict = row["channel_verdict"]
    is_young = row.get("matured_share") is not None and row["matured_share"] < 1
    is_bare = row["romi_low"] is None
    note = f"<b>{_written(row['romi_shown'], locale)}</b>"
    if verdict in (TOO_FEW, TOO_FEW_CLOSED):
        note += f" · {locale.text('few cases')}"
    return AxisDot(
        name=f"{shorten(_name(row, by, locale), 17)} · {locale.money(row['spend'], currency, short=True)}",
        at=position(row["romi_shown"]),
        low=None if is_bare else position(row["romi_low"]),
        high=None if is_bare else position(row["romi_high"]),
        note=note,
        told="<br>".join(_told(row, by, locale, currency)),
        colour={PAYS: GOOD, LOSES: BAD}.get(verdict, QUIET),
        is_settled=not is_young,
    )


def _told(row: Row, by: str, locale: Locale, currency: str) -> list[str]:
    lines = [
        f"<b>{plain(_name(row, by, locale))}</b>",
        locale.text("spent: {money}", money=locale.money(row["spend"], currency)),
        f"ROMI: {_written(row['romi_shown'], locale)}",
    ]
    if row["romi_low"] is not None:
        lines.append(
            locale.text(
                "chance: from {low} to {high}",
                low=_written(row["romi_low"], locale),
                high=_written(row["romi_high"], locale),
            )
        )
    if row.get("matured_share") is not None:
        lines.append(locale.text("old enough: {share} of leads", share=locale.share(row["matured_share"], 0)))
    if row["channel_verdict"]:
        lines.append(locale.text(row["channel_verdict"]))
    return lines


def _name(row: Row, by: str, locale: Locale) -> str:
    return row[by] or locale.text("not given")


def _written(romi: float | None, locale: Locale) -> str:
    return locale.change(romi, 0)


def _back(power: int, locale: Locale, currency: str) -> str:
    return (
        locale.money(10**power, currency)
        if power >= 0
        else f"{locale.number(10**power, -power)}\u00a0{locale.currency_sign(currency)}"
    )


def _spoken(row: Row, by: str, locale: Locale) -> str:
    verdict = locale.text(row["channel_verdict"]) if row["channel_verdict"] else "—"
    return f"{_name(row, by, locale)}: ROMI {_written(row['romi_shown'], locale)}, {verdict}"
