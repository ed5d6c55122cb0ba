"""A price of one piece is not the amount: found beside a number of pieces, the two are multiplied, and the user is asked.

Where another column already holds their product, row by row, that column is the amount, and nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from pipelines import parse
from pipelines.errors import N_
from pipelines.headings import fold_heading
from pipelines.propose_model import ColumnProposal, Found, Option, Question, Reason, Shape

PRICE = re.compile(
    r"\b(цен[аы]|прайс|price|rate)\b|\b(за (шт|ед|единиц|штук|кг|м2|м²|час)|per (unit|piece|item|hour|kg))"
)
WHOLE = re.compile(r"сделк|договор|заказ[ауы]?\b|сумм|итог|всего|общ|стоимост|total|deal|order|sum|amount|full")
PIECES = re.compile(r"\b(кол во|количеств\w*|кол-во|к-во|кол\b|шт\b|штук|qty|quantity|units|pieces|pcs)")
DISCOUNT = re.compile(r"скидк|discount")
ALIKE = 0.95
"""Share of the rows in which a column has to be the price times the pieces to be taken for it."""
FEW = 3


def priced(
    found: Found, columns: Sequence[ColumnProposal], answers: Mapping[str, object]
) -> tuple[tuple[ColumnProposal, ...], dict[str, tuple[str, ...]], list[Question]]:
    """Settle what the amount is where the sheet has a price and a number of pieces.

    Returns the columns, what is multiplied (our column → price and pieces), and the question that is left.
    """
    amount = next((column for column in columns if column.ours == "amount"), None)
    used = {column.heading for column in columns if column.ours != "amount"}
    pair = price_and_pieces(found, amount, used)
    if amount is None or pair is None:  # a kind of table without amounts, or a sheet without pieces
        return tuple(columns), {}, []
    product = product_of(found, *pair)
    by_person = "heading.amount" in answers
    whole = None if by_person else held_by(found, product, {*pair, *used})
    if whole is not None:
        why = Reason(N_("it is {price} × {pieces} in every row"), {"price": pair[0], "pieces": pair[1]})
        shape = found.shape(whole)
        told = replace(
            amount, heading=whole, confidence=0.97, reasons=(why,), samples=shape.samples if shape else amount.samples
        )
        return tuple(told if column is amount else column for column in columns), {}, []
    if amount.heading != pair[0] or product.drop_nulls().is_empty():
        return tuple(columns), {}, []
    answer = answers.get("times")
    if isinstance(answer, str):
        return tuple(columns), {"amount": pair} if answer == "product" else {}, []
    return tuple(columns), {"amount": pair}, [question(found, *pair)]


def question(found: Found, price: str, pieces: str) -> Question:
    """Ask whether a price is that of one piece; nothing in the file can tell. A discount is not taken off, which is said."""
    evidence = [Reason(N_("no column holds the product of the two"))]
    less = [heading for heading in found.headings if DISCOUNT.search(fold_heading(heading))]
    if less:
        evidence.append(Reason(N_('"{heading}" is not taken off'), {"heading": less[0]}))
    options = (
        Option(
            "product", Reason(N_("{price} × {pieces}: the price is of one piece"), {"price": price, "pieces": pieces})
        ),
        Option("price", Reason(N_("{price} alone: it is the whole amount already"), {"price": price})),
    )
    text = Reason(N_('What is the amount: "{price}" alone, or times "{pieces}"?'), {"price": price, "pieces": pieces})
    return Question("times", text, options, "product", tuple(evidence))


def price_and_pieces(found: Found, amount: ColumnProposal | None, used: set[str | None]) -> tuple[str, str] | None:
    """Find the heading of a price of one piece (that of the amount first) and of the number of pieces."""
    prices = [shape for shape in found.shapes if is_price(shape) and shape.heading not in used]
    prices.sort(key=lambda shape: amount is None or shape.heading != amount.heading)
    pieces = [
        shape for shape in found.shapes if PIECES.search(fold_heading(shape.heading)) and shape.heading not in used
    ]
    pieces = [shape for shape in pieces if shape not in prices and is_counted(found, shape)]
    return (prices[0].heading, pieces[0].heading) if prices and pieces else None


def is_price(shape: Shape) -> bool:
    words = fold_heading(shape.heading)
    return shape.money >= 0.9 and PRICE.search(words) is not None and WHOLE.search(words) is None


def is_counted(found: Found, shape: Shape) -> bool:
    """Tell whether a column holds numbers of pieces, not all of them one."""
    counted = quantities(found, shape.heading).drop_nulls()
    return len(counted) >= ALIKE * shape.filled * found.sample.height / max(shape.rows, 1) > 0 and bool(
        (counted != 1).any()
    )


def product_of(found: Found, price: str, pieces: str) -> pl.Series:
    """Multiply price and pieces of the rows of the sample; null where either is not told."""
    rows = pl.DataFrame({"price": amounts(found, price), "pieces": quantities(found, pieces)})
    return rows.select((pl.col("price") * pl.col("pieces")).round(2, mode="half_away_from_zero")).to_series()


def held_by(found: Found, product: pl.Series, others: set[str | None]) -> str | None:
    """Return the heading whose amounts are the product, row by row, where there is one."""
    for shape in found.shapes:
        if shape.heading in others or shape.money < 0.9:
            continue
        both = pl.DataFrame({"product": product, "amount": amounts(found, shape.heading)}).drop_nulls()
        alike = ((both["product"] - both["amount"]).abs() <= 1).sum()
        if both.height >= FEW and alike >= ALIKE * both.height:
            return shape.heading
    return None


def amounts(found: Found, heading: str) -> pl.Series:
    cells = parse.tidy(found.sample[heading])
    sign = parse.decimal_sign(cells)
    return cells.to_frame("cell").select(parse.as_money(pl.col("cell"), sign).cast(pl.Decimal(38, 2))).to_series()


def quantities(found: Found, heading: str) -> pl.Series:
    cells = parse.tidy(found.sample[heading])
    return cells.to_frame("cell").select(parse.as_quantity(pl.col("cell"), parse.decimal_sign(cells))).to_series()
