from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.derivation.polar.decay import DECAY, decay_law, with_decay
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.simulation import simulate
from odekit.solvers import blow_up_time, solve

SYSTEM = with_decay(derive(Network("Zp")))
alpha, beta, D, p = (SYSTEM[name] for name in ("alpha", "beta", "D", "p"))


def test_magnitudes_lose_decay_times_themselves_and_phases_move_as_before() -> None:
    free = derive(Network("Zp"))
    for state, velocity in SYSTEM.equations.items():
        lost = DECAY * state if state.name in ("alpha", "beta") else 0
        assert sp.expand(velocity - free.equations[state] + lost) == 0


@pytest.mark.parametrize("name", ["Zp", "Z6", "Z9"])
@pytest.mark.parametrize("options", [{}, {"rates": {"xi": 2.0}}, {"activation": "z**3"}, {"task": "x+y+z"}])
def test_the_field_is_the_gradient_of_its_energy(name: str, options: dict[str, object]) -> None:
    system = with_decay(derive(Network(name, **options)))
    meaning = system.definitions
    for state, velocity, metric in zip(system.states, system.vector_field, system.metric, strict=True):
        gap = sp.diff(system.energy.subs(meaning), state) / metric - velocity.subs(meaning)
        point = {
            symbol: 0.1 + 0.7 / (2 + place) for place, symbol in enumerate(sorted(gap.free_symbols, key=str))
        }
        # Some ten terms of the order of 1 to 100.
        assert abs(gap.evalf(subs=point)) < 1e-11


@pytest.mark.parametrize("form", ["cartesian", "polynomial"])
def test_other_forms_are_the_same_flow(form: str) -> None:
    other = SYSTEM.form(form)
    a, b, u, v = np.array([0.3]), np.array([0.2]), 0.4, -0.9
    polar = solve(SYSTEM, np.array([a, [u], b, [v]]), 0.5, parameters={"p": 5, "decay": 1.3}, rtol=1e-11)
    ends = dict(zip((s.name for s in SYSTEM.states), polar.y[-1, :, 0], strict=True))
    first, last = (
        {
            "u_re": x["alpha"] * np.cos(x["phi"]),
            "u_im": x["alpha"] * np.sin(x["phi"]),
            "v_re": x["beta"] * np.cos(x["psi"]),
            "v_im": x["beta"] * np.sin(x["psi"]),
            "x": x["alpha"] ** 2,
            "X": x["beta"] * np.cos(2 * x["phi"] - x["psi"]),
            "Y": x["beta"] * np.sin(2 * x["phi"] - x["psi"]),
        }
        for x in ({"alpha": 0.3, "phi": u, "beta": 0.2, "psi": v}, ends)
    )
    start = np.array([[first[s.name]] for s in other.states])
    found = solve(other, start, 0.5, parameters={"p": 5, "decay": 1.3}, rtol=1e-11).y[-1, :, 0]
    # Both at rtol 1e-11, over one time constant.
    np.testing.assert_allclose(found, [last[s.name] for s in other.states], rtol=1e-9, atol=1e-10)


def test_the_law_of_decay_is_the_flow_without_in_other_units() -> None:
    free, law = derive(Network("Zp")), decay_law(SYSTEM)
    assert law is not None
    start = np.array([[0.2, 0.05], [0.1, 1.0], [0.3, 0.02], [1.5, -2.0]])
    decay, t = 0.7, np.linspace(0, 0.4, 5)
    s = (1 - np.exp(-decay * t)) / decay
    decayed = solve(SYSTEM, start, t, parameters={"p": 5, "decay": decay}, rtol=1e-11).y
    without = solve(free, start, s, parameters={"p": 5}, rtol=1e-11).y
    shrunk = np.exp(-decay * t)[:, None]
    for row, state in enumerate(SYSTEM.states):
        factor = shrunk if state.name in ("alpha", "beta") else 1.0
        np.testing.assert_allclose(decayed[:, row], factor * without[:, row], rtol=1e-9)


def test_a_neuron_blows_up_only_if_it_would_before_the_available_time() -> None:
    law = decay_law(SYSTEM)
    assert law is not None
    assert law.available == 1 / DECAY
    free = float(blow_up_time(0.2, 0.3, 0.8, 5.0))
    for decay, dies in ((0.99 / free, False), (1.01 / free, True)):
        with_decay_time = float(law.blow_up_time(free, decay))
        assert np.isinf(with_decay_time) == dies
        start = np.array([[0.2], [0.0], [0.3], [-0.8]])
        end = 3 * free if dies else 0.9 * with_decay_time
        found = solve(SYSTEM, start, [0.0, end], parameters={"p": 5, "decay": decay}).y[-1, :, 0]
        s = (1 - np.exp(-decay * end)) / decay
        wanted = solve(derive(Network("Zp")), start, [0.0, s], parameters={"p": 5}).y[-1, :, 0]
        # Both at the default rtol 1e-8; near a blow-up errors grow with the solution.
        assert found[0] == pytest.approx(np.exp(-decay * end) * wanted[0], rel=1e-4)
    assert law.blow_up_time([free, np.inf], 0.0).tolist() == [free, np.inf]
    with pytest.raises(InputError, match="decay must be a finite number from 0"):
        law.blow_up_time(1.0, -1.0)


def test_the_threshold_rests_and_repels_along_its_ray() -> None:
    law = decay_law(SYSTEM)
    assert law is not None
    assert law.threshold == {alpha: sp.sqrt(2) * DECAY / (2 * p), beta: DECAY / (2 * p)}
    aligned = [SYSTEM.equations[state].subs(D, 0) for state in (alpha, beta)]
    assert [sp.simplify(velocity.subs(law.threshold)) for velocity in aligned] == [0, 0]
    jacobian = sp.Matrix(aligned).jacobian([alpha, beta]).subs(law.threshold)
    assert jacobian.eigenvals() == {DECAY: 1, -2 * DECAY: 1}


def test_what_was_conserved_decays_at_its_degree_times_the_decay() -> None:
    law = decay_law(SYSTEM)
    assert law is not None
    assert len(law.decaying) == 2
    for quantity, rate in law.decaying.items():
        slope = sum(sp.diff(quantity, s) * velocity for s, velocity in SYSTEM.equations.items())
        assert sp.simplify(slope + rate * quantity) == 0
    assert SYSTEM.first_integrals().items == ()


def test_the_certificate_still_certifies_and_the_reports_show_the_decay() -> None:
    certificate = SYSTEM.certify(7)
    assert certificate.passed
    assert certificate.exact
    report = SYSTEM.report(certificate)
    assert "alpha' = 2*alpha*beta*p*cos(D) - alpha*decay" in report
    assert "if T* < 1/decay, and dies out otherwise" in report
    assert r"\dot{\beta} &= \alpha^{2} p \cos{\left(D \right)} - \beta \lambda" in SYSTEM.latex()
    assert SYSTEM.to_dict()["equations"]["beta"] == "alpha**2*p*cos(D) - beta*decay"
    assert "decay" not in derive(Network("Zp")).report()


@pytest.mark.parametrize("options", [{"rates": {"xi": 2.0}}, {"activation": "z**2 + z**3"}])
def test_no_law_is_claimed_at_different_rates_or_degrees(options: dict[str, object]) -> None:
    assert decay_law(with_decay(derive(Network("Zp", **options)))) is None  # type: ignore[arg-type]


def test_every_kind_of_mode_decays() -> None:
    system = with_decay(derive(Network("Z6")))
    assert len(system.templates) == 2
    assert all(DECAY in kind.system.parameters for kind in system.templates)
    assert system.certify().passed


@pytest.mark.parametrize(
    "network", [Network("Z7", constraint="sphere", rates={"theta": 0.5}), Network("Z7", activation="relu")]
)
def test_other_systems_are_refused(network: Network) -> None:
    with pytest.raises(ReductionError, match="weight decay can't be added"):
        with_decay(derive(network))  # type: ignore[arg-type]


def test_descent_with_decay_at_small_scale_follows_the_reduced_ode() -> None:
    network = Network("Z7", neurons=3, logit_scale=1e-3)
    lr, steps, weight_decay = 5.0, 2000, 1e-4
    j, a, b, f, g = np.arange(7), [0.3, 0.2, 0.05], [0.2, 0.4, 0.03], [0.1, 0.5, 2.0], [0.9, -1.0, 1.0]
    waves = [
        np.array(
            [
                size * np.cos(2 * np.pi * (m + 1) * j / 7 + turn)
                for m, (size, turn) in enumerate(zip(*pair, strict=True))
            ]
        )
        for pair in ((a, f), (b, g))
    ]
    run = simulate(
        network,
        weights={"theta": waves[0], "xi": waves[1]},
        method="sgd",
        learning_rate=lr,
        weight_decay=weight_decay,
        steps=steps,
        snapshots=3,
    )
    constants = {"p": 7, "decay": weight_decay / network.flow_rate()}
    t = run.t * network.flow_rate()
    found = solve(SYSTEM, np.array([a, f, b, g]), t, parameters=constants).y
    measured = np.array(
        [[abs(np.fft.fft(w)[m + 1]) * 2 / 7 for m, w in enumerate(x)] for x in run.weights["theta"]]
    )
    # Euler's step, 5e-4 of the decay time, and a departure from uniform softmax of the logits' order.
    np.testing.assert_allclose(measured, found[:, 0], rtol=2e-3)
    assert (found[-1, 0] < 0.8 * found[0, 0]).any()
