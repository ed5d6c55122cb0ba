"""What exactly does each number mean?"""

from __future__ import annotations

from dashboard.ui import glossary
from dashboard.ui.shell import open_free_page

here = open_free_page("glossary")
glossary.show(here)
