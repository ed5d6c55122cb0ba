"""Writes ``docs/sources.md`` and ``docs/sources.ru.md``: every system the product knows of, how sure that is, what a user does.

What is said of a profile comes from the profile; the list of systems, and why some have no profile, is in ``systems.py``. English
is the source, other languages are in the catalogue, ``dashboard/i18n/CODE.po``.
``--check`` writes nothing and fails when a file is not what the profiles say.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from systems import CALLS, COSTS, CRMS, System  # noqa: E402

from dashboard.i18n import N_, Locale  # noqa: E402
from pipelines.profile import SourceProfile, Table, shipped_profiles  # noqa: E402
from pipelines.propose_labels import COLUMNS  # noqa: E402

DOCUMENTS = {"en": ROOT / "docs" / "sources.md", "ru": ROOT / "docs" / "sources.ru.md"}
WIDTH = 125
KINDS = {
    "deals": N_("deals"),
    "stages": N_("stage history"),
    "calls": N_("calls"),
    "costs": N_("advertising costs"),
    "clients": N_("clients"),
    "managers": N_("managers"),
    "products": N_("products"),
    "tasks": N_("tasks"),
    "invoices": N_("invoices"),
    "plans": N_("plans"),
    "scores": N_("scorecards of calls"),
    "transcripts": N_("transcripts of calls"),
}
TEMPLATE = N_("The plain template")
OWN = ("sheet", "voronka")


WRITTEN = "<!-- Written by docs/sources.py from pipelines/sources/*.toml. Do not edit by hand. -->"
INTRODUCTION = N_(
    "Voronka reads the files that your systems export. Put them into one folder and run `voronka load FOLDER`, or drop them on the page "
    "“Data and reconciliation”: each file is recognised by its content, whatever its name, encoding or delimiter. There are three ways in:"
)
WAYS = (
    N_("**A profile.** The systems below that have one need nothing: export, load, done."),
    N_(
        "**`voronka map FILE`**, or the same in the browser. Any other table: the program proposes which column is what, asks "
        "what it cannot settle, tries the file without storing anything, and keeps the answer. Next week's export of the "
        "same shape loads by itself."
    ),
    N_(
        "**The plain template.** Put your data under the headings listed at [the end](#{anchor}). Good for sheets kept by hand."
    ),
)
SURE = N_(
    "**How sure is a profile?** Nothing here is guessed. A heading stands in a profile only if somebody could see it."
)
GRADES = {
    "A": N_("The vendor's own source code or documentation, or a real export that was opened"),
    "B": N_("Two or more unrelated importers of real files agree"),
    "C": N_("One importer only, or only part of the headings was seen"),
    "–": N_("Nothing public was found: use `voronka map` or the template"),
}
PARTIAL = N_(
    "**Partial** means that some headings are not established. What is known is read, and the screen says that the profile is partial; "
    "`voronka map` adds the rest."
)
HISTORY = N_(
    "Most systems export a snapshot: how each deal stands today. Time in stages needs its history too: a dump of the API where "
    "one is named below, columns of dates, or simply the same export loaded again next week, which is compared with the first. "
    'Costs are in the currency that a column or a heading ("Cost (USD)") names, else in the one you report in. A heading of '
    "your own, such as the refusal reason, is added by a small mapping that extends a profile; `voronka map` writes it."
)
RESEARCH = (
    '"formats.md" in the notes below is the research that the project began with; the repositories and documents that it rests on are '
    "named after it."
)
"""In English alone: the notes are."""


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [list(heads)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def wrapped(text: str, begin: str = "") -> str:
    """Break a paragraph into lines; those after the first are set in as far as what it begins with."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def grade_of(profiles: Sequence[SourceProfile], locale: Locale) -> str:
    """Return the grades of a system's profiles, each once; a partial one says so."""
    told = [
        locale.text(N_("{grade}, partial"), grade=each.grade) if each.partial else each.grade
        for each in profiles
        if each.grade != "own"
    ]
    return "; ".join(dict.fromkeys(told))


def system_row(system: System, profiles: dict[str, SourceProfile], locale: Locale) -> list[str]:
    """Tell one system: its grade, what is read of it, and what a user does."""
    say = locale.text
    own = [profiles[name] for name in system.profiles]
    name, do = say(system.name), say(system.do, anchor=anchor(say(TEMPLATE)))
    if not own:
        return [name, system.grade, say(N_("No profile: {known}"), known=say(system.known)), do]
    if any(each.name in OWN for each in own):
        do = say(N_("{do}, or `voronka load FILE --as deals`"), do=do)
        return [name, grade_of(own, locale), say(N_("Any table, by the names of its columns")), do]
    tables = [each for profile in own for each in profile.table]
    kinds = begun(", ".join(dict.fromkeys(say(KINDS[each.kind]) for each in tables)))
    is_dump = [each.format == "json" for each in tables]
    if all(is_dump):
        read = say(N_("{kinds}; from API dumps (JSON), not files"), kinds=kinds)
    elif any(is_dump):
        read = say(N_("{kinds}; from files and API dumps"), kinds=kinds)
    else:
        read = say(N_("{kinds}; from files"), kinds=kinds)
    links = ", ".join(f"[{each.name}](#{each.name})" for each in own)
    saved = N_("Save and load: {links}; a file of the interface: `voronka map FILE`")
    do = say(saved, links=links) if all(is_dump) else say(N_("Export and load: {links}"), links=links)
    return [name, grade_of(own, locale), read + (f". {say(system.note)}" if system.note else ""), do]


def known_by(one: Table, locale: Locale) -> str:
    """Say what a file is recognised by."""
    if one.header:
        return locale.text(N_("{n} columns without headings, by the shapes of their cells"), n=len(one.header))
    among = locale.text(N_("or"))
    marks = [f"`{name}`" for name in one.recognise.headings]
    marks += [
        f" {among} ".join(f"`{name}`" for name in group[:3]) + (" …" if len(group) > 3 else "")
        for group in one.recognise.any
    ]
    return ", ".join(marks)


def fills(one: Table, locale: Locale) -> str:
    """Name what a table fills: our columns as the code spells them, in another language as its readers do."""
    names = [name for name, column in one.columns.items() if column.value is None]
    told = names if locale.code == "en" else [locale.text(COLUMNS.get(name, name)) for name in names]
    is_dated = one.stage_dates or one.stage_dates_pattern
    between = ", " if locale.code == "en" else "; "  # labels hold commas
    return between.join([*told, *([locale.text(N_("stage history by date columns"))] if is_dated else [])])


def form_of(one: Table, locale: Locale) -> str:
    forms = {"any": "CSV, XLSX, HTML …", "csv": "CSV, TSV", "json": "JSON"}
    form = forms.get(one.format, one.format.upper())
    paths = f" {locale.text(N_('or'))} ".join(f"`{path}`" for path in one.lists)
    return locale.text(N_("{form}, the list {paths}"), form=form, paths=paths) if one.lists else form


def profile_part(profile: SourceProfile, locale: Locale) -> str:
    """Tell one profile: what a user does, which files it knows, and where the knowledge is from."""
    say = locale.text
    grade = f"{profile.grade}, **{say(N_('partial'))}**" if profile.partial else profile.grade
    rows = [
        [f"`{each.name}`", form_of(each, locale), say(KINDS[each.kind]), known_by(each, locale), fills(each, locale)]
        for each in profile.table
    ]
    heads = [say(head) for head in (N_("Table"), N_("File"), N_("Becomes"), N_("Known by"), N_("Fills"))]
    words = [
        f"{say(label)}: " + ", ".join(f"«{word}»" for word in said)
        for label, said in (
            (N_("won"), profile.outcomes.won),
            (N_("lost"), profile.outcomes.lost),
            (N_("not a target lead"), profile.outcomes.junk),
        )
        if said
    ]
    parts = [
        f"### {profile.name}",
        say(N_("{title}. Grade {grade}."), title=profile.title, grade=grade),
        say(profile.how),
        table(heads, rows),
    ]
    parts += [say(N_("Words that close a deal: {words}."), words="; ".join(words))] if words else []
    apart = ", ".join(f"«{funnel.name}»" for funnel in profile.funnel if not funnel.is_sales)
    alone = N_("A funnel of its own that sells nothing by itself, counted only when it is chosen: {funnels}.")
    parts += [say(alone, funnels=apart)] if apart else []
    if locale.code == "en":
        parts += [f"Established by: {profile.citation}."]
    else:
        parts += [say(N_("How it was established: [in English]({link})."), link=f"sources.md#{profile.name}")]
    return "\n\n".join(parts)


def template_part(profile: SourceProfile, locale: Locale) -> str:
    """List the headings of our own template, in both languages."""
    say = locale.text
    parts = [f"## {say(TEMPLATE)}", say(profile.how)]
    heads = [say(head) for head in (N_("Column"), N_("Russian heading"), N_("English heading"))]
    for each in profile.table:
        rows = [[f"`{name}`", *column.headings[:2]] for name, column in each.columns.items()]
        parts += [f"**{begun(say(KINDS[each.kind]))}**", table(heads, rows)]
    return "\n\n".join(parts)


def write(language: str = "en") -> str:
    """Return the text of the document in a language."""
    locale = Locale(language)
    say = locale.text
    known = {each.name: each for each in shipped_profiles()}
    ways = (say(way, anchor=anchor(say(TEMPLATE))) for way in WAYS)
    parts = [
        f"# {say(N_('Where the data comes from'))}",
        WRITTEN,
        "[По-русски](sources.ru.md)" if language == "en" else "[In English](sources.md)",
        wrapped(say(INTRODUCTION)),
        "\n".join(wrapped(way, f"{number}. ") for number, way in enumerate(ways, start=1)),
        wrapped(say(SURE)),
        table((say(N_("Grade")), say(N_("What it means"))), [[grade, say(means)] for grade, means in GRADES.items()]),
        *(wrapped(say(text)) for text in (PARTIAL, HISTORY)),
        *([wrapped(RESEARCH)] if language == "en" else []),
        f"## {say(N_('Every system'))}",
    ]
    heads = [say(head) for head in (N_("System"), N_("Grade"), N_("What is read"), N_("What you do"))]
    for title, systems in (
        (N_("Deals, orders, visits"), CRMS),
        (N_("Calls"), CALLS),
        (N_("Advertising costs"), COSTS),
    ):
        parts += [f"### {say(title)}", table(heads, [system_row(each, known, locale) for each in systems])]
    parts += [f"## {say(N_('Profiles'))}"]
    parts += [profile_part(each, locale) for name, each in known.items() if name not in OWN]
    parts += [template_part(known["voronka"], locale)]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the documents, or with ``--check`` say which is stale; returns the exit code."""
    stale = 0
    for language, document in DOCUMENTS.items():
        new = write(language)
        if document.exists() and document.read_text(encoding="utf-8") == new:
            continue
        if "--check" in arguments:
            print(f"{document.name} is not what the profiles say. Run: python docs/sources.py")
            stale = 1
        else:
            document.write_text(new, encoding="utf-8", newline="\n")
            print(f"{document.name} written")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
