"""Whether a deal is with a new client or one that has bought before, put beside every fact that knows its deal.

It is told here and not in the pipelines because it takes all deals of a client together, while the facts of deals are built
some at a time; and a snapshot of an earlier day has it too. The surprise: it is of the day the deal was created, so a deal
stays with a new client for good, whatever that client bought later.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.keys import places_of
from pipelines.lean import lean

CLIENT_TYPES = ("new", "repeat")
COLUMN = "client_type"
OF_DEAL = ("visits", "calls", "touches", "responses", "promises", "invoices")
"""Facts whose rows take the type from their deal; a call without a deal has none."""


def with_client_types(facts: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the facts that lack ``client_type`` with it; those that have it (cut down for a viewer) are left as they are.

    ``facts`` holds ``deals``, ``clients`` and, by name, those of ``OF_DEAL`` that are to have it.
    """
    made = {}
    deals = facts["deals"]
    if COLUMN not in deals.columns:
        made["deals"] = deals = lean(deals.with_columns(types_of(deals)), COLUMN)
    types = deals[COLUMN]
    for name in OF_DEAL:
        if name not in facts or COLUMN in facts[name].columns:
            continue
        rows = facts[name]
        if types.null_count() < len(types):
            of_deal = rows.with_columns(types.gather(places_of(rows["deal_id"], deals["deal_id"])))
            made[name] = lean(of_deal, COLUMN)
        else:
            made[name] = rows.with_columns(pl.lit(None, dtype=types.dtype).alias(COLUMN))
    if COLUMN not in facts["clients"].columns:
        has_bought = pl.col("first_won_on").is_not_null()
        word = pl.when(has_bought).then(pl.lit("repeat")).otherwise(pl.lit("new")).alias(COLUMN)
        made["clients"] = facts["clients"].with_columns(word)
    return made


def types_of(deals: pl.DataFrame) -> pl.Series:
    """Tell the type of each deal's client when the deal was created.

    ``repeat``: created after the client's first win in a funnel that sells; ``new``: before it, or the client never bought.
    Null where no client is known, or dates are missing that would tell.
    """
    if deals["client_id"].null_count() == deals.height:
        return pl.repeat(None, deals.height, dtype=pl.String, eager=True).alias(COLUMN)
    is_won = (pl.col("outcome") == "won") & pl.col("is_sales").fill_null(True)
    wins = deals.filter(is_won).drop_nulls("client_id").group_by("client_id")
    first = wins.agg(first_at=pl.col("first_won_at").min(), undated=pl.col("first_won_at").is_null().any())
    later = pl.col("created_at") > pl.col("first_at")
    return (
        deals.select("client_id", "created_at")
        .join(first, on="client_id", how="left", maintain_order="left")
        .select(
            pl.when(pl.col("client_id").is_null())
            .then(None)
            .when(later)
            .then(pl.lit("repeat"))
            .when(pl.col("undated").is_null() | (~pl.col("undated") & later.is_not_null()))
            .then(pl.lit("new"))
            .alias(COLUMN)
        )
        .to_series()
    )
