"""local-rates: -e, -2 e and -3 e near the maxima of any group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres.networks import sphere_network
from odekit.claims.experiments.spheres.rates import explicit_maxima, unit_frames
from odekit.claims.group_composition import local_rates
from odekit.claims.group_composition.local_rates import CLAIM, FRAMES, LOSERS, MINOR, PHASE, rates_by_kind
from odekit.groups import group
from odekit.simulation import uniform_gradient

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.fixture(scope="module")
def found() -> Verdict:
    return verdict()


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, found: Verdict) -> None:
    assert is_sound(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Z12", "D4", "S4", "Q8xS3"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 7))


def test_the_small_groups_show_every_kind_and_type(found: Verdict) -> None:
    seen = {tuple(key.split(", ")) for key in found.evidence["rates in units of e, intervals"]}
    assert {("S3", "2", FRAMES), ("A4", "3", FRAMES), ("F21", "3", PHASE), ("Q8", "2", PHASE)} <= seen
    assert ("S3", "2", PHASE) not in seen
    assert ("Q8", "2", FRAMES) not in seen


@pytest.mark.parametrize("kind", ["R", "C", "H"])
def test_the_predicted_rates_are_derived(kind: str) -> None:
    rates = {LOSERS: 1.0, MINOR: 1.0, FRAMES: 2.0} | ({} if kind == "R" else {PHASE: 3.0})
    assert rates_by_kind(sphere_network(group("S3"), 1), kind) == pytest.approx(rates, abs=1e-12)


def test_every_interval_leaves_out_a_rate_that_is_ten_percent_off(found: Verdict) -> None:
    for low, high in found.evidence["rates in units of e, intervals"].values():
        rate = round((low + high) / 2)
        assert 0.9 * rate < low <= high < 1.1 * rate


@pytest.mark.parametrize("name", ["S3", "F21", "Q8xS3"])
def test_explicit_maxima_are_critical_and_deviate_in_no_way(name: str) -> None:
    """At a maximum the gradient is E times the weights, and no deviation is above rounding."""
    G = group(name)
    network = sphere_network(G, 4)
    for sigma in G.real_irreps[1:]:
        frames = unit_frames(np.random.default_rng(5), 4, sigma.r)
        weights = explicit_maxima(sigma, frames)
        gradients, xi = uniform_gradient(network, (weights["theta1"], weights["theta2"]), weights["xi"])
        energy = 2 * np.sqrt(G.order / sigma.r)
        for gradient, values in zip((*gradients, xi), weights.values(), strict=True):
            np.testing.assert_allclose(-gradient, energy * values, atol=1e-12)
        single = {key: values[None] for key, values in weights.items()}
        for values in local_rates._deviations(single, G, sigma).values():
            assert values.max() < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "rate"), [(LOSERS, 2.0), (MINOR, 1.1), (FRAMES, 1.0), (FRAMES, 2.2), (PHASE, 2.0), (PHASE, 2.7)]
)
def test_a_wrong_rate_of_one_kind_is_refuted(monkeypatch: pytest.MonkeyPatch, kind: str, rate: float) -> None:
    original = local_rates.rates_by_kind
    monkeypatch.setattr(local_rates, "rates_by_kind", lambda *args: {**original(*args), kind: rate})
    assert verdict("F21").outcome == "refuted"


def test_it_applies_to_every_group_but_the_trivial_one() -> None:
    assert [CLAIM.applies(group(name)) for name in ("Z1", "Z2", "A5")] == [False, True, True]
