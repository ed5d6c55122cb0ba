"""The base of clients: month by month who came and who lapsed, and how it is divided among the managers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.charts.bars import Part, Row, bars
from dashboard.charts.theme import CATEGORIES, MAIN, OTHER, QUIET, Chart, Figure, layout, month_ticks, plain
from dashboard.i18n import N_, Locale
from dashboard.periods import shift_months, unit_start
from dashboard.statistics.concentration import gini, largest_to_smallest

HEIGHT = 400
FLOWS = (
    ("new", N_("New"), MAIN, 1),
    ("returned", N_("Came back"), CATEGORIES[2], 1),
    ("lapsed", N_("Lapsed"), OTHER, -1),
)
"""The ways into the active base and out of it, in the order of the traces."""
STATES = {"new": "new", "returned": "reactivated", "lapsed": "lapsed"}
"""The same in the words of the fact ``client_months``."""
EVEN, UNEVEN, ALIKE = 0.15, 0.3, 1.5
"""Below the first Gini index, the largest at most ``ALIKE`` times the smallest, is evenly; from the second on very unevenly."""


def bridge(frame: pl.DataFrame, as_of_on: date, locale: Locale) -> Chart:
    """Draw the months of ``analyses.base_bridge``: in above the line, out below it, and the active base over both.

    Trace k is flow k of ``FLOWS``, its point i is month i. The month the data ends in is hatched while it is not over.
    """
    months: list[date] = frame["month"].to_list()
    running = unit_start("month", as_of_on)
    is_running = shift_months(running, 1) != as_of_on + timedelta(days=1)
    shapes = ["/" if is_running and month == running else "" for month in months]
    traces = [flow(frame, name, label, colour, sign, shapes, locale) for name, label, colour, sign in FLOWS]
    traces.append(active(frame, locale))
    at, texts = month_ticks(months, locale)
    title = finding(frame, running if is_running else None, locale)
    flows = " &nbsp; ".join(f'<span style="color:{one[2]}">■</span> {plain(locale.text(one[1]))}' for one in FLOWS)
    line = f'<span style="color:{QUIET}">●</span> {plain(locale.text(N_("Active at the end")))}'
    legend = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "align": "left",
              "showarrow": False, "text": f"{flows}<br>{line}", "font": {"size": 13}}  # fmt: skip
    told = (f"{locale.month(row['month'])}: +{row['new']} +{row['returned']} −{row['lapsed']} = {row['active']}"
            for row in frame.to_dicts())  # fmt: skip
    return Chart(
        title=title,
        figure={
            "data": traces,
            "layout": layout(
                HEIGHT,
                barmode="relative",
                bargap=0.28,
                clickmode="event+select",
                annotations=[legend],
                margin={"l": 4, "r": 8, "t": 46, "b": 4},
                xaxis={"type": "date", "tickvals": at, "ticktext": texts, "fixedrange": True, "showgrid": False,
                       "automargin": True},
                yaxis={"fixedrange": True, "automargin": True, "zeroline": True, "nticks": 6},
            ),
        },
        alt=f"{title}. {'; '.join(told)}",
    )  # fmt: skip


def flow(
    frame: pl.DataFrame, name: str, label: str, colour: str, sign: int, shapes: list[str], locale: Locale
) -> Figure:
    """Make the bars of one way in or out."""
    counts = frame[name].to_list()
    months = frame["month"].to_list()
    return {
        "type": "bar",
        "x": [month.isoformat() for month in months],
        "y": [sign * count for count in counts],
        "hovertext": [
            f"{plain(locale.month(month))}<br>{plain(locale.text(label))}: <b>{locale.number(count)}</b>"
            for month, count in zip(months, counts, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": colour, "pattern": {"shape": shapes, "fillmode": "replace", "size": 6, "solidity": 0.35}},
        "unselected": {"marker": {"opacity": 0.45}},
    }


def active(frame: pl.DataFrame, locale: Locale) -> Figure:
    """Draw how many are active at the end of each month, with the last number beside its point."""
    counts = frame["active"].to_list()
    texts = [""] * len(counts)
    if counts:
        texts[-1] = f"<b>{locale.number(counts[-1])}</b>"
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": [month.isoformat() for month in frame["month"].to_list()],
        "y": counts,
        "text": texts,
        "textposition": "top center",
        "cliponaxis": False,
        "line": {"color": QUIET, "width": 2},
        "marker": {"size": 6, "color": QUIET},
        "hovertext": [locale.number(count) for count in counts],
        "hoverinfo": "text",
    }


def finding(frame: pl.DataFrame, running: date | None, locale: Locale) -> str:
    """Say what the last whole month did to the active base, and where it stood a year before."""
    whole = frame if running is None else frame.filter(pl.col("month") != running)
    if not whole.height:
        return locale.text(N_("No month is over yet"))
    last, first = whole.row(-1, named=True), whole.row(0, named=True)
    came, change = last["new"] + last["returned"], last["active"] - last["active_before"]
    word = N_("grew") if change > 0 else N_("shrank") if change < 0 else N_("stayed the same")
    return locale.text(
        N_(
            "In {month} the active base {word}: {came} came, {lapsed} lapsed; now {active}, {before} at the end of {then}"
        ),
        month=locale.month(last["month"]),
        word=locale.text(word),
        came=locale.number(came),
        lapsed=locale.number(last["lapsed"]),
        active=locale.number(last["active"]),
        before=locale.number(first["active"]),
        then=locale.month(first["month"]),
    )


def balance(frame: pl.DataFrame, locale: Locale) -> Chart:
    """Draw the clients of each manager, active ones darker; ``frame`` is that of ``analyses.base_balance``, by name."""
    told = frame.filter(pl.col("clients") > 0).to_dicts()
    rows = [portion(one, locale) for one in told]
    legend = [(MAIN, locale.text(N_("Active clients"))), (QUIET, locale.text(N_("the others")))]
    title = division(frame, locale)
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows, legend), alt=f"{title}. {alt}")


def portion(one: dict[str, Any], locale: Locale) -> Row:
    """Make the row of one manager."""
    name = one["manager"] or locale.text(N_("nobody's clients"))
    number = f"{locale.number(one['clients'])} · {locale.number(one['active'])}"
    told = f"<b>{plain(name)}</b><br>{plain(locale.text(N_('Active clients')))}: {locale.number(one['active'])}"
    others = f"<b>{plain(name)}</b><br>{plain(locale.text(N_('the others')))}: {locale.number(one['clients'] - one['active'])}"
    return Row(
        name,
        number,
        (Part(one["active"], MAIN, told), Part(one["clients"] - one["active"], QUIET, others, opacity=0.45)),
    )


def division(frame: pl.DataFrame, locale: Locale) -> str:
    """Say in words how evenly the clients are divided: what a Gini index means, and the largest against the smallest."""
    people = frame.filter(pl.col("manager").is_not_null() & (pl.col("clients") > 0)).sort("clients", "manager")
    sizes = [float(size) for size in people["clients"].to_list()]
    unequal, times = gini(sizes), largest_to_smallest(sizes)
    if people.height < 2 or unequal is None or times is None:
        return locale.text(N_("Clients have one manager, so nothing is divided"))
    is_even = unequal < EVEN and times <= ALIKE
    word = N_("evenly") if is_even else N_("unevenly") if unequal < UNEVEN else N_("very unevenly")
    least, most = people.row(0, named=True), people.row(-1, named=True)
    return locale.text(
        N_("Clients are divided {word}: {most} has {most_count}, {least} has {least_count}, {times} times fewer"),
        word=locale.text(word),
        most=most["manager"],
        most_count=locale.number(most["clients"]),
        least=least["manager"],
        least_count=locale.number(least["clients"]),
        times=locale.number(times, 1),
    )


def classes(frame: pl.DataFrame, locale: Locale, currency: str) -> Chart:
    """Draw the ABC classes of ``analyses.abc``: the share of revenue of each as a bar, its share of clients as a stroke."""
    rows = []
    for one in frame.to_dicts():
        share = one["amount_share"] or 0.0
        clients, revenue = locale.number(one["clients"]), locale.money(one["revenue"], currency, short=True)
        number = f"{clients} · {revenue}" if one["revenue"] is not None else clients
        told = f"<b>{plain(one['abc_class'])}</b><br>{locale.share(one['amount_share'], 0)} · {plain(number)}"
        has_bought = one["abc_class"] != "N"
        label = N_("Class {name}") if has_bought else N_("Class N: a year without a purchase")
        name = locale.text(label, name=one["abc_class"])
        rows.append(Row(name, number, (Part(share, MAIN, told),), mark=one["clients_share"]))
    first = frame.row(0, named=True)
    about = {"clients": locale.share(first["clients_share"], 0), "revenue": locale.share(first["amount_share"], 0)}
    if first["amount_share"] is None:
        title = locale.text(N_("No client brought revenue in the last twelve months"))
    elif first["attained_share"] is None:
        title = locale.text(N_("Class A: {clients} of clients bring {revenue} of revenue"), **about)
    else:
        about["plan"] = locale.share(first["attained_share"], 0)
        title = locale.text(
            N_("Class A: {clients} of clients bring {revenue} of revenue; of their contact plan {plan} is done"),
            **about,
        )
    legend = [(MAIN, locale.text(N_("share of revenue"))), (QUIET, locale.text(N_("share of clients")))]
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows, legend), alt=f"{title}. {alt}")
