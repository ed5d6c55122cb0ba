"""How far do deals get, where and how do they leave, and how long does each stage hold them?"""

from __future__ import annotations

from dashboard.ui import funnel_blocks, funnel_way
from dashboard.ui.shell import open_page

here = open_page("funnel")
way, groups = funnel_way.choose(here)
if groups:
    funnel_blocks.compare(here, way, groups)
else:
    funnel_blocks.show(here, way)
    funnel_blocks.deals_of_a_stage(here, way)
