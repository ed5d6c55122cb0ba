"""Scorecards and transcripts through a real load; moved due days over several exports; and what a build must satisfy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from company_activity import at, call, core_of, deal, facts_of, out
from crm_company import Company

from pipelines.checks_activity import activity_identities
from pipelines.settings import Script, Settings
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import read_tables

DEALS = """
Номер сделки,Этап,Сумма,Дата создания,Дата закрытия,Код клиента,Телефон,Итог
1,Новая,100,2026-01-10 10:00,,c1,8 916 000-00-01,
"""
CALLS = """
Номер звонка,Начало звонка,Откуда,Куда,Направление,Разговор,Менеджер
7,2026-01-11 09:00,+79160000001,+74950000000,Входящий,60,Анна
"""
SCORES = """
Номер звонка,Критерий,Оценка,Высшая оценка,Кто оценил,Менеджер
7,Приветствие,4,5,Олег,
7,Приветствие,3,5,Ирина,
99,Приветствие,2.5,,Олег,Борис
"""
TRANSCRIPTS = """
Номер звонка,Текст разговора
7,"Здравствуйте! Меня зовут Анна. Ещё раз: здравствуйте, меня зовут Анна. Это, ну, не проблема, не проблемы."
"""
SETTINGS = """zone = "UTC"
[script]
phrases = ["Здравствуйте, меня зовут", "еще раз", "Что-нибудь ещё?"]
stop_words = ["ну", "не проблема", "проблем", "(сумма)"]
"""


def test_scores_and_transcripts_of_a_load(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.home.settings_file.write_text(SETTINGS, encoding="utf-8")
    company.load(DEALS, CALLS, SCORES, TRANSCRIPTS)
    again = company.load(SCORES.replace("7,Приветствие,4", "7,Приветствие,5"))
    rows = again.scores.filter(pl.col("kind") == "score").sort("score")
    columns = ("call_id", "manager_name", "criterion", "rater", "score", "top_score", "scored_on")
    assert rows.select(columns).rows() == [
        ("99", "Борис", "Приветствие", "Олег", 2.5, None, None),
        ("voronka:7", "Анна", "Приветствие", "Ирина", 3.0, 5.0, date(2026, 1, 11)),
        ("voronka:7", "Анна", "Приветствие", "Олег", 5.0, 5.0, date(2026, 1, 11)),
    ]
    said = again.scores.filter(pl.col("kind") != "score").select("kind", "criterion", "score", "manager_name")
    assert set(said.rows()) == {
        ("script", "Здравствуйте, меня зовут", 2.0, "Анна"),
        ("script", "еще раз", 1.0, "Анна"),
        ("script", "Что-нибудь ещё?", 0.0, "Анна"),
        ("stop_word", "ну", 1.0, "Анна"),
        ("stop_word", "не проблема", 1.0, "Анна"),
        ("stop_word", "проблем", 0.0, "Анна"),
        ("stop_word", "(сумма)", 0.0, "Анна"),
    }


def test_phrases_that_are_the_same_are_looked_for_once() -> None:
    script = Script(phrases=("Ещё раз", "еще, раз!", "—"))
    made = facts_of(
        Settings(script=script), transcripts=[{"call_id": "1", "text": "еще раз"}, {"call_id": "2", "text": ""}]
    )
    assert made["scores"].select("call_id", "criterion", "score").rows() == [("1", "Ещё раз", 1), ("2", "Ещё раз", 0)]


NEXT = """
Номер сделки,Этап,Сумма,Дата создания,Код клиента,Менеджер,Дата следующего контакта
1,Новая,100,10.01.2026 10:00,c1,Анна,{}
2,Новая,100,10.01.2026 10:00,c1,Анна,
"""
TASKS = """
Номер задачи,Номер сделки,Задача,Срок,Дата выполнения,Результат
3,1,Перезвонить,{},,{}
4,1,Позвонить,12.01.2026,,
"""


def test_due_days_that_were_moved_are_counted_over_exports(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.home.settings_file.write_text('zone = "UTC"\n', encoding="utf-8")
    for due, result in (("12.01.2026 10:00", ""), ("12.01.2026 18:00", ""), ("20.01.2026", "ждёт")):
        facts = company.load(NEXT.format(due), TASKS.format(due, result))
    columns = ("promise_id", "promise_name", "due_on", "moved_count", "client_id", "manager_name", "outcome")
    assert facts.promises.sort("promise_id").select(columns).rows() == [
        ("task 3", "Перезвонить", date(2026, 1, 20), 1, "c1", None, "not_due"),
        ("task 4", "Позвонить", date(2026, 1, 12), 0, "c1", None, "not_due"),
        ("task next contact 1", None, date(2026, 1, 20), 1, "c1", "Анна", "not_due"),
    ]
    assert facts.responses["next_step_on"].to_list() == [date(2026, 1, 12), None]
    snapshot = current_snapshot(company.home)
    assert snapshot is not None
    tasks = read_tables(snapshot, ["core.tasks"])["core.tasks"].sort("task_id")
    assert tasks["result"].to_list() == ["ждёт", None, None]


TABLES: dict[str, Any] = {
    "deals": [deal(at(2, 9))],
    "calls": [call("a", at(2, 10)), call("b", at(2, 10, 5)), out("c", at(2, 10, 30), 60)],
    "tasks": [{"task_id": "1", "client_id": "c1", "due_at": at(5, 9)}, {"task_id": "2", "client_id": "c1"}],
}


def test_the_identities_of_a_build_hold() -> None:
    found = list(activity_identities(core_of(**TABLES), facts_of(**TABLES)))
    assert [(expected, one) for _, _, expected, one in found] == [(3, 3), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1)]


@pytest.mark.parametrize("name", ["calls", "promises", "responses"])
def test_a_lost_row_breaks_an_identity(name: str) -> None:
    facts = facts_of(**TABLES)
    broken = {**facts, name: facts[name].tail(facts[name].height - 1)}
    assert any(expected != found for _, _, expected, found in activity_identities(core_of(**TABLES), broken))
