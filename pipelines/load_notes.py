"""What a load says of the whole, beside the counts of each file: what stands and is still not as its reader may think.

Amounts without a rate are in no sum; an old export that is loaded over a newer one replaces what does not say when it was
changed; a column that was filled before and is empty now leaves its deals without it, and one that is not there any more leaves
them as an older export told; numbers that begin anew in every sheet
make one deal of two; and so on, a template below for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import polars as pl

from pipelines.errors import N_
from pipelines.intake import Parcel, Taken
from pipelines.ledger import fingerprint
from pipelines.profile import SourceProfile
from pipelines.report import Note
from pipelines.schema.core import FOREIGN
from pipelines.staged import FILE

NO_RATE = N_(
    "Amounts in {currency} are left out of every sum (rows: {rows}, {amount} in all): there is no rate for their day. "
    "Add a line like {line} to rates.csv in the home, with the rate at its end, and load any file again."
)
OLDER = N_(
    "{file} tells of nothing after {told}, and what was loaded before goes up to {known}. Its rows do not say when they were "
    "changed, so they replaced what was known (deals: {deals}). If it is an old export, export the list anew and load that."
)
EMPTIED = N_(
    "In {file} nothing stands under {headings}, which the export before it filled; its deals ({deals}) are without it now. "
    "If the column was only hidden in the list, show it, export again and load that."
)
KEPT = N_(
    "{file} has no column {headings}: its deals ({deals}) keep what the export of {day} said there. "
    "If the column was only hidden in the list, show it, export again and load that."
)
CLASH = N_(
    "In {file} numbers stand for other deals than before (deals: {deals}): {number} was {before} and is {after} now. The newer "
    "rows replaced the older ones, which are in no sum. If every sheet or file counts from 1 again, run "
    'voronka map "{file}" --again and answer "none of them" when it asks for the number of the deal.'
)
OTHER_ZONE = N_(
    "Read in another time zone than {zone} of the settings, so their hours are not right: {files}. Load these files again; "
    "copies lie in {folder}."
)
GONE = N_(
    "Deals that are not in the newest export of their list any more: {gone}. Of them {open} were open and still count as open. "
    "If they are closed or were deleted, export the whole list, with closed deals."
)
PAID_AGAIN = N_(
    "In {file} invoices ({invoices}) have another payment than before: {number} had {before} and has {after} now. The new one "
    "replaced the old one and was not added to it. If each row is one payment, load the payments of all time as one file."
)
TIMED = ("deals", "stages", "calls", "tasks", "clients")
MOST_NAMED = 5
Staged = Callable[[str, Sequence[str]], pl.DataFrame]
COMPARED = (
    "manager_name",
    "product_name",
    "channel_name",
    "campaign_name",
    "region_name",
    "funnel_name",
    "client_name",
    "amount",
    "created_at",
    "closed_at",
    "refusal_reason",
)
"""Columns of a deal that a newer export does not empty without a word."""
KEPT_COLUMNS = (*COMPARED, "stage_name", "team_name", "expected_on", "phone")
"""Columns whose last known value a newer export without them does not keep without a word."""


def load_notes(files: pl.DataFrame, aside: pl.DataFrame, staged: Staged, parcels: Sequence[Parcel]) -> tuple[Note, ...]:
    """Return the notes on a load that has just been built, each a template with its values.

    ``files`` is the ledger of files, ``aside`` what was counted otherwise, ``staged`` reads columns of a staged table.
    """
    notes = rate_notes(aside)
    this_load = files.filter(pl.col("load_id") == pl.col("load_id").max())
    for parcel in parcels:
        if parcel.taken is None or parcel.taken.table.kind not in COMPARE:
            continue
        same = (pl.col("sha256") == parcel.digest) & (pl.col("sheet") == parcel.report.sheet)
        for mine in this_load.filter(same).head(1).iter_rows(named=True):
            earlier = pl.col("_file_id") < mine["_file_id"]
            before = files.filter(earlier & (pl.col("staging_table") == parcel.taken.name))
            if before.height:
                notes += COMPARE[parcel.taken.table.kind](staged, parcel.taken, mine, before)
    return tuple(notes)


def rate_notes(aside: pl.DataFrame) -> list[Note]:
    """Name the currencies whose amounts are in no sum, each with the line that would mend the first of them."""
    lacking = (
        aside.filter(rule=FOREIGN).group_by("currency").agg(pl.col("rows", "amount").sum(), pl.col("rate_line").min())
    )
    return [
        (NO_RATE, {"rows": row["rows"], "currency": row["currency"], "amount": row["amount"], "line": row["rate_line"]})
        for row in lacking.sort("currency").to_dicts()
    ]  # fmt: skip


def zone_notes(files: pl.DataFrame, profiles: pl.DataFrame, zone: str, folder: Path) -> tuple[Note, ...]:
    """Name the files that were read before the settings said another time zone, as their fingerprints tell."""
    told = {row["name"]: SourceProfile.model_validate_json(row["content"]) for row in profiles.to_dicts()}
    timed = files.filter(pl.col("kind").is_in(TIMED) & (pl.col("accepted") > 0))
    shifted: list[str] = []
    for (name, mark), group in timed.group_by("profile", "fingerprint", maintain_order=True):
        profile = told.get(str(name))
        if profile is None or profile.timezone or mark == fingerprint(profile, zone):
            continue
        is_of_another_zone = any(mark == fingerprint(profile, other) for other in available_timezones())
        if is_of_another_zone:  # else it is the mapping that changed
            shifted += group["name"].unique(maintain_order=True).to_list()
    if not shifted:
        return ()
    named = ", ".join(shifted[:MOST_NAMED]) + (" …" if len(shifted) > MOST_NAMED else "")
    return ((OTHER_ZONE, {"zone": zone, "files": named, "folder": str(folder)}),)


def gone_notes(deals: pl.DataFrame) -> tuple[Note, ...]:
    """Say how many deals a newer full export no longer holds, where some of them are counted as open."""
    gone = deals.filter("is_gone")
    still = gone.filter(pl.col("outcome") == "open").height
    return ((GONE, {"gone": gone.height, "open": still}),) if still else ()


def deals_again(staged: Staged, taken: Taken, mine: dict[str, Any], before: pl.DataFrame) -> list[Note]:
    """Compare a file of deals with the version of the same deals that was the newest before it."""
    there = [name for name in KEPT_COLUMNS if name in taken.table.columns]
    rows = staged(f"staging.{taken.name}", ["deal_id", "updated_at", *there, FILE])
    own = rows.filter(pl.col(FILE) == mine["_file_id"])
    known = rows.filter(pl.col(FILE).is_in(before["_file_id"].implode())).join(own, on="deal_id", how="semi")
    last = known.sort(FILE).unique("deal_id", keep="last", maintain_order=True)
    clashing = clashes(last, own, taken.zone) if {"client_name", "created_at"} <= set(there) else last.clear()
    if clashing.height:
        first = clashing.row(0, named=True)
        told = {"number": first["deal_id"], "before": first["before"], "after": first["after"]}
        return [(CLASH, {"file": mine["name"], "deals": clashing.height, **told})]
    notes: list[Note] = []
    earlier_loads = before.filter(pl.col("load_id") < mine["load_id"])
    newer = earlier_loads.filter(pl.col("newest_on") > pl.lit(mine["newest_on"], before.schema["newest_on"]))
    of_newer = rows.filter(pl.col(FILE).is_in(newer["_file_id"].implode()))
    undated = own.filter(pl.col("updated_at").is_null()).join(of_newer, on="deal_id", how="semi").height
    told, known_to = (latest_day(some, taken.zone) for some in (own, of_newer))
    if undated and told is not None and known_to is not None and told < known_to:
        notes.append((OLDER, {"file": mine["name"], "told": told, "known": known_to, "deals": undated}))
    return notes + empty_notes(known, own, taken, mine, before)


def empty_notes(
    known: pl.DataFrame, own: pl.DataFrame, taken: Taken, mine: dict[str, Any], before: pl.DataFrame
) -> list[Note]:
    """Name the columns that a file has nothing under, or has not at all, and the last one that had them filled."""
    told = {row["_file_id"]: (row["told_columns"] or "").split("\n") for row in before.iter_rows(named=True)}
    emptied: dict[str, int] = {}
    kept: dict[int, dict[str, int]] = {}
    for name in (one for one in known.columns if one in KEPT_COLUMNS and own[one].null_count() == own.height):
        tellers = [file for file, columns in told.items() if columns == [""] or name in columns]
        last = known.filter(pl.col(FILE).is_in(tellers)).sort(FILE).unique("deal_id", keep="last")
        if last[name].count() == 0:
            continue
        if name not in taken.told:
            kept.setdefault(max(tellers), {})[name] = last[name].count()
        elif name in COMPARED:
            emptied[name] = last[name].count()
    notes = [note_of(EMPTIED, emptied, taken, mine)] if emptied else []
    own_day = latest_day(own, taken.zone)
    for file, names in sorted(kept.items()):
        day = latest_day(known.filter(pl.col(FILE) == file), taken.zone)
        if day is None or own_day is None or day <= own_day:
            loaded_at = before.row(by_predicate=pl.col("_file_id") == file, named=True)["loaded_at"]
            day = day or loaded_at.astimezone(ZoneInfo(taken.zone)).date()
            notes.append(note_of(KEPT, names, taken, mine, day=day))
    return notes


def note_of(template: str, deals: dict[str, int], taken: Taken, mine: dict[str, Any], **further: Any) -> Note:
    """Fill a note on columns, each with the deals that it was filled for."""
    known = (taken.table.columns[name].headings for name in deals)
    # «Источник (2)» is the second column of that name: «Источник» says the same.
    headings = ", ".join(f"«{next((one for one in names if not one.endswith(')')), names[0])}»" for names in known)
    return (template, {"file": mine["name"], "headings": headings, "deals": max(deals.values()), **further})


def latest_day(rows: pl.DataFrame, zone: str) -> date | None:
    """Return the last day on which rows say that a deal was created, changed or closed."""
    moments = [name for name in ("created_at", "updated_at", "closed_at") if name in rows.columns]
    latest = rows.select(pl.max_horizontal(pl.col(moments).max())).item() if moments and rows.height else None
    return None if latest is None else latest.astimezone(ZoneInfo(zone)).date()


def clashes(last: pl.DataFrame, own: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return the deals that had another client and another creation before: no CRM changes both, so they are others."""
    both = last.join(own.unique("deal_id", keep="last"), on="deal_id", suffix="_now").sort("deal_id")
    other = pl.all_horizontal(pl.col(name) != pl.col(f"{name}_now") for name in ("client_name", "created_at"))
    told = both.filter(other.fill_null(False)).with_columns(
        (pl.lit(", ") + pl.col(name).dt.convert_time_zone(zone).dt.to_string("%d.%m.%Y")).alias(name)
        for name in ("created_at", "created_at_now")
    )
    return told.select(
        "deal_id",
        before=pl.col("client_name") + pl.col("created_at"),
        after=pl.col("client_name_now") + pl.col("created_at_now"),
    )


def payments_again(staged: Staged, taken: Taken, mine: dict[str, Any], before: pl.DataFrame) -> list[Note]:
    """Notice payments that may be further ones of an invoice: another day, and both together do not exceed its amount."""
    rows = staged(f"staging.{taken.name}", ["invoice_id", "amount", "paid", "paid_on", FILE])
    paid = rows.filter(pl.col("paid") > 0).group_by("invoice_id", FILE, maintain_order=True)
    told = paid.agg(pl.col("amount").max(), pl.col("paid").sum(), pl.col("paid_on").max())
    earlier = told.filter(pl.col(FILE).is_in(before["_file_id"].implode())).sort(FILE)
    last = earlier.unique("invoice_id", keep="last")
    both = (
        told.filter(pl.col(FILE) == mine["_file_id"]).join(last, on="invoice_id", suffix="_before").sort("invoice_id")
    )
    other_day = pl.col("paid_on") != pl.col("paid_on_before")
    further = both.filter(other_day & (pl.col("paid") + pl.col("paid_before") <= pl.col("amount")))
    if further.is_empty():
        return []
    first = further.row(0, named=True)
    told_of = {"number": first["invoice_id"], "before": first["paid_before"], "after": first["paid"]}
    return [(PAID_AGAIN, {"file": mine["name"], "invoices": further.height, **told_of})]


COMPARE = {"deals": deals_again, "invoices": payments_again}
"""What is looked at in a file of a kind, beside what the store knew before it."""
