"""The rules of the diagnosis as data: what is seen at which stage → what may be behind it, and what to open to find out.

These are possible causes, in the words of practitioners, and never "the cause". A new rule is a new line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from dashboard.i18n import N_

Seen = Literal["unreached", "narrowest", "fell", "slow", "goes_back", "no_reason"]
Place = Literal["leads", "first", "before_offer", "offer", "closing", "any"]

CONDITIONS: dict[str, str] = {
    "unreached": N_("not every lead was talked to"),
    "narrowest": N_("the narrowest step of the funnel"),
    "fell": N_("moves on less than in the period before"),
    "slow": N_("fewer than half stay within the norm"),
    "goes_back": N_("more than one of ten goes back"),
    "no_reason": N_("losses without a reason"),
}
OFFER = re.compile(r"смет|\bкп\b|предложени|расч[её]т|offer|proposal|quote|estimate", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """One line: what is seen, at which kind of stage, the possible causes and what to open."""

    seen: Seen
    place: Place
    hypotheses: str
    check: str


RULES: tuple[Rule, ...] = (
    Rule(
        "unreached",
        "leads",
        N_("our numbers are marked as spam; the first call comes too late; leads are not taken to work"),
        N_("reach by outgoing number, speed of the first response"),
    ),
    Rule(
        "narrowest",
        "first",
        N_("leads that are not the target; a slow first answer; the first talk does not lead to a next step"),
        N_("channels and junk share, speed of the first response"),
    ),
    Rule(
        "narrowest",
        "before_offer",
        N_("the need was not understood; the price expected was another; the terms do not suit"),
        N_("refusal reasons at the stage, records of talks"),
    ),
    Rule(
        "narrowest",
        "offer",
        N_("the offer is not what was talked about; nobody calls after sending it; dearer than the rivals"),
        N_("refusal reasons at the stage, forgotten promises"),
    ),
    Rule(
        "narrowest",
        "closing",
        N_("the terms of the contract or the payment; the one who decides was not in the talks; approval takes long"),
        N_("refusal reasons at the stage, stuck deals"),
    ),
    Rule(
        "narrowest",
        "any",
        N_("the stage asks for more than the client is ready for; no next step is agreed on"),
        N_("refusal reasons at the stage, next step planned"),
    ),
    Rule(
        "fell",
        "any",
        N_("other channels or products bring the leads; a change in the process or in people; the season"),
        N_("change of revenue, the funnel by channel and by manager"),
    ),
    Rule(
        "slow",
        "any",
        N_("deals wait for somebody: an approval, an estimate, a call back; thinkers are kept in the funnel"),
        N_("stuck deals, load of the managers"),
    ),
    Rule(
        "goes_back",
        "any",
        N_("deals are moved on too early; the result of the stage before is not checked"),
        N_("do all work the same way, dictionary of stages"),
    ),
    Rule(
        "no_reason",
        "any",
        N_("the CRM does not ask for the reason; managers close deals in bulk"),
        N_("how managers fill in the reason"),
    ),
)


def places(names: list[str]) -> list[tuple[Place, ...]]:
    """Say of each open stage, in order, which kinds of place it is, the most telling first; the last one closes."""
    offers = [OFFER.search(name) is not None for name in names]
    found: list[tuple[Place, ...]] = []
    for at in range(len(names)):
        kinds: list[Place] = []
        if offers[at]:
            kinds.append("offer")
        elif at + 1 < len(names) and offers[at + 1]:
            kinds.append("before_offer")
        if at == 0:
            kinds.append("first")
        if at == len(names) - 1:
            kinds.append("closing")
        found.append((*kinds, "any"))
    return found


def rules_for(seen: str, kinds: tuple[Place, ...]) -> Rule | None:
    """Return the rule of the most telling kind of place that has one."""
    for kind in kinds:
        for rule in RULES:
            if rule.seen == seen and rule.place == kind:
                return rule
    return None
