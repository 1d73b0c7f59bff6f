"""Systems in blocks of an order above 1: what they state, print, and refuse."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit import Network, derive
from odekit.derivation import reduced_population
from odekit.derivation.orders import BlockOrderAnswers, CoupledBlocks, row_labels
from odekit.derivation.orders.blocks.system import _number
from odekit.errors import InputError, ReductionError, UnknownNameError

SECOND = derive(Network("S3"), order=2)
THIRD = derive(Network("S3"), order=3)


def test_states_are_entries_and_parameters_are_the_field() -> None:
    rows = ("2re00", "2im00", "2re01", "2im01")
    assert [symbol.name for symbol in SECOND.states] == [
        f"{name}_{row}" for name in ("theta", "xi") for row in rows
    ]
    assert len(SECOND.parameters) == 64
    assert all(symbol.name.startswith("R_") for symbol in SECOND.parameters)
    assert SECOND.leaks == {"theta": ("1", "1a"), "xi": ()}
    assert [symbol.name for symbol in THIRD.states[-2:]] == ["theta_1", "theta_1are00"]
    assert THIRD.leaks == {"theta": ("1", "1a"), "xi": ("1a",)}
    assert [template.characters for template in SECOND.templates] == [("2",), ("1a",)]
    assert all(c.is_Rational for v in SECOND.vector_field for c in v.as_coefficients_dict().values())


def test_without_a_field_uniform_softmax_is_left(oracle: Any) -> None:
    population = reduced_population(Network("S3", loss="sum"), "2", 1)
    amplitudes = np.random.default_rng(3).normal(size=(8, 5))
    quiet = dict.fromkeys((symbol.name for symbol in SECOND.parameters), 0.0)
    expected = population.velocities({"2": amplitudes})["2"]
    assert SECOND.function()(0.0, amplitudes, quiet) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "embedding", "order"),
    [("S3", "shared", 2), ("S3", "shared", 3), ("Q8", "unshared", 2), ("A4", "shared", 2)],
)
def test_a_neuron_s_equations_are_the_gradient_with_the_field_put_in(
    oracle: Any, group: str, embedding: str, order: int
) -> None:
    """Of three neurons on the largest irrep, the logit scale being 0.8, before anything has leaked."""
    network = Network(group, embedding=embedding, logit_scale=0.8, loss="sum")
    system = derive(network, order=order)
    irrep = system.templates[0].characters[0]
    population = reduced_population(network, irrep, order)
    starts = [row for row, name in enumerate(population.row_names(irrep)) if f"_{irrep}" in name]
    amplitudes = np.zeros((len(population.row_names(irrep)), 3))
    amplitudes[starts] = np.random.default_rng(1).normal(size=(len(starts), 3))
    field = population.mean_field({irrep: amplitudes})
    parameters = {symbol.name: field[symbol.name] for symbol in system.parameters}
    names = list(population.row_names(irrep))
    rows = [names.index(symbol.name) for symbol in system.states]
    gradient = oracle(network, population.weights(amplitudes, irrep), order)
    expected = population.amplitudes(gradient, irrep)[rows]
    found = system.function()(0.0, amplitudes[rows], parameters)
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("group", ["S3", "D4", "Q8", "A4"])
@pytest.mark.parametrize("order", [2, 3])
def test_every_kind_of_neuron_is_certified(group: str, order: int) -> None:
    certificate = derive(Network(group), order=order).certify()
    assert certificate.passed
    assert certificate.exact
    assert "exactly, modulo 16777" in str(certificate)


class Forgetful(CoupledBlocks):
    """The activation without the squares of one input."""

    @property
    def monomials(self) -> Any:
        return [monomial for monomial in super().monomials if monomial.powers == (1, 1)]


def test_wrong_equations_are_not_certified_nor_shown() -> None:
    right = THIRD.answers
    assert isinstance(right, BlockOrderAnswers)
    flow = right.flow
    wrong = BlockOrderAnswers(Forgetful(flow.network, flow.bases, flow.kinds, 3, flow.numbers))
    assert not wrong.certify(wrong.system, 6).passed
    with pytest.raises(ReductionError, match="disagree with the gradient"):
        _ = wrong.verified
    with pytest.raises(ReductionError, match="has no other order"):
        SECOND.certify(7)


def test_the_report_names_sums_leaks_and_their_sizes() -> None:
    text = SECOND.report(SECOND.certify())
    assert "cross-entropy up to cumulant 2" in text
    assert "f[i,j,c] = logit scale * sum over neurons of F[i,j] xi[c]" in text
    assert "theta leaks into irrep 1a at relative order |f|^1 = kappa^3, acts back at |f|^2 = kappa^6" in text
    assert "on irrep 1a: 2 entries of blocks, 2 of the field; no leaks" in text
    assert "e_2re00 = (1, 0, 0, -0.5, -0.5, 0)" in text
    single = derive(Network("S3"), "1a", order=3).report()
    assert "theta_1are00' = " in single
    assert "- (1/2) sum_kodmpe C[i,k,m] C[j,o,p] C[c,d,e] f[k,o,d] f[m,p,e]" in single


def test_plain_data_and_latex() -> None:
    data = json.loads(json.dumps(SECOND.to_dict(SECOND.certify())))
    assert data["cumulants"] == 2
    assert data["irreps"] == ["2"]
    assert data["sums"] == 10 * 4
    assert data["responses"][0] == {"weights": "theta", "irrep": "1", "relative_order": 1}
    assert data["certificate"]["modulus"] == 16777213
    assert data["order_parameters"]["R[i,j,c]"] == "-f[i,j,c]"
    assert data["waves"]["2im01"] == pytest.approx([0, 0, np.sqrt(0.75), 0, 0, -np.sqrt(0.75)])
    assert list(data["equations"]) == [symbol.name for symbol in SECOND.states]
    latex = SECOND.latex()
    assert (
        r"\dot{\hat\xi}_{c} &= \bigl(2 \hat\theta \hat\theta\bigr)_{c} + \frac{1}{6} R_{ijc} F^{ij}" in latex
    )
    assert "% theta leaks into irrep 1 at" in latex
    unshared = derive(Network("S3", embedding="unshared"), "2", order=3)._repr_latex_()
    assert unshared is not None
    assert r"\dot{\hat\theta}_{1,i} &= \bigl(2 \hat\xi \hat\theta_{2}^\dagger\bigr)_{i}" in unshared


def test_sums_of_two_embeddings_are_counted_once_each() -> None:
    """4 x 4 products of both, 10 of each with itself, the 4 entries of each alone, and 1."""
    network = Network("Q8", embedding="unshared", activation="z**2 - z + 1")
    assert derive(network, "2", order=2).to_dict()["sums"] == (16 + 10 + 10 + 4 + 4 + 1) * 4


def test_labels_of_rows_are_irrep_part_and_entry() -> None:
    assert isinstance(SECOND.answers, BlockOrderAnswers)
    assert row_labels(SECOND.answers.flow)[:3] == ("1", "1are00", "2re00")


def test_it_is_integrated_in_a_given_field() -> None:
    quiet = dict.fromkeys((symbol.name for symbol in SECOND.parameters), 0.0)
    start = np.full((8, 1), 0.1)
    solution = odekit.solve(SECOND, start, 0.1, parameters=quiet)
    assert solution.y[-1, 0, 0] > 0.1


@pytest.mark.parametrize("modes", [3, [], [3], "2,2"])
def test_irreps_that_are_none_are_refused(modes: Any) -> None:
    with pytest.raises(InputError):
        derive(Network("S3"), modes, order=2)


def test_what_has_no_blocks_at_an_order_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown irrep '4'"):
        derive(Network("S3"), "4", order=2)
    with pytest.raises(ReductionError, match="Clebsch-Gordan"):
        derive(Network("S3", activation="z**3"), order=2)
    with pytest.raises(ReductionError, match="spheres"):
        derive(Network("S3", constraint="sphere"), order=2)
    with pytest.raises(ReductionError, match="modified equation"):
        SECOND.modified("eta")


@pytest.mark.slow
def test_what_has_too_many_terms_is_left_to_arrays() -> None:
    """On F21 an irrep of dimension 3 and type C has 20,775 terms at order 3."""
    network = Network("F21")
    system = derive(network, order=3)
    assert [template.characters for template in system.templates] == [("1a",)]
    assert "irreps 3 have too many terms to write out, and are left out" in system.conditions
    with pytest.raises(ReductionError, match=r"too many terms.*reduced_population"):
        derive(network, "3", order=3)


def test_coefficients_that_are_no_fractions_are_floats() -> None:
    assert _number(2 / 7) == sp.Rational(2, 7)
    assert _number(np.sqrt(2)) == sp.Float(np.sqrt(2))
