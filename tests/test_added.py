"""What a newly added thing still lacks, in seconds and a sentence each: `make added` runs this first; the rest proves it right."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import get_args

import pytest
from test_demands import document, named, rows_of
from test_sources import ALIASES, BESIDE, EXPORTS
from test_witness import WITNESS

from dashboard import analyses, metrics
from dashboard.analyses.answer import Analysis
from dashboard.analyses.catalogue import CATALOGUE
from dashboard.analyses.headings import columns
from dashboard.console import FILTER_KEYS
from dashboard.contents import PAGES, SCREENS
from dashboard.exports.answers import DIMENSION_LABELS
from dashboard.filters import DIMENSIONS, FIELDS
from dashboard.metrics.model import Metric
from dashboard.metrics.registry import METRICS
from dashboard.ui.context import LABELS
from pipelines.mail import Recipient
from pipelines.profile import shipped_profiles


def constants(package: ModuleType, kind: type) -> list[tuple[str, object]]:
    """List the constants of a kind in the modules of a package, each with the module it stands in."""
    modules = [import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)]
    return [
        (module.__name__, value) for module in modules for value in vars(module).values() if isinstance(value, kind)
    ]


def test_every_metric_stands_in_the_registry() -> None:
    known = {id(one) for one in METRICS.values()}
    lost = sorted({f"{module}: {one.name}" for module, one in constants(metrics, Metric) if id(one) not in known})  # ty: ignore
    assert not lost, f"add the module to collect([...]) in dashboard/metrics/registry.py: {lost}"


def test_every_metric_has_a_witness_written_from_its_help() -> None:
    lost = [name for name in METRICS if not (WITNESS / f"{name}.sql").exists()]
    assert not lost, f"write tests/witness/NAME.sql from the help text, without looking at the expression: {lost}"


def test_every_metric_is_named_by_a_demand() -> None:
    lost = sorted(set(METRICS) - {name for row in rows_of(document()) for name in named(row["metrics"])})
    assert not lost, f"name it in the column “metrics” of the row of docs/demands.md that it answers: {lost}"


def test_every_analysis_stands_in_the_catalogue() -> None:
    known = {id(one) for one in CATALOGUE}
    lost = sorted({f"{module}: {one.name}" for module, one in constants(analyses, Analysis) if id(one) not in known})  # ty: ignore
    assert not lost, f"add it to CATALOGUE in dashboard/analyses/catalogue.py: {lost}"


def test_a_column_without_a_heading_says_where_one_is_added() -> None:
    with pytest.raises(
        KeyError, match=r"no heading for weekday: add it to HEADINGS in dashboard/analyses/headings\.py"
    ):
        columns("manager", "weekday")


def test_every_screen_stands_in_the_table_of_contents() -> None:
    files = {path.stem for path in SCREENS.glob("[a-z]*.py")}
    lost = sorted(files ^ {page.file for page in PAGES})
    assert not lost, f"a file in dashboard/screens and a line in dashboard/contents.py belong together: {lost}"


@pytest.mark.parametrize(
    ("where", "there"),
    [
        ("FILTER_KEYS in dashboard/console.py", FILTER_KEYS),
        ("LABELS in dashboard/ui/context.py", LABELS),
        ("DIMENSION_LABELS in dashboard/exports/answers.py", DIMENSION_LABELS),
        ("DIMENSIONS in dashboard/filters.py", DIMENSIONS),
        ("Recipient.only in pipelines/mail.py", get_args(get_args(Recipient.model_fields["only"].annotation)[0])),
    ],
)
def test_a_filter_is_asked_for_and_named_everywhere(where: str, there: tuple[str, ...]) -> None:
    lost = [key for key in FIELDS if key not in there]
    assert not lost, f"FIELDS of dashboard/filters.py has it; add it to {where}: {lost}"


def test_every_system_has_a_sample_with_what_is_read_of_it() -> None:
    names = [each.name for each in shipped_profiles() if each.name != ALIASES]
    lost = [name for name in names if not [*(EXPORTS / name).glob(f"*{BESIDE}")]]
    assert not lost, (
        f"put an export into tests/exports/NAME/ and FILE{BESIDE} beside it, as the other systems have: {lost}"
    )
