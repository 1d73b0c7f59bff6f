"""gradient_flow: energies from elsewhere, and input that it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.errors import InputError, UnknownNameError
from odekit.solvers import compile, solve
from odekit.systems import gradient_flow, variable
from odekit.systems.rest_points.interval_proof import proof_of

TARGET = sp.Matrix([[2, 1], [0, 1]])


def _factorisation(rank=2):
    U, V = variable("U", 2, rank), variable("V", 2, rank)
    residual = TARGET - U.value * V.value.T
    return gradient_flow((residual * residual.T).trace() / 2, [U, V])


def _kuramoto(count=3, **options):
    names = [f"x{i}" for i in range(count)]
    pairs = [f"cos({a} - {b})" for i, a in enumerate(names) for b in names[:i]]
    return gradient_flow("-(" + " + ".join(pairs) + ")", names, **options)


def _numeric_gradient(energy, states, point, step=1e-6):
    value = sp.lambdify(states, energy, "numpy")
    rows = np.eye(len(states)) * step
    return np.array([(value(*(point + row)) - value(*(point - row))) / (2 * step) for row in rows])


def _velocity(system, point):
    out = np.empty((len(system.states), 1))
    compile(system).rhs(np.zeros(1), np.asarray(point, float)[:, None], np.empty((0, 1)), out)
    return out[:, 0]


@pytest.mark.parametrize(("direction", "sign"), [("descent", -1), ("ascent", 1)])
def test_the_field_is_minus_or_plus_the_gradient(direction, sign):
    x = variable("x", 3)
    energy = "exp(x1)*sin(x2)/2 + x3**4 - x1*x2*x3 + tanh(x1)"
    system = gradient_flow(energy, x, direction=direction)
    point = np.array([0.3, -0.7, 1.1])
    expected = sign * _numeric_gradient(system.energy, system.states, point)
    # Central differences of step 1e-6 are good to about eps/step = 2e-10.
    np.testing.assert_allclose(_velocity(system, point), expected, atol=1e-8)


def test_text_and_sympy_give_the_same_flow_whatever_the_symbols_assume():
    a, b = sp.symbols("a b")
    s = sp.Symbol("s", positive=True)
    by_text = gradient_flow("(s - a*b)**2/2", "a b", parameters="s")
    by_symbols = gradient_flow((s - a * b) ** 2 / 2, ["a", "b"], parameters=["s"])
    assert by_text.equations == by_symbols.equations
    own = gradient_flow((s - a * b) ** 2 / 2, [a, b], parameters=[s])
    assert own.states == (a, b)
    assert sp.expand(own.vector_field[0] - b * (s - a * b)) == 0


def test_a_metric_divides_the_gradient():
    system = gradient_flow("x**2 + 3*y**2", "x y", metric={"x": 2, "y": "1 + y**2"})
    x, y = system.states
    assert sp.simplify(system.vector_field[0] + x) == 0
    assert sp.simplify(system.vector_field[1] + 6 * y / (1 + y**2)) == 0
    full = gradient_flow("x**2 + 3*y**2", "x y", metric=[[2, 1], [1, 2]])
    point = np.array([0.4, -0.3])
    expected = -np.linalg.solve([[2, 1], [1, 2]], [0.8, -1.8])
    np.testing.assert_allclose(_velocity(full, point), expected, rtol=1e-14)
    assert full.metric == ()


def test_decay_pulls_towards_zero_in_both_directions():
    for direction in ("descent", "ascent"):
        free = gradient_flow("x*y", "x y", direction=direction)
        decaying = gradient_flow("x*y", "x y", direction=direction, decay={"x": "lam"}, parameters="lam")
        x, lam = decaying["x"], decaying["lam"]
        assert sp.expand(decaying.vector_field[0] - free.vector_field[0] + lam * x) == 0
        assert decaying.vector_field[1] == free.vector_field[1]


def test_time_and_parameters_with_values_enter_the_field_and_the_solution():
    system = gradient_flow("k*(x - w)**2/2", "x", parameters={"k": 2, "w": "sin(t)"})
    assert system.parameters == ()
    solution = solve(system, [0.0], [1.0, 2.0], rtol=1e-11)
    t = solution.t[:, 0]
    exact = (4 * np.sin(t) - 2 * np.cos(t) + 2 * np.exp(-2 * t)) / 5
    np.testing.assert_allclose(solution["x"][:, 0], exact, rtol=1e-8)
    assert system.fixed_points().items == ()


def test_complex_variables_move_against_the_conjugate_derivative():
    z = variable("z", complex=True)
    system = gradient_flow(sp.Abs(z.value) ** 4 / 4 - sp.re(z.value**3), z)
    value = 0.7 - 0.4j
    slope = -(abs(value) ** 2 * value - 3 * np.conj(value) ** 2)
    np.testing.assert_allclose(
        _velocity(system, [value.real, value.imag]), [slope.real, slope.imag], rtol=1e-12
    )


def test_matrix_factorisation_keeps_the_difference_of_the_gram_matrices():
    system = _factorisation()
    U, V = variable("U", 2, 2).value, variable("V", 2, 2).value
    kept = U.T * U - V.T * V
    integrals = system.first_integrals()
    assert len(integrals) == 3
    rows = sp.Matrix([kept[0, 0], kept[0, 1], kept[1, 1]])
    # The same linear space: each found one is a combination of the known three.
    coefficients = sp.symbols("c0:3")
    for integral in integrals:
        ansatz = sp.expand(integral - sum(c * row for c, row in zip(coefficients, rows, strict=True)))
        assert sp.solve(sp.Poly(ansatz, *system.states).coeffs(), coefficients, dict=True)


@pytest.mark.slow
def test_factorisation_of_rank_one_rests_at_the_best_approximation():
    system = _factorisation(1)
    best = np.linalg.svd(np.array(TARGET, dtype=float))
    expected = best[1][0] * np.outer(best[0][:, 0], best[2][0])
    attracting = [p for p in system.fixed_points() if p.stability == "attracts"]
    assert len(attracting) == 2
    for point in attracting:
        u1, u2, v1, v2 = (float(point.values[s]) for s in system.states)
        np.testing.assert_allclose(np.outer([u1, u2], [v1, v2]), expected, atol=1e-10)
        assert point.radius <= 1e-8


def test_kuramoto_phases_synchronise_and_keep_their_mean():
    system = _kuramoto()
    assert system.first_integrals().items == (sum(system.states),)
    points = {p.stability: p for p in reversed(system.fixed_points())}
    assert set(points["attracts"].values.values()) == {0}
    # The Laplacian of the complete graph on three nodes has the eigenvalue 3 twice.
    assert points["attracts"].eigenvalues == (-3, -3)
    assert points["repels"].eigenvalues == (sp.Rational(3, 2),) * 2
    assert system.rates() == {points["attracts"].name: 3}


def test_a_metric_of_inertias_weighs_the_conserved_mean():
    system = _kuramoto(metric=["m0", "m1", "m2"], parameters="m0 m1 m2")
    (integral,) = system.first_integrals()
    weights = [system[f"m{i}"] for i in range(3)]
    assert sp.expand(integral - sum(m * x for m, x in zip(weights, system.states, strict=True))) == 0


def test_a_diagonal_linear_network_keeps_the_product_of_its_weights():
    system = gradient_flow("(u**2 - v**2 - s)**2/4", "u v", parameters="s")
    u, v = system.states
    assert system.first_integrals().items == (u * v,)


def test_two_layers_balance_scale_and_have_a_family_of_minima():
    system = gradient_flow("(s - a*b)**2/2", "a b", parameters=[sp.Symbol("s", positive=True)])
    a, b = system.states
    (s,) = system.parameters
    assert system.first_integrals().items == (a**2 - b**2,)
    (scaling,) = system.scaling_symmetries()
    assert (scaling.states, scaling.parameters, scaling.time) == ({a: 1, b: 1}, {s: 2}, -2)
    family, origin = system.fixed_points()
    assert (family.stability, family.family) == ("attracts", 1)
    assert sp.simplify(family.eigenvalues[0] + b**2 + s**2 / b**2) == 0
    assert (origin.stability, set(origin.eigenvalues)) == ("saddle", {s, -s})


def test_a_scaling_symmetry_carries_orbits_to_orbits():
    system = gradient_flow("(s - a*b*c)**2/2", "a b c", parameters="s")
    (scaling,) = system.scaling_symmetries()
    factor, start = 1.3, {"a": 0.5, "b": 0.7, "c": 0.4}
    plain = solve(system, start, 1.5, parameters={"s": 1.2}, rtol=1e-11)
    scaled_start = {n: v * factor ** scaling.states[system[n]] for n, v in start.items()}
    moved = solve(
        system,
        scaled_start,
        1.5 * factor**scaling.time,
        parameters={"s": 1.2 * factor ** scaling.parameters[system.parameters[0]]},
        rtol=1e-11,
    )
    np.testing.assert_allclose(moved.y[-1], plain.y[-1] * factor, rtol=1e-8)


@pytest.mark.parametrize(
    "system", [_factorisation(), _kuramoto(), gradient_flow("(x*y*z - 1)**2", "x y z")], ids=str
)
def test_first_integrals_stay_along_orbits(system):
    start = np.random.default_rng(5).uniform(-1, 1, len(system.states))
    solution = solve(system, start, [0.0, 1.0], rtol=1e-11)
    for integral in system.first_integrals():
        before, after = sp.lambdify(system.states, integral)(*solution.y[:, :, 0].T)
        # The solver's tolerance, over an orbit of order 1.
        assert abs(after - before) < 1e-8


def test_a_broken_symmetry_has_no_integral():
    assert gradient_flow("(1 - a*b)**2/2 + a**2/7", "a b").first_integrals().items == ()


def test_eigenvectors_are_the_points_of_rest_of_a_rayleigh_quotient():
    x = variable("x", 3)
    system = gradient_flow("-(x1**2 + 2*x2**2 + 5*x3**2)/2", x, constraint="sphere")
    points = system.fixed_points()
    assert len(points) == 6
    stability = {tuple(abs(v) for v in p.values.values()): p.stability for p in points}
    assert stability == {(1, 0, 0): "repels", (0, 1, 0): "saddle", (0, 0, 1): "attracts"}
    # Near the leading eigenvector the others decay at the gaps 5 - 2 and 5 - 1.
    leading = next(p for p in points if p.stability == "attracts")
    assert sorted(leading.eigenvalues) == [-4, -3]


def test_oja_flow_on_the_stiefel_manifold_finds_the_leading_subspace():
    A = variable("A", 4, 2)
    matrix = np.diag([1.0, 2.0, 4.0, 7.0]) + 0.3
    energy = -(A.value.T * sp.Matrix(matrix.tolist()) * A.value).trace() / 2
    system = gradient_flow(energy, A, constraint="stiefel")
    start = np.linalg.qr(np.random.default_rng(2).standard_normal((4, 2))).Q
    solution = solve(system, start.ravel(), [0.0, 12.0], rtol=1e-10)
    end = solution.y[-1, :, 0].reshape(4, 2)
    np.testing.assert_allclose(end.T @ end, np.eye(2), atol=1e-8)
    leading = np.linalg.eigh(matrix)[1][:, 2:]
    # The gap of the second and third eigenvalue is about 2: what is left is exp(-24).
    np.testing.assert_allclose(end @ end.T, leading @ leading.T, atol=1e-8)

    def oja(t, flat):
        W = flat.reshape(4, 2)
        return (matrix @ W - W @ (W.T @ matrix @ W)).ravel()

    reference = solve_ivp(oja, (0, 0.5), start.ravel(), rtol=1e-11, atol=1e-12).y[:, -1]
    mine = solve(system, start.ravel(), 0.5, rtol=1e-11).y[-1, :, 0]
    np.testing.assert_allclose(mine, reference, atol=1e-8)


@pytest.mark.parametrize(
    "options",
    [
        {"constraint": {("x", "y"): "sphere"}},
        {"constraint": ["x**2 + y**2 - 1"]},
        {"constraint": {"circle": "x**2 + y**2 - 1"}, "metric": [[2, 1], [1, 3]]},
    ],
)
def test_the_flow_stays_on_its_constraint_and_descends(options):
    system = gradient_flow("x + 2*y + x**3", "x y", **options)
    solution = solve(system, [0.6, 0.8], np.linspace(0, 3, 7), rtol=1e-11)
    x, y = solution["x"][:, 0], solution["y"][:, 0]
    np.testing.assert_allclose(x**2 + y**2, 1.0, atol=1e-9)
    assert (np.diff(x + 2 * y + x**3) < 0).all()


def test_the_projection_in_a_metric_is_orthogonal_in_it():
    metric = np.array([[2.0, 1.0], [1.0, 3.0]])
    system = gradient_flow("x + 2*y + x**3", "x y", metric=metric, constraint="x**2 + y**2 - 1")
    point = np.array([0.6, 0.8])
    free = -np.linalg.solve(metric, [1 + 3 * 0.36, 2])
    removed = free - _velocity(system, point)
    tangent = np.array([-0.8, 0.6])
    assert abs(_velocity(system, point) @ point) < 1e-14
    assert abs(removed @ metric @ tangent) < 1e-14


def test_a_product_of_spheres_keeps_each():
    u, v = variable("u", 2), variable("v", 3)
    energy = "-(u1*v1 + 2*u2*v2 + u1*u2*v3)"
    system = gradient_flow(energy, [u, v], constraint="sphere")
    assert list(system.constraints) == ["|u|^2 - 1", "|v|^2 - 1"]
    end = solve(system, [0.6, 0.8, 0.0, 0.6, 0.8], 2.0, rtol=1e-10).y[-1, :, 0]
    np.testing.assert_allclose([end[:2] @ end[:2], end[2:] @ end[2:]], 1.0, atol=1e-9)


def test_a_complex_frame_stays_unitary():
    A = variable("A", 2, 1, complex=True)
    hermitian = sp.Matrix([[1, sp.I], [-sp.I, 3]])
    system = gradient_flow(-(A.value.H * hermitian * A.value)[0] / 2, A, constraint="stiefel")
    end = solve(system, [0.6, 0.0, 0.0, 0.8], 30.0, rtol=1e-10).y[-1, :, 0]
    z = end[::2] + 1j * end[1::2]
    assert abs(np.vdot(z, z) - 1) < 1e-8
    leading = np.linalg.eigh(np.array(hermitian, dtype=complex))[1][:, -1]
    assert abs(abs(np.vdot(leading, z)) - 1) < 1e-8


def test_a_given_solution_is_used_and_a_wrong_one_refused():
    options = {"metric": {"u": "1/(2*abs(u))"}, "parameters": "s"}
    right = {"u": "s*exp(2*s*t)/(exp(2*s*t) - 1 + s/u_0)"}
    system = gradient_flow("(s - u)**2/2", "u", solution=right, **options)
    exact = solve(system, {"u": [0.01, 0.1]}, [1.0, 3.0], parameters={"s": 1.5})
    steps = solve(system, {"u": [0.01, 0.1]}, [1.0, 3.0], parameters={"s": 1.5}, method="dop853", rtol=1e-11)
    assert (exact.method, steps.method) == ("exact", "dop853")
    np.testing.assert_allclose(exact.y, steps.y, rtol=1e-8)
    with pytest.raises(InputError, match=r"does not satisfy u' =.*at t = "):
        gradient_flow("(s - u)**2/2", "u", solution={"u": right["u"].replace("2*s*t", "s*t")}, **options)
    with pytest.raises(InputError, match=r"does not satisfy u\(0\) = u_0"):
        gradient_flow("(s - u)**2/2", "u", solution={"u": "s"}, **options)


@pytest.mark.parametrize("formula", ["abs(u_0)*exp(-s*t)", "-sqrt(u_0**2)*exp(-s*t)", "u_0*exp(-abs(s)*t)"])
def test_a_solution_on_one_branch_alone_is_taken(formula):
    assert gradient_flow("s*u**2/2", "u", parameters="s", solution={"u": formula}).solution


@pytest.mark.parametrize("formula", ["abs(u_0)*exp(s*t)", "-u_0*exp(-s*t)", "u_0*exp(-s*t) + abs(u_0)*t/100"])
def test_a_solution_on_no_branch_is_refused(formula):
    with pytest.raises(InputError, match="does not satisfy"):
        gradient_flow("s*u**2/2", "u", parameters="s", solution={"u": formula})


def test_a_system_is_shown_in_every_way():
    system = gradient_flow("(s - a*b)**2/2", "a b", parameters="s")
    assert "First integrals\n  a**2 - b**2" in system.report()
    assert "w' = -M^-1 grad E" in system.report()
    assert r"\dot{a}" in system.latex()
    found = json.loads(json.dumps(system.to_dict(), allow_nan=False))
    assert found["first_integrals"] == ["a**2 - b**2"]
    assert found["direction"] == "descent"
    scope: dict = {}
    exec(system.python(), scope)
    np.testing.assert_allclose(scope["vector_field"](0.0, np.array([0.5, 0.2]), 2.0), [0.38, 0.95])


@pytest.mark.parametrize(
    ("energy", "variables", "options", "error", "message"),
    [
        ("x**2", "x y", {}, InputError, "does not depend on the variable 'y'"),
        ("x**2", "y", {}, UnknownNameError, "'x'"),
        ("x**2 + q", "x", {}, UnknownNameError, "'q'.*parameters='q' if it is a constant"),
        (sp.Symbol("x") ** 2 + sp.Symbol("q"), "x", {}, UnknownNameError, "name in the energy: 'q'"),
        ("x**2", "", {}, InputError, "there are no variables"),
        ("x**2", "t", {}, InputError, "'t' can't be the name"),
        ("x**2", [3], {}, InputError, "declares no variable"),
        ("x**2", "x x", {}, InputError, "two states"),
        ("x**2*s", "x s", {"parameters": "s"}, InputError, "both a variable and a parameter"),
        ("x**2", [sp.Symbol("x", imaginary=True)], {}, InputError, "'x' is not real"),
        (
            sp.Symbol("z") ** 2,
            variable("z", complex=True),
            {},
            InputError,
            "energy is not real.*imaginary part",
        ),
        ("__import__('os')", "x", {}, InputError, "column 1|Expected"),
        ("exp(exp(exp(100)))*x**2", "x", {}, InputError, "not finite"),
        ("x**2", "x", {"metric": {"x": -1}}, InputError, "not positive definite.*eigenvalue -1"),
        ("x**2", "x", {"metric": {"x": "x"}}, InputError, "not positive definite.*at x = "),
        ("x**2 + y", "x y", {"metric": [[1, 2], [2, 1]]}, InputError, "eigenvalue -1"),
        (
            "x**2 + y",
            "x y",
            {"metric": [[1, 2], [0, 1]]},
            InputError,
            "not symmetric.*2 and 0|not symmetric.*0 and 2",
        ),
        ("x**2 + y", "x y", {"metric": [1]}, InputError, "does not fit the states"),
        ("x**2", "x", {"metric": {"y": 1}}, UnknownNameError, "'y'"),
        ("x**2", "x", {"constraint": "sphere"}, InputError, "unit sphere is two points"),
        ("x**2", "x", {"constraint": "stiefel"}, InputError, "orthonormal columns"),
        ("x**2", "x", {"constraint": "3"}, InputError, "binds no state"),
        ("x**2", "x", {"decay": {"y": 1}}, UnknownNameError, "'y'"),
        ("x**2", "x", {"direction": "down"}, UnknownNameError, "'down'"),
        ("sqrt(-1 - x**2)", "x", {}, InputError, "no finite real number at any of 200"),
        ("x/(y - y)", "x y", {}, InputError, "energy is finite nowhere"),
        (True, "x", {}, InputError, "energy is no formula"),
        ("x*y", "x y", {"constraint": ["x + y - 1", "2*x + 2*y - 2"]}, InputError, "depend on each other"),
        ("x**2", "x", {"decay": 0.1}, InputError, "decay must be given by variable"),
        ("x**2", "x", {"parameters": 3}, InputError, "parameters must be names"),
        ("x**2", "x", {"solution": ["x"]}, InputError, "solution must be given by state"),
        ("(((10**30)**64)**64)**64*x", "x", {}, InputError, "too long|too large|number"),
    ],
)
def test_bad_input_is_named(energy, variables, options, error, message):
    with pytest.raises(error, match=message):
        gradient_flow(energy, variables, **options)


def test_a_variable_may_enter_by_a_constraint_or_a_decay_alone():
    height = gradient_flow("-x", "x y", constraint="x**2 + y**2 - r**2", parameters="r")
    x, y = height.states
    assert sp.simplify(height.vector_field[0] - y**2 / (x**2 + y**2)) == 0
    assert gradient_flow("x**2", "x y", decay={"y": 3}).vector_field == (-2 * x, -3 * y)


def test_a_jump_has_no_slope():
    assert gradient_flow("sign(x)*x", "x").vector_field == (-sp.sign(sp.Symbol("x", real=True)),)


def test_points_of_rest_on_kinks_are_degenerate_and_the_maximum_between_them_repels():
    points = gradient_flow("abs(x - 1)*abs(y - 2)*abs(x + y)", "x y").fixed_points()
    smooth = [point for point in points if point.stability != "degenerate"]
    assert [(tuple(point.values.values()), point.eigenvalues) for point in smooth] == [((0, 1), (1, 3))]


def test_a_start_off_the_constraint_is_named_with_its_residual():
    system = gradient_flow("x + y", "x y", constraint={"circle": "x**2 + y**2 - 1"})
    with pytest.raises(InputError, match=r"violates the constraint circle = 0.*0\.28 at trajectory 1"):
        solve(system, [[0.6, 0.8], [0.8, 0.8]], 1.0)


@pytest.mark.parametrize("shape", [(0,), (1, 2, 3), (9, 9), (-1,), (2.0,)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(InputError, match=r"no such shape|too large"):
        variable("A", *shape)


@pytest.mark.parametrize(
    ("energy", "point", "eigenvalue"),
    [
        ("cosh(x) + 2*x", -np.arcsinh(2), -np.sqrt(5)),
        ("exp(x) - 3*x", np.log(3), -3.0),
        ("tanh(x) + x**2/2", None, None),
    ],
)
def test_numeric_points_carry_a_proof(energy: str, point: float | None, eigenvalue: float | None) -> None:
    (found,) = gradient_flow(energy, "x").fixed_points()
    (value,) = found.values.values()
    assert found.stability == "attracts"
    assert found.radius <= 1e-8
    if point is not None:
        assert abs(float(value) - point) <= found.radius
        assert abs(float(found.eigenvalues[0]) - eigenvalue) < 1e-9
    else:
        x = float(value)
        assert abs(1 - np.tanh(x) ** 2 + x) < 1e-10


def test_a_proof_fails_where_nothing_rests() -> None:
    system = gradient_flow("exp(x) - 3*x", "x")
    proof = proof_of(system.vector_field, [], system.states, np.array([np.log(3)]))
    assert proof is not None
    assert proof.radius < 1e-8
    assert proof_of(system.vector_field, [], system.states, np.array([1.1])) is None


def test_kinks_and_domains_leave_the_search_alone() -> None:
    kinked = gradient_flow("relu(x)**2 + (y - 1)**2 + x", "x y")
    assert kinked.fixed_points().items == ()
    x = sp.Symbol("x", positive=True)
    (found,) = gradient_flow(x * sp.log(x) - x, [x], metric={"x": 1 / x}).fixed_points()
    assert found.values == {x: 1}
    assert found.eigenvalues == (-1,)


def test_an_energy_of_millions_of_terms_is_answered_without_expanding_it() -> None:
    system = gradient_flow("(a + b + c + d + e + f)**64", "a b c d e f")
    assert system.first_integrals().items == ()
    assert system.scaling_symmetries().items == ()


@pytest.mark.slow
def test_complex_frames_in_a_metric_that_is_no_number_are_projected():
    A = variable("A", 2, 2, complex=True)
    hermitian = sp.Matrix([[2, 1], [1, 1]])
    energy = sp.re(sp.expand((A.value.H * hermitian * A.value * sp.diag(1, 3)).trace()))
    system = gradient_flow(energy, A, metric={"A11_re": 2}, constraint="stiefel")
    rng = np.random.default_rng(0)
    frame = np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0]
    point = np.array([part for number in frame.ravel() for part in (number.real, number.imag)])
    gradient = _numeric_gradient(system.energy, system.states, point)
    jacobian = np.array([_numeric_gradient(c, system.states, point) for c in system.constraints.values()])
    inverse = np.diag([0.5] + [1.0] * 7)
    free = -inverse @ gradient
    across = np.linalg.solve(jacobian @ inverse @ jacobian.T, jacobian @ free)
    expected = free - inverse @ jacobian.T @ across
    # Central differences of step 1e-6 are good to about eps/step = 2e-10.
    np.testing.assert_allclose(system.function()(0.0, point, []), expected, atol=1e-8)


def test_an_energy_may_sum_over_the_entries_of_vectors_and_of_data() -> None:
    flow = gradient_flow(
        "sum((y[k] - sum(w[i]*d[k]**i for i in 1..n))**2 for k in 1..3)/2",
        [variable("w", 2)],
        parameters={"n": 2, "d": [1, 2, -1], "y": ["1/2", 3, None]},
    )
    matrix = np.array([[1.0, 1.0], [2.0, 4.0], [-1.0, 1.0]])
    point, last = np.array([0.3, -0.7]), 1.9
    expected = matrix.T @ (np.array([0.5, 3.0, last]) - matrix @ point)
    np.testing.assert_allclose(flow.function()(0.0, point, {"y3": last}), expected, rtol=1e-13)


@pytest.mark.parametrize("jump", ["0.001*step(t - 50)", "sign(2*t - 3)", "step(t - x_0)", "t*step(t - 1)"])
def test_a_solution_that_jumps_is_refused(jump):
    with pytest.raises(InputError, match="does not satisfy x' = its velocity: it jumps"):
        gradient_flow("x**2/2", "x", solution={"x": f"x_0*exp(-t) + {jump}"})


@pytest.mark.parametrize("nothing", ["step(t + 50) - 1", "0*step(t - 1)"])
def test_what_does_not_jump_after_the_start_is_none(nothing):
    assert gradient_flow("x**2/2", "x", solution={"x": f"x_0*exp(-t) + {nothing}"}).solution
