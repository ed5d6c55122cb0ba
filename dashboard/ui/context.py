"""What a page knows: the facts its viewer may see, the choice in the address, the language. Made by ``open_page``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from dashboard.access import Facts, Viewer
from dashboard.charts.theme import Look
from dashboard.contents import Page
from dashboard.exports.answers import cut
from dashboard.filters import Filter
from dashboard.i18n import N_, Locale
from dashboard.periods import Period
from dashboard.ui.safe_text import md

LABELS = {
    "manager": N_("Manager"),
    "team": N_("Team"),
    "product": N_("Product"),
    "channel": N_("Channel"),
    "region": N_("Region"),
    "funnel": N_("Funnel"),
    "client_type": N_("Client type"),
}
"""The dimensions of the filter bar as a reader calls them."""


@dataclass(frozen=True)
class Context:
    """One run of one page for one viewer."""

    page: Page
    viewer: Viewer
    locale: Locale
    facts: Facts
    filter: Filter
    query: dict[str, list[str]]
    look: Look = "light"

    @property
    def before(self) -> Filter | None:
        """The same choice over the compare period, None when nothing is compared."""
        return self.filter.compared(self.facts.as_of_on)

    def over(self, period: Period) -> Filter:
        """The same choice over another period."""
        return replace(self.filter, period=period, preset=None)

    def say(self, template: str, **values: object) -> str:
        """Translate a sentence for Markdown: the template is ours, every value in it is shown letter for letter."""
        hint = values.get("hint")
        if isinstance(hint, str):
            values["hint"] = self.locale.hint(hint)
        return self.locale.text(template, **{name: md(value) for name, value in values.items()})

    def name(self, value: str | None, key: str = "") -> str:
        """Write a value of a dimension (``key``) as plain text; what the export does not give is said so."""
        return cut(value or None, self.locale, key)

    def written(self, x: int | float | Decimal | None, unit: object, *, short: bool = False) -> str:
        """Write a metric's value in the locale and the company's currency."""
        return self.locale.value(x, unit, self.facts.currency, short)
