"""competition-rate: how fast the losers fade, and the exactly solved competition."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres.aligned_competition import (
    common_growth,
    exact_magnitudes,
    random_magnitudes,
)
from odekit.claims.group_composition import competition_rate
from odekit.claims.group_composition.competition_rate import CLAIM
from odekit.groups import cyclic, group
from odekit.networks import Network

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.fixture(scope="module")
def found() -> Verdict:
    return verdict()


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, found: Verdict) -> None:
    assert is_sound(found)


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z2xZ2", "Z15", "Z2xZ4"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 7))


def test_the_rate_is_the_energy_of_either_kind_of_winner(found: Verdict) -> None:
    assert found.predicted == pytest.approx(
        {"against a winner of kind pair": sqrt(12), "against a winner of kind order 2": 2 * sqrt(6)}
    )
    assert found.measured == pytest.approx(dict(found.predicted), rel=1e-5)


def test_other_networks_have_rates_of_their_own(found: Verdict) -> None:
    rates = found.evidence["other networks: derived rates"]
    assert rates["shared, full rate"]["theta"]["pair"] == pytest.approx(2 * sqrt(12))
    assert rates["shared, full rate"]["xi"]["pair"] == pytest.approx(sqrt(12))
    assert rates["joint sphere"]["theta1"]["pair"] == pytest.approx(sqrt(12))
    assert rates["joint sphere"]["xi"]["pair"] == pytest.approx(sqrt(12) / 2)


def test_the_exact_solution_is_the_parametric_one() -> None:
    """b_k(tau) = 1/(1/a_k(0) - kappa tau), t the integral of N, by quadrature in tau instead of the ODE."""
    G = cyclic(6)
    start = random_magnitudes(G, np.array([1]), np.random.default_rng(3))[0]
    kappa, tau = 2 * sqrt(6), 0.9 / (2 * sqrt(6) * start[1:].max())

    def b(at: float) -> np.ndarray:
        return np.concatenate([start[:1], 1 / (1 / start[1:] - kappa * at)])

    t = quad(lambda at: float(np.linalg.norm(b(at))), 0, tau, epsabs=1e-13, epsrel=1e-13)[0]
    solved = exact_magnitudes(G, start[None], kappa, np.array([0.0, t]))[-1, 0]
    np.testing.assert_allclose(solved, b(tau) / np.linalg.norm(b(tau)), rtol=1e-10)


def test_the_growth_is_derived() -> None:
    network = Network("Z6", embedding="unshared", constraint="sphere", neurons=1)
    assert common_growth(network) == pytest.approx(2 * sqrt(6), rel=1e-14)


@pytest.mark.long
@pytest.mark.parametrize("factor", [0.9, 1.1, 2.0])
def test_a_wrong_energy_is_refuted(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    original = competition_rate.maximum_of
    monkeypatch.setattr(
        competition_rate, "maximum_of", lambda *args: SimpleNamespace(energy=factor * original(*args).energy)
    )
    assert verdict().outcome in ("refuted", "inconclusive")
    assert factor < 1 or verdict().outcome == "refuted"


@pytest.mark.slow
def test_a_wrong_growth_of_the_closed_form_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    original = competition_rate.common_growth
    monkeypatch.setattr(competition_rate, "common_growth", lambda network: 1.001 * original(network))
    found = verdict()
    assert found.outcome == "refuted"
    assert "exact solution" in found.text


@pytest.mark.slow
@pytest.mark.parametrize(("name", "power"), [("squared amplitude", 1), ("part of the energy", 2)])
def test_a_wrong_power_is_refuted(monkeypatch: pytest.MonkeyPatch, name: str, power: int) -> None:
    monkeypatch.setitem(competition_rate.POWERS, name, power)
    assert verdict().outcome == "refuted"


def test_it_needs_an_abelian_group_with_losers() -> None:
    applies = [CLAIM.applies(group(name)) for name in ("Z2", "Z3", "S3", "Z2xZ2", "Z15")]
    assert applies == [False, False, False, True, True]
