"""Settings that matter to the numbers: what holds now, what it would become, and counting anew with it.

Nothing is written before the reader has seen what changes; what somebody else changed meanwhile is never undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, cast
from zoneinfo import available_timezones

import polars as pl
import streamlit as st

from dashboard.i18n import N_
from dashboard.ui import data_state
from dashboard.ui.context import LABELS, Context
from dashboard.ui.data_fields import (
    CURRENCIES,
    GROUPS,
    HOURS,
    WEEKDAYS,
    Setting,
    fault_of,
    same,
    shown,
    stored,
    written,
)
from dashboard.ui.safe_text import md
from pipelines.audit import record
from pipelines.decisions import Edit, value_at, write_values
from pipelines.errors import VoronkaError
from pipelines.settings import Home, Settings, read_settings

SETTINGS = [setting for group in GROUPS.values() for setting in group]


def show(here: Context, home: Home) -> None:
    """Show the settings as they are; whoever may decide can change them, sees what that changes, and saves it."""
    may_change = data_state.may_load(here, home)
    data_state.faults(here)
    try:
        now = read_settings(home)
    except VoronkaError as fault:
        data_state.refused(here, fault)
        return
    st.caption(
        here.say(
            N_(
                "They stand in {path}. A change holds from the next count on; comments and whatever else stands there stay."
            ),
            path=home.settings_file if may_change else home.settings_file.name,
        )
    )
    values: dict[str, object] = {}
    for title, group in GROUPS.items():
        with st.container(border=True, key=f"card_settings_{group[0].name.replace('.', '_')}"):
            st.markdown(f"**{here.say(title)}**")
            grid = st.grid(columns=_width(group), min_column_width=220, key=f"grid_{group[0].name}")
            for one in group:
                with grid.cell():
                    values[one.name] = _field(here, one, value_at(now, one.name), may_change)
    if may_change:
        _changes(here, home, now, values)


def _changes(here: Context, home: Home, now: Settings, values: Mapping[str, object]) -> None:
    """Say what would change, and offer to save it once nothing speaks against it."""
    before = {one.name: value_at(now, one.name) for one in SETTINGS}
    changed = [one for one in SETTINGS if not same(before[one.name], values[one.name])]
    fault = fault_of(values)
    if changed:
        lines = [
            f"- {here.say(one.label)}: {md(written(one, before[one.name], here.locale))} → "
            f"**{md(written(one, values[one.name], here.locale))}**"
            for one in changed
        ]
        st.markdown(f"**{here.say(N_('What changes'))}**\n" + "\n".join(lines))
    if fault is not None:
        st.error(here.say(fault[0], **fault[1]), icon=":material/error:")
    edits = {one.name: Edit(before[one.name], values[one.name]) for one in changed}
    st.button(
        here.say(N_("Save the settings")),
        type="primary",
        icon=":material/save:",
        key="settings_save",
        disabled=not changed or fault is not None,
        help=None if changed else here.say(N_("Nothing was changed yet.")),
        on_click=_save,
        args=(here, home, edits),
    )


def _save(here: Context, home: Home, edits: Mapping[str, Edit]) -> None:
    def write() -> None:
        write_values(home, edits)
        what = {name: str(edit.after) for name, edit in edits.items()}
        record(home, "settings", who=here.viewer.name, role=here.viewer.role, what=what)

    data_state.decide(here, home, write)


def _field(here: Context, one: Setting, now: object, may_change: bool) -> object:
    """Show one setting; return what the reader would have it be. A value that changed under it begins a new field."""
    label, off = here.say(one.label), not may_change
    about = here.locale.text(one.help)
    key = f"set_{one.name.replace('.', '_')}_{sha256(repr(now).encode()).hexdigest()[:6]}"
    if one.form in ("count", "number", "share"):
        whole = one.form == "count"
        given = st.number_input(
            label,
            value=cast(
                Any, None if now is None else int(cast(int, now)) if whole else float(cast(float, shown(one, now)))
            ),
            min_value=cast(Any, int(one.low) if whole else float(one.low)),
            max_value=cast(Any, one.high if one.high is None else float(one.high)),
            step=cast(Any, 1 if whole else 1.0),
            format="%d" if whole else "%g",
            key=key,
            help=about,
            disabled=off,
            placeholder="—",
        )
        return now if given is None and not one.optional else stored(one, given)
    if one.form == "weekdays":
        chosen = st.pills(
            label,
            list(WEEKDAYS),
            selection_mode="multi",
            default=list(cast(tuple[str, ...], now)),
            format_func=lambda day: here.locale.text(WEEKDAYS[day]),
            key=key,
            help=about,
            disabled=off,
        )
        return tuple(day for day in WEEKDAYS if day in chosen)
    if one.form == "days":
        return _days(here, label, about, now, key, off)
    if one.form == "margins":
        return _margins(here, now, key, off)
    options = _options(one, now)
    return st.selectbox(
        label,
        options,
        index=options.index(cast(Any, now)),
        format_func=lambda value: value or here.locale.text(N_("as the exports say")),
        key=key,
        help=about,
        disabled=off,
    )


def _width(group: Sequence[Setting]) -> int:
    """Choose how many fields stand side by side; seven days of the week need half a page."""
    if any(one.form == "weekdays" for one in group):
        return 2
    return 4 if len(group) == 4 else 3


def _options(one: Setting, now: object) -> list[Any]:
    """List what can be chosen; what stands in the file is always among it."""
    known = {"currency": (None, *CURRENCIES), "zone": tuple(sorted(available_timezones())), "hour": HOURS}[one.form]
    return list(known) if now in known else [now, *known]


def _days(here: Context, label: str, about: str, now: object, key: str, off: bool) -> object:
    st.markdown(f":small[{label}]", help=about)
    edited = st.data_editor(
        pl.DataFrame({"day": sorted(cast(Any, now))}, schema={"day": pl.Date}),
        num_rows="fixed" if off else "dynamic",
        column_config={"day": st.column_config.DateColumn(here.locale.text(N_("Day")), format="DD.MM.YYYY")},
        hide_index=True,
        disabled=off,
        height=220,
        key=key,
    )
    return tuple(edited["day"].cast(pl.Date).drop_nulls().unique().sort())  # the editor gives moments back


def _margins(here: Context, now: object, key: str, off: bool) -> object:
    held = cast(Mapping[str, float], now)
    products = sorted(
        {*here.facts.deal_products["product_name"].drop_nulls(), *here.facts.deals["product_name"].drop_nulls(), *held}
    )
    edited = st.data_editor(
        pl.DataFrame(
            {"product": list(held), "share": [round(share * 100, 4) for share in held.values()]},
            schema={"product": pl.String, "share": pl.Float64},
        ),
        num_rows="fixed" if off else "dynamic",
        column_config={
            "product": st.column_config.SelectboxColumn(here.locale.text(LABELS["product"]), options=products),
            "share": st.column_config.NumberColumn(
                here.locale.text(N_("Margin, %")), min_value=-99.0, max_value=100.0, format="%g"
            ),
        },
        hide_index=True,
        disabled=off,
        height="content" if len(held) < 10 else 380,
        key=key,
    )
    rows = edited.drop_nulls().rows()
    return {product: round(share / 100, 6) for product, share in rows}
