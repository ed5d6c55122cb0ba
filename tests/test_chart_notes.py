"""Changes noted in settings stand on the pictures by month, and the rule of touches on that of touches."""

from __future__ import annotations

from datetime import date

import pytest
from tiny_company import AS_OF, tiny_facts

from dashboard.charts.axis_dots import BORDER, AxisDot, axis_dots
from dashboard.charts.notes import noted, place
from dashboard.charts.theme import Chart
from dashboard.charts.trend import trend
from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.metrics.deals import LEADS
from dashboard.metrics.measure import measure
from dashboard.periods import Period
from dashboard.reports.svg import draw
from pipelines.thresholds import Note

RU = Locale("ru")
MONTHS = [date(2026, month, 1) for month in (4, 5, 6)]
SCRIPT = Note(date(2026, 5, 11), "Новый <b>скрипт</b>", {"manager": ("Иванова",)})


def drawn(*notes: Note, filter: Filter = Filter()) -> Chart:
    facts = tiny_facts()
    months = measure(facts, [LEADS], Filter(), by=("month",))
    plain = trend(months, LEADS, Period(), AS_OF.date(), RU, "RUB")
    return noted(plain, MONTHS, notes, filter, RU)


def test_a_note_is_a_line_with_a_number_and_is_told_below() -> None:
    chart = drawn(SCRIPT)
    (line,) = chart.figure["layout"]["shapes"]
    (mark,) = chart.figure["layout"]["annotations"]
    assert (line["x0"], line["x1"], mark["text"]) == ("2026-04-26T00:00", "2026-04-26T00:00", "<b>1</b>")
    assert tuple(one.replace("\u00a0", " ") for one in chart.notes) == (
        "Линия 1, 11 мая 2026: Новый <b>скрипт</b> (Иванова)",
    )
    assert "&lt;b&gt;" in mark["hovertext"]
    assert chart.alt.endswith(chart.notes[0])


@pytest.mark.parametrize(
    ("day", "at"),
    [
        # A bar stands on the first day of its month and is as wide as the month: its middle is the middle of the month.
        (date(2026, 4, 1), "2026-03-17T12:00"),
        (date(2026, 4, 30), "2026-04-15T12:00"),
        (date(2026, 5, 16), "2026-05-01T00:00"),
    ],
)
def test_a_note_stands_on_the_bar_of_its_month(day: date, at: str) -> None:
    assert place(day) == at


def test_notes_of_other_months_and_of_others_are_not_drawn() -> None:
    assert drawn(Note(date(2026, 3, 31), "Раньше"), Note(date(2026, 7, 1), "Позже")).notes == ()
    assert drawn(SCRIPT, filter=Filter(managers=("Петров",))).notes == ()
    assert len(drawn(SCRIPT, filter=Filter(managers=("Петров", "Иванова"))).notes) == 1
    assert "shapes" not in drawn().figure["layout"]


def test_a_report_draws_the_lines_of_notes() -> None:
    assert draw(drawn(SCRIPT)).count("stroke-dasharray") == draw(drawn()).count("stroke-dasharray") + 1


def test_a_border_stands_before_its_row() -> None:
    rows = [AxisDot(str(number), 0.5, None, None, "", "") for number in range(3)]
    figure = axis_dots(rows, [(0.0, "0"), (1.0, "1")], (0, 1), border=(2, "от 5"))
    assert [one["y0"] for one in figure["layout"]["shapes"]] == [2 + BORDER]
    assert figure["layout"]["annotations"][0]["text"] == "от 5"
