"""The table of contents: every page in the order of the menu. To add one, write its file in screens/ and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dashboard.i18n import N_

SCREENS = Path(__file__).with_name("screens")
ICON = Path(__file__).with_name("ui") / "voronka.svg"


@dataclass(frozen=True)
class Page:
    """One page: its file without ``.py`` (also its address), its title, the part of the menu, and who may open it.

    It has no icon: Streamlit would make one by name the favicon of the page and fetch it from another host.
    """

    file: str
    title: str
    section: str = N_("Sales")
    roles: tuple[str, ...] = ("head", "lead", "manager", "marketer")

    @property
    def path(self) -> Path:
        return SCREENS / f"{self.file}.py"


MARKETING, WORK, DATA = N_("Channels and clients"), N_("What to do"), N_("Data")
"""The parts of the menu after the first."""

PAGES = (
    Page("overview", N_("Overview")),
    Page("funnel", N_("Sales funnel")),
    Page("cycle", N_("Speed of a deal")),
    Page("managers", N_("Performance of the managers")),
    Page("refusals", N_("Refusal reasons")),
    Page("channels", N_("Channels and ROI"), MARKETING),
    Page("calls", N_("Calls and speed of response"), MARKETING),
    Page("clients", N_("Client base"), MARKETING),
    Page("today", N_("Whom to call"), WORK),
    Page("forecast", N_("Forecast"), WORK),
    Page("data", N_("Data and reconciliation"), DATA, roles=("head",)),
    Page("reports", N_("Reports"), DATA),
    Page("glossary", N_("Glossary of numbers"), DATA),
)


def pages_for(role: str) -> tuple[Page, ...]:
    """Return the pages a role may open; what is not in the list cannot be reached by its address either."""
    return tuple(page for page in PAGES if role in page.roles)
