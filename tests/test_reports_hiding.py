"""Numbers of calls are hidden all at once, each as it would be alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.access import nothing_yet
from dashboard.reports.hiding import masked, without_contacts
from pipelines.schema.facts import FACTS


def hidden(column: str, texts: list[str | None]) -> list[str | None]:
    """Return what a report has in the place of texts in a column of calls."""
    calls = FACTS["calls"].create_empty().clear(len(texts)).with_columns(pl.Series(column, texts, dtype=pl.String))
    return without_contacts(replace(nothing_yet(), calls=calls)).calls[column].to_list()


@pytest.mark.parametrize("column", ["phone", "line_phone", "client_name"])
def test_each_number_of_a_call_is_hidden(column: str) -> None:
    texts = ["+79001234567", "89001234568", "101", None, "+7 900 123-45-69", "790012345", "+79001234567"]
    shown = ["•••67", "•••68", "101", None, "•••69", "790012345", "•••67"]
    assert hidden(column, texts) == shown
    assert hidden(column, ["101", None]) == ["101", None]


@settings(max_examples=15)
@given(st.lists(st.none() | st.text("+7 0(-)\nа٣@.", max_size=14), max_size=5))
def test_a_number_is_hidden_as_it_would_be_alone(texts: list[str | None]) -> None:
    assert hidden("phone", ["+79001234567", *texts])[1:] == [None if one is None else masked(one) for one in texts]
