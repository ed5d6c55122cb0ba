"""The glossary: every metric and every analysis there is, found by a word, as the code defines them."""

from __future__ import annotations

import streamlit as st

from dashboard.analyses.catalogue import CATALOGUE
from dashboard.exports.glossary import BETTER_WORDS, UNIT_WORDS, glossary
from dashboard.i18n import N_
from dashboard.metrics.registry import METRICS
from dashboard.ui import blocks
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import Context
from dashboard.ui.safe_text import md

KEY = "word"
KINDS = {"all": N_("All"), "metrics": N_("Metrics"), "analyses": N_("Analyses")}


def show(here: Context) -> None:
    """Show all definitions, or those a word stands in."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = _word(here)
        kind = blocks.choice(here, "kind", N_("What to show"), KINDS)
    rows = [row for row in _rows(here) if kind in ("all", row["kind"]) and word.casefold() in row["text"].casefold()]
    st.caption(md(here.locale.plural("{n} definition", "{n} definitions", len(rows))))
    if not rows:
        st.info(here.say("No definition holds this word. Try a shorter one."), icon=":material/search_off:")
        return
    for row in rows:
        st.markdown(
            f"**{md(row['label'])}**  \n{md(row['help'])}" + (f"  \n*{md(row['more'])}*" if row["more"] else "")
        )
    blocks.download(here, "voronka-glossary", lambda: glossary("csv", here.locale).encode("utf-8-sig"))


def _word(here: Context) -> str:
    asked = next(iter(here.query.get(KEY, ())), "")
    widget = place_widget("glossary_word", asked)
    st.text_input(
        here.say("Find a word"),
        key=widget,
        on_change=lambda: change_address(**{KEY: st.session_state[widget]}),
        width=360,
        placeholder=here.locale.text("conversion, check, cycle …"),
    )
    return asked


def _rows(here: Context) -> list[dict[str, str]]:
    text = here.locale.text
    found = []
    for one in METRICS.values():
        traits = [text(UNIT_WORDS[one.unit.value]), text(BETTER_WORDS[one.better.value])]
        more = " · ".join([*([text(one.variant)] if one.variant else []), *traits, f"voronka ask {one.name}"])
        found.append({"kind": "metrics", "label": text(one.label), "help": text(one.help), "more": more})
    for other in CATALOGUE:
        more = f"voronka analyse {other.name}"
        found.append({"kind": "analyses", "label": text(other.label), "help": text(other.help), "more": more})
    found.sort(key=lambda row: row["label"].casefold().replace("ё", "е\uffff"))
    return [{**row, "text": f"{row['label']} {row['help']} {row['more']}"} for row in found]
