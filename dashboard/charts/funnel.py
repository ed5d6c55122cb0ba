"""The funnel of one company's stages: a row per stage, its name above its bar, so that it reads on a phone too.

Bars show how many deals of the first stage reached each one. Two groups are drawn as shares of their own first stages,
because groups of different size would otherwise look better or worse for being larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.analyses.funnel_pair import WORDS, step_interval, word
from dashboard.charts.theme import MAIN, OTHER, TRACK, Chart, layout, plain, row_label, shorten, stripes
from dashboard.i18n import N_, Locale

ROW = 58
NAME_LENGTH = 26
Row = dict[str, Any]


def drawn_stages(stages: pl.DataFrame) -> pl.DataFrame:
    """Keep the stages a deal goes through on its way to the sale; lost and junk are exits and stand in the table."""
    return stages.filter(pl.col("stage_type").cast(pl.String).is_in(["open", "won"]))


def worst_stage(stages: pl.DataFrame) -> Row | None:
    """Pick the open stage that most money was refused at, or most deals where no amount is known; None when none was.

    Junk is no refusal: a lead that nobody could have sold to is not lost by the stage it was found out in.
    """
    refused = stages.with_columns(refused=pl.col("lost") - pl.col("junked"))
    rows = refused.filter((pl.col("stage_type").cast(pl.String) == "open") & (pl.col("refused") > 0))
    order = rows.sort("lost_amount", "refused", "stage", descending=[True, True, False], nulls_last=True)
    return order.row(0, named=True) if rows.height else None


def stake(stages: pl.DataFrame) -> tuple[float, int]:
    """Return what the worst stage of a funnel loses, in money and in deals, to compare funnels by."""
    row = worst_stage(stages)
    return (float(row["lost_amount"] or 0), row["refused"]) if row is not None else (0.0, 0)


def worst_stage_text(row: Row | None, locale: Locale, currency: str | None = None, *, is_told: bool = True) -> str:
    """Tell which stage loses most: what share of the deals that came into it, how many, and what they were worth."""
    if not is_told:
        return locale.text(N_("At which stage deals are lost is not recorded"))
    if row is None:
        return locale.text(N_("No stage lost a deal"))
    told = {
        "stage": row["stage"],
        "lost": locale.number(row["refused"]),
        "entered": locale.number(row["entered"]),
        "share": locale.share(row["refused"] / row["entered"], 0),
    }
    if row["lost_amount"] and currency is not None:
        money = locale.money(row["lost_amount"], currency, short=True)
        return locale.text(
            N_("“{stage}” loses the most: {money}, {share} of its deals ({lost} of {entered})"), money=money, **told
        )
    return locale.text(N_("“{stage}” loses the most: {share} ({lost} of {entered})"), **told)


def funnel(
    stages: pl.DataFrame,
    locale: Locale,
    currency: str | None = None,
    *,
    is_told: bool = True,
    ripe: pl.DataFrame | None = None,
) -> Chart:
    """Draw one funnel. ``stages`` is one funnel's part of ``FunnelAnswer.frame``; point k is row k of ``drawn_stages``.

    ``is_told`` says whether any export tells where deals were lost. ``ripe`` is the same funnel of the deals that are old
    enough to be judged; what the younger ones add to it is hatched.
    """
    rows = drawn_stages(stages).to_dicts()
    top = max((row["reached"] or 0 for row in rows), default=0) or 1
    at = list(range(len(rows)))
    told = [_told(row, locale) for row in rows]
    reached = _bar(at, [row["reached"] or 0 for row in rows], MAIN, told, 0.34)
    traces = [_bar(at, [top] * len(rows), TRACK, told, 0.34), reached]
    if ripe is not None:
        reached["marker"] = {"color": "rgba(0, 0, 0, 0)", "line": {"width": 0}, "pattern": stripes()}
        traces.append(_bar(at, _grown(rows, ripe), MAIN, told, 0.34))
    labels = []
    for number, row in enumerate(rows):
        labels.append(row_label(number, shorten(row["stage"], NAME_LENGTH), "left", up=0.40))
        numbers = f"<b>{locale.number(row['reached'])}</b>"
        if number and row["cumulative"] is not None:
            numbers += f" · {locale.share(row['cumulative'])}"
        labels.append(row_label(number, numbers, "right", up=0.40, is_ours=True))
    figure = _layout(rows, labels, top)
    return Chart(
        title=worst_stage_text(worst_stage(stages), locale, currency, is_told=is_told),
        figure={"data": traces, "layout": figure},
        alt="; ".join(_spoken(row, locale) for row in rows),
    )


def _grown(rows: Sequence[Row], ripe: pl.DataFrame) -> list[int]:
    """Return how many of the deals of each bar are old enough to be judged."""
    old = dict(ripe.select("stage", "reached").iter_rows())
    return [min(old.get(row["stage"]) or 0, row["reached"] or 0) for row in rows]


def funnel_pair(first: pl.DataFrame, second: pl.DataFrame, names: tuple[str, str], locale: Locale) -> Chart:
    """Draw one funnel for two groups side by side, each as shares of its own first stage."""
    rows, others = drawn_stages(first).to_dicts(), {row["stage"]: row for row in drawn_stages(second).to_dicts()}
    pairs = [(row, others.get(row["stage"])) for row in rows]
    at = list(range(len(rows)))
    traces, labels = [], []
    for side, colour, shift in ((0, MAIN, -0.09), (1, OTHER, 0.13)):
        shares = [(pair[side] or {}).get("cumulative") or 0 for pair in pairs]
        sides = [pair[side] for pair in pairs]
        told = [plain(names[side]) + (f"<br>{_told(row, locale)}" if row else "") for row in sides]
        traces.append(_bar([place + shift for place in at], shares, colour, told, 0.2))
    for number, (row, other) in enumerate(pairs):
        labels.append(row_label(number, shorten(row["stage"], NAME_LENGTH), "left", up=0.40))
        ours = f'<span style="color:{MAIN}"><b>{locale.share(row["cumulative"])}</b></span>'
        theirs = f'<span style="color:{OTHER}"><b>{locale.share((other or {}).get("cumulative"))}</b></span>'
        labels.append(row_label(number, f"{ours} · {theirs}", "right", up=0.40, is_ours=True))
    return Chart(
        title=_largest_gap(pairs, names, locale),
        figure={"data": traces, "layout": _layout(rows, labels, 1.0)},
        alt="; ".join(
            f"{names[0]}: {_spoken(a, locale)}; {names[1]}: {_spoken(b, locale) if b else '—'}" for a, b in pairs
        ),
    )


def _largest_gap(pairs: Sequence[tuple[Row, Row | None]], names: tuple[str, str], locale: Locale) -> str:
    """Name the step with the largest difference that chance does not make; say so where there is none."""
    gaps = [
        (abs(a["step"] - b["step"]), a["stage"], a["step"], b["step"])
        for a, b in pairs
        if b is not None and a["step"] is not None and b["step"] is not None and _differs(a, b)
    ]
    if not gaps:
        return locale.text(N_("{first} and {second}: no step differs beyond chance"), first=names[0], second=names[1])
    _, stage, ours, theirs = max(gaps, key=lambda gap: gap[0])
    return locale.text(
        N_("They differ most after “{stage}”: {first} {ours}, {second} {theirs}"),
        stage=stage,
        first=names[0],
        ours=locale.share(ours),
        second=names[1],
        theirs=locale.share(theirs),
    )


def _differs(one: Row, other: Row) -> bool:
    interval = step_interval((one["reached"], one["step"]), (other["reached"], other["step"]))
    return word(interval, min(one["reached"], other["reached"])) in (WORDS["higher"], WORDS["lower"])


def _layout(rows: Sequence[Row], labels: list[dict[str, object]], top: float) -> dict[str, Any]:
    return layout(
        ROW * max(len(rows), 1) + 16,
        barmode="overlay",
        clickmode="event+select",
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": [0, top], "visible": False, "fixedrange": True},
        yaxis={"range": [len(rows) - 0.62, -0.72], "visible": False, "fixedrange": True},
    )


def _bar(
    at: Sequence[float], lengths: Sequence[float], colour: str, told: list[str], width: float
) -> dict[str, object]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(at),
        "x": list(lengths),
        "width": width,
        "hovertext": told,
        "hoverinfo": "text",
        "marker": {"color": colour, "cornerradius": 4, "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 0.45}},
    }


def _told(row: Row, locale: Locale) -> str:
    lines = [
        f"<b>{plain(row['stage'])}</b>",
        locale.text("reached: {n}", n=locale.number(row["reached"])),
        locale.text("of the first stage: {share}", share=locale.share(row["cumulative"])),
        locale.text("go on to the next: {share}", share=locale.share(row["step"])),
        locale.text("lost here: {n}", n=locale.number(row["lost"])),
        locale.text("median time: {days}", days=locale.days(row["days_median"])),
    ]
    return "<br>".join(lines)


def _spoken(row: Row, locale: Locale) -> str:
    return f"{row['stage']}: {locale.number(row['reached'])}, {locale.share(row['cumulative'])}"
