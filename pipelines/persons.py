"""Who may read the served pages, and whose rows: ``[[person]]`` in settings, matched with the name a login proxy passes on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipelines.model import Frozen

Role = Literal["head", "lead", "manager", "marketer"]


class Person(Frozen):
    """A reader: a head sees everything, a lead the team, a manager own deals and clients, a marketer no names of clients."""

    login: str = Field(min_length=1)
    role: Role = "manager"
    manager: str = ""
    team: str = ""
    may_export: bool = False

    @model_validator(mode="after")
    def says_whose_rows(self) -> Person:
        if self.role == "manager" and not self.manager:
            raise ValueError(f'the person "{self.login}" is a manager: say which, manager = "Name as in the exports"')
        if self.role == "lead" and not self.team:
            raise ValueError(f'the person "{self.login}" leads a team: say which, team = "Name as in the exports"')
        return self
