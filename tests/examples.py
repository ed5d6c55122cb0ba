"""How many generated examples a test draws: a fraction in the everyday suite, all of them in `make soak`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

THOROUGH = "VORONKA_THOROUGH"
EVERYDAY_PART = 6
FEWEST = 4


def examples(count: int) -> settings:
    """Draw ``count`` examples when thorough, a sixth of them (four at least) else; slowness is no defect here."""
    few = max(FEWEST, count // EVERYDAY_PART)
    most = count if os.environ.get(THOROUGH) else min(count, few)
    return settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow])
