"""Days in words, and other spellings that can be read in one way only: rewritten so that the usual formats take them.

"1 февраля 2026 г.", "Feb 1, 2026", "2026/02/01" and "01.02.2026, 10:00" name one day each, whoever wrote them. What could be
two days ("01/02/2026", "01-02-2026") is not touched here.
"""

from __future__ import annotations

import polars as pl

MONTHS = (
    "янв|jan", "фев|feb", "мар|mar", "апр|apr", "ма[йя]|may", "июн|jun", "июл|jul", "авг|aug", "сен|sep", "окт|oct", "ноя|nov",
    "дек|dec",
)  # fmt: skip
WEEKDAY = r"^(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)[a-zа-я]*\.?,?\s+"
ENGLISH = r"^([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\b"
WORDED = r"^(\d{1,2})[\s-]%s[a-zа-я]{0,6}\.?,?[\s-](\d{4})\b"
NAMED_MONTH = r"^%s[a-zа-я]{0,6}\.?,?[\s-]+(\d{4})\s*(?:г\.?|года)?$"


def months(text: pl.Series) -> pl.Series:
    """Rewrite a month in words ("сентябрь 2026", "Sept. 2026") as its first day; for columns of months alone.

    In any other column such a cell leaves its day untold, and it is put aside.
    """
    plain = text.str.to_lowercase().str.strip_chars()
    for number, month in enumerate(MONTHS, start=1):
        plain = plain.str.replace(NAMED_MONTH % f"(?:{month})", f"${{1}}-{number:02d}-01")
    return text.zip_with(plain == text.str.to_lowercase().str.strip_chars(), plain)


def rewritten(text: pl.Series) -> pl.Series:
    """Rewrite each text whose day stands in words or begins with its year as ISO; take off commas and «г.» after a day."""
    plain = (
        text.str.to_lowercase()
        .str.replace(WEEKDAY, "")
        .str.replace(r"(\d{4})\s*(?:г\.|года|г)(\s|$)", "${1}${2}")
        .str.replace(ENGLISH, "${2} ${1} ${3}")
        .str.replace(r"^(\d{4})[./](\d{1,2})[./](\d{1,2})\b", "${1}-${2}-${3}")
    )
    if plain.str.contains(r"^\d{1,2}[\s-][a-zа-я]{3}").any():
        for number, month in enumerate(MONTHS, start=1):
            plain = plain.str.replace(WORDED % f"(?:{month})", f"${{2}}-{number:02d}-${{1}}")
    return (
        plain.str.replace(r"^(\d[\d.-]{7,9}),\s*", "${1} ")
        .str.replace(r"^(\d{4}-\d{1,2}-\d{1,2})\s+(\d{1,2}:\d\d.*?)\s*([+-]\d\d):?(\d\d)$", "${1} ${2}${3}:${4}")
        .str.strip_chars()
    )
