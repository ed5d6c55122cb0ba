"""Which advertising pays, how sure is that, and where does money go without a lead?"""

from __future__ import annotations

from dashboard.ui import blocks, cards, channels_blocks
from dashboard.ui.shell import open_page

here = open_page("channels")
way = channels_blocks.choose(here)
if channels_blocks.has_deals(here):
    channels_blocks.head(here, way)
    left, right = blocks.halves(here)
    with left:
        channels_blocks.chart(here, way)
    with right:
        channels_blocks.rules(here, way)
    channels_blocks.table(here, way)
    channel = channels_blocks.inside(here, way)
    channels_blocks.behind(channel, way)
    channels_blocks.lost_money(here)
channels_blocks.cabinet(here)
cards.meanings(here, channels_blocks.numbers(here, way))
