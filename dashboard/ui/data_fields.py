"""Which settings are offered in the browser: how each is called, what it does to the numbers, and between what it may lie.

The names are those of ``settings.toml``; what is not here (mail, persons, the server's rights) is changed in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.i18n import N_, Locale

Form = Literal["currency", "zone", "hour", "weekdays", "days", "count", "number", "share", "margins"]


@dataclass(frozen=True)
class Setting:
    """One setting: its dotted name in the file, what a reader calls it, and what follows from it.

    ``low`` and ``high`` bound a number; a share is stored from 0 to 1 and shown in percent. An ``optional`` one may be unknown.
    """

    name: str
    form: Form
    label: str
    help: str
    low: float = 0
    high: float | None = None
    optional: bool = False


GROUPS: Mapping[str, tuple[Setting, ...]] = {
    N_("Money and time"): (
        Setting(
            "currency",
            "currency",
            N_("Reporting currency"),
            N_(
                "All sums are shown in it. Sums in another currency are converted by rates.csv; without a rate they are unknown. "
                "Not chosen: that of the exports when they agree, else roubles."
            ),
            optional=True,
        ),
        Setting(
            "zone",
            "zone",
            N_("Time zone"),
            N_(
                "In it days begin and end, and times that an export writes without a zone are read. Files that are in already "
                "keep their times: load them once more after a change."
            ),
        ),
        Setting(
            "margin.share",
            "share",
            N_("Gross margin, %"),
            N_("Of products without a margin of their own. Without it ROMI is counted from revenue."),
            -99,
            100,
            optional=True,
        ),
    ),
    N_("Working time"): (
        Setting(
            "working_time.from", "hour", N_("Day begins"), N_("Response times and calls count working hours only.")
        ),
        Setting("working_time.to", "hour", N_("Day ends"), N_("Response times and calls count working hours only.")),
        Setting("working_time.days", "weekdays", N_("Working days"), N_("Other days are days off.")),
        Setting(
            "working_time.days_off",
            "days",
            N_("Holidays"),
            N_("Whole days off besides weekends. Add a line for each; a marked line can be deleted."),
        ),
    ),
    N_("Clients"): (
        Setting(
            "clients.no_contact_days",
            "count",
            N_("No contact, days"),
            N_("After so many days without a contact a client counts as neglected."),
            1,
        ),
        Setting(
            "clients.active_days",
            "count",
            N_("Active client, days"),
            N_("How long after a purchase a client is active. Empty: the company's own mean gap between purchases."),
            31,
            optional=True,
        ),
        Setting(
            "clients.a_share",
            "share",
            N_("Class A: share of revenue, %"),
            N_("Clients who together bring so much of the year's revenue are class A."),
            1,
            100,
        ),
        Setting(
            "clients.b_share",
            "share",
            N_("Classes A and B: share of revenue, %"),
            N_("Clients who together bring so much of the year's revenue are classes A and B; the rest are C."),
            1,
            100,
        ),
    ),
    N_("Calls and promises"): (
        Setting(
            "calls.talk_seconds",
            "number",
            N_("Talk, seconds from"),
            N_("A shorter answered call is an attempt, not a talk."),
        ),
        Setting(
            "calls.touch_seconds",
            "number",
            N_("Talk with content, seconds from"),
            N_("A talk so long counts as a touch of the client."),
        ),
        Setting(
            "calls.recover_minutes",
            "number",
            N_("Call back within, minutes"),
            N_("Working minutes within which a missed call must be talked with to be recovered."),
        ),
        Setting(
            "promises.grace_days",
            "count",
            N_("Grace for promises, working days"),
            N_("A promise kept so many working days later still counts as kept."),
        ),
    ),
    N_("When to raise the alarm"): (
        Setting(
            "thresholds.other_share",
            "share",
            N_('Refusals "other", %'),
            N_("When more of the losses have such a reason, the reasons hide something."),
            0,
            100,
        ),
        Setting(
            "thresholds.least_stages",
            "count",
            N_("Stages in a funnel, at least"),
            N_("A funnel with fewer open stages is called too coarse."),
            1,
        ),
        Setting(
            "thresholds.least_closed",
            "count",
            N_("Closed deals for a forecast, at least"),
            N_("With fewer won and lost deals nothing is forecast."),
            1,
        ),
    ),
    N_("Margin of products"): (
        Setting("margin.products", "margins", N_("Margin of products"), N_("Where it differs from the common margin.")),
    ),
}
WEEKDAYS = {
    "mon": N_("Mon"), "tue": N_("Tue"), "wed": N_("Wed"), "thu": N_("Thu"), "fri": N_("Fri"), "sat": N_("Sat"), "sun": N_("Sun"),
}  # fmt: skip
CURRENCIES = (
    "RUB", "KZT", "BYN", "UZS", "KGS", "AMD", "AZN", "GEL", "MDL", "TJS", "TMT", "UAH", "USD", "EUR", "CNY", "TRY", "AED", "GBP",
)  # fmt: skip
HOURS = (*(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)), "24:00")
CUT = 10
"""So many days or products are written out where a change is shown."""


def shown(setting: Setting, value: object) -> object:
    """Turn a stored value into what a number field holds: a share becomes percent, a whole number stays whole."""
    if value is None or not isinstance(value, (int, float)):
        return value
    return round(value * 100, 4) if setting.form == "share" else value


def stored(setting: Setting, value: object) -> object:
    """Turn what a field holds into the value for the file; a whole number is written without a point."""
    if isinstance(value, (int, float)) and setting.form in ("share", "number", "count"):
        value = round(value / 100, 6) if setting.form == "share" else value
        return int(value) if setting.form != "share" and float(value).is_integer() else value
    return value


def same(before: object, after: object) -> bool:
    """Tell whether two values mean the same: days and weekdays are sets."""
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return set(before) == set(after)
    return before == after


def written(setting: Setting, value: object, locale: Locale) -> str:
    """Write a value as a reader says it."""
    if value is None or value == () or value == {}:
        return locale.text(N_("not set"))
    if setting.form == "weekdays" and isinstance(value, tuple):
        return ", ".join(locale.text(word) for name, word in WEEKDAYS.items() if name in value)
    if isinstance(value, tuple):
        days = [locale.date(one) for one in sorted(one for one in value if isinstance(one, date))]
        return ", ".join(days[:CUT]) + (" …" if days[CUT:] else "")
    if isinstance(value, Mapping):
        told = [f"{name} — {locale.share(share)}" for name, share in value.items()]
        return "; ".join(told[:CUT]) + (" …" if told[CUT:] else "")
    if setting.form == "share" and isinstance(value, (int, float)):
        return locale.share(value)
    if isinstance(value, (int, float)):
        return locale.number(value, 0 if float(value).is_integer() else 1)
    return str(value)


def fault_of(values: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """Return the first sentence that speaks against the values together; None when they can stand."""
    opens, closes = str(values["working_time.from"]), str(values["working_time.to"])
    if opens.zfill(5) >= closes.zfill(5):
        return N_("The working day ends at {closes}, before it begins at {opens}."), {"opens": opens, "closes": closes}
    if not values["working_time.days"]:
        return N_("Choose at least one working day."), {}
    first, both = values["clients.a_share"], values["clients.b_share"]
    if isinstance(first, float) and isinstance(both, float) and first > both:
        return N_("Classes A and B together bring no less than class A alone."), {}
    return None
