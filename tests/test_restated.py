"""A number that changed after it was reported is explained deal by deal, and the causes add up exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from homes import HEADING, put
from hypothesis import given, settings
from hypothesis import strategies as st
from test_pages import opened

from dashboard.access import open_facts
from dashboard.cli_reports import snapshot
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.periods import Period
from dashboard.reports import kept, restated
from dashboard.reports.kept import Kept
from pipelines.errors import InputError
from pipelines.load import load
from pipelines.settings import Home

RU = Locale("ru")
FEBRUARY = Filter(period=Period(date(2026, 2, 1), date(2026, 3, 1)))
WEEK_1 = (
    HEADING + "1;Куб;Петров;Продажа;100,50;01.02.2026;05.02.2026;\n2;Шар;Петров;Продажа;200;01.02.2026;06.02.2026;\n"
    "3;Овал;Петров;Продажа;300;01.02.2026;07.02.2026;\n4;Круг;Петров;В работе;400;01.02.2026;;\n"
    "5;Ромб;Петров;Продажа;500;01.02.2026;08.02.2026;\n6;Луч;Петров;Продажа;600;01.02.2026;09.02.2026;\n"
)
WEEK_2 = (
    HEADING + "1;Куб;Петров;Продажа;110,75;01.02.2026;05.02.2026;\n2;Шар;Петров;Продажа;200;01.02.2026;06.03.2026;\n"
    "3;Овал;Петров;Отказ;300;01.02.2026;07.02.2026;Дорого\n4;Круг;Петров;Продажа;400;01.02.2026;25.02.2026;\n"
    "6;Луч;Сидоров;Продажа;600;01.02.2026;09.02.2026;\n7;Нить;Петров;Продажа;700;20.02.2026;21.02.2026;\n"
)


def sums(answer):
    return {row["cause"]: (row["count"], row["amount"]) for row in answer.frame.to_dicts()}


def test_two_weeks_are_loaded_and_the_difference_closes_exactly(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    load([put(home, "неделя1.csv", WEEK_1)], home, kind="deals")
    first = kept.keep(home, open_facts(home), FEBRUARY, RU, formats=("parquet",))
    load([put(home, "неделя2.csv", WEEK_2)], home, kind="deals")
    second = kept.keep(home, open_facts(home), FEBRUARY, RU, formats=("parquet",))
    assert (first.manifest["figures"]["won"], second.manifest["figures"]["won"]) == ("5", "5")
    told = restated.compare(first, second)
    change = Decimal(second.manifest["figures"]["revenue"]) - Decimal(first.manifest["figures"]["revenue"])
    assert told.frame["amount"].sum() == change == Decimal("610.25")
    assert told.frame["count"].sum() == 0
    assert sums(told) == {
        restated.LATE: (1, Decimal(700)),
        restated.WON_LATER: (1, Decimal(400)),
        restated.EDITED: (0, Decimal("10.25")),
        restated.MOVED: (-1, Decimal(-200)),
        restated.UNWON: (-1, Decimal(-300)),
    }
    assert sums(restated.compare(second, second)) == {}
    printed = CliRunner().invoke(
        snapshot, ["--compare", first.name, second.name, "--home", str(home.path), "--lang", "ru"]
    )
    assert "внесены позже" in printed.output, printed.output


def test_reports_of_other_days_are_not_compared(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    load([put(home, "a.csv", WEEK_1)], home, kind="deals")
    one = kept.keep(home, open_facts(home), FEBRUARY, RU, formats=())
    other = kept.keep(home, open_facts(home), Filter(), RU, formats=())
    with pytest.raises(InputError):
        restated.compare(one, other)


def known(*rows):
    names = ("deal_id", "outcome", "closed_on", "amount", "manager_name", "counted")
    rest = dict.fromkeys(name for name in kept.KNOWN if name not in names)
    frame = [{**rest, **dict(zip(names, row, strict=True))} for row in rows]
    schema = dict.fromkeys(kept.KNOWN, pl.String) | {
        "closed_on": pl.Date,
        "amount": pl.Decimal(18, 2),
        "counted": pl.Boolean,
    }
    return pl.DataFrame(frame, schema=schema, orient="row")


DAY = date(2026, 2, 5)


def test_every_cause_by_hand():
    before = known(
        ("gone", "won", DAY, Decimal(10), "Анна", True),
        ("other", "won", DAY, Decimal(20), "Анна", True),
        ("same", "won", DAY, Decimal(30), "Анна", True),
    )
    after = known(("other", "won", DAY, Decimal(20), "Boris", False), ("same", "won", DAY, Decimal(30), "Анна", True))
    told = restated.bridge(before, after, won=-3, revenue=Decimal(-35))
    rows = {row["cause"]: (row["deals"], row["count"], row["amount"]) for row in told.to_dicts()}
    assert rows == {
        restated.DELETED: (1, -1, Decimal(-10)),
        restated.REOWNED: (1, -1, Decimal(-20)),
        restated.DEFINITION: (0, -1, Decimal(-5)),
    }


DEALS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(["won", "lost", "open"]), st.sampled_from([DAY, date(2026, 3, 5)]),
              st.sampled_from([None, Decimal(0), Decimal("10.50"), Decimal(99)]), st.sampled_from(["Анна", None]), st.booleans()),
)  # fmt: skip


@settings(max_examples=15)
@given(DEALS, DEALS)
def test_the_causes_always_add_up(before, after):
    frames, totals = [], []
    for side in (before, after):
        rows = [
            (id_, outcome, day, amount, who, counted and outcome == "won")
            for id_, (outcome, day, amount, who, counted) in side.items()
        ]
        frames.append(known(*rows))
        totals.append((sum(row[5] for row in rows), sum((row[3] or Decimal(0) for row in rows if row[5]), Decimal(0))))
    won, revenue = (totals[1][0] - totals[0][0], totals[1][1] - totals[0][1])
    told = restated.bridge(*frames, won=won, revenue=revenue)
    assert told["count"].sum() == won
    assert (told["amount"].sum() or 0) == revenue


def test_the_page_lists_the_archive_and_shows_the_bridge(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("VORONKA_HOME", str(home.path))
    load([put(home, "неделя1.csv", WEEK_1)], home, kind="deals")
    old = kept.keep(home, open_facts(home), FEBRUARY, RU, formats=("parquet",))
    load([put(home, "неделя2.csv", WEEK_2)], home, kind="deals")
    new = kept.keep(home, open_facts(home), FEBRUARY, RU, formats=("parquet",))
    for one in (old, new):  # each figure opens the deals as that report knew them
        app = opened("reports", {"part": "archive", "lang": "ru", "number": ["reports", one.name, "revenue"]})
        assert not app.exception
        assert len(app.dataframe[0].value) == 2
        deals = app.dataframe[1].value
        assert len(deals) == int(one.manifest["figures"]["won"])
        assert deals["amount"].sum() == pytest.approx(
            float(one.manifest["figures"]["revenue"]), abs=1
        )  # whole roubles are shown
    causes = restated.compare(old, new).frame
    assert causes.filter(pl.col("cause") != restated.DEFINITION).height > 2
    for cause, count in causes.select("cause", "deals").rows()[:3]:
        app = opened("reports", {"part": "changes", "lang": "ru", "number": ["bridge", cause, "deals"]})
        assert not app.exception
        assert len(app.dataframe[0].value) == causes.height
        assert cause == restated.DEFINITION or len(app.dataframe[1].value) == count


def test_the_two_reports_offered_first_are_of_the_same_days_and_the_older_data_is_the_earlier(tmp_path: Path) -> None:
    def made(hashed: str, start: str, as_of: str, snapshot: str) -> Kept:
        told = {"from": start, "to": "2026-10-26", "filter": {}, "as_of": as_of, "snapshot": snapshot}
        return Kept(tmp_path / f"{start}_2026-10-25-{hashed}", told)

    old = made("ffffffffff", "2026-10-19", "2026-10-31T07:00", "s000002")
    new = made("0000000000", "2026-10-19", "2026-11-05T07:00", "s000003")
    alone = made("aaaaaaaaaa", "2026-10-20", "2026-11-05T07:00", "s000003")
    found = [alone, old, new]
    assert restated.comparable(found) == [new, old]
    assert restated.same_question(new, found) == [old]
    assert restated.same_question(alone, found) == []
    assert restated.comparable([alone, new]) == []
