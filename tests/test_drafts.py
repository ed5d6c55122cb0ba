"""The mapping editor of the page and ``voronka map`` give the same mapping for the same answers."""

from __future__ import annotations

import pytest
from proposals import ALL, sheet_of

from dashboard import drafts
from pipelines.propose import answered, propose, questions, to_toml

EDITED = {"heading.client_name": "Кто обратился", "heading.product_name": "", "heading.deal_name": "Что хотели"}
NOTEBOOK = next(table for table in ALL if table.name == "заказы в тетради")


def by_command_line(text: str, beforehand: dict[str, object], reply) -> str:
    """What ``voronka map`` does: answers given beforehand, then the open questions until none is left."""
    proposal = propose(sheet_of(text))
    if beforehand:
        proposal = answered(proposal, beforehand)
    while left := questions(proposal):
        proposal = answered(proposal, {left[0].key: reply(left[0])})
    return to_toml(proposal, "own")


def by_page(text: str, chosen: dict[str, object], reply) -> str:
    """What the page does: choices in the table one by one, then all questions at once, until none is new."""
    draft = drafts.begin(sheet_of(text), "own.csv")
    for key, value in chosen.items():
        draft = draft.with_choice(key, value)
    for _ in range(5):
        proposal, asked = drafts.settled(draft)
        if not questions(proposal):
            break
        draft = draft.with_replies({one.key: reply(one) for one in asked})
    return to_toml(drafts.settled(draft)[0], "own")


def proposed(question):
    return question.proposed


def last(question):
    """Take another answer than the proposed one."""
    if question.items:
        return {item.word: question.options[at % len(question.options)].value for at, item in enumerate(question.items)}
    return question.options[-1].value


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_whoever_takes_what_is_proposed_gets_the_same_mapping(table):
    assert by_page(table.text, {}, proposed) == by_command_line(table.text, {}, proposed)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_other_answers_give_the_same_mapping_too(table):
    assert by_page(table.text, {}, last) == by_command_line(table.text, {}, last)


def test_headings_chosen_by_hand_give_the_same_mapping():
    page, line = by_page(NOTEBOOK.text, EDITED, proposed), by_command_line(NOTEBOOK.text, EDITED, proposed)
    assert page == line
    assert 'deal_name = "Что хотели"' in page
    assert "product_name" not in page


def test_another_kind_starts_the_table_anew():
    draft = (
        drafts.begin(sheet_of(NOTEBOOK.text), "x.csv").with_choice("heading.amount", "").with_choice("kind", "clients")
    )
    proposal, _ = drafts.settled(draft)
    assert proposal.kind == "clients"
    assert draft.chosen == {"kind": "clients"}


def test_a_reply_that_no_longer_fits_is_asked_again():
    draft = drafts.begin(sheet_of(NOTEBOOK.text), "x.csv")
    draft = draft.with_replies({"means.outcome": {"нет такого": "won"}, "currency": "ZZZ"})
    proposal, asked = drafts.settled(draft)
    assert {one.key for one in questions(proposal)} == {"means.outcome", "currency"}
    assert {one.key for one in asked} == {"means.outcome", "currency"}


def test_a_trial_waits_for_all_answers_and_then_counts_every_row():
    draft = drafts.begin(sheet_of(NOTEBOOK.text), "x.csv")
    proposal, asked = drafts.settled(draft)
    with pytest.raises(Exception, match="left to answer"):
        drafts.trial(draft, proposal, "UTC")
    draft = draft.with_replies({one.key: one.proposed for one in asked})
    run = drafts.trial(draft, drafts.settled(draft)[0], "UTC")
    assert (run.rows_in, run.accepted) == (6, 6)
    assert run.rows_in == run.accepted + run.quarantined + run.duplicates
