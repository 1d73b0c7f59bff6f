"""The equation for D along a run: the derived one fits, the printed one does not."""

from __future__ import annotations

from odekit.claims.experiments.modes.phase_equation import derived_equation, phase_errors
from odekit.comparison import compare
from odekit.networks import Network
from odekit.simulation import simulate


def test_the_derived_phase_equation_is_printed_with_its_sign() -> None:
    assert derived_equation() == "-p*(alpha^2 + 4*beta^2)*sin(D)/beta"


def test_the_derived_phase_equation_fits_a_run_and_the_printed_one_does_not() -> None:
    network = Network("Z11", neurons=10)
    run = simulate(
        network, seed=3, init="single_frequency", scale=0.01, t_end=400.0, snapshots=61, rtol=1e-10
    )
    derived, printed = phase_errors(compare(run))
    assert derived.is_within
    assert derived.median < 1e-3 < 0.1 < printed.median
    assert not printed.is_within
