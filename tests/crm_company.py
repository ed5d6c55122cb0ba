"""A company with a CRM of its own: mappings and tables as literal text, loaded the real way."""

from __future__ import annotations

from pathlib import Path

from dashboard.access import Facts, open_facts
from pipelines.load import load
from pipelines.settings import Home

MAPPING = """
name = "{name}"
title = "{title}"
system = "{system}"
{top}
[[table]]
kind = "deals"
recognise.headings = ["id", "stage", "{mark}"]
[table.columns]
deal_id = "id"
stage_name = "stage"
outcome = "state"
funnel_name = "funnel"
amount = "amount"
currency = "currency"
created_at = "created"
closed_at = "closed"
expected_on = "expected"
refusal_reason = "reason"
manager_name = "manager"
client_id = "client"
product_name = "product"
{more}
"""


class Company:
    """A home that files and mappings are put into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home")
        self.home.mappings.mkdir(parents=True)

    def mapping(self, name: str = "crm", *, system: str = "", top: str = "", more: str = "", mark: str = "crm") -> None:
        text = MAPPING.format(name=name, title=name.title(), system=system or name, top=top, more=more, mark=mark)
        (self.home.mappings / f"{name}.toml").write_text(text, encoding="utf-8")

    def load(self, *tables: str, kind: str | None = None) -> Facts:
        paths = []
        for number, table in enumerate(tables):
            path = self.folder / f"t{len(list(self.folder.iterdir()))}-{number}.csv"
            path.write_text("\n".join(line.strip() for line in table.strip().splitlines()) + "\n", encoding="utf-8")
            paths.append(path)
        report = load(paths, self.home, kind=kind)
        assert report.outcome == "accept", report.message
        return open_facts(self.home)
