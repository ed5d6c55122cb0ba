"""Proposals for the tables of ``sheets_by_hand`` and ``sheets_unseen``, each made once."""

from __future__ import annotations

from functools import cache

from by_hand import ByHand
from sheets_by_hand import TUNED
from sheets_unseen import FRESH, LEARNED

from pipelines.propose import Proposal, propose
from pipelines.readers import Sheet, open_export

ALL = (*TUNED, *LEARNED, *FRESH)


@cache
def sheet_of(text: str, name: str = "x.csv") -> Sheet:
    return open_export(text.encode(), name)[0]


def proposed(table: ByHand) -> Proposal:
    return proposed_from(table.text, None)


@cache
def proposed_from(text: str, kind: str | None) -> Proposal:
    return propose(sheet_of(text), kind=kind)


def by_name(name: str) -> ByHand:
    return next(table for table in ALL if table.name == name)
