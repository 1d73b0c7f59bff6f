"""Thirty textbook systems: rest points with their stability, families and integrals, none of them wrong.

What is expected is what the source says of the system, restated for our parameters; "partial" is expected
where an integral is known to be no polynomial, quotient or logarithm, or where absence can't be proved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import sympy as sp

from odekit.systems import FixedPoint, System, system


@dataclass(frozen=True)
class Textbook:
    """What a textbook says.

    Parameters
    ----------
    source: author and section.
    equations, parameters: as `odekit.system` takes them; a name that begins with + is positive.
    points: stability by name; a family's name holds its free states.
    integrals: what is conserved, all that is to be found.
    is_complete: whether these are as many as can be independent.
    status: of the rest points.
    is_slow: whether it takes over a second.
    """

    source: str
    equations: str
    parameters: str
    points: dict[str, str]
    integrals: tuple[str, ...] = ()
    is_complete: bool = False
    status: str = "complete"
    is_slow: bool = False


TABLE = {
    "Lotka and Volterra": Textbook(
        "Murray, Mathematical Biology I, 3.1",
        "x' = x*(1 - y); y' = r*y*(x - 1)",
        "+r",
        {"x = 0, y = 0": "saddle", "x = 1, y = 1": "centre"},
        ("r*x + y - r*log(x) - log(y)",),
        True,
    ),
    "rabbits and sheep": Textbook(
        "Strogatz, Nonlinear Dynamics and Chaos, 6.4",
        "x' = x*(3 - x - 2*y); y' = y*(2 - x - y)",
        "",
        {
            "x = 0, y = 0": "repels",
            "x = 0, y = 2": "attracts",
            "x = 1, y = 1": "saddle",
            "x = 3, y = 0": "attracts",
        },
    ),
    "rock, paper and scissors": Textbook(
        "Hofbauer and Sigmund, Evolutionary Games and Population Dynamics, 7.7",
        "x' = x*(y - z); y' = y*(z - x); z' = z*(x - y)",
        "",
        {
            "x = x, y = 0, z = 0": "saddle",
            "x = 0, y = y, z = 0": "saddle",
            "x = 0, y = 0, z = z": "saddle",
            "x = z, y = z, z = z": "centre",
        },
        ("x + y + z", "x*y*z"),
        True,
    ),
    "van der Pol": Textbook(
        "Strogatz, 7.1", "x' = y; y' = m*(1 - x**2)*y - x", "+m", {"x = 0, y = 0": "repels"}
    ),
    "Duffing": Textbook(
        "Strogatz, 6.5, the double well",
        "x' = v; v' = x - x**3",
        "",
        {"x = -1, v = 0": "centre", "x = 0, v = 0": "saddle", "x = 1, v = 0": "centre"},
        ("2*v**2 - 2*x**2 + x**4",),
        True,
    ),
    "Duffing with damping": Textbook(
        "Guckenheimer and Holmes, 2.2",
        "x' = v; v' = x - x**3 - d*v",
        "+d",
        {"x = -1, v = 0": "attracts", "x = 0, v = 0": "saddle", "x = 1, v = 0": "attracts"},
    ),
    "pendulum": Textbook(
        "Strogatz, 6.7",
        "x' = v; v' = -sin(x)",
        "",
        {"x = 0, v = 0": "centre", "x = pi, v = 0": "saddle"},
        ("v**2 - 2*cos(x)",),
        True,
    ),
    "pendulum with damping": Textbook(
        "Strogatz, 6.7",
        "x' = v; v' = -sin(x) - b*v",
        "+b",
        {"x = 0, v = 0": "attracts", "x = pi, v = 0": "saddle"},
    ),
    "Lorenz": Textbook(
        "Strogatz, 9.2; at r = 28 the wings have lost their stability",
        "x' = 10*(y - x); y' = x*(28 - z) - y; z' = x*y - 8*z/3",
        "",
        {
            "x = 0, y = 0, z = 0": "saddle",
            "x = -6*sqrt(2), y = -6*sqrt(2), z = 27": "saddle",
            "x = 6*sqrt(2), y = 6*sqrt(2), z = 27": "saddle",
        },
    ),
    "Roessler": Textbook(
        "Strogatz, 10.6 and 12.3, at c = 57/10",
        "x' = -y - z; y' = x + y/5; z' = 1/5 + z*(x - 57/10)",
        "",
        {
            "x = 57/20 - sqrt(3233)/20, y = -57/4 + sqrt(3233)/4, z = 57/4 - sqrt(3233)/4": "saddle",
            "x = sqrt(3233)/20 + 57/20, y = -57/4 - sqrt(3233)/4, z = sqrt(3233)/4 + 57/4": "saddle",
        },
        is_slow=True,
    ),
    "FitzHugh and Nagumo": Textbook(
        "Murray, 7.5: at a current in between the one point repels",
        "v' = v - v**3/3 - w + 1/2; w' = 2/25*(v + 7/10 - 4/5*w)",
        "",
        {"v = -0.804847747008334, w = -0.131059683760418": "repels"},
    ),
    "SIR": Textbook(
        "Murray, 10.2; Kermack and McKendrick",
        "S' = -b*S*J; J' = b*S*J - g*J; R' = g*J",
        "+b +g",
        {"S = S, J = 0, R = R": "depends on values"},
        ("S + J + R", "b*(S + J) - g*log(S)"),
        True,
    ),
    "SIS": Textbook(
        "Hirsch, Smale and Devaney, 11.1",
        "S' = -b*S*J + g*J; J' = b*S*J - g*J",
        "+b +g",
        {"S = S, J = 0": "depends on values", "S = g/b, J = J": "depends on values"},
        ("S + J",),
        True,
    ),
    "Brusselator": Textbook(
        "Strogatz, exercise 8.3.1: stable for b < 1 + a**2",
        "x' = a - (b + 1)*x + x**2*y; y' = b*x - x**2*y",
        "+a +b",
        {"x = a, y = b/a": "depends on values"},
        is_slow=True,
    ),
    "glycolysis": Textbook(
        "Strogatz, 7.3; Selkov",
        "x' = -x + a*y + x**2*y; y' = b - a*y - x**2*y",
        "+a +b",
        {"x = b, y = b/(a + b**2)": "depends on values"},
        is_slow=True,
    ),
    "predator of a limited prey": Textbook(
        "Hirsch, Smale and Devaney, 11.2",
        "x' = x*(1 - x - y); y' = y*(2*x - 1)",
        "",
        {"x = 0, y = 0": "saddle", "x = 1/2, y = 1/2": "attracts", "x = 1, y = 0": "saddle"},
    ),
    "Hopf's normal form": Textbook(
        "Strogatz, 8.2; Perko, 4.4",
        "x' = m*x - y - x*(x**2 + y**2); y' = x + m*y - y*(x**2 + y**2)",
        "+m",
        {"x = 0, y = 0": "repels"},
    ),
    "saddle and node": Textbook(
        "Strogatz, 3.1",
        "x' = r + x**2",
        "r",
        {"x = -sqrt(-r)": "attracts", "x = sqrt(-r)": "repels"},
        is_complete=True,
    ),
    "pitchfork": Textbook(
        "Strogatz, 3.4",
        "x' = r*x - x**3",
        "+r",
        {"x = -sqrt(r)": "attracts", "x = 0": "repels", "x = sqrt(r)": "attracts"},
        is_complete=True,
    ),
    "transcritical": Textbook(
        "Strogatz, 3.2", "x' = r*x - x**2", "+r", {"x = 0": "repels", "x = r": "attracts"}, is_complete=True
    ),
    "two phases of Kuramoto": Textbook(
        "Strogatz, 8.6",
        "a' = sin(b - a); b' = sin(a - b)",
        "",
        {"a = 0, b = 0": "attracts", "a = 0, b = pi": "repels"},
        ("a + b",),
        True,
    ),
    "three phases of Kuramoto": Textbook(
        "Strogatz, 8.6, with one more",
        "a' = sin(b - a) + sin(c - a); b' = sin(a - b) + sin(c - b); c' = sin(a - c) + sin(b - c)",
        "",
        {
            "a = 0, b = 0, c = 0": "attracts",
            "a = 0, b = 0, c = pi": "saddle",
            "a = 0, b = pi, c = 0": "saddle",
            "a = 0, b = pi, c = pi": "saddle",
            "a = 0, b = 2*pi/3, c = -2*pi/3": "repels",
            "a = 0, b = -2*pi/3, c = 2*pi/3": "repels",
        },
        ("a + b + c",),
        is_slow=True,
    ),
    "Euler's top": Textbook(
        "Arnold, Mathematical Methods of Classical Mechanics, 29",
        "x' = y*z; y' = -2*x*z; z' = x*y",
        "",
        {"x = x, y = 0, z = 0": "centre", "x = 0, y = y, z = 0": "saddle", "x = 0, y = 0, z = z": "centre"},
        ("2*x**2 + y**2", "x**2 - z**2"),
        True,
    ),
    "Toda's lattice of three": Textbook(
        "Henon, Phys. Rev. B 9 (1974) 1921; two more integrals are transcendental",
        "q1' = p1; q2' = p2; q3' = p3; p1' = exp(q3 - q1) - exp(q1 - q2); "
        "p2' = exp(q1 - q2) - exp(q2 - q3); p3' = exp(q2 - q3) - exp(q3 - q1)",
        "",
        {},
        (
            "p1 + p2 + p3",
            "p1**2 + p2**2 + p3**2 + 2*exp(q3 - q1) + 2*exp(q1 - q2) + 2*exp(q2 - q3)",
            "p1*p2*p3 - p1*exp(q2 - q3) - p2*exp(q3 - q1) - p3*exp(q1 - q2)",
        ),
        status="partial",
        is_slow=True,
    ),
    "Henon and Heiles": Textbook(
        "Henon and Heiles, Astron. J. 69 (1964) 73",
        "x' = u; y' = v; u' = -x - 2*x*y; v' = -y - x**2 + y**2",
        "",
        {
            "x = 0, y = 0, u = 0, v = 0": "centre",
            "x = 0, y = 1, u = 0, v = 0": "saddle",
            "x = -sqrt(3)/2, y = -1/2, u = 0, v = 0": "saddle",
            "x = sqrt(3)/2, y = -1/2, u = 0, v = 0": "saddle",
        },
        ("u**2 + v**2 + x**2 + y**2 + 2*x**2*y - 2*y**3/3",),
        is_slow=True,
    ),
    "gradient of a double well": Textbook(
        "Hirsch, Smale and Devaney, 9.3",
        "x' = x - x**3; y' = -y",
        "",
        {"x = -1, y = 0": "attracts", "x = 0, y = 0": "saddle", "x = 1, y = 0": "attracts"},
        ("x**2*y**2/(x**2 - 1)",),
        True,
    ),
    "Goodwin's oscillator": Textbook(
        "Murray, 6.2, with a cube, which doesn't oscillate: a power above 8 is needed",
        "x' = 1/(1 + z**3) - x/2; y' = x - y/2; z' = y - z/2",
        "",
        {
            "x = 0.397773618514368, y = 0.795547237028736, z = 1.59109447405747": "attracts",
            "x = -0.441967118045538, y = -0.883934236091076, z = -1.76786847218215": "attracts",
        },
    ),
    "Oregonator": Textbook(
        "Murray, 8.4, with the fast state gone",
        "x' = 25*(x*(1 - x) - y*(x - 1/500)/(x + 1/500)); y' = x - y",
        "",
        {
            "x = 0, y = 0": "saddle",
            "x = -1/1000 + sqrt(4001)/1000, y = -1/1000 + sqrt(4001)/1000": "repels",
            "x = -sqrt(4001)/1000 - 1/1000, y = -sqrt(4001)/1000 - 1/1000": "saddle",
        },
        is_slow=True,
    ),
    "chemostat": Textbook(
        "Edelstein-Keshet, Mathematical Models in Biology, 4.5",
        "N' = 2*S*N/(1 + S) - N; S' = 4 - S - 2*S*N/(1 + S)",
        "",
        {"N = 0, S = 4": "saddle", "N = 3, S = 1": "attracts"},
    ),
    "Michaelis and Menten": Textbook(
        "Murray, 6.1; a third integral is transcendental",
        "S' = -k*E*S + r*C; E' = -k*E*S + (r + c)*C; C' = k*E*S - (r + c)*C; P' = c*C",
        "+k +r +c",
        {
            "S = 0, E = E, C = 0, P = P": "depends on values",
            "S = S, E = 0, C = 0, P = P": "depends on values",
        },
        ("E + C", "S + C + P"),
        is_slow=True,
    ),
    "May and Leonard": Textbook(
        "May and Leonard, SIAM J. Appl. Math. 29 (1975) 243, at alpha = 2/3, beta = 5/3",
        "x' = x*(1 - x - 2*y/3 - 5*z/3); y' = y*(1 - 5*x/3 - y - 2*z/3); z' = z*(1 - 2*x/3 - 5*y/3 - z)",
        "",
        {
            "x = 0, y = 0, z = 0": "repels",
            "x = 1, y = 0, z = 0": "saddle",
            "x = 0, y = 1, z = 0": "saddle",
            "x = 0, y = 0, z = 1": "saddle",
            "x = 3/10, y = 3/10, z = 3/10": "saddle",
            # With a negative number of one species.
            "x = -3, y = 6, z = 0": "attracts",
            "x = 0, y = -3, z = 6": "attracts",
            "x = 6, y = 0, z = -3": "attracts",
        },
        is_slow=True,
    ),
    "cubic Hamiltonian": Textbook(
        "Perko, Differential Equations and Dynamical Systems, 2.14",
        "x' = y; y' = x - x**2",
        "",
        {"x = 0, y = 0": "saddle", "x = 1, y = 0": "centre"},
        ("3*y**2 - 3*x**2 + 2*x**3",),
        True,
    ),
    "Kepler": Textbook(
        "Arnold, 8; the energy holds a root, and is not looked for",
        "x' = u; y' = v; u' = -x/(x**2 + y**2)**(3/2); v' = -y/(x**2 + y**2)**(3/2)",
        "",
        {},
        ("x*v - y*u",),
    ),
    "Bogdanov and Takens": Textbook(
        "Guckenheimer and Holmes, 7.3",
        "x' = y; y' = m + n*y + x**2 + x*y",
        "m n",
        {"x = -sqrt(-m), y = 0": "depends on values", "x = sqrt(-m), y = 0": "saddle"},
        is_slow=True,
    ),
    "a chain of three": Textbook(
        "Chauvet and others, Math. Mag. 75 (2002) 243",
        "x' = x*(1 - y); y' = y*(x - z); z' = z*(y - 1)",
        "",
        {"x = 0, y = y, z = 0": "saddle", "x = z, y = 1, z = z": "depends on values"},
        ("x*z", "x + y + z - log(y)"),
        True,
    ),
}
NAMES = [pytest.param(n, marks=pytest.mark.slow) if book.is_slow else n for n, book in TABLE.items()]


def _flow(book: Textbook) -> System:
    names = book.parameters.split()
    symbols = [sp.Symbol(n.lstrip("+"), real=True, positive=n.startswith("+") or None) for n in names]
    return system(book.equations, symbols)


def _place(flow: System) -> dict[sp.Symbol, sp.Expr]:
    symbols = (*flow.states, *flow.parameters)
    return {symbol: sp.Rational(29 + 12 * i, 41 - 2 * i) for i, symbol in enumerate(symbols)}


def _gradient(function: sp.Expr, flow: System) -> list[sp.Expr]:
    return [function.diff(state).subs(_place(flow)) for state in flow.states]


def _rank(functions: list[sp.Expr], flow: System) -> int:
    rows = [[complex(sp.N(entry)) for entry in _gradient(function, flow)] for function in functions]
    return int(np.linalg.matrix_rank(np.array(rows), tol=1e-10)) if rows else 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_is_what_the_textbook_says(name: str) -> None:
    book, flow = TABLE[name], _flow(TABLE[name])
    _check_integrals(book, flow)
    found = flow.fixed_points()
    assert {point.name: point.stability for point in found} == book.points
    assert found.status == book.status
    for point in found:
        _check(point, flow)


def _check(point: FixedPoint, flow: System) -> None:
    """Rest, and eigenvalues, by the formulas' values at one place."""
    place = _place(flow)
    there = {**place, **{state: value.subs(place) for state, value in point.values.items()}}
    if any(sp.im(sp.N(value)) for value in there.values()):
        return
    assert max(abs(complex(sp.N(f.subs(there), 30))) for f in flow.vector_field) <= 1e-12
    matrix = sp.Matrix(flow.vector_field).jacobian(list(flow.states)).subs(there).evalf()
    eigenvalues = np.linalg.eigvals(np.array(matrix.tolist(), dtype=np.float64))
    signs = {int(np.sign(round(value.real, 9))) for value in eigenvalues}
    allowed = {"attracts": {-1, 0}, "repels": {1, 0}, "centre": {0}, "saddle": {-1, 0, 1}}
    assert signs <= allowed.get(point.stability, {-1, 0, 1})
    assert point.stability != "saddle" or {-1, 1} <= signs
    told = sorted((complex(sp.N(value.subs(there))) for value in point.eigenvalues), key=abs)
    largest = sorted(eigenvalues, key=abs)[len(eigenvalues) - len(told) :]
    np.testing.assert_allclose(np.abs(told), np.abs(largest), atol=1e-7, rtol=1e-7)


def _check_integrals(book: Textbook, flow: System) -> None:
    """As many as the textbook has, functions of those, and conserved."""
    found = flow.first_integrals()
    known = {symbol.name: symbol for symbol in (*flow.states, *flow.parameters)}
    expected = [sp.sympify(text, known) for text in book.integrals]
    assert len(found) == len(expected)
    assert found.status == ("complete" if book.is_complete else "partial")
    # As functions of each other.
    assert _rank([*found, *expected], flow) == _rank(expected, flow) == len(expected)
    for integral in found:
        terms = [
            a * f.subs(_place(flow))
            for a, f in zip(_gradient(integral, flow), flow.vector_field, strict=True)
        ]
        assert abs(complex(sp.N(sum(terms), 40))) <= 1e-30 * max(abs(complex(sp.N(t))) for t in terms)


def test_the_table_holds_thirty_systems_with_their_sources() -> None:
    assert len(TABLE) >= 30
    assert all(book.source for book in TABLE.values())


def test_a_wrong_table_would_be_noticed() -> None:
    flow = _flow(TABLE["Duffing"])
    x, v = flow.states
    with pytest.raises(AssertionError):
        _check(FixedPoint({x: sp.S.One, v: sp.S.Zero}, "saddle", {}), flow)
    with pytest.raises(AssertionError):
        _check(FixedPoint({x: sp.S.Half, v: sp.S.Zero}, "centre", {}), flow)
