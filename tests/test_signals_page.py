"""The overview says what was unusual last week: the sentences of the analysis, each opening as many rows as it counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from companies import deals_of, facts_with
from test_pages import company, everything_said, listed, opened  # noqa: F401
from test_signals import AS_OF, ROWS, leads, swinging
from test_signals import company as firm

from dashboard.access import Facts, open_facts
from dashboard.analyses.signals import in_sentences, signals
from dashboard.filters import Filter, Notice
from dashboard.i18n import Locale
from dashboard.metrics.measure import foundations, rows_behind
from dashboard.metrics.registry import METRICS
from dashboard.reports.contents import report
from dashboard.ui import signal_blocks
from dashboard.ui.behind import OfMetric, made
from pipelines.settings import find_home


def sentences_shown(app: Any) -> list[str]:
    buttons = [one for one in app.button if str(one.key).startswith("signal_")]
    return [one.label.replace("\\", "").replace("\u2060", "") for one in buttons]


def test_each_sentence_opens_the_rows_that_make_its_number(company: Any) -> None:  # noqa: F811
    facts = firm(ROWS)
    company(facts)
    app = opened("overview", {"lang": "ru"})
    answer = signals(facts, Filter())
    assert sentences_shown(app) == [one.said(Locale("ru")) for one in answer.sentences[:2]]
    app.button(key="signal_0").click().run()
    assert not app.exception
    assert listed(app, "number") == ["signals", "leads", "", "", "value"]
    assert "60 сделок" in everything_said(app)
    lists = [len(table.value) for table in app.dataframe if "deal_id" in table.value.columns]
    assert lists == [60]
    part = opened("overview", {"lang": "en", "number": ["signals", "win_rate", "manager", "Anna", "value"]})
    assert "23 Mar – 29 Mar 2026 · Anna: Win rate" in everything_said(part)
    assert [len(table.value) for table in part.dataframe if "deal_id" in table.value.columns] == [20]
    strange = opened("overview", {"lang": "en", "number": ["signals", "leads", "", "", "low"]})
    assert not strange.exception and "a number that this table does not hold" in everything_said(strange)


def test_every_signal_of_the_invented_company_is_what_its_rows_make(demo_home: Path) -> None:
    facts = open_facts(find_home(demo_home))
    for chosen in (Filter(), Filter(channels=("Сайт", "Яндекс.Директ"))):
        for row in signals(facts, chosen).frame.to_dicts():
            name = (row["metric_name"], row["by"], row["segment"] or "")
            told = signal_blocks.behind(name)
            assert made(facts, chosen, told, {}) == pytest.approx(row["value"]), name
            (part,) = told.parts(facts, chosen, {})
            assert isinstance(part, OfMetric)
            (metric,) = foundations(METRICS[row["metric_name"]])
            assert rows_behind(facts, metric, part.filter, part.within).height == row["n"], name


def told_by(facts: Facts) -> tuple[Sequence[Notice], Sequence[Notice]]:
    """Part the sentences of the signals from those about them."""
    answer = signals(facts, Filter())
    count = in_sentences(answer.frame).height
    return answer.sentences[:count], answer.sentences[count:]


@pytest.mark.parametrize(
    ("rows", "told"),
    [(leads(swinging(30, 31)), "За неделю 23–29\u00a0марта ничего необычного. Чисел под наблюдением: 1."), ([], "Ни у одного числа нет 20")],
)  # fmt: skip
def test_a_quiet_week_is_one_quiet_line(company: Any, rows: list[dict[str, Any]], told: str) -> None:  # noqa: F811
    company(firm(rows))
    app = opened("overview", {"lang": "ru"})
    assert not app.exception and sentences_shown(app) == []
    assert told in everything_said(app)


def test_the_report_tells_it_among_what_needs_attention() -> None:
    facts = firm(ROWS)
    made_of = report(facts, Filter(), Locale("ru"))
    (section,) = [one for one in made_of.sections if one.name == "attention"]
    news, rest = [[one.said(Locale("ru")) for one in part] for part in told_by(facts)]
    assert section.finding == " ".join(news) and set(rest) <= set(section.notes)
    (table,) = [one for one in section.tables if one.name == "signals"]
    assert table.frame.height == 5 == in_sentences(table.frame).height + 3
    quiet = report(facts_with(deals_of(leads(swinging(30, 31))), AS_OF), Filter(), Locale("ru"))
    (section,) = [one for one in quiet.sections if one.name == "attention"]
    assert any("ничего необычного" in one for one in (section.finding, *section.notes))
