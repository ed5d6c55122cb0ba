"""The exchange rates a company keeps: ``rates.csv`` in its home, or the file that ``[rates] file`` names.

One row per day and currency: ``date;currency;rate`` (or «дата;валюта;курс»), the rate being what one unit costs in the
reporting currency; a column ``nominal`` («номинал») says when it is the price of ten or a hundred units, as central banks
write it. Any form that an export may have is read.
"""

from __future__ import annotations

import polars as pl

from pipelines import parse
from pipelines.currency import RATES, currency_code
from pipelines.errors import SettingsError, VoronkaError
from pipelines.headings import find_heading
from pipelines.readers import open_export
from pipelines.settings import Home, Settings

HEADINGS = {
    "date": ("date", "дата", "день"),
    "currency": ("currency", "валюта", "код валюты"),
    "rate": ("rate", "курс"),
    "nominal": ("nominal", "номинал", "количество"),
}
LINE = "_line"
CURRENCY = "^[A-Z]{3}$|^[А-ЯЁ][А-ЯЁ .-]+$"
"""Three letters, or the Russian name of a currency that nobody here knows the letters of, as exports write it."""
MOST_BYTES = 64 << 20


def read_rates(home: Home, settings: Settings) -> pl.DataFrame:
    """Return ``rated_on, currency, rate``, one row per day and currency; without a file, none.

    Raises SettingsError for a file that settings name and that is not there, one that cannot be read, and the first line
    that is no rate: a rate that is skipped in silence makes a wrong number.
    """
    path = home.path / settings.rates.file
    if not path.is_file():
        if "file" in settings.rates.model_fields_set:
            raise SettingsError("There is no file {path}. Check [rates] file in settings.toml.", path=path)
        return pl.DataFrame(schema=RATES)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError("{path} is larger than a file of rates can be. Check the name.", path=path)
        sheet = next((one for one in open_export(path.read_bytes(), path.name) if one.fault is None), None)
        rows = None if sheet is None else sheet.read(0, (), ())
    except OSError as fault:
        raise SettingsError("{path} cannot be read: {fault}.", path=path, fault=fault.strerror) from None
    except SettingsError:
        raise
    except VoronkaError as error:
        raise SettingsError("{path} cannot be read: {fault}.", path=path, fault=str(error).rstrip(".")) from None
    if rows is None or rows.cells.is_empty():
        return pl.DataFrame(schema=RATES)
    if rows.broken:
        raise _no_rate(path, rows.broken[0].line)
    return _typed(rows.cells, path)


def _typed(cells: pl.DataFrame, path: object) -> pl.DataFrame:
    found = {ours: _heading(names, cells.columns) for ours, names in HEADINGS.items()}
    missing = next((ours for ours in ("date", "currency", "rate") if found[ours] is None), None)
    if missing is not None:
        raise SettingsError(
            '{path} has no column "{column}". Its first line must name date, currency and rate.',
            path=path,
            column=missing,
        )
    text = cells.select(
        LINE, *(parse.tidy(cells[theirs]).alias(ours) for ours, theirs in found.items() if theirs is not None)
    )
    text = text.filter(pl.any_horizontal(pl.col(name).fill_null("") != "" for name in text.columns if name != LINE))
    # Nobody writes a rate with a sign between its thousands alone: the one sign there is, is the decimal one.
    sign = parse.decimal_sign(text["rate"]) or ("," if text["rate"].str.contains(",", literal=True).any() else ".")
    number = parse.plain_number(pl.col("rate"), sign).cast(pl.Decimal(18, 8), strict=False)
    units = parse.as_count(pl.col("nominal")) if "nominal" in text.columns else pl.lit(1, dtype=pl.Int64)
    read = text.select(
        LINE,
        rated_on=parse.as_day(text["date"], (), "UTC"),
        currency=currency_code("currency"),
        rate=(number / units.cast(pl.Decimal(18, 0))).cast(pl.Decimal(18, 8)),
    )
    good = pl.col("rated_on").is_not_null() & pl.col("currency").str.contains(CURRENCY) & (pl.col("rate") > 0)
    bad = read.filter(~good.fill_null(False))
    if bad.height:
        raise _no_rate(path, bad[LINE][0])
    # Of two rates of one day the later line is the one meant.
    return (
        read.unique(["rated_on", "currency"], keep="last", maintain_order=True)
        .select(list(RATES))
        .sort("rated_on", "currency")
    )


def _heading(names: tuple[str, ...], headings: list[str]) -> str | None:
    return next((found for name in names if (found := find_heading(name, headings)) is not None), None)


def _no_rate(path: object, line: int) -> SettingsError:
    return SettingsError(
        "{path}, line {line}: this is no rate. A line looks like 2026-01-31;USD;92.5", path=path, line=line
    )
