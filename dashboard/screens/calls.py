"""Who called and got no answer, how soon do we answer, and what does it cost us?"""

from __future__ import annotations

from dashboard.ui import blocks, calls_blocks, cards, speed_blocks
from dashboard.ui.shell import open_page

here = open_page("calls")
if calls_blocks.has_calls(here):
    calls_blocks.numbers(here)
    if calls_blocks.is_tied(here):
        left, right = blocks.halves(here)
        with left:
            calls_blocks.response(here)
        with right:
            calls_blocks.week(here)
        calls_blocks.outcomes(here)
    else:
        calls_blocks.week(here)
    calls_blocks.of_an_hour(here)
    calls_blocks.behind(here)
    speed_blocks.requests(here)
speed_blocks.load(here)
cards.meanings(here, (*calls_blocks.COUNTS, *calls_blocks.SPEEDS))
