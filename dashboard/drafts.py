"""A mapping while somebody makes it in the browser: the proposal, what they changed, what they answered so far.

It is settled by the same functions in the same order as ``voronka map``, so that the same answers give the same mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipelines.errors import MappingError
from pipelines.propose import DryRun, Proposal, Question, answered, dry_run, profile_of, propose, questions
from pipelines.propose_toml import slug
from pipelines.readers import Sheet

MOST_ROUNDS = 20
"""An answer may open further questions; no table has this many."""


@dataclass(frozen=True)
class Draft:
    """A mapping in the making. Every change gives a new draft."""

    sheet: Sheet
    file_name: str
    base: Proposal
    """As proposed, before anybody said anything."""
    chosen: Mapping[str, object] = field(default_factory=dict)
    """What was chosen in the table: ``kind`` and ``heading.<column>``."""
    replies: Mapping[str, object] = field(default_factory=dict)
    """Answers to questions, by their keys."""

    again: bool = False
    """Another profile knows the file; this mapping shall go before it."""

    called: str = ""
    """The title of the company's own mapping that this one replaces; none, and it is called as the file."""

    @property
    def title(self) -> str:
        """What people call the mapping."""
        if self.called:
            return self.called
        stem, dot, _ = self.file_name.rpartition(".")
        return stem if dot else self.file_name

    @property
    def name(self) -> str:
        """The mapping's own name, made of its title."""
        return slug(self.title)

    def with_choice(self, key: str, value: object) -> Draft:
        """Choose a heading or the kind; another kind starts the table anew."""
        kept = {} if key == "kind" else self.chosen
        return replace(self, chosen={**kept, key: value})

    def with_replies(self, replies: Mapping[str, object]) -> Draft:
        """Answer questions."""
        return replace(self, replies={**self.replies, **replies})


def begin(sheet: Sheet, file_name: str, *, again: bool = False, called: str = "") -> Draft:
    """Begin with what the engine proposes for a sheet."""
    return Draft(sheet, file_name, propose(sheet), again=again, called=called)


def settled(draft: Draft) -> tuple[Proposal, tuple[Question, ...]]:
    """Return the proposal as far as it is answered, and every question asked on the way, answered or not.

    A reply that no longer fits its question, because another heading was chosen since, counts as not given. Raises
    MappingError for a choice that cannot be.
    """
    proposal = answered(draft.base, draft.chosen) if draft.chosen else draft.base
    asked: dict[str, Question] = {}
    for _ in range(MOST_ROUNDS):
        fresh = [one for one in questions(proposal) if one.key not in asked]
        asked |= {one.key: one for one in fresh}
        fitting = {one.key: draft.replies[one.key] for one in fresh if _fits(one, draft.replies.get(one.key))}
        if not fitting:
            break
        if "kind" in fitting:  # goes first and alone: another kind asks other questions
            fitting, asked = {"kind": fitting["kind"]}, {"kind": asked["kind"]}
        proposal = answered(proposal, fitting)
    return proposal, tuple(asked.values())


def trial(draft: Draft, proposal: Proposal, zone: str) -> DryRun:
    """Try a settled proposal on the whole sheet; nothing is stored. Raises MappingError for a mapping that cannot be."""
    if questions(proposal):
        raise MappingError("There are questions left to answer.")
    return dry_run(
        draft.sheet, profile_of(proposal, draft.title, again=draft.again), file_name=draft.file_name, zone=zone
    )


def _fits(question: Question, reply: object) -> bool:
    if question.items:
        return isinstance(reply, Mapping) and set(reply) == {one.word for one in question.items}
    return reply in [option.value for option in question.options]
