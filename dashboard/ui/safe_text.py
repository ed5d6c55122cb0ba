"""Values from data, shown letter for letter: Streamlit reads Markdown in labels, and a name could become a link.

Every value that comes from an export goes through ``md`` before it stands in a label, option, metric, tab, caption,
message or help text. Cells of tables and options of list boxes are plain text already, where an escape would be seen (the
browser test looks); charts have ``charts.theme.plain``.
"""

from __future__ import annotations

import re

_AUTOMATIC = re.compile(r"(?i)(:(?=[a-z0-9_+\-/])|@|(?<![a-z0-9])www(?=\.)|[<>=\-](?=[<>=\-]))")
"""Where links, mail addresses, icons and arrows begin although no sign of Markdown stands there."""

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\u2060"
_CONTROL = dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


def md(value: object) -> str:
    """Write a value so that Markdown shows it as it is. Control signs and line breaks become spaces."""
    text = "" if value is None else str(value)
    flat = text.translate(_CONTROL).strip()
    broken = _AUTOMATIC.sub(lambda found: found.group(0) + _WORD_JOINER, flat)
    return _SIGNS.sub(r"\\\1", broken)
