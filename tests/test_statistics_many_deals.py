"""A forecast of very many deals is drawn as the sum they make."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.statistics import forecast
from dashboard.statistics.forecast import simulate


def test_very_many_deals_are_drawn_as_their_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against drawing each of them; one deal that is most of the money is still drawn by itself."""
    dice = np.random.default_rng(5)
    chances, amounts, ratios = dice.random(forecast.LARGE), dice.lognormal(3, 1, forecast.LARGE), [0.7, 0.9, 1.0]
    given = {"ratios": ratios, "new_wins": float(forecast.LARGE), "new_amounts": amounts[:500], "draws": 1000}
    found = simulate(chances, amounts, **given)
    whale = simulate([*chances, 0.5], [*amounts, 1e9], draws=1000)
    assert whale.p10 < 1e8 < 1e9 < whale.p90
    monkeypatch.setattr(forecast, "LARGE", 10**9)
    each = simulate(chances, amounts, **given)
    assert found.expected == each.expected
    spread = each.p90 - each.p10
    assert abs(found.p10 - each.p10) < 0.1 * spread
    assert abs(found.p90 - each.p90) < 0.1 * spread


def test_very_many_sure_deals_leave_no_room_for_chance() -> None:
    found = simulate([1.0] * forecast.LARGE, [0.1] * forecast.LARGE, draws=50)
    assert found.p10 == pytest.approx(found.p90) == pytest.approx(found.expected)


def test_the_few_deals_that_are_too_large_for_a_sum_are_drawn_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three large deals among many: the range is that of drawing each, and hardly more than the three are drawn."""
    dice = np.random.default_rng(6)
    chances = [*dice.random(3000), 0.5, 0.5, 0.1]
    amounts = [*dice.lognormal(3, 1, 3000), 8e3, 4e3, 9e3]
    each = simulate(chances, amounts, draws=2000)
    monkeypatch.setattr(forecast, "LARGE", 3000)
    is_summed = forecast.summed(np.array(chances) * np.array(amounts) ** 2)
    assert not is_summed[-3:].any()
    assert 2900 < is_summed.sum() < 3000
    found = simulate(chances, amounts, draws=2000)
    assert found != each
    assert found.expected == each.expected
    for one, other in ((found.p10, each.p10), (found.p50, each.p50), (found.p90, each.p90)):
        assert abs(one - other) < 0.1 * (each.p90 - each.p10)
