"""More tables as people keep them, on which the proposals were tried after they were written; see ``sheets_by_hand``."""

from __future__ import annotations

from by_hand import ByHand

LEARNED = (
    ByHand(
        "автосервис",
        """Дата заезда;Машина;Хозяин;Мобила;Мастер-приёмщик;Вид работ;Насчитали, руб;Состояние заказа;Откуда узнали
02.02.2026;Kia Rio;Гаврилов Семён;8 (903) 111-22-01;Сергей;ТО;12 400;Выдан;Авито
03.02.2026;Lada Vesta;Тихонов Павел;8 (903) 111-22-02;Никита;Диагностика;1 500;Отказался;Сайт
13.02.2026;Kia Rio;Ершова Дина;8 (903) 111-22-03;Сергей;Подвеска;23 700;Ждёт запчасти;Рекомендация
14.02.2026;VW Polo;Рыбаков Илья;8 (903) 111-22-04;Никита;ТО;13 100;Выдан;Авито
15.02.2026;Skoda;Власова Ника;8 (903) 111-22-05;Сергей;Диагностика;1 500;Выдан;Сайт
""",
        "deals",
        {
            "created_at": "Дата заезда", "client_name": "Хозяин", "phone": "Мобила", "manager_name": "Мастер-приёмщик",
            "product_name": "Вид работ", "amount": "Насчитали, руб", "stage_name": "Состояние заказа",
            "channel_name": "Откуда узнали",
        },
        asked=("means.stage_name",),
    ),
    ByHand(
        "studio bookings",
        """Enquiry date,Lead name,E-mail,Found us via,Package,Quoted price (EUR),Handled by,Where it stands
2026-03-01,Lucy Moss,lucy@mail.example,Instagram,Gold,1200,Sam,Booked
2026-03-02,Henry Wood,henry@mail.example,Google,Silver,800,Amy,Waiting for reply
2026-03-05,Olivia Lake,olivia@mail.example,Instagram,Gold,1250,Sam,Went elsewhere
2026-03-09,Jack Hill,jack@mail.example,Referral,Silver,790,Amy,Booked
2026-03-11,Emma Reed,emma@mail.example,Google,Gold,1200,Sam,Waiting for reply
""",
        "deals",
        {
            "created_at": "Enquiry date", "client_name": "Lead name", "email": "E-mail", "channel_name": "Found us via",
            "product_name": "Package", "amount": "Quoted price (EUR)", "manager_name": "Handled by",
            "stage_name": "Where it stands",
        },
        settled={"currency": "EUR"},
    ),
    ByHand(
        "опт: отгрузки",
        """№ отгрузки;Дата отгрузки;Наименование контрагента;Сумма без НДС;Торговый представитель;Территория
ОТ-001;05.01.2026;ООО Прибой;250 100,00;Жуков;Север
ОТ-002;06.01.2026;ООО Маяк;81 200,50;Лапин;Юг
ОТ-003;17.01.2026;ИП Соколов;45 900,00;Жуков;Север
ОТ-004;18.01.2026;ООО Прибой;130 000,00;Лапин;Юг
""",
        "deals",
        {
            "deal_id": "№ отгрузки", "created_at": "Дата отгрузки", "client_name": "Наименование контрагента",
            "amount": "Сумма без НДС", "manager_name": "Торговый представитель", "region_name": "Территория",
        },
        asked=("currency",),
        settled={"decimal": ","},
    ),
    ByHand(
        "school enrolments",
        """Application #,Student,Course,Fee,Applied on,Decision,Decision date,Admissions officer
E-2001,Maria Lopez,Design,950,14/01/2026,Enrolled,20/01/2026,Nick
E-2002,Paul Stone,Coding,1200,15/01/2026,Withdrew,28/01/2026,Laura
E-2003,Jane Frost,Design,950,18/01/2026,,,Nick
E-2004,Mark Dale,Coding,1200,21/01/2026,Enrolled,02/02/2026,Laura
""",
        "deals",
        {
            "deal_id": "Application #", "client_name": "Student", "product_name": "Course", "amount": "Fee",
            "created_at": "Applied on", "outcome": "Decision", "closed_at": "Decision date",
            "manager_name": "Admissions officer",
        },
        settled={"order": "dmy"},
    ),
    ByHand(
        "журнал звонков охраны",
        """Номер абонента;Время начала вызова;Длительность, с;Принял;Тип вызова
+79261110001;01.03.2026 08:00:11;35;Дежурный 1;вх
+79261110002;01.03.2026 08:14:50;0;;вх
+79261110003;02.03.2026 13:00:00;210;Дежурный 2;исх
+79261110001;15.03.2026 18:22:05;61;Дежурный 1;вх
""",
        "calls",
        {
            "from_phone": "Номер абонента", "started_at": "Время начала вызова", "talk_seconds": "Длительность, с",
            "manager_name": "Принял", "direction": "Тип вызова",
        },
    ),
    ByHand(
        "marketing spend",
        """Week of,Ad platform,Amount spent,Link clicks
03/02/2026,Facebook,$1,200.50,340
03/09/2026,Facebook,$980.00,310
03/16/2026,Google,$2,150.75,520
""".replace("$1,200.50", '"$1,200.50"').replace("$2,150.75", '"$2,150.75"'),
        "costs",
        {"spent_on": "Week of", "channel_name": "Ad platform", "spend": "Amount spent", "clicks": "Link clicks"},
        settled={"order": "mdy", "currency": "USD", "decimal": "."},
    ),
    ByHand(
        "список покупателей",
        """Фамилия Имя;Контактный номер;Почтовый адрес эл.;Область;Дата регистрации
Орлова Ирина;+7 900 100-20-01;orlova@box.example;Тверская;12.03.2024
Громов Денис;+7 900 100-20-02;gromov@box.example;Тульская;25.07.2024
Сомов Артём;+7 900 100-20-03;somov@box.example;Тверская;02.11.2025
""",
        "clients",
        {
            "client_name": "Фамилия Имя", "phone": "Контактный номер", "email": "Почтовый адрес эл.",
            "region_name": "Область", "created_at": "Дата регистрации",
        },
    ),
    ByHand(
        "pipeline board",
        """Opportunity;Company name;Est. revenue;Probability;Phase;Expected closing;Last touched;Rep
Roof for Hall A;Northwind GmbH;45.000,00 €;40%;Proposal;30.04.2026;02.03.2026;Lisa
Solar park;Sunset GmbH;120.500,00 €;70%;Negotiation;15.05.2026;05.03.2026;Ben
Garage;Müller KG;8.900,50 €;10%;First talk;28.06.2026;06.03.2026;Lisa
Warehouse;Hafen GmbH;64.000,00 €;40%;Proposal;31.05.2026;09.03.2026;Ben
""",
        "deals",
        {
            "deal_name": "Opportunity", "client_name": "Company name", "amount": "Est. revenue", "stage_name": "Phase",
            "expected_on": "Expected closing", "updated_at": "Last touched", "manager_name": "Rep",
        },
        settled={"currency": "EUR", "decimal": ","},
    ),
    ByHand(
        "дела на неделю",
        """Поручение;Кому;До какого числа;Сделано когда
Перезвонить Орловой;Олег;02.03.2026;02.03.2026
Отправить КП;Анна;05.03.2026;
Съездить на замер;Олег;13.03.2026;14.03.2026
""",
        "tasks",
        {"task_name": "Поручение", "manager_name": "Кому", "due_at": "До какого числа", "done_at": "Сделано когда"},
    ),
    ByHand(
        "нет шапки",
        """2001;Орлов Пётр;+79123450001;12.02.2026;45000,50;Продано
2002;Сизова Анна;+79123450002;13.02.2026;18200,00;Отказ
2003;Белов Иван;+79123450003;15.02.2026;9900,00;В работе
2004;Котова Вера;+79123450004;16.02.2026;23100,00;Продано
""",
        "deals",
        {
            "deal_id": "column 1", "client_name": "column 2", "phone": "column 3", "created_at": "column 4",
            "amount": "column 5", "stage_name": "column 6",
        },
    ),
)  # fmt: skip

FRESH = (
    ByHand(
        "турагентство",
        """Бронь;Турист;Связь;Направление тура;Заплатит, руб;Кто оформлял;Обратился;Вылет;Что в итоге;Через что пришёл
Б-301;Мухин Лев;+7 921 500-10-01;Турция;145 000;Тамара;11.01.2026;20.06.2026;оплатил тур;Инстаграм
Б-302;Чижова Рита;+7 921 500-10-02;Египет;98 500;Руслан;12.01.2026;02.05.2026;выбрал других;Рекомендация
Б-303;Ежов Макар;+7 921 500-10-03;Турция;132 000;Тамара;15.01.2026;11.07.2026;собирает документы;Сайт
Б-304;Дятлова Зоя;+7 921 500-10-04;Египет;87 000;Руслан;19.01.2026;28.04.2026;оплатил тур;Инстаграм
""",
        "deals",
        {
            "deal_id": "Бронь", "client_name": "Турист", "phone": "Связь", "product_name": "Направление тура",
            "amount": "Заплатит, руб", "manager_name": "Кто оформлял", "created_at": "Обратился",
            "outcome": "Что в итоге", "channel_name": "Через что пришёл",
        },
    ),
    ByHand(
        "recruiting",
        """Vacancy ref|Employer|Role|Commission, USD|Consultant in charge|Brief received|Filled on|Present stage|Reason it fell through
V001|Harbour Ltd|Welder|4500|Jill|2026-01-04|2026-02-11|Placed|
V002|Summit Inc|Cook|2100|Ross|2026-01-09||Interviews|
V003|Harbour Ltd|Driver|1900|Jill|2026-01-15||Fell through|client froze hiring
V004|Lumen LLC|Cook|2250|Ross|2026-01-22|2026-03-01|Placed|
""",
        "deals",
        {
            "deal_id": "Vacancy ref", "client_name": "Employer", "product_name": "Role", "amount": "Commission, USD",
            "manager_name": "Consultant in charge", "created_at": "Brief received", "closed_at": "Filled on",
            "stage_name": "Present stage", "refusal_reason": "Reason it fell through",
        },
    ),
    ByHand(
        "окна",
        """№ п/п;Дата звонка;ФИО;Номер тел.;Адрес;Примерная сумма;Замерщик;Текущее состояние;Почему отказались
1;02.03.2026;Гусев Антон;89161110001;ул. Мира 5;48000;Влад;договор;
2;02.03.2026;Орехова Нина;89161110002;пр. Ленина 7;61000;Степан;отказ;дорого
3;05.03.2026;Лапин Егор;89161110003;ул. Садовая 1;35000;Влад;думает;
4;16.03.2026;Жук Мила;89161110004;ул. Лесная 9;52000;Степан;договор;
""",
        "deals",
        {
            "created_at": "Дата звонка", "client_name": "ФИО", "phone": "Номер тел.", "amount": "Примерная сумма",
            "manager_name": "Замерщик", "stage_name": "Текущее состояние", "refusal_reason": "Почему отказались",
            "region_name": "Адрес",
        },
    ),
    ByHand(
        "phone journal",
        """When it rang,Their number,Our line,Taken by,Minutes waiting,Talk length,Connected?
3/1/2026 9:05 AM,+1 212 555 0101,+1 212 555 0199,Amy,0:12,3:40,Y
3/1/2026 2:15 PM,+1 212 555 0102,+1 212 555 0199,,0:45,0:00,N
3/14/2026 11:30 AM,+1 212 555 0103,+1 212 555 0199,Jim,0:05,12:01,Y
""",
        "calls",
        {
            "started_at": "When it rang", "from_phone": "Their number", "to_phone": "Our line", "manager_name": "Taken by",
            "wait_seconds": "Minutes waiting", "talk_seconds": "Talk length", "is_answered": "Connected?",
        },
    ),
    ByHand(
        "бюджет маркетинга",
        """Число;Где размещались;Название кампании;Списали с НДС;Сколько кликнули
01.02.2026;Яндекс.Директ;Окна;3 400,20;45
02.02.2026;Авито;Объявления;1 200,00;18
14.02.2026;Яндекс.Директ;Окна;3 910,75;52
""",
        "costs",
        {
            "spent_on": "Число", "channel_name": "Где размещались", "campaign_name": "Название кампании",
            "spend": "Списали с НДС", "clicks": "Сколько кликнули",
        },
    ),
    ByHand(
        "bills",
        """Bill ref;Project code;Sent;Sum;Got;Got on
B-1;P-10;2026-01-10;1200.00;1200.00;2026-01-20
B-2;P-11;2026-01-12;850.50;0;
B-3;P-12;2026-01-15;990.00;500.00;2026-02-02
""",
        "invoices",
        {
            "invoice_id": "Bill ref", "deal_id": "Project code", "issued_on": "Sent", "amount": "Sum", "paid": "Got",
            "paid_on": "Got on",
        },
    ),
)  # fmt: skip
