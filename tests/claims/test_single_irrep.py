"""single-irrep: what is left outside one real irrep when neurons have come to rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.experiments.spheres.networks import sphere_network
from odekit.claims.group_composition import single_irrep
from odekit.claims.group_composition.single_irrep import CLAIM
from odekit.groups import group
from odekit.simulation import Run, simulate

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(seed=seed))


@pytest.mark.parametrize("name", ["Z15", "Z12", "Z3xZ5", "S3", "D4", "Q8", "F21", "S4"])
def test_it_holds_on_other_groups(is_sound: Sound, name: str) -> None:
    assert is_sound(verdict(name, 1))


def test_the_text_counts_a_conjugate_pair_as_one() -> None:
    found = verdict("Z15")
    assert "a conjugate pair counts as one" in found.text
    assert "conjugate pair" in found.statement


def test_where_a_pair_won_one_complex_irrep_alone_is_the_control(is_sound: Sound) -> None:
    found = verdict("Z15")
    assert is_sound(found)
    assert "complex irrep" in found.control.statement


def test_on_a_pair_each_of_the_two_has_half() -> None:
    run = single_irrep.converged(group("Z7"), 20, 0)
    halves = single_irrep._outside_one_complex(run, single_irrep.winners(run))
    assert halves == pytest.approx(np.sqrt(0.5), abs=1e-8)


def test_without_pairs_a_surviving_second_irrep_is_the_control(is_sound: Sound) -> None:
    found = verdict("S3")
    assert is_sound(found)
    assert "second real irrep" in found.control.statement


def _with_a_second_irrep(run: Run) -> Run:
    """The same run with a part of the sign character in the end of a neuron that another irrep won."""
    sign = run.network.finite_group.real_irreps[1].character
    m = int(np.flatnonzero(single_irrep.winners(run) == 2)[0])
    xi = run.weights["xi"].copy()
    xi[-1, m] += 1e-4 * sign
    xi[-1, m] /= np.linalg.norm(xi[-1, m])
    return replace(run, weights={**run.weights, "xi": xi})


def test_a_second_irrep_in_one_neuron_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    converged = single_irrep.converged
    monkeypatch.setattr(single_irrep, "converged", lambda *args: _with_a_second_irrep(converged(*args)))
    assert verdict("S3").outcome == "refuted"


def test_neurons_that_have_not_come_to_rest_confirm_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(G: Any, neurons: int, seed: int) -> Run:
        network = sphere_network(G, neurons)
        return simulate(network, seed=seed, softmax="uniform", until=1e-4, estimate_error=False)

    monkeypatch.setattr(single_irrep, "converged", early)
    assert verdict("S3").outcome == "inconclusive"


def test_a_neuron_that_never_arrives_refutes(monkeypatch: pytest.MonkeyPatch) -> None:
    converged = single_irrep.converged

    def stuck(*args: Any) -> Run:
        run = converged(*args)
        return replace(run, meta={**run.meta, "unconverged": 1})

    monkeypatch.setattr(single_irrep, "converged", stuck)
    found = verdict("S3")
    assert found.outcome == "refuted"
    assert "comes to rest" in found.text


def test_it_needs_two_irreps_that_can_win() -> None:
    assert [CLAIM.applies(group(name)) for name in ("Z2", "Z3", "Z4", "S3")] == [False, False, True, True]
