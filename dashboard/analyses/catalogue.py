"""All analyses by name: one line each. What stands here is in ``voronka analyse``, in the glossary and on the pages."""

from __future__ import annotations

from dashboard.analyses import funnel_answer
from dashboard.analyses.answer import Analysis
from pipelines.errors import UnknownName, suggest

CATALOGUE: tuple[Analysis, ...] = (
    funnel_answer.FUNNEL,
)  # fmt: skip


def named(catalogue: tuple[Analysis, ...]) -> dict[str, Analysis]:
    """Put analyses under their names. Raises TypeError when two share one."""
    found: dict[str, Analysis] = {}
    for one in catalogue:
        if one.name in found:
            raise TypeError(f"two analyses are called {one.name}")
        found[one.name] = one
    return found


ANALYSES = named(CATALOGUE)


def analysis(name: str) -> Analysis:
    """Return an analysis by its name. Raises UnknownName with the nearest one."""
    if name not in ANALYSES:
        raise UnknownName('There is no analysis "{name}". {hint}', name=name, hint=suggest(name, ANALYSES))
    return ANALYSES[name]
