"""How far do deals get, where and how do they leave, and how long does each stage hold them?"""

from __future__ import annotations

from dashboard.ui import funnel_advice, funnel_blocks, funnel_compare, funnel_deals, funnel_way
from dashboard.ui.shell import open_page

here = open_page("funnel")
way, groups = funnel_way.choose(here)
if groups:
    funnel_compare.compare(here, way, groups)
else:
    funnel_blocks.show(here, way)
    funnel_deals.deals_of_a_stage(here, way)
    funnel_advice.advice(here)
