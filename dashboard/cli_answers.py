"""Answers to the questions of a mapping: asked on a terminal by number, or given beforehand with ``--answer``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from dashboard.console import N_

if TYPE_CHECKING:
    from dashboard.i18n import Locale
    from pipelines.propose_model import Proposal, Question


def ask_person(asked: Question, locale: Locale) -> Any:
    """Ask one question on the terminal; Enter takes what is proposed. Returns a value, or words with their meanings."""
    from dashboard.exports import mapping

    click.echo(mapping.question(asked, locale, numbered=True))
    while True:
        told = str(click.prompt("", default="", show_default=False, prompt_suffix="> ")).strip()
        if not told:
            return asked.proposed
        answer = words_told(asked, told, locale) if asked.items else understood(asked, told, locale)
        if answer is not None:
            return answer
        click.echo(locale.text(N_('"{answer}" is no answer here. Type a number of the list, or Enter.'), answer=told))


def understood(asked: Question, told: str, locale: Locale) -> str | None:
    """Return the value of the option that was meant by its number, its value or its words; None for none of them."""
    from dashboard.exports import mapping

    if told.isdigit() and 1 <= int(told) <= len(asked.options) and told not in [one.value for one in asked.options]:
        return asked.options[int(told) - 1].value
    wanted = told.casefold()
    for option in asked.options:
        if wanted in (option.value.casefold(), mapping.say(option.label, locale).casefold()):
            return option.value
    return None


def words_told(asked: Question, told: str, locale: Locale) -> Mapping[str, str] | None:
    """Read ``2=won; 3=lost``: a line of the list, or the word itself, and what it means; None when a part is no answer."""
    words = {item.word: item.proposed for item in asked.items}
    for part in told.split(";"):
        word, sign, means = (side.strip() for side in part.rpartition("="))
        if word.isdigit() and word not in words and 1 <= int(word) <= len(asked.items):
            word = asked.items[int(word) - 1].word
        word = next((known for known in words if known.casefold() == word.casefold()), "")
        meaning = understood(asked, means, locale)
        if not sign or not word or meaning is None:
            return None
        words[word] = meaning
    return words


def given_beforehand(proposal: Proposal, answers: tuple[str, ...], locale: Locale) -> Proposal:
    """Lay the answers of ``--answer`` over a proposal, one after the other: an answer may raise the next question."""
    from pipelines.propose import answered

    for text in answers:
        key, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(locale.text(N_('"{answer}" is not KEY=VALUE.'), answer=text))
        proposal = answered(proposal, {key: read_answer(proposal, key, value, locale)})
    return proposal


def read_answer(proposal: Proposal, key: str, value: str, locale: Locale) -> Any:
    """Read the value of an answer: JSON, words with meanings, an option by its value or its words, or plain text."""
    if value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            raise click.UsageError(locale.text(N_('"{answer}" is not KEY=VALUE.'), answer=value)) from None
    asked = next((one for one in proposal.open if one.key == key), None)
    if asked is None:
        return value
    meant = words_told(asked, value, locale) if asked.items else understood(asked, value, locale)
    return value if meant is None else meant
