"""What makes a manager's result differ from the mean colleague's: a bar for each factor, adding up to the difference.

The parts are exact; whether they are more than chance is another question, so a factor that fewer than twenty of the
manager's deals came to is grey and never the finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from dashboard.analyses.against_team import CHECK, LEADS, WINS
from dashboard.charts.share_dots import NAME_LENGTH, note, rows_layout
from dashboard.charts.theme import MAIN, OTHER, QUIET, Chart, plain, shorten
from dashboard.i18n import N_, Locale
from dashboard.statistics.verdicts import LEAST_COUNT

NEGLIGIBLE = 0.005
Row = dict[str, Any]

ANY_STAGE = N_("Get to “{stage}”")
FACTORS = {LEADS: N_("Number of leads"), WINS: N_("Won of those at the last stage"), CHECK: N_("Average check")}


def effects(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw the factors of one manager in their order: in money, or in deals won where no amount is known."""
    has_money = CHECK in frame["factor"].to_list()
    counted = with_counts(frame.to_dicts())
    rows = [row for row in counted if abs(row["effect"] or 0) > NEGLIGIBLE]
    at, sizes = list(range(len(rows))), [row["effect"] for row in rows]
    widest = max((abs(size) for size in sizes), default=1.0)

    def signed(x: float) -> str:
        written = locale.money(x, currency, short=True) if has_money else locale.number(x, 1)
        return f"+{written}" if x > 0 else written

    names = [factor_name(row, locale) for row in rows]
    colours = [QUIET if row["base"] < LEAST_COUNT else MAIN if row["effect"] > 0 else OTHER for row in rows]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": at,
        "width": 0.3,
        "hovertext": [f"{plain(name)}: {signed(size)}" for name, size in zip(names, sizes, strict=True)],
        "hoverinfo": "text",
        "marker": {"color": colours, "cornerradius": 4, "line": {"width": 0}},
    }
    labels = [note(place, shorten(name, NAME_LENGTH + 6), "left") for place, name in zip(at, names, strict=True)]
    labels += [note(place, signed(size), "right", is_bold=True) for place, size in zip(at, sizes, strict=True)]
    figure = rows_layout(labels, len(rows), [-widest * 1.03, widest * 1.03])
    figure["xaxis"] |= {"visible": True, "showticklabels": False, "showgrid": False, "zeroline": True}
    title = finding(counted, signed, locale)
    told = "; ".join(f"{name}: {signed(size)}" for name, size in zip(names, sizes, strict=True))
    return Chart(title, {"data": [bars], "layout": figure}, f"{title}. {told}")


def with_counts(rows: Sequence[Row]) -> list[Row]:
    """Put beside each factor how many of the manager's deals it was measured on (``base``): leads, then who came so far."""
    left, found = 0.0, []
    for row in rows:
        left = row["own"] or 0.0 if row["factor"] == LEADS else left
        found.append({**row, "base": round(left)})
        if row["factor"] not in (LEADS, CHECK):
            left *= row["own"] or 0.0
    return found


def factor_name(row: Row, locale: Locale) -> str:
    """Name a factor of the chain; a stage by its own name."""
    if row["stage"] is not None:
        return locale.text(ANY_STAGE, stage=row["stage"])
    return locale.text(FACTORS[row["factor"]])


def finding(rows: Sequence[Row], signed: Callable[[float], str], locale: Locale) -> str:
    """Say the whole difference and the factor that makes most of it, of those that enough deals came to."""
    leads = next((row["base"] for row in rows if row["factor"] == LEADS), 0)
    if leads < LEAST_COUNT:
        return locale.text(N_("Only {n} leads: too few to explain the difference"), n=leads)
    whole = sum(row["effect"] for row in rows)
    if abs(whole) <= NEGLIGIBLE:
        return locale.text(N_("No difference to explain"))
    firm = [row for row in rows if row["base"] >= LEAST_COUNT and (row["effect"] > 0) == (whole > 0) and row["effect"]]
    if not firm:
        return locale.text(N_("{whole} against the mean colleague"), whole=signed(whole))
    row = max(firm, key=lambda one: abs(one["effect"]))
    name = factor_name(row, locale)
    return locale.text(
        N_("{whole} against the mean colleague; most of it: {factor}, {part}"),
        whole=signed(whole),
        factor=name[:1].lower() + name[1:],
        part=signed(row["effect"]),
    )
