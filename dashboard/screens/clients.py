"""Which clients does nobody look after, does the base grow, and is it divided fairly?"""

from __future__ import annotations

from dashboard.ui import blocks, cards, clients_blocks, clients_growth
from dashboard.ui.shell import open_page

here = open_page("clients")
if clients_blocks.has_clients(here):
    cards.cards(here, clients_blocks.NUMBERS)
    clients_blocks.only_named(here)
    match blocks.choice(here, "part", clients_blocks.SHOW, clients_blocks.PARTS):
        case "care":
            clients_blocks.care(here)
        case "growth":
            clients_growth.show(here)
        case "repeat":
            clients_growth.repeat(here)
        case "share":
            clients_blocks.division(here)
    clients_blocks.rows(here)
cards.meanings(here, clients_blocks.NUMBERS)
