"""What a file is, told by its first bytes: nothing here parses, and nothing heavy is imported."""

from __future__ import annotations

import io
import re
import zipfile

GZIP = b"\x1f\x8b"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUETS = (b"PAR1", b"PARE")
EXCEL_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
HTML_STARTS = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div|p|h[1-6]|center|font|span|title|link|script)\b",
    re.I | re.S,
)
XML_STARTS = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|(?:\w+:)?Workbook)\b")
MAIL_STARTS = re.compile(rb"^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.I)


def form_of(content: bytes) -> str:
    """Name what the bytes are: zip, gzip, xlsx (all workbooks), html, json, parquet, or else csv."""
    if content.startswith(GZIP):
        return "gzip"
    if content.startswith(ZIPS):
        return "xlsx" if is_office(content) else "zip"
    if content.startswith(OLD_WORKBOOK):
        return "xlsx"
    if content.startswith(PARQUETS):
        return "parquet"
    if looks_like_html(content):
        return "html"
    return "json" if looks_like_json(content) else "csv"


def is_office(content: bytes) -> bool:
    """Tell whether a zip is a workbook (XLSX, ODS) and not an archive."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        # A cut workbook has no list of members left, but its first one is at its beginning.
        return b"[Content_Types].xml" in content[:4096] or b"opendocument" in content[:4096]
    return "[Content_Types].xml" in names or "mimetype" in names or "xl/workbook.xml" in names


def looks_like_html(content: bytes) -> bool:
    """Tell HTML, or a workbook in XML, by its beginning, whatever the file is called."""
    return is_excel_2003(content) or is_mail(content) or bool(HTML_STARTS.match(_start_of(content)))


def is_mail(content: bytes) -> bool:
    """Tell a page saved as a mail archive (MHTML), which Excel calls a web archive and others .xls."""
    start = content[:4096]
    return bool(MAIL_STARTS.match(start)) and b"multipart/related" in start.lower()


def _start_of(content: bytes) -> bytes:
    start = content[:4096]
    return start.decode("utf-16", errors="replace").encode() if start[:2] in (b"\xff\xfe", b"\xfe\xff") else start


def is_excel_2003(content: bytes) -> bool:
    """Tell a workbook in the XML that Excel wrote in 2003."""
    start = _start_of(content)
    return bool(XML_STARTS.match(start)) and EXCEL_2003 in start


def looks_like_json(content: bytes) -> bool:
    """Tell JSON by its first sign, past a byte-order mark, spaces and the zero bytes of utf-16."""
    start = content[:64]
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        start = start.removeprefix(mark)
    return start.lstrip(b"\0 \t\r\n")[:1] in (b"{", b"[")
