"""Is everything in that was exported, does it add up, and what was put aside and why?"""

from __future__ import annotations

from dashboard.i18n import N_
from dashboard.ui import blocks, data_check, data_load, data_rows, data_settings, data_state, data_words
from dashboard.ui.shell import open_free_page
from pipelines.settings import find_home

PARTS = {
    "load": N_("Load"),
    "check": N_("Reconciliation"),
    "aside": N_("Put aside"),
    "history": N_("Loads"),
    "words": N_("Names and stages"),
    "settings": N_("Settings"),
}

here, home = open_free_page("data"), find_home()
data_rows.much_taken(here, home)
data_check.without_rates(here, home)
data_state.offer_to_count_again(here, home)
if here.facts.is_empty:
    data_load.show(here, home)
else:
    match blocks.choice(here, "part", N_("Show"), PARTS):
        case "load":
            data_load.show(here, home)
        case "check":
            data_check.show(here)
        case "aside":
            data_rows.put_aside(here)
        case "history":
            data_rows.history(here)
        case "words":
            data_words.show(here, home)
        case "settings":
            data_settings.show(here, home)
