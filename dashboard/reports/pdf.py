"""The report as a PDF: typeset by WeasyPrint, vector pictures, page numbers, contents; nothing is fetched for it.

WeasyPrint stands on the system's Pango; where that is missing, the other formats are made and ``MissingPart`` says what to
install.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

from dashboard.reports.html import rendered
from dashboard.reports.model import MissingPart, Report
from pipelines.errors import N_

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse


NO_PANGO = N_(
    "The PDF could not be made: {fault}. Install Pango (Debian and Ubuntu: apt-get install libpango-1.0-0 "
    "libpangoft2-1.0-0; macOS: brew install pango); the other formats are made without it."
)


def pdf(report: Report, *, is_packed: bool = True) -> bytes:
    """Write the report for paper; ``is_packed`` False leaves its parts readable as text. Raises MissingPart without Pango."""
    try:
        with redirect_stdout(StringIO()):  # without Pango it prints advice of its own there
            from weasyprint import HTML
            from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as fault:
        raise MissingPart(NO_PANGO, fault=str(fault).splitlines()[0]) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    drawings: dict[str, str] = {}
    text = rendered(report, "paper.css", drawings=drawings)
    fetcher = URLFetcher(allowed_protocols=())
    fetcher.fetch = partial(drawing_only, drawings)
    told = hashlib.sha256("".join([text, *drawings.values()]).encode()).hexdigest()
    document = HTML(string=text, url_fetcher=fetcher)
    return document.write_pdf(pdf_identifier=told[:32].encode(), uncompressed_pdf=not is_packed)


def drawing_only(drawings: Mapping[str, str], url: str, headers: object = None) -> URLFetcherResponse:
    """Hand out our own drawings and fetch nothing: whatever a text asks for is not looked up. Raises ValueError."""
    from weasyprint.urls import URLFetcherResponse

    if url not in drawings:
        raise ValueError(f"not fetched: {url[:60]}")
    return URLFetcherResponse(url, drawings[url].encode(), {"Content-Type": "image/svg+xml"})
