"""From one number to another by what made the difference: a row per part, its name above its bar, so that it reads on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.charts.theme import MAIN, OTHER, QUIET, TRACK, Chart, layout, plain, row_label, shorten

ROW = 50
NAME_LENGTH = 42


@dataclass(frozen=True)
class ChangePart:
    """One part of a change: its name, how much it added, and whether that is more than chance."""

    name: str
    effect: float
    is_sure: bool = True


def change_parts(
    title: str,
    ends: tuple[tuple[str, float], tuple[str, float]],
    parts: Sequence[ChangePart],
    write: Callable[[float], str],
    write_signed: Callable[[float], str],
) -> Chart:
    """Draw the first number, what each part added or took, and the last number.

    Blue added, orange took, grey is no more than chance. ``write`` and ``write_signed`` put an amount into words.
    """
    at, rows = ends[0][1], []
    for part in parts:
        colour = QUIET if not part.is_sure else MAIN if part.effect >= 0 else OTHER
        rows.append((part.name, at, part.effect, colour, write_signed(part.effect)))
        at += part.effect
    first, last = ((name, 0.0, value, TRACK, write(value)) for name, value in ends)
    rows = [first, *rows, last]
    edges = [0.0, *(base for _, base, *_ in rows), *(base + length for _, base, length, *_ in rows)]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "base": [base for _, base, *_ in rows],
        "x": [length for _, _, length, *_ in rows],
        "width": 0.36,
        "hovertext": [f"{plain(name)}: <b>{written}</b>" for name, *_, written in rows],
        "hoverinfo": "text",
        "marker": {"color": [colour for *_, colour, _ in rows], "cornerradius": 4, "line": {"width": 0}},
    }
    labels = [row_label(at, shorten(row[0], NAME_LENGTH), "left") for at, row in enumerate(rows)]
    labels += [row_label(at, f"<b>{row[4]}</b>", "right", is_ours=True) for at, row in enumerate(rows)]
    figure = layout(
        ROW * len(rows) + 16,
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": [min(edges), max(edges) or 1.0], "visible": False, "fixedrange": True},
        yaxis={"range": [len(rows) - 0.62, -0.76], "visible": False, "fixedrange": True},
    )
    spoken = "; ".join(f"{name}: {written}" for name, *_, written in rows)
    return Chart(title=title, figure={"data": [trace], "layout": figure}, alt=f"{title}. {spoken}")
