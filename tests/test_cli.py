"""The command line: the same numbers as the pages, three formats, and every mistake answered in one sentence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from companies import deals_of, frame_of, stages_of, walked

from dashboard import access, cli
from dashboard.analyses.catalogue import ANALYSES
from dashboard.exports.tables import csv_text, plain, text_table
from dashboard.metrics.registry import METRICS
from pipelines.errors import HomeError
from pipelines.schema import facts as schema

NBSP = "\u00a0"


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, 9, 0, tzinfo=UTC) + timedelta(days=number)


STAGES = stages_of(("New", "open"), ("Offer, signed", "open"), ("Won", "won"), ("Lost", "lost"))
FACTS = walked(
    STAGES,
    [
        {"walk": [("New", day(0)), ("Offer, signed", day(1)), ("Won", day(3))], "manager_name": "Anna", "amount": 1500},
        {"walk": [("New", day(0)), ("Won", day(4))], "manager_name": "Anna", "amount": 200},
        {"walk": [("New", day(1)), ("Lost", day(40))], "manager_name": "=Boris"},
        {"walk": [("New", day(2))], "manager_name": None, "amount": 10},
    ],
    as_of=day(50),
)


@pytest.fixture(autouse=True)
def one_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command open the four deals above, and speak English unless told otherwise."""
    monkeypatch.setattr(access, "open_facts", lambda home, *_: FACTS, raising=False)
    for name in ("VORONKA_LANG", "LC_ALL", "LANG", "VORONKA_DEBUG", "VORONKA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VORONKA_LANG", "en")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(left.value.code or 0), out, err


def test_ask_in_json_is_one_envelope(capsys) -> None:
    code, out, _ = run(
        capsys, "ask", "won", "win_rate", "revenue", "cycle_days_median", "--by", "manager", "--format", "json"
    )
    assert code == 0
    assert json.loads(out) == {
        "snapshot": "s000001",
        "as_of": "2026-02-20T09:00:00+00:00",
        "filter": {"from": None, "to": None},
        "rows": [
            {"manager": "=Boris", "won": 0, "win_rate": 0.0, "revenue": 0.0, "cycle_days_median": None},
            {"manager": "Anna", "won": 2, "win_rate": 1.0, "revenue": 1700.0, "cycle_days_median": 3.5},
            {"manager": None, "won": 0, "win_rate": None, "revenue": 0.0, "cycle_days_median": None},
        ],
    }


def test_ask_takes_filters_and_half_open_days(capsys) -> None:
    words = ("ask", "won", "--manager", "Anna", "--manager", "=Boris", "--from", "2026-01-04", "--to", "2026-01-05")
    code, out, _ = run(capsys, *words, "--format", "json")
    answer = json.loads(out)
    assert answer["rows"] == [{"won": 1}]
    assert answer["filter"] == {"manager": ["Anna", "=Boris"], "from": "2026-01-04", "to": "2026-01-05"}
    code, out, _ = run(capsys, *words)
    assert (code, out.splitlines()[0].split(" · ")[0]) == (0, "Period: 4 Jan 2026 (both days included)")


def test_a_value_that_is_not_given_can_be_asked_for(capsys) -> None:
    _, out, _ = run(capsys, "ask", "leads", "--manager", "", "--format", "json")
    assert json.loads(out)["rows"] == [{"leads": 1}]


def test_the_table_speaks_the_readers_language(capsys) -> None:
    _, out, _ = run(capsys, "ask", "win_rate", "revenue", "--by", "manager", "--lang", "ru")
    anna = next(line for line in out.splitlines() if line.startswith("Anna"))
    assert f"100,0{NBSP}%" in anna and f"1{NBSP}700{NBSP}₽" in anna


def test_csv_keeps_numbers_and_disarms_formulas(capsys) -> None:
    _, out, _ = run(capsys, "ask", "won", "win_rate", "--by", "manager,month", "--format", "csv")
    assert list(csv.reader(io.StringIO(out))) == [
        ["manager", "month", "won", "win_rate"],
        ["=Boris".join(("'", "")), "2026-02-01", "0", "0.0"],
        ["Anna", "2026-01-01", "2", "1.0"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_text_of_a_csv_begins_like_a_formula(start: str) -> None:
    text = csv_text(pl.DataFrame({"name": [f'{start}1+1,"'], "n": [-5]}))
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{start}1+1,\"", "-5"]


def test_the_funnel_in_json(capsys) -> None:
    code, out, _ = run(capsys, "funnel", "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert {key: answer[key] for key in ("basis", "skips", "horizon", "history", "deals", "matured_share")} == {
        "basis": "cohort", "skips": "reached-or-later", "horizon": None, "history": "events", "deals": 4, "matured_share": None,
    }  # fmt: skip
    assert [(row["stage"], row["reached"], row["step"]) for row in answer["rows"]] == [
        ("New", 4, 0.5), ("Offer, signed", 2, 1.0), ("Won", 2, None), ("Lost", 1, None),
    ]  # fmt: skip
    wanted = (
        "stage entered reached step cumulative advanced lost moved_back handed_off still_there days_median days_p90 "
        "funnel stage_type norm_days junked lost_amount"
    )
    assert set(answer["rows"][0]) == set(wanted.split())
    assert next(iter(answer["rows"][0])) == "stage"


def test_the_funnel_states_its_rules(capsys) -> None:
    _, out, _ = run(capsys, "funnel", "--horizon", "60", "--skips", "any-touch")
    assert (
        "basis: cohort · skipped stages: any-touch · horizon: 60 d · 0.0% of the deals are at least as old as the horizon · 4 deals"
        in out
    )


def test_days_between_two_stages_one_of_which_has_a_comma(capsys) -> None:
    _, out, _ = run(capsys, "funnel", "--between", "Offer, signed,Won", "--format", "json")
    assert json.loads(out)["rows"] == [
        {"first": "Offer, signed", "second": "Won", "n": 1, "median_days": 2.0, "mean_days": 2.0}
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ask", "winrate"), 'There is no metric "winrate". Did you mean "win_rate"?'),
        (("ask", "won", "--by", "managr"), 'There is no dimension "managr". Did you mean "manager"?'),
        (("ask", "won", "--manager", "Ana"), 'No deal has the manager "Ana". Did you mean "Anna"?'),
        (
            ("ask", "won", "--from", "31.01.2026"),
            '"31.01.2026" is not a date. Write the year, month and day like 2026-01-31.',
        ),
        (("ask", "won", "--from", "2026-02-01", "--to", "2026-01-01"), "holds no day"),
        (("ask",), "Missing argument 'METRIC...'."),
        (("ask", "won", "--formt", "csv"), "No such option"),
        (("funnel", "--basis", "cohorts"), 'There is no basis "cohorts". Did you mean "cohort"?'),
        (("funnel", "--skips", "any"), 'There is no skip rule "any"'),
        (("funnel", "--horizon", "soon"), '"soon" is not a horizon'),
        (("funnel", "--horizon", "0"), '"0" is not a horizon'),
        (("funnel", "--horizon", "90", "--basis", "period"), "only a cohort has one"),
        (("funnel", "--between", "New"), "does not name two stages"),
        (("funnel", "--between", "New,Wn"), 'There is no stage "Wn". Did you mean "Won"?'),
        (("fnnel",), "No such command"),
        (("analyse", "funel"), 'There is no analysis "funel". Did you mean "funnel"?'),
        (("analyse", "funnel", "--manager", "Ana"), 'No deal has the manager "Ana". Did you mean "Anna"?'),
    ],
)
def test_every_mistake_is_one_sentence_and_exit_two(capsys, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("fault", [ValueError, pl.exceptions.PanicException])  # Polars' panic is no Exception
def test_an_error_speaks_the_readers_language_and_names_no_traceback(capsys, monkeypatch, fault) -> None:
    def broken(*_: object) -> None:
        raise HomeError("There is nothing in {path}.", path="x")

    monkeypatch.setattr(access, "open_facts", broken)
    assert run(capsys, "check") == (2, "", "There is nothing in x.\n")

    def defect(*_: object) -> None:
        raise fault("two\nlines {braces}")

    monkeypatch.setattr(access, "open_facts", defect)
    code, out, err = run(capsys, "check")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"A defect of ours: {fault.__name__}: two" in err
    monkeypatch.setenv("VORONKA_DEBUG", "1")
    with pytest.raises(fault, match="two"):
        cli.main(["check"])


def with_identities(*holds: bool) -> access.Facts:
    rows = [
        {
            "subject": "deals",
            "statement": "rows in = rows out",
            "expected": 2.0,
            "found": 2.0 if ok else 1.0,
            "holds": ok,
        }
        for ok in holds
    ]
    orphans = [
        {
            "join_name": "product",
            "value": "GTXPro",
            "rows": 1480,
            "amount": Decimal("1.50"),
            "suggestion": "GTX Pro",
            "score": 92.0,
        }
    ]
    return replace(FACTS, identities=pl.DataFrame(rows), orphans=pl.DataFrame(orphans))


def test_check_tells_whether_every_row_is_accounted_for(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "open_facts", lambda *_: with_identities(True, True))
    code, out, _ = run(capsys, "check")
    assert code == 0
    assert "Every row is accounted for." in out
    assert "GTXPro" in out and "GTX Pro" in out
    monkeypatch.setattr(access, "open_facts", lambda *_: with_identities(True, False))
    code, out, _ = run(capsys, "check")
    assert code == 1
    assert "1 identity does not hold." in out
    code, out, _ = run(capsys, "check", "--json")
    answer = json.loads(out)
    assert (code, answer["holds"]) == (1, False)
    assert answer["orphans"][0]["amount"] == 1.5


def test_the_glossary_explains_every_metric(capsys) -> None:
    _, out, _ = run(capsys, "glossary", "--format", "json")
    assert {row["name"] for row in json.loads(out)["metrics"]} == set(METRICS)
    _, out, _ = run(capsys, "glossary")
    assert "win_rate · Win rate" in out
    assert {row["name"] for row in json.loads(run(capsys, "glossary", "--format", "json")[1])["analyses"]} == set(
        ANALYSES
    )
    _, out, _ = run(capsys, "glossary", "--lang", "ru")
    assert "win_rate · Конверсия в продажу" in out and "funnel · Воронка продаж" in out
    assert next(csv.DictReader(io.StringIO(run(capsys, "glossary", "--format", "csv")[1])))["kind"] == "metric"


def test_numbers_leave_as_plain_values() -> None:
    assert [plain(value) for value in (Decimal("1.10"), 0.57142857, float("nan"), None, True, date(2026, 1, 1), 3)] == [
        1.1, 0.571429, None, None, True, "2026-01-01", 3,
    ]  # fmt: skip


def test_a_cell_cannot_break_the_table_or_the_terminal() -> None:
    table = text_table(["name", "n"], [["a\nb\x1b[31m", "1"]])
    assert len(table.splitlines()) == 3
    assert "\x1b" not in table


def test_an_empty_company_has_answers(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = replace(FACTS, deals=deals_of([]), visits=frame_of(schema.Visits, []), stages=frame_of(schema.Stages, []))
    monkeypatch.setattr(access, "open_facts", lambda *_: empty)
    assert run(capsys, "ask", *METRICS)[0] == 0
    assert run(capsys, "ask", "won", "--by", "manager")[0] == 0
    code, out, _ = run(capsys, "funnel")
    assert code == 0
    assert "No deals match the filter." in out


def test_help_does_not_wait_for_the_heavy_parts() -> None:
    script = (
        "import sys; from dashboard.cli import cli\n"
        "try: cli.main(['--help'], prog_name='voronka')\n"
        "except SystemExit: pass\n"
        "assert not {'polars', 'duckdb', 'streamlit', 'plotly', 'babel'} & set(sys.modules), sys.modules.keys()"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (
        time.perf_counter() - started < 5
    )  # half a second on a quiet machine; only a heavy import would take this long


def test_no_option_of_any_command_has_an_underscore() -> None:
    from dashboard.cli import cli

    commands = dict(cli.commands)
    for name, command in list(commands.items()):
        commands |= {f"{name} {inner}": one for inner, one in getattr(command, "commands", {}).items()}
    names = [(name, word) for name, command in commands.items() for one in command.params for word in one.opts]
    assert len(names) > 50
    assert [pair for pair in names if pair[1].startswith("-") and "_" in pair[1]] == []
