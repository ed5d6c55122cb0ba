"""What do we send on this week, and why did a number that was reported change since?"""

from __future__ import annotations

from dashboard.i18n import N_
from dashboard.ui import blocks, reports_blocks, reports_sent
from dashboard.ui.shell import open_page

PARTS = {
    "make": N_("Make a report"),
    "archive": N_("Archive"),
    "changes": N_("Why a report changed"),
    "sent": N_("Schedule and sending"),
}

here = open_page("reports")
reports_sent.alarm(here)
if not blocks.may_export(here):
    reports_blocks.no_right(here)
else:
    match blocks.choice(here, "part", N_("Show"), PARTS):
        case "make":
            reports_blocks.make(here)
        case "archive":
            reports_blocks.archive(here)
        case "changes":
            reports_blocks.changes(here)
        case "sent":
            reports_sent.happens(here)
