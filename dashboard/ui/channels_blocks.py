"""The blocks of the channels: what was spent and what came back, which rule credits whom, campaigns, spend without leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from dashboard.analyses.answer import Column
from dashboard.analyses.attribution import WORDS
from dashboard.charts import returns as charts
from dashboard.i18n import N_
from dashboard.metrics import ad_report, deals, returns, spend
from dashboard.metrics.model import Metric
from dashboard.ui import answers, blocks, cards, cell_rows, number_rows
from dashboard.ui.address import change_address
from dashboard.ui.cell_rows import Grid, Opens
from dashboard.ui.context import Context
from dashboard.ui.data_state import may_load
from dashboard.ui.lead_cells import MATURED, PAYBACK
from dashboard.ui.safe_text import md
from pipelines.settings import find_home

BASES = {"lead": N_("What the leads of the period brought"), "cash": N_("What was sold in the period")}
NAMES = {"lead": "channels", "cash": "channels_cash"}
RULES = {name: WORDS[name] for name in ("last", "first", "last_non_direct", "linear", "position", "decay")}
SHORT = {
    returns.CAC: N_("CAC"),
    returns.CAC_CASH: N_("CAC"),
    returns.ROMI_CASH: N_("ROMI by margin"),
    returns.ROMI_REVENUE_CASH: N_("ROMI by revenue"),
}
EVERY = "-"
"""No channel chosen; it never stands in the address."""
REPORTED = (
    spend.SPEND,
    ad_report.AD_LEADS,
    ad_report.AD_CPL,
    ad_report.AD_ORDERS,
    ad_report.AD_REVENUE,
    ad_report.AD_ROMI,
)
CREDITED = (
    Column("channel", N_("Channel")),
    Column("won_credit", N_("Sales"), "count"),
    Column("revenue", N_("Revenue"), "money"),
    Column("romi", N_("ROMI"), "share"),
    Column("is_flipping", N_("Depends on the rule"), "flag"),
)
CABINET = (*REPORTED, spend.IMPRESSIONS, spend.CLICKS)
PRICES = (ad_report.AD_CPO, ad_report.AD_CLICK_TO_LEAD, ad_report.AD_LEAD_TO_ORDER)
PLACE = {"channel": "channel_name", "campaign": "campaign_name"}
LED = (
    *(spend.SPEND, deals.LEADS, deals.TARGET_LEADS, returns.COHORT_WON, returns.COHORT_REVENUE),
    *(spend.CPL, spend.CPQL, returns.CAC),
)
CASH = (
    *(spend.SPEND, deals.LEADS, deals.TARGET_LEADS, deals.WON, deals.REVENUE),
    *(spend.CPL, spend.CPQL, returns.CAC_CASH),
)
"""The numbers of the table of channels by the leads of the period, and on cash basis."""
AD_COLUMNS = ("ad_leads", "ad_orders", "ad_revenue")


@dataclass(frozen=True)
class Way:
    """How money is set against spend."""

    basis: str

    @property
    def analysis(self) -> str:
        """The analysis that answers."""
        return NAMES[self.basis]


def choose(here: Context) -> Way:
    """Let the reader choose the basis, held in the address; without spend there is nothing to choose."""
    if not here.facts.costs.height:
        st.info(
            here.say(
                "No export tells what advertising cost. Load a report of an ad cabinet (day, channel or campaign, spend) "
                "and CPL, CAC and ROMI will stand here."
            ),
            icon=":material/payments:",
        )
        return Way("lead")
    if here.facts.deals.is_empty():
        return Way("lead")
    return Way(blocks.choice(here, "basis", N_("Money is counted"), BASES))


def has_deals(here: Context) -> bool:
    """Tell whether there are deals to set against spend; without any, show what the ad report itself tells and say so."""
    if here.facts.deals.height or not here.facts.costs.height:
        return True
    blocks.empty(here)
    cards.cards(here, REPORTED)
    number_rows.rows(here, (*CABINET, *PRICES))
    return False


def numbers(here: Context, way: Way) -> tuple[Metric, ...]:
    """Choose the numbers of the head of the page."""
    if not here.facts.costs.height:
        return deals.LEADS, deals.TARGET_LEADS, returns.COHORT_WON, returns.COHORT_REVENUE
    by_margin = bool(here.facts.margins.height)
    if way.basis == "cash":
        romi = returns.ROMI_CASH if by_margin else returns.ROMI_REVENUE_CASH
        return spend.SPEND, deals.LEADS, spend.CPL, returns.CAC_CASH, deals.REVENUE, romi
    romi = returns.ROMI if by_margin else returns.ROMI_REVENUE
    return spend.SPEND, deals.LEADS, spend.CPL, returns.CAC, returns.COHORT_REVENUE, romi


GIVE_MARGIN = N_(
    "ROMI is by revenue, which counts what the goods cost as a gain. Give the gross margin under Data, Settings, "
    "count again, and it is by margin."
)
ASK_FOR_MARGIN = N_(
    "ROMI is by revenue, which counts what the goods cost as a gain. Whoever loads the exports can give the gross margin; "
    "then it is by margin."
)
ALL_LEADS = N_(
    "The numbers above take all leads, {share} of which came by channels without spend; the table below tells each channel by "
    "itself."
)


def head(here: Context, way: Way) -> None:
    """Show the numbers, and which setting brings the return by margin."""
    cards.cards(here, numbers(here, way), short=SHORT)
    if here.facts.costs.height and not here.facts.margins.height:
        st.caption(":material/info: " + here.say(GIVE_MARGIN if may_load(here, find_home()) else ASK_FOR_MARGIN))
    rows = answers.answered(here, way.analysis).frame
    free, whole = int(rows.filter(pl.col("spend").is_null())["leads"].sum()), int(rows["leads"].sum())
    if here.facts.costs.height and 0 < free < whole:
        share = here.locale.share(free / whole, 0)
        st.caption(":material/info: " + here.say(ALL_LEADS, share=share))


def chart(here: Context, way: Way) -> None:
    """Show the return of each channel with its interval; a click opens its campaigns."""
    answer = answers.answered(here, way.analysis)
    drawn = charts.drawn(answer.frame)
    if drawn.is_empty():
        return
    with st.container(border=True, key="card_romi", height="stretch"):
        picture = charts.returns(answer.frame, "channel", here.locale, here.facts.currency)
        blocks.figure(here, picture, "romi", _open("romi", drawn["channel"].to_list()))
        told = [here.say("Line: how far chance may carry it. Scale: money back for one spent, 1 is what was spent.")]
        if way.basis == "lead":
            told.append(here.say("Hollow: its leads are young, more may come."))
        st.caption(" ".join([*told, here.say("Click a point to see its campaigns and leads.")]))


def table(here: Context, way: Way) -> None:
    """Show each channel from spend to revenue."""
    rows = answers.answered(here, way.analysis).frame
    names = rows["channel"].to_list()
    grid = Grid("channels", {"channel": "channel_name"}, opening(here, way), at_name=lambda row: _inside(names[row]))
    cell_rows.show(here, way.analysis, grid, rows, shown=_told(here, way.analysis, rows, ("cpql",)))


def rules(here: Context, way: Way) -> None:
    """Show whom one of the customary rules credits, and whose verdict depends on the rule."""
    if not here.facts.costs.height:
        return
    answer = answers.answered(here, "attribution")
    asked = answers.named_analysis("attribution")
    with st.container(border=True, key="card_rules", height="stretch"):
        answers.heading(here, asked, answer)
        rule = blocks.choice(here, "rule", N_("Sales are credited by"), RULES, listed=True)
        answers.sentences(here, answer)
        if way.basis == "cash":
            st.caption(here.say("By the leads of the period in either case."))
        rows = answer.frame.filter(pl.col("model") == rule).sort("revenue", "channel", descending=[True, False])
        answers.table(here, rows, CREDITED if rows["is_flipping"].any() else CREDITED[:-1], "rules")
        answers.files(here, asked, answer, "attribution")


def inside(here: Context, way: Way) -> Context:
    """Show the campaigns of a channel chosen in the address; return the page narrowed to it."""
    names = answers.answered(here, way.analysis).frame["channel"].to_list()
    if not names:
        return here
    options = {EVERY: N_("all channels"), **{name or "": here.name(name) for name in names}}
    with st.container(width=420):
        chosen = blocks.choice(here, "inside", N_("Inside a channel"), options, listed=True)
    if way.basis == "cash":
        st.caption(here.say("Campaigns are by the leads of the period in either case."))
    narrowed = here if chosen == EVERY else replace(here, filter=replace(here.filter, channels=(chosen,)))
    every, grid = answers.answered(narrowed, "campaigns").frame, Grid("campaigns", PLACE, opening(here, Way("lead")))
    if chosen == EVERY:
        rows = every.filter(pl.col("campaign").is_not_null())
    else:
        rows = every
        drawn = charts.drawn(rows)
        if drawn.height > 1:
            with st.container(border=True, key="card_campaigns_romi"):
                picture = charts.returns(rows, "campaign", here.locale, here.facts.currency)
                select = cell_rows.clicked("romi_inside", grid, "romi_shown", cell_rows.names_of(grid, drawn))
                blocks.figure(here, picture, "romi_inside", select)
    if rows.height:
        skipped = ("cpql",) if chosen == EVERY else ("cpql", "channel")
        cell_rows.show(narrowed, "campaigns", grid, rows, shown=_told(narrowed, "campaigns", rows, skipped))
    else:
        st.caption(here.say("No deal and no cost of this channel names a campaign."))
    return narrowed


def opening(here: Context, way: Way) -> dict[str, Opens]:
    """Name what each column of numbers opens: those of the table are counted as these are."""
    by_margin = bool(here.facts.margins.height)
    listed = (
        (*CASH, returns.ROMI_CASH, returns.ROMI_REVENUE_CASH)
        if way.basis == "cash"
        else (*LED, returns.ROMI, returns.ROMI_REVENUE)
    )
    shown: dict[str, Opens] = {one.name: one for one in listed[:-2]} | {
        "romi_shown": listed[-2] if by_margin else listed[-1]
    }
    return shown if way.basis == "cash" else {**shown, "matured_share": MATURED, "payback_days": PAYBACK}


def lost_money(here: Context) -> None:
    """Show spend that brought no lead and leads that no spend explains."""
    if here.facts.costs.height:
        rows = answers.answered(here, "spend_without_leads").frame
        label = N_("Budget without leads and leads without budget")
        grid = Grid("spend_without_leads", PLACE, {one.name: one for one in (spend.SPEND, spend.CLICKS, deals.LEADS)})
        cell_rows.show(here, "spend_without_leads", grid, rows, label=label, shown=_told(here, grid.key, rows))


def cabinet(here: Context) -> None:
    """Show what the ad report counts by itself, apart from the CRM."""
    if not here.facts.costs.height:
        return
    rows = answers.answered(here, "ad_report").frame
    told = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in AD_COLUMNS))
    if told.height:
        cell_rows.show(here, "ad_report", Grid("ad_report", PLACE, {one.name: one for one in CABINET}), told)
        return
    with st.container(border=True, key="card_ad_report"):
        st.markdown(f"## {here.say('Campaigns by the ad report')}")
        st.caption(
            here.say(
                "The loaded reports tell no leads, orders or revenue of their own. A report with such columns would stand here "
                "beside the CRM."
            )
        )


def behind(here: Context, way: Way) -> None:
    """Open the spend and the deals behind the numbers of the chosen channel, or of all of them."""
    if here.filter.channels:
        names = ", ".join(here.name(name) for name in here.filter.channels)
        st.markdown(f"## {here.say('Spend and deals of')} {md(names)}")
    number_rows.rows(
        here,
        tuple(dict.fromkeys((*numbers(here, way), deals.LEADS, deals.TARGET_LEADS, deals.WON, *CABINET, *PRICES))),
        short=SHORT,
    )


def _told(here: Context, name: str, rows: pl.DataFrame, skipped: Sequence[str] = ()) -> list[str]:
    shown = [one.name for one in answers.answered(here, name).columns if one.name not in skipped]
    return [column for column in shown if rows[column].null_count() < rows.height]


def _inside(name: str | None) -> None:
    change_address(inside=[name or ""])


def _open(key: str, names: list[str | None]) -> Callable[[], None]:
    def select() -> None:
        points = st.session_state[key].selection.point_indices
        if points:
            _inside(names[points[0]])

    return select
