"""Who of the managers sells more or less than the others beyond chance, and why?"""

from __future__ import annotations

from dashboard.ui import managers_blocks, managers_one
from dashboard.ui.shell import open_page

here = open_page("managers")
who = managers_blocks.choose(here)
if who is None:
    managers_blocks.show(here)
else:
    managers_one.show(here, who)
