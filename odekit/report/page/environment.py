"""How a page is put together: templates, into which text goes escaped and formulas as MathML."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from odekit.report.page.formula import BREAK, typeset
from odekit.report.tables import number_text
from odekit.text import marked_pieces, visible

__all__ = ["render"]

JOINT = "\N{NARROW NO-BREAK SPACE}"


def render(template: str, values: Mapping[str, Any]) -> str:
    """The page of a template: the same values give the same bytes.

    Parameters
    ----------
    template: its file's name in this package.
    values: what it shows, by name; text in it is escaped, and control characters are named.
    """
    return _ENVIRONMENT.get_template(template).render(style=Markup(_read("page.css")), **values)


def _read(name: str) -> str:
    return files("odekit.report.page").joinpath(name).read_text(encoding="utf-8")


def _words(text: str, is_displayed: bool = False) -> Markup:
    """A text with its formulas as MathML."""
    shown = Markup("")
    pieces = marked_pieces(text)
    for (piece, is_formula), (after, _) in zip(pieces, [*pieces[1:], ("", False)], strict=True):
        if is_formula:
            shown += _kept_with(after, typeset(piece, is_displayed))
        else:
            shown += escape(visible(_unpunctuated(piece) if shown else piece))
    return shown


def _kept_with(after: str, mathml: str) -> Markup:
    """A formula with the punctuation behind it, so that no line begins with that."""
    closing = after.removesuffix(_unpunctuated(after))
    *before, last = mathml.split(BREAK)
    kept = Markup('<span class="kept">{}{}</span>').format(Markup(last), closing) if closing else Markup(last)
    return Markup(BREAK).join([*map(Markup, before), kept])


def _unpunctuated(text: str) -> str:
    return text.lstrip(",.;:)'")


def _number(value: Any) -> Markup:
    """A number as a person writes it: four digits, powers of ten raised, nothing for None; text as it is."""
    if isinstance(value, str):
        return escape(visible(value))
    text = number_text(value).replace("inf", "\N{INFINITY}").replace("-", "\N{MINUS SIGN}")
    mantissa, is_power, power = text.partition("e")
    if not (is_power and power):
        return escape(text)
    raised = power.replace("+", "").replace("\N{MINUS SIGN}0", "\N{MINUS SIGN}").lstrip("0")
    return Markup("{0}{1}\N{MULTIPLICATION SIGN}{1}10<sup>{2}</sup>").format(mantissa, JOINT, raised)


def _percent(value: float) -> str:
    """A share in percent, with two digits; what is less than a thousandth is told to be so."""
    return f"{float(f'{value:.2g}'):g} %" if value >= 0.1 else "less than 0.1 %"


def _seen(value: Any) -> Any:
    """Text without characters that nobody sees; the environment escapes it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT = Environment(
    loader=FunctionLoader(_read),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_seen,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(mathematics=Markup, number=_number, percent=_percent, words=_words)
