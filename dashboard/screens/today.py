"""Whom does each manager contact on the next working day, and why?"""

from __future__ import annotations

from dashboard.ui import blocks, today_blocks
from dashboard.ui.shell import open_page

here = open_page("today")
match blocks.choice(here, "part", today_blocks.SHOW, today_blocks.PARTS):
    case "list":
        today_blocks.contacts(here)
    case "promises":
        today_blocks.promises(here)
    case "return":
        today_blocks.winning_back(here)
    case "buy":
        today_blocks.expected(here)
