"""rich-ordering: how far the test loss stays behind, by the output's scale and by alignment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.experiments import quadratic_features
from odekit.claims.lazy_to_rich import rich_ordering
from odekit.groups import group
from odekit.simulation import quadratic_features as simulated_features

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("rich-ordering", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("rich-ordering", seed))


def test_the_area_between_the_losses_is_exact_for_a_constant_gap() -> None:
    train = np.zeros((len(rich_ordering.TIMES), 2))
    found = rich_ordering._gap(train, train + np.array([0.5, 1.0]))
    np.testing.assert_allclose(found, np.log(2e2 / 1e-2) * np.array([0.5, 1.0]))


def test_orders_that_the_integrator_leaves_open_do_not_count() -> None:
    train = np.zeros((len(rich_ordering.TIMES), 2))
    errors = np.array([0.1, 10.0])
    first = rich_ordering._Losses(train, train + 0.5, errors)
    second = rich_ordering._Losses(train, train, np.zeros(2))
    np.testing.assert_array_equal(first.order(second), [1, 0])
    np.testing.assert_array_equal(second.order(first), [-1, 0])


def test_the_reduced_flow_on_data_is_the_mean_of_those_on_its_samples() -> None:
    """At random moments, of a data set with an exact mean over samples, one by one."""
    generator = np.random.default_rng(2)
    x, y = generator.standard_normal((5, 2)), generator.standard_normal(5)
    state, numbers = generator.standard_normal(5), {"alpha": 1.3, "eps": 0.4}
    flow, one = quadratic_features.moments_on_data(), quadratic_features.sample_moments()
    known = quadratic_features.data_means(x, y) | numbers
    found = flow.function()(0.0, state, {symbol.name: known[symbol.name] for symbol in flow.parameters})
    each = [
        one.function()(0.0, state, {"x1": first, "x2": second, "y": label, **numbers})
        for (first, second), label in zip(x, y, strict=True)
    ]
    assert [symbol.name for symbol in flow.states] == [symbol.name for symbol in one.states]
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-12)


def test_a_frozen_kernel_has_the_same_rates_at_the_start_alone() -> None:
    generator = np.random.default_rng(3)
    known = quadratic_features.data_means(generator.standard_normal((5, 2)), generator.standard_normal(5))
    states = [symbol.name for symbol in quadratic_features.sample_moments().states]
    start = dict(zip(states, generator.standard_normal(5), strict=True))
    known |= {"alpha": 1.3, "eps": 0.4, **{f"{name}0": value for name, value in start.items()}}

    def rates(frozen: bool, state: np.ndarray) -> np.ndarray:
        flow = quadratic_features.moments_on_data(frozen)
        return flow.function()(0.0, state, {each.name: known[each.name] for each in flow.parameters})

    first = np.array([*start.values()])
    np.testing.assert_allclose(rates(True, first), rates(False, first), rtol=1e-12)
    assert np.abs(rates(True, 1.1 * first) - rates(False, 1.1 * first)).max() > 0.01


def test_the_output_by_moments_is_that_of_the_neurons() -> None:
    generator = np.random.default_rng(4)
    weights, inputs = generator.standard_normal((3, 8, 2)), generator.standard_normal((3, 7, 2))
    found = quadratic_features.outputs_by_moments(quadratic_features.moments(weights), inputs, 1.3, 0.4)
    np.testing.assert_allclose(found, 1.3 * simulated_features(weights, inputs, 0.4), rtol=1e-12)


@pytest.mark.slow
def test_networks_of_another_scale_than_the_reduced_flow_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = rich_ordering._network

    def other(draws: rich_ordering._Draws, case: rich_ordering._Case, rtol: float) -> rich_ordering.Outputs:
        return network(draws, replace(case, eps=1.05 * case.eps), rtol)

    monkeypatch.setattr(rich_ordering, "_network", other)
    assert anew("rich-ordering").outcome == "refuted"


@pytest.mark.slow
def test_networks_whose_alphas_are_exchanged_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = rich_ordering.CASES
    exchanged = {rich_ordering.FIRST: "smaller alpha", "smaller alpha": rich_ordering.FIRST}
    monkeypatch.setattr(rich_ordering, "CASES", {n: cases[exchanged.get(n, n)] for n in cases})
    assert anew("rich-ordering").outcome == "refuted"


@pytest.mark.slow
def test_shares_whose_intervals_hold_chance_decide_nothing(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rich_ordering, "proportion_interval", lambda *_: (0.4, 0.6))
    assert anew("rich-ordering").outcome == "inconclusive"


@pytest.mark.slow
def test_a_frozen_kernel_as_the_reduced_flow_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    reduced = rich_ordering._reduced
    monkeypatch.setattr(
        rich_ordering, "_reduced", lambda draws, rtol, frozen=False: reduced(draws, rtol, True)
    )
    assert anew("rich-ordering").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not rich_ordering.CLAIM.applies(group("Z23"))
