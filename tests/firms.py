"""Sheets of invented small firms: rows with a life of their own under headings of each firm's own invention."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from by_hand import ByHand

SURNAMES_TEXT = (
    "Гордеев Панфилов Чернов Юдин Акимов Балашов Вишняков Голиков Дорохов Ефремов Жилин Зимин Исаков Карпов Ларин"
)
GIVEN_TEXT = "Антон Борис Валерий Глеб Данила Егор Захар Кирилл Леонид Марк Никита Руслан Степан Тимур Фёдор"
WOMEN_TEXT = "Алла Белла Варвара Галина Диана Жанна Инна Лариса Майя Нина Раиса Софья Тамара Эльвира Яна"
FIRMS_TEXT = (
    "Вектор Горизонт Дельта Интерстрой Кристалл Меридиан Норд Олимп Персей Ресурс Сфера Титан Фаворит Эталон Юнитех"
)
ENGLISH_TEXT = "Adams Baker Clark Davies Evans Foster Graham Hughes Irving Jordan Keller Lawson Mason Norris Owens"
FIRST_TEXT = "Adele Bruce Carol Derek Edith Frank Gloria Howard Irene Keith Lydia Miles Nora Owen Ruth"
LIMITED_TEXT = "Arrow Bright Canyon Dover Eagle Falcon Granite Harvest Iron Jasper Keystone Lunar Maple Nordic Orbit"

SURNAMES, GIVEN, WOMEN, FIRMS = (text.split(" ") for text in (SURNAMES_TEXT, GIVEN_TEXT, WOMEN_TEXT, FIRMS_TEXT))
ENGLISH, FIRST, LIMITED = (text.split(" ") for text in (ENGLISH_TEXT, FIRST_TEXT, LIMITED_TEXT))


@dataclass(frozen=True)
class Case:
    """One row's life: when it began and ended, how it stands, and dice for all else."""

    number: int
    dice: Random
    began: date
    ended: date | None
    state: str


Maker = Callable[[Case], str]


def sheet(
    name: str,
    kind: str,
    *columns: tuple[str, str | None, Maker],
    rows: int = 40,
    delimiter: str = ";",
    fine: Sequence[tuple[str, str]] = (),
    top: Sequence[Sequence[str]] = (),
) -> ByHand:
    """Write a sheet: per column its heading, which of our columns it is (None: none), and how its cells are made."""
    dice = Random(name)
    began = date(2026, 1, 12)
    lines: list[list[str]] = [*map(list, top), [heading for heading, _, _ in columns]]
    for number in range(1, rows + 1):
        began += timedelta(days=dice.choice((0, 0, 1, 1, 2)))
        state = dice.choices(("won", "lost", "open"), (4, 4, 3))[0]
        ended = None if state == "open" else began + timedelta(days=dice.randint(1, 25))
        case = Case(number, dice, began, ended, state)
        lines.append([make(case) for _, _, make in columns])
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(lines)
    mapped = {ours: heading for heading, ours, _ in columns if ours}
    return ByHand(name, text.getvalue(), kind, mapped, fine=tuple(fine))


def day(form: str = "%d.%m.%Y", *, plus: int = 0, chance: float = 1.0) -> Maker:
    return lambda case: (
        (case.began + timedelta(days=case.dice.randint(0, plus))).strftime(form) if case.dice.random() < chance else ""
    )


def moment(form: str = "%d.%m.%Y %H:%M") -> Maker:
    def make(case: Case) -> str:
        clock = f"{case.dice.randint(9, 19):02}:{case.dice.randint(0, 59):02}:{case.dice.randint(0, 59):02}"
        return case.began.strftime(form).replace("00:00:00", clock).replace("00:00", clock[:5])

    return make


def ended(form: str = "%d.%m.%Y", *states: str, otherwise: str = "") -> Maker:
    wanted = states or ("won", "lost")
    return lambda case: case.ended.strftime(form) if case.ended and case.state in wanted else otherwise


def later(form: str = "%d.%m.%Y", *, days: int = 40) -> Maker:
    return lambda case: (case.began + timedelta(days=days + case.dice.randint(0, 20))).strftime(form)


def few(*words: str, gaps: float = 0.0) -> Maker:
    return lambda case: "" if case.dice.random() < gaps else case.dice.choice(words)


def by_state(won: Sequence[str], lost: Sequence[str], opened: Sequence[str]) -> Maker:
    words = {"won": won, "lost": lost, "open": opened}
    return lambda case: case.dice.choice(words[case.state]) if words[case.state] else ""


def person(style: str = "surname name") -> Maker:
    def make(case: Case) -> str:
        place, woman = case.dice.randrange(15), case.dice.random() < 0.5
        surname = SURNAMES[case.dice.randrange(15)] + ("а" if woman else "")
        name = (WOMEN if woman else GIVEN)[place]
        english = f"{FIRST[place]} {ENGLISH[case.dice.randrange(15)]}"
        return {"surname name": f"{surname} {name}", "name": name, "english": english}[style]

    return make


def firm(style: str = "ооо") -> Maker:
    def make(case: Case) -> str:
        place = case.dice.randrange(15)
        form = case.dice.choice(("ООО", "ООО", "ИП", "АО"))
        named = (
            f"{form} «{FIRMS[place]}»"
            if form != "ИП"
            else f"ИП {SURNAMES[place]} {GIVEN[case.dice.randrange(15)][0]}.А."
        )
        return {
            "ооо": named,
            "plain": FIRMS[place],
            "ltd": f"{LIMITED[place]} {case.dice.choice(('Ltd', 'Inc', 'LLC'))}",
        }[style]

    return make


def phone(style: str = "+7 9{} {}-{}-{}") -> Maker:
    def make(case: Case) -> str:
        parts = (f"{case.dice.randint(10, 99)}", f"{case.dice.randint(100, 999)}", f"{case.dice.randint(10, 99)}")
        return style.format(*parts, f"{case.dice.randint(10, 99)}")

    return make


def mail(case: Case) -> str:
    return f"{case.dice.choice(LIMITED).lower()}{case.dice.randint(1, 99)}@mail.example"


def sum_of(low: int, high: int, step: int = 100, form: str = "{:,}", gaps: float = 0.0) -> Maker:
    def make(case: Case) -> str:
        amount = case.dice.randrange(low, high, step)
        told = form.replace("{:,}", f"{amount:,}".replace(",", " ")).replace("{}", str(amount))
        return "" if case.dice.random() < gaps else told

    return make


def number(low: int, high: int, form: str = "{}") -> Maker:
    return lambda case: form.format(case.dice.randint(low, high))


def count(form: str = "{}", start: int = 0) -> Maker:
    return lambda case: form.format(start + case.number)


def any_text(*words: str, gaps: float = 0.4) -> Maker:
    """Free remarks: a few words put together, seldom twice the same."""
    return lambda case: (
        ""
        if case.dice.random() < gaps
        else " ".join(case.dice.sample(words, min(3, len(words)))) + f" {case.dice.randint(1, 400)}"
    )
