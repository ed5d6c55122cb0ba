"""Charts are drawn once: Streamlit's own script draws each twice, the first time hidden, before it knows how wide the chart is.

Its chart waits for a width, but takes the ``-1`` that stands for "not measured" for one; and right after the first drawing it
gives Plotly an equal figure anew. On a page of five charts that is half of what a browser does after a change of the filter. So
two places of the script are sent changed. They are looked for letter for letter: in a version of Streamlit that lacks them the
script is sent as it is, and charts are drawn twice again (a test tells).
"""

from __future__ import annotations

from collections.abc import Mapping

SCRIPT = "/static/js/PlotlyChart."
CHANGES = (
    (b"return t?i(Je,", b"return t>0?i(Je,"),
    (
        b"(0,P.useEffect)(()=>{F(t=>Le(t,e.theme,c))},[e.id,c,e.theme])",
        b"(drawn=>(0,P.useEffect)(()=>{(drawn.current[0]!==e.id||drawn.current[1]!==c)&&F(t=>Le(t,e.theme,c)),"
        b"drawn.current=[e.id,c]},[e.id,c,e.theme]))((0,P.useRef)(t.getElementState(e.id,`figure`)?[]:[e.id,c]))",
    ),
)
"""What is looked for, and what is sent in its place: a chart without a width waits; a figure just made is not made again."""


def is_script(path: str) -> bool:
    """Tell whether a path is that of the script that draws charts."""
    return SCRIPT in path


def drawing_once(headers: Mapping[bytes, bytes], script: bytes) -> bytes:
    """Return the script that draws once; the same script where one of the places is not there, or is there twice."""
    if any(script.count(before) != 1 for before, _ in CHANGES):
        return script
    for before, after in CHANGES:
        script = script.replace(before, after)
    return script
