"""The languages there are: English, which is the source text, and one for each ``dashboard/i18n/CODE.po``.

It stands apart from ``dashboard.i18n`` because the command line asks for it before it can afford to import that.
"""

from __future__ import annotations

from pathlib import Path

WORDS = Path(__file__).with_name("i18n")
LANGUAGES = ("ru", "en", *sorted({path.stem for path in WORDS.glob("*.po")} - {"ru"}))
"""Codes in the order in which a reader is offered them."""
