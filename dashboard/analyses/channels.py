"""Channels and campaigns from spend to revenue: price of a lead, a target lead and a client, the return, and how sure it is.

Spend without leads and leads without spend stay rows. Everything is by the day of the lead, the numbers are those of
``voronka ask … --by channel``, and a young cohort is marked: its revenue is still to come.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard.access import Facts
from dashboard.analyses.answer import Analysis, Answer
from dashboard.analyses.choose import whole_sum
from dashboard.analyses.headings import columns
from dashboard.analyses.times import ripe_age, ripeness
from dashboard.filters import DIMENSIONS, Filter, Notice
from dashboard.i18n import N_
from dashboard.metrics import deals, returns, spend
from dashboard.metrics.measure import measure
from dashboard.metrics.rows import rows_of
from dashboard.statistics.resampling import resampled_sums
from dashboard.statistics.verdicts import LEAST_COUNT
from pipelines.errors import nearest

CARD = (
    *(spend.SPEND, spend.IMPRESSIONS, spend.CLICKS, deals.LEADS, deals.TARGET_LEADS, returns.COHORT_WON),
    *(returns.ACQUIRED, returns.COHORT_REVENUE, returns.COHORT_MARGIN, spend.CPL, spend.CPQL, returns.CAC, returns.CPO),
    *(returns.DRR, returns.ROAS, returns.ROMI, returns.ROMI_REVENUE),
)
DRAWS = 500
ALIKE = 70.0
PAYS, LOSES, UNSURE, TOO_FEW = N_("pays"), N_("does not pay"), N_("cannot be told yet"), N_("too few leads to say")
UNRIPE = N_("may still grow")
NO_LEADS, NO_SPEND, BOTH = N_("spend without leads"), N_("leads without spend"), N_("spend and leads")
DEFINITION = N_(
    "Ad spend of the period beside the leads created in it and what they have brought so far, by channel. Spend without leads "
    "and leads without spend are rows too. The interval of the return shows how far chance alone may carry it."
)
BY_MARGIN = N_("ROMI by margin of settings; by the day of the lead.")
BY_REVENUE = N_("ROMI by revenue, because settings give no margin; by the day of the lead.")
NO_COSTS = N_("No spend in the exports: prices of leads and returns are unknown.")
UNSAID = N_("Spend is told by channel and campaign only; under this filter it is unknown.")
YOUNG = N_("Leads of these are too young, so their returns may still grow: {names}.")


def compared(facts: Facts, filter: Filter, by: tuple[str, ...]) -> Answer:
    """Put spend beside what the leads brought: one row per channel (and campaign), the largest spend first.

    Columns: those of ``by``, spend_kind, the metrics of ``CARD``, romi_shown (by margin where settings give one, else by revenue),
    low and high (95 %, leads drawn again), matured_share, is_mature, payback_days (from the first spend to the day when what
    the leads brought had covered the spend of the period), channel_verdict.
    """
    frame = measure(facts, CARD, filter, by=by)
    keys = [pl.col(DIMENSIONS[name]).alias(name) for name in by]
    is_told = is_spend_told(facts, filter)
    leads = worth(facts, filter).with_columns(keys)
    ripe = ripe_age(facts, filter)
    age = (pl.lit(facts.as_of) - pl.col("created_at")).dt.total_microseconds() / 86_400_000_000
    old = leads.group_by(by).agg(
        matured_share=(age >= ripe).mean() if ripe is not None else pl.lit(None, dtype=pl.Float64)
    )
    shown = pl.col("romi") if facts.margins.height else pl.col("romi_revenue")
    nothing = (pl.col("leads") == 0) & (pl.col("spend") > 0)
    spent = measured_costs(facts, filter, keys)
    frame = (
        frame.join(old, on=by, how="left", nulls_equal=True)
        .join(intervals(leads, frame, by), on=by, how="left", nulls_equal=True)
        .join(paybacks(leads, spent, by), on=by, how="left", nulls_equal=True)
        .with_columns(
            spend_kind=kind() if is_told else pl.lit(None, dtype=pl.String),
            romi_shown=pl.when(nothing).then(-1.0).otherwise(shown),
            is_mature=pl.col("matured_share") >= 1,
        )
        .with_columns(channel_verdict=verdict())
        .sort("spend", *by, descending=[True, *[False] * len(by)], nulls_last=True)
    )
    return Answer(
        frame=frame,
        columns=columns(*by, "channel_verdict", "spend", "leads", "target_leads", "cohort_won", "cohort_revenue", "cpl")
        + columns("cpql", "cac", "romi_shown", "romi_low", "romi_high", "matured_share", "payback_days"),
        definition=DEFINITION,
        variant=BY_MARGIN if facts.margins.height else BY_REVENUE,
        n=leads.height,
        counted=N_("leads"),
        as_of=facts.as_of,
        sentences=tuple(sentences(facts, filter, frame, by, ripe)),
    )


def worth(facts: Facts, filter: Filter) -> pl.DataFrame:
    """Take the leads of the period with what each brought, ``worth``: margin where settings give one, else its amount."""
    brought = pl.col("margin") if facts.margins.height else pl.col("amount").cast(pl.Float64)
    leads = rows_of(facts, "sold_deals").filter(filter.rows("created_on"))
    return leads.with_columns(worth=pl.when(pl.col("outcome") == "won").then(brought).otherwise(0.0))


def is_spend_told(facts: Facts, filter: Filter) -> bool:
    """Tell whether the exports hold spend and can tell it under the filter; else nobody knows what was spent on whom."""
    return facts.costs.height > 0 and all(DIMENSIONS[name] in facts.costs.columns for name in filter.chosen())


def measured_costs(facts: Facts, filter: Filter, keys: list[pl.Expr]) -> pl.DataFrame:
    """Take the costs of the period that the filter keeps; none where it asks what costs do not tell."""
    if not is_spend_told(facts, filter):
        return facts.costs.clear().with_columns(keys)
    return facts.costs.filter(filter.rows("spent_on", any_funnel=True)).with_columns(keys)


def kind() -> pl.Expr:
    """Say whether there is spend, leads or both."""
    has_spend = (pl.col("spend") > 0).fill_null(False)
    has_leads = pl.col("leads") > 0
    return (
        pl.when(has_spend & has_leads)
        .then(pl.lit(BOTH))
        .when(has_spend)
        .then(pl.lit(NO_LEADS))
        .when(has_leads)
        .then(pl.lit(NO_SPEND))
    )


def verdict() -> pl.Expr:
    """Say whether it pays: the whole interval above nothing gained, or below it once nearly all wins have come."""
    is_young = pl.col("matured_share").fill_null(0.0) < 1
    return (
        pl.when(pl.col("romi_shown").is_null())
        .then(None)
        .when(pl.col("leads") == 0)
        .then(pl.lit(LOSES))
        .when(pl.col("leads") < LEAST_COUNT)
        .then(pl.lit(TOO_FEW))
        .when(pl.col("romi_low") > 0)
        .then(pl.lit(PAYS))
        .when((pl.col("romi_high") < 0) & ~is_young)
        .then(pl.lit(LOSES))
        .when((pl.col("romi_high") < 0) & is_young)
        .then(pl.lit(UNRIPE))
        .when(pl.col("romi_low").is_not_null())
        .then(pl.lit(UNSURE))
    ).alias("channel_verdict")


def intervals(leads: pl.DataFrame, frame: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Draw the leads of each row again (Efron 1979), the spend being what it was: romi_low, romi_high.

    Only rows with spend and enough leads have one; a won lead without an amount makes it unknown.
    """
    spends = {row[:-1]: float(row[-1]) for row in frame.select(*by, "spend").rows() if row[-1]}
    rows = []
    for place, some in leads.select("deal_id", "worth", *by).sort("deal_id").group_by(by, maintain_order=True):
        money = some["worth"].to_numpy()
        if place not in spends or len(money) < LEAST_COUNT or np.isnan(money).any():
            continue
        spent = spends[place]
        low, high = np.quantile(resampled_sums([[money]], draws=DRAWS)[0][0], [0.025, 0.975])
        rows.append((*place, (low - spent) / spent, (high - spent) / spent))
    schema = {**dict.fromkeys(by, pl.String()), "romi_low": pl.Float64(), "romi_high": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def paybacks(leads: pl.DataFrame, costs: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Count the days from the first spend to the win that made good the whole spend of the period; null while none has."""
    totals = costs.group_by(by).agg(whole_sum(pl.col("spend")).alias("_spent"), _first=pl.col("spent_on").min())
    return (
        leads.filter((pl.col("outcome") == "won") & pl.col("closed_on").is_not_null())
        .sort("closed_on", "deal_id")
        .with_columns(_brought=pl.col("worth").fill_null(0.0).cum_sum().over(by))
        .join(totals, on=by, how="inner", nulls_equal=True)
        .filter((pl.col("_spent") > 0) & (pl.col("_brought") >= pl.col("_spent").cast(pl.Float64)))
        .group_by(by)
        .agg(payback_days=(pl.col("closed_on").min() - pl.col("_first").first()).dt.total_days())
    )


def sentences(
    facts: Facts, filter: Filter, frame: pl.DataFrame, by: tuple[str, ...], ripe: float | None
) -> list[Notice]:
    """Say what is unknown and what is too young."""
    told = []
    if not facts.costs.height:
        told.append(Notice(NO_COSTS))
    elif [name for name in filter.chosen() if DIMENSIONS[name] not in facts.costs.columns]:
        told.append(Notice(UNSAID))
    young = frame.filter((pl.col("matured_share") < 1) & (pl.col("spend") > 0))
    told += ripeness(ripe)
    if young.height:
        names = [" · ".join(name or "—" for name in row) for row in young.select(by).rows()]
        told.append(Notice(YOUNG, {"names": ", ".join(sorted(names))}))
    return told


def channels(facts: Facts, filter: Filter) -> Answer:
    """Compare the channels, one row each."""
    return compared(facts, filter, ("channel",))


def campaigns(facts: Facts, filter: Filter) -> Answer:
    """Compare the campaigns of each channel, one row each."""
    return compared(facts, filter, ("channel", "campaign"))


def spend_without_leads(facts: Facts, filter: Filter) -> Answer:
    """List campaigns with spend and no lead, and those with leads and no spend, the largest spend first.

    Columns: spend_kind, channel, campaign, spend, clicks, leads, likely (a name on the other side that may be the same channel).
    """
    whole = measure(facts, (spend.SPEND, spend.CLICKS, deals.LEADS), filter, by=("channel", "campaign"))
    frame = whole.with_columns(spend_kind=kind()).filter(pl.col("spend_kind").is_in([NO_LEADS, NO_SPEND]))
    if not is_spend_told(facts, filter):
        frame = frame.clear()
    sides = {
        NO_LEADS: whole.filter(pl.col("leads") > 0)["channel"].drop_nulls().unique().sort().to_list(),
        NO_SPEND: whole.filter(pl.col("spend") > 0)["channel"].drop_nulls().unique().sort().to_list(),
    }
    found = [
        nearest(name, sides[side], at_least=ALIKE) if name else None
        for side, name in frame["spend_kind", "channel"].rows()
    ]
    near = [one.name if one and one.name != name else None for one, name in zip(found, frame["channel"], strict=True)]
    frame = frame.with_columns(pl.Series("likely", near, dtype=pl.String)).sort(
        "spend", "leads", "channel", "campaign", descending=[True, True, False, False], nulls_last=True
    )
    return Answer(
        frame=frame.select("spend_kind", "channel", "campaign", "spend", "clicks", "leads", "likely"),
        columns=columns("spend_kind", "channel", "campaign", "spend", "clicks", "leads", "likely"),
        definition=N_(
            "Campaigns with ad spend and not one lead created in the period, and campaigns with leads and no spend. A channel "
            "written differently in the cabinet and in the CRM looks like both: the likely name stands beside it."
        ),
        n=frame.height,
        counted=N_("campaigns"),
        as_of=facts.as_of,
        sentences=tuple(sentences(facts, filter, frame.clear().with_columns(matured_share=pl.lit(1.0)), (), None)),
    )


CHANNELS = Analysis(
    name="channels",
    label=N_("Channels from spend to revenue"),
    help=N_(
        "For each channel: spend, leads, target leads, sales, revenue, CPL, CPQL, CAC, ROMI with its interval and ripeness."
    ),
    run=channels,
)
CAMPAIGNS = Analysis(
    name="campaigns",
    label=N_("Campaigns from spend to revenue"),
    help=N_("The same for each campaign inside its channel."),
    run=campaigns,
)
SPEND_WITHOUT_LEADS = Analysis(
    name="spend_without_leads",
    label=N_("Spend without leads"),
    help=N_(
        "Campaigns that cost money and brought no lead, and leads that no spend explains, with the likely same name."
    ),
    run=spend_without_leads,
)
