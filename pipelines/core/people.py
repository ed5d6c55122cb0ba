"""Clients, managers and products: one row each, the newest that any export said."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.core.clients import ClientBook, client_book, records_of
from pipelines.core.conform import Joins, Names, gathered, newest, shaped, tables_of
from pipelines.core.last_known import silences
from pipelines.settings import Settings
from pipelines.staged import FILE, LINE, LOAD, StagedTable

TOLD = ("client_name", "manager_name", "region_name", "phone", "email", "created_at")


def conform_managers(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.managers``."""
    return shaped(gathered(staged, "managers", ["manager_name"], names), "managers")


def conform_products(staged: Sequence[StagedTable], names: Names) -> pl.DataFrame:
    """Return ``core.products``."""
    rows = gathered(staged, "products", ["product_name"], names)
    return shaped(None if rows is None else rows.unique("product_name", keep="last"), "products")


def listed_clients(staged: Sequence[StagedTable], names: Names, joins: Joins) -> pl.DataFrame:
    """Return the clients that lists of clients hold, the newest row of each id."""
    tables = tables_of(staged, "clients")
    if not tables:
        return pl.DataFrame(schema={"client_id": pl.String()})
    rows = pl.concat([joins.look_up(one) for one in tables], how="diagonal")
    return names.merged(newest(rows, ["client_id"], silences(tables)))


def known_clients(
    listed: pl.DataFrame, deals: pl.DataFrame, invoices: pl.DataFrame, tasks: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, ClientBook, list[pl.DataFrame]]:
    """Return ``core.clients``, the book of who is who, and deals, invoices and tasks with the client of each.

    Whoever a list, a deal, an invoice or a task names is a client; one that no list holds is marked. An invoice or task that
    does not say whose it is, is its deal's client's.
    """
    told = [records_of(listed, "clients", is_listed=True), records_of(deals, "deals")]
    told += [records_of(invoices, "invoices"), records_of(tasks, "tasks")]
    book = client_book(pl.concat(told), region=settings.phones.region, shared=settings.clients.shared)
    found: list[pl.DataFrame] = []
    at = listed.height
    for rows in (deals, invoices, tasks):
        found.append(rows.with_columns(client_id=book.of_record.slice(at, rows.height)))
        at += rows.height
    rows = [listed.with_columns(_client=book.of_record.head(listed.height), is_listed=pl.lit(True))]
    told_by_deals = _present(deals, ("client_name", "phone", "email", LOAD, FILE, LINE))
    rows.append(found[0].select(*told_by_deals, _client="client_id"))
    rows += [other.select(_client="client_id") for other in found[1:]]
    clients = shaped(_one_each(pl.concat(rows, how="diagonal_relaxed"), book), "clients")
    return clients, book, [found[0], *(_by_deal(other, found[0]) for other in found[1:])]


def _by_deal(rows: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Fill the client of rows that name only their deal."""
    of_deal = deals.drop_nulls("client_id").select("deal_id", _client="client_id")
    joined = rows.join(of_deal, on="deal_id", how="left", maintain_order="left")
    return joined.with_columns(client_id=pl.coalesce("client_id", "_client")).drop("_client")


def _present(rows: pl.DataFrame, wanted: Sequence[str]) -> list[str]:
    return [name for name in wanted if name in rows.columns]


def _one_each(rows: pl.DataFrame, book: ClientBook) -> pl.DataFrame:
    """Make one row per client: what its lists say, the row of its own id first, then the rest; the newest that is known."""
    columns = {name: rows.schema.get(name, pl.String()) for name in ("client_id", *TOLD)}
    rows = rows.drop_nulls("_client").with_columns(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in columns.items()
    )
    order = (pl.col("is_listed").fill_null(False), (pl.col("client_id") == pl.col("_client")).fill_null(False))
    ordered = rows.with_columns(_listed=order[0], _own=order[1]).sort("_listed", "_own", maintain_order=True)
    people = ordered.group_by("_client", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().last() for name in TOLD), is_listed=pl.col("_listed").any()
    )
    kinds = (
        book.contacts.drop_nulls("client_id")
        .group_by(_client="client_id")
        .agg(
            ids=(pl.col("kind") == "id").sum().cast(pl.Int64),
            has_phone=(pl.col("kind") == "phone").any(),
            by_phone=(pl.col("is_tie") & (pl.col("kind") == "phone")).any(),
            by_mail=(pl.col("is_tie") & (pl.col("kind") == "mail")).any(),
        )
    )
    return people.join(kinds, on="_client", how="left").with_columns(
        client_id=pl.col("_client"),
        joined_by=pl.when(pl.col("by_phone") | ((pl.col("ids") == 0) & pl.col("has_phone")))
        .then(pl.lit("phone"))
        .when(pl.col("by_mail") | (pl.col("ids") == 0))
        .then(pl.lit("mail"))
        .otherwise(pl.lit("id")),
    )
