"""Histories of stages that cannot have been, and names that would do harm elsewhere."""

from __future__ import annotations

from badinput.case import STAGES, Bad, rows, table


def log(name: str, *events: tuple[str, str, str], outcome: str = "accept", accepted: int | None = None) -> Bad:
    """A log of its own deal numbers, so that no other log of the collection holds its events."""
    own = [(f"{name}-{deal}" if deal else "", stage, at) for deal, stage, at in events]
    return Bad(
        f"hist_{name}.csv",
        table(own, STAGES),
        outcome,
        len(events),
        len(events) if accepted is None else accepted,
        kind="stages",
    )


HARM = {
    "formula": "=cmd|' /C calc'!A0",
    "formula_plus": "+1+cmd|'x'!A0",
    "formula_at": "@SUM(1+1)*cmd",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "![x](http://evil.example/x.png) **жирно**",
    "sql": "'; DROP TABLE deals; --",
    "sql_quotes": 'Robert"); DROP TABLE deals;--',
    "template": "{{7*7}} ${7*7} %s %(x)s {0} {name}",
    "path": "../../../../etc/passwd",
    "control": "звонок\x07\x1b[31m красный",
    "right_to_left": "\u202eгнп.exe",
    "surrogates": "👨‍👩‍👧‍👦" * 20,
    "braces": '{"a": [1, {"b": null}]}',
}

CASES = [
    log("unknown_stage", ("1", "Неведомый", "01.02.2026 10:00"), ("1", "Продажа", "02.02.2026 10:00")),
    log("cycle", *(("1", ("Звонок", "КП")[n % 2], f"{n + 1:02d}.02.2026 10:00") for n in range(8))),
    log("same_moment", ("1", "Звонок", "01.02.2026 10:00"), ("1", "КП", "01.02.2026 10:00"), ("1", "Продажа", "01.02.2026 10:00")),
    log("same_stage_twice", ("1", "Звонок", "01.02.2026 10:00"), ("1", "Звонок", "02.02.2026 10:00")),
    log("repeat", ("1", "Звонок", "01.02.2026 10:00"), ("1", "Звонок", "01.02.2026 10:00"), accepted=1),
    log("future", ("1", "Звонок", "01.02.2099 10:00"), ("1", "Продажа", "01.03.2026 10:00")),
    log("before_everything", ("1", "Звонок", "01.02.1970 10:00"), ("1", "Продажа", "01.03.2026 10:00")),
    log("reopened", ("1", "Продажа", "01.02.2026 10:00"), ("1", "Звонок", "02.02.2026 10:00"), ("1", "Продажа", "03.02.2026 10:00")),
    log("unordered", ("1", "Продажа", "03.02.2026 10:00"), ("1", "Звонок", "01.02.2026 10:00")),
    log("no_moment", ("1", "Звонок", ""), ("1", "Продажа", "02.02.2026 10:00"), outcome="partial", accepted=1),
    log("no_stage", ("1", "", "01.02.2026 10:00"), ("1", "Продажа", "02.02.2026 10:00"), outcome="partial", accepted=1),
    log("no_deal", ("", "Звонок", "01.02.2026 10:00"), ("1", "Продажа", "02.02.2026 10:00"), outcome="partial", accepted=1),
    log("orphans", ("nobody", "Звонок", "01.02.2026 10:00")),
    log("stage_names_differ_in_case", ("1", "ЗВОНОК", "01.02.2026 10:00"), ("1", "звонок ", "02.02.2026 10:00")),
    *(Bad(f"inj_{name}.csv", table(rows(2, Название=text, Ответственный=text, Этап=text, Источник=text)), "accept", 2, 2, "201.00")
      for name, text in HARM.items()),
    Bad("inj_heading.csv", table([[*row, "1"] for row in rows(2)], ["ID", "Название", "Этап", "Ответственный", "Сумма", "Дата создания",
        "Дата закрытия", "Источник", "\"; DROP TABLE deals; --"]), "accept", 2, 2, "201.00"),
    Bad("inj_heading_line.csv", table([[*row, "1"] for row in rows(2)], ["ID", "Название", "Этап", "Ответственный", "Сумма", "Дата создания",
        "Дата закрытия", "Источник", "_line"]), "accept", 2, 2, "201.00"),
    Bad("inj_heading_load_id.csv", table([[*row, "1", "2"] for row in rows(2)], ["ID", "Название", "Этап", "Ответственный", "Сумма", "Дата создания",
        "Дата закрытия", "Источник", "_load_id", "_FILE_ID"]), "accept", 2, 2, "201.00"),
    Bad("inj_name {0} {name} %s 'quote'.csv", table(rows(2)), "accept", 2, 2, "201.00"),
]  # fmt: skip
