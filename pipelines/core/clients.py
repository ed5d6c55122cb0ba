"""Who is one client: records of any source that share an id, a phone or a mail, and never a name.

The ids of clients are the sources' own. A phone or mail that belongs to more ids than ``[clients] shared`` allows is a
switchboard or a stand-in («нет@почты.нет»): it joins nobody and is counted. So is one that ties more ids than that
together in a chain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.core.phones import read_mails, read_phones
from pipelines.core.unions import components
from pipelines.schema.core import BROKEN_PHONE, CONTACT_KINDS, SHARED_CONTACT, UNREADABLE_MAIL, UNREADABLE_PHONE

KIND = pl.Enum(list(CONTACT_KINDS))
RECORD: dict[str, pl.DataType] = {
    "client_id": pl.String(),
    "phone": pl.String(),
    "email": pl.String(),
    "created_at": pl.Datetime("us", "UTC"),
}
KEYS: dict[str, pl.DataType] = {"record": pl.UInt32(), "kind": KIND, "value": pl.String()}


@dataclass(frozen=True)
class ClientBook:
    """What a phone, a mail or a source's id says of the client, and which of them could not be used.

    ``contacts`` is ``core.client_contacts``; ``of_record`` is the client_id per record, in the order of the records.
    """

    contacts: pl.DataFrame
    of_record: pl.Series
    set_aside: list[dict[str, object]]

    def client_of(self, kind: str) -> pl.DataFrame:
        """Return the values of one kind that name a client, each with its client_id."""
        known = self.contacts.filter((pl.col("kind") == kind) & pl.col("client_id").is_not_null())
        return known.select("value", "client_id")


def records_of(rows: pl.DataFrame, source: str, *, is_listed: bool = False) -> pl.DataFrame:
    """Return what a table tells of who its clients are, one record per row."""
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in RECORD.items()
    ).select(pl.lit(source).alias("source"), pl.lit(is_listed).alias("is_listed"), pl.all())


def client_book(records: pl.DataFrame, *, region: str, shared: int) -> ClientBook:
    """Join the records of all sources into clients; ``shared`` is the number of ids one phone or mail may have."""
    aside: list[dict[str, object]] = []
    keys = keys_of(records, region, aside)
    if (keys["kind"] == "id").all():
        ids = keys.group_by("kind", "value").agg(rows=pl.len().cast(pl.Int64))
        ids = ids.with_columns(client_id=pl.col("value"), ids=pl.lit(1, dtype=pl.Int64), is_tie=pl.lit(False))
        return ClientBook(_contacts(ids), records["client_id"], aside)
    named = keys.select("kind", "value").unique().sort("kind", "value").with_row_index("key")
    links = keys.join(named, on=["kind", "value"], how="left", maintain_order="left")
    named = grouped(named.join(uses_of(links), on="key", how="left").sort("key"), links, shared)
    excluded = int(named["group"].null_count())
    if excluded:
        aside.append({"subject": "clients", "rule": SHARED_CONTACT, "rows": excluded, "amount": None})
    named = with_client(named, records)
    known = links.join(named.drop_nulls("client_id").select("key", "client_id"), on="key").sort("record", "key")
    known = known.unique("record", keep="first", maintain_order=True).select("record", "client_id")
    rows = pl.DataFrame({"record": pl.int_range(records.height, dtype=pl.UInt32, eager=True)})
    of_record = rows.join(known, on="record", how="left", maintain_order="left")["client_id"]
    return ClientBook(_contacts(named), of_record, aside)


def keys_of(records: pl.DataFrame, region: str, aside: list[dict[str, object]]) -> pl.DataFrame:
    """Return the ids, phones and mails of the records, one row each; what cannot be read is counted in ``aside``."""
    rows = records.with_row_index("record")
    by_phone = rows.select("record", "source", cell="phone").join(read_phones(rows["phone"], region), on="cell")
    by_mail = rows.select("record", "source", cell="email").join(read_mails(rows["email"]), on="cell")
    unread = (
        (BROKEN_PHONE, by_phone.filter("is_broken")),
        (UNREADABLE_PHONE, by_phone.filter(pl.col("is_unreadable") & ~pl.col("is_broken"))),
        (UNREADABLE_MAIL, by_mail.filter(pl.col("mails").list.len() == 0)),
    )
    for rule, which in unread:
        for source, count in which.group_by("source").len().sort("source").iter_rows():
            aside.append({"subject": source, "rule": rule, "rows": count, "amount": None})
    told = (
        rows.select("record", pl.lit("id").alias("kind"), value="client_id"),
        by_phone.select("record", pl.lit("phone").alias("kind"), value="phones").explode("value"),
        by_mail.select("record", pl.lit("mail").alias("kind"), value="mails").explode("value"),
    )
    parts = [part.with_columns(pl.col("kind").cast(KIND)).drop_nulls("value") for part in told]
    return pl.concat(parts).cast(pl.Schema(KEYS)).unique(maintain_order=True)


def uses_of(links: pl.DataFrame) -> pl.DataFrame:
    """Count for each key the rows and the different ids that bear it, and tell whether it ties records together."""
    ids = links.filter(pl.col("kind") == "id").select("record", id="key")
    # A record without an id is somebody of its own until a phone or mail says who.
    somebody = pl.coalesce(pl.col("id").cast(pl.Int64), -1 - pl.col("record").cast(pl.Int64))
    return (
        links.join(ids, on="record", how="left")
        .group_by("key")
        .agg(
            rows=pl.len().cast(pl.Int64),
            ids=pl.col("id").drop_nulls().n_unique().cast(pl.Int64),
            is_tie=(pl.col("kind").first() != "id") & (somebody.n_unique() > 1),
        )
    )


def grouped(named: pl.DataFrame, links: pl.DataFrame, shared: int) -> pl.DataFrame:
    """Give every id, phone and mail its ``group``; null for the contacts that too many ids share."""
    is_contact = pl.col("kind") != "id"
    named = named.with_columns(is_shared=is_contact & (pl.col("ids") > shared))
    # A chain of contacts may tie more ids together than any one of them: then those between ids go, and last the rest.
    for suspect in (pl.col("ids") > 1, pl.lit(True)):
        named = named.with_columns(_groups(named, links))
        too_many = (pl.col("kind") == "id").sum().over("group") > shared
        if not named.select(too_many.any()).item():
            break
        named = named.with_columns(is_shared=pl.col("is_shared") | (is_contact & too_many & suspect))
    named = named.with_columns(_groups(named, links))
    return named.with_columns(group=pl.when(~pl.col("is_shared")).then(pl.col("group")))


def _groups(named: pl.DataFrame, links: pl.DataFrame) -> pl.Series:
    """Return the group of each key: keys of one record belong together, those that are shared aside."""
    usable = links.join(named.filter(~pl.col("is_shared")).select("key"), on="key", how="semi")
    edges = usable.with_columns(anchor=pl.col("key").min().over("record")).filter(pl.col("anchor") != pl.col("key"))
    edges = edges.select("anchor", "key").unique()
    left, right = (edges[name].to_numpy().astype(np.int64) for name in ("anchor", "key"))
    return pl.Series("group", components(named.height, left, right))


def with_client(named: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Choose each group's client_id: a listed id, then the one created first, then by spelling; else its phone or mail."""
    of_id = records.drop_nulls("client_id").group_by(value="client_id")
    listed = of_id.agg(is_listed=pl.col("is_listed").any(), created_at=pl.col("created_at").min())
    best = (
        named.drop_nulls("group")
        .join(listed, on="value", how="left")
        .with_columns(length=pl.col("value").str.len_bytes())
        .sort(
            ["group", "kind", "is_listed", "created_at", "length", "value"],
            descending=[False, False, True, False, False, False],
            nulls_last=True,
        )
        .unique("group", keep="first", maintain_order=True)
        .select("group", client_id="value")
    )
    return named.join(best, on="group", how="left", maintain_order="left")


def _contacts(named: pl.DataFrame) -> pl.DataFrame:
    """Return ``core.client_contacts``."""
    columns = (pl.col("kind").cast(KIND), "value", "client_id", "rows", "ids", "is_tie")
    return named.select(columns).sort("kind", "value")
