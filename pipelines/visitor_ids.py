"""By which id an analytics system knows the visitor behind a deal, read from the copies of the exports that were loaded.

No number of ours needs these ids, so no fact holds them; they are looked up when conversions are to be passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

import polars as pl

from pipelines.errors import VoronkaError
from pipelines.readers import Sheet, open_export
from pipelines.settings import Home

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "ga": ("gclientid", "google client id", "ga client id", "ga_client_id", "ga clientid"),
    "metrica": ("_ym_uid", "ym_uid", "ym client id", "ym_client_id", "yandex client id", "yandex clientid"),
    "yclid": ("yclid",),
}
"""The column of an export that holds an id: amoCRM writes gclientid, _ym_uid and yclid, AdvantShop "Google client id"."""
LEAST_SHARE = 0.5
"""The column of deal numbers is the one whose cells are, by at least half, numbers of deals."""


def visitor_ids(home: Home, files: pl.DataFrame, deals: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the ids by deal, ``{"7": {"ga": "12.34"}}``; the newest export that tells one counts.

    ``files``: the list of what was loaded (name, sha256, kind, file_id). A copy that is gone tells nothing.
    """
    found: dict[str, dict[str, str]] = {}
    for name, digest in files.filter(pl.col("kind") == "deals").sort("file_id").select("name", "sha256").iter_rows():
        for path in (home.warehouse / "files").glob(f"{digest[:16]}-*"):
            with suppress(VoronkaError, OSError):
                for sheet in open_export(path.read_bytes(), name):
                    for deal, ids in _of_sheet(sheet, deals).items():
                        found.setdefault(deal, {}).update(ids)
    return found


def _of_sheet(sheet: Sheet, deals: Collection[str]) -> dict[str, dict[str, str]]:
    row = next((at for at, cells in enumerate(sheet.preview) if _columns(cells)), None)
    if row is None:
        return {}
    cells = sheet.read(row, (), ()).cells
    columns = _columns(cells.columns)
    known = pl.Series(list(deals), dtype=pl.String)
    shares = {
        name: cells[name].is_in(known.implode()).sum() / max(cells.height, 1)
        for name in cells.columns
        if cells.schema[name] == pl.String
    }
    deal = max(shares, key=lambda name: shares[name], default=None)
    if deal is None or shares[deal] < LEAST_SHARE:
        return {}
    found: dict[str, dict[str, str]] = {}
    for number, *ids in cells.select(deal, *columns.values()).iter_rows():
        told = {kind: one.strip() for kind, one in zip(columns, ids, strict=True) if one and one.strip()}
        if number and told:
            found[number] = told
    return found


def _columns(headings: Collection[str]) -> dict[str, str]:
    """Find the columns of ids among headings."""
    plain = {one.strip().casefold(): one for one in headings}
    return {
        kind: plain[name]
        for kind, names in HEADINGS.items()
        for name in [next((n for n in names if n in plain), "")]
        if name
    }
