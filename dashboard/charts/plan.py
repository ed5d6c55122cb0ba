"""Plan and fact of a month: a bar for what is done, a stroke for the plan, the team first and then its people by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from dashboard.analyses.plan_pace import AHEAD, BEHIND, MET, MISSED, TEAM
from dashboard.charts.bars import Part, Row, bars
from dashboard.charts.theme import MAIN, OTHER, QUIET, Chart, plain
from dashboard.i18n import N_, Locale
from dashboard.metrics.deals import REVENUE

COLOURS = {MET: MAIN, AHEAD: MAIN, BEHIND: OTHER, MISSED: OTHER}
"""Verdicts that are told are coloured; what is too early to tell, or has no plan, is not."""


def pace(frame: pl.DataFrame, month: date, locale: Locale, currency: str) -> Chart | None:
    """Draw the people's plans of revenue from ``analyses.plan_pace``; None where nobody has one."""
    told, drawn = frame.filter(pl.col("metric") == REVENUE.label), people(frame)
    if not drawn.height or drawn["planned"].null_count() == drawn.height:
        return None
    rows = [row(one, locale, currency) for one in drawn.to_dicts()]
    title = finding(told.filter(pl.col("scope") == TEAM).to_dicts(), drawn, month, locale, currency)
    alt = "; ".join(f"{row.name}: {row.number}" for row in rows)
    return Chart(title=title, figure=bars(rows), alt=f"{title}. {alt}")


def people(frame: pl.DataFrame) -> pl.DataFrame:
    """Take the rows of the people whose revenue is drawn, in the order of the bars."""
    told = frame.filter((pl.col("metric") == REVENUE.label) & (pl.col("scope") != TEAM))
    return told.filter(pl.col("planned").is_not_null() | pl.col("done").is_not_null())


def row(one: dict[str, Any], locale: Locale, currency: str) -> Row:
    """Make the row of one manager."""
    done, planned = one["done"], one["planned"]
    name = one["manager"] or locale.text("not given")
    number = locale.money(done, currency, short=True)
    if one["share"] is not None:
        number += f" · {locale.share(one['share'], 0)}"
    told = f"<b>{plain(name)}</b><br>{plain(number)}<br>{plain(locale.text(one['verdict']))}"
    return Row(name, number, (Part(max(done or 0.0, 0.0), COLOURS.get(one["verdict"], QUIET), told),), mark=planned)


def finding(team: list[dict[str, Any]], people: pl.DataFrame, month: date, locale: Locale, currency: str) -> str:
    """Say how the team stands, and how many of its people are on their plan."""
    planned = people.filter(pl.col("planned").is_not_null())
    fine = planned.filter(pl.col("verdict").is_in([MET, AHEAD])).height
    about = {"month": locale.month(month), "fine": locale.number(fine), "of": locale.number(planned.height)}
    if not team or team[0]["share"] is None:
        return locale.text(N_("{month}: {fine} of {of} managers are on their plan of revenue"), **about)
    about |= {
        "done": locale.money(team[0]["done"], currency, short=True),
        "plan": locale.money(team[0]["planned"], currency, short=True),
        "share": locale.share(team[0]["share"], 0),
        "verdict": locale.text(team[0]["verdict"]),
    }
    return locale.text(
        N_("{month}: revenue {done} of {plan}, {share}: {verdict}; {fine} of {of} managers are on their plan"), **about
    )
