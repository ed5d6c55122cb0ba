"""How right the proposals for a set of sheets are: of all columns, of those said to be sure, and how much is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from by_hand import ByHand

from pipelines.propose import ASK, Proposal, propose, questions
from pipelines.readers import open_export


@dataclass
class Precision:
    """Counts over columns; a column is right when a person and the proposal chose the same heading."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    sure: int = 0
    sure_wrong: list[str] = field(default_factory=list)
    asked: int = 0
    proposed: int = 0
    questions: int = 0
    sheets: int = 0

    @property
    def of_all(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def of_sure(self) -> float:
        return 1 - len(self.sure_wrong) / max(1, self.sure)

    def __str__(self) -> str:
        return (
            f"{self.sheets} sheets: right {self.right}/{self.right + len(self.wrong)} = {self.of_all:.1%}; "
            f"sure {self.sure}, of them right {self.of_sure:.1%}; headings asked {self.asked} of {self.proposed} "
            f"proposed; {self.questions / max(1, self.sheets):.1f} questions a sheet"
        )


def measured(tables: Iterable[ByHand]) -> Precision:
    """Propose a mapping for each table and count."""
    told = Precision()
    for table in tables:
        add(told, table, propose(open_export(table.text.encode(), "x.csv")[0]))
    return told


def add(told: Precision, table: ByHand, proposal: Proposal) -> None:
    told.sheets += 1
    asked = questions(proposal)
    told.questions += len(asked)
    told.asked += sum(one.key.startswith("heading.") for one in asked)
    if proposal.kind != table.kind:
        told.wrong += [f"{table.name}: kind {proposal.kind} ({proposal.confidence})", *table.columns]
        if proposal.confidence >= ASK:
            told.sure += 1
            told.sure_wrong.append(f"{table.name}: kind {proposal.kind}")
        return
    for column in proposal.columns:
        wanted = table.columns.get(column.ours)
        good = column.heading == wanted or (column.ours, column.heading) in table.fine
        good |= column.heading is None and any(ours == column.ours for ours, _ in table.fine)
        told.proposed += column.heading is not None
        told.right += good and (wanted is not None or column.heading is not None)
        sure = column.heading is not None and column.confidence >= ASK
        told.sure += sure
        if not good:
            told.wrong.append(f"{table.name}: {column.ours}: {column.heading} ({column.confidence}), not {wanted}")
            if sure:
                told.sure_wrong.append(told.wrong[-1])
