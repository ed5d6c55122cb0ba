"""The address bar is the one truth of what a page shows: widgets are set from it, and change it through here.

Streamlit empties the query when a reader turns to another page of the menu. What belongs to every page (filters,
language) is kept in the session and put back; what belongs to one page is remembered for that page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.filters import KEYS

Query = dict[str, list[str]]
LANGUAGE_KEY = "lang"
SHARED_KEYS = (*KEYS, LANGUAGE_KEY)
_SEEN = "address_seen"
_PAGE = "address_page"


def read_address() -> Query:
    """Read the whole query of the URL, every value of every key."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def write_address(query: Mapping[str, Sequence[str]]) -> None:
    """Replace the query of the URL, in one step so that the back button has one place to return to."""
    fresh = {key: list(values) for key, values in query.items() if values}
    if fresh != read_address():
        st.query_params.from_dict(fresh)


def change_address(**changes: Sequence[str] | str | None) -> None:
    """Set or drop single keys of the URL and leave the others."""
    query = read_address()
    for key, values in changes.items():
        if values is None or values == "" or values == []:
            query.pop(key, None)
        else:
            query[key] = [values] if isinstance(values, str) else list(values)
    write_address(query)


def place_widget(name: str, value: object) -> str:
    """Put a widget where the address says it is; return its key, which holds the page it stands on.

    Streamlit makes another widget of the same key on another page and would show it empty. A widget that already stands
    right is not touched, so that a quick second choice of the reader is not undone.
    """
    key = f"{name}_{st.session_state.get(_PAGE, '')}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def arrive(page: str) -> Query:
    """Take the address on arrival at a page: after a turn of the page the kept keys are put back first."""
    query = read_address()
    seen: dict[str, Query] = st.session_state.setdefault(_SEEN, {})
    last = st.session_state.get(_PAGE)
    if not query and last is not None and last != page:
        shared = {key: values for key, values in seen.get(last, {}).items() if key in SHARED_KEYS}
        own = {key: values for key, values in seen.get(page, {}).items() if key not in SHARED_KEYS}
        query = {**shared, **own}
        write_address(query)
    seen[page] = query
    st.session_state[_PAGE] = page
    return query
