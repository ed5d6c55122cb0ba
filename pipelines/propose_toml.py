"""Write a proposal down as a mapping that people can read and change: each line says why it is so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.profile import Column, shipped_profiles
from pipelines.propose_model import Found, Proposal, Reason, Shape
from pipelines.propose_values import CURRENCIES, swapped
from pipelines.propose_words import OWN_ID
from pipelines.schema.staging import STAGED

Say = Callable[[Reason], str]
PROPOSED = N_("Proposed by voronka map: {n} columns of {m} headings, {rows} rows.")
KEY_WORD = "key" if "key" in Column.model_fields else "join"
"""How the grammar spells an identifier made of several cells."""
RUSSIAN = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ы э ю я"
SOUNDS = "a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch y e yu ya"
LATIN = dict(zip(RUSSIAN.split(), SOUNDS.split(), strict=True)) | {"ъ": "", "ь": ""}


def slug(name: str) -> str:
    """Turn a title into a name the grammar takes: small Latin letters, digits and underscores; never a shipped profile's."""
    latin = "".join(LATIN.get(sign, sign) for sign in name.casefold())
    short = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:40].strip("_") or "mapping"
    return f"{short}_own" if short in {profile.name for profile in shipped_profiles()} else short


def quoted(text: str) -> str:
    """Write a TOML string."""
    signs = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(
            signs.get(sign) or (f"\\u{ord(sign):04X}" if ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 else sign)
            for sign in text
        )
        + '"'
    )


def listed(texts: Iterable[str]) -> str:
    """Write a TOML list of strings."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def remark(text: str) -> str:
    """Write a comment on one line; signs that a comment cannot hold become spaces."""
    return "# " + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)


def to_toml(proposal: Proposal, name: str, say: Say = str, *, again: bool = False) -> str:
    """Write the mapping; ``name`` is shown to people, and made into the mapping's own name; ``say`` words the comments.

    ``again``: another profile knows the file, so that this one must know every heading of it to go before.
    """
    found, settled = proposal.found, proposal.settings
    headings = {column.ours: column.heading for column in proposal.columns if column.heading}
    lines = [
        remark(say(Reason(PROPOSED, {"n": len(headings), "m": len(found.headings), "rows": found.rows}))),
        *(remark(say(note)) for note in proposal.notes),
        f"name = {quoted(slug(name))}",
        f"title = {quoted(name.strip() or slug(name))}",
        'grade = "own"',
    ]
    if settled.currency:
        lines.append(f"currency = {quoted(settled.currency)}")
    lines += ["", "[[table]]", f"kind = {quoted(proposal.kind)}"]
    if found.form == "json" and found.sheet:
        lines += ['format = "json"', f"records = {quoted(found.sheet)}"]
    if settled.decimal:
        lines.append(f"decimal = {quoted(settled.decimal)}")
    if found.footer:
        lines.append(f"footer = {listed(found.footer)}  " + remark(say(Reason(N_("totals rows are no data")))))
    if settled.nulls:
        lines.append(f"nulls = {listed(settled.nulls)}  " + remark(say(Reason(N_("words that mean empty")))))
    common, own = dates_of(proposal, headings)
    if common:
        lines.append(f"dates = {listed(common)}")
    if settled.lines:
        lines.append('rows = "lines"  ' + remark(say(Reason(N_("lines of one deal: their amounts add up")))))
    if settled.where:
        words = ", ".join(f"{quoted(heading)} = {listed(words)}" for heading, words in settled.where.items())
        lines.append(f"where = {{ {words} }}  " + remark(say(Reason(N_("only these rows are changes of stage")))))
    lines += recognition(proposal, headings, say, again)
    lines += ["", "[table.columns]", *column_lines(proposal, headings, own, say)]
    if settled.stage_dates:
        lines += [
            "",
            "[table.stage_dates]",
            remark(say(Reason(N_("the stage, and the heading of the day on which a deal entered it")))),
        ]
        lines += [f"{quoted(heading)} = {quoted(heading)}" for heading in settled.stage_dates]
    if settled.is_event_log:
        lines += ["", "[event_log]", remark(say(Reason(N_("the deals are made of this history"))))]
    words = settled.meanings.get("outcome") or settled.meanings.get("stage_name")
    if words and proposal.kind in ("deals", "stages"):
        lines += ["", "[outcomes]"]
        for meaning in ("won", "lost", "junk", "open"):
            named = [word for word, means in words.items() if means == meaning]
            if named:
                exact = named if meaning == "open" else [re.sub(r"([*?\[])", r"[\1]", word) for word in named]
                lines.append(f"{meaning} = {listed(exact)}")  # the words of ends are globs
    return "\n".join(lines) + "\n"


def dates_of(proposal: Proposal, headings: dict[str, str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the table's formats of dates, and those of the columns that keep another order of day and month."""
    settled = proposal.settings
    common: list[str] = []
    own: dict[str, list[str]] = {}
    for ours, heading in headings.items():
        shape = proposal.found.shape(heading)
        if shape is None or STAGED[proposal.kind].columns[ours] not in ("moment", "day") or not shape.formats:
            continue
        formats = formats_in(shape, settled.order)
        if ours in settled.joined:
            own[ours] = with_clock(formats, proposal.found.shape(settled.joined[ours][1]))
        elif shape.order in ("dmy", "mdy") and settled.order and shape.order != settled.order:
            own[ours] = formats
        else:
            common += formats
    for heading in settled.stage_dates:
        shape = proposal.found.shape(heading)
        common += formats_in(shape, settled.order) if shape else []
    # The longest spellings go first, and two digits of a year before four, which would take them for the year 26.
    return sorted(dict.fromkeys(common), key=lambda form: ("%y" not in form, -len(form), form)), own


def formats_in(shape: Shape, order: str | None) -> list[str]:
    """Return a column's formats in the settled order, each also without its time of day."""
    formats = [swapped(form) if shape.order == "?" and order == "mdy" else form for form in shape.formats]
    return list(dict.fromkeys([*formats, *(re.split(r",? %[HI]", form)[0] for form in formats)]))


def with_clock(formats: Sequence[str], clock: Shape | None) -> list[str]:
    """Return the formats of a day and a time of day that stand in two columns."""
    long = any(value.count(":") == 2 for value in (clock.samples if clock else ()))
    days = [day for form in formats for day in (["%Y-%m-%d", "%Y-%m-%d 00:00:00"] if form == "iso" else [form])]
    times = ["%H:%M:%S", "%H:%M"] if long else ["%H:%M", "%H:%M:%S"]
    return [*(f"{day} {time}" for day in days for time in times), *formats]


def recognition(proposal: Proposal, headings: dict[str, str], say: Say, again: bool) -> list[str]:
    """Say by what next week's file is known: every heading that is used, as far as the file itself spells it so."""
    found = proposal.found
    if found.heading_row is None:
        lines = [f"header = {listed(found.headings)}"]
        cells = shapes_in(found)
        return [*lines, "recognise.cells = { " + ", ".join(f'"{at}" = {quoted(form)}' for at, form in cells) + " }"]
    spelt = {fold_heading(cell) for cell in found.raw_headings if cell}
    parts = [name for pair in (*proposal.settings.joined.values(), *proposal.settings.times.values()) for name in pair]
    wanted = [
        *headings.values(),
        *proposal.settings.key,
        *parts,
        *proposal.settings.stage_dates,
        *proposal.settings.where,
    ]
    marks = [name for name in dict.fromkeys(wanted) if fold_heading(name) in spelt and fold_heading(name)]
    if len(marks) < 2 or again:
        marks += [
            name for name in found.headings if fold_heading(name) in spelt and name not in marks and fold_heading(name)
        ]
    return [f"recognise.headings = {listed(dict.fromkeys(marks))}"]


CELL_FORMS = (
    r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d{1,2}:\d{2}(:\d{2})?)?$",
    r"^\d{4}-\d{2}-\d{2}",
    r"^\+?[\d ()-]{10,20}$",
    r"^[^@ ]+@[^@ ]+$",
    r"^-?\d+$",
    r"^-?[\d\s.,]+\S{0,4}$",
    r"\D",
)


def shapes_in(found: Found) -> list[tuple[int, str]]:
    """Describe the cells of a file without a heading: the narrowest form that all of the first rows have."""
    rows = [row for row in found.preview if row]
    cells: list[tuple[int, str]] = []
    for place in range(len(found.headings)):
        for form in CELL_FORMS:
            if rows and all(place < len(row) and re.search(form, row[place]) for row in rows):
                cells.append((place + 1, form))
                break
    return cells or [(1, "^")]


def column_lines(proposal: Proposal, headings: dict[str, str], own: dict[str, list[str]], say: Say) -> list[str]:
    """Write the columns, each with its confidence and its reasons."""
    settled, lines = proposal.settings, []
    for column in proposal.columns:
        ours, heading = column.ours, headings.get(column.ours)
        why = remark(f"{column.confidence:.0%}: " + "; ".join(say(reason) for reason in column.reasons))
        if ours in settled.constants:
            lines.append(f"{ours} = {{ value = {quoted(settled.constants[ours])} }}")
        elif ours == OWN_ID.get(proposal.kind) and settled.key:
            why = remark(say(Reason(N_("the file numbers no rows: these cells name one"))))
            lines.append(f"{ours} = {{ {KEY_WORD} = {listed(settled.key)} }}  {why}")
        elif ours == "currency" and settled.currency_from:
            patterns = ", ".join(f"[{quoted(pattern)}, {quoted(code)}]" for code, pattern in CURRENCIES)
            lines.append(f'{ours} = {{ from = {quoted(settled.currency_from)}, patterns = [{patterns}], else = "" }}')
        elif ours in settled.joined:
            dates = f", dates = {listed(own[ours])}" if ours in own else ""
            lines.append(f"{ours} = {{ join = {listed(settled.joined[ours])}{dates} }}  {why}")
        elif ours in settled.times:
            scale = f", scale = {settled.scales[ours]}" if ours in settled.scales else ""
            lines.append(f"{ours} = {{ times = {listed(settled.times[ours])}{scale} }}  {why}")
        elif heading is not None:
            lines.append(f"{ours} = {how(proposal, ours, heading, own)}  {why}")
    return lines


def how(proposal: Proposal, ours: str, heading: str, own: dict[str, list[str]]) -> str:
    """Write where one column comes from: a heading alone, or with its scale, its dates or its words."""
    settled = proposal.settings
    more: list[str] = []
    if ours in settled.scales:
        more.append(f"scale = {settled.scales[ours]}")
    if ours in own:
        more.append(f"dates = {listed(own[ours])}")
    words = settled.meanings.get(ours) if ours in ("is_answered", "direction") else None
    if words:
        spelt = {"yes": "true", "no": "false"}
        more.append(
            "words = { " + ", ".join(f"{quoted(w)} = {spelt.get(m) or quoted(m)}" for w, m in words.items()) + " }"
        )
    return f"{{ from = {quoted(heading)}, {', '.join(more)} }}" if more else quoted(heading)
