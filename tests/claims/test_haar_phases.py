"""haar-phases: where random neurons end, and the statistics that test it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, binomtest

from odekit.claims import Settings, Verdict
from odekit.claims.group_composition import haar_phases
from odekit.claims.group_composition.haar_phases import CLAIM
from odekit.claims.statistics.frames import Law, concentrated, kuiper, mean_test, null_share, rayleigh
from odekit.groups import group
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
@pytest.mark.parametrize("name", ["Z2", "Z12", "S3", "F21", "Q8xS3"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 7))


def test_level_and_power_are_stated(found: Verdict) -> None:
    assert "level 0.0001" in found.text
    assert "power 0.99" in found.text
    assert found.evidence["tests"] > 40


def _with(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    original = haar_phases.random_start

    def start(network: Network, generator: np.random.Generator) -> dict[str, np.ndarray]:
        weights = {name: w.copy() for name, w in original(network, generator).items()}
        change(weights)
        return {name: w / np.linalg.norm(w, axis=1, keepdims=True) for name, w in weights.items()}

    monkeypatch.setattr(haar_phases, "random_start", start)


@pytest.mark.parametrize("name", ["Z7", "Z2", "S3", "Q8"])
def test_starts_near_one_direction_are_refuted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def towards_the_identity(weights: dict[str, np.ndarray]) -> None:
        weights["theta1"][:, 0] += 0.5

    _with(monkeypatch, towards_the_identity)
    assert verdict(name).outcome == "refuted"


def test_equal_embeddings_are_refuted_though_each_alone_is_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    def equal(weights: dict[str, np.ndarray]) -> None:
        weights["theta2"][:] = weights["theta1"]

    _with(monkeypatch, equal)
    assert verdict("Z7").outcome == "refuted"


def test_too_few_neurons_confirm_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(haar_phases, "NEURONS", 20)
    found = verdict("Z7")
    assert found.outcome == "inconclusive"
    assert found.evidence["too few for the power"]


def test_bernsteins_bound_is_no_smaller_than_the_exact_p_value() -> None:
    for count, successes in ((30, 25), (100, 70), (400, 280)):
        exact = binomtest(successes, count, 0.5).pvalue
        bound = mean_test(2 * successes / count - 1, Law(0.0, 1.0, 1.0), count)
        assert exact <= bound <= 30 * exact**0.5


@pytest.mark.parametrize("test", [rayleigh, kuiper])
def test_p_values_on_the_circle_are_uniform(test: Callable[[np.ndarray], float]) -> None:
    """Share of p-values below 5 % among 2,000 samples, within four standard errors of 5 %."""
    generator = np.random.default_rng(11)
    values = np.array([test(generator.uniform(0, 2 * np.pi, 60)) for _ in range(2000)])
    assert abs((values < 0.05).mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 2000)


@pytest.mark.parametrize("test", [rayleigh, kuiper])
def test_concentrated_angles_fail_on_the_circle(test: Callable[[np.ndarray], float]) -> None:
    assert test(np.random.default_rng(12).vonmises(2.0, 1.0, 300)) < 1e-6


def test_kuiper_sees_two_opposite_clusters_that_rayleigh_cannot() -> None:
    angles = np.random.default_rng(13).vonmises(0.0, 20.0, 400)
    angles[::2] += np.pi
    assert kuiper(angles) < 1e-8 < rayleigh(angles)


@pytest.mark.parametrize("r", [2, 3, 6])
def test_the_alternative_has_the_moments_of_its_density(r: int) -> None:
    def moment(power: int) -> float:
        def density(angle: float) -> float:
            x = np.cos(angle)
            return float(x**power * np.exp(1.5 * x) * np.sin(angle) ** (r - 2))

        return float(quad(density, 0, np.pi)[0])

    law = concentrated(r, 1.5)
    mean = moment(1) / moment(0)
    assert law.mean == pytest.approx(mean, rel=1e-9)
    assert law.variance == pytest.approx(moment(2) / moment(0) - mean**2, rel=1e-8)


@pytest.mark.parametrize(("half_kappa", "m"), [(0.5, 3), (1.0, 2), (2.0, 4)])
def test_shares_follow_a_beta_law(half_kappa: float, m: int) -> None:
    law, exact = null_share(half_kappa, m), beta(half_kappa, half_kappa * (m - 1))
    assert law.mean == pytest.approx(exact.mean())
    assert law.variance == pytest.approx(exact.var())
