"""Which channel sold, under six customary rules beside each other: a verdict that holds under all of them can be trusted.

A path is every request of a client (its deals, of any funnel) from its sale before up to the sale. Credits add up to the sales
and to their amounts exactly, which is asserted. Most exports hold one source per deal, so a path is longer than one only for
clients who asked more than once.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.headings import columns
from dashboard.filters import Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics.measure import measure
from dashboard.metrics.model import ratio
from dashboard.metrics.rows import rows_of
from dashboard.metrics.spend import SPEND
from dashboard.statistics.attribution import MODELS, apportioned, shares

DIRECT = (
    "direct",
    "(direct)",
    "none",
    "(none)",
    "прямой",
    "прямые",
    "прямые заходы",
    "прямой заход",
    "прямые переходы",
)
UNITS = 1_000_000
DAY = 86_400_000_000
WORDS = {
    "first": N_("first request"),
    "last": N_("last request"),
    "last_non_direct": N_("last that is not direct"),
    "linear": N_("all alike"),
    "position": N_("40/20/40"),
    "decay": N_("the later the more"),
}
DEFINITION = N_(
    "Deals created in the period that are won so far, and their amounts, credited to the channels of all requests that the "
    "client made since the sale before, under six rules. The return compares the credited money with the ad spend of the period."
)
VARIANT = N_("By the day of the lead; the weight of a request halves with every 7 days before the sale.")
ONE_SOURCE = N_(
    "Each sale has one request with a channel, so all rules say the same: the exports hold one source per deal."
)
FLIPS = N_("Whether it pays depends on the rule: {channels}.")
STEADY = N_("Whether a channel pays does not depend on the rule.")


def requests_of(facts: Facts, sales: pl.DataFrame) -> pl.DataFrame:
    """List the requests of each sale in the order of time: sale, channel, days_before, is_direct.

    The request of the sale itself is always one. Others are those of its client created after the client's sale before and
    not after this sale; a deal whose creation is unknown leads to no other sale.
    """
    every = facts.deals.filter(pl.col("client_id").is_not_null() & pl.col("created_at").is_not_null())
    # Every sale ends a path, also one outside the filter: its requests led to it and to no later sale.
    ended = (
        facts.deals.filter((pl.col("outcome") == "won") & pl.col("is_sales").fill_null(True))
        .with_columns(sold_at=pl.coalesce("first_won_at", "closed_at"))
        .sort("sold_at", "deal_id", nulls_last=True)
        .with_columns(before_at=pl.col("sold_at").shift(1).over("client_id"))
        .join(sales.select("deal_id"), on="deal_id", how="semi")
    )
    earlier = (
        ended.select("client_id", "sold_at", "before_at", sale="deal_id")
        .join(every.select("client_id", "deal_id", "channel_name", "created_at"), on="client_id")
        .filter(
            (pl.col("deal_id") != pl.col("sale"))
            & (pl.col("created_at") <= pl.col("sold_at"))
            & (pl.col("created_at") > pl.col("before_at")).fill_null(pl.col("before_at").is_null())
        )
        .select("sale", "channel_name", "created_at", "sold_at", is_own=pl.lit(False))
    )
    own = ended.select("channel_name", "created_at", "sold_at", sale="deal_id", is_own=pl.lit(True))
    length = (pl.col("sold_at") - pl.col("created_at")).dt.total_microseconds() / DAY
    name = pl.col("channel_name").str.strip_chars().str.to_lowercase()
    return (
        pl.concat([earlier, own.select(earlier.columns)])
        .sort("sale", "created_at", "is_own", nulls_last=True)
        .select(
            "sale",
            channel="channel_name",
            days_before=length.fill_null(0.0).clip(0.0),
            is_direct=(name.is_null() | name.is_in(DIRECT)),
        )
    )


def credited(paths: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """Divide each sale among its requests: channel, model, units (millionths of a sale), kopecks (null without an amount)."""
    schema = {"channel": pl.String(), "model": pl.String(), "units": pl.Int64(), "kopecks": pl.Int64()}
    money = sales.select("kopecks", sale="deal_id")
    is_alone = pl.len().over("sale") == 1
    # Every rule gives the whole sale to its only request, and most sales have one: no need to divide each six times.
    alone = (
        paths.filter(is_alone)
        .join(money, on="sale", how="left")
        .join(pl.DataFrame({"model": list(MODELS)}), how="cross")
        .select("channel", "model", pl.lit(UNITS).cast(pl.Int64).alias("units"), "kopecks")
    )
    rows: list[tuple[str | None, str, int, int | None]] = []
    shared = paths.filter(~is_alone).group_by("sale", maintain_order=True).agg("channel", "days_before", "is_direct")
    for channels, days, direct, amount in (
        shared.join(money, on="sale", how="left").select("channel", "days_before", "is_direct", "kopecks").iter_rows()
    ):
        for model in MODELS:
            parts = shares(model, days, direct)
            units = apportioned(UNITS, parts)
            kopecks = [None] * len(parts) if amount is None else apportioned(amount, parts)
            rows += zip(channels, [model] * len(parts), units, kopecks, strict=True)
    return pl.concat([alone, pl.DataFrame(rows, schema=schema, orient="row")])


def attribution(facts: Facts, filter: Filter) -> Answer:
    """Credit the sales of the period's leads: one row per channel and rule, sorted by channel and in the order of the rules.

    Columns: channel, model, rule, won (credited, exact to a millionth), revenue (or margin, when settings give one), spend,
    romi, pays (null without spend), is_flipping (whether it pays differs between rules).
    Raises ArithmeticError when credits do not add up to the sales or their amounts.
    """
    rows = rows_of(facts, "sold_deals").filter(filter.rows("created_on"))
    worth = pl.col("margin") if facts.margins.height else pl.col("amount")
    sales = rows.filter(pl.col("outcome") == "won").with_columns(
        kopecks=(worth.cast(pl.Decimal(18, 2)) * 100).cast(pl.Int64)
    )
    paths = requests_of(facts, sales)
    credits = credited(paths, sales)
    check_sums(credits, sales)
    frame = summed(credits, measure(facts, [SPEND], filter, by=("channel",)))
    flipping = frame.filter("is_flipping")["channel"].drop_nulls().unique().sort().to_list()
    longest = paths.group_by("sale").len()["len"].max()
    told = [Notice(ONE_SOURCE)] if longest == 1 else []
    if flipping:
        told.append(Notice(FLIPS, {"channels": ", ".join(flipping)}))
    elif not told and frame["pays"].drop_nulls().len():
        told.append(Notice(STEADY))
    return Answer(
        frame=frame,
        columns=columns("channel", "attribution_rule", "won_credit", "revenue", "spend", "romi", "is_flipping"),
        definition=DEFINITION,
        variant=VARIANT,
        n=sales.height,
        counted=N_("won deals"),
        as_of=facts.as_of,
        sentences=tuple(told),
    )


def check_sums(credits: pl.DataFrame, sales: pl.DataFrame) -> None:
    """Raise ArithmeticError unless the credits of every rule add up to the sales and to their amounts, to the kopeck."""
    for model in MODELS if sales.height else ():
        of_model = credits.filter(pl.col("model") == model)
        if of_model["units"].sum() != sales.height * UNITS or of_model["kopecks"].sum() != sales["kopecks"].sum():
            raise ArithmeticError(f"credits by {model} do not add up to what was sold")


def summed(credits: pl.DataFrame, spends: pl.DataFrame) -> pl.DataFrame:
    """Add credits up by channel and rule, beside the spend; a channel that only spends has credits of zero."""
    order = pl.DataFrame(
        {"model": list(MODELS), "place": range(len(MODELS))}, schema={"model": pl.String, "place": pl.Int64}
    )
    spent = spends.select("channel", spend=pl.col("spend").cast(pl.Decimal(18, 2)))
    channels = pl.concat([credits.select("channel"), spent.select("channel")]).unique()
    millionth, kopeck = pl.lit(Decimal(1) / UNITS), pl.lit(Decimal("0.01"))
    totals = credits.group_by("channel", "model").agg(
        pl.col("units").sum(),
        kopecks=pl.when(pl.col("kopecks").count() > 0).then(pl.col("kopecks").sum()),
        sold=pl.len(),
    )
    grid = (
        channels.join(order, how="cross")
        .join(totals, on=["channel", "model"], how="left", nulls_equal=True)
        .join(spent, on="channel", how="left", nulls_equal=True)
    )
    gained = pl.col("revenue").cast(pl.Float64) - pl.col("spend").cast(pl.Float64)
    return (
        grid.with_columns(
            attribution_rule=pl.col("model").replace_strict(WORDS, return_dtype=pl.String),
            won_credit=(pl.col("units").fill_null(0).cast(pl.Decimal(18, 6)) * millionth).cast(pl.Decimal(18, 6)),
            revenue=(
                pl.when(pl.col("sold").is_null()).then(0).otherwise("kopecks").cast(pl.Decimal(18, 2)) * kopeck
            ).cast(pl.Decimal(18, 2)),
        )
        .with_columns(romi=ratio(gained, pl.col("spend")))
        .with_columns(pays=pl.col("romi") > 0)
        .with_columns(is_flipping=(pl.col("pays").n_unique().over("channel") > 1) & pl.col("spend").is_not_null())
        .sort("channel", "place", nulls_last=True)
        .select(
            *("channel", "model", "attribution_rule", "won_credit", "revenue", "spend", "romi", "pays", "is_flipping")
        )
    )


ATTRIBUTION = Analysis(
    name="attribution",
    label=N_("Which channel sold"),
    help=N_(
        "Sales and money credited to channels under six rules: first, last, last that is not direct, all alike, "
        "40/20/40, the later the more; and the channels whose verdict depends on the rule."
    ),
    run=attribution,
)
