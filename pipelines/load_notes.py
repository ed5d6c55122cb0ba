"""What a load says of the whole, beside the counts of each file: what stands and is still not as its reader may think.

Amounts without a rate are in no sum; an old export that is loaded over a newer one replaces what does not say when it was
changed; a column that was filled before and is empty now leaves its deals without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from pipelines.errors import N_
from pipelines.intake import Parcel, Taken
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
Staged = Callable[[str, Sequence[str]], pl.DataFrame]
COMPARED = (
    "manager_name",
    "product_name",
    "channel_name",
    "campaign_name",
    "region_name",
    "funnel_name",
    "client_name",
)
COMPARED += ("amount", "created_at", "closed_at", "refusal_reason")


def load_notes(files: pl.DataFrame, aside: pl.DataFrame, staged: Staged, parcels: Sequence[Parcel]) -> tuple[Note, ...]:
    """Return the notes on a load that has just been built, each a template with its values.

    ``files`` is the ledger of files, ``aside`` what was counted otherwise, ``staged`` reads columns of a staged table.
    """
    notes = rate_notes(aside)
    this_load = files.filter(pl.col("load_id") == pl.col("load_id").max())
    for parcel in parcels:
        if parcel.taken is None or parcel.taken.table.kind != "deals":
            continue
        same = (pl.col("sha256") == parcel.digest) & (pl.col("sheet") == parcel.report.sheet)
        mine = this_load.filter(same)
        before = files.filter(
            (pl.col("staging_table") == parcel.taken.name) & (pl.col("load_id") < this_load["load_id"][0])
        )
        if mine.height and before.height:
            notes += notes_on(staged, parcel.taken, mine.row(0, named=True), before)
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


def notes_on(staged: Staged, taken: Taken, mine: dict[str, Any], before: pl.DataFrame) -> list[Note]:
    """Compare a file of deals with the version of the same deals that was the newest before it."""
    there = [name for name in COMPARED if name in taken.table.columns]
    rows = staged(f"staging.{taken.name}", ["deal_id", "updated_at", *there, FILE])
    own = rows.filter(pl.col(FILE) == mine["_file_id"])
    known = rows.filter(pl.col(FILE).is_in(before["_file_id"].implode())).join(own, on="deal_id", how="semi")
    notes: list[Note] = []
    told = mine["newest_on"]
    newer = before.filter(pl.col("newest_on") > told)
    undated = known.filter(pl.col(FILE).is_in(newer["_file_id"].implode()) & pl.col("updated_at").is_null())
    if undated.height and own["updated_at"].is_null().all():
        days = {"told": told, "known": newer["newest_on"].max(), "deals": undated["deal_id"].n_unique()}
        notes.append((OLDER, {"file": mine["name"], **days}))
    last = known.sort(FILE).unique("deal_id", keep="last")
    lost = {name: last[name].count() for name in there if own[name].null_count() == own.height}
    if any(lost.values()):
        headings = ", ".join(f"«{taken.table.columns[name].headings[0]}»" for name, deals in lost.items() if deals)
        notes.append((EMPTIED, {"file": mine["name"], "headings": headings, "deals": max(lost.values())}))
    return notes
