"""Facts are held to their schema the quick way, which says the same as the schema itself."""

from __future__ import annotations

import polars as pl
import pytest
from dataframely.exc import ValidationError

from pipelines.building import check, is_held
from pipelines.schema.facts import FACTS, Stages

ROWS = [("Sales", "New", "open", 1), ("Sales", "Won", "won", 2), ("Sales", "Lost", "lost", 3)]


def stages(rows: list[tuple[str | None, str, str, int]] = ROWS) -> pl.DataFrame:
    told = pl.DataFrame(rows, schema=["funnel_name", "stage_name", "stage_type", "stage_order"], orient="row")
    flags = {"is_optional": False, "is_unmapped": False, "is_sales": True, "is_ordered": True}
    told = told.with_columns(pl.lit(value).alias(name) for name, value in flags.items())
    columns = Stages.columns()
    return told.select(
        (pl.col(name) if name in told.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in columns.items()
    )


def test_what_is_right_is_held_in_any_order() -> None:
    assert is_held(stages(), Stages)
    assert is_held(stages(ROWS[::-1]), Stages)


@pytest.mark.parametrize(
    "wrong",
    [
        stages([*ROWS, ROWS[0]]),
        stages([*ROWS[::-1], ROWS[-1]]),
        stages([*ROWS, (None, "New", "open", 4)]),
        stages().with_columns(norm_days=pl.lit(float("nan"))),
    ],
    ids=["twice", "twice-out-of-order", "no-funnel", "no-number"],
)
def test_what_is_wrong_is_said_by_the_schema(wrong: pl.DataFrame) -> None:
    assert not is_held(wrong, Stages)
    with pytest.raises(ValidationError):
        check("stages", wrong)


def test_other_types_are_left_to_the_schema() -> None:
    narrow = stages().cast({"stage_order": pl.Int32})
    assert not is_held(narrow, Stages)
    check("stages", narrow)
    moved = stages().with_columns(norm_days=pl.lit("soon"))
    with pytest.raises((pl.exceptions.PolarsError, ValidationError)):
        check("stages", moved)


def test_a_schema_says_nothing_beyond_its_columns_and_its_key() -> None:
    for schema in FACTS.values():
        of_columns = {
            f"{name}|{rule}" for name, one in schema.columns().items() for rule in one.validation_rules(pl.col(name))
        }
        assert set(schema._validation_rules(with_cast=False)) - {"primary_key"} == of_columns
