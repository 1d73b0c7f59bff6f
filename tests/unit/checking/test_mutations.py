"""Sixty wrong variants of right formulas are refused, and the oracle says which variants are wrong."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from odekit import check
from odekit.errors import InputError

Python = Callable[[str, Mapping[str, Any]], float]

SEED = 20261120
WANTED = 60
KINDS = {"equations": "equation", "first_integrals": "first integral", "rates": "rate"}
# Central differences with steps of 1e-6 err by 1e-12 from the step and 1e-10 from rounding, relative to terms
# of order one to a hundred; a mutant that is off by less than this at four random points counts as right.
WRONG = 1e-5
POINTS = 4


@dataclass(frozen=True)
class Setting:
    """A network, and the same for the oracle."""

    network: Mapping[str, Any]
    oracle: Mapping[str, Any] = field(default_factory=dict)


SHARED = Setting({"group": "Zp"})
CARTESIAN = Setting({"group": "Zp", "form": "cartesian"})
POLYNOMIAL = Setting({"group": "Zp", "form": "polynomial"})
EVEN = Setting({"group": "Z12", "character": "6"}, {"n": 12, "form": "signed"})
DIFFERENCE = Setting({"group": "Zp", "task": "x-y"}, {"task": (1, -1)})
QUARTIC = Setting({"group": "Zp", "activation": "z**4"}, {"degree": 4, "has_mean": True, "n": 11})
CUBIC = Setting({"group": "Zp", "activation": "z**3"}, {"degree": 3, "has_mean": True, "n": 11})
UNSHARED = Setting({"group": "Zp", "embedding": "unshared"}, {"shared": False})
SUMMANDS = Setting(
    {"group": "Zp", "embedding": "unshared", "task": "x+y+z", "activation": "z**3"},
    {"shared": False, "task": (1, 1, 1), "degree": 3},
)
SPHERES = Setting(
    {"group": "Zp", "embedding": "unshared", "constraint": "sphere"},
    {"shared": False, "spheres": (("theta1",), ("theta2",), ("xi",))},
)
ONE_SPHERE = Setting({"group": "Zp", "constraint": "sphere"}, {"spheres": (("theta",), ("xi",))})

# Setting, table, name, right formula; rates are those of D at D = 0, or at the value that the name gives.
RIGHT = (
    (SHARED, "equations", "alpha", "2*p*alpha*beta*cos(D)"),
    (SHARED, "equations", "beta", "p*alpha**2*cos(D)"),
    (SHARED, "equations", "phi", "-2*p*beta*sin(D)"),
    (SHARED, "equations", "psi", "p*(alpha**2/beta)*sin(D)"),
    (SHARED, "equations", "D", "-p*(4*beta + alpha**2/beta)*sin(D)"),
    (SHARED, "first_integrals", "c", "alpha**2 - 2*beta**2"),
    (SHARED, "first_integrals", "K", "alpha**2*beta*sin(D)"),
    (SHARED, "rates", "D = 0", "p*(4*beta + alpha**2/beta)"),
    (SHARED, "rates", "D = pi", "-p*(4*beta + alpha**2/beta)"),
    (POLYNOMIAL, "equations", "x", "4*p*x*X"),
    (POLYNOMIAL, "equations", "X", "p*(x + 4*Y**2)"),
    (POLYNOMIAL, "equations", "Y", "-4*p*X*Y"),
    (POLYNOMIAL, "first_integrals", "K", "x*Y"),
    (POLYNOMIAL, "first_integrals", "c", "x - 2*(X**2 + Y**2)"),
    (CARTESIAN, "equations", "u_re", "2*p*(u_re*v_re + u_im*v_im)"),
    (CARTESIAN, "equations", "u_im", "2*p*(u_re*v_im - u_im*v_re)"),
    (CARTESIAN, "equations", "v_re", "p*(u_re**2 - u_im**2)"),
    (CARTESIAN, "first_integrals", "K", "2*u_re*u_im*v_re - (u_re**2 - u_im**2)*v_im"),
    (EVEN, "equations", "u", "4*n*u*v"),
    (EVEN, "equations", "v", "2*n*u**2"),
    (EVEN, "first_integrals", "c", "u**2 - 2*v**2"),
    (DIFFERENCE, "equations", "psi", "-p*alpha**2*sin(psi)/beta"),
    (DIFFERENCE, "equations", "alpha", "2*p*alpha*beta*cos(psi)"),
    (DIFFERENCE, "first_integrals", "K", "beta*sin(psi)"),
    (QUARTIC, "equations", "D", "-3*p*(alpha**2 + 4*beta**2)*(alpha**2 + 8*theta0**2)*sin(D)/beta"),
    (QUARTIC, "equations", "theta0", "24*p*alpha**2*beta*theta0*cos(D)"),
    (QUARTIC, "first_integrals", "c", "alpha**2 - 4*beta**2 + 2*theta0**2"),
    (CUBIC, "equations", "alpha", "12*p*alpha*beta*theta0*cos(D)"),
    (CUBIC, "first_integrals", "c", "4*theta0**2 - alpha**2"),
    (UNSHARED, "equations", "D", "-p*(alpha2*beta/alpha1 + alpha1*beta/alpha2 + alpha1*alpha2/beta)*sin(D)"),
    (UNSHARED, "first_integrals", "K", "alpha1*alpha2*beta*sin(D)"),
    (SUMMANDS, "equations", "alpha1", "3*p**2*alpha2*alpha3*beta*cos(D)/2"),
    (SUMMANDS, "first_integrals", "c", "alpha1**2 - alpha3**2"),
    (SPHERES, "equations", "alpha1", "p*alpha2*beta*cos(D) - E*alpha1"),
    (SPHERES, "equations", "D", "-p*(alpha2*beta/alpha1 + alpha1*beta/alpha2 + alpha1*alpha2/beta)*sin(D)"),
    (SPHERES, "first_integrals", "ratio", "(alpha1**2 - alpha2**2)/(alpha1**2 - beta**2)"),
    (SPHERES, "rates", "D = 0", "3*sqrt(2*p)"),
    (ONE_SPHERE, "equations", "alpha", "2*p*alpha*beta*cos(D) - 2*E*alpha"),
    (ONE_SPHERE, "rates", "D = 0", "5*sqrt(2*p)"),
)

Line = tuple[Setting, str, str, str]


class Mutator(ast.NodeTransformer):
    """Change one place of a formula, chosen by number."""

    def __init__(self, place: int, rng: np.random.Generator, names: list[str]) -> None:
        self.place, self.rng, self.names = place, rng, names
        self.count = -1

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        if not isinstance(node, ast.expr):
            return node
        self.count += 1
        return self.change(node) if self.count == self.place else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = [self.visit(argument) for argument in node.args]
        self.count += 1
        return self.change(node) if self.count == self.place else node

    def change(self, node: ast.expr) -> ast.expr:
        options = [*self.special(node), self.sign, self.factor]
        return options[int(self.rng.integers(len(options)))](node)

    def special(self, node: ast.expr) -> Iterator[Callable[[Any], ast.expr]]:
        if isinstance(node, ast.Call):
            yield lambda call: call if call.func.id == "sqrt" else self.other_wave(call)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            yield self.power
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            yield lambda total: total.left if self.rng.integers(2) else total.right
        if isinstance(node, ast.Name) and node.id in self.names:
            yield lambda name: ast.BinOp(name, ast.Pow(), ast.Constant(2))
            yield lambda name: ast.Name(self.names[int(self.rng.integers(len(self.names)))])

    def sign(self, node: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.USub(), node)

    def factor(self, node: ast.expr) -> ast.expr:
        size = ast.Constant(int(self.rng.integers(2, 5)))
        return ast.BinOp(node, ast.Mult() if self.rng.integers(2) else ast.Div(), size)

    def power(self, node: Any) -> ast.expr:
        step = 1 if self.rng.integers(2) else -1
        return ast.BinOp(node.left, ast.Pow(), ast.Constant(node.right.value + step))

    def other_wave(self, node: Any) -> ast.expr:
        name = {"sin": "cos", "cos": "sin"}[node.func.id]
        return ast.Call(ast.Name(name), node.args, [])


def mutant(text: str, rng: np.random.Generator) -> str:
    tree = ast.parse(text, mode="eval")
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    words = [node.id for node in nodes if isinstance(node, ast.Name)]
    names = sorted({*words} - {"sin", "cos", "sqrt", "pi"})
    places = len(nodes) - sum(isinstance(node, ast.Call) for node in nodes)
    changed = Mutator(int(rng.integers(places)), rng, names).visit(tree)
    return ast.unparse(ast.fix_missing_locations(changed))


@dataclass
class Judge:
    """Whether a formula is right, by brute force."""

    flow_type: type[Any]
    python: Python

    def is_right(self, line: Line) -> bool:
        setting, table, name, text = line
        flow = self.flow_type(**setting.oracle)
        return all(self.gap(flow, table, name, text) < WRONG for _ in range(POINTS))

    def gap(self, flow: Any, table: str, name: str, text: str) -> float:
        """Relative difference at one random point; infinite where there is no number."""
        values = flow.draw()
        if table == "rates":
            return self.rate_gap(flow, values, name, text)
        try:
            if table == "first_integrals":
                return self.drift(flow, values, text)
            given = self.python(text, flow.names(values))
        except ZeroDivisionError:
            return math.inf
        true = flow.rate_of_change(lambda at: flow.names(at)[name], values)
        return relative(given, true)

    def drift(self, flow: Any, values: Mapping[str, float], text: str) -> float:
        """The time derivative, against the largest partial derivative times velocity; 1 for a constant."""
        velocity = flow.polar_velocity(values)

        def function(at: Mapping[str, float]) -> float:
            return self.python(text, flow.names(dict(at)))

        parts = []
        for key, speed in velocity.items():
            h = 1e-6
            sides = [function({**values, key: values[key] + sign * h}) for sign in (1, -1)]
            parts.append((sides[0] - sides[1]) / (2 * h) * speed)
        size = max(map(abs, parts))
        # A conserved coordinate on its own has no velocity, and no formula here is one.
        return abs(sum(parts)) / size if size > 1e-7 else 1.0

    def rate_gap(self, flow: Any, values: dict[str, float], name: str, text: str) -> float:
        """Minus the slope of D' by D near its value, turning psi."""
        target = {"D = 0": 0.0, "D = pi": math.pi}[name]
        if flow.spheres:
            values |= {key: math.sqrt(2 / flow.n) for key in values if key.startswith(("alpha", "beta"))}
        values["psi"] += flow.difference(values) - target
        h = 1e-5
        slopes = [
            flow.difference(flow.polar_velocity({**values, "psi": values["psi"] - s * h})) for s in (1, -1)
        ]
        return relative(self.python(text, flow.names(values)), -(slopes[0] - slopes[1]) / (2 * h))


def relative(given: float, true: float) -> float:
    gap = abs(given - true)
    return gap / max(abs(given), abs(true), 1e-3) if math.isfinite(gap) else math.inf


@pytest.fixture(scope="module")
def judge(brute_force_flow: type[Any], python_value: Python) -> Judge:
    return Judge(brute_force_flow, python_value)


def agrees(line: Line) -> bool:
    setting, table, name, text = line
    try:
        findings = check({"network": dict(setting.network), table: {name: text}})
    except InputError as error:
        return "finite real number" not in str(error)
    return all(finding.agrees for finding in findings)


@pytest.mark.parametrize("line", RIGHT, ids=lambda line: f"{line[1]}-{line[2]}-{line[3]}")
def test_every_right_formula_is_right_by_brute_force_and_agrees(line: Line, judge: Judge) -> None:
    assert judge.is_right(line)
    assert agrees(line)


def wrong_variants(judge: Judge) -> Iterator[Line]:
    """Mutants of the right formulas in turn, those that brute force finds right drawn again."""
    rng = np.random.default_rng(SEED)
    while True:
        for setting, table, name, text in RIGHT:
            line = (setting, table, name, mutant(text, rng))
            while judge.is_right(line):
                line = (setting, table, name, mutant(text, rng))
            yield line


@pytest.mark.slow
def test_sixty_wrong_variants_are_refused(judge: Judge) -> None:
    variants = wrong_variants(judge)
    accepted = [line[1:] for line in (next(variants) for _ in range(WANTED)) if agrees(line)]
    assert not accepted


def test_the_oracle_does_not_call_everything_wrong(judge: Judge) -> None:
    assert judge.is_right((SHARED, "first_integrals", "K", "-3*(alpha**2*beta*sin(D))**2"))
    assert not judge.is_right((SHARED, "equations", "D", "-p*(4*beta**2 - alpha**2/beta)*sin(D)"))


UNITS = ["time", "loss", "alpha", "beta"]


@pytest.mark.slow
def test_among_right_lines_with_all_units_free_a_wrong_one_alone_differs(judge: Judge) -> None:
    lines = [line for line in RIGHT if line[0] == SHARED and line[1] != "rates"]
    rng = np.random.default_rng(SEED)
    for place, (_, table, name, text) in enumerate(lines):
        wrong = (SHARED, table, name, mutant(text, rng))
        while judge.is_right(wrong):
            wrong = (SHARED, table, name, mutant(text, rng))
        tables: dict[str, dict[str, str]] = {}
        for _, where, item, formula in [*lines[:place], wrong, *lines[place + 1 :]]:
            tables.setdefault(where, {})[item] = formula
        findings = check({"network": {"group": "Zp"}, "conventions": {"free_units": UNITS}, **tables})
        assert [finding.item for finding in findings if not finding.agrees] == [name], wrong[3]
