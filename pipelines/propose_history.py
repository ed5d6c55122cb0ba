"""A dump of changes: one row per changed property of a deal, with its value and the time; it is a history, not a list of deals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from pipelines import parse
from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.propose_model import Found, Option, Question, Reason, Shape
from pipelines.propose_values import shape_of

PROPERTIES = (
    "property;property name;propertyname;field;field name;fieldname;attribute;changed field;свойство;поле;название поля;"
    "имя поля;параметр;что изменили;изменённое поле;измененное поле;реквизит;атрибут"
)
VALUES = "value;new value;newvalue;to value;changed to;to;новое значение;значение;стало;на что изменили;новое"
STAGE_WORDS = (
    "dealstage;deal stage;stage;stage_id;stageid;stagename;stage name;status;status_id;statusid;lifecyclestage;hs_pipeline_stage;"
    "этап;стадия;статус;этап сделки;стадия сделки;статус сделки;статус заказа;pipeline stage"
)
PROPERTY, VALUE, STAGES = (frozenset(words.split(";")) for words in (PROPERTIES, VALUES, STAGE_WORDS))
BEFORE = re.compile(
    r"^(было|из|с этапа|старый|старая|прежн|предыдущ|откуда|from|old|previous|prior|before)\b|^(прежн|предыдущ)"
)
AFTER = re.compile(r"^(стало|на этап|новый|новая|следующ|куда|to|new|next|after|moved to)\b")
MOST_PROPERTIES = 60


@dataclass(frozen=True)
class History:
    """A dump of changes: the heading of the new value; of many properties also the one that names the property."""

    value: str
    named: str = ""
    stages: tuple[str, ...] = ()
    """The properties that are stages."""
    before: str = ""
    """The heading of the old value."""

    @property
    def reason(self) -> Reason:
        """Why the new value is taken for the stage."""
        if self.named:
            return Reason(N_('the new value of what "{named}" names'), {"named": self.named})
        return Reason(N_('the same words as in "{before}", one step later'), {"before": self.before})


def history_of(found: Found) -> History | None:
    """Tell a dump of changes: numbers that repeat, a property's name, its value, and a time."""
    spelt = {fold_heading(shape.heading).strip(" :?"): shape for shape in found.shapes}
    value = next((shape for name, shape in spelt.items() if name in VALUE), None)
    named = next((shape for name, shape in spelt.items() if name in PROPERTY), None)
    if named is None:
        named = next((shape for shape in found.shapes if shape is not value and holds_properties(shape)), None)
    numbers = any(s.identifier > 0.9 and s.date < 0.3 and s.share_unique < 0.98 for s in found.shapes if s is not value)
    if not numbers or not any(shape.date > 0.8 for shape in found.shapes):
        return None
    if named is None or value is None:
        return from_and_to(found)
    stages = tuple(word for word, _ in named.counts if fold_heading(word) in STAGES)
    return History(value.heading, named.heading, stages)


def from_and_to(found: Found) -> History | None:
    """Tell two columns that hold the same words, one row's new value being the next row's old one: from a stage, to a stage."""
    words = {
        shape.heading: {word for word, _ in shape.counts}
        for shape in found.shapes
        if 2 <= shape.unique <= MOST_PROPERTIES and shape.letters > 0.8 and shape.flag < 0.5 and shape.person < 0.5
    }
    for one, two in combinations(words, 2):
        shared = words[one] & words[two]
        if len(shared) < 2 or len(shared) < 0.6 * min(len(words[one]), len(words[two])):
            continue
        old = next((heading for heading in (one, two) if BEFORE.search(fold_heading(heading))), None)
        new = next((heading for heading in (one, two) if AFTER.search(fold_heading(heading))), None)
        if old is None and new is not None:
            old = one if new == two else two
        if old is not None:
            return History(two if old == one else one, before=old)
    return None


def holds_properties(shape: Shape) -> bool:
    """Tell a column of a few names of properties, one of which is a stage."""
    words = [fold_heading(word) for word, _ in shape.counts]
    return 2 <= shape.unique <= MOST_PROPERTIES and any(word in STAGES for word in words)


def stage_rows(
    found: Found, kind: str, answers: Mapping[str, object]
) -> tuple[dict[str, tuple[str, ...]], list[Question]]:
    """Say which rows of a dump of changes are changes of stage; ask when no name of a property says so."""
    history = history_of(found) if kind == "stages" else None
    if history is None or not history.named:
        return {}, []
    answer = answers.get("where")
    if isinstance(answer, str):
        return ({history.named: (answer,)} if answer else {}), []
    if history.stages:
        return {history.named: history.stages}, []
    shape = found.shape(history.named)
    words = [word for word, _ in shape.counts] if shape else []
    options = (*(Option(word, Reason("{word}", {"word": word})) for word in words), Option("", Reason(N_("every row"))))
    text = Reason(N_('Which word of "{heading}" marks a change of stage?'), {"heading": history.named})
    return {}, [Question("where", text, options, "")]


def alone_question(kind: str, answers: Mapping[str, object]) -> tuple[bool, list[Question]]:
    """Ask of a history whether the deals themselves stand in another file; without one they are made of the history."""
    if kind != "stages":
        return False, []
    answer = answers.get("deals")
    if isinstance(answer, str):
        return answer == "made", []
    options = (
        Option("listed", Reason(N_("yes, the list of deals is loaded too"))),
        Option("made", Reason(N_("no, make the deals of this history"))),
    )
    text = Reason(N_("Is there also a list of the deals themselves, with the same numbers?"))
    return False, [Question("deals", text, options, "listed")]


def only_stages(found: Found, where: Mapping[str, tuple[str, ...]], heading: str | None) -> Found:
    """Return what was found with the words of a heading counted in the rows that are changes of stage."""
    names = [name for name in where if name in found.sample.columns]
    if not names or heading not in found.sample.columns:
        return found
    name = names[0]
    rows = found.sample.filter(parse.tidy(found.sample[name]).is_in(list(where[name])).fill_null(False))
    if not rows.height:
        return found
    shapes = tuple(
        shape_of(heading, shape.place, rows[heading]) if shape.heading == heading else shape for shape in found.shapes
    )
    return replace(found, shapes=shapes, sample=rows)
