"""MathML says what the expression says: read back by a reader of its own, it has the same values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

import pytest
import sympy as sp

import odekit
from odekit.errors import InputError
from odekit.systems.printers import mathml, mathml_equation, mathml_name, mathml_system

x, y, alpha1 = sp.symbols("x y alpha1", real=True)
AT = {x: 0.7, y: -1.3, alpha1: 2.1}
SPOKEN = {"x": 0.7, "y": -1.3, "\u03b11": 2.1, "\u03c0": math.pi, "e": math.e}
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "log", "tanh", "erf")},
    **{"arctan": math.atan, "max": max, "min": min, "step": lambda v: float(v > 0)},
    "sgn": lambda v: math.copysign(1.0, v),
}
EXPRESSIONS = [
    -4 * x * y + sp.sin(x) ** 2 / y,
    x * (1 - y) - y * (x - 1),
    -(x**3) / (x + y) ** 2,
    sp.sqrt(x) * alpha1 ** sp.Rational(3, 2),
    sp.cbrt(x) - x ** sp.Rational(-1, 2),
    sp.exp(-x * y / 2) * sp.Rational(2, 3),
    sp.Max(x, 0) - sp.Heaviside(y) + sp.sign(x),
    sp.Abs(y - x) * sp.pi / 4,
    sp.tanh(x) + sp.log(x + 3) - sp.atan(y),
    -(x + y) * (x - y) / (2 * alpha1),
    sp.Float("0.25") * x - sp.Float("1e-3"),
    (x + y) ** 2 - (x - y) ** -2,
    -x / y - 1 / (x * y) + 7,
    sp.erf(x) - (-x) ** 2 + sp.cos(x + y) ** 3,
]


class Reader:
    """The value of presentation MathML: rows of signs, numbers, names and functions."""

    def row(self, items: list[ElementTree.Element]) -> float:
        flat: list[ElementTree.Element] = items
        total, sign, place = 0.0, 1.0, 0
        product: float | None = None
        while place < len(flat):
            item = flat[place]
            if item.tag == "mo" and item.text in "+\u2212":
                if product is not None:
                    total += sign * product
                    product, sign = None, 1.0
                sign *= -1.0 if item.text == "\u2212" else 1.0
                place += 1
            elif item.tag == "mo" and item.text in "\u2062\u00b7":
                place += 1
            elif item.tag == "mo" and item.text in "(|":
                end = self.end(flat, place)
                inside = self.row(flat[place + 1 : end])
                product = (1.0 if product is None else product) * (
                    abs(inside) if item.text == "|" else inside
                )
                place = end + 1
            else:
                product = (1.0 if product is None else product) * self.value(item)
                place += 1
        assert product is not None
        return total + sign * product

    def end(self, items: list[ElementTree.Element], start: int) -> int:
        """Where the parenthesis or bar that opens at the start is closed."""
        closing = {"(": ")", "|": "|"}[str(items[start].text)]
        depth = 0
        for place in range(start + 1, len(items)):
            if items[place].text == closing and depth == 0:
                return place
            depth += (items[place].text == "(") - (items[place].text == ")")
        raise AssertionError("nothing closes it")

    def value(self, item: ElementTree.Element) -> float:
        children = list(item)
        if item.tag in ("math", "mrow"):
            return self.applied(children) if self.is_applied(children) else self.row(children)
        if item.tag == "mfrac":
            return self.value(children[0]) / self.value(children[1])
        if item.tag == "msup":
            return float(self.value(children[0]) ** self.value(children[1]))
        if item.tag == "msqrt":
            return math.sqrt(self.row(children))
        if item.tag == "mroot":
            return float(self.value(children[0]) ** (1 / self.value(children[1])))
        if item.tag == "msub":
            return SPOKEN["".join(item.itertext())]
        text = str(item.text).replace("\u2212", "-")
        return float(text) if item.tag == "mn" else SPOKEN[text]

    def is_applied(self, children: list[ElementTree.Element]) -> bool:
        name = "".join(children[0].itertext()) if children else ""
        return name.rstrip("0123456789") in FUNCTIONS

    def applied(self, children: list[ElementTree.Element]) -> float:
        head, arguments = children
        power = 1
        if head.tag == "msup":
            power, head = int(str(head[1].text)), head[0]
        groups: list[list[ElementTree.Element]] = [[]]
        for item in list(arguments)[1:-1]:
            if item.tag == "mo" and item.text == ",":
                groups.append([])
            else:
                groups[-1].append(item)
        return float(FUNCTIONS[str(head.text)](*map(self.row, groups)) ** power)


def read(text: str) -> float:
    return Reader().value(ElementTree.fromstring(text))


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_what_is_read_back_has_the_same_value(expression: sp.Expr) -> None:
    assert read(mathml(expression)) == pytest.approx(float(expression.subs(AT)), rel=1e-12)


def test_the_reader_sees_a_wrong_sign_and_a_lost_parenthesis() -> None:
    right = mathml(x * (1 - y))
    assert read(right) == pytest.approx(0.7 * 2.3)
    assert read(right.replace("\u2212", "+")) != pytest.approx(0.7 * 2.3)
    bare = right.replace('<mo stretchy="false">(</mo>', "").replace('<mo stretchy="false">)</mo>', "")
    assert read(bare.replace("<mrow><mrow>", "").replace("</mrow></mrow>", "")) != pytest.approx(0.7 * 2.3)


def test_names_are_in_the_papers_notation() -> None:
    assert mathml_name("alpha1") == "<msub><mi>\u03b1</mi><mn>1</mn></msub>"
    assert "<mrow><mn>2</mn><mi>k</mi></mrow>" in mathml_name("phi_2k")
    assert mathml_name("D", "\u02d9") == '<mover accent="true"><mi>D</mi><mo>\u02d9</mo></mover>'


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", 'a"><img src=x onerror=alert(1)>', "a&b", "a\u202eb", "a\x1bb"]
)
def test_a_name_is_text_and_never_markup(name: str) -> None:
    for shown in (mathml(sp.Symbol(name) + 1), mathml(sp.Function(name)(x)), mathml_name(name)):
        tags = {element.tag for element in ElementTree.fromstring(shown).iter()}
        assert tags <= {"math", "mrow", "mi", "mn", "mo", "msub"}
        assert "\u202e" not in shown
        assert "\x1b" not in shown


KINDS = [
    *(x < y, x >= y, sp.Ne(x, y), sp.Piecewise((x, x > 0), (y, True)), sp.Integral(x, (x, 0, 1)), sp.I * x),
    *(sp.Sum(x**2, (x, 1, y)), sp.conjugate(sp.Symbol("z")), sp.oo, sp.Matrix([[x, 1], [0, y]])),
    sp.atan2(x, y),
]


@pytest.mark.parametrize("expression", KINDS, ids=str)
def test_every_kind_is_well_formed(expression: sp.Basic) -> None:
    ElementTree.fromstring(mathml(expression))


def test_a_long_sum_may_go_on_on_a_new_line() -> None:
    long = (
        sum((-1) ** k * k * x**k * y for k in range(2, 12))
        * (sum(x**k * y for k in range(9)) - 7)
        * sp.exp(y)
    )
    assert long.count_ops() > 60
    for expression in (long, -long, sp.expand(long), long + x):
        text = mathml_equation("<mn>0</mn>", expression)
        assert text.count("<wbr>") > 9
        joined = text.replace("</math><wbr><math>", "").replace("<mn>0</mn><mo>=</mo>", "")
        assert read(joined) == pytest.approx(float(expression.subs(AT)), rel=1e-10)


def test_a_system_shows_energy_and_velocities() -> None:
    flow = odekit.gradient_flow("k*x**2/2", "x", parameters="k")
    energy, velocity = mathml_system(flow)
    assert energy.startswith("<math><mi>E</mi><mo>=</mo>")
    assert "\u02d9" in velocity


@pytest.mark.parametrize("given", ["1 + 1", "print('executed')", "x<script>", None, object(), [1]])
def test_text_is_no_formula_and_is_not_evaluated(given: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="no formula"):
        mathml(given)
    assert capsys.readouterr().out == ""
