"""One manager against the team: the verdict, what makes the revenue differ, each stage, refusals, and what is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.analyses.against_team import CHECK
from dashboard.analyses.against_team import LEADS as LEADS_FACTOR
from dashboard.analyses.answer import Column
from dashboard.analyses.catalogue import analysis
from dashboard.analyses.headings import columns
from dashboard.analyses.judging import WORDS
from dashboard.analyses.team_spread import CARD as SPREAD
from dashboard.analyses.team_spread import OWN
from dashboard.charts import managers as charts
from dashboard.charts.effects import effects, factor_name
from dashboard.i18n import N_
from dashboard.metrics.deals import AVERAGE_CHECK, CYCLE_DAYS_MEDIAN, LEADS, LOST, REVENUE, WIN_RATE
from dashboard.metrics.registry import METRICS
from dashboard.statistics.verdicts import LEAST_COUNT
from dashboard.ui import answers, blocks, cards, cell_rows, number_rows
from dashboard.ui.cell_rows import Grid
from dashboard.ui.context import Context
from dashboard.ui.lists import listing
from dashboard.ui.manager_cells import REFUSED, kind, refused_share
from dashboard.ui.managers_blocks import everybody
from dashboard.ui.managers_card import CARD
from dashboard.ui.safe_text import md

ASIDE = (
    *("won", "junk", "calls_out", "missed", "talk_minutes", "unanswered", "promises_forgotten", "promises_late"),
    *("without_next_step", "touches", "proposals", "proposal_to_win", "unpaid", "paid_share", "stuck", "plan_left"),
    *("base_clients", "without_contact"),
)
NUMBERS = (LEADS, WIN_RATE, LOST, REVENUE, AVERAGE_CHECK, CYCLE_DAYS_MEDIAN)
MORE = tuple(METRICS[name] for name in (*CARD, *ASIDE) if METRICS[name] not in NUMBERS)
"""The other numbers of the scorecard, and what leads to them: they open from the list alone."""
KINDS_SHOWN = 10

VERDICTS = {
    WORDS["above"]: N_("Wins **more often than the others**: {share} of {n} closed deals, all together {base}."),
    WORDS["below"]: N_("Wins **less often than the others**: {share} of {n} closed deals, all together {base}."),
    WORDS["indistinguishable"]: N_(
        "The win rate **cannot be told apart** from the others': {share} of {n} closed deals, all together {base}. With so many "
        "deals only a difference of {points} or more would show."
    ),
    WORDS["too_few"]: N_(
        "**Too few** closed deals to say anything of the win rate: {n}, from {least} on it is judged. All together {base}."
    ),
}
ADJUSTED = N_("With the same clients as all: {share}.")
NOT_ADJUSTED = N_(
    "With the same clients it cannot be told: only {overlap} of these deals have enough of their kind elsewhere."
)


def show(here: Context, who: str) -> None:
    """Show one manager, under the page's filter; who sees own rows alone is compared by the quartiles of the team only."""
    own = replace(here, filter=replace(here.filter, managers=(who,)))
    with st.container(key="who"):
        st.markdown(f"## {md(who)}")
    is_alone = here.viewer.role == "manager"
    if not is_alone:
        verdict(here, who)
    cards.cards(own, NUMBERS)
    if here.facts.colleagues.height:
        spread(own)
    if not is_alone:
        left, right = blocks.halves(here)
        with left, st.container(border=True, key="card_effects", height="stretch"):
            difference(own, who)
        with right, st.container(border=True, key="card_steps", height="stretch"):
            steps(own)
    look_first(own)
    refused(here, own, is_alone=is_alone)
    if not is_alone:
        kinds(here, who)
    listing(own, "stuck", shown=("deal_id", "client", "stage", "days", "limit_days", "amount"))
    number_rows.rows(own, (*NUMBERS, *MORE))
    cards.meanings(own, NUMBERS)


def spread(own: Context) -> None:
    """Show own numbers among the quartiles of the colleagues; the rows of the colleagues are nobody's to see."""
    rows = answers.answered(own, "team_spread").frame
    others = tuple(row for row in rows.select("scope").rows() if row != (OWN,))
    grid = Grid("team_spread", {"scope": ""}, {one.name: one for one in SPREAD}, whole=(OWN,), mute=others)
    cell_rows.show(own, "team_spread", grid, rows)


def verdict(here: Context, who: str) -> None:
    """Say in words whether the manager's win rate differs from the others', raw and with the same clients."""
    frame = answers.answered(here, "managers", everybody(here)).frame
    row = next((one for one in frame.to_dicts() if one["manager"] == who), None)
    others = frame.filter((pl.col("closed") > 0) & (pl.col("manager").is_null() | (pl.col("manager") != who)))
    if row is None or not others.height:
        st.caption(here.say("There are closed deals of one manager only under this filter: nobody to compare with."))
        return
    locale = here.locale
    said = here.say(
        VERDICTS[row["verdict"]],
        share=locale.share(row["win_rate"]),
        n=locale.number(row["closed"]),
        base=locale.share(charts.team_share(frame)),
        points=locale.points(row["detectable"]).lstrip("+"),
        least=LEAST_COUNT,
    )
    if row["adjusted"] is not None:
        said += " " + here.say(ADJUSTED, share=locale.share(row["adjusted"]))
    elif row["overlap"] is not None:
        said += " " + here.say(NOT_ADJUSTED, overlap=locale.share(row["overlap"], 0))
    st.markdown(said)


def difference(own: Context, who: str) -> None:
    """Show what makes the revenue of the period's leads differ from the mean colleague's."""
    asked, told = analysis("against_team"), answers.answered(own, "against_team")
    answers.heading(own, asked, told, N_("Why the revenue differs from the colleagues'"))
    rows = told.frame.filter(pl.col("manager") == who)
    if rows.height:
        blocks.figure(own, effects(rows, own.locale, own.facts.currency), "effects")
        st.caption(
            own.say(
                "Of the leads created in the period. The parts add up to the whole difference. Grey: fewer than {least} deals got "
                "so far, it may be chance.",
                least=LEAST_COUNT,
            )
        )
        with st.expander(own.say("The same in numbers")):
            blocks.table(own, written(own, rows), FACTORS, key="factors", left=("factor",))
    answers.sentences(own, told)


FACTORS = {
    "factor": N_("Factor"),
    "own": N_("Own"),
    "team": N_("Colleagues on average"),
}


def written(here: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Write the factors of the chain: numbers of leads, shares of stages, money of the check."""
    locale, currency = here.locale, here.facts.currency

    def cell(row: dict, name: str) -> str:
        if row["factor"] == LEADS_FACTOR:
            return locale.number(row[name], 0 if name == "own" else 1)
        return locale.money(row[name], currency) if row["factor"] == CHECK else locale.share(row[name])

    lines = [
        {
            "factor": factor_name(row, locale),
            "own": cell(row, "own"),
            "team": cell(row, "team"),
        }
        for row in rows.to_dicts()
    ]
    return pl.DataFrame(lines, schema=dict.fromkeys(FACTORS, pl.String))


def steps(own: Context) -> None:
    """Show the manager's funnel against the colleagues': how many go on from each stage of the funnel with most leads."""
    asked, told = analysis("funnel_pair"), answers.answered(own, "funnel_pair")
    answers.heading(own, asked, told, N_("Funnel against the colleagues'"))
    answers.sentences(own, told)
    if told.frame.is_empty():
        return
    main = told.frame.sort("reached", descending=True, nulls_last=True)["funnel"][0]
    rows = told.frame.filter(pl.col("funnel") == main)
    blocks.figure(own, charts.stage_steps(rows, own.locale), "steps")
    st.caption(
        own.say(
            "{funnel}. How many go on to the next stage: own / colleagues'. Dot: own; tick: colleagues'; bar: where chance may "
            "carry it. Colour: differs by more than chance.",
            funnel=main,
        )
    )
    answers.files(own, asked, told, "funnel_pair")


def look_first(own: Context) -> None:
    """Say what stands out in the manager's funnel, what may be behind it, and what to open."""
    asked, told = analysis("diagnosis"), answers.answered(own, "diagnosis")
    with st.container(border=True, key="card_diagnosis"):
        answers.heading(own, asked, told, N_("Where to look first"))
        answers.sentences(own, told)
        if told.frame.is_empty():
            st.caption(own.say("Nothing stands out in this funnel."))
            return
        several = told.frame["funnel"].n_unique() > 2
        for row in told.frame.to_dicts():
            place = " · ".join(one for one in (row["funnel"] if several else None, row["stage"]) if one)
            st.markdown(
                f"**{md(place) + ': ' if place else ''}{capital(own.say(row['condition']), place)}** "
                + own.say(
                    "({value} against {reference}, cases: {n}). Possible causes: {causes}. What to open: {check}.",
                    value=own.locale.share(row["value"], 0),
                    reference=own.locale.share(row["reference"], 0),
                    n=own.locale.number(row["n"]),
                    causes=own.locale.text(row["hypotheses"]),
                    check=own.locale.text(row["check"]),
                )
            )
        answers.files(own, asked, told, "diagnosis")


def capital(sentence: str, place: str) -> str:
    """Begin a sentence with a capital unless something stands before it."""
    return sentence if place else sentence[:1].upper() + sentence[1:]


def refused(here: Context, own: Context, *, is_alone: bool = False) -> None:
    """Show the refusal reasons of the manager, with their share among all losses beside them where others are seen."""
    asked, told = analysis("refusal_reasons"), answers.answered(own, "refusal_reasons")
    everyone = answers.answered(here, "refusal_reasons", everybody(here)).frame
    rows = told.frame.join(
        everyone.select("reason", everyone=pl.col("share")), on="reason", how="left", nulls_equal=True
    )
    with st.container(border=True, key="card_refused"):
        answers.heading(own, asked, told)
        answers.sentences(own, told)
        if rows.is_empty():
            st.caption(own.say("Nothing of this kind in the data under this filter."))
            return
        shown = columns("reason", "count", "amount", "share")
        if not is_alone:
            shown = (*shown, Column("everyone", N_("Share of all"), "share"))
        everybodys = refused_share(N_("Share of all"), everybody(here))
        grid = Grid(
            "refused",
            {"reason": "reason"},
            {**REFUSED, "everyone": everybodys},
            title=lambda row: reason_title(own, row),
        )
        cell_rows.table(own, grid, rows, shown)
        answers.files(own, asked, told, "refused")
    cell_rows.opened(own, grid, rows)


def kinds(here: Context, who: str) -> None:
    """Show which deals the manager was given, those first that most change what could be expected of him."""
    asked, told = analysis("kinds_given"), answers.answered(here, "kinds_given", everybody(here))
    rows = told.frame.filter(pl.col("manager") == who).head(KINDS_SHOWN)
    with st.container(border=True, key="card_kinds"):
        answers.heading(here, asked, told)
        if rows.is_empty():
            st.caption(here.say("Nothing of this kind in the data under this filter."))
            return
        shown = (
            Column("segment", N_("Channel · product · region")),
            *columns("client_kind", "count"),
            Column("value", N_("Others win of the like"), "share"),
        )
        names = {"segment": "segment", "client_kind": "client_kind"}
        rows = rows.rename({"n": "count"})
        grid = Grid("kinds", names, {"count": kind(who, everybody(here))}, title=lambda row: kind_title(here, row))
        cell_rows.table(here, grid, rows, shown)
        st.caption(here.say("First the kinds that most change what can be expected of the manager's win rate."))
    cell_rows.opened(here, grid, rows)


def reason_title(here: Context, row: Sequence[str]) -> str:
    """Call a refusal reason as a reader does."""
    return row[0] or cell_rows.capital(here.locale.text("without a reason"))


def kind_title(here: Context, row: Sequence[str]) -> str:
    """Call a kind of deals as a reader does."""
    return " · ".join([row[0], *([here.locale.text(row[1])] if row[1] else [])])
