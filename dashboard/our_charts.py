"""Plotly without the kinds of charts nobody draws here: three quarters of its script are maps, pictures in space and the like.

A browser that opens a page for the first time reads and runs the whole script before it draws anything, and every report that is
mailed carries it. Plotly's script is a list of parts, each after those that it needs, and at the end one that takes in
the kinds of charts by their names. So what stands between the last kind we draw and that end is left out, with its names. The
end is looked for letter for letter: a script of another make is left whole (a test tells).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KINDS = ("scatter", "bar")
"""The kinds of traces our charts are made of. The first belongs to Plotly's core; the others are the first that its last part
takes in, in its own order, which goes on: box, heatmap, histogram …"""
NAME = r"[\w$]+"
LAST_PART = re.compile(
    rf'(?:return {NAME}\(\{{"lib/index\.js"\({NAME},{NAME}\)\{{|var {NAME}={NAME}\(\({NAME},{NAME}\)=>\{{)'
    rf"var ({NAME})={NAME}\(\);\1\.register\(\[({NAME}\(\)(?:,{NAME}\(\))+)\]\)"
)
"""As Streamlit brings it along, and as Plotly's own package for Python does. Group 2: the kinds it takes in."""


def only_ours(script: str) -> str:
    """Return a script of Plotly that draws our kinds of charts and no other; the same one where its parts are not found."""
    found = list(LAST_PART.finditer(script))
    if len(found) != 1:
        return script
    [last] = found
    kept = last[2].split(",")[: len(KINDS) - 1]
    kind = re.escape(kept[-1].removesuffix("()"))
    parts = list(
        re.finditer(
            rf'(?<![\w$]){kind}={NAME}\([^;]{{,40}}(?:"use strict";)?{NAME}\.exports={NAME}\(\)\}}\}}?\)',
            script[: last.start()],
        )
    )
    if len(parts) != 1:
        return script
    [part] = parts
    return f"{script[: part.end()]};{script[last.start() : last.start(2)]}{','.join(kept)}{script[last.end(2) :]}"


def sending_only_ours(headers: Mapping[bytes, bytes], script: bytes) -> bytes:
    """Return the script that Streamlit sends, with our kinds of charts only; the very same one where it stays whole."""
    whole = script.decode()
    ours = only_ours(whole)
    return script if ours is whole else ours.encode()
