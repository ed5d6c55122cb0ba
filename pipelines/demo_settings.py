"""The invented company's settings and mappings: what a real user would write by hand after installing the product."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.demo_calendar import DAYS_OFF
from pipelines.demo_words import JUNK_REASONS, MANAGERS, NEW_SALES, REPEAT_SALES, STAGES, Stage

SYSTEM = "packing_company"
"""The amoCRM numbers of deals stand in the stage history, the tasks and the invoices: they are one system."""


def _quoted(text: str) -> str:
    """Write a TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _list(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


def write_settings_file(path: Path) -> Path:
    """Write settings.toml with the stage dictionary of both funnels."""
    lines = [
        "# How this company counts. Every key has a default; delete what you do not need.",
        'currency = "RUB"',
        'zone = "Europe/Moscow"',
        "",
        "[working_time]",
        'from = "09:00"',
        'to = "18:00"',
        'days = ["mon", "tue", "wed", "thu", "fri"]',
        f"days_off = {_list(tuple(day.isoformat() for day in DAYS_OFF))}",
    ]
    for name, codes in ((NEW_SALES, ("1", "C1")), (REPEAT_SALES, ("2", "C2"))):
        lines += ["", "[[funnel]]", f"name = {_quoted(name)}", f"codes = {_list(codes)}", "is_sales = true"]
        for stage in STAGES:
            if stage.funnel == name:
                lines += _stage_lines(stage)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def _stage_lines(stage: Stage) -> list[str]:
    lines = [
        "",
        "  [[funnel.stage]]",
        f"  name = {_quoted(stage.name)}",
        f"  codes = {_list((stage.code,))}",
        f'  type = "{stage.type}"',
    ]
    if stage.norm_days is not None:
        lines.append(f"  norm_days = {stage.norm_days:g}")
        lines.append(f"  exit_result = {_quoted(stage.exit_result)}")
        lines.append(f"  required_action = {_quoted(stage.required_action)}")
    return lines


def write_mappings(folder: Path) -> list[Path]:
    """Write the mappings that add this company's own columns to the shipped profiles."""
    folder.mkdir(parents=True, exist_ok=True)
    extensions = "\n".join(f"{_quoted(one.extension)} = {_quoted(one.name)}" for one in MANAGERS)
    texts = {
        "company_deals.toml": f"""# Our amoCRM has fields of our own, and refusal reasons which mean that the lead was no target.
name = "company_deals"
title = "amoCRM, наши поля"
extends = "amocrm"
system = "{SYSTEM}"

[[table]]
name = "deals"
recognise.headings = ["ID", "Этап сделки", "Воронка", "Ответственный", "Регион", "Ожидаемая дата сделки"]

[table.columns]
region_name = "Регион"
expected_on = "Ожидаемая дата сделки"
client_id = "Код клиента"

[outcomes]
junk_reasons = {_list(JUNK_REASONS)}
""",
        "company_stages.toml": f"""# The stage history carries the same deal numbers as our amoCRM.
name = "company_stages"
title = "Битрикс24, история стадий"
extends = "bitrix24"
system = "{SYSTEM}"
""",
        "company_sheets.toml": f"""# Our tasks and invoices carry the same deal numbers as our amoCRM.
name = "company_sheets"
title = "Наши таблицы"
extends = "voronka"
system = "{SYSTEM}"
""",
        "company_calls.toml": f"""# Our exchange writes the manager's extension into accountcode; from-trunk is a call that comes in.
name = "company_calls"
title = "Asterisk, наши номера"
extends = "asterisk"

[[table]]
name = "cdr_csv"

[table.columns]
direction = {{ from = "dcontext", words = {{ "from-trunk" = "in", "from-internal" = "out" }} }}

[table.columns.manager_name]
from = "accountcode"

[table.columns.manager_name.words]
{extensions}
""",
    }
    paths: list[Path] = []
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        paths.append(folder / name)
    return paths
