"""Where a company's data lives (its home) and how it counts: currency, zone, stages, names that mean the same.

Every key has a default, so a home without ``settings.toml`` works; a key that does not exist is refused, because a
misspelt setting that is silently ignored makes a wrong number.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers import SUPPORTED_REGIONS
from pydantic import Field, field_validator

from pipelines.errors import SettingsError, suggest
from pipelines.model import Frozen, checked, read_toml

StageType = Literal["open", "won", "lost", "junk"]
CardField = Literal["client_name", "phone", "email", "region_name", "manager_name", "created_at"]
Thing = Literal["product", "manager", "channel", "region", "client", "team", "campaign", "reason"]


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


class Funnel(Frozen):
    """One funnel with its stages in order."""

    name: str
    codes: tuple[str, ...] = ()
    is_sales: bool = True
    stage: tuple[Stage, ...] = ()


class WorkingTime(Frozen):
    """The company's working hours; days off are whole days."""

    opens: str = Field("09:00", alias="from")
    closes: str = Field("18:00", alias="to")
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri")
    days_off: tuple[date, ...] = ()


class Phones(Frozen):
    """How phone numbers are read: a number without a country's code is one of ``region`` (two letters, ISO 3166)."""

    region: str = "RU"

    @field_validator("region")
    @classmethod
    def region_exists(cls, region: str) -> str:
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
    active_days: int | None = Field(None, ge=31)
    """No less than a month, because the base is counted by months."""
    a_share: float = Field(0.8, gt=0, le=1)
    b_share: float = Field(0.95, gt=0, le=1)
    quota: Quotas = Quotas()
    required: tuple[CardField, ...] = ("client_name", "phone", "email", "region_name")
    """What a client's card must hold, filled and valid."""


class Calls(Frozen):
    """Which deal a call belongs to when none of the client's was open: hours before a creation, after a closing."""

    hours_before_creation: float = Field(24, ge=0)
    hours_after_closing: float = Field(24, ge=0)


class Rates(Frozen):
    """Where exchange rates are, in the home; a rate older than ``max_age_days`` is not used."""

    file: str = "rates.csv"
    max_age_days: int = Field(31, ge=0)


class Server(Frozen):
    """What readers of the served pages may do."""

    allow_upload: bool | None = None
    """Load and decide from the Data page: true for every reader, false for nobody; unset, only on this machine itself."""


class Settings(Frozen):
    """How this company counts."""

    currency: str | None = None
    zone: str = "Europe/Moscow"
    working_time: WorkingTime = WorkingTime()
    server: Server = Server()
    funnel: tuple[Funnel, ...] = ()
    same: dict[Thing, dict[str, tuple[str, ...]]] = {}
    phones: Phones = Phones()
    clients: Clients = Clients()
    calls: Calls = Calls()
    extensions: dict[str, str] = {}
    rates: Rates = Rates()

    @field_validator("zone")
    @classmethod
    def zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f'there is no time zone "{zone}". {suggest(zone, available_timezones())}')
        return zone

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def read_settings(home: Home) -> Settings:
    """Read ``settings.toml`` of a home; without one, the defaults. Raises SettingsError on an unknown key or value."""
    if not home.settings_file.exists():
        return Settings()
    return checked(Settings, read_toml(home.settings_file, SettingsError), home.settings_file, SettingsError)
