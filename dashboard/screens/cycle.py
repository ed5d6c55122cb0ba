"""How long does a deal take, which stage holds it, and what is stuck there?"""

from __future__ import annotations

from dashboard.metrics.deals import CYCLE_DAYS_MEDIAN, CYCLE_DAYS_P90
from dashboard.metrics.times import AGE_DAYS_MEDIAN, CYCLE_DAYS_Q25, CYCLE_DAYS_Q75
from dashboard.metrics.visits import STAGE_AGE_DAYS_MEDIAN, STUCK, STUCK_AMOUNT, STUCK_SHARE, WITHIN_NORM_SHARE
from dashboard.ui import cards, cycle_blocks, number_rows
from dashboard.ui.shell import open_page

NUMBERS = (CYCLE_DAYS_MEDIAN, CYCLE_DAYS_P90, WITHIN_NORM_SHARE, STUCK, STUCK_AMOUNT, AGE_DAYS_MEDIAN)
MORE = (CYCLE_DAYS_Q25, CYCLE_DAYS_Q75, STUCK_SHARE, STAGE_AGE_DAYS_MEDIAN)

here = open_page("cycle")
cards.cards(here, NUMBERS)
cycle_blocks.whole(here)
cycle_blocks.stages(here)
cycle_blocks.stuck(here)
cycle_blocks.months(here)
number_rows.rows(here, NUMBERS)
cards.meanings(here, (*NUMBERS, *MORE))
