"""What stands in the data is only ever text in a report: no formula, no link, no tag, no phone and no mail."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import polars as pl
import pytest
from companies import deals_of, facts_with
from lxml import etree
from lxml import html as markup
from safe_text_cases import WHOLE

from dashboard.filters import Filter
from dashboard.i18n import Locale
from dashboard.reports.book import workbook
from dashboard.reports.contents import report
from dashboard.reports.hiding import masked
from dashboard.reports.html import html, rendered
from dashboard.reports.pdf import drawing_only, pdf
from dashboard.reports.tables import archive

FORMULAS = (
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://evil.example")',
        "\t=1+1",
        "\r=1+1",
    ),
    *("＝1+1", "＋1", "－1", "＠A1", "=IMPORTXML(1)", "+cmd|1", "-2+3+cmd", "@evil"),
)


def company(strings):
    """A company whose every name is one of the strings."""
    names = (
        "manager_name",
        "product_name",
        "channel_name",
        "refusal_reason",
        "client_name",
        "funnel_name",
        "region_name",
    )
    outcomes = ("won", "lost")
    rows = [
        dict.fromkeys(names, text) | {"outcome": outcomes[number % 2], "amount": 100}
        for number, text in enumerate(text for text in strings for _ in range(4))
    ]
    return facts_with(deals_of(rows))


@pytest.fixture(scope="module")
def made():
    """The report of names that look like formulas and markup."""
    return report(company((*FORMULAS, *WHOLE)), Filter(), Locale("ru"))


def test_no_string_becomes_a_tag_or_a_link_in_html(made):
    text = html(made).decode()
    body = text[text.index("<main>") : text.index("</main>")]
    tree = markup.fromstring(body)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert {one.get("href")[0] for one in tree.iter("a")} == {"#"}
    assert len(list(tree.iter("a"))) == len(made.sections)
    assert not [
        one.tag for one in tree.iter("img", "script", "iframe", "object", "form", "base", "link", "image", "use")
    ]
    assert not [
        name for one in tree.iter() for name in one.attrib if name.startswith("on") or name in ("src", "xlink:href")
    ]
    assert not re.search(r"<script", text[text.index('id="figures">') : text.index("</script>")])


def test_every_drawing_is_whole_xml_and_holds_letters_only(made):
    for drawing in re.findall(r"<svg.*?</svg>", rendered(made, "paper.css"), re.DOTALL):
        tags = {etree.QName(one).localname for one in etree.fromstring(drawing.encode()).iter()}
        assert tags <= {"svg", "title", "text", "tspan", "rect", "path", "circle"}


def test_a_workbook_holds_no_formula_and_no_link(made):
    with zipfile.ZipFile(io.BytesIO(workbook(made))) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
        links = [name for name in packed.namelist() if "externalLink" in name]
        targets = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".rels"))
    assert sheets
    assert not [one for one in sheets if "<f>" in one or "<f " in one or "hyperlink" in one.lower()]
    assert not links
    assert "evil" not in targets


def test_no_text_of_a_csv_begins_like_a_formula(made):
    with zipfile.ZipFile(io.BytesIO(archive(made))) as packed:
        assert "'=1+1" in packed.read("managers.csv").decode()
        for name in packed.namelist():
            if name.endswith(".csv"):
                frame = pl.read_csv(packed.read(name), infer_schema=False)
                typed = pl.read_parquet(packed.read(name.replace(".csv", ".parquet")))
                texts = [column for column, dtype in typed.schema.items() if dtype == pl.String]
                cells = [cell for column in texts for cell in frame[column].drop_nulls().to_list()]
                assert not [
                    cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
                ]


def test_a_pdf_has_no_link_outwards_and_fetches_nothing():
    one = report(company((*FORMULAS[:4], *WHOLE[:12])), Filter(), Locale("ru"))
    content = pdf(replace(one, sections=one.sections[3:5]))
    assert b"/URI" not in content
    assert b"/JavaScript" not in content
    with pytest.raises(ValueError, match="not fetched"):
        drawing_only({"drawing:0": "<svg/>"}, "file:///etc/passwd")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Иванов +7 916 123-45-67", "Иванов •••67"),
        ("8(916)1234567", "•••67"),
        ("почта ivan@firm.example", "почта •••@•••"),
        ("2026-10-01", "2026-10-01"),
        ("Договор 123456", "Договор 123456"),
        ("1 234 567,89", "1 234 567,89"),
    ],
)
def test_phones_and_mails_are_masked_and_nothing_else(text, shown):
    assert masked(text) == shown


def test_no_phone_and_no_mail_of_the_data_is_in_any_format():
    one = report(company(("Иванов +7 916 123-45-67", "ivan@firm.example")), Filter(), Locale("ru"))
    text = html(one).decode()
    shown = text[text.index("<main>") :]
    assert "123-45" not in shown
    assert "ivan@" not in shown
    with zipfile.ZipFile(io.BytesIO(archive(one))) as packed:
        assert not [name for name in packed.namelist() if b"ivan@" in packed.read(name)]
