"""Writes ``docs/sources.md``: every system the product knows of, how sure that knowledge is, and what a user does.

What is said of a profile comes from the profile; only the list of systems, and why some have no profile, stands here.
``--check`` writes nothing and fails when the file is not what the profiles say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipelines.profile import SourceProfile, Table, shipped_profiles  # noqa: E402

DOCUMENT = ROOT / "docs" / "sources.md"
KINDS = {
    "deals": "deals",
    "stages": "stage history",
    "calls": "calls",
    "costs": "advertising costs",
    "clients": "clients",
    "managers": "managers",
    "products": "products",
    "tasks": "tasks",
    "invoices": "invoices",
    "plans": "plans",
    "scores": "scorecards of calls",
    "transcripts": "transcripts of calls",
}
OWN = ("sheet", "voronka")


@dataclass(frozen=True)
class System:
    """One system by its name, with the profiles that read it; without any, what is known all the same and its grade."""

    name: str
    profiles: tuple[str, ...] = ()
    grade: str = "–"
    known: str = "nothing public about its files"
    note: str = ""
    do: str = "`voronka map FILE`, or the [plain template](#the-plain-template)"


CRMS = (
    System("Bitrix24 (Битрикс24)", ("bitrix24", "bitrix24_leads")),
    System("amoCRM (Kommo)", ("amocrm",), note="Russian headings; Kommo's English ones are not established"),
    System(
        "Megaplan (Мегаплан)", grade="–", known="its API has objects (C); the headings of its files are not established"
    ),
    System("ELMA365 CRM"),
    System("KPI Cloud"),
    System(
        "1С:CRM, 1С:УТ, 1С:ERP",
        grade="C",
        known="any list saved with «Вывести список»; its columns are those of the list",
    ),
    System("Аспро.Cloud"),
    System("Plain Excel sheets", ("sheet", "voronka")),
    System("YCLIENTS", ("yclients",)),
    System("MedElement"),
    System("UNICLINIC"),
    System("SalonPro"),
    System("ClinicCards", known="it has an HTTP API (C); the headings of its files are not established"),
    System("AutoDealer (АвтоДилер)"),
    System("MoyAvtoservis (МойАвтосервис)"),
    System("AutoBoss"),
    System("AutoSoft"),
    System("CarService CRM"),
    System("RetailCRM", ("retailcrm",)),
    System("1С-Розница"),
    System("МойСклад", ("moysklad",)),
    System("AdvantShop", ("advantshop", "advantshop_leads")),
    System("InSales", grade="C", known="codes of its API; the headings of its files are not established"),
    System("FitogramPro", known="the service is said to have closed at the end of 2024"),
    System("Train'n'Rest"),
    System("GymMaster"),
    System("Mindbody", grade="C", known="fields of its API; the headings of its files are not established"),
    System("Virtuagym"),
    System("R-Keeper", grade="A", known="fields of its database; the headings of its reports are not established"),
    System("iiko", ("iiko",)),
    System("Poster POS", ("poster",)),
    System("iikoCloud", known="the vendor of iiko; the headings of its files are not established"),
    System("Quick Resto"),
    System("Pipedrive", ("pipedrive",)),
    System("HubSpot", ("hubspot", "hubspot_api")),
    System("Salesforce", ("salesforce", "salesforce_report")),
    System("Zoho CRM", ("zoho",)),
)
CALLS = (
    System("Asterisk (cdr_csv, cdr_custom)", ("asterisk",)),
    System("FreePBX", ("asterisk",)),
    System("Sipuni", ("sipuni",)),
    System("Ringostat", ("ringostat",)),
    System(
        "Mango Office", ("mango",), note="Both are answers of its API; the headings of its files are not established"
    ),
    System("UIS, CoMagic", ("uis",)),
    System("Zadarma", grade="C", known="words of its API; the headings of its files are not established"),
    System("Megafon, Beeline, Dom.ru virtual PBX", ("megafon",)),
    System("MTS virtual PBX"),
    System("Binotel", grade="C", known="fields of its API; the headings of its files are not established"),
    System("Twilio", grade="A", known="statuses of its API; the headings of its console's files are not established"),
    System("RingCentral", grade="A", known="fields of its API; the headings of its files are not established"),
    System("Bitrix24 telephony", ("bitrix24",)),
    System("net2phone", grade="C", known="one importer only"),
)
COSTS = (
    System("Yandex.Direct (Яндекс.Директ)", ("yandex_direct",)),
    System("Yandex.Metrica (Яндекс.Метрика) expenses", ("yandex_metrica",)),
    System("VK Ads (VK Реклама)", ("vk_ads",)),
    System("Google Ads", ("google_ads",)),
    System("Meta Ads", ("meta_ads",)),
    System(
        "GA4 cost data, Measurement Protocol",
        grade="A",
        known="formats that Google accepts, which is something to write",
        do="Nothing to load",
    ),
    System("Roistat", known="an API only; the headings of its files are not established"),
)
BEGIN = """# Where the data comes from

<!-- Written by docs/sources.py from pipelines/sources/*.toml. Do not edit by hand. -->

Voronka reads the files that your systems export. Put them into one folder and run `voronka load FOLDER`: each file is
recognised by its content, whatever its name, encoding or delimiter. There are three ways in:

1. **A profile.** The systems below that have one need nothing: export, load, done.
2. **`voronka map FILE`.** Any other table: the program proposes which column is what, asks what it cannot settle, tries the
   file without storing anything, and keeps the answer. Next week's export of the same shape loads by itself.
3. **The plain template.** Put your data under the headings listed at [the end](#the-plain-template). Good for sheets kept by
   hand.

**How sure is a profile?** Nothing here is guessed. A heading stands in a profile only if somebody could see it.

| Grade | What it means |
| --- | --- |
| A | The vendor's own source code or documentation, or a real export that was opened |
| B | Two or more unrelated importers of real files agree |
| C | One importer only, or only part of the headings was seen |
| – | Nothing public was found: use `voronka map` or the template |

**Partial** means that some headings are not established. What is known is read, and the screen says that the profile is
partial; `voronka map` adds the rest.

Most systems export a snapshot: how each deal stands today. Time in stages needs its history too: a dump of the API where one
is named below, columns of dates, or simply the same export loaded again next week, which is compared with the first.
Costs are in the currency that a column or a heading ("Cost (USD)") names, else in the one you report in.
A heading of your own, such as the refusal reason, is added by a small mapping that extends a profile; `voronka map` writes it.

"formats.md" in the notes below is the research that the project began with; the repositories and documents that it rests on
are named after it.
"""


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [list(heads)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def grade_of(profiles: Sequence[SourceProfile]) -> str:
    """Return the grades of a system's profiles, each once; a partial one says so."""
    grades = [f"{each.grade}, partial" if each.partial else each.grade for each in profiles if each.grade != "own"]
    return "; ".join(dict.fromkeys(grades))


def system_row(system: System, profiles: dict[str, SourceProfile]) -> list[str]:
    """Tell one system: its grade, what is read of it, and what a user does."""
    own = [profiles[name] for name in system.profiles]
    if not own:
        return [system.name, system.grade, f"No profile: {system.known}", system.do]
    if any(each.name in OWN for each in own):
        do = f"{system.do}, or `voronka load FILE --as deals`"
        return [system.name, grade_of(own), "Any table, by the names of its columns", do]
    tables = [each for profile in own for each in profile.table]
    kinds = ", ".join(dict.fromkeys(KINDS[each.kind] for each in tables))
    is_dump = [each.format == "json" for each in tables]
    origin = "API dumps (JSON), not files" if all(is_dump) else "files and API dumps" if any(is_dump) else "files"
    note = f". {system.note}" if system.note else ""
    links = ", ".join(f"[{each.name}](#{each.name})" for each in own)
    do = (
        f"Save and load: {links}; a file of the interface: `voronka map FILE`"
        if all(is_dump)
        else f"Export and load: {links}"
    )
    return [system.name, grade_of(own), f"{kinds.capitalize()}; from {origin}{note}", do]


def known_by(one: Table) -> str:
    """Say what a file is recognised by."""
    if one.header:
        return f"{len(one.header)} columns without headings, by the shapes of their cells"
    marks = [f"`{name}`" for name in one.recognise.headings]
    marks += [
        " or ".join(f"`{name}`" for name in group[:3]) + (" …" if len(group) > 3 else "") for group in one.recognise.any
    ]
    return ", ".join(marks)


def fills(one: Table) -> str:
    stage_dates = ["stage history by date columns"] if one.stage_dates or one.stage_dates_pattern else []
    return ", ".join([*(name for name, column in one.columns.items() if column.value is None), *stage_dates])


def form_of(one: Table) -> str:
    forms = {"any": "CSV, XLSX, HTML …", "csv": "CSV, TSV", "json": "JSON"}
    form = forms.get(one.format, one.format.upper())
    return f"{form}, the list " + " or ".join(f"`{path}`" for path in one.lists) if one.lists else form


def profile_part(profile: SourceProfile) -> str:
    """Tell one profile: what a user does, which files it knows, and where the knowledge is from."""
    mark = ", **partial**" if profile.partial else ""
    rows = [[f"`{each.name}`", form_of(each), KINDS[each.kind], known_by(each), fills(each)] for each in profile.table]
    heads = ("Table", "File", "Becomes", "Known by", "Fills")
    words = [
        f"{label}: " + ", ".join(f"«{word}»" for word in said)
        for label, said in (
            ("won", profile.outcomes.won),
            ("lost", profile.outcomes.lost),
            ("not a target lead", profile.outcomes.junk),
        )
        if said
    ]
    parts = [
        f"### {profile.name}",
        f"{profile.title}. Grade {profile.grade}{mark}.",
        profile.how,
        table(heads, rows),
    ]
    parts += [f"Words that close a deal: {'; '.join(words)}."] if words else []
    apart = [f"«{funnel.name}»" for funnel in profile.funnel if not funnel.is_sales]
    parts += (
        [f"A funnel of its own that sells nothing by itself, counted only when it is chosen: {', '.join(apart)}."]
        if apart
        else []
    )
    parts += [f"Established by: {profile.citation}."]
    return "\n\n".join(parts)


def template_part(profile: SourceProfile) -> str:
    """List the headings of our own template, in both languages."""
    parts = ["## The plain template", profile.how]
    for each in profile.table:
        rows = [[f"`{name}`", *column.headings[:2]] for name, column in each.columns.items()]
        parts += [f"**{KINDS[each.kind].capitalize()}**", table(("Column", "Russian heading", "English heading"), rows)]
    return "\n\n".join(parts)


def write(profiles: Iterable[SourceProfile] | None = None) -> str:
    """Return the text of the document."""
    known = {each.name: each for each in profiles or shipped_profiles()}
    heads = ("System", "Grade", "What is read", "What you do")
    parts = [BEGIN.strip(), "## Every system"]
    for title, systems in (
        ("Deals, orders, visits", CRMS),
        ("Calls", CALLS),
        ("Advertising costs", COSTS),
    ):
        parts += [f"### {title}", table(heads, [system_row(each, known) for each in systems])]
    parts += ["## Profiles"]
    parts += [profile_part(each) for name, each in known.items() if name not in OWN]
    parts += [template_part(known["voronka"])]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or with ``--check`` say whether it is stale; returns the exit code."""
    old = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    new = write()
    if new != old and "--check" in arguments:
        print(f"{DOCUMENT.name} is not what the profiles say. Run: python docs/sources.py")
        return 1
    if new != old:
        DOCUMENT.write_text(new, encoding="utf-8", newline="\n")
        print(f"{DOCUMENT.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
