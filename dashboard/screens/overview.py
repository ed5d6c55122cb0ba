"""Is the money coming in as it should, and if not, where does it stop?"""

from __future__ import annotations

from dashboard.ui import blocks, cards, funnel_blocks, number_rows, overview_blocks, signal_blocks
from dashboard.ui.overview_blocks import NUMBERS, TREND
from dashboard.ui.shell import open_page

here = open_page("overview")
cards.cards(here, NUMBERS)
overview_blocks.today(here)
overview_blocks.money(here)
left, right = blocks.halves(here)
with left:
    overview_blocks.trend(here, TREND)
with right:
    funnel_blocks.worst_stage(here)
overview_blocks.clicked(here, TREND)
signal_blocks.unusual(here)
number_rows.rows(here, NUMBERS)
cards.meanings(here, NUMBERS)
