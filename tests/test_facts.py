"""Deals and visits from literal stage changes, each figure worked out by hand in the comments."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from companies import companies
from examples import examples
from hypothesis import given
from polars.testing import assert_frame_equal

from pipelines.facts import build_facts
from pipelines.schema.core import CORE
from pipelines.schema.facts import FACTS

AS_OF = datetime(2026, 1, 31, tzinfo=UTC)
STAGES = [("New", "open"), ("Call", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"), ("Mystery", "open")]


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = CORE[name].columns()
    filled = [{column: row.get(column) for column in columns} for row in rows]
    return CORE[name].cast(pl.DataFrame(filled, schema={c: d.dtype for c, d in columns.items()}))


def stages(optional: str = "") -> pl.DataFrame:
    return table(
        "stages",
        [
            {
                "funnel_name": "F",
                "stage_name": name,
                "stage_type": kind,
                "stage_order": order,
                "is_optional": name == optional,
                "is_unmapped": name == "Mystery",
                "is_ordered": True,
            }
            for order, (name, kind) in enumerate(STAGES, start=1)
        ],
    )


def facts(
    deals: list[dict[str, Any]], changes: list[tuple[str, str, datetime | None]], optional: str = "", zone: str = "UTC"
) -> dict[str, pl.DataFrame]:
    rows = [
        {"deal_id": d, "change_number": n, "funnel_name": "F", "stage_name": s, "entered_at": t, "is_implied": False}
        for n, (d, s, t) in enumerate(changes, start=1)
    ]
    whole = [{"funnel_name": "F", "history": "events", "outcome": "open", **deal} for deal in deals]
    core = {"deals": table("deals", whole), "stage_changes": table("stage_changes", rows), "stages": stages(optional)}
    built = build_facts(core, as_of=AS_OF, zone=zone)
    for name, schema in FACTS.items():
        schema.validate(built[name], cast=True)
    return built


def test_a_deal_that_goes_straight_through() -> None:
    built = facts(
        [
            {
                "deal_id": "a",
                "stage_name": "Won",
                "outcome": "won",
                "created_at": at(1),
                "closed_at": at(11),
                "amount": 5,
            }
        ],
        [("a", "New", at(1)), ("a", "Call", at(3)), ("a", "Offer", at(7)), ("a", "Won", at(11))],
    )
    assert built["visits"].select("stage_name", "exit", "days").rows() == [
        ("New", "advanced", 2.0),
        ("Call", "advanced", 4.0),
        ("Offer", "advanced", 4.0),
        ("Won", "still_there", 20.0),  # 11 to 31 January
    ]
    deal = built["deals"].row(0, named=True)
    assert (deal["cycle_days"], deal["furthest_order"], deal["visits_count"], deal["skips_count"]) == (10.0, 4, 4, 0)
    assert (deal["back_moves_count"], deal["reopens_count"], deal["amount"]) == (0, 0, Decimal("5.00"))


def test_skips_moves_back_and_the_stage_of_the_loss() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "Lost", "outcome": "lost", "created_at": at(1), "closed_at": at(9)}],
        [("a", "New", at(1)), ("a", "Offer", at(2)), ("a", "Call", at(4)), ("a", "Lost", at(9))],
    )
    assert built["visits"]["exit"].to_list() == ["advanced", "moved_back", "lost", "still_there"]
    deal = built["deals"].row(0, named=True)
    # New → Offer passes over Call; Offer → Call goes back; lost from Call, though it had been in Offer.
    assert (deal["skips_count"], deal["back_moves_count"], deal["lost_stage_name"]) == (1, 1, "Call")
    assert (deal["furthest_order"], deal["cycle_days"]) == (3, 8.0)


def test_passing_over_an_optional_stage_is_no_skip() -> None:
    deal = {"deal_id": "a", "stage_name": "Offer", "created_at": at(1)}
    changes = [("a", "New", at(1)), ("a", "Offer", at(2))]
    assert facts([deal], changes)["deals"]["skips_count"].item() == 1
    assert facts([deal], changes, optional="Call")["deals"]["skips_count"].item() == 0


def test_a_deal_won_twice_counts_once_with_its_first_cycle_and_its_last_day() -> None:
    built = facts(
        [
            {
                "deal_id": "a",
                "stage_name": "Won",
                "outcome": "won",
                "created_at": at(1),
                "closed_at": at(20),
                "amount": 7,
            }
        ],
        [("a", "New", at(1)), ("a", "Won", at(5)), ("a", "Call", at(12)), ("a", "Won", at(20))],
    )
    deal = built["deals"].row(0, named=True)
    assert (deal["cycle_days"], deal["closed_on"].day, deal["reopens_count"]) == (4.0, 20, 1)
    assert built["visits"]["exit"].to_list() == ["advanced", "moved_back", "advanced", "still_there"]


def test_a_deal_lost_and_opened_again_is_open() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "New", "created_at": at(1), "closed_at": at(5)}],
        [("a", "New", at(1)), ("a", "Lost", at(5)), ("a", "New", at(8))],
    )
    deal = built["deals"].row(0, named=True)
    assert (deal["closed_on"], deal["cycle_days"], deal["age_days"], deal["lost_stage_name"]) == (
        None,
        None,
        30.0,
        None,
    )
    assert deal["reopens_count"] == 1


def test_a_second_event_for_the_same_stage_starts_no_new_visit() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "Call", "created_at": at(1)}],
        [("a", "New", at(1)), ("a", "New", at(2)), ("a", "Call", at(4)), ("a", "Call", at(4))],
    )
    assert built["visits"].select("visit_number", "stage_name", "days").rows() == [(1, "New", 3.0), (2, "Call", 27.0)]


def test_several_stages_in_one_minute_are_visits_of_no_length() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "Offer", "created_at": at(1)}],
        [("a", "New", at(1)), ("a", "Call", at(1)), ("a", "Offer", at(1))],
    )
    assert built["visits"]["days"].to_list() == [0.0, 0.0, 30.0]


def test_a_stage_outside_the_dictionary_is_kept_and_hands_off() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "Call", "created_at": at(1)}],
        [("a", "New", at(1)), ("a", "Mystery", at(2)), ("a", "Call", at(3))],
    )
    assert built["visits"].select("stage_name", "stage_order", "exit").rows() == [
        ("New", 1, "handed_off"),
        ("Mystery", None, "handed_off"),
        ("Call", 2, "still_there"),
    ]


def test_a_visit_of_unknown_time_has_no_length() -> None:
    built = facts(
        [{"deal_id": "a", "stage_name": "Call", "created_at": None}], [("a", "New", None), ("a", "Call", None)]
    )
    assert built["visits"]["days"].to_list() == [None, None]
    assert built["deals"]["age_days"].item() is None


def test_days_belong_to_the_companys_zone() -> None:
    deal = {"deal_id": "a", "outcome": "won", "created_at": at(1, 22), "closed_at": at(2, 22)}
    moscow = facts([deal], [], zone="Europe/Moscow")["deals"].row(0, named=True)
    assert (moscow["created_on"].day, moscow["closed_on"].day) == (2, 3)


def test_dates_without_a_time_are_whole_days_apart_over_summer_time() -> None:
    berlin = "Europe/Berlin"
    created = datetime(2026, 3, 27, 23, tzinfo=UTC)  # midnight of the 28th in Berlin
    closed = datetime(2026, 3, 29, 22, tzinfo=UTC)  # midnight of the 30th, an hour earlier by the clock of UTC
    core = {
        "deals": table(
            "deals",
            [
                {
                    "deal_id": "a",
                    "funnel_name": "F",
                    "outcome": "won",
                    "history": "implied",
                    "created_at": created,
                    "closed_at": closed,
                }
            ],
        ),
        "stage_changes": table("stage_changes", []),
        "stages": stages(),
    }
    built = build_facts(core, as_of=datetime(2026, 4, 1, tzinfo=UTC), zone=berlin)
    assert built["deals"]["cycle_days"].item() == 2.0


def as_core(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Turn facts back into the core table they came from; what facts do not keep is null."""
    columns = [pl.col(c) if c in rows.columns else pl.lit(None).alias(c) for c in CORE[name].columns()]
    return CORE[name].cast(rows.select(columns))


@pytest.mark.parametrize("parts", [2])
@examples(15)
@given(company=companies())
def test_facts_of_the_parts_are_the_facts_of_the_whole(parts: int, company: Any) -> None:
    as_of, zone = company.as_of, company.zone
    changes = company.visits.rename({"visit_number": "change_number"})
    core = {
        "deals": as_core("deals", company.deals),
        "stage_changes": as_core("stage_changes", changes),
        "stages": company.stages,
    }
    whole = build_facts(core, as_of=as_of, zone=zone)
    ids = core["deals"]["deal_id"].to_list()
    built = []
    for part in range(parts):
        mine = pl.Series(ids[part::parts], dtype=pl.String).implode()
        sliced = {
            name: rows.filter(pl.col("deal_id").is_in(mine)) for name, rows in core.items() if "deal_id" in rows.columns
        }
        built.append(build_facts({**core, **sliced}, as_of=as_of, zone=zone))
    for name in ("deals", "visits"):
        together = pl.concat([one[name] for one in built]).sort(FACTS[name].primary_key())
        assert_frame_equal(together, whole[name].sort(FACTS[name].primary_key()), rel_tol=1e-12)
