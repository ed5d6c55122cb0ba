"""At which stage, for which reason and for how much money do clients refuse, and can the reasons be believed?"""

from __future__ import annotations

from dashboard.ui import refusals_blocks
from dashboard.ui.shell import open_page

here = open_page("refusals")
refusals_blocks.show(here)
