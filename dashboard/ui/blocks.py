"""What pages are made of: cards, pictures, tables, downloads, and what stands there when there is nothing to show.

Blocks take names from data as they are and escape them; screens pass metrics and never format, colour or add.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from plotly.basedatatypes import BaseFigure
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.notes import noted
from dashboard.charts.theme import Chart, Figure, config, dress
from dashboard.charts.trend import trend as draw_trend
from dashboard.charts.trend import trend_period
from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.metrics.measure import measure
from dashboard.metrics.model import Metric
from dashboard.remember import remembered
from dashboard.reports.picture import picture_png, picture_svg
from dashboard.reports.png import has_letters
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import LABELS, Context
from dashboard.ui.safe_text import md
from pipelines.audit import record
from pipelines.settings import find_home

UNKNOWN_CHOICE = N_('The link asks for {key} "{value}", which is not known.')
MAY_EXPORT = True
"""Whether anything may be taken out at all; the viewer's own right comes on top."""


def halves(here: Context) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Split the page in two, the left side a little wider; on a phone they stand one below the other."""
    left, right = st.columns([7, 5], gap="small")
    return left, right


def trend(
    here: Context,
    metrics: Sequence[Metric],
    key: str = "trend",
    height: int = 400,
    pick: Callable[[Metric, pl.DataFrame], Callable[[], None]] | None = None,
) -> None:
    """Show one of several metrics by month, under the filter but over at least a year.

    ``pick`` makes what a click on a month does, given the metric and its months in the order of the points.
    """
    names = {metric.name: metric for metric in metrics}
    with st.container(border=True, key=f"card_{key}", height="stretch"):
        metric = names[choice(here, key, N_("Shown by month"), {name: m.label for name, m in names.items()})]
        months = months_of(here, metric)
        if months.drop_nulls().is_empty():
            st.caption(here.say("Not known by month: the exports lack the dates or what is counted."))
            return
        facts, period = here.facts, here.filter.period
        picture = drawn(
            here,
            ("trend", metric.name, height),
            lambda: noted(
                draw_trend(months, metric, period, facts.as_of_on, here.locale, facts.currency, height),
                months["month"].drop_nulls().to_list(),
                facts.notes,
                here.filter,
                here.locale,
            ),
        )
        select = None if pick is None else pick(metric, months.drop_nulls("month").sort("month"))
        figure(here, picture, f"figure_{key}", select)
        told = [here.say("Pale: outside the chosen period. Hatched or dotted: the month is not over.")]
        st.caption(" ".join([*told, *([here.say("Click a month to see its rows.")] if pick is not None else [])]))


def months_of(here: Context, metric: Metric) -> pl.DataFrame:
    """Measure a number by month, under the filter but over at least a year."""
    over = here.over(trend_period(here.filter.period, here.facts.as_of_on))
    key = ("months", metric.name, over)
    return remembered(here.facts, key, lambda: measure(here.facts, [metric], over, by=("month",)))


def drawn(here: Context, key: tuple[Hashable, ...], draw: Callable[[], Chart]) -> Chart:
    """Draw a chart once for everybody who asks for it under this filter in this language; ``key`` says what else it is of."""
    return remembered(here.facts, ("chart", *key, here.filter, here.locale.code), draw)


SELECTED = {"clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
"""What Streamlit sets in a chart whose points can be chosen; set beforehand, it need not draw the chart again for it."""


class Ready(BaseFigure):
    """A figure that is shown as it is: Plotly would copy and examine each of its parts at every run of a page.

    What is drawn is examined by tests instead (every chart of every page of the invented company).
    """

    def __init__(self, figure: Figure) -> None:
        self._ready = figure

    def to_dict(self) -> Figure:
        """Return the figure as a plain dict."""
        return self._ready


def figure(here: Context, chart: Chart, key: str, on_select: Callable[[], None] | None = None) -> None:
    """Show a chart under the sentence it proves; beside it the same as a picture to take along."""
    if may_export(here):
        with st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="small"):
            st.markdown(f"**{md(chart.title)}**", width="stretch")
            pictures(here, chart, key)
    else:
        st.markdown(f"**{md(chart.title)}**")
    ready, settings = dress(chart.figure, here.look), config(here.locale)
    if on_select is None:
        st.plotly_chart(Ready(ready), config=settings, key=key, alt=chart.alt)
    else:
        drawn = Ready({**ready, "layout": {**ready["layout"], **SELECTED}})
        st.plotly_chart(drawn, config=settings, key=key, alt=chart.alt, on_select=on_select, selection_mode="points")
    if chart.notes:
        st.caption("  \n".join(md(one) for one in chart.notes))


def pictures(here: Context, chart: Chart, key: str) -> None:
    """Offer a chart as PNG and SVG, with its finding, filter and snapshot written in; they are drawn at the click."""
    name, given = f"voronka-{here.page.file}-{key}", (chart, here.facts, here.filter, here.locale)
    stamp = f"{here.facts.snapshot}|{name}|{here.filter}|{here.locale.code}|{here.query}|{chart.title}"
    with st.popover(
        ":material/add_photo_alternate:", type="tertiary", key=f"picture_{key}", help=here.say("Chart as a picture")
    ):
        if has_letters():
            label = here.say("Download PNG")
            download(here, name, lambda: picture_png(*given), ending="png", mime="image/png", stamp=stamp, label=label)
        label = here.say("Download SVG")
        download(here, name, lambda: picture_svg(*given), ending="svg", mime="image/svg+xml", stamp=stamp, label=label)


def close(here: Context, name: str, key: str) -> None:
    """Offer to close what the address opened under ``name``."""
    st.button(here.say("Close"), key=key, icon=":material/close:", on_click=lambda: change_address(**{name: None}))


def choice(here: Context, key: str, label: str, options: Mapping[str, str], *, listed: bool = False) -> str:
    """Let the reader choose one of a few things that belong to this page; the first is the default and leaves no key.

    What stands in the address under ``key`` wins; a value nobody knows is told and ignored.
    """
    names = list(options)
    asked = next(iter(here.query.get(key, ())), names[0])
    if asked not in options:
        notice(here, Notice(UNKNOWN_CHOICE, {"key": key, "value": asked}))
        asked = names[0]
    widget = place_widget(f"choice_{key}", asked)

    def change() -> None:
        chosen = st.session_state[widget]
        change_address(**{key: None if chosen == names[0] else chosen})

    if listed:
        st.selectbox(
            here.say(label), names, format_func=lambda n: here.locale.text(options[n]), key=widget, on_change=change
        )
    else:
        st.segmented_control(
            here.say(label),
            names,
            format_func=lambda n: here.say(options[n]),
            key=widget,
            required=True,
            on_change=change,
        )
    return asked


def table(
    here: Context, rows: pl.DataFrame, columns: Mapping[str, str], *, key: str, left: Sequence[str] = (), **more: Any
) -> None:
    """Show a small table whose cells are already written; ``columns`` gives the heading of each, ``left`` the texts.

    ``more`` goes to the table itself (``on_select``).
    """
    settings = {
        name: st.column_config.TextColumn(
            here.locale.text(label), alignment="left" if name in left else "right", pinned=name in left[:1]
        )
        for name, label in columns.items()
    }
    st.dataframe(
        rows.select(list(columns)),
        hide_index=True,
        column_config=settings,
        key=key,
        height="content",
        placeholder="—",
        lazy=False,
        **more,
    )


def may_export(here: Context) -> bool:
    """Tell whether the viewer may take data out."""
    return here.viewer.may_export and MAY_EXPORT


def download(
    here: Context,
    name: str,
    make: Callable[[], bytes],
    *,
    ending: str = "csv",
    mime: str = "text/csv",
    stamp: str | None = None,
    label: str = "",
) -> None:
    """Offer a file. The right is checked before a byte is made, and the name holds a hash of the content.

    Without the hash Streamlit can hand one reader another's file, because it tells large files apart by their ends. A large
    file gives a ``stamp`` of what it will hold: its hash stands in the name, and the bytes are made at the click. ``label``
    (Markdown) stands on the button of a file that is neither CSV nor XLSX.
    """
    if not may_export(here):
        return
    content = make() if stamp is None else stamp.encode()
    st.download_button(
        label or (here.say("Download CSV") if ending == "csv" else here.say("Download XLSX")),
        lambda: taken_out(here, name, ending, make() if stamp is not None else content),
        file_name=file_name(name, content, ending),
        mime=mime,
        on_click="ignore",
        icon=":material/download:",
        key=f"download_{name}" if ending == "csv" else f"download_{name}_{ending}",
    )


def taken_out(here: Context, name: str, ending: str, content: bytes) -> bytes:
    """Write the line of the log before the bytes go out: who, what, under which filter, the hash of the file."""
    record(
        find_home(),
        "export",
        who=here.viewer.name,
        role=here.viewer.role,
        what=f"{name}.{ending}",
        page=here.page.file,
        snapshot=here.facts.snapshot,
        filter=here.filter.to_query(),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return content


def file_name(name: str, content: bytes, ending: str) -> str:
    """Build the name of a file from what it is and a hash of what it holds."""
    plain = re.sub(r"[^\w-]+", "-", name).strip("-") or "voronka"
    return f"{plain}-{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def notice(here: Context, what: Notice) -> None:
    """Say what could not be used, without breaking the page."""
    values = {**what.values}
    if values.get("key") in LABELS:
        values["key"] = here.locale.text(LABELS[str(values["key"])]).lower()
    st.warning(md(Notice(what.template, values).said(here.locale)), icon=":material/link_off:")


def empty(here: Context) -> None:
    """Say that nothing is left under the filter, and what to do; without any deal in the data, which export is missing."""
    if here.facts.deals.is_empty():
        st.info(
            here.say("The exports hold no deals. Load an export of deals from your CRM, and numbers will stand here."),
            icon=":material/inbox:",
        )
        return
    st.info(
        here.say("No deals under this filter in this period. Choose a longer period or fewer filters above."),
        icon=":material/search_off:",
    )
