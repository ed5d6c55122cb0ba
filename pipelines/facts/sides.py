"""What stands beside a row for filtering: its client's name, its manager's team and region, its deal's product, channel and rest."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

OF_DEAL = ("product_name", "channel_name", "region_name", "funnel_name")


@dataclass(frozen=True)
class Sides:
    """The columns of deals, clients and managers that other tables show, one row each."""

    deals: pl.DataFrame
    clients: pl.DataFrame
    managers: pl.DataFrame

    @classmethod
    def of_core(cls, core: dict[str, pl.DataFrame]) -> Sides:
        """Take the sides from the core tables."""
        deals = core["deals"]
        return cls(
            deals=deals.select(
                *("deal_id", "client_id", "amount", *OF_DEAL),
                _closed_at="closed_at",
                first_won_at=_first_won(deals, core).to_series(),
            ),
            clients=core["clients"].select("client_id", "client_name"),
            managers=_managers(core["managers"], deals),
        )

    def of(self, rows: pl.DataFrame) -> Sides:
        """Return only what stands beside these rows: of few rows, few deals and clients are looked through."""
        asked = {key: rows.select(key).drop_nulls().unique() for key in ("deal_id", "client_id")}
        return Sides(
            deals=self.deals.join(asked["deal_id"], on="deal_id", how="semi"),
            clients=self.clients.join(asked["client_id"], on="client_id", how="semi"),
            managers=self.managers,
        )

    def beside(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Add the side columns to rows that have ``deal_id``, ``client_id`` and ``manager_name``, in their order."""
        return (
            rows.join(self.deals.lazy().drop("client_id"), on="deal_id", how="left", maintain_order="left")
            .join(self.clients.lazy(), on="client_id", how="left", maintain_order="left")
            .join(self.managers.lazy(), on="manager_name", how="left", maintain_order="left")
            .with_columns(region_name=pl.coalesce("region_name", "_manager_region"))
            .drop("_manager_region")
        )


def contact_key() -> pl.Expr:
    """Name whom a contact was with: the client, else the deal; null where neither is known."""
    return pl.coalesce(pl.lit("client ") + pl.col("client_id"), pl.lit("deal ") + pl.col("deal_id")).alias("key")


def entries_into(changes: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Return the changes into some stages; most of millions are ruled out by the name of the stage alone."""
    likely = changes.lazy().filter(is_in(changes["stage_name"], stages["stage_name"]))
    named = likely.select("deal_id", pl.col("funnel_name", "stage_name").cast(pl.String), "entered_at").collect()
    return named.join(stages, on=["funnel_name", "stage_name"], how="semi")


def is_in(names: pl.Series, wanted: pl.Series) -> pl.Series:
    """Mark the names, as text or as categories, that are among some."""
    return names.is_in(wanted.unique().cast(names.dtype).implode())


def _managers(managers: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """Return the team and region of each manager; the team as the manager's deals tell it, where they agree on one."""
    told = deals.drop_nulls(["manager_name", "team_name"]).group_by("manager_name")
    told = told.agg(pl.col("team_name").first(), teams=pl.col("team_name").n_unique()).filter(teams=1).drop("teams")
    listed = managers.select("manager_name", "team_name", _manager_region="region_name")
    return listed.join(told, on="manager_name", how="full", coalesce=True).select(
        "manager_name", pl.coalesce("team_name", "team_name_right"), "_manager_region"
    )


def _first_won(deals: pl.DataFrame, core: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the first win of each won deal, in the order of the deals; null for the others."""
    won_stages = core["stages"].filter(pl.col("stage_type") == "won").select("funnel_name", "stage_name")
    entries = entries_into(core["stage_changes"], won_stages)
    first = entries.lazy().group_by("deal_id").agg(_entered=pl.col("entered_at").min())
    is_won = pl.col("outcome") == "won"
    return (
        deals.lazy()
        .select("deal_id", "outcome", "closed_at")
        .join(first, on="deal_id", how="left", maintain_order="left")
        .select(first_won_at=pl.when(is_won).then(pl.min_horizontal("_entered", "closed_at")))
        .collect()
    )
