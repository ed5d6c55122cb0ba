"""What the parts of the Data page share: the waiting files of a reader, the right to bring them, and how faults are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard import access, loading, uploads, viewers
from dashboard.i18n import N_
from dashboard.ui.context import Context
from dashboard.ui.shell import is_local
from pipelines.errors import VoronkaError
from pipelines.settings import Home
from pipelines.trial import FileTrial, try_file

WAITING = "data_waiting"
TRIALS = "data_trials"
DESKS = "data_desks"
FAULTS = "data_faults"
OWN_JOB = "data_job"
OUTCOME_SIGNS = {"accept": ":material/check_circle:", "partial": ":material/rule:", "reject": ":material/error:"}


def may_load(here: Context, home: Home) -> bool:
    """Tell whether this reader may bring files and decide; asked again at every action, not only when a button is drawn."""
    return viewers.may_load(here.viewer, home, is_local=is_local())


def waiting() -> list[Path]:
    """List the files this reader brought that are not loaded yet."""
    kept = [path for path in st.session_state.get(WAITING, []) if path.exists()]
    st.session_state[WAITING] = kept
    # What was read of a file that is gone goes too: a desk holds the whole file.
    st.session_state[DESKS] = {key: desk for key, desk in st.session_state.get(DESKS, {}).items() if key[0] in kept}
    st.session_state[TRIALS] = {path: one for path, one in st.session_state.get(TRIALS, {}).items() if path in kept}
    return kept


def bring(here: Context, home: Home, files: Sequence[tuple[str, bytes]]) -> None:
    """Put files aside for this reader; one that cannot be taken is said, and the others are taken."""
    if not may_load(here, home):
        return
    kept, faults = waiting(), []
    for name, content in files:
        try:
            path = uploads.keep(home, name, content)
            kept += [path] if path not in kept else []
        except VoronkaError as fault:
            faults.append(fault)
    st.session_state[FAULTS] = faults


def drop(home: Home, path: Path) -> None:
    """Take a file off the list and throw it away."""
    uploads.discard(home, path)
    waiting()


def tried(here: Context, home: Home, path: Path) -> FileTrial:
    """Try a file once; again only when a snapshot or a mapping came since. Raises VoronkaError."""
    trials: dict[Path, tuple[object, FileTrial]] = st.session_state.setdefault(TRIALS, {})
    stamp = (here.facts.snapshot, tuple(sorted(one.stat().st_mtime_ns for one in home.mappings.glob("*.toml"))))
    if trials.get(path, (None,))[0] != stamp:
        with st.spinner(here.say(N_("Reading {name} …"), name=path.name)):
            found = try_file(path, home, known=here.facts.files, stored=lambda table: access.stored(home, table))
        trials[path] = (stamp, found)
    return trials[path][1]


def forget_trials() -> None:
    """Try every file again at the next look."""
    st.session_state.pop(TRIALS, None)


def load(here: Context, home: Home, paths: Sequence[Path]) -> None:
    """Start loading in the background; a load that is going on already is said."""
    if may_load(here, home):
        _start(lambda: loading.start(paths, home))


def count_again(here: Context, home: Home) -> None:
    """Start counting everything anew under the settings of now."""
    if may_load(here, home):
        _start(lambda: loading.start_again(home))


def faults(here: Context) -> None:
    """Say why the last thing this reader wanted to do could not be done."""
    for fault in st.session_state.get(FAULTS, ()):
        refused(here, fault)


def decide(here: Context, home: Home, write: Callable[[], None]) -> None:
    """Let whoever may decide write a decision; why it could not be written is said at the next look."""
    if not may_load(here, home):
        return
    try:
        write()
    except VoronkaError as fault:
        st.session_state[FAULTS] = [fault]
        return
    st.session_state[FAULTS] = []


def offer_to_count_again(here: Context, home: Home) -> None:
    """Say that settings have changed since the numbers were counted, by whomever, and offer to count anew."""
    if not may_load(here, home) or not loading.is_behind(home, here.facts.rules):
        return
    with st.container(border=True, key="card_behind"):
        st.markdown(
            here.say(
                N_("The settings have changed since these numbers were counted. They follow at the next load, or now:")
            )
        )

        def again() -> None:
            st.query_params.pop("part", None)  # the progress stands on the first part of the page
            count_again(here, home)

        st.button(
            here.say(N_("Count everything anew")),
            icon=":material/refresh:",
            type="primary",
            on_click=again,
            disabled=loading.is_busy(home),
            key="again",
        )


def _start(begin: Callable[[], loading.Job]) -> None:
    try:
        st.session_state[OWN_JOB] = begin().started_at
        st.session_state[FAULTS] = []
    except VoronkaError as fault:
        st.session_state[FAULTS] = [fault]


def refused(here: Context, fault: VoronkaError) -> None:
    """Say what cannot be, in one sentence; a file is called by its name and not by its place on the server."""
    values = {key: value.name if isinstance(value, Path) else value for key, value in fault.values.items()}
    st.error(here.say(fault.template, **values), icon=":material/error:")


def counted(here: Context, rows_in: int, accepted: int, quarantined: int, duplicates: int) -> None:
    """Say what became, or would become, of the rows of a file."""
    number = here.locale.number
    st.markdown(
        here.say(
            N_(
                "Rows: **{rows}** · accepted: **{accepted}** · put aside: **{quarantined}** · duplicates: **{duplicates}**"
            ),
            rows=number(rows_in),
            accepted=number(accepted),
            quarantined=number(quarantined),
            duplicates=number(duplicates),
        )
    )
