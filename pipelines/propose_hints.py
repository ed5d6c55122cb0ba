"""What a heading hints at without naming it: «Кто …» is a person, «Что …» a product, and a deposit is not the amount.

A hint is weak by itself; with cells that agree it is worth proposing. Headings of things that we do not keep (remarks,
quantities, deposits, other people's days) speak against every column of ours.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.headings import fold_heading


def any_of(*patterns: str) -> re.Pattern[str]:
    """Compile alternatives into one pattern."""
    return re.compile("|".join(patterns))


OTHER_THINGS = any_of(
    r"\b(коммент|примеч|прим\b|замет|заметк|след(ующ\w*)? (шаг|действ|контакт)|что дальше|пожелан|особ\w+ отмет)",
    r"\b(remark|comment|notes?$|next (step|action|contact|call)|follow[- ]?up)",
    r"\b(предоплат|аванс|залог|задат|остат|долг|скидк|комисси|себестоим|маржа|прибыл|налог|наценк|кэшбэк|бонус)",
    r"\b(deposit|prepa|discount|commission|margin|balance|profit|tax\b|vat\b|cost price|down payment)",
    r"\b(кол во|кол-во|количеств|шт\b|штук|площад\w* м|метраж|вес\b|объем|размер|гостей|человек|взрослых|детей)",
    r"\b(показов\b|quantity|qty|seats|guests|pax|units|pieces|weight|size|headcount)",
    r"\b(за ед|за шт|за единиц|per unit|unit price|за м2|курс\b.*(валют|цб|у е))",
    r"\b(рожд|возраст|birth|age\b|паспорт|пол\b|passport|gender)",
    r"\b(вероятн|probab|оценка|рейтинг|rating|score|приоритет|priority|уровень|level\b|insurance|страховк)",
    r"\b(марка авто|марка машин|гос ?номер|номер авто|vin\b|пробег|mileage|plate)",
    r"\b(способ оплат|форма оплат|вид оплат|тип оплат|payment method|оплата\b$)",
    r"\b(ссылк|сайт компани|url\b|link\b|website\b$|telegram$|ник\b|nickname)",
    r"\b(кем созд|кто созд|создал\b|created by|modified by|кем измен)",
    r"\b(старый (статус|этап)|было\b|из этапа|old (stage|status)|from stage|previous|source ?type)",
)
OF_THE_SOLD = any_of(
    r"\b(дата|день|когда|время) (вылет|выезд|заезд|тур|мероприят|свадьб|визит|при[её]ма?\b|урок|занят|встреч|замер)",
    r"\b(дата|день|когда|время) (монтаж|достав|рожд|следующ|след|контакт|звонк)",
    r"\b(event|flight|departure|delivery|birth|next|meeting|visit|wedding|party|travel|check in|move in) (date|day|time)\b",
    r"\b(date|day) of (the )?(event|flight|departure|delivery|birth|meeting|visit|wedding|party|travel)",
    r"^(вылет|выезд|event (day|date)|отъезд|мероприят|гостевой визит|пробн\w* (урок|занят))",
)
"""Days of the thing that is sold, which are neither the day the deal began nor the day it ended."""
PEOPLE_WORK = any_of(
    r"^кто (?!звонил|обрат|купил|покуп|заказ|плат|клиент|летит|едет|пришел|такой)\w+$",
    r"^(вед[её]т|веду[тщ]|отвеч\w+|курир\w+|консультировал\w*|сменил\w*|оформ(ил|лял)\w*|принял\w*|продал\w*)$",
    r"^(обраб(отал|атывал)\w*|снял\w* трубк\w*|разговаривал\w*|ответил\w*|\w+ (вед[её]т|отвечает|работает))$",
    r"^(who \w+|\w+ by|\w+ after by|closer|planner|ae|bdm|sdr|am|front desk|rep)$",
)
TRADES = any_of(
    r"(щик|чик|ист|тор|тер|нер|жер|лтор|елтор|тель|ник|лог|вед|граф|дир|пред|раб)(\b|-|$)",
    r"(инженер|админ|дизайнер|механик|мастер|методист)(\b|-|$)",
    r"(er|or|ist|ian|ant)$",
)
PRODUCT = any_of(
    r"^что (?!решил|дальше|в итоге|случил|сказал|не )\w+$",
    r"^(на как\w+ \w+|как\w+ (тариф|курс|услуг|товар|пакет|язык)|куда (хочет|хотят|едет|едут|летит|летят))$",
    r"^(вид|тип|марка|модель|наименование|категория) (?!клиент|обращ|заяв|лид|оплат|контакт|звонк|сделк|покуп)\w+$",
    r"^(за чем \w+|.*\b(тура|курса|услуги|товара|программы|изделия)|интерес\w*)$",
    r"^(what .*|type of .*|(\w+ )?wanted|occasion|interest\w*)$",
)
REFUSED = any_of(r"почему|из.?за чего|потому что|из-за|возраж|why|because|objection|loss|lost")
BEGAN = any_of(
    r"пришл|поступ|обрат|обращ|запрос|заявк|приня|взял|в работу|записал|заезд|открыт|завел|при[её]мк|^от$|^число$",
    r"came in|inquir|enquir|opened|received|first|request|intake|appointment set",
)
ENDED = any_of(
    r"оплат|прода|закры|выдач|выдан|заверш|подписа|решени|сдан|сдали|установ|готов|получил",
    r"signed|finish|complet|close|paid|sold|actual",
)
RECEIVED = any_of(r"зачисл|пришл|приход|поступ|получ|оплач|заплат|перевел|got|received|paid")
ISSUED = any_of(r"выставл|выписа|сч[её]т от|sent|issued|billed")
STATE = any_of(
    r"^(статус|стади[яи]|этап|состояние|на каком|на ч[её]м остан|где сейчас|сейчас|готовность|status|stage|where|state|phase)\b"
    r"(?!.*(оплат|доставк|отгруз|сч[её]т|документ|звонк|задач|payment|delivery|call|task|invoice))"
)
ENDING = any_of(
    r"что решил|итог|^чем |закончил|кончил|исход|результат|купил",
    r"how it (went|ended)|outcome|result|verdict|did they",
)
CALLS = {
    "to_phone": any_of(r"^(куда|кому|на какой|наш)\b", r"^(our|to)\b"),
    "from_phone": any_of(r"^(кто звонил|откуда|чей|с как|номер клиента)", r"^(their|from)\b"),
}
EXPECTED = any_of(
    r"план|прогноз|ожида|предполаг|когда (купит|закроем|ждать)|срок (сделк|закрыт)",
    r"expect|forecast|target|planned|projected|anticipat|estimated (close|date)",
)
DUE = any_of(r"^(до|срок|к как|дедлайн|due|deadline|by)\b")
KIND_WORDS = {
    "invoices": any_of(r"\b(сч[её]т|сч[её]та|сч|invoice|bill)\b"),
    "calls": any_of(
        r"\b(звонк\w*|звонил\w*|вызова|трубк\w*|гудк\w*|абонент\w*|caller|call|dialed|ring|talk)\b",
    ),
}
ONLY_DEALS = frozenset(
    ("created_at", "closed_at", "refusal_reason", "product_name", "stage_name", "outcome", "expected_on")
)
HINTS: dict[str, tuple[re.Pattern[str], float]] = {
    "manager_name": (PEOPLE_WORK, 0.6),
    "product_name": (PRODUCT, 0.5),
    "refusal_reason": (REFUSED, 0.5),
    "created_at": (BEGAN, 0.5),
    "closed_at": (ENDED, 0.5),
    "stage_name": (STATE, 0.62),
    "outcome": (ENDING, 0.5),
    "expected_on": (EXPECTED, 0.6),
}


@lru_cache(maxsize=65_536)
def spelt(heading: str) -> str:
    """Fold a heading and put one space where it has other signs."""
    return re.sub(r"[^\w/-]+", " ", fold_heading(heading)).strip()


@lru_cache(maxsize=65_536)
def hint(kind: str, ours: str, heading: str) -> float:
    """Return how far a heading hints at one of our columns (0…0.6)."""
    words = spelt(heading)
    if ours == "manager_name" and kind != "managers" and len(words.split(" ")) <= 2 and TRADES.search(words):
        return 0.5
    if kind == "invoices" and ours in ("paid", "paid_on", "issued_on"):
        return 0.6 if (ISSUED if ours == "issued_on" else RECEIVED).search(words) else 0.0
    if kind == "calls" and ours in CALLS:
        return 0.5 if CALLS[ours].search(words) else 0.0
    if kind == "tasks" and ours == "due_at":
        return 0.6 if DUE.search(words) else 0.0
    if ours not in HINTS or (ours in ONLY_DEALS and kind != "deals"):
        return 0.0
    if ours == "outcome" and heading.rstrip().endswith("?"):
        return 0.5  # «Купил?», "Booked?"
    pattern, strength = HINTS[ours]
    return strength if pattern.search(words) else 0.0


def speaks_of(kind: str, heading: str) -> bool:
    """Tell whether a heading names the kind of thing the rows are."""
    return kind in KIND_WORDS and KIND_WORDS[kind].search(spelt(heading)) is not None


@lru_cache(maxsize=65_536)
def is_other_thing(ours: str, heading: str) -> bool:
    """Tell a heading of something that is none of our columns, or not this one."""
    words = spelt(heading)
    if ours == "closed_at" and EXPECTED.search(words):
        return True
    if ours in ("created_at", "closed_at", "expected_on", "updated_at"):
        return OF_THE_SOLD.search(words) is not None or OTHER_THINGS.search(words) is not None
    return OTHER_THINGS.search(words) is not None
