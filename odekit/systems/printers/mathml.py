"""Formulas as presentation MathML, which browsers draw and screen readers read without a script.

SymPy's printer writes most of it. Added are names in the papers' notation, text that is escaped, steps and
cases, powers of functions as they are printed, and places where a long sum may go on on a new line.
"""

import re
from html import escape, unescape
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.pretty.pretty_symbology import greek_unicode

from odekit.errors import InputError, shown
from odekit.systems.printers.names import name_parts
from odekit.systems.system import System
from odekit.text import visible

__all__ = ["mathml", "mathml_equation", "mathml_name", "mathml_system"]

# All other entities that SymPy writes are HTML's; XML knows these alone.
_OF_XML = ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;")
_SHORT = 24  # operations of an expression that goes on one line
_TIMES = "<mo>\N{INVISIBLE TIMES}</mo>"
_MINUS = "\N{MINUS SIGN}"
_TALL = ("mfrac", "mtable", "munderover", "msqrt")
_PLAIN = {0x2147: "e", 0x2148: "i", 0x2146: "d"}  # which few fonts have double-struck
_UPRIGHT = ("re", "im")
_POWERED = (sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)
_COMPARISONS = {
    sp.StrictLessThan: "&lt;",
    sp.StrictGreaterThan: "&gt;",
    sp.LessThan: "\N{LESS-THAN OR EQUAL TO}",
    sp.GreaterThan: "\N{GREATER-THAN OR EQUAL TO}",
    sp.Unequality: "\N{NOT EQUAL TO}",
}


def mathml(expression: Any) -> str:
    """Any SymPy expression as one element ``<math>``.

    >>> mathml(sp.Symbol("x1") / 2)
    '<math><mrow><mfrac><msub><mi>x</mi><mn>1</mn></msub><mn>2</mn></mfrac></mrow></math>'
    """
    return f"<math>{_inner(expression)}</math>"


def mathml_name(name: str, accent: str = "") -> str:
    """A name with what stands below it, as part of a formula, such as an alpha with 1 below for ``alpha1``.

    Parameters
    ----------
    name: any text; it is escaped.
    accent: a character above the letter, such as a dot.
    """
    letter, parts = name_parts(name)
    head = f"<mi>{escape(greek_unicode.get(letter, visible(letter)))}</mi>"
    if accent:
        head = f'<mover accent="true">{head}<mo>{accent}</mo></mover>'
    below = [_below(part) for part in parts]
    if not below:
        return head
    row = "<mo>,</mo>".join(below)
    return f"<msub>{head}{row if len(below) == 1 else f'<mrow>{row}</mrow>'}</msub>"


def mathml_equation(left: str, expression: Any) -> str:
    """An equation as elements ``<math>``, between which a line may be broken where the right side is long.

    Parameters
    ----------
    left: of its left side, what stands within an element ``<math>``.
    expression: its right side.
    """
    first, *others = _pieces(_expression(expression))
    pieces = [f"{left}<mo>=</mo>{first}", *others]
    return "<wbr>".join(f"<math>{piece}</math>" for piece in pieces)


def mathml_system(system: System) -> tuple[str, ...]:
    r"""Energy, definitions and equations of motion, time derivatives with a dot; see `mathml_equation`.

    >>> import odekit
    >>> mathml_system(odekit.system("x' = x"))[0]
    '<math><mover accent="true"><mi>x</mi><mo>\u02d9</mo></mover><mo>=</mo><mi>x</mi></math>'
    """
    energy = [] if system.energy is None else [("<mi>E</mi>", system.energy)]
    defined = [(mathml_name(symbol.name), meaning) for symbol, meaning in system.definitions.items()]
    moving = [(mathml_name(symbol.name, "\N{DOT ABOVE}"), v) for symbol, v in system.equations.items()]
    return tuple(mathml_equation(left, right) for left, right in (*energy, *defined, *moving))


class _Printer(MathMLPresentationPrinter):  # type: ignore[misc]
    """SymPy's, whose text nodes are written as they are: all text from outside is escaped here."""

    def _element(self, tag: str, *children: Any, **attributes: str) -> Any:
        element = self.dom.createElement(tag)
        for name, value in attributes.items():
            element.setAttribute(name, value)
        for child in children:
            element.appendChild(self.dom.createTextNode(child) if isinstance(child, str) else child)
        return element

    def doprint(self, expression: Any) -> str:
        """The expression, with parentheses as tall as letters where nothing between them is taller."""
        printed = self._element("mrow", self._print(expression))
        for sign in printed.getElementsByTagName("mo"):
            is_parenthesis = sign.firstChild is not None and sign.firstChild.data in "()"
            if is_parenthesis and not any(sign.parentNode.getElementsByTagName(tag) for tag in _TALL):
                sign.setAttribute("stretchy", "false")
        return str(printed.firstChild.toxml())

    def _print_Symbol(self, symbol: sp.Symbol, style: str = "plain") -> Any:
        return self._element("mrow", mathml_name(symbol.name)).firstChild

    def _applied(self, name: str, *arguments: Any) -> Any:
        return self._element("mrow", name, self._paren_comma_separated(*arguments))

    def _print_Function(self, function: sp.Function) -> Any:
        if isinstance(function, AppliedUndef):
            return self._applied(mathml_name(str(function.func)), *function.args)
        return super()._print_Function(function)

    def _print_Heaviside(self, step: sp.Heaviside) -> Any:
        return self._applied("<mi>step</mi>", step.args[0])

    def _print_sign(self, sign: sp.sign) -> Any:
        return self._applied("<mi>sgn</mi>", sign.args[0])

    def _print_Pow(self, power: sp.Pow) -> Any:
        base, exponent = power.base, power.exp
        if not (isinstance(base, _POWERED) and exponent.is_Integer and exponent > 1):
            return super()._print_Pow(power)
        raised = self._element("msup", f"<mi>{self.mathml_tag(base)}</mi><mn>{exponent}</mn>")
        return self._element("mrow", raised, self._paren_comma_separated(*base.args))

    def _print_exp(self, power: Any) -> Any:
        return self._element("msup", "<mi>e</mi>", self._print(power.args[0]))

    def _print_conjugate(self, conjugate: sp.conjugate) -> Any:
        line = self._element("mo", "\N{MACRON}")
        return self._element("mover", self._print(conjugate.args[0]), line, accent="true")

    def _print_Relational(self, relation: sp.Rel) -> Any:
        sign = self._element("mo", _COMPARISONS.get(relation.func, "="))
        return self._element("mrow", self._print(relation.lhs), sign, self._print(relation.rhs))

    def _print_Piecewise(self, cases: sp.Piecewise) -> Any:
        rows = [
            self._element(
                "mtr",
                self._element("mtd", self._print(value)),
                self._element("mtd", "<mtext>else</mtext>" if where == sp.true else self._print(where)),
            )
            for value, where in cases.args
        ]
        return self._element("mrow", self._l_brace(), self._element("mtable", *rows))


def _expression(given: Any) -> Any:
    """What SymPy makes of a formula or a number; text it would evaluate as code."""
    try:
        return sp.sympify(given, strict=True)
    except sp.SympifyError:
        raise InputError(
            "this is no formula", expected="an expression of SymPy's, or a number", received=shown(given)
        ) from None


def _inner(expression: Any) -> str:
    """What stands within the element ``<math>``, with no entities but those of XML."""
    text = str(_Printer().doprint(_expression(expression)))
    text = re.sub(r"&\w+;", lambda found: found[0] if found[0] in _OF_XML else unescape(found[0]), text)
    text = re.sub(r"&#x?[0-9a-fA-F]+;", lambda found: escape(unescape(found[0])), text)
    return re.sub(r"(<m[on]>)-", rf"\1{_MINUS}", text.translate(_PLAIN))


def _pieces(expression: Any) -> list[str]:
    """Terms and factors of an expression that is long, each as what stands within ``<math>``."""
    if not isinstance(expression, sp.Add | sp.Mul) or expression.count_ops() <= _SHORT:
        return [_inner(expression)]
    if isinstance(expression, sp.Add):
        first, *others = expression.as_ordered_terms()
        return [*_pieces(first), *(piece for term in others for piece in _signed(term))]
    if expression.could_extract_minus_sign():
        return _joined(f"<mo>{_MINUS}</mo>", _pieces(-expression))
    if sp.fraction(expression)[1] != 1:
        return [_inner(expression)]
    first, *others = (_factor(factor) for factor in expression.as_ordered_factors())
    return [*first, *(piece for factor in others for piece in _joined(_TIMES, factor))]


def _signed(term: sp.Expr) -> list[str]:
    """A term behind another one."""
    if term.could_extract_minus_sign():
        return _joined(f'<mo form="infix">{_MINUS}</mo>', _pieces(-term))
    return _joined('<mo form="infix">+</mo>', _pieces(term))


def _factor(factor: sp.Expr) -> list[str]:
    """A factor of a product, a sum between parentheses."""
    if not isinstance(factor, sp.Add):
        return [_inner(factor)]
    *pieces, last = _joined('<mo stretchy="false" form="prefix">(</mo>', _pieces(factor))
    return [*pieces, f'{last}<mo stretchy="false" form="postfix">)</mo>']


def _joined(sign: str, pieces: list[str]) -> list[str]:
    return [sign + pieces[0], *pieces[1:]]


def _below(part: str) -> str:
    """What stands below a letter: a number, a multiple such as 2k, or a word."""
    if part.isdigit():
        return f"<mn>{part}</mn>"
    if part in _UPRIGHT:
        return f'<mi mathvariant="normal">{part}</mi>'
    multiple = re.fullmatch(r"(\d+)([A-Za-z])", part)
    if multiple:
        return f"<mrow><mn>{multiple[1]}</mn><mi>{multiple[2]}</mi></mrow>"
    return f"<mi>{escape(greek_unicode.get(part, visible(part)))}</mi>"
