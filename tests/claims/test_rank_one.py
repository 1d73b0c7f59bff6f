"""rank-one: singular values of the blocks over R, C and H when neurons have come to rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from odekit.claims import Settings, Verdict
from odekit.claims.group_composition import rank_one
from odekit.claims.group_composition.rank_one import CLAIM
from odekit.groups import group, group_fourier, inverse_group_fourier
from odekit.simulation import Run
from odekit.text import unmarked

Sound = Callable[[Verdict], bool]


def verdict(name: str | None = None, seed: int = 0) -> Verdict:
    return CLAIM.experiment(CLAIM, Settings(seed, group=None if name is None else group(name)))


@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(seed=seed))


@pytest.mark.parametrize("name", ["S3", "D4", "A4", "F21", "S4"])
def test_without_quaternions_rank_two_is_the_control(is_sound: Sound, name: str) -> None:
    found = verdict(name, 1)
    assert is_sound(found)
    assert "rank two" in found.control.statement


@pytest.mark.parametrize("name", ["Q8", "Q8xS3"])
def test_with_quaternions_complex_rank_one_is_the_control(is_sound: Sound, name: str) -> None:
    found = verdict(name, 1)
    assert is_sound(found)
    assert "complex rank one" in found.control.statement
    assert found.evidence["quaternionic blocks"][name] > 0


def test_the_text_says_over_which_numbers() -> None:
    found = verdict("Q8")
    assert "over K" in unmarked(found.statement)
    assert "complex block has rank 2 with two equal singular values" in found.text


def test_a_quaternionic_block_has_complex_rank_two() -> None:
    run = rank_one.converged(group("Q8"), 50, 0)
    won = rank_one.winners(run) == 4
    values = np.linalg.svd(group_fourier(run.weights["xi"][-1][won], group("Q8"))[4], compute_uv=False)
    np.testing.assert_allclose(values[:, 1], values[:, 0], rtol=1e-12)


def _with_rank_two(run: Run) -> Run:
    """The same run with a second singular value in one neuron's readout at the end."""
    G = run.network.finite_group
    m = int(np.flatnonzero(rank_one.winners(run) == 2)[0])
    blocks = list(group_fourier(run.weights["xi"][-1], G))
    u, s, v = np.linalg.svd(blocks[-1][m])
    s[-1] = 1e-4 * s[0]
    blocks[-1][m] = (u * s) @ v
    xi = run.weights["xi"].copy()
    xi[-1] = inverse_group_fourier(blocks, G).real
    return replace(run, weights={**run.weights, "xi": xi})


def test_a_second_singular_value_in_one_neuron_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    converged = rank_one.converged
    monkeypatch.setattr(rank_one, "converged", lambda *args: _with_rank_two(converged(*args)))
    assert verdict("S3").outcome == "refuted"


def test_complex_rank_at_type_h_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_one, "_second_over_field", lambda relative, sigma: relative[:, 1:2].ravel())
    assert verdict("Q8").outcome == "refuted"


def test_it_does_not_apply_to_abelian_groups() -> None:
    assert [CLAIM.applies(group(name)) for name in ("Z15", "Z2xZ2", "S3", "Q8")] == [False, False, True, True]
