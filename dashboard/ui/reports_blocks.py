"""The blocks of the reports: what a report will say, making it, the archive with its files, the bridge between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.exports.answers import said
from dashboard.i18n import N_
from dashboard.metrics.model import Unit
from dashboard.periods import Period
from dashboard.remember import remembered
from dashboard.reports import kept, restated
from dashboard.reports.kept import FORMATS, Kept
from dashboard.reports.making import Making
from dashboard.reports.sections import HEADLINE, overview
from dashboard.ui import answers, blocks, cards, cell_rows, number_rows
from dashboard.ui.context import Context
from dashboard.ui.report_cells import archive_grid, bridge_grid
from dashboard.ui.safe_text import md
from pipelines.errors import VoronkaError
from pipelines.settings import find_home

LAST = "report_made"
MIMES = {
    "html": "text/html",
    "xlsx": answers.XLSX,
    "pdf": "application/pdf",
    "png": "image/png",
    "parquet": "application/zip",
}
WORDS = {
    "html": N_("HTML: opens anywhere, also without a network"),
    "xlsx": N_("XLSX: all tables as numbers"),
    "pdf": N_("PDF: to print and to sign"),
    "png": N_("PNG: a card for a messenger"),
    "parquet": N_("Parquet and CSV: for other programs"),
}
LISTED = (
    Column("title", N_("Report")),
    Column("won", N_("Won deals"), "count"),
    Column("revenue", N_("Revenue"), "money"),
    Column("as_of", N_("Data up to"), "day"),
    Column("formats", N_("Files")),
)
MOST_LISTED = 60
BEFORE_AND_AFTER = N_("The earlier report said {before}, the later one {after}.")


def no_right(here: Context) -> None:
    """Say that this reader may not take data out."""
    st.info(here.say("You may look at the numbers, but not take them out. Ask who runs Voronka for the right."))


def make(here: Context) -> None:
    """Show what the report of the chosen period and filter will say, and make it."""
    finding = remembered(
        here.facts,
        ("report finding", here.filter, here.locale.code),
        lambda: overview(Making(here.facts, here.filter, here.locale)).finding,
    )
    with st.container(border=True, key="card_report"):
        st.caption(here.say("The first page will say"))
        st.markdown(f"## {md(finding)}")
        cards.cards(here, HEADLINE, key="cards_report")
        number_rows.rows(here, HEADLINE)
    chosen = st.pills(
        here.say("Files"),
        FORMATS,
        selection_mode="multi",
        default=FORMATS,
        format_func=lambda one: here.say(WORDS[one]),
        key="report_formats",
    )
    codes = st.checkbox(here.say("Codes in the place of the managers' names"), key="report_codes")
    st.caption(
        here.say(
            "The report holds the period and the filter chosen above, no phones and no mails. The same data gives the same "
            "file, byte for byte; every making is written to the log."
        )
    )
    if st.button(here.say("Make the report"), type="primary", icon=":material/description:", disabled=not chosen):
        run(here, chosen, with_names=not codes)
    name = st.session_state.get(LAST)
    done = next((one for one in kept.reports(find_home(), here.viewer) if one.name == name), None)
    if done is not None:
        st.success(here.say("The report {name} is ready and in the archive.", name=done.name), icon=":material/done:")
        files(here, done)


def run(here: Context, formats: Sequence[str], *, with_names: bool) -> None:
    """Make the report with a bar; a format that cannot be made is told, and the others are there."""
    bar = st.progress(0.0, here.say("Making the report"))

    def progress(what: str, share: float) -> None:
        bar.progress(min(share, 1.0), md(what))

    try:
        made = kept.keep(
            find_home(),
            here.facts,
            here.filter,
            here.locale,
            viewer=here.viewer,
            formats=formats,
            with_names=with_names,
            progress=progress,
        )
    except VoronkaError as fault:
        bar.empty()
        st.error(here.say(fault.template, **fault.values), icon=":material/error:")
        return
    bar.empty()
    st.session_state[LAST] = made.name
    for fault in made.missing:
        st.warning(here.say(fault.template, **fault.values), icon=":material/extension_off:")


def files(here: Context, one: Kept) -> None:
    """Offer the files of a report; the log is written before the bytes go out."""
    with st.container(horizontal=True):
        for form, path in one.files.items():
            blocks.download(
                here,
                one.name if form != "parquet" else f"{one.name}-tables",
                lambda path=path: path.read_bytes(),
                ending=path.suffix[1:],
                mime=MIMES[form],
                stamp=one.manifest["files"][path.name],
                label="Parquet, CSV" if form == "parquet" else form.upper(),
            )


def archive(here: Context) -> None:
    """List the reports there are; a chosen one can be taken away again, the same as it was."""
    found = kept.reports(find_home(), here.viewer)[:MOST_LISTED]
    if not found:
        st.info(here.say("No report was made yet."), icon=":material/inbox:")
        return
    rows = [
        {
            "name": one.name,
            "title": asked_of(here, one),
            "won": figure(one, "won"),
            "revenue": figure(one, "revenue"),
            "as_of": one.known_on,
            "formats": ", ".join(form.upper() for form in one.files),
        }
        for one in found
    ]
    text, real = pl.String(), pl.Float64()
    types = {"name": text, "title": text, "won": real, "revenue": real, "as_of": pl.Date(), "formats": text}
    frame = pl.DataFrame(rows, schema=types)
    grid = archive_grid(here, found, {one.name: dated(here, one) for one in found})
    cell_rows.table(here, grid, frame, LISTED)
    cell_rows.opened(here, grid, frame)
    chosen = pick_report(here, N_("Take away"), found, "archive_pick")
    files(here, chosen)
    told = chosen.manifest
    st.caption(
        here.say(
            "Snapshot {snapshot}, {n} input files with the hash {hash}, version {version}.",
            snapshot=told.get("snapshot", ""),
            n=len(told.get("inputs", ())),
            hash=str(told.get("inputs_hash", ""))[:16],
            version=told.get("version", ""),
        )
    )


def changes(here: Context) -> None:
    """Show why two reports of the same days tell other sales, adding up exactly."""
    found = kept.reports(find_home(), here.viewer)[:MOST_LISTED]
    later = restated.comparable(found)
    if not later:
        st.info(here.say("The difference needs two reports of the same days, made from different loads."))
        return
    second = pick_report(here, N_("The later report"), later, "report_after")
    others = restated.same_question(second, found)
    earlier = [one for one in others if restated.age(one) < restated.age(second)]
    first = pick_report(here, N_("The earlier report"), (earlier or others)[::-1], "report_before")
    try:
        answer = restated.compare(first, second)
    except VoronkaError as fault:
        st.info(here.say(fault.template, **fault.values))
        return
    with st.container(border=True, key="card_bridge"):
        st.markdown(f"**{here.say(BEFORE_AND_AFTER, before=reported(here, first), after=reported(here, second))}**")
        st.caption(here.say(answer.definition))
        rows, grid = (
            answer.frame.with_columns(pl.col("amount").cast(pl.Float64)),
            bridge_grid(here, first, second, answer.columns),
        )
        if rows.height:
            cell_rows.table(here, grid, rows, answer.columns)
        for notice in answer.sentences:
            st.markdown(md(said(notice, here.locale)))
    cell_rows.opened(here, grid, rows)


def pick_report(here: Context, label: str, found: Sequence[Kept], key: str) -> Kept:
    """Let the reader choose a report."""
    names = {one.name: one for one in found}
    called = {name: label_of(here, one) for name, one in names.items()}
    return names[st.selectbox(here.say(label), list(names), key=key, width=620, format_func=lambda name: called[name])]


def label_of(here: Context, one: Kept) -> str:
    """Call a report by its days, the data it was made of, and the beginning of its hash."""
    return " · ".join([dated(here, one), str(one.manifest.get("snapshot", "")), one.name.rpartition("-")[2][:6]])


def dated(here: Context, one: Kept) -> str:
    """Call a report by its days and the last day of the data it was made of."""
    day = one.known_on
    told = [here.locale.text("data up to {day}", day=here.locale.date(day))] if day else []
    return " · ".join([asked_of(here, one), *told])


def asked_of(here: Context, one: Kept) -> str:
    """Call a report by its days, and whether a filter was chosen."""
    days = [date.fromisoformat(day) if day else None for day in (one.manifest.get("from"), one.manifest.get("to"))]
    chosen = [key for key in one.manifest.get("filter", {}) if key not in ("from", "to", "period", "compare")]
    return " · ".join([here.locale.period(Period(*days)), *([here.locale.text("filtered")] if chosen else [])])


def reported(here: Context, one: Kept) -> str:
    """Write the sales and the revenue that a report told."""
    won, revenue = figure(one, "won"), figure(one, "revenue")
    sales = here.locale.plural("{n} sale", "{n} sales", int(won or 0))
    return f"{sales}, {here.written(revenue, Unit.MONEY)}"


def figure(one: Kept, name: str) -> float | None:
    """Return a reported number."""
    told = one.manifest.get("figures", {}).get(name)
    return None if told is None else float(told)
