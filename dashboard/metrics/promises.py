"""Promises kept and forgotten, the next step of open deals, and how often clients are touched (product.md D34, D35, D38, D47).

A promise is dated by the day it is due. One that its deal's closing overtook is counted apart: what was promised may have
fallen away with it. Kept, late, forgotten, not due and fallen away add up to all promises.
"""

from __future__ import annotations

import polars as pl

from dashboard.i18n import N_
from dashboard.metrics.model import Better, Metric, Unit, known_sum, ratio

MOVED_OFTEN = 3
"""A promise moved so often is forgotten in disguise (product.md D34)."""
IS_KEPT = pl.col("outcome") == "kept"
IS_STANDING = ~pl.col("is_overtaken")
IS_LATE = (pl.col("outcome") == "late") & IS_STANDING
IS_FORGOTTEN = (pl.col("outcome") == "forgotten") & IS_STANDING
HAS_COME = IS_KEPT | IS_LATE | IS_FORGOTTEN
IS_PLANNED = pl.col("is_planned")
CLIENT = pl.coalesce("client_id", "deal_id")
OURS = pl.col("is_outgoing").fill_null(True)

KEEPING = N_(
    "Kept by a call, letter or meeting of ours from a day before it was due to the end of the due day, or "
    "by the task "
    "being done (settings.toml). Promises of deals closed by then are left out."
)


def of_promises(
    name: str,
    label: str,
    help: str,
    value: pl.Expr,
    better: Better,
    unit: Unit = Unit.COUNT,
    variant: str = KEEPING,
    behind: pl.Expr | None = None,
    of_them: pl.Expr | None = None,
) -> Metric:
    """Make a metric of promises by the day they are due."""
    return Metric(
        name=name,
        label=label,
        help=help,
        value=value,
        unit=unit,
        better=better,
        needs=("promise_id",),
        variant=variant,
        fact="promises",
        dated_by="due_on",
        behind=behind,
        of_them=of_them,
    )


PROMISES = of_promises(
    "promises",
    N_("Promises"),
    N_("Tasks and dates of next contact due in the period."),
    pl.len(),
    Better.NEITHER,
    variant="",
    behind=pl.lit(True),
)
PROMISES_KEPT = of_promises(
    "promises_kept",
    N_("Promises kept"),
    N_("Promises due in the period that were kept in time."),
    IS_KEPT.sum(),
    Better.HIGHER,
    behind=IS_KEPT,
)
PROMISES_LATE = of_promises(
    "promises_late",
    N_("Promises kept late"),
    N_("Promises due in the period that were kept, but after the due day."),
    IS_LATE.sum(),
    Better.LOWER,
    behind=IS_LATE,
)
PROMISES_FORGOTTEN = of_promises(
    "promises_forgotten",
    N_("Promises forgotten"),
    N_("Promises due in the period that are over and were never kept."),
    IS_FORGOTTEN.sum(),
    Better.LOWER,
    behind=IS_FORGOTTEN,
)
PROMISES_NOT_DUE = of_promises(
    "promises_not_due",
    N_("Promises not due yet"),
    N_("Promises due in the period that can still be kept in time."),
    ((pl.col("outcome") == "not_due") & IS_STANDING).sum(),
    Better.NEITHER,
    behind=(pl.col("outcome") == "not_due") & IS_STANDING,
)
PROMISES_FALLEN_AWAY = of_promises(
    "promises_fallen_away",
    N_("Promises fallen away"),
    N_("Promises due in the period that were not kept in time because their deal was closed by the due day."),
    (~IS_KEPT & ~IS_STANDING).sum(),
    Better.NEITHER,
    variant="",
    behind=~IS_KEPT & ~IS_STANDING,
)
PROMISES_MOVED = of_promises(
    "promises_moved",
    N_("Promises moved again and again"),
    N_(
        "Promises due in the period whose due day was moved three times or more, as successive exports "
        "tell: forgotten in disguise."
    ),
    (pl.col("moved_count") >= MOVED_OFTEN).sum(),
    Better.LOWER,
    variant="",
    behind=pl.col("moved_count") >= MOVED_OFTEN,
)
KEPT_SHARE = of_promises(
    "kept_share",
    N_("Promises kept, share"),
    N_("Promises kept in time as a share of those due in the period that were kept, late or forgotten."),
    ratio(IS_KEPT.sum(), HAS_COME.sum()),
    Better.HIGHER,
    Unit.SHARE,
    behind=HAS_COME,
    of_them=IS_KEPT,
)
PROMISE_LATE_DAYS_MEDIAN = of_promises(
    "promise_late_days_median",
    N_("Days late, median"),
    N_(
        "Working days after the due day of the promises due in the period that were kept late or not yet: "
        "half of them more, half fewer."
    ),
    pl.col("late_days").filter(IS_LATE | IS_FORGOTTEN).median(),
    Better.LOWER,
    Unit.DAYS,
    behind=(IS_LATE | IS_FORGOTTEN) & pl.col("late_days").is_not_null(),
)
FORGOTTEN_AMOUNT = of_promises(
    "forgotten_amount",
    N_("Amount behind forgotten promises"),
    N_(
        "Amounts of the deals with a promise due in the period that was forgotten, each promise counted. "
        "Unknown when none has an amount."
    ),
    known_sum(pl.col("amount"), IS_FORGOTTEN),
    Better.LOWER,
    Unit.MONEY,
    behind=IS_FORGOTTEN,
)
NEXT_STEP_COVERAGE = Metric(
    name="next_step_coverage",
    label=N_("With a next step"),
    help=N_(
        "Open deals with a task or a next contact ahead, as a share of the deals open on the last day of "
        "the data. Unknown where no export tells of tasks."
    ),
    fact="answers",
    value=ratio(IS_PLANNED.sum(), IS_PLANNED.count()),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    behind=IS_PLANNED.is_not_null(),
    of_them=IS_PLANNED,
)
WITHOUT_NEXT_STEP = Metric(
    name="without_next_step",
    label=N_("Without a next step"),
    help=N_("Deals open on the last day of the data without a task or a next contact ahead."),
    fact="answers",
    value=pl.when(IS_PLANNED.count() > 0).then((~IS_PLANNED).sum()),
    unit=Unit.COUNT,
    better=Better.LOWER,
    behind=~IS_PLANNED,
)


def of_touches(
    name: str, label: str, help: str, value: pl.Expr, unit: Unit, better: Better, variant: str, behind: pl.Expr
) -> Metric:
    """Make a metric of touches by their day."""
    return Metric(
        name,
        label,
        help,
        value,
        unit,
        better,
        fact="contacts",
        dated_by="touched_on",
        needs=("touch_id",),
        variant=variant,
        behind=behind,
    )


ONE_A_DAY = N_(
    "One for each client, day and kind: talk of half a minute, meeting, letter, other contact; mailings left out."
)
TOUCHES = of_touches(
    "touches",
    N_("Touches"),
    N_("Contacts with content in the period, either way."),
    pl.len(),
    Unit.COUNT,
    Better.HIGHER,
    ONE_A_DAY,
    behind=pl.lit(True),
)
TOUCHES_PER_CLIENT = of_touches(
    "touches_per_client",
    N_("Touches for a client"),
    N_("Touches of the period divided by the different clients touched in it."),
    ratio(pl.len(), CLIENT.n_unique()),
    Unit.NUMBER,
    Better.NEITHER,
    ONE_A_DAY,
    behind=pl.lit(True),
)
CONTACT_PRESSURE = of_touches(
    "contact_pressure",
    N_("Contact pressure, a week"),
    N_("Touches made by us in the period, for one client in one week in which we touched it."),
    ratio(
        OURS.sum(),
        pl.struct(CLIENT, pl.col("touched_on").dt.truncate("1w")).filter(OURS).n_unique(),
    ),
    Unit.NUMBER,
    Better.NEITHER,
    N_("Weeks without a touch of the client are left out: it tells how thick the touches come, not how often."),
    behind=OURS,
)
