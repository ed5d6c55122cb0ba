"""How does the month end against the plan, which deals decide it, and what changed in the open deals?"""

from __future__ import annotations

from dashboard.ui import blocks, forecast_blocks, forecast_changes
from dashboard.ui.shell import open_page

here = open_page("forecast")
match blocks.choice(here, "part", forecast_blocks.SHOW, forecast_blocks.PARTS):
    case "month":
        forecast_blocks.month(here)
    case "plan":
        forecast_changes.plan(here)
    case "changes":
        forecast_changes.waterfall(here)
    case "record":
        forecast_blocks.record(here)
    case "notes":
        forecast_changes.notes(here)
