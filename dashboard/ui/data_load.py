"""Bringing exports: drop files, see how they are read and what a load would do, load them, read the report."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from dashboard import loading, uploads
from dashboard.analyses.accounting import KIND_WORDS
from dashboard.contents import PAGES
from dashboard.exports import loads
from dashboard.i18n import N_
from dashboard.ui import blocks, data_mapping, data_state
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from pipelines.errors import VoronkaError
from pipelines.load_notes import NO_RATE
from pipelines.report import REJECT, FileReport, LoadReport
from pipelines.settings import Home
from pipelines.trial import FileTrial, SheetTrial

PHASES = {
    "conform, build, check": N_("counting and checking"),
    "publish": N_("publishing"),
}
WORST = {"accept": st.success, "partial": st.warning, "reject": st.error}
REPORT = dict(
    zip(("name", "profile", "rows", "accepted", "quarantined", "duplicates", "reasons"), loads.HEADS, strict=True)
)
ROUND = "data_round"
SEEN = "data_seen"
WIDEST = 12
MANY = 3
"""From so many files or sheets on, their first rows are folded away."""

GRADES = {
    "A": N_("its headings are known from the vendor or from a real export"),
    "B": N_("its headings are known from two independent sources"),
    "C": N_("its headings are known from one source only: check the numbers"),
}


def show(here: Context, home: Home) -> None:
    """Show the place to drop files, what waits there, and the load that is going on or has just ended."""
    if not data_state.may_load(here, home):
        st.info(
            here.say(
                "Files are loaded by whoever runs the server: `voronka load`, or on this page opened on that machine. "
                "`allow_upload = true` under `[server]` in settings.toml lets every reader do it."
            ),
            icon=":material/lock:",
        )
        _job(here, home)
        return
    _drop_zone(here, home)
    _job(here, home)
    button, paths = st.container(), data_state.waiting()
    shown = [_file(here, home, path, is_open=len(paths) < MANY) for path in paths]
    ready = [trial for trial in shown if trial is not None and trial.is_loadable]
    if ready:
        with button:  # above the files, because what is said of them can be long
            _load_button(here, home, ready)


def _drop_zone(here: Context, home: Home) -> None:
    key = f"data_upload_{st.session_state.setdefault(ROUND, 0)}"

    def take() -> None:
        data_state.bring(here, home, [(file.name, file.getvalue()) for file in st.session_state[key]])
        st.session_state[ROUND] += 1  # a new, empty place: the files now stand below it

    st.file_uploader(
        here.say(N_("Drop exports of your CRM, telephony or advertising here")),
        accept_multiple_files=True,
        key=key,
        on_change=take,
        max_upload_size=uploads.MOST_MEGABYTES,
    )
    st.caption(
        here.say(
            "CSV, Excel (XLSX, XLS, ODS), HTML tables, JSON, Parquet, also in ZIP and GZ. Nothing is stored before you press "
            "Load. Larger files: put them into {inbox} and run `voronka load`.",
            inbox=home.inbox,
        )
    )
    for fault in st.session_state.get(data_state.FAULTS, ()):
        data_state.refused(here, fault)


def _file(here: Context, home: Home, path: Path, *, is_open: bool) -> FileTrial | None:
    """Show one waiting file: its sheets with their counts, or the one sentence why it cannot be read."""
    with st.container(border=True, key=f"card_file_{abs(hash(path))}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{md(path.name)}**", width="content")
            st.button(
                here.say(N_("Remove")),
                key=f"drop_{path}",
                type="tertiary",
                icon=":material/close:",
                help=here.say(N_("Remove {name} from the list"), name=path.name),
                on_click=data_state.drop,
                args=(home, path),
            )
        try:
            trial = data_state.tried(here, home, path)
        except VoronkaError as fault:
            data_state.refused(here, fault)
            return None
        if trial.fault is not None:
            data_state.refused(here, trial.fault)
            return None
        for sheet in trial.sheets:
            _sheet(here, trial, sheet, is_open=is_open and len(trial.sheets) < MANY)
        if not trial.is_loadable:
            data_mapping.edit(here, home, trial)
        elif any(not sheet.is_recognised and not sheet.is_hidden for sheet in trial.sheets):
            with st.expander(here.say(N_("Map the sheets that were not recognised"))):
                data_mapping.edit(here, home, trial)
        elif st.toggle(here.say(N_("Map it in another way")), key=f"again_{trial.digest[:10]}"):
            data_mapping.edit(here, home, trial, again=True)
        return trial


def _sheet(here: Context, trial: FileTrial, sheet: SheetTrial, *, is_open: bool) -> None:
    label = f"{md(sheet.name)} · " if sheet.name else ""
    report, profile = sheet.report, sheet.profile
    if profile is None or report is None:
        if not trial.is_loadable and sheet.rows:
            st.info(
                label
                + here.say(N_("Nobody knows this table yet. Say below what its columns are: once, and for good.")),
                icon=":material/table_view:",
            )
        elif report is not None:
            st.caption(md(loads.sentence(report, here.locale)))
    else:
        kind = here.locale.text(KIND_WORDS.get(report.kind, report.kind))
        st.markdown(
            label
            + here.say(N_("Recognised as **{title}**: {kind}"), title=profile.title or profile.name, kind=kind.lower())
        )
        if profile.grade in GRADES:
            known = here.say(GRADES[profile.grade])
            partial = here.say(N_("Partial: not all of its headings are known.")) + " " if profile.partial else ""
            st.caption(f"{partial}{here.say(N_('Grade {grade}'), grade=profile.grade)}: {known}")
        _would_be(here, report)
    if sheet.rows and not sheet.is_hidden:
        with st.expander(here.say(N_("How the file is read")), expanded=not sheet.is_recognised or is_open):
            _preview(here, sheet, f"{trial.digest[:8]}_{sheet.name}")


def _would_be(here: Context, report: FileReport) -> None:
    data_state.counted(here, report.rows_in, report.accepted, report.quarantined, report.duplicates)
    if report.message:
        st.caption(md(loads.sentence(report, here.locale)))
    for reason, count in sorted(report.reasons.items(), key=lambda pair: -pair[1]):
        st.caption(f":material/rule: {md(here.locale.text(reason))}: {here.locale.number(count)}")
    for example in loads.examples(report, here.locale):
        st.caption(f"— {md(example)}")


def _preview(here: Context, sheet: SheetTrial, key: str) -> None:
    """Show the first rows as the reader sees them; the heading row is the heading of the table once it is known."""
    width = min(max(len(row) for row in sheet.rows), WIDEST)
    padded = [(*row[:width], *[""] * (width - len(row))) for row in sheet.rows]
    at = sheet.heading_at
    names = padded[at] if at is not None else [""] * width
    columns = {f"c{place}": name or f"{place + 1}" for place, name in enumerate(names)}
    body = padded[at + 1 :] if at is not None else padded
    frame = pl.DataFrame(body, schema=dict.fromkeys(columns, pl.String), orient="row")
    if sheet.heading_line is not None:
        st.caption(here.say(N_("The heading stands in row {line}."), line=here.locale.number(sheet.heading_line)))
    settings = {name: st.column_config.TextColumn(label) for name, label in columns.items()}
    st.dataframe(frame, hide_index=True, column_config=settings, key=f"preview_{key}", height="content", lazy=False)


def _load_button(here: Context, home: Home, ready: list[FileTrial]) -> None:
    fresh = sum(report.accepted for trial in ready for report in trial.reports)
    st.button(
        here.locale.plural("Load {n} file", "Load {n} files", len(ready)),
        type="primary",
        icon=":material/upload:",
        key="data_load",
        disabled=loading.is_busy(home),
        on_click=data_state.load,
        args=(here, home, [trial.path for trial in ready]),
        help=None if fresh else here.say(N_("Nothing in them is new.")),
    )


def _job(here: Context, home: Home) -> None:
    """Show how far a load is, or how the last one ended; anybody's, until it is put away."""
    job = loading.job_of(home)
    if job is None or st.session_state.get(SEEN) == job.started_at:
        return
    if not job.ended.is_set():
        _progress(here, home)
        return
    if not job.is_recent:
        return
    with st.container(border=True, key="card_report"):
        if job.fault is not None:
            data_state.refused(here, job.fault)
        if job.report is not None:
            report(here, job.report)
        with st.container(horizontal=True, vertical_alignment="center"):
            if job.report is not None and job.report.outcome != REJECT:
                first = PAGES[0]
                st.page_link(first.path, label=here.say(first.title), icon=":material/arrow_forward:")
            st.button(
                here.say(N_("Put away")),
                key="data_seen_button",
                type="tertiary",
                on_click=lambda: st.session_state.update({SEEN: job.started_at}),
            )


@st.fragment(run_every=0.5)
def _progress(here: Context, home: Home) -> None:
    job = loading.job_of(home)
    if job is None or job.ended.is_set():
        st.rerun()
    text = here.say(PHASES[job.text]) if job.text in PHASES else md(job.text)
    st.progress(job.share, text=f"{here.say(N_('Loading'))} · {text}" if text else here.say(N_("Loading")))
    st.caption(here.say(N_("You can go on to another page: the load does not stop.")))


def report(here: Context, done: LoadReport) -> None:
    """Show the report of a load: the closing sentence, a row per file, and what was said of each."""
    outcome = done.outcome if done.files else "accept"
    WORST[outcome](md(loads.sentence(done, here.locale)), icon=data_state.OUTCOME_SIGNS[outcome])
    if done.mended:
        st.caption(here.say(done.mended))
    for note in loads.general_notes(done, here.locale, but=NO_RATE):  # above every part of the page
        st.warning(md(note))
    if done.files:
        rows = [dict(zip(REPORT, loads.file_row(file, here.locale), strict=True)) for file in done.files]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(REPORT, pl.String))
        blocks.table(here, frame, REPORT, key="data_report", left=("name", "profile", "reasons"))
    for file in done.files:
        said = [loads.sentence(file, here.locale)] if file.message and file.message != done.message else []
        for sentence in (*said, *loads.examples(file, here.locale)):
            st.caption(f"{md(file.name)}: {md(sentence)}")
