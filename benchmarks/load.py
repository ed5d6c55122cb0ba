"""How long a load takes against DuckDB's bare load of the same files: a ratio within one run, and the peak memory.

    python benchmarks/load.py [--scale 0.1] [--only utf-8|cp1251]

At scale 1: 1,000,000 deals, 4,000,000 stage changes, 5,000,000 calls. Twice: in utf-8, and in cp1251 with ``;``, a decimal comma
and dd.mm.yyyy, which is compared with ``iconv`` followed by DuckDB's bare load. DuckDB is told the columns and their types
and only types them; we also account for every row, conform, build facts, check and publish. Besides the seconds, which on a
machine that is busy with something else say little, the processor's seconds of both are given. The floor is what remains
when nothing is computed at all: DuckDB's bare load, and the finished facts written once by DuckDB. Files and homes lie in a
temporary folder.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

DEALS, CHANGES, CALLS = 1_000_000, 4_000_000, 5_000_000
START = np.datetime64("2025-01-01T00:00:00", "ms")
STAGES = ["Новая", "Звонок", "КП", "Договор", "Успешно реализовано", "Закрыто и не реализовано"]
MAPPING = """
name = "bench"
[[table]]
name = "deals"
kind = "deals"
dates = ["{moment}"]
decimal = "{decimal}"
recognise.headings = ["ID", "Стадия", "Менеджер"]
[table.columns]
deal_id = "ID"
stage_name = "Стадия"
manager_name = "Менеджер"
amount = "Сумма"
created_at = "Создана"
[[table]]
name = "stages"
kind = "stages"
dates = ["{moment}"]
recognise.headings = ["Сделка", "Этап", "Когда"]
[table.columns]
deal_id = "Сделка"
stage_name = "Этап"
entered_at = "Когда"
[[table]]
name = "calls"
kind = "calls"
dates = ["{moment}"]
recognise.headings = ["Звонок", "Начало", "Разговор"]
[table.columns]
call_id = "Звонок"
started_at = "Начало"
from_phone = "Откуда"
talk_seconds = "Разговор"
"""
COLUMNS = {
    "deals": {
        "ID": "BIGINT",
        "Стадия": "VARCHAR",
        "Менеджер": "VARCHAR",
        "Сумма": "DECIMAL(18,2)",
        "Создана": "TIMESTAMP",
    },
    "stages": {"Сделка": "BIGINT", "Этап": "VARCHAR", "Когда": "TIMESTAMP"},
    "calls": {"Звонок": "BIGINT", "Начало": "TIMESTAMP", "Откуда": "BIGINT", "Разговор": "BIGINT"},
}
"""The fixed schema DuckDB is told; it guesses nothing."""
BARE = """
import duckdb, sys, time
from pathlib import Path
start = time.perf_counter()
con = duckdb.connect(sys.argv[1] + ".bare.duckdb", config={"threads": 2})
con.execute("SET enable_progress_bar=false")
for file in sys.argv[1:]:
    columns = str(COLUMNS[Path(file).stem])
    con.execute(f"CREATE TABLE {Path(file).stem} AS SELECT * FROM read_csv('{file}', header=true, columns={columns}, {FORM})")
con.execute("CHECKPOINT")
print(time.perf_counter() - start)
"""
FLOOR = """
import duckdb, sys, time
from pathlib import Path
source = duckdb.connect(sys.argv[1], read_only=True)
names = [row[0] for row in source.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'facts'").fetchall()]
con = duckdb.connect(sys.argv[2], config={"threads": 2})
con.execute("SET enable_progress_bar=false")
spent, worked = 0.0, 0.0
for name in names:
    rows = source.sql(f'SELECT * FROM facts."{name}"').pl()
    start, began = time.perf_counter(), time.process_time()
    con.register("incoming", rows)
    con.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')
    con.unregister("incoming")
    spent, worked = spent + time.perf_counter() - start, worked + time.process_time() - began
    del rows
print(spent, worked)
"""
OURS = """
import sys, time
from pathlib import Path
from pipelines.load import load
from pipelines.settings import Home
start = time.perf_counter()
report = load([Path(one) for one in sys.argv[3:]], Home(Path(sys.argv[1])), mapping=Path(sys.argv[2]))
assert report.outcome == "accept", report.message
print(time.perf_counter() - start)
"""


def write_files(folder: Path, scale: float, moment: str, delimiter: str, comma: bool) -> list[Path]:
    """Write the three files in utf-8 and return them."""
    dice = np.random.default_rng(7)
    deals, changes, calls = (int(count * scale) for count in (DEALS, CHANGES, CALLS))
    created = START + dice.integers(0, 60 * 24 * 365, deals).astype("timedelta64[m]")
    of_deal = dice.integers(0, deals, changes)
    entered = created[of_deal] + dice.integers(0, 60 * 24 * 60, changes).astype("timedelta64[m]")
    tables = {
        "deals": pl.DataFrame(
            {
                "ID": np.arange(deals),
                "Стадия": np.array(STAGES)[dice.integers(0, len(STAGES), deals)],
                "Менеджер": np.array([f"Менеджер {k}" for k in range(50)])[dice.integers(0, 50, deals)],
                "Сумма": (dice.lognormal(10, 1, deals)).round(2),
                "Создана": created,
            }
        ),
        "stages": pl.DataFrame(
            {"Сделка": of_deal, "Этап": np.array(STAGES)[dice.integers(0, len(STAGES), changes)], "Когда": entered}
        ),
        "calls": pl.DataFrame(
            {
                "Звонок": np.arange(calls),
                "Начало": START + dice.integers(0, 60 * 24 * 365, calls).astype("timedelta64[m]"),
                "Откуда": dice.integers(79_000_000_000, 79_009_999_999, calls),
                "Разговор": dice.integers(0, 600, calls),
            }
        ),
    }
    paths = []
    for name, table in tables.items():
        written = table.with_columns(pl.col(pl.Datetime).dt.to_string(moment))
        if comma and "Сумма" in written.columns:
            written = written.with_columns(pl.col("Сумма").cast(pl.String).str.replace(".", ",", literal=True))
        paths.append(folder / f"{name}.csv")
        written.write_csv(paths[-1], separator=delimiter)
    return paths


def seconds_of(code: str, *arguments: object) -> tuple[float, float, float]:
    """Run code in a process of its own; return its seconds, the processor's seconds, and its peak memory in GB."""
    root = Path(__file__).resolve().parent.parent
    measured = (
        code + "import resource\nused = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", measured, *map(str, arguments)], cwd=root, check=True, capture_output=True, text=True
    )
    seconds, worked, memory = map(float, done.stdout.split()[-3:])
    return seconds, worked, memory


def measure(folder: Path, scale: float, encoding: str) -> str:
    """Write the files in an encoding, load them both ways, and say how long that took."""
    cyrillic = encoding == "cp1251"
    moment = "%d.%m.%Y %H:%M:%S" if cyrillic else "%Y-%m-%d %H:%M:%S"
    delimiter, decimal = (";", ",") if cyrillic else (",", ".")
    files = write_files(folder, scale, moment, delimiter, cyrillic)
    (folder / "map.toml").write_text(MAPPING.format(moment=moment, decimal=decimal), encoding="utf-8")
    converting, given = 0.0, files
    if cyrillic:
        given = [one.with_suffix(".cp1251.csv") for one in files]
        for one, coded in zip(files, given, strict=True):
            coded.write_bytes(one.read_bytes().decode().encode("cp1251"))
        start = time.perf_counter()
        for coded in given:
            with coded.with_suffix(".utf8").open("wb") as out:
                subprocess.run(["iconv", "-f", "cp1251", "-t", "utf-8", str(coded)], check=True, stdout=out)
        converting = time.perf_counter() - start
    size = sum(one.stat().st_size for one in given) / 1e6
    form = f"delim='{delimiter}'" + (", decimal_separator=',', timestampformat='%d.%m.%Y %H:%M:%S'" if cyrillic else "")
    bare, bare_work, _ = seconds_of(f"COLUMNS, FORM = {COLUMNS!r}, {form!r}\n" + BARE, *files)
    ours, our_work, memory = seconds_of(OURS, folder / "home", folder / "map.toml", *given)
    whole, work = bare + converting, bare_work + converting
    snapshot = next((folder / "home" / "warehouse").glob("s*.duckdb"))
    writing, writing_work = written(snapshot, folder / "floor.duckdb")
    return (
        f"{encoding}: {size:.0f} MB · DuckDB {whole:.1f} s ({work:.1f} s of work) · Voronka {ours:.1f} s "
        f"({our_work:.1f} s of work) · {ours / whole:.1f} times ({our_work / work:.1f} in work) · {memory:.2f} GB · "
        f"floor {1 + writing / whole:.1f} times ({1 + writing_work / work:.1f} in work)"
    )


def written(snapshot: Path, copy: Path) -> tuple[float, float]:
    """Write the facts of a snapshot once with DuckDB; return the seconds and the processor's seconds of writing alone."""
    done = subprocess.run([sys.executable, "-c", FLOOR, snapshot, copy], check=True, capture_output=True, text=True)
    seconds, worked = map(float, done.stdout.split())
    return seconds, worked


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", type=float, default=0.1)
    asked.add_argument("--only", choices=["utf-8", "cp1251"])
    options = asked.parse_args()
    for encoding in [options.only] if options.only else ["utf-8", "cp1251"]:
        with tempfile.TemporaryDirectory() as temporary:
            print(measure(Path(temporary), options.scale, encoding), flush=True)


if __name__ == "__main__":
    main()
