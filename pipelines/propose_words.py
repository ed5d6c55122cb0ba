"""Words by which people head their columns and name the states of a deal, in Russian and English.

These stand beside the headings that the shipped profiles know. A phrase here is no finding by itself: it is weighed together
with what the cells look like.
"""

from __future__ import annotations

COMMON: dict[str, str] = {
    "deal_id": "номер сделки; id сделки; номер заявки; номер заказа; номер договора; код сделки; сделка; заказ №; id; №; "
    "номер; deal id; deal no; order no; order number; deal number; opportunity id; lead id; ticket; ref; "
    "reference; договор",
    "deal_name": "название сделки; название; сделка; тема; описание; проект; deal name; title; subject; opportunity; "
    "project; deal; name",
    "client_id": "id клиента; код клиента; номер клиента; инн; client id; customer id; customer no; account id; buyer id",
    "client_name": "клиент; покупатель; заказчик; компания; организация; контрагент; контакт; фио клиента; кто обратился; имя "
    "клиента; от кого заявка; заявитель; абонент; хозяин; владелец; гость; пациент; ученик; студент; "
    "наименование контрагента; client; customer; company; account; buyer; client name; customer name; contact; "
    "who; prospect; lead name; guest; patient; student; tenant; member",
    "manager_name": "менеджер; ответственный; кто ведет; продавец; сотрудник; продажник; исполнитель; кто продал; ведет; кто "
    "отвечает; кто принял; оператор; мастер; специалист; торговый представитель; агент; консультант; "
    "администратор; тренер; врач; куратор; чей клиент; manager; owner; responsible; sales rep; rep; "
    "salesperson; agent; assigned to; seller; handled by; taken by; officer; consultant; broker; recruiter; "
    "coordinator; account manager; sold by; employee",
    "team_name": "отдел; команда; группа; подразделение; филиал; team; department; group; office; branch; unit",
    "product_name": "товар; услуга; продукт; что купили; что продали; что берут; что хотели; что заказали; чем интересуется; "
    "номенклатура; модель; тариф; курс; наименование товара; вид работ; product; service; item; goods; what "
    "they bought; plan; model; package; course; interested in; treatment; tour",
    "channel_name": "источник; канал; откуда пришел; откуда узнал; откуда клиент; откуда; реклама; площадка; рекламный канал; "
    "как узнали; source; channel; lead source; where from; origin; how they found us; how did they hear; heard about "
    "us; medium; platform; came from",
    "campaign_name": "кампания; рекламная кампания; рк; акция; utm campaign; campaign; ad campaign; campaign name",
    "region_name": "регион; город; область; район; страна; территория; адрес; населенный пункт; жк; жилой комплекс; квартал; улица; "
    "метро; region; city; country; area; "
    "territory; state; location",
    "funnel_name": "воронка; направление; вид сделки; линия; pipeline; funnel; process; business line",
    "stage_name": "этап; стадия; статус; состояние; на какой стадии; где сейчас; текущий этап; стадия сделки; stage; status; "
    "step; state; phase; where it is; progress",
    "outcome": "итог; результат; исход; чем кончилось; чем закончилось; закрыта; продано; outcome; result; closed; won; "
    "won lost; how it ended; final result; is won; купил; куплено; итог сделки; решение; decision; verdict",
    "refusal_reason": "причина отказа; почему отказ; причина; почему не купил; почему ушел; причина проигрыша; почему слились; "
    "что не устроило; refusal reason; lost reason; reason; why lost; loss reason; why not; objection",
    "amount": "сумма; стоимость; бюджет; цена; денег; деньги; выручка; на сколько; сколько; чек; оборот; насчитали; "
    "сумма сделки; сумма договора; руб; amount; value; price; deal value; revenue; total; sum; how much; "
    "money; deal size; income; budget; fee; quoted; quoted price; quote; estimate",
    "currency": "валюта; currency",
    "created_at": "дата создания; создана; дата заявки; дата обращения; дата; когда; когда пришел; когда обратился; поступила; "
    "заведена; дата заказа; начало; первый контакт; дата приема; дата заезда; дата визита; дата отгрузки; "
    "created; date; when; created at; create date; created on; opened; order date; lead date; first contact; enquiry "
    "date; inquiry date; applied on; booked on; visit date; request date; when it came; start date; received",
    "closed_at": "дата закрытия; закрыта; дата продажи; дата оплаты; завершена; дата завершения; когда закрыли; дата "
    "сделки; конец; дата итога; closed; close date; closed at; closed on; won date; end date; finished; date "
    "closed; decision date; дата решения; signed on; completed",
    "updated_at": "дата изменения; изменена; обновлена; последнее изменение; последний контакт; updated; modified; last "
    "update; last activity; updated at; last touched; changed",
    "expected_on": "ожидаемая дата; план закрытия; планируемая дата; предполагаемая дата закрытия; когда купит; срок "
    "закрытия; expected close; expected date; forecast date; close by; due date; expected closing",
    "phone": "телефон; мобильный; номер телефона; тел; сотовый; контактный телефон; phone; mobile; phone number; tel; "
    "cell",
    "email": "email; e mail; почта; эл почта; электронная почта; мейл; имейл; mail; email address",
}
OWN: dict[str, dict[str, str]] = {
    "stages": {
        "entered_at": "дата перехода; дата; когда; время; перешла; вошла; момент; дата входа; дата изменения; entered; date; "
        "when; timestamp; moved at; changed at; entered at; time; change date; moved on",
        "stage_name": "новый этап; новая стадия; куда перешла; на этап; new stage; to stage; moved to",
    },
    "calls": {
        "call_id": "id звонка; номер звонка; call id; uid; id; id записи",
        "from_phone": "откуда; от кого; кто звонил; номер звонившего; с номера; телефон; номер клиента; абонент; caller; from; "
        "caller id; from number; calling number; client phone; phone; номер",
        "to_phone": "куда; кому; на номер; набранный номер; внутренний номер; to; callee; dialed; to number; called number; "
        "extension; destination",
        "manager_name": "кто ответил; кто говорил; сотрудник; answered by; менеджер",
        "direction": "направление; тип звонка; тип; вид звонка; вх исх; direction; type; call type; kind; in out",
        "started_at": "дата звонка; дата и время; время звонка; дата; когда; начало; время; call date; started; date; time; "
        "start time; call time; when; timestamp",
        "wait_seconds": "ожидание; время ожидания; время ответа; сколько ждал; wait; waiting; wait time; ring time; time to "
        "answer; ringing; гудки",
        "talk_seconds": "длительность разговора; разговор; время разговора; сколько говорили; длительность; минуты; talk; talk "
        "time; duration; billsec; conversation; talked; length",
        "total_seconds": "общая длительность; всего; длительность звонка; total; total time; total duration; call duration",
        "is_answered": "отвечен; ответили; результат; статус; итог; принят; взяли трубку; дозвон; дозвонились; answered; result; "
        "status; picked up; outcome; disposition; connected",
    },
    "costs": {
        "channel_name": "рекламная система; куда; где реклама; network; where",
        "spent_on": "дата; день; когда; период; месяц; date; day; when; month; period; spent on; week of; week; неделя",
        "spend": "расход; расходы; затраты; потрачено; потратили; сколько потратили; стоимость; сумма; списано; бюджет; "
        "ушло; spend; cost; costs; spent; amount; expenses; money spent; total spent; budget",
        "impressions": "показы; просмотры; охват; impressions; shown; views; impr",
        "clicks": "клики; переходы; нажатия; clicks; visits; link clicks; clicked",
    },
    "clients": {
        "created_at": "дата регистрации; клиент с; первая покупка; registered; since; customer since; signed up; added",
        "client_name": "фио; имя; название; наименование; name; full name",
    },
    "managers": {
        "manager_name": "фио; имя; работник; name; full name; person; staff",
        "hired_on": "дата приема; принят; дата найма; работает с; вышел; hired; start date; joined; since; hire date",
        "left_on": "дата увольнения; уволен; ушел; работал до; left; end date; fired; until; leave date; resigned",
    },
    "products": {
        "product_name": "наименование; название; позиция; name; title",
        "category_name": "категория; группа; раздел; вид; тип; серия; category; group; type; series; family; section",
        "price": "цена; стоимость; прайс; сколько стоит; розница; price; cost; list price; rate",
    },
    "tasks": {
        "manager_name": "кому; кто делает; исполнитель; ответственный; сотрудник; менеджер; assigned to; assignee; owner; who",
        "task_id": "id задачи; номер задачи; №; id; task id; task no; номер",
        "deal_id": "сделка; номер сделки; по сделке; заявка; deal; deal id; regarding",
        "client_id": "id клиента; client id",
        "task_name": "задача; что сделать; дело; тема; поручение; текст задачи; task; to do; subject; what to do; activity; "
        "description",
        "created_at": "поставлена; когда поставили; дата постановки; assigned on",
        "due_at": "срок; дедлайн; выполнить до; до какого; к какому числу; due; deadline; due date; by when; due by",
        "done_at": "выполнена; сделано; дата выполнения; когда сделали; завершена; done; completed; done on; finished; "
        "completed at",
    },
    "invoices": {
        "invoice_id": "номер счета; счет; счет №; № счета; номер; №; id; invoice; invoice no; invoice number; bill; bill no",
        "deal_id": "сделка; номер сделки; id сделки; deal; deal id; договор; заказ; order",
        "client_id": "код клиента; клиент; покупатель; client; customer; client id; плательщик; payer; bill to",
        "issued_on": "дата счета; выставлен; дата выставления; когда выставили; дата; issued; invoice date; date; billed on; "
        "issue date",
        "paid_on": "дата оплаты; оплачен; когда оплатили; пришли деньги; paid on; payment date; date paid; settled",
        "amount": "сумма счета; к оплате; сумма; стоимость; invoice amount; amount due; due; amount; sum; total",
        "paid": "оплачено; сумма оплаты; заплатили; поступило; paid; amount paid; received",
    },
    "plans": {
        "metric_name": "показатель; метрика; что планируем; метрика плана; metric; kpi; measure; indicator",
        "month_on": "месяц; период; дата; на месяц; month; period; date",
        "target": "план; цель; план продаж; норма; надо; задание; plan; target; quota; goal; planned; план выручка; "
        "план по выручке; план выручки; выручка план; план оборот; план сумма; revenue plan; revenue target; planned revenue",
        "target_won": "план сделок; план по сделкам; план сделки; сделок план; план штук; план количество; план кол-во; "
        "план продаж штук; план по количеству сделок; план количество сделок; deals plan; deals target; planned deals; plan deals",
        "target_leads": "план лидов; план по лидам; план лиды; план заявок; план по заявкам; план заявки; план обращений; "
        "leads plan; leads target; planned leads; plan leads",
    },
}
SMALL = "в во на по с со к о об за от до из и или для у наш the a an of in on at for to by is and or it we they our"
STOP = frozenset(SMALL.split())

# What a word of a stage or an outcome means; compared by beginnings of its words, the first group that fits wins.
NOT = ("не", "no", "not", "без", "нет", "never", "didn't", "dont", "don't")
MEANS: dict[str, tuple[str, ...]] = {
    "junk": ("спам", "мусор", "нецелев", "дубл", "некачеств", "ошибся", "ошибк", "тестов", "не наш", "spam", "junk",
            "duplic", "wrong number", "unqualif", "not a lead", "fake", "bogus"),
    "lost": ("отказ", "потер", "проигр", "провал", "слив", "слил", "не купил", "не куп", "ушел", "ушла", "ушли",
            "отмен", "не реализ", "неуспе", "сорвал", "передумал", "не состоя", "упущ", "конкурент", "отвал",
            "пропал", "lost", "lose", "dead", "cancel", "refus", "reject", "declin", "fail", "no sale", "not sold",
            "didn't buy", "gone", "walked", "churn", "abandon", "withdr", "elsewhere", "другим", "другой", "no show", "аннулир",
            "расторг", "снят с", "не взял", "не беру", "отклон", "не приш", "возврат", "closed lost", "closedlost", "no deal"),
    "won": ("успех", "успешн", "продан", "продаж", "купил", "куплен", "выигр", "оплач", "оплатил", "заключен",
            "реализован", "сделан", "выполнен", "закрыта успешно", "договор подписан", "деньги получены",
            "наш клиент", "won", "sold", "paid", "success", "bought", "purchas", "signed", "closed won", "closedwon",
            "deal done", "completed", "converted", "delivered", "booked", "enrol", "выдан", "заселил", "записал",
            "ура", "забрал", "отгруз", "отгруж", "получил товар", "внес", "внёс", "въехал", "подключ", "сделал", "заехал",
            "заехали", "продали", "поставлен", "обслуж", "вылеч", "сдан", "сдали", "installed", "treated", "placed"),
    "open": ("нов", "перв", "в работе", "работ", "думает", "думают", "ждем", "ждет", "ожид", "перегов", "замер",
            "встреч", "кп", "коммерч", "предлож", "согласов", "звон", "перезвон", "контакт", "в процессе", "отложен",
            "тест-драйв", "заявк", "new", "open", "progress", "working", "negot", "propos", "quote", "meeting",
            "demo", "waiting", "pending", "contact", "qualif", "thinking", "follow", "talk", "call", "lead",
            "active", "ongoing"),
}  # fmt: skip
SETTLED: dict[str, tuple[str, ...]] = {
    "won": ("won", "closed won", "closedwon", "deal won", "успешно реализовано", "сделка успешна", "продано",
            "выиграна", "успешно завершена", "sold"),
    "lost": ("lost", "closed lost", "closedlost", "deal lost", "закрыто и не реализовано", "сделка провалена",
            "отказ", "проиграна", "потеряна", "не купил"),
    "junk": ("спам", "spam", "junk", "нецелевой", "дубль", "мусор"),
    "open": ("new", "open", "в работе", "новая", "новый", "in progress", "новая заявка", "первичный контакт"),
}  # fmt: skip
ANSWERED: dict[str, tuple[str, ...]] = {
    "no": ("не ", "нет", "пропущ", "занят", "сброс", "недозв", "no", "miss", "busy", "fail", "unansw", "cancel", "не"),
    "yes": (
        "отвеч",
        "принят",
        "успеш",
        "поговор",
        "дозвон",
        "разгов",
        "да",
        "answ",
        "success",
        "connect",
        "yes",
        "talk",
    ),
}
WAYS: dict[str, tuple[str, ...]] = {
    "in": ("вход", "вх", "in", "inb", "inc", "от клиента"),
    "out": ("исход", "исх", "out", "клиенту"),
}
CHANNELS = ("яндекс", "директ", "google", "гугл", "авито", "avito", "сайт", "site", "vk", "вк", "вконтакте",
            "instagram", "инстаграм", "facebook", "telegram", "телеграм", "рекоменд", "referral", "сарафан",
            "звонок", "выстав", "website", "email", "рассыл", "seo", "2гис", "2gis", "баннер", "радио", "ads",
            "знаком", "linkedin", "листов", "холодн", "cold", "трейд", "word of mouth", "trade show", "youtube",
            "ozon", "маркетплейс", "event")  # fmt: skip
REGIONS = ("север", "юг", "запад", "восток", "центр", "москва", "мск", "спб", "санкт-петербург", "петербург",
            "казань", "новосибирск", "екатеринбург", "самара", "уфа", "краснодар", "пермь", "воронеж", "омск",
            "тула", "тверь", "сочи", "область", "край", "moscow", "london", "paris", "berlin", "new york", "boston",
            "texas", "germany", "france", "usa", "uk", "russia", "central", "east", "west", "north", "south",
            "chicago", "seattle", "минск", "алматы", "нижний новгород", "ростов")  # fmt: skip
COMPANY = (
    "ооо",
    "ип",
    "зао",
    "ао",
    "пао",
    "llc",
    "ltd",
    "inc",
    "gmbh",
    "corp",
    "co",
    "тд",
    "group",
    "plc",
    "магазин",
    "кафе",
    "салон",
    "завод",
    "фирма",
    "чоп",
    "гк",
    "фгуп",
    "мбоу",
    "тсж",
    "нко",
    "холдинг",
)
# The column that names a row of a kind by itself.
OWN_ID = {"deals": "deal_id", "clients": "client_id", "tasks": "task_id", "invoices": "invoice_id"}
TOTALS = ("итого", "всего", "итог", "total", "grand total", "totals", "subtotal", "sum", "сумма итого", "общий итог")
EMPTY_LOOKING = (
    "нет",
    "не закрыта",
    "не закрыт",
    "не указано",
    "none",
    "tbd",
    "?",
    "??",
    "открыта",
    "open",
    "в работе",
)


def phrases(kind: str, ours: str) -> tuple[str, ...]:
    """Return the phrases that head one of our columns in tables of a kind, the kind's own before the common ones."""
    own = OWN.get(kind, {}).get(ours, "")
    texts = own if own and kind in ("tasks", "invoices") else f"{own}; {COMMON.get(ours, '')}"
    return tuple(dict.fromkeys(phrase.strip() for phrase in texts.split(";") if phrase.strip()))
