"""What is bought together: of the clients with one product, how many have the other, against how many have it anyway."""

from __future__ import annotations

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer, Column
from dashboard.analyses.choose import closed_in, rows_count
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_, Told
from dashboard.statistics.intervals import wilson

MOST = 60
"""Products and categories that are paired, the most bought: the pairs grow with their square."""
PRODUCT, CATEGORY = N_("product"), N_("category")
ITEMS = {PRODUCT: "product_name", CATEGORY: "category_name"}
"""What is paired → its column of the lines."""
LEFT_OUT = N_("Only the {most} products bought by the most clients are paired; {left} others are left out.")
NOTHING = N_("No client bought two different products in the period.")
PER_CLIENT = N_("A client bought {products} different products and {categories} categories on average.")


def cross_sales(facts: Facts, filter: Filter) -> Answer:
    """Pair products, then categories: one row per ordered pair that at least one client bought, by level and lift.

    Columns: kind, product, other_product, n (clients with the product), both, attach (both ÷ n), low, high, reference (share of
    all clients who bought the other product), lift (attach ÷ reference).
    """
    lines = bought(facts, filter)
    clients = lines["client_id"].n_unique()
    baskets = {kind: lines.select("client_id", item=column).drop_nulls().unique() for kind, column in ITEMS.items()}
    frame = pl.concat([pairs(basket, clients, kind) for kind, basket in baskets.items()])
    return Answer(
        frame=frame,
        columns=(
            *columns("kind", "product", "other_product"),
            Column("n", N_("Bought the product"), "count"),
            *columns("both", "attach", "lift", "low", "high"),
        ),
        definition=N_(
            "Clients by what they bought in deals won in the period, together or apart. Attach rate: of the clients with the product "
            "those who bought the other too; times the usual: that share against the share of all clients who bought the other."
        ),
        n=clients,
        counted=N_("clients who bought"),
        as_of=facts.as_of,
        sentences=tuple(sentences(baskets, frame, clients)),
    )


def bought(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the products of the deals won in the period whose client is known."""
    won = closed_in(facts, filter, "won", columns=["deal_id"])
    return facts.deal_products.join(won, on="deal_id", how="semi").drop_nulls("client_id")


def pairs(basket: pl.DataFrame, clients: int, kind: str) -> pl.DataFrame:
    """Count the clients of each ordered pair of items."""
    counts = basket.group_by("item").agg(n=rows_count()).sort("n", "item", descending=[True, False]).head(MOST)
    kept = basket.join(counts, on="item")
    found = (
        kept.join(kept.select("client_id", other="item", others="n"), on="client_id")
        .filter(pl.col("item") != pl.col("other"))
        .group_by("item", "other", "n", "others")
        .agg(both=rows_count())
    )
    reference = pl.col("others") / max(clients, 1)
    found = found.with_columns(attach=pl.col("both") / pl.col("n"), reference=reference).with_columns(
        lift=pl.col("attach") / pl.col("reference")
    )
    found = found.sort("lift", "item", "other", descending=[True, False, False])
    bounds = [wilson(both, of) or (None, None) for both, of in found.select("both", "n").iter_rows()]
    return found.select(
        pl.lit(kind).alias("kind"),
        pl.col("item").alias("product"),
        pl.col("other").alias("other_product"),
        "n",
        "both",
        "attach",
        pl.Series("low", [low for low, _ in bounds], dtype=pl.Float64),
        pl.Series("high", [high for _, high in bounds], dtype=pl.Float64),
        "reference",
        "lift",
    )


def sentences(baskets: dict[str, pl.DataFrame], frame: pl.DataFrame, clients: int) -> list[Notice]:
    """Say how many products a client has, and what is not in the table."""
    found = []
    if clients:
        per_client = {name: Told(basket.height / clients, digits=2) for name, basket in baskets.items()}
        values = {"products": per_client[PRODUCT], "categories": per_client[CATEGORY]}
        found.append(Notice(PER_CLIENT, values))
    if not frame.height:
        found.append(Notice(NOTHING))
    if (left := baskets[PRODUCT]["item"].n_unique() - MOST) > 0:
        found.append(Notice(LEFT_OUT, {"most": MOST, "left": left}))
    return found


CROSS_SALES = Analysis(
    name="cross_sales",
    label=N_("What is bought together"),
    help=N_("Pairs of products and categories: how many clients of the one buy the other, against how many do anyway."),
    run=cross_sales,
)
