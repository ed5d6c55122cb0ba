"""What a manager's own kinds of deals let expect, from the deals of the others only."""

from __future__ import annotations

import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.casemix import adjusted, expected_by_cell, what_drives

deal = st.tuples(
    st.sampled_from(["Anna", "Boris", "Vera", None]), st.sampled_from(["site", "fair", None]), st.integers(0, 1)
)


def company(rows: list[tuple[str | None, str | None, int]]) -> pl.DataFrame:
    schema = {"manager": pl.String, "channel": pl.String, "is_won": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("is_won") == 1)


def kind(manager: str, channel: str, count: int, wins: int) -> list[tuple[str, str, int]]:
    return [(manager, channel, int(number < wins)) for number in range(count)]


@pytest.fixture
def star() -> pl.DataFrame:
    """The site sells 80 %, the fair 20 %, whoever works it; Anna is given the site."""
    return company(
        kind("Anna", "site", 90, 72)
        + kind("Anna", "fair", 10, 2)
        + kind("Boris", "site", 20, 16)
        + kind("Boris", "fair", 80, 16)
    )


def test_a_star_with_the_best_clients_is_as_good_as_the_rest(star: pl.DataFrame) -> None:
    found = {row["manager"]: row for row in adjusted(star, "manager", ["channel"], "is_won", strength=0).to_dicts()}
    assert (found["Anna"]["raw_share"], found["Boris"]["raw_share"]) == (0.74, 0.32)
    for name in ("Anna", "Boris"):
        assert found[name]["ratio"] == pytest.approx(1.0)
        assert found[name]["adjusted_share"] == pytest.approx(106 / 200)
        assert found[name]["ratio_low"] < 1 < found[name]["ratio_high"]
        assert found[name]["is_comparable"]


def test_a_cell_leans_on_the_wider_one(star: pl.DataFrame) -> None:
    """Anna's site: of Boris 16 of 20, leaning with 20 on his 32 of 100: (16 + 20·0.32)/40."""
    found = expected_by_cell(star, "manager", ["channel"], "is_won", strength=20)
    site = found.filter(manager="Anna", channel="site").row(0, named=True)
    assert (site["own_count"], site["own_wins"], site["others_count"], site["others_wins"]) == (90, 72, 20, 16)
    assert site["expected_share"] == pytest.approx((16 + 20 * 0.32) / 40)


def test_nobody_is_judged_by_his_own_deals() -> None:
    """Boris winning everything changes nothing in what is expected of Boris."""
    expectations = []
    for wins in (0, 10):
        rows = company(kind("Anna", "site", 30, 12) + kind("Boris", "site", 10, wins))
        found = expected_by_cell(rows, "manager", ["channel"], "is_won")
        expectations.append(found.filter(manager="Boris")["expected_share"].item())
    assert expectations[0] == expectations[1] == pytest.approx(0.4)


def test_alone_there_is_nothing_to_compare_with() -> None:
    found = adjusted(company(kind("Anna", "site", 30, 12)), "manager", ["channel"], "is_won").row(0, named=True)
    assert (found["expected"], found["ratio"], found["adjusted_share"]) == (None, None, None)
    assert (found["raw_share"], found["overlap_share"], found["is_comparable"]) == (0.4, 0, False)


def test_clients_of_ones_own_kind_are_not_compared(star: pl.DataFrame) -> None:
    rows = pl.concat([star, company(kind("Vera", "tender", 60, 30) + kind("Vera", "site", 40, 30))])
    found = adjusted(rows, "manager", ["channel"], "is_won").filter(manager="Vera").row(0, named=True)
    assert found["overlap_share"] == 0.4 and not found["is_comparable"]


def test_what_drives_it(star: pl.DataFrame) -> None:
    cells = expected_by_cell(star, "manager", ["channel"], "is_won", strength=0)
    found = what_drives(cells, "manager").filter(manager="Anna")
    assert found["effect"].to_list() == pytest.approx([0.7 * (0.8 - 0.32), -0.7 * (0.2 - 0.32)])
    assert cells.filter(manager="Anna")["expected_share"].to_list() == pytest.approx([0.2, 0.8])
    assert sum(found["effect"]) == pytest.approx(0.74 - 0.32)


@examples(40)
@given(st.lists(deal, min_size=1, max_size=40), st.sampled_from([0.0, 5.0, 20.0]))
def test_any_company_is_adjusted(rows: list, strength: float) -> None:
    deals = company(rows)
    cells = expected_by_cell(deals, "manager", ["channel"], "is_won", strength=strength)
    assert cells["own_count"].sum() == deals.height and cells["own_wins"].sum() == deals["is_won"].sum()
    assert (cells["own_count"] + cells["others_count"] <= deals.height).all()
    known = cells["expected_share"].drop_nulls()
    assert known.is_between(0, 1).all() and not known.is_nan().any()
    found = adjusted(deals, "manager", ["channel"], "is_won", strength=strength)
    assert found.height == deals["manager"].n_unique()
    assert found["deals_count"].sum() == deals.height
    assert (found["expected"].is_null() | (found["ratio"].is_finite())).all()
    shuffled = adjusted(
        deals.sample(fraction=1, shuffle=True, seed=3), "manager", ["channel"], "is_won", strength=strength
    )
    assert shuffled["expected"].to_list() == pytest.approx(found["expected"].to_list())
