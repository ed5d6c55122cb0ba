"""Tables as people keep them, each with the mapping a person would make: for tests of proposed mappings.

``TUNED`` and ``LEARNED`` shaped the word lists. ``FRESH`` was written after them and no word was added for its sake: on the
first run 31 of its 46 columns were right (67 %), and 37 of 45 (82 %) after rules that concern no single word.
"""

from __future__ import annotations

from by_hand import ByHand

TUNED = (
    ByHand(
        "заказы в тетради",
        """Кто обратился;Телефончик;Что хотели;Денег;Кто ведёт;Чем кончилось;Когда пришёл
Орлов Пётр;+7 912 345-67-01;Шкаф-купе;45 000;Марина;купил;01.02.2026
Сизова Анна;+7 912 345-67-02;Кухня;120 500;Олег;думает;03.02.2026
Белов Иван;+7 912 345-67-03;Кухня;98 000;Марина;ушёл к другим;14.02.2026
Котова Вера;+7 912 345-67-04;Стол;15 300;Олег;купил;15.02.2026
Лисин Глеб;+7 912 345-67-05;Шкаф-купе;51 000;Марина;думает;21.02.2026
Зуева Яна;+7 912 345-67-06;Стол;9 900;Марина;купил;25.02.2026
""",
        "deals",
        {
            "client_name": "Кто обратился", "phone": "Телефончик", "product_name": "Что хотели", "amount": "Денег",
            "manager_name": "Кто ведёт", "outcome": "Чем кончилось", "created_at": "Когда пришёл",
        },
        asked=("means.outcome", "currency"),
        key=("Кто обратился", "Когда пришёл"),
    ),
    ByHand(
        "english sheet, closed?",
        """Ref,Customer,Sales rep,Deal value ($),First contact,Closed?,Why lost
A-101,Acme Ltd,Kate,12000,2026-01-05,Yes,
A-102,Borealis Inc,Tom,8400,2026-01-09,No,
A-103,Cobalt LLC,Kate,15500,2026-01-16,No,price
A-104,Dune Corp,Tom,7200,2026-01-20,Yes,
A-105,Ember Ltd,Kate,9100,2026-01-28,No,timing
""",
        "deals",
        {
            "deal_id": "Ref", "client_name": "Customer", "manager_name": "Sales rep", "amount": "Deal value ($)",
            "created_at": "First contact", "outcome": "Closed?", "refusal_reason": "Why lost",
        },
        asked=("means.outcome",),
        settled={"currency": "USD"},
    ),
    ByHand(
        "us dates settled",
        """Order no,Buyer,Product,Total,Order date,Close date,Stage
5001,John Smith,Sofa,1200.50,01/31/2026,02/02/2026,Won
5002,Mary Jones,Bed,900.00,02/03/2026,,New
5003,Peter Brown,Sofa,1310.00,02/04/2026,02/11/2026,Lost
5004,Sarah Green,Desk,450.25,02/07/2026,02/09/2026,Won
""",
        "deals",
        {
            "deal_id": "Order no", "client_name": "Buyer", "product_name": "Product", "amount": "Total",
            "created_at": "Order date", "closed_at": "Close date", "stage_name": "Stage",
        },
        asked=("currency",),
        settled={"order": "mdy", "decimal": "."},
    ),
    ByHand(
        "order of day and month unknown",
        """Deal ID,Account,Owner,Amount,Created,Stage
1,Alpha,Ann,100,01/02/2026,New
3,Beta,Ben,250,03/04/2026,Won
7,Gamma,Ann,300,05/06/2026,Lost
9,Delta,Ben,120,07/08/2026,New
""",
        "deals",
        {
            "deal_id": "Deal ID", "client_name": "Account", "manager_name": "Owner", "amount": "Amount",
            "created_at": "Created", "stage_name": "Stage",
        },
        asked=("date_order", "currency"),
    ),
    ByHand(
        "шапка не в первой строке",
        """Отчёт по продажам;;;;;
Сформирован 05.03.2026;;;;;
;;;;;
№ договора;Заказчик;Ответственный;Сумма договора, руб.;Дата заявки;Статус
Д-17;ООО Ромашка;Иванова А.;150000,00;12.01.2026;Оплачен
Д-18;ИП Петров;Сидоров К.;87500,50;15.01.2026;В работе
Д-19;ООО Василёк;Иванова А.;45000,00;20.01.2026;Отказ
Д-20;ООО Лютик;Сидоров К.;61000,00;22.01.2026;В работе
Итого;;;343500,50;;
""",
        "deals",
        {
            "deal_id": "№ договора", "client_name": "Заказчик", "manager_name": "Ответственный",
            "amount": "Сумма договора, руб.", "created_at": "Дата заявки", "stage_name": "Статус",
        },
        asked=("means.stage_name",),
        settled={"currency": "RUB", "decimal": ","},
    ),
    ByHand(
        "звонки",
        """Дата;Время;Кто звонил;Куда звонил;Направление;Сколько говорили, сек;Результат
01.03.2026;09:15:02;79123456701;78005553535;входящий;125;отвечен
01.03.2026;09:20:45;79123456702;78005553535;входящий;0;пропущен
01.03.2026;10:01:11;78005553535;79123456702;исходящий;64;отвечен
13.03.2026;11:40:00;79123456703;78005553535;входящий;0;занято
""",
        "calls",
        {
            "started_at": "Дата", "from_phone": "Кто звонил", "to_phone": "Куда звонил", "direction": "Направление",
            "talk_seconds": "Сколько говорили, сек", "is_answered": "Результат",
        },
    ),
    ByHand(
        "call log",
        """Call time,Caller,Callee,Agent,Talk time,Ring time,Answered
2026-03-01 09:15:02,+44 20 7946 0011,+44 20 7946 0999,Emma,02:05,00:08,yes
2026-03-01 09:17:40,+44 20 7946 0012,+44 20 7946 0999,,00:00,00:31,no
2026-03-02 12:00:00,+44 20 7946 0013,+44 20 7946 0999,Jack,11:41,00:04,yes
""",
        "calls",
        {
            "started_at": "Call time", "from_phone": "Caller", "to_phone": "Callee", "manager_name": "Agent",
            "talk_seconds": "Talk time", "wait_seconds": "Ring time", "is_answered": "Answered",
        },
    ),
    ByHand(
        "затраты на рекламу",
        """День;Площадка;Кампания;Потратили, ₽;Показы;Переходы
01.03.2026;Яндекс.Директ;Кухни поиск;1 250,40;10 500;125
02.03.2026;Яндекс.Директ;Кухни поиск;1 310,00;11 020;131
03.03.2026;VK;Ретаргетинг;540,10;40 100;88
Всего;;;3 100,50;61 620;344
""",
        "costs",
        {
            "spent_on": "День", "channel_name": "Площадка", "campaign_name": "Кампания", "spend": "Потратили, ₽",
            "impressions": "Показы", "clicks": "Переходы",
        },
        settled={"currency": "RUB", "decimal": ","},
    ),
    ByHand(
        "ad costs",
        """Day,Network,Campaign name,Money spent (USD),Impr.,Clicks
2026-02-01,Google Ads,Brand,120.50,5400,210
2026-02-02,Google Ads,Brand,98.10,4900,190
2026-02-02,LinkedIn,Leads Q1,310.00,8000,45
""",
        "costs",
        {
            "spent_on": "Day", "channel_name": "Network", "campaign_name": "Campaign name", "spend": "Money spent (USD)",
            "impressions": "Impr.", "clicks": "Clicks",
        },
        settled={"currency": "USD", "decimal": "."},
    ),
    ByHand(
        "две одинаковые шапки",
        """ID;Название;Телефон;Телефон;Бюджет;Ответственный;Этап;Дата создания
11;Сделка 1;+79991112201;;1000,50;Анна Попова;Новая;01.02.2026 10:15
12;Сделка 2;+79991112202;+74951112233;2500,00;Олег Котов;Успешно реализовано;14.02.2026 11:00
13;Сделка 3;+79991112203;;1800,00;Анна Попова;Закрыто и не реализовано;15.02.2026 09:30
""",
        "deals",
        {
            "deal_id": "ID", "deal_name": "Название", "phone": "Телефон", "amount": "Бюджет",
            "manager_name": "Ответственный", "stage_name": "Этап", "created_at": "Дата создания",
        },
        asked=("currency",),
    ),
    ByHand(
        "деньги с двумя знаками",
        """Номер заявки;Покупатель;Стоимость;Дата обращения;Состояние
З-1;Громов;1.250,00 ₽;01.02.2026;оплатил
З-2;Шилов;980,5 ₽;02.02.2026;слился
З-3;Крылов;12.400 ₽;13.02.2026;перезвонить
З-4;Дроздов;3.100,75 ₽;14.02.2026;оплатил
""",
        "deals",
        {
            "deal_id": "Номер заявки", "client_name": "Покупатель", "amount": "Стоимость",
            "created_at": "Дата обращения", "stage_name": "Состояние",
        },
        asked=("means.stage_name",),
        settled={"decimal": ",", "currency": "RUB"},
    ),
    ByHand(
        "знак не решён",
        """Номер заказа;Клиент;Сумма, руб;Дата заказа;Статус
1001;Альфа;1.200;01.02.2026;Новый
1004;Бета;2.500;15.02.2026;Продано
1007;Гамма;3.100;16.02.2026;Отказ
""",
        "deals",
        {"deal_id": "Номер заказа", "client_name": "Клиент", "amount": "Сумма, руб", "created_at": "Дата заказа", "stage_name": "Статус"},
        asked=("decimal",),
        settled={"currency": "RUB", "order": "dmy"},
    ),
    ByHand(
        "клиентская база",
        """Код клиента;Наименование;Город;Тел.;Эл. почта;Чей клиент
К001;ООО Вега;Казань;+7 843 111-22-33;info@vega.example;Иванова
К002;ООО Лира;Уфа;+7 347 222-33-44;office@lira.example;Петров
К003;ИП Зорин;Казань;+7 843 333-44-55;zorin@mail.example;Иванова
""",
        "clients",
        {
            "client_id": "Код клиента", "client_name": "Наименование", "region_name": "Город", "phone": "Тел.",
            "email": "Эл. почта", "manager_name": "Чей клиент",
        },
    ),
    ByHand(
        "сотрудники",
        """Сотрудник;Отдел;Работает с;Уволен
Иванова Анна;Розница;01.02.2023;
Петров Олег;Опт;15.06.2024;
Сидоров Глеб;Розница;20.08.2022;30.11.2025
""",
        "managers",
        {"manager_name": "Сотрудник", "team_name": "Отдел", "hired_on": "Работает с", "left_on": "Уволен"},
    ),
    ByHand(
        "прайс",
        """Наименование товара;Категория;Цена, ₽
Стол письменный;Столы;12 900
Стол обеденный;Столы;18 400
Шкаф угловой;Шкафы;31 000
""",
        "products",
        {"product_name": "Наименование товара", "category_name": "Категория", "price": "Цена, ₽"},
        settled={"currency": "RUB"},
    ),
    ByHand(
        "to-do list",
        """Task no,To do,Regarding,Assigned to,Deadline,Completed on
T1,Call back,5001,Kate,2026-02-01,2026-02-01
T2,Send quote,5002,Tom,2026-02-05,
T3,Visit,5001,Kate,2026-02-09,2026-02-10
""",
        "tasks",
        {
            "task_id": "Task no", "task_name": "To do", "deal_id": "Regarding", "manager_name": "Assigned to",
            "due_at": "Deadline", "done_at": "Completed on",
        },
    ),
    ByHand(
        "счета",
        """Счёт №;Сделка;Выставлен;К оплате, руб.;Заплатили;Когда оплатили
С-1;101;01.02.2026;15000,00;15000,00;05.02.2026
С-2;102;03.02.2026;7200,50;0;
С-3;104;14.02.2026;9900,00;5000,00;20.02.2026
""",
        "invoices",
        {
            "invoice_id": "Счёт №", "deal_id": "Сделка", "issued_on": "Выставлен", "amount": "К оплате, руб.",
            "paid": "Заплатили", "paid_on": "Когда оплатили",
        },
        settled={"currency": "RUB"},
    ),
    ByHand(
        "план продаж",
        """Месяц;Менеджер;План, тыс. руб.
01.01.2026;Иванова;500
01.01.2026;Петров;450
01.02.2026;Иванова;550
01.02.2026;Петров;480
""",
        "plans",
        {"month_on": "Месяц", "manager_name": "Менеджер", "target": "План, тыс. руб."},
        asked=("metric_name",),
        settled={"scales": {"target": 1000.0}, "constants": {"metric_name": "revenue"}},
    ),
    ByHand(
        "stage log",
        """Deal,Moved to,Moved on,Who moved
101,New,2026-01-01 10:00,Kate
101,Quote,2026-01-03 11:30,Kate
102,New,2026-01-04 09:00,Tom
101,Won,2026-01-09 15:45,Kate
102,Quote,2026-01-10 16:00,Tom
102,Lost,2026-01-15 12:00,Tom
""",
        "stages",
        {"deal_id": "Deal", "stage_name": "Moved to", "entered_at": "Moved on", "manager_name": "Who moved"},
    ),
    ByHand(
        "даты этапов столбцами",
        """Заявка №;Клиент;Создана;Замер;Договор;Монтаж;Сумма, руб.;Статус
71;Орлова;01.02.2026;03.02.2026;05.02.2026;20.02.2026;150000;Продано
72;Сизов;04.02.2026;06.02.2026;;;90000;Отказ
73;Белова;14.02.2026;15.02.2026;18.02.2026;;120000;В работе
""",
        "deals",
        {"deal_id": "Заявка №", "client_name": "Клиент", "created_at": "Создана", "amount": "Сумма, руб.", "stage_name": "Статус"},
        asked=("stage_dates",),
        settled={"stage_dates": ("Замер", "Договор", "Монтаж")},
    ),
)  # fmt: skip
