"""The way of the rows from the files to the pages: a bar per kind, whole when every row of it was taken.

Kinds differ by orders of magnitude, so each bar is its own hundred percent; what is there but too little to be seen is drawn
one percent wide, and the exact counts stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.analyses.accounting import KIND_WORDS, Flow
from dashboard.charts.theme import CATEGORIES, MAIN, QUIET, Chart, layout, row_label
from dashboard.i18n import N_, Locale

ROW = 54
LEAST = 0.01
ASIDE = CATEGORIES[7]
PARTS = (
    ("accepted", MAIN, N_("accepted: {n}")),
    ("duplicates", QUIET, N_("duplicates: {n}")),
    ("quarantined", ASIDE, N_("put aside: {n}")),
)


def rows_to_pages(flows: Sequence[Flow], locale: Locale) -> Chart:
    """Draw what became of the rows of every kind."""
    at = list(range(len(flows)))
    traces = []
    for part, colour, told in PARTS:
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": at,
                "x": [_widths(flow)[part] for flow in flows],
                "width": 0.3,
                "marker": {"color": colour, "line": {"width": 0}},
                "hovertext": [locale.text(told, n=locale.number(getattr(flow, part))) for flow in flows],
                "hoverinfo": "text",
            }
        )
    labels = []
    for number, flow in enumerate(flows):
        labels.append(row_label(number, locale.text(KIND_WORDS[flow.kind]), "left", up=0.40))
        labels.append(row_label(number, _way(flow, locale), "right", up=0.40, is_ours=True))
    figure = layout(
        ROW * max(len(flows), 1) + 12,
        barmode="stack",
        annotations=labels,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis={"range": [0, 1], "visible": False, "fixedrange": True},
        yaxis={"range": [len(flows) - 0.62, -0.72], "visible": False, "fixedrange": True},
    )
    spoken = "; ".join(_spoken(flow, locale) for flow in flows)
    return Chart(_title(flows, locale), {"data": traces, "layout": figure}, spoken)


def _widths(flow: Flow) -> dict[str, float]:
    whole = max(flow.rows_in, 1)
    widths = {part: getattr(flow, part) / whole for part, _, _ in PARTS}
    seen = {part: max(width, LEAST) if width else 0.0 for part, width in widths.items()}
    total = sum(seen.values()) or 1.0
    return {part: width / total for part, width in seen.items()}


def _way(flow: Flow, locale: Locale) -> str:
    way = [f"<b>{locale.number(flow.rows_in)}</b>", locale.number(flow.accepted)]
    if flow.counted is not None:
        way.append(f"<b>{locale.number(flow.counted)}</b>")
    return " → ".join(way)


def _title(flows: Sequence[Flow], locale: Locale) -> str:
    aside = sum(flow.quarantined for flow in flows)
    read = sum(flow.rows_in for flow in flows)
    if not aside:
        return locale.text(N_("All {rows} rows were taken or known already"), rows=locale.number(read))
    return locale.text(
        N_("{aside} of {rows} rows are in no number"), aside=locale.number(aside), rows=locale.number(read)
    )


def _spoken(flow: Flow, locale: Locale) -> str:
    counts = [locale.text(told, n=locale.number(getattr(flow, part))) for part, _, told in PARTS]
    return f"{locale.text(KIND_WORDS[flow.kind])}: {locale.number(flow.rows_in)} ({', '.join(counts)})"
