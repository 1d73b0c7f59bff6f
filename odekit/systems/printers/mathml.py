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

from odekit.systems.printers.names import name_parts
from odekit.systems.system import System
from odekit.text import visible

__all__ = ["mathml", "mathml_equation", "mathml_name", "mathml_system"]

# All other entities that SymPy writes are HTML's; XML knows these alone.
_OF_XML = ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;")
_FEW = 4  # terms that are short enough for one line
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
    """An equation as elements ``<math>``, between which a line may be broken where the sum is long.

    Parameters
    ----------
    left: of its left side, what stands within an element ``<math>``.
    expression: its right side.
    """
    terms = sp.Add.make_args(expression) if isinstance(expression, sp.Expr) else (expression,)
    if len(terms) <= _FEW:
        return f"<math>{left}<mo>=</mo>{_inner(expression)}</math>"
    first, *others = expression.as_ordered_terms()
    pieces = [f"<math>{left}<mo>=</mo>{_inner(first)}</math>"]
    for term in others:
        is_less = term.could_extract_minus_sign()
        sign = f'<mo form="infix">{_MINUS if is_less else "+"}</mo>'
        pieces.append(f"<math>{sign}{_inner(-term if is_less else term)}</math>")
    return " ".join(pieces)


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


def _inner(expression: Any) -> str:
    """What stands within the element ``<math>``, with no entities but those of XML."""
    text = str(_Printer().doprint(sp.sympify(expression)))
    text = re.sub(r"&\w+;", lambda found: found[0] if found[0] in _OF_XML else unescape(found[0]), text)
    text = re.sub(r"&#x?[0-9a-fA-F]+;", lambda found: escape(unescape(found[0])), text)
    return re.sub(r"(<m[on]>)-", rf"\1{_MINUS}", text.translate(_PLAIN))


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
