"""The order of stages that no history tells: the usual words first, the number of deals for the rest, and always called a guess."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from homes import put
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access import open_facts
from pipelines.core.stage_words import in_usual_order, usual_rank
from pipelines.load import load
from pipelines.settings import Home

FUNNELS = {
    "amoCRM": "Неразобранное, Первичный контакт, Переговоры, Принимают решение, Согласование договора",
    "Bitrix24": "Новая, Подготовка документов, Cчёт на предоплату, В работе, Финальный счёт",
    "Pipedrive": "Qualified, Demo Scheduled, Proposal Made, Negotiations Started",
    "Pipedrive, older": "Lead In, Contact Made, Demo Scheduled, Proposal Made, Negotiations Started",
    "HubSpot": "Appointment Scheduled, Presentation Scheduled, Decision Maker Bought-In, Contract Sent",
    "Salesforce": "Prospecting, Qualification, Needs Analysis, Value Proposition, Perception Analysis, "
    "Proposal/Price Quote, Negotiation/Review",
    "AdvantShop, older": "Новый, Созвон с клиентом, Выставление КП, Ожидание решения клиента",
    "a sheet": "Новая заявка, В работе, Квалификация, Отправили КП, Переговоры, Договор, Счёт выставлен, Отгрузка",
    "another": "Заявка с сайта, Звонок, Замер, Расчёт сметы, Торг, Заключение договора, Ожидание оплаты, Монтаж",
    "a third": "Лид, Договорились о встрече, Показ, Коммерческое предложение, Контракт, Предоплата, Доставка",
}


@pytest.mark.parametrize("funnel", FUNNELS)
def test_the_usual_funnels_stand_in_their_order_however_many_deals_a_stage_holds(funnel: str) -> None:
    stages = FUNNELS[funnel].split(", ")
    dice = random.Random(funnel)
    for _ in range(20):
        shuffled: list[tuple[str, float | None, int]] = [(name, None, dice.randint(0, 99)) for name in stages]
        dice.shuffle(shuffled)
        assert in_usual_order(shuffled) == stages


@pytest.mark.parametrize(
    "name", ["Отложено", "Ромашка", "Контроль качества", "Этап 3", "Renewals", "Перезвонить позже"]
)
def test_a_name_that_does_not_say_where_it_belongs_has_no_rank(name: str) -> None:
    assert usual_rank(name) is None


def test_unknown_names_stand_by_their_deals_between_the_known_ones() -> None:
    stages = [("Договор", None, 9), ("Сверка", None, 30), ("КП", None, 40), ("Новая", None, 5), ("Ожидание", None, 2)]
    assert in_usual_order(stages) == ["Новая", "КП", "Сверка", "Договор", "Ожидание"]


def test_what_deals_did_goes_before_words() -> None:
    """This firm signs before it offers, as its history tells; «Новая» is in no history and still comes first."""
    stages = [("КП", 0.9, 10), ("Договор", 0.4, 10), ("Новая", None, 3), ("Оплата", None, 50)]
    assert in_usual_order(stages) == ["Новая", "Договор", "КП", "Оплата"]


@given(st.dictionaries(st.text(max_size=5), st.tuples(st.none() | st.floats(0, 1), st.integers(0, 50)), max_size=8))
def test_every_stage_stands_once_and_those_with_places_by_them(stages: dict[str, tuple[float | None, int]]) -> None:
    ordered = in_usual_order([(name, *told) for name, told in stages.items()])
    assert sorted(ordered) == sorted(stages)
    places = [place for name in ordered if (place := stages[name][0]) is not None]
    assert places == sorted(places)


def test_a_list_without_history_begins_where_its_words_begin(tmp_path: Path) -> None:
    """Most deals stand in «Переговоры»: it was taken for the first stage, and every deal seemed to begin there."""
    home = Home(tmp_path / "home")
    stands = {"Переговоры": 9, "Новая заявка": 2, "Договор": 1, "Отправили КП": 4, "Успешно реализовано": 3}
    rows = [name for name, count in stands.items() for _ in range(count)]
    head = "ID;Название сделки;Бюджет;Ответственный;Дата создания;Этап сделки;Воронка\n"
    lines = (f"{at};;100;Зоя;01.09.2026 10:00;{name};Продажи\n" for at, name in enumerate(rows, start=1))
    load([put(home, "amo.csv", head + "".join(lines))], home)
    facts = open_facts(home)
    known = facts.stages.sort("stage_order").select("stage_name", "is_ordered").rows()
    expected = ["Новая заявка", "Отправили КП", "Переговоры", "Договор", "Успешно реализовано"]
    assert known == [(name, False) for name in expected]
    first = facts.visits.filter(visit_number=1)["stage_name"].unique().to_list()
    assert first == ["Новая заявка"]
