"""What rows tell together: a dump of changes is a history, a number on several rows is asked about, ends leave marks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from proposals import sheet_of

from dashboard.access import open_facts
from pipelines.load import load
from pipelines.parse import as_day
from pipelines.profile import Column, Table
from pipelines.propose import accepted, answered, dry_run, profile_of, propose, questions, to_toml
from pipelines.settings import Home
from pipelines.staging import typed

CHANGES = """objectId,property,value,timestamp
501,dealstage,new,2026-01-01 10:00
501,amount,1200,2026-01-01 10:00
501,dealstage,offer,2026-01-03 11:00
502,dealstage,new,2026-01-04 09:00
501,dealstage,closedwon,2026-01-09 15:00
502,amount,300,2026-01-05 09:00
502,hubspot_owner_id,77,2026-01-06 09:00
502,dealstage,closedlost,2026-01-15 12:00
"""
LINES = """Накладная;Дата;Покупатель;Что взяли;Сумма, руб;Торгпред
101;01.03.2026;ООО «Ива»;Сыр;1000,00;Ганин
101;01.03.2026;ООО «Ива»;Масло;500,00;Ганин
102;02.03.2026;ООО «Клён»;Сыр;700,00;Маслова
103;03.03.2026;ООО «Ива»;Сыр;900,00;Ганин
103;03.03.2026;ООО «Ива»;Кефир;100,00;Ганин
103;03.03.2026;ООО «Ива»;Молоко;250,00;Ганин
104;04.03.2026;ООО «Дуб»;Масло;300,00;Маслова
"""
VERSIONS = """Номер сделки;Дата создания;Клиент;Сумма, руб;Этап
101;01.03.2026;Ива;1000,00;Новая
101;01.03.2026;Ива;1200,00;Продано
102;02.03.2026;Клён;700,00;Новая
103;03.03.2026;Дуб;900,00;Новая
103;03.03.2026;Дуб;900,00;Отказ
"""


def saved(text: str, folder: Path, name: str, *answers: tuple[str, object]) -> Home:
    """Map a text as proposed, answers laid over it, and load it into a home of its own."""
    home = Home(folder / "home")
    home.mappings.mkdir(parents=True)
    proposal = accepted(answered(propose(sheet_of(text)), dict(answers)))
    (home.mappings / "own.toml").write_text(to_toml(proposal, name), encoding="utf-8")
    file = folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    load([file], home)
    return home


def test_a_dump_of_changes_is_a_history_of_stages(tmp_path: Path) -> None:
    proposal = propose(sheet_of(CHANGES))
    assert (proposal.kind, proposal.confidence > 0.8) == ("stages", True)
    headings = {ours: proposal.heading(ours) for ours in ("deal_id", "stage_name", "entered_at")}
    assert headings == {"deal_id": "objectId", "stage_name": "value", "entered_at": "timestamp"}
    assert profile_of(proposal, "x").table[0].where == {"property": ("dealstage",)}
    words = next(one for one in questions(proposal) if one.key == "means.stage_name")
    assert {item.word for item in words.items} == {"new", "offer", "closedwon", "closedlost"}
    visits = open_facts(saved(CHANGES, tmp_path, "changes", ("deals", "made"))).visits
    assert sorted(visits["stage_name"].cast(pl.String).to_list()) == ["closedlost", "closedwon", "new", "new", "offer"]


def test_a_dump_without_a_known_property_asks_which_rows_are_stages() -> None:
    proposal = propose(sheet_of(CHANGES.replace("dealstage", "шаг")))
    assert proposal.kind == "stages"
    question = next(one for one in questions(proposal) if one.key == "where")
    assert {option.value for option in question.options} == {"шаг", "amount", "hubspot_owner_id", ""}
    told = answered(proposal, {"where": "шаг"})
    assert profile_of(told, "x").table[0].where == {"property": ("шаг",)}
    assert not any(one.key == "where" for one in questions(told))


MOVES = """Номер заявки;Было;Стало;Когда поменяли
1;;Новая;01.02.2026 10:00
1;Новая;Замер;02.02.2026 11:00
1;Замер;Продано;15.02.2026 11:00
2;;Новая;03.02.2026 09:00
2;Новая;Замер;16.02.2026 09:00
3;;Новая;14.02.2026 09:00
3;Новая;Отказ;16.02.2026 09:00
"""


def test_from_one_stage_to_another_is_a_history_too(tmp_path: Path) -> None:
    proposal = propose(sheet_of(MOVES))
    assert proposal.kind == "stages"
    assert proposal.heading("stage_name") == "Стало"
    question = next(one for one in questions(proposal) if one.key == "deals")
    assert question.proposed == "listed"
    assert profile_of(accepted(proposal), "x").event_log is None
    facts = open_facts(saved(MOVES, tmp_path, "moves", ("deals", "made")))
    assert facts.deals.height == 3
    assert facts.visits.height == 7


def test_lines_of_one_deal_are_asked_about_and_add_up(tmp_path: Path) -> None:
    proposal = propose(sheet_of(LINES))
    assert proposal.heading("deal_id") == "Накладная"
    question = next(one for one in questions(proposal) if one.key == "repeats")
    assert question.proposed == "lines"
    assert "101 ×2" in str(question.text)
    assert "Что взяли" in str(question.evidence[0])
    deals = open_facts(saved(LINES, tmp_path, "lines")).deals
    assert deals.height == 4
    assert float(deals["amount"].sum()) == 3750.0


def test_newer_versions_of_a_deal_are_not_taken_for_its_lines(tmp_path: Path) -> None:
    question = next(one for one in questions(propose(sheet_of(VERSIONS))) if one.key == "repeats")
    assert question.proposed == "last"
    run = dry_run(sheet_of(VERSIONS), profile_of(propose(sheet_of(VERSIONS)), "x"))
    assert (run.rows_in, run.accepted, run.quarantined) == (5, 3, 2)


def test_a_column_filled_only_at_an_end_is_told_by_that() -> None:
    rows = (
        [("Кедр", "ушли", "дорого", "")] * 4
        + [("Лист", "едут", "", "12.02.2026")] * 4
        + [("Мох", "думают", "", "")] * 4
    )
    text = "№;Когда;Имя;Как стоит;Фраза;Рубеж\n" + "".join(
        f"А{at};{at + 1:02}.01.2026;{name};{state};{why};{end}\n" for at, (name, state, why, end) in enumerate(rows)
    )
    proposal = propose(sheet_of(text), kind="deals")
    assert proposal.heading("refusal_reason") == "Фраза"
    assert proposal.heading("closed_at") == "Рубеж"


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        ("Предоплата", "amount"),
        ("Дата рождения", "created_at"),
        ("Комментарий", "deal_name"),
        ("Скидка, руб", "amount"),
    ],
)
def test_what_we_do_not_keep_is_not_taken_for_what_we_keep(heading: str, ours: str) -> None:
    cells = {"created_at": "0{}.02.1990", "deal_name": "звонили {}"}.get(ours, "{}00")
    text = f"Номер сделки;Дата заявки;Клиент;Сумма;{heading}\n" + "".join(
        f"А{n};0{n}.03.2026;Клиент {n};{n}5 000;{cells.format(n)}\n" for n in range(1, 8)
    )
    assert propose(sheet_of(text), kind="deals").heading(ours) != heading


def test_what_nobody_said_is_not_called_an_answer() -> None:
    proposal = propose(sheet_of(LINES))
    taken = accepted(proposal)
    assert questions(taken) == ()
    asked = {one.key.removeprefix("heading.") for one in questions(proposal) if one.key.startswith("heading.")}
    assert asked
    for ours in asked:
        column = taken.column(ours)
        assert column is not None
        assert column.heading is None or "taken as proposed" in [str(reason) for reason in column.reasons]
        assert column.confidence < 0.65
    told = answered(taken, {"heading.manager_name": "Торгпред"}).column("manager_name")
    assert told is not None and [str(reason) for reason in told.reasons] == ["you said so"]


def test_thousands_and_millions_are_written_out() -> None:
    notes = propose(
        sheet_of("Месяц;Менеджер;План, млн руб.\n01.01.2026;Анна;5\n01.02.2026;Олег;4\n"), kind="plans"
    ).notes
    assert any("1\u00a0000\u00a0000" in str(note) for note in notes)


def test_a_month_in_words_is_a_month_of_a_plan_and_no_day_of_a_deal() -> None:
    text = "Месяц;Менеджер;План, руб\nсентябрь 2026;Анна;5\nСент. 2026 г.;Олег;4\nмай 2026;Олег;4\n"
    told = propose(sheet_of(text), kind="plans").column("month_on")
    assert told is not None and told.confidence > 0.9
    written = pl.Series(["сентябрь 2026", "Sept. 2026", "октябрь 2026 г.", "март 2026", "5 мая 2026", "x", None])
    days = [date(2026, month, 1) for month in (9, 9, 10, 3)] + [date(2026, 5, 5), None, None]
    assert (
        typed(
            written.alias("month_on"),
            "day",
            Column.model_validate({"from": "Месяц"}),
            Table(name="t", kind="plans", columns={}),
            "Europe/Moscow",
        ).to_list()
        == days
    )
    assert as_day(written, (), "Europe/Moscow").to_list() == [None] * 4 + days[4:]


@pytest.mark.parametrize(
    ("heading", "scale"),
    [("Стоимость (т.р.)", 1000), ("Сумма, тыс. руб", 1000), ("Сумма, т. р.", 1000), ("Amount, $k", 1000), ("Бюджет, млн ₽", 1e6),
     ("Сумма, руб.", None), ("Стоимость работ", None)],
)  # fmt: skip
def test_a_heading_tells_thousands(heading: str, scale: float | None) -> None:
    text = f'Номер сделки;Дата заявки;Клиент;"{heading}"\n' + "".join(
        f"А{n};0{n}.03.2026;Клиент {n};{n}5\n" for n in range(1, 8)
    )
    assert propose(sheet_of(text), kind="deals").settings.scales.get("amount") == scale


def test_a_word_of_an_end_with_signs_of_a_pattern_means_itself() -> None:
    text = "Номер сделки;Дата заявки;Клиент;Статус\n" + "".join(
        f"А{n};0{n}.03.2026;Клиент {n};{'Отказ [спам]' if n % 2 else 'Продано*'}\n" for n in range(1, 8)
    )
    outcomes = profile_of(accepted(propose(sheet_of(text), kind="deals")), "x").outcomes
    assert {*outcomes.won, *outcomes.lost, *outcomes.junk} == {"Продано[*]", "Отказ [[]спам]"}
