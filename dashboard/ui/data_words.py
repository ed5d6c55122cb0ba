"""What a company says about its own words: names that mean the same, and the stages with their order, kind and norm.

Both are kept in ``settings.toml`` of the home, where they can be changed by hand too, and hold from the next count on.
"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.i18n import N_
from dashboard.ui import data_state
from dashboard.ui.context import LABELS, Context
from dashboard.ui.safe_text import md
from pipelines.decisions import StageLine, accept_same, write_stages
from pipelines.settings import Home

THINGS = {**LABELS, "client": N_("Client"), "campaign": N_("Campaign"), "reason": N_("Refusal reason")}
TYPES = {"open": N_("open"), "won": N_("won"), "lost": N_("lost"), "junk": N_("junk")}
MOST_PAIRS = 50


def show(here: Context, home: Home) -> None:
    """Show the names that may mean the same, when there are any, and the dictionary of stages."""
    may_change = data_state.may_load(here, home)
    data_state.faults(here)
    _names(here, home, may_change)
    _stages(here, home, may_change)


def _names(here: Context, home: Home, may_change: bool) -> None:
    pairs = here.facts.name_proposals
    if not pairs.height:
        return
    st.markdown(f"## {here.say(N_('Perhaps the same'))}")
    st.caption(
        here.say(N_("Names that differ by a letter or a sign. They are counted apart until you say that they are one."))
    )
    for number, pair in enumerate(pairs.sort("score", descending=True).head(MOST_PAIRS).to_dicts()):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"pair_{number}"):
            thing = here.say(THINGS.get(pair["thing"], pair["thing"]))
            rows = here.locale.plural("{n} row", "{n} rows", int(pair["rows"] or 0))
            st.markdown(
                f"{thing}: **{md(pair['name'])}** ≈ **{md(pair['other'])}** · {md(rows)} · "
                f"{md(here.locale.text(str(pair['why'] or '')))}"
            )
            if may_change:
                for kept, gone in ((pair["name"], pair["other"]), (pair["other"], pair["name"])):
                    st.button(
                        here.say(N_("Both are “{name}”"), name=kept),
                        key=f"same_{number}_{kept}",
                        on_click=_accept,
                        args=(here, home, pair["thing"], kept, gone),
                    )


def _accept(here: Context, home: Home, thing: str, kept: str, gone: str) -> None:
    data_state.decide(here, home, lambda: accept_same(home, thing, kept, gone))


def _stages(here: Context, home: Home, may_change: bool) -> None:
    st.markdown(f"## {here.say(N_('Stages'))}")
    stages = here.facts.stages
    if stages.is_empty():
        st.caption(here.say(N_("No export so far tells of stages.")))
        return
    funnels = stages["funnel_name"].unique().sort().to_list()
    funnel = (
        st.selectbox(here.say(LABELS["funnel"]), funnels, key="stages_funnel", width=420) if funnels[1:] else funnels[0]
    )
    own = stages.filter(pl.col("funnel_name") == funnel).sort("stage_order")
    if not bool(own["is_ordered"].all()):
        st.caption(
            ":material/info: "
            + here.say(
                N_(
                    "The order was guessed from the names of the stages and the ways of the deals. Look at it, mend the "
                    "numbers of the first column, and save it."
                )
            )
        )
    edited = _editor(here, own, funnel, may_change)
    if may_change:
        st.button(
            here.say(N_("Save the stages")),
            icon=":material/save:",
            key="stages_save",
            on_click=_write,
            args=(here, home, funnel, edited),
        )


def _editor(here: Context, own: pl.DataFrame, funnel: str, may_change: bool) -> pl.DataFrame:
    words = {name: here.locale.text(word) for name, word in TYPES.items()}
    rows = own.select(
        pl.col("stage_order").cast(pl.Int64),
        "stage_name",
        pl.col("stage_type").cast(pl.String).replace(words),
        pl.col("norm_days").cast(pl.Float64),
        "is_optional",
    )
    config = {
        "stage_order": st.column_config.NumberColumn(here.locale.text(N_("No.")), min_value=1, step=1, width="small"),
        "stage_name": st.column_config.TextColumn(here.locale.text(N_("Stage")), disabled=True),
        "stage_type": st.column_config.SelectboxColumn(
            here.locale.text(N_("Means")), options=list(words.values()), required=True
        ),
        "norm_days": st.column_config.NumberColumn(here.locale.text(N_("Norm days")), min_value=0.0, format="%g"),
        "is_optional": st.column_config.CheckboxColumn(
            here.locale.text(N_("Optional")),
            help=here.locale.text(N_("Not every deal goes through it: conversion steps over it.")),
        ),
    }
    edited = st.data_editor(
        rows,
        column_config=config,
        hide_index=True,
        disabled=not may_change,
        key=f"stages_{funnel}",
        height="content",
        placeholder="—",
    )
    meanings = {word: name for name, word in words.items()}
    return edited.with_columns(pl.col("stage_type").replace(meanings)).sort("stage_order", nulls_last=True)


def _write(here: Context, home: Home, funnel: str, edited: pl.DataFrame) -> None:
    stages = [
        StageLine(row["stage_name"], row["stage_type"], row["norm_days"], bool(row["is_optional"]))
        for row in edited.to_dicts()
    ]
    data_state.decide(here, home, lambda: write_stages(home, funnel, stages))
