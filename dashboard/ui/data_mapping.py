"""The mapping editor: what each column of an unknown file is, the questions left open, a trial, and saving it for next week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard import drafts, loading
from dashboard.exports.mapping import say, sureness
from dashboard.i18n import N_
from dashboard.ui import blocks, data_state
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md
from pipelines.errors import MappingError, VoronkaError
from pipelines.intake import read_once
from pipelines.profile import KINDS
from pipelines.propose import ASK, ColumnProposal, DryRun, Proposal, Question, to_toml
from pipelines.propose_labels import COLUMNS, column_label, kind_label
from pipelines.readers import Sheet, open_export
from pipelines.settings import Home, read_settings
from pipelines.trial import FileTrial

FROM_THE_TABLE = ("kind", "heading.")
"""Questions that the table itself asks; the rest stand below it."""

REFUSED = {"line": N_("Line"), "column": N_("Heading"), "value": N_("Value"), "reason": N_("Why put aside")}
SAMPLE = 24


@dataclass
class Desk:
    """What one reader has on the desk for one sheet: the draft, and the trial once it was asked for."""

    draft: drafts.Draft
    run: DryRun | None = None
    fault: VoronkaError | None = None

    def change(self, draft: drafts.Draft) -> None:
        """Take a new draft; what was tried before no longer counts."""
        self.draft, self.run, self.fault = draft, None, None


def edit(here: Context, home: Home, tried: FileTrial, *, again: bool = False) -> None:
    """Show the editor for the sheets of a file that nobody recognises; ``again`` for those that somebody does."""
    unknown = [
        sheet.name for sheet in tried.sheets if sheet.is_recognised == again and sheet.rows and not sheet.is_hidden
    ]
    if not unknown:
        return
    mark = sha256(str(tried.path).encode()).hexdigest()[:10]
    name = unknown[0]
    if len(unknown) > 1:
        name = st.selectbox(here.say(N_("Sheet of the workbook")), unknown, key=f"map_sheet_{mark}", width=420)
    try:
        desk = _desk(here, tried.path, name, again, _own_title(home, tried, name))
        proposal, asked = drafts.settled(desk.draft)
    except VoronkaError as fault:
        data_state.refused(here, fault)
        return
    _kind(here, desk, proposal, mark)
    _table(here, desk, proposal, mark)
    _questions(here, home, desk, proposal, asked, mark)
    _outcome(here, home, desk, proposal, tried.path, mark)


def _own_title(home: Home, tried: FileTrial, sheet_name: str) -> str:
    """Return what the company's own mapping of a sheet is called; "" when none knows it."""
    profile = next(sheet.profile for sheet in tried.sheets if sheet.name == sheet_name)
    is_own = profile is not None and profile.grade == "own" and (home.mappings / f"{profile.name}.toml").exists()
    return profile.title if profile is not None and is_own else ""


def _desk(here: Context, path: Path, sheet_name: str, again: bool, called: str) -> Desk:
    """Take the draft of a sheet from the reader's desk, or begin one."""
    desks: dict[tuple[Path, str], Desk] = st.session_state.setdefault(data_state.DESKS, {})
    key = (path, sheet_name)
    if key not in desks:
        with st.spinner(here.say(N_("Looking at the columns …"))):
            desks[key] = Desk(drafts.begin(_sheet(path, sheet_name), path.name, again=again, called=called))
    return desks[key]


def _sheet(path: Path, name: str) -> Sheet:
    return next(one for one in open_export(read_once(path), path.name) if one.name == name)


def _kind(here: Context, desk: Desk, proposal: Proposal, mark: str) -> None:
    """Ask what one row is; the engine's guess stands first."""
    key = f"map_kind_{mark}"
    st.session_state[key] = proposal.kind

    def change() -> None:
        desk.change(desk.draft.with_choice("kind", st.session_state[key]))

    st.selectbox(
        here.say(N_("What does one row of this table tell of?")),
        KINDS,
        format_func=lambda kind: say(kind_label(kind), here.locale),
        key=key,
        on_change=change,
        width=420,
    )
    reasons = "; ".join(say(reason, here.locale) for reason in proposal.reasons)
    st.caption(f"{here.locale.text(sureness(proposal.confidence, here.locale))}: {md(reasons)}" if reasons else "")


def _table(here: Context, desk: Desk, proposal: Proposal, mark: str) -> None:
    """Show a list box of headings for each of our columns: those that were found, and, folded, those that were not."""
    st.markdown(f"**{here.say(N_('Which column is what'))}**")
    _columns(here, desk, proposal, [one for one in proposal.columns if one.heading], mark)
    rest = [one for one in proposal.columns if not one.heading]
    if rest:
        with st.expander(here.say(N_("Columns not found in the file: {n}"), n=len(rest))):
            _columns(here, desk, proposal, rest, mark)
    if proposal.unused:
        st.caption(here.say(N_("Not used: {headings}."), headings=", ".join(proposal.unused)))
    if proposal.notes:
        st.caption("\n".join(f"- {md(_capital(say(note, here.locale)))}" for note in proposal.notes))


def _columns(here: Context, desk: Desk, proposal: Proposal, columns: list[ColumnProposal], mark: str) -> None:
    grid = st.grid(columns=3, min_column_width=260, key=f"map_grid_{mark}_{len(columns)}_{proposal.kind}")
    for one in columns:
        with grid.cell(), st.container(border=True, gap="xxsmall"):
            _column(here, desk, proposal, one, mark)


def _column(here: Context, desk: Desk, proposal: Proposal, one: ColumnProposal, mark: str) -> None:
    key = f"map_{mark}_{proposal.kind}_{one.ours}"
    st.session_state[key] = one.heading or ""

    def change() -> None:
        desk.change(desk.draft.with_choice(f"heading.{one.ours}", st.session_state[key]))

    st.selectbox(
        md(_capital(say(column_label(one.ours), here.locale))),
        ["", *proposal.found.headings],
        format_func=lambda heading: heading or here.locale.text(N_("— not in the file —")),
        key=key,
        on_change=change,
    )
    if not one.heading:
        return
    sign = ":material/check_circle:" if one.confidence >= ASK else ":material/help:"
    samples = ", ".join(sample[:SAMPLE] for sample in one.samples)
    reasons = "; ".join(say(reason, here.locale) for reason in one.reasons)
    st.caption(f"{sign} {md(sureness(one.confidence, here.locale))} · {md(reasons)}")
    if samples:
        st.caption(here.say(N_("For example: {samples}"), samples=samples))


def _questions(
    here: Context, home: Home, desk: Desk, proposal: Proposal, asked: tuple[Question, ...], mark: str
) -> None:
    """Show the questions that neither file nor table settles, each with what speaks for the proposed answer."""
    shown = [one for one in asked if not one.key.startswith(FROM_THE_TABLE)]
    read: dict[str, Callable[[], object]] = {}

    def check() -> None:
        given = {one.key: one.proposed for one in asked if one.key.startswith(FROM_THE_TABLE)}
        _try(here, home, desk, {**given, **{key: answer() for key, answer in read.items()}})

    with st.form(f"map_form_{mark}", border=False):
        if shown:
            st.markdown(f"**{here.say(N_('What the file does not tell'))}**")
        for one in shown:
            read[one.key] = _question(here, one, desk.draft.replies.get(one.key), mark)
        st.form_submit_button(
            here.say(N_("Try it on the whole file")),
            on_click=check,
            icon=":material/fact_check:",
            key=f"map_try_{mark}",
        )


def _question(here: Context, asked: Question, reply: object, mark: str) -> Callable[[], object]:
    """Show one question; return how its answer is read."""
    words = {option.value: say(option.label, here.locale) for option in asked.options}
    stamp = sha256(repr((asked.options, asked.items)).encode()).hexdigest()[:6]
    key = f"ask_{mark}_{asked.key}_{stamp}"
    with st.container(border=True):
        evidence = "; ".join(say(reason, here.locale) for reason in asked.evidence)
        if not asked.items:
            now = reply if reply in words else asked.proposed
            values = list(words)
            st.selectbox(
                md(say(asked.text, here.locale)),
                values,
                index=values.index(str(now)) if str(now) in values else 0,
                format_func=lambda value: words[value],
                key=key,
                width=420,
            )
            st.caption(md(evidence))
            return lambda: st.session_state[key]
        st.markdown(md(say(asked.text, here.locale)))
        st.caption(md(evidence))
        given = reply if isinstance(reply, dict) else {}
        grid = st.grid(columns=4, min_column_width=200, key=f"{key}_grid")
        values = list(words)
        for at, item in enumerate(asked.items):
            with grid.cell():
                st.selectbox(
                    md(f"{item.word} · {here.locale.number(item.count)}"),
                    values,
                    index=values.index(given.get(item.word, item.proposed)),
                    format_func=lambda value: words[value],
                    key=f"{key}_{at}",
                )
        return lambda: {item.word: st.session_state[f"{key}_{at}"] for at, item in enumerate(asked.items)}


def _try(here: Context, home: Home, desk: Desk, replies: dict[str, object]) -> None:
    desk.change(desk.draft.with_replies(replies))
    try:
        proposal, asked = drafts.settled(desk.draft)
        known = set(replies)
        if all(one.key in known or one.key in desk.draft.chosen for one in asked):
            desk.run = drafts.trial(desk.draft, proposal, read_settings(home).zone)
    except VoronkaError as fault:
        desk.fault = fault


def _called(here: Context, column: str | None) -> str | None:
    """Name a column of a refused row: its heading, and one that the file lacks by what it would tell."""
    return _capital(say(column_label(column), here.locale)) if column is not None and column in COLUMNS else column


def _outcome(here: Context, home: Home, desk: Desk, proposal: Proposal, path: Path, mark: str) -> None:
    """Show what a load with this mapping would do; once that is known it can be saved and loaded."""
    if desk.fault is not None:
        data_state.refused(here, desk.fault)
    run = desk.run
    if run is None:
        return
    if not run.recognised:
        st.warning(here.say(N_("With this mapping the file would not be recognised.")))
        return
    data_state.counted(here, run.rows_in, run.accepted, run.quarantined, run.duplicates)
    if run.first_refused:
        rows = [
            {
                "line": str(r.line),
                "column": _called(here, r.column),
                "value": r.value,
                "reason": here.locale.text(r.reason),
            }
            for r in run.first_refused
        ]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(REFUSED, pl.String))
        blocks.table(here, frame, REFUSED, key=f"map_refused_{mark}", left=("column", "value", "reason"))
    name = desk.draft.name
    if (home.mappings / f"{name}.toml").exists():
        st.caption(here.say(N_("The saved mapping {name} will be replaced."), name=name))
    with st.expander(here.say(N_("The mapping as a file"))):
        st.code(
            to_toml(proposal, desk.draft.title, lambda reason: say(reason, here.locale), again=desk.draft.again),
            language="toml",
        )
    st.button(
        here.say(N_("Save the mapping and load the file")),
        type="primary",
        icon=":material/upload:",
        key=f"map_save_{mark}",
        on_click=_save,
        args=(here, home, desk, proposal, path),
        disabled=not run.accepted,
    )


def _save(here: Context, home: Home, desk: Desk, proposal: Proposal, path: Path) -> None:
    if not data_state.may_load(here, home):
        return
    try:
        loading.save_mapping(home, proposal, desk.draft.title, here.locale, again=desk.draft.again)
    except (MappingError, VoronkaError) as fault:
        desk.fault = fault
        return
    data_state.forget_trials()
    data_state.load(here, home, [path])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
