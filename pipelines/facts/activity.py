"""What managers did and promised: calls, touches, responses, promises and scores, from the core tables alone.

Clients are independent of each other, and so are numbers: facts built from the data of some clients at a time equal facts
built at once, as long as ``telephony`` and the teams of managers are those of the whole company.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from pipelines.facts.calendar import Calendar
from pipelines.facts.calls import call_parts
from pipelines.facts.contacts import Telephony, contacts_of
from pipelines.facts.promises import promise_facts
from pipelines.facts.proposals import proposal_facts, proposals_of
from pipelines.facts.responses import response_facts
from pipelines.facts.scores import score_facts
from pipelines.facts.sides import Sides
from pipelines.facts.touches import touch_facts
from pipelines.schema.core import CORE
from pipelines.settings import Settings


def activity_facts(
    core: Mapping[str, pl.DataFrame],
    *,
    as_of: datetime,
    zone: str,
    settings: Settings,
    telephony: Telephony | None = None,
    keep_calls: Callable[[pl.DataFrame], None] | None = None,
) -> dict[str, pl.DataFrame]:
    """Build the six tables; ``telephony`` tells whose calls the log holds, where ``core`` is only a part of the company.

    With ``keep_calls``, the facts of calls are handed to it some at a time and are not in the result.
    """
    long = ("stage_changes", "calls")
    changes, calls = (core[name] if name in core else CORE[name].create_empty() for name in long)
    tables = {name: core[name] if name in core else CORE[name].create_empty() for name in CORE if name not in long}
    sides, calendar = Sides.of_core(tables | {"stage_changes": changes}), Calendar(settings.working_time, zone)
    tasks = tables["tasks"]
    telephony = telephony or Telephony.of(calls, as_of, zone)
    contacts = contacts_of(calls, tasks, telephony, as_of=as_of, zone=zone, settings=settings)
    touches = touch_facts(contacts, sides, zone=zone)
    promises = promise_facts(tasks, contacts, sides, calendar, as_of=as_of, rules=settings.promises)
    proposals = proposals_of(changes, tables["stages"], tasks, contacts, settings)
    del changes  # millions of rows, as calls are: each is let go when it has told all it can
    asked = pl.concat([tables[name].select("call_id") for name in ("scores", "transcripts")]).unique()
    kept: list[pl.DataFrame] = []
    rated: list[pl.DataFrame] = []
    for part in call_parts(calls, sides, calendar, settings.calls):
        rated.append(part.join(asked, on="call_id", how="semi"))
        (keep_calls or kept.append)(part)
    del calls
    scores = score_facts(tables["scores"], tables["transcripts"], pl.concat(rated), sides, settings.script)
    return ({} if keep_calls else {"calls": pl.concat(kept)}) | {
        "scores": scores,
        "touches": touches,
        "promises": promises,
        "proposals": proposal_facts(proposals, tables["deals"], sides, zone),
        "responses": response_facts(
            tables["deals"],
            contacts,
            touches,
            promises,
            proposals.group_by("deal_id").agg(proposals_count=pl.len().cast(pl.Int64)),
            sides,
            telephony,
            calendar,
            as_of=as_of,
            rules=settings.calls,
        ),
    }
