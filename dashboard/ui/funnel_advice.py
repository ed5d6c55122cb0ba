"""What to do about the funnel: what stands out and what to open, hints about the stages, and what if a stage were better."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.analyses.catalogue import analysis
from dashboard.analyses.selection import in_funnels
from dashboard.analyses.what_if_then import Model, Outlook, model, outlook, payback
from dashboard.filters import Notice
from dashboard.i18n import N_
from dashboard.remember import remembered
from dashboard.ui import answers, blocks
from dashboard.ui.address import change_address, place_widget
from dashboard.ui.context import Context
from dashboard.ui.funnel_way import choose_funnel
from dashboard.ui.safe_text import md

WHAT_IF, COST = "if", "cost"
MOST_COST = 999_999_999_999
MOST_LINES = 6


def advice(here: Context) -> None:
    """Show what if, what stands out, and the check of the stages."""
    what_if(here)
    left, right = blocks.halves(here)
    with left:
        diagnosis(here)
    with right:
        lint(here)


def diagnosis(here: Context) -> None:
    """Say what stands out in the funnel, what may cause it and what to open."""
    asked, answer = analysis("diagnosis"), answers.answered(here, "diagnosis")
    with st.container(border=True, key="card_diagnosis", height="stretch"):
        answers.heading(here, asked, answer, N_("What stands out"))
        for row in answer.frame.head(MOST_LINES).to_dicts():
            place = f"**{md(row['stage'])}** · " if row["stage"] else f"**{here.say('All leads')}** · "
            seen = f"{md(here.locale.share(row['value'], 0))} ({md(here.locale.share(row['reference'], 0))})"
            count = here.say("of {n}", n=here.locale.number(row["n"]))
            st.markdown(f"{place}{here.say(row['condition'])}: **{seen}** {count}")
            st.caption(
                here.say("Possible causes: {causes}", causes=here.locale.text(row["hypotheses"]))
                + "  \n"
                + here.say("Open: {what}", what=here.locale.text(row["check"]))
            )
        if answer.frame.is_empty():
            st.caption(here.say("Nothing stands out: no stage is much narrower, slower or worse than before."))
        else:
            st.caption(
                here.say("In brackets: what it is compared with. Causes are guesses that the data do not prove.")
            )


def lint(here: Context) -> None:
    """Say what is doubtful about the stages themselves."""
    asked, answer = analysis("stage_lint"), answers.answered(here, "stage_lint")
    with st.container(border=True, key="card_lint", height="stretch"):
        answers.heading(here, asked, answer)
        for row in answer.frame.head(MOST_LINES).to_dicts():
            names = " / ".join(md(row[name]) for name in ("stage", "other_stage") if row[name])
            place = f"**{md(row['funnel'])}**" + (f" · **{names}**" if names else "")
            st.markdown(f"{place}: {here.say(row['rule'])}{_seen(here, row)}")
        if answer.frame.height > MOST_LINES:
            st.caption(here.say("And {n} more in the file.", n=answer.frame.height - MOST_LINES))
        if answer.frame.is_empty():
            st.caption(here.say("The stages are in order: nothing doubtful was found."))
        else:
            answers.files(here, asked, answer, "stage_lint")


def _seen(here: Context, row: dict) -> str:
    value, reference = row["value"], row["reference"]
    if value is None:
        return ""
    write = here.locale.number if value > 1 else lambda x: here.locale.share(x, 0)
    return f" — **{md(write(value))}**" + (f" ({md(write(reference))})" if reference is not None else "")


def what_if(here: Context) -> None:
    """Let the reader move the share of each stage that goes on, and say what that would bring a month."""
    stages = here.facts.stages.filter(in_funnels(here.filter)).sort("funnel_name")
    names = [name for name in stages["funnel_name"].unique(maintain_order=True) if _model(here, name) is not None]
    if not names:
        return
    with st.container(border=True, key="card_what_if"):
        st.markdown(f"## {here.say('What if a stage moved more deals on?')}")
        name = names[0] if len(names) == 1 else choose_funnel(here, "of", here.say("Funnel"), names)
        made = _model(here, name)
        if made is None or not made.steps:
            st.caption(
                here.say("No stage has both deals that moved on and deals that did not: there is nothing to move.")
            )
            return
        wanted = _wanted(here, made)
        left, right = blocks.halves(here)
        with left:
            _sliders(here, made, wanted)
        with right:
            _outlook(here, made, wanted)


def _model(here: Context, name: str) -> Model | None:
    return remembered(here.facts, ("chain", name, here.filter), lambda: model(here.facts, here.filter, name))


def _wanted(here: Context, made: Model) -> dict[str, float]:
    """Read the shares of the address: ``if=STAGE:PERCENT``; what is no stage or no share is told and ignored."""
    found = {}
    for text in here.query.get(WHAT_IF, ()):
        stage, _, percent = text.rpartition(":")
        if stage in made.steps and percent.isdecimal() and int(percent) <= 100:
            found[stage] = int(percent) / 100
        elif not any(stage == other for other in here.facts.stages["stage_name"]):
            blocks.notice(
                here,
                Notice(N_('The link asks for {key} "{value}", which is not known.'), {"key": WHAT_IF, "value": text}),
            )
    return found


def _sliders(here: Context, made: Model, wanted: dict[str, float]) -> None:
    for number, (stage, share) in enumerate(made.steps.items()):
        now = round(share * 100)
        widget = place_widget(f"if_{number}", round(wanted.get(stage, share) * 100))
        values = {"share": here.locale.share(share), "n": here.locale.number(made.counts[stage])}
        told = here.say("{stage}: {share} of {n} move on now", stage=stage, **values)
        st.slider(told, 0, 100, key=widget, format="%d %%", on_change=_moved(here, widget, stage, now))


def _moved(here: Context, widget: str, stage: str, now: int) -> Callable[[], None]:
    def change() -> None:
        kept = [text for text in here.query.get(WHAT_IF, ()) if text.rpartition(":")[0] != stage]
        value = st.session_state[widget]
        change_address(**{WHAT_IF: kept + ([] if value == now else [f"{stage}:{value}"])})

    return change


def _outlook(here: Context, made: Model, wanted: dict[str, float]) -> None:
    key = ("outlook", tuple(made.steps), tuple(sorted(wanted.items())), here.filter)
    told: Outlook = remembered(here.facts, key, lambda: outlook(made, wanted))
    locale, currency = here.locale, here.facts.currency
    st.metric(
        here.say("A new lead is won"),
        locale.share(told.chance[1]),
        delta=_change(locale.points, told.chance),
        delta_arrow="off",
    )
    if told.won is not None:
        st.metric(
            here.say("Won a month"),
            locale.number(told.won[1], 1),
            delta=_change(lambda x: locale.signed(x, 1), told.won),
            delta_arrow="off",
        )
    if told.revenue is not None:
        write = _signed_money(here)
        st.metric(
            here.say("Revenue a month"),
            locale.money(told.revenue[1], currency, short=True),
            delta=_change(write, told.revenue),
            delta_arrow="off",
        )
        if wanted and told.gain is not None:
            low, high = (write(x) for x in told.gain)
            st.caption(here.say("Gain a month in eight of ten cases: {low} to {high}.", low=low, high=high))
            _cost(here, told.gain)
    st.caption(
        here.say(
            "If new deals are of the same quality and only these stages change. By finished visits of the deals created in the period."
        )
    )
    if wanted:
        st.button(
            here.say("As it is now"),
            key="what_if_reset",
            icon=":material/undo:",
            on_click=lambda: change_address(**{WHAT_IF: None, COST: None}),
        )


def _cost(here: Context, gain: tuple[float, float]) -> None:
    """Ask what the change would cost, which no export tells, and say when the gain has paid it back."""
    asked = next(iter(here.query.get(COST, ())), "0")
    cost = min(int(asked), MOST_COST) if asked.isdecimal() else 0
    widget = place_widget("what_if_cost", cost)

    def change() -> None:
        change_address(**{COST: str(st.session_state[widget]) if st.session_state[widget] else None})

    label = here.say("What would the change cost, {sign}", sign=here.locale.currency_sign(here.facts.currency))
    st.number_input(label, 0, MOST_COST, step=10_000, key=widget, on_change=change)
    if not cost:
        return
    months = payback(cost, gain)
    if months is None:
        st.caption(here.say("No gain is to be expected that would pay it back."))
        return
    soonest, latest = (here.locale.number(one, 1) for one in months)
    template = N_("Paid back by revenue after {soonest} to {latest} months.")
    if months[1] is None:
        template = N_("Paid back by revenue after {soonest} months at the soonest, perhaps never.")
    st.caption(here.say(template, soonest=soonest, latest=latest))


def _change(write: Callable[[float], str], sides: tuple[float, float]) -> str | None:
    change = sides[1] - sides[0]
    return None if abs(change) < 1e-12 else write(change)


def _signed_money(here: Context) -> Callable[[float], str]:
    def write(x: float) -> str:
        return ("+" if x > 0 else "") + here.locale.money(x, here.facts.currency, short=True)

    return write
