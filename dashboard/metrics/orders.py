"""The metrics of what is sold together and of orders that come again: more than one product, and whose call began it."""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.deals import AMOUNT, HAS_CHECK, IS_WON
from dashboard.metrics.model import Better, Metric, Unit, ratio

HAS_PRODUCTS = IS_WON & pl.col("products_count").is_not_null()
WITH_ADDON = HAS_PRODUCTS & (pl.col("products_count") > 1)
ALONE = HAS_PRODUCTS & (pl.col("products_count") == 1)
IS_REPEAT = IS_WON & pl.col("is_repeat")


def check(rows: pl.Expr) -> pl.Expr:
    """Average the amounts above zero over some rows."""
    return ratio(AMOUNT.filter(HAS_CHECK & rows).sum(), (HAS_CHECK & rows).sum())


SEVERAL_PRODUCTS_SHARE = Metric(
    name="several_products_share",
    label=N_("Deals with several products"),
    help=N_("Deals won in the period with two different products or more, as a share of those that name a product."),
    fact="orders",
    dated_by="closed_on",
    value=ratio(WITH_ADDON.sum(), HAS_PRODUCTS.sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=HAS_PRODUCTS,
    of_them=WITH_ADDON,
)
CHECK_WITH_ADDON = Metric(
    name="check_with_addon",
    label=N_("Average check with several products"),
    help=N_("Mean amount of the deals won in the period with two different products or more; only amounts above zero."),
    fact="orders",
    dated_by="closed_on",
    value=check(WITH_ADDON),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=HAS_CHECK & WITH_ADDON,
)
CHECK_WITHOUT_ADDON = Metric(
    name="check_without_addon",
    label=N_("Average check with one product"),
    help=N_("Mean amount of the deals won in the period with one product; only amounts above zero."),
    fact="orders",
    dated_by="closed_on",
    value=check(ALONE),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    behind=HAS_CHECK & ALONE,
)
REPEAT_ORDERS = Metric(
    name="repeat_orders",
    label=N_("Repeat orders"),
    help=N_("Deals won in the period that were created after the client's first win."),
    fact="orders",
    dated_by="closed_on",
    value=IS_REPEAT.sum(),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    needs=("client_id",),
    behind=IS_REPEAT,
)
PROACTIVE_SHARE = Metric(
    name="proactive_share",
    label=N_("Repeat orders we called for"),
    help=N_(
        "Repeat orders won in the period before whose creation we contacted the client ourselves within 14 days, as a share "
        "of all of them. The rest came by themselves. Unknown when no export tells who made a contact."
    ),
    fact="orders",
    dated_by="closed_on",
    value=ratio((IS_REPEAT & pl.col("is_proactive")).sum(), (IS_REPEAT & pl.col("is_proactive").is_not_null()).sum()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_REPEAT & pl.col("is_proactive").is_not_null(),
    of_them=pl.col("is_proactive"),
)
