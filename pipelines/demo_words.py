"""Words and weights of the invented company: everything a person might want to change, and no code.

The company makes packing machines. No name here belongs to a real person or firm; stage codes have Bitrix24's shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY = date(2025, 5, 1)
LAST_DAY = date(2026, 10, 31)
MONTHS_COUNT = 18

NEW_SALES = "Новые продажи"
REPEAT_SALES = "Повторные продажи"
WON_STAGE = "Успешно реализовано"
LOST_STAGE = "Закрыто и не реализовано"


@dataclass(frozen=True)
class Stage:
    """A stage of the dictionary; ``usual_days`` and ``pass_share`` drive the invented history."""

    funnel: str
    name: str
    code: str
    type: str = "open"
    norm_days: float | None = None
    usual_days: float = 0.0
    pass_share: float = 0.0
    skip_share: float = 0.0
    exit_result: str = ""
    required_action: str = ""


def _new(name: str, code: str, norm: float, usual: float, passed: float, skip: float, result: str, act: str) -> Stage:
    return Stage(NEW_SALES, name, f"C1:{code}", "open", norm, usual, passed, skip, result, act)


def _repeat(name: str, code: str, norm: float, usual: float, passed: float, skip: float, done: str, act: str) -> Stage:
    return Stage(REPEAT_SALES, name, f"C2:{code}", "open", norm, usual, passed, skip, done, act)


STAGES: tuple[Stage, ...] = (
    _new("Новая заявка", "NEW", 1, 0.2, 0.44, 0.06, "Назначен ответственный", "Взять в работу в течение часа"),
    _new(
        "Первый контакт", "UC_3F7K1A", 2, 1.3, 0.60, 0.08, "Состоялся разговор", "Дозвониться, до трёх попыток в день"
    ),
    _new("Выявление потребности", "PREPARATION", 4, 2.5, 0.80, 0.07, "Заполнена анкета", "Спросить о сроке и бюджете"),
    _new("Подбор решения", "UC_8Q2M5D", 5, 3.0, 0.86, 0.20, "Согласована комплектация", "Показать два варианта"),
    _new(
        "Коммерческое предложение", "UC_KP41TX", 7, 4.5, 0.89, 0.06, "КП получено клиентом", "Позвонить на второй день"
    ),
    _new(
        "Переговоры", "EXECUTING", 10, 7.0, 0.87, 0.10, "Согласованы цена и срок", "Назначить встречу с решающим лицом"
    ),
    _new("Договор", "UC_6D9R0P", 7, 4.0, 0.92, 0.05, "Договор подписан", "Отправить проект в день согласия"),
    _new("Ожидание оплаты", "FINAL_INVOICE", 10, 5.0, 0.95, 0.0, "Деньги поступили", "Напомнить за день до срока"),
    Stage(NEW_SALES, WON_STAGE, "C1:WON", "won"),
    Stage(NEW_SALES, LOST_STAGE, "C1:LOSE", "lost"),
    _repeat("Запрос клиента", "NEW", 1, 0.4, 0.78, 0.08, "Запрос понятен", "Ответить в тот же день"),
    _repeat("Уточнение заказа", "PREPARATION", 3, 1.5, 0.78, 0.12, "Состав заказа согласован", "Сверить остатки"),
    _repeat("Счёт выставлен", "PREPAYMENT_INVOICE", 5, 2.0, 0.80, 0.06, "Счёт получен", "Предложить сопутствующее"),
    _repeat(
        "Согласование отгрузки", "EXECUTING", 5, 2.5, 0.88, 0.10, "Дата отгрузки назначена", "Связаться со складом"
    ),
    _repeat("Ожидание оплаты", "FINAL_INVOICE", 7, 3.0, 0.93, 0.0, "Деньги поступили", "Напомнить за день до срока"),
    Stage(REPEAT_SALES, WON_STAGE, "C2:WON", "won"),
    Stage(REPEAT_SALES, LOST_STAGE, "C2:LOSE", "lost"),
)


@dataclass(frozen=True)
class Manager:
    """A salesperson: ``skill`` is added to the log-odds of every step, ``load`` is the share of the team's leads."""

    name: str
    team: str
    home_region: str
    extension: str
    hired_on: date
    left_on: date | None = None
    load: float = 1.0
    skill: float = 0.0


TEAMS: dict[str, tuple[str, ...]] = {
    "Столица": ("Москва", "Северо-Запад", "Центр"),
    "Волга и Юг": ("Поволжье", "Юг", "Черноземье"),
    "Восток": ("Урал", "Сибирь", "Дальний Восток"),
}
REGIONS: tuple[str, ...] = tuple(region for regions in TEAMS.values() for region in regions)
REGION_WEIGHTS = (0.24, 0.11, 0.10, 0.13, 0.09, 0.07, 0.12, 0.09, 0.05)

MANAGERS: tuple[Manager, ...] = (
    Manager("Алевтина Берестова", "Столица", "Москва", "101", date(2019, 3, 11), load=1.2, skill=0.18),
    Manager("Глеб Журавлин", "Столица", "Москва", "102", date(2021, 9, 1), load=1.1),
    Manager("Семён Клёнов", "Столица", "Северо-Запад", "103", date(2022, 2, 14), skill=0.05),
    Manager("Зоя Перелесова", "Столица", "Центр", "104", date(2023, 6, 5), load=0.9, skill=-0.12),
    Manager("Тимур Осокорин", "Столица", "Москва", "105", date(2024, 10, 7), load=0.9, skill=-0.03),
    Manager("Марфа Льновская", "Волга и Юг", "Поволжье", "106", date(2018, 5, 21), load=1.1, skill=0.10),
    Manager("Игнат Росницын", "Волга и Юг", "Поволжье", "107", date(2020, 11, 2), load=1.3, skill=-0.05),
    Manager("Нелли Сторожева-Инская", "Волга и Юг", "Юг", "108", date(2022, 8, 15)),
    Manager("Ефим Заречнев", "Волга и Юг", "Черноземье", "109", date(2023, 3, 1), date(2026, 3, 13), load=0.9),
    Manager("Устинья Вербина", "Волга и Юг", "Юг", "110", date(2025, 2, 3), load=0.8, skill=-0.02),
    Manager("Родион Кедровин", "Восток", "Сибирь", "111", date(2019, 7, 8), load=1.3, skill=0.04),
    Manager("Фаина Туманская-Лес", "Восток", "Урал", "112", date(2021, 4, 19), load=1.1, skill=-0.06),
    Manager("Прохор Снегирёв-Яр", "Восток", "Дальний Восток", "113", date(2024, 1, 15), load=1.0, skill=0.02),
    Manager("Лада Полозкова", "Восток", "Сибирь", "114", date(2026, 7, 13), load=0.0),
)
NEWCOMER = "Лада Полозкова"  # few deals, many of them won: luck, not skill
KEEPER = "Игнат Росницын"  # does not close hopeless deals: they stay in the proposal stage
SILENT = "Зоя Перелесова"  # rarely writes why a deal was lost
FORGETFUL = "Тимур Осокорин"  # promises are late or never kept
SLOW_REGION, SLOW_STAGE = "Урал", "Договор"


@dataclass(frozen=True)
class Product:
    """A product: list price, spread of the logarithm of the amount, weight among new and repeat deals, ease of sale."""

    name: str
    category: str
    price: int
    spread: float
    new_weight: float
    repeat_weight: float
    ease: float = 0.0


PRODUCTS: tuple[Product, ...] = (
    Product("Фасовка Мини", "Станки", 145_000, 0.30, 0.15, 0.03, 0.06),
    Product("Фасовка Про", "Станки", 480_000, 0.35, 0.25, 0.04),
    Product("Термоупаковщик Т-5", "Станки", 690_000, 0.40, 0.18, 0.03),
    Product("Линия Каскад", "Линии", 1_650_000, 0.35, 0.08, 0.01, -0.16),
    Product("Этикетировщик Э-2", "Станки", 320_000, 0.35, 0.16, 0.04),
    Product("Модернизация", "Услуги", 260_000, 0.50, 0.06, 0.15),
    Product("Сервисный договор", "Услуги", 118_000, 0.40, 0.05, 0.25, 0.05),
    Product("Расходные материалы", "Расходники", 46_000, 0.60, 0.07, 0.45, 0.10),
)
SHIFT_PRODUCT = "Фасовка Мини"  # pushed by a campaign in the spring of 2026, when the mix changed
SHIFT_DAYS = (date(2026, 3, 16), date(2026, 6, 8))
SHIFT_WEIGHT = 0.58


@dataclass(frozen=True)
class Channel:
    """A channel: weight among leads, ease of sale, share of junk, roubles per lead (None: nobody pays for it)."""

    name: str
    weight: float
    ease: float
    junk_share: float
    cost_per_lead: float | None = None
    utm_source: str = ""
    utm_medium: str = ""
    campaigns: tuple[str, ...] = ()


CHANNELS: tuple[Channel, ...] = (
    Channel(
        "Яндекс.Директ", 0.27, 0.0, 0.10, 2_100.0, "yandex", "cpc", ("poisk-stanki", "poisk-brend", "rsya-retarget")
    ),
    Channel("Агрегатор заявок", 0.19, -1.05, 0.36, 620.0, "agregator", "lead", ("lenta-zayavok",)),
    Channel("Соцсети", 0.11, -0.12, 0.14, 1_350.0, "social", "cpc", ("video-ceh", "lookalike")),
    Channel("Сайт", 0.18, 0.06, 0.08, 950.0, "organic", "organic", ("seo",)),
    Channel("Выставки", 0.06, 0.24, 0.02, 2_900.0, "", "", ("upakovka-vesna", "upakovka-osen")),
    Channel("Рекомендации", 0.09, 0.38, 0.01),
    Channel("Холодный обзвон", 0.10, -0.16, 0.06),
)
CHEAP_CHANNEL = "Агрегатор заявок"  # the cheapest lead and the dearest sale
DIRECT_CHANNEL = "Яндекс.Директ"

JUNK_REASONS = ("Спам", "Нецелевое обращение", "Дубль заявки", "Ищут работу")
JUNK_WEIGHTS = (0.22, 0.50, 0.20, 0.08)
LOST_REASONS = (
    "Не дозвонились",
    "Неактуально",
    "Просто узнавали цену",
    "Дорого",
    "Выбрали конкурента",
    "Нет бюджета",
    "Долгий срок поставки",
    "Не подошли характеристики",
    "Отложили проект",
    "Не согласовали условия договора",
    "Другое",
)
EARLY_WEIGHTS = (0.38, 0.20, 0.20, 0.06, 0.03, 0.04, 0.02, 0.03, 0.02, 0.0, 0.02)
LATE_WEIGHTS = (0.03, 0.07, 0.02, 0.26, 0.19, 0.10, 0.10, 0.07, 0.08, 0.05, 0.03)

FIRM_KINDS = (
    "Завод", "Фабрика", "Комбинат", "Торговый дом", "Мастерская", "Пекарня", "Склад", "Артель",
    "Сыроварня", "Кондитерская", "Агрокомплекс", "Лаборатория",
)  # fmt: skip
FIRM_ROOTS = (
    "Норвикс", "Тальмера", "Острунта", "Квертано", "Лумейя", "Брамосса", "Вельдура", "Сигмария", "Полиграндо",
    "Хлебанта", "Ярвенна", "Дубромир", "Ковелита", "Меркольта", "Зарянтис", "Фуртензо", "Грановея", "Искродар",
    "Пельвора", "Тумбрасса",
)  # fmt: skip
FIRST_NAMES = (
    "Аглая", "Богдан", "Варвара", "Гордей", "Дарина", "Елисей", "Злата", "Ирма", "Кузьма", "Лука", "Мирон", "Нонна",
    "Остап", "Платон", "Савелий", "Таисия", "Федот", "Эмма", "Юна", "Ярослава",
)  # fmt: skip
LAST_NAMES = (
    "Пеньковляк", "Самоварик", "Трубодуй", "Ветроход", "Кругляш", "Полевик", "Шестерня", "Картонко", "Маслёнка",
    "Дубравко", "Снегопад", "Рукавичка", "Половодко", "Черепичко", "Ложкарь", "Зимородко",
)  # fmt: skip
NOTES = (
    "",
    "Просят скидку; перезвонить в четверг",
    "Ждут решения директора.\nБюджет обещали согласовать до конца месяца",
    'Спросил про "срочную" поставку',
    "Отправлены чертежи, замеры и прайс",
)
TASK_NAMES = (
    "Перезвонить",
    "Отправить предложение",
    "Уточнить решение",
    "Напомнить об оплате",
    "Согласовать встречу",
    "Отправить договор",
)
