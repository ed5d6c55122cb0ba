"""Where a company's data lives (its home) and how it counts: currency, zone, stages, names that mean the same.

Every key has a default, so a home without ``settings.toml`` works; a key that does not exist is refused, because a
misspelt setting that is silently ignored makes a wrong number.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from pipelines.errors import SettingsError, suggest
from pipelines.mail import Mail, Recipient, Schedule, check_recipients
from pipelines.model import Frozen, checked, known_zone, read_toml
from pipelines.persons import Person

StageType = Literal["open", "won", "lost", "junk"]
HOURS = r"^([01]?\d|2[0-3]):[0-5]\d$|^24:00$"
CardField = Literal["client_name", "phone", "email", "region_name", "manager_name", "created_at"]
Thing = Literal["product", "manager", "channel", "region", "client", "team", "campaign", "reason"]
Cut = Literal["product", "manager", "channel", "region", "funnel", "team"]


@dataclass(frozen=True)
class Home:
    """A folder that holds one company: exports dropped in, settings, mappings, and the warehouse."""

    path: Path

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse"

    @property
    def mappings(self) -> Path:
        return self.path / "mappings"

    @property
    def settings_file(self) -> Path:
        return self.path / "settings.toml"


def find_home(option: str | Path | None = None) -> Home:
    """Choose the home: the option, else the environment's VORONKA_HOME, else ``data`` in the current folder."""
    return Home(Path(option or os.environ.get("VORONKA_HOME") or "data").expanduser().absolute())


class Stage(Frozen):
    """One stage of a funnel, as the company describes it."""

    name: str
    funnel: str | None = None
    type: StageType = "open"
    codes: tuple[str, ...] = ()
    norm_days: float | None = None
    optional: bool = False
    exit_result: str | None = None
    required_action: str | None = None
    proposal: bool | None = None
    """Entering it is a commercial proposal; unset, its name tells (``[proposals] words``)."""


class Funnel(Frozen):
    """One funnel with its stages in order."""

    name: str
    codes: tuple[str, ...] = ()
    is_sales: bool = True
    stage: tuple[Stage, ...] = ()


class WorkingTime(Frozen):
    """The company's working hours; days off are whole days."""

    opens: str = Field("09:00", alias="from", pattern=HOURS)
    closes: str = Field("18:00", alias="to", pattern=HOURS)
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri")
    days_off: tuple[date, ...] = ()

    @model_validator(mode="after")
    def opens_before_it_closes(self) -> WorkingTime:
        if self.opens.zfill(5) >= self.closes.zfill(5):
            raise ValueError('"from" must be earlier than "to" of the same day; round the clock is from 00:00 to 24:00')
        if not self.days:
            raise ValueError('"days" must name at least one day of the week')
        return self


class Phones(Frozen):
    """How phone numbers are read: a number without a country's code is one of ``region`` (two letters, ISO 3166)."""

    region: str = "RU"

    @field_validator("region")
    @classmethod
    def region_exists(cls, region: str) -> str:
        from phonenumbers import SUPPORTED_REGIONS  # only settings that name a region wait for it

        if region not in SUPPORTED_REGIONS:
            raise ValueError(f'there is no region "{region}". {suggest(region, SUPPORTED_REGIONS)}')
        return region


class Quotas(Frozen):
    """Contacts a client of each class is due in a month."""

    A: float = Field(4, ge=0)
    B: float = Field(2, ge=0)
    C: float = Field(1, ge=0)
    N: float = Field(1, ge=0)


class Clients(Frozen):
    """How records of clients are joined, and how the base of clients is judged.

    A phone or mail of more than ``shared`` ids is nobody's own. A client is active for ``active_days`` after a purchase;
    unset, for the company's own mean gap between purchases. Classes A and B are those whose revenue adds up to
    ``a_share`` and ``b_share`` of the year's.
    """

    shared: int = Field(5, ge=1)
    no_contact_days: int = Field(30, ge=1)
    active_days: int | None = Field(None, ge=31)  # the base is counted by months
    a_share: float = Field(0.8, gt=0, le=1)
    b_share: float = Field(0.95, gt=0, le=1)
    quota: Quotas = Quotas()
    required: tuple[CardField, ...] = ("client_name", "phone", "email", "region_name")
    """What a client's card must hold, filled and valid."""


class Calls(Frozen):
    """Which deal a call belongs to when none of the client's was open: hours before a creation, after a closing."""

    hours_before_creation: float = Field(24, ge=0)
    hours_after_closing: float = Field(24, ge=0)
    talk_seconds: float = Field(5, ge=0)
    touch_seconds: float = Field(30, ge=0)
    """A shorter answered call than the first is an attempt and no talk; from the second on it has content: a touch."""
    episode_minutes: float = Field(30, ge=0)
    """Missed calls of one number that follow each other within so many minutes are one episode."""
    recover_minutes: float = Field(60, ge=0)
    """Working minutes within which a missed call must be talked with to be recovered."""


class Touches(Frozen):
    """By what beginnings of words the name of a done task tells the contact that it was; the first list that fits decides.

    ``other`` are contacts whose channel the name does not tell; ``arranged`` are meetings agreed upon, not held.
    """

    left_out: tuple[str, ...] = (
        *("рассылк", "автоответ", "автоматическ", "автозвон", "робот", "подготов", "составит", "рассчита", "провери"),
        *("newsletter", "mailing", "autoreply", "auto-reply", "automatic", "prepare", "calculate", "check"),
    )
    call: tuple[str, ...] = (
        *("звон", "позвон", "перезвон", "созвон", "дозвон", "прозвон", "набрат", "call", "callback", "phone", "ring"),
    )
    letter: tuple[str, ...] = (
        *("отправ", "выслат", "вышл", "переслат", "письм", "кп", "email", "e-mail"),
        *("почт", "сообщен", "написат", "чат"),
        *("whatsapp", "ватсап", "вотсап", "telegram", "телеграм", "viber", "смс", "sms", "мессендж"),
        *("send", "letter", "mail", "message", "write", "proposal", "quote"),
    )
    arranged: tuple[str, ...] = (
        *("назнач", "согласов", "запланир", "перенес", "отмен", "договорит"),
        *("arrange", "schedule", "reschedule", "agree", "cancel", "book"),
    )
    meeting: tuple[str, ...] = (
        *("встреч", "визит", "выезд", "переговор", "презентац", "показ", "демонстрац", "замер"),
        *("meeting", "meet", "visit", "presentation", "demo"),
    )
    other: tuple[str, ...] = (
        *("связат", "уточн", "напомн", "спрос", "узнат", "обсуд", "согласов", "договорит", "назнач", "поздрав"),
        *("contact", "remind", "ask", "clarify", "discuss", "agree", "arrange", "schedule", "follow"),
    )


class Proposals(Frozen):
    """What a commercial proposal is: an entry into such a stage or a done task that sends one; resent soon, it is the same."""

    words: tuple[str, ...] = ("кп", "коммерческ", "предложени", "proposal", "quote", "quotation", "offer", "estimate")
    resent_hours: float = Field(24, ge=0)


class Promises(Frozen):
    """When a promise is kept: from so many hours before it is due to the end of the due day and of the working days of grace."""

    early_hours: float = Field(24, ge=0)
    grace_days: int = Field(0, ge=0)


class Script(Frozen):
    """What transcripts are searched for: phrases that should be said, and words that should not."""

    phrases: tuple[str, ...] = ()
    stop_words: tuple[str, ...] = ()


class Margin(Frozen):
    """Gross margin as a share of the amount: of each product by its name, and of all the others."""

    share: float | None = Field(None, gt=-1, le=1)
    products: dict[str, Annotated[float, Field(gt=-1, le=1)]] = {}


class Rates(Frozen):
    """Where exchange rates are, in the home; a rate older than ``max_age_days`` is not used."""

    file: str = "rates.csv"
    max_age_days: int = Field(31, ge=0)


class Server(Frozen):
    """What readers of the served pages may do."""

    allow_upload: bool | None = None
    """Load and decide from the Data page: true for every reader, false for nobody; unset, only on this machine itself."""
    identity_header: str = ""
    """The header in which a login proxy before the server names the reader, such as X-Forwarded-User; see ``[[person]]``."""


class Limits(Frozen):
    """Rules of thumb to hold answers against; ``pipelines/thresholds.py`` says what each means."""

    least_stages: int = Field(7, ge=1)
    other_share: float = Field(0.1, ge=0, le=1)
    least_closed: int = Field(50, ge=1)
    usual_touches: int = Field(5, ge=1)
    cards_a_day: int = Field(5, ge=1)


class Change(Frozen):
    """Something that was changed on a day, to be marked on trends and judged: before against after."""

    day: date
    text: str = Field(min_length=1)
    only: dict[Cut, tuple[str, ...]] = {}


class Settings(Frozen):
    """How this company counts."""

    currency: str | None = None
    zone: str = "Europe/Moscow"
    working_time: WorkingTime = WorkingTime()
    server: Server = Server()
    person: tuple[Person, ...] = ()
    funnel: tuple[Funnel, ...] = ()
    same: dict[Thing, dict[str, tuple[str, ...]]] = {}
    phones: Phones = Phones()
    clients: Clients = Clients()
    calls: Calls = Calls()
    touches: Touches = Touches()
    proposals: Proposals = Proposals()
    promises: Promises = Promises()
    script: Script = Script()
    thresholds: Limits = Limits()
    note: tuple[Change, ...] = ()
    margin: Margin = Margin()
    extensions: dict[str, str] = {}
    rates: Rates = Rates()
    mail: Mail = Mail()
    recipient: tuple[Recipient, ...] = ()
    schedule: Schedule = Schedule()

    @model_validator(mode="after")
    def recipients_are_persons(self) -> Settings:
        check_recipients(self.recipient, [one.login for one in self.person])
        return self

    @field_validator("zone")
    @classmethod
    def zone_exists(cls, zone: str) -> str:
        return known_zone(zone)

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def read_settings(home: Home) -> Settings:
    """Read ``settings.toml`` of a home; without one, the defaults. Raises SettingsError on an unknown key or value."""
    if not home.settings_file.exists():
        return Settings()
    return checked(Settings, read_toml(home.settings_file, SettingsError), home.settings_file, SettingsError)
