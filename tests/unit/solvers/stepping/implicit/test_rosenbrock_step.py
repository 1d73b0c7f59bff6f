"""Rodas5P on flows with known solutions: its order, its accuracy where a flow is stiff, and batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

import odekit
from odekit.errors import InputError
from odekit.solvers import Event, Status, compile, solve

RATES = np.array([1.0, 1e2, 1e4, 1e6, 1e8])


@pytest.fixture(scope="module")
def relaxation() -> Any:
    """x' = -k (x - cos t); from x_0 it is what `relaxed` says."""
    return odekit.system({"x": "-k*(x - cos(t))"}, parameters="k")


def relaxed(k: Any, x0: Any, t: Any) -> Any:
    with np.errstate(under="ignore"):
        particular = k * (k * np.cos(t) + np.sin(t)) / (1 + k * k)
        return particular + (x0 - k * k / (1 + k * k)) * np.exp(-k * t)


@pytest.fixture(scope="module")
def robertson() -> Any:
    return odekit.system({"a": "-a/25 + 1e4*b*c", "b": "a/25 - 1e4*b*c - 3e7*b**2", "c": "3e7*b**2"})


@pytest.fixture(scope="module")
def van_der_pol() -> Any:
    return odekit.system({"x": "v", "v": "mu*(1 - x**2)*v - x"}, parameters="mu")


def errors_at_fixed_steps(system: Any, y0: Any, exact: Any, at: Any, steps: Any) -> np.ndarray:
    """With a tolerance that lets every step pass."""
    found = [
        solve(system, y0, at, method="rodas5p", rtol=1e9, atol=1e9, h0=1 / n, max_step=1 / n) for n in steps
    ]
    assert [int(one.steps[0]) for one in found] == list(steps)
    return np.array([np.abs(one.y[:, :, 0] - exact).max() for one in found])


def slope(errors: np.ndarray) -> float:
    return float(-np.polyfit(np.arange(len(errors)), np.log2(errors), 1)[0])


FLOWS = {
    "autonomous": ({"x": "-x**2", "y": "x*y"}, [1.0, 1.0], lambda t: [1 / (1 + t), 1 + t]),
    "forced": (
        {"x": "-2*t*x**2", "y": "cos(t)*y"},
        [1.0, 1.0],
        lambda t: [1 / (1 + t**2), np.exp(np.sin(t))],
    ),
    "rotation": ({"x": "y", "y": "-x"}, [1.0, 0.0], lambda t: [np.cos(t), -np.sin(t)]),
}


# Few enough that the error stays above rounding, and enough that its leading term is the error.
COUNTS = {"autonomous": (16, 32, 64, 128), "forced": (4, 8, 16, 32), "rotation": (2, 4, 8, 16)}


@pytest.mark.parametrize("name", FLOWS)
def test_the_error_falls_with_the_fifth_power_of_the_step(name: str) -> None:
    equations, y0, exact = FLOWS[name]
    errors = errors_at_fixed_steps(odekit.system(equations), y0, exact(1.0), [1.0], COUNTS[name])
    assert 4.7 < slope(errors) < 6.3


@pytest.mark.parametrize("name", FLOWS)
def test_inside_steps_the_error_falls_with_the_fourth_power_or_faster(name: str) -> None:
    equations, y0, exact = FLOWS[name]
    times = np.append(np.linspace(0, 1, 60)[1:-1], 1.0)
    wanted = np.transpose([exact(t) for t in times]).T
    errors = errors_at_fixed_steps(odekit.system(equations), y0, wanted, times, (8, 16, 32))
    assert slope(errors) > 3.7


def test_lanes_of_very_different_stiffness_are_each_as_exact_as_their_tolerance(relaxation: Any) -> None:
    times = np.linspace(0.5, 10.0, 9)
    solved = solve(relaxation, [[0.0]], times, parameters={"k": RATES}, rtol=1e-9, method="rodas5p")
    assert solved.is_successful
    assert solved.method == "rodas5p"
    np.testing.assert_allclose(solved["x"], relaxed(RATES, 0.0, times[:, None]), atol=1e-7)
    assert (solved.steps < 500).all()


def test_no_lane_notices_the_others(relaxation: Any) -> None:
    options: dict[str, Any] = {"method": "rodas5p", "rtol": 1e-7}
    k, x0 = np.tile(RATES, 40), np.linspace(-1, 1, 200)[None]
    together = solve(relaxation, x0, [1.0, 2.0], parameters={"k": k}, **options)
    for lane in (0, 3, 77, 199):
        alone = solve(relaxation, x0[:, [lane]], [1.0, 2.0], parameters={"k": k[lane]}, **options)
        np.testing.assert_array_equal(together.y[..., [lane]], alone.y)
        assert together.steps[lane] == alone.steps[0]


def test_a_blow_up_and_a_nan_leave_the_others_alone() -> None:
    growth = odekit.system({"x": "x**2"})
    solved = solve(growth, [[0.1, 1.0, np.nan, -1.0]], 5.0, method="rodas5p")
    names = [Status(code).name for code in solved.status]
    assert names == ["success", "step_too_small", "not_finite", "success"]
    np.testing.assert_allclose(solved["x"][0, [0, 3]], [0.2, -1 / 6], rtol=1e-7)
    assert solved.t_reached[1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.slow
def test_robertson_agrees_with_the_published_values_at_1e11(robertson: Any) -> None:
    # Mazzia and Magherini, Test Set for Initial Value Problem Solvers, release 2.4, problem ROBER.
    published = [0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050]
    solved = solve(robertson, [1.0, 0.0, 0.0], 1e11, method="rodas5p", rtol=1e-10, atol=1e-20)
    np.testing.assert_allclose(solved.y[-1, :, 0], published, rtol=1e-7)
    assert abs(solved.y[-1].sum() - 1) < 1e-13


@pytest.mark.slow
def test_the_van_der_pol_oscillator_agrees_with_the_published_values() -> None:
    # As above, problem VDPOL.
    oscillator = odekit.system({"x": "v", "v": "1e6*((1 - x**2)*v - x)"})
    solved = solve(oscillator, [2.0, 0.0], 2.0, method="rodas5p", rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(solved.y[-1, :, 0], [1.706167732170483, -0.8928097010247975], rtol=1e-6)


@pytest.mark.slow
def test_one_period_of_the_relaxation_oscillator_is_that_of_radau(van_der_pol: Any) -> None:
    # From the limit cycle's section v = 0 to the next but one.
    def field(t: float, y: Any) -> list[float]:
        return [y[1], 1000 * (1 - y[0] ** 2) * y[1] - y[0]]

    def section(t: float, y: Any) -> float:
        return float(y[1])

    start = [2.0, 0.0]
    oracle = solve_ivp(field, (0, 1700), start, "Radau", rtol=1e-9, atol=1e-10, events=section)
    events = [Event("v", direction=-1, terminal=True)]
    solved = solve(
        van_der_pol, start, 1700, parameters={"mu": 1000.0}, method="rodas5p", rtol=1e-8, events=events
    )
    assert oracle.t_events[0][-1] == pytest.approx(1614.29, abs=0.01)
    assert solved.event_t[0, 0] == pytest.approx(oracle.t_events[0][-1], rel=1e-6)


@pytest.mark.parametrize("rtol", [1e-5, 1e-7, 1e-9])
def test_errors_follow_the_tolerance(relaxation: Any, rtol: float) -> None:
    t = np.linspace(0.1, 6, 30)
    solved = solve(relaxation, [2.0], t, parameters={"k": 50.0}, method="rodas5p", rtol=rtol)
    error = np.abs(solved["x"][:, 0] - relaxed(50.0, 2.0, t)).max()
    assert error < 20 * rtol
    assert error < 5 * solved.error_estimate[0]


def test_events_are_found_and_end_a_trajectory(relaxation: Any) -> None:
    events = [Event("x - 1/2", name="half"), Event("x + 1/2", terminal=True, name="end")]
    solved = solve(relaxation, [[0.0]], 10.0, parameters={"k": RATES}, method="rodas5p", events=events)
    assert (solved.status == Status.event).all()
    at = relaxed(RATES, 0.0, solved.event_t)
    np.testing.assert_allclose(at, np.outer([0.5, -0.5], np.ones(5)), atol=1e-6)


def test_dense_output_is_as_good_as_requested_times(relaxation: Any) -> None:
    times = np.linspace(0, 3, 31)
    solved = solve(relaxation, [0.3], 3.0, parameters={"k": 1e3}, method="rodas5p", dense=True)
    np.testing.assert_allclose(solved.at(times)[:, 0, 0], relaxed(1e3, 0.3, times), atol=1e-6)


@pytest.mark.slow
def test_steps_end_at_breakpoints_and_do_not_exceed_the_longest() -> None:
    pulse = odekit.system({"x": "-1e5*(x - step(t - 2) + step(t - 2.001))"})
    options: dict[str, Any] = {"method": "rodas5p", "rtol": 1e-8, "atol": 1e-10}
    solved = solve(pulse, [0.0], [1.0, 2.0, 2.0009, 2.5], **options)
    np.testing.assert_allclose(solved["x"][:, 0], [0, 0, 1, 0], atol=1e-8)
    assert solve(pulse, [0.0], 4.0, max_step=0.01, **options).steps[0] >= 400


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 150])
def test_a_heat_equation_decays_as_its_eigenvalues_say_dense_and_sparse(n: int) -> None:
    names = ["0", *(f"u{i}" for i in range(n)), "0"]
    triples = zip(names, names[1:], names[2:], strict=False)
    heat = odekit.system({name: f"{n + 1}**2*({left} - 2*{name} + {right})" for left, name, right in triples})
    mode = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
    solved = solve(heat, mode, 0.2, method="rodas5p")
    rate = 4 * (n + 1) ** 2 * np.sin(np.pi / 2 / (n + 1)) ** 2
    np.testing.assert_allclose(solved.y[-1, :, 0], mode * np.exp(-0.2 * rate), rtol=1e-6)
    assert solved.steps[0] < 100


@pytest.mark.slow
@pytest.mark.parametrize("points", [300, 1_000])
def test_a_heat_equation_of_one_line_decays_as_its_eigenvalues_say(points: int) -> None:
    ends = "u[1]' = k*(u[2] - 2*u[1]); u[n]' = k*(u[n-1] - 2*u[n])"
    inner = "u[i]' = k*(u[i-1] - 2*u[i] + u[i+1]) for i in 2..n-1"
    heat = odekit.system(f"{ends}; {inner}", {"k": (points + 1) ** 2, "n": points})
    place = np.array([int(state.name[1:]) for state in heat.states])
    mode = np.sin(np.pi * place / (points + 1))
    rate = 4 * (points + 1) ** 2 * np.sin(np.pi / 2 / (points + 1)) ** 2
    solved = solve(heat, mode, [0.1, 0.2], method="rodas5p")
    np.testing.assert_allclose(
        solved.y[:, :, 0], np.outer(np.exp(-rate * np.array([0.1, 0.2])), mode), rtol=1e-6
    )


@pytest.mark.slow
def test_a_driven_lattice_is_that_of_radau() -> None:
    """Frenkel and Kontorova's, overdamped: sparse, nonlinear, with df/dt in one row."""
    size = 270
    ends = "x[1]' = k*(x[2] - x[1]) + cos(3*t); x[n]' = k*(x[n-1] - x[n])"
    inner = "x[i]' = k*(x[i-1] - 2*x[i] + x[i+1]) - sin(x[i]) for i in 2..n-1"
    lattice = odekit.system(f"{ends}; {inner}", {"k": 1000, "n": size})
    order = np.argsort([int(state.name[1:]) for state in lattice.states])

    def field(t: float, x: Any) -> Any:
        slope = np.zeros(size)
        slope[:-1] += 1000 * np.diff(x)
        slope[1:] -= 1000 * np.diff(x)
        slope[1:-1] -= np.sin(x[1:-1])
        slope[0] += np.cos(3 * t)
        return slope

    start = np.linspace(0, 6, size)
    band = np.eye(size, k=-1) + np.eye(size) + np.eye(size, k=1)
    oracle = solve_ivp(field, (0, 2), start, "Radau", rtol=1e-9, atol=1e-11, jac_sparsity=band)
    y0 = np.empty(size)
    y0[order] = start
    solved = solve(lattice, y0, 2.0, method="rodas5p", rtol=1e-9)
    np.testing.assert_allclose(solved.y[-1, order, 0], oracle.y[:, -1], atol=1e-7)


@pytest.mark.parametrize("rate", [1e2, 1e5, 1e8])
@pytest.mark.parametrize(("t0", "end"), [(0.0, 5.0), (-3.0, 2.0)])
def test_the_problem_of_prothero_and_robinson_stays_on_its_smooth_solution(
    rate: float, t0: float, end: float
) -> None:
    # Prothero and Robinson, Mathematics of Computation 28 (1974) 145: y' = -rate (y - phi) + phi'.
    problem = odekit.system({"y": "-rate*(y - sin(t)) + cos(t)"}, parameters="rate")
    times = np.linspace(t0, end, 6)[1:]
    solved = solve(
        problem,
        [np.sin(t0)],
        times,
        t0=t0,
        parameters={"rate": rate},
        method="rodas5p",
        rtol=1e-8,
        dense=True,
    )
    np.testing.assert_allclose(solved["y"][:, 0], np.sin(times), atol=1e-6)
    between = (times[1:] + times[:-1]) / 2
    np.testing.assert_allclose(solved.at(between)[:, 0, 0], np.sin(between), atol=1e-6)
    assert solved.steps[0] < 300


def test_a_linear_stiff_system_is_its_exponential_forward_and_back() -> None:
    rng = np.random.default_rng(4)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    matrix = basis @ np.diag([-1e4, -30.0, -1.0, -0.1]) @ basis.T
    rows = {f"x{i}": " + ".join(f"({float(matrix[i, j])!r})*x{j}" for j in range(4)) for i in range(4)}
    system, start = odekit.system(rows), rng.normal(size=4)
    forward = solve(system, start, 1.0, t0=0.5, method="rodas5p", rtol=1e-10)
    np.testing.assert_allclose(forward.y[-1, :, 0], expm(0.5 * matrix) @ start, atol=1e-8)
    back = solve(system, start, 0.4997, t0=0.5, method="rodas5p", rtol=1e-10)
    exact = expm(-0.0003 * matrix) @ start
    np.testing.assert_allclose(back.y[-1, :, 0], exact, atol=1e-7 * np.abs(exact).max())


def test_robertson_keeps_its_sum_at_all_times_and_events(robertson: Any) -> None:
    times = np.logspace(-3, 8, 12)
    events = [Event("a - 1/2", name="half")]
    solved = solve(robertson, [1.0, 0.0, 0.0], times, method="rodas5p", rtol=1e-8, atol=1e-14, events=events)
    np.testing.assert_allclose(solved.y[:, :, 0].sum(axis=1), 1.0, atol=1e-13)
    assert solved.event_y[0, 0, 0] == pytest.approx(0.5, abs=1e-9)
    assert solved.event_y[0, :, 0].sum() == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("backend", ["jax", "mpmath"])
def test_backends_without_the_method_are_refused(relaxation: Any, backend: str) -> None:
    with pytest.raises(InputError, match="the method 'rodas5p' isn't available on"):
        solve(relaxation, [0.0], 1.0, parameters={"k": 1.0}, method="rodas5p", backend=backend)


def test_a_compiled_system_keeps_its_method(relaxation: Any) -> None:
    compiled = compile(relaxation, method="rodas5p")
    assert solve(compiled, [0.0], 1.0, parameters={"k": 1e6}).method == "rodas5p"


def test_the_documentation_of_solve_names_the_method() -> None:
    text = " ".join(str(solve.__doc__).split())
    assert '"rodas5p"' in text
    assert "stiff" in text
