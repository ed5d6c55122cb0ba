"""Invoices and what was paid on them: by the day of the invoice, by the day of the payment, and what is still owed.

An invoice whose payment no export tells is unknown, not unpaid. Exports hold no day by which an invoice is due, so what is owed
is told by the age of the invoice. A payment that no invoice explains is counted apart.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

AMOUNT, UNPAID, AGE = pl.col("amount"), pl.col("unpaid"), pl.col("age_days")
NO_MONEY = pl.lit(0, dtype=pl.Decimal(18, 2))
# What was paid on an invoice; a day of payment without a sum pays all of it, a credit note is paid by nobody.
PAID = pl.coalesce("paid", pl.when(AMOUNT > 0).then(AMOUNT - UNPAID).otherwise(NO_MONEY))
IS_TOLD = AMOUNT.is_not_null() & UNPAID.is_not_null()
IS_PAYING = pl.col("paid_on").is_not_null() | (PAID != 0).fill_null(False)
IS_STRAY = AMOUNT.is_null() & pl.col("issued_on").is_null()
BY_AGE = N_("By the age of the invoice: exports hold no day by which it is due.")

INVOICED = Metric(
    name="invoiced",
    label=N_("Invoiced"),
    help=N_("Amounts of the invoices issued in the period, added up; credit notes are subtracted."),
    fact="invoices",
    dated_by="issued_on",
    value=AMOUNT.sum(),
    needs=("amount",),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=AMOUNT.is_not_null(),
)
PAID_OF_INVOICED = Metric(
    name="paid_of_invoiced",
    label=N_("Paid of what was invoiced"),
    help=N_(
        "What has been paid so far, whenever, on the invoices issued in the period. Unknown payments are left out."
    ),
    variant=N_("By the day of the invoice."),
    fact="invoices",
    dated_by="issued_on",
    value=PAID.filter(IS_TOLD).sum(),
    needs=("amount", "unpaid"),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_TOLD,
)
PAID_SHARE = Metric(
    name="paid_share",
    label=N_("Paid share"),
    help=N_(
        "What has been paid so far on the invoices issued in the period, as a share of their amounts. Invoices whose "
        "payment is unknown are left out of both."
    ),
    variant=N_("By the day of the invoice."),
    fact="invoices",
    dated_by="issued_on",
    value=ratio(PAID.filter(IS_TOLD).sum(), AMOUNT.filter(IS_TOLD).sum()),
    needs=("amount", "unpaid"),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_TOLD,
)
PAID_CASH = Metric(
    name="paid",
    label=N_("Paid"),
    help=N_(
        "Money paid on the invoices whose latest payment came in the period, and payments without an invoice. An invoice "
        "paid in parts counts whole, on the day of its latest payment."
    ),
    variant=N_("By the day of the payment."),
    fact="invoices",
    dated_by="paid_on",
    value=PAID.sum(),
    needs=("paid_on",),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=IS_PAYING,
)
PAID_UNMATCHED = Metric(
    name="paid_unmatched",
    label=N_("Paid without an invoice"),
    help=N_("Payments of the period that no invoice explains."),
    variant=N_("By the day of the payment."),
    fact="invoices",
    dated_by="paid_on",
    value=known_sum(pl.col("paid"), IS_STRAY),
    needs=("paid_on",),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=IS_STRAY,
)
UNPAID_ALL = Metric(
    name="unpaid",
    label=N_("Still to be paid"),
    help=N_("What is left to pay of all invoices on the last day of the data, those without a day included."),
    fact="invoices",
    value=UNPAID.sum(),
    needs=("unpaid",),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=UNPAID > 0,
)
UNPAID_0_30 = Metric(
    name="unpaid_0_30",
    label=N_("Unpaid up to 30 days"),
    help=N_("What is left to pay of invoices issued not more than 30 days before the last day of the data."),
    variant=BY_AGE,
    fact="invoices",
    value=known_sum(UNPAID, AGE <= 30),
    needs=("unpaid",),
    unit=Unit.MONEY,
    better=Better.NEITHER,
    behind=AGE <= 30,
)
UNPAID_31_60 = Metric(
    name="unpaid_31_60",
    label=N_("Unpaid 31 to 60 days"),
    help=N_("What is left to pay of invoices issued 31 to 60 days before the last day of the data."),
    variant=BY_AGE,
    fact="invoices",
    value=known_sum(UNPAID, AGE.is_between(31, 60)),
    needs=("unpaid",),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=AGE.is_between(31, 60),
)
UNPAID_61_90 = Metric(
    name="unpaid_61_90",
    label=N_("Unpaid 61 to 90 days"),
    help=N_("What is left to pay of invoices issued 61 to 90 days before the last day of the data."),
    variant=BY_AGE,
    fact="invoices",
    value=known_sum(UNPAID, AGE.is_between(61, 90)),
    needs=("unpaid",),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=AGE.is_between(61, 90),
)
UNPAID_OVER_90 = Metric(
    name="unpaid_over_90",
    label=N_("Unpaid over 90 days"),
    help=N_("What is left to pay of invoices issued more than 90 days before the last day of the data."),
    variant=BY_AGE,
    fact="invoices",
    value=known_sum(UNPAID, AGE > 90),
    needs=("unpaid",),
    unit=Unit.MONEY,
    better=Better.LOWER,
    behind=AGE > 90,
)
