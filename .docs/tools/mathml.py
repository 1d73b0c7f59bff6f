"""Mathematics as MathML in the page: no script and no request. Its font is cut from STIX Two Math."""

from __future__ import annotations

import re
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

from docutils import nodes
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from latex2mathml.converter import convert
from sphinx.util.math import get_node_equation_number

__all__ = ["mathml"]

SPACE = "http://www.w3.org/1998/Math/MathML"
# Of the package ziamath, which holds it and is not loaded.
FONT = Path("fonts") / "STIXTwoMath-Regular.ttf"
# Latin, Greek, punctuation, letterlike signs, arrows, operators, brackets, and the alphabets of mathematics.
LETTERS = (
    (0x20, 0x17F),
    (0x2C6, 0x2DD),
    (0x300, 0x3FF),
    (0x2000, 0x22FF),
    (0x2308, 0x230B),
    (0x23B0, 0x23E1),
    (0x27E6, 0x27EB),
    (0x2A00, 0x2AFF),
    (0x1D400, 0x1D7FF),
)
FUNCTIONS = {"Re", "Im", "tr", "sign", "min", "max", "exp", "log", "erf"} | {
    f"{arc}{name}{h}" for arc in ("", "a") for name in ("sin", "cos", "tan") for h in ("", "h")
}
APPLIED = "\u2061"  # the sign, without a shape, between a function and its argument
# A part of a notebook's output between signs that begin a formula.
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)


def mathml(latex: str, display: str = "inline") -> str:
    """LaTeX as a MathML element.

    Parameters
    ----------
    latex: without the signs that begin and end a formula.
    display: ``"inline"`` or ``"block"``.
    """
    for name in ("aligned", "split", "gathered"):
        latex = latex.replace(f"{{{name}}}", "{align*}")
    root = fromstring(convert(latex, display=display))
    for element in list(root.iter()):
        _space_functions(element)
        if element.tag == f"{{{SPACE}}}mo" and element.text == "^":
            element.text = "\u02c6"  # a hat that stands above its letter
    register_namespace("", SPACE)
    return tostring(root, encoding="unicode")


def _space_functions(parent: Element) -> None:
    """Set a function's name apart from what stands before it, and tie it to its argument."""
    for child in list(parent):
        if child.text not in FUNCTIONS or child.tag not in (f"{{{SPACE}}}mi", f"{{{SPACE}}}mo"):
            continue
        child.tag = f"{{{SPACE}}}mi"
        place = list(parent).index(child)
        if place and (parent[place - 1].tag != f"{{{SPACE}}}mo" or parent[place - 1].text == APPLIED):
            parent.insert(place, Element(f"{{{SPACE}}}mspace", width="0.17em"))
            place += 1
        applied = Element(f"{{{SPACE}}}mo")
        applied.text = APPLIED
        parent.insert(place + 1, applied)


def _visit_inline(self: Any, node: nodes.math) -> None:
    self.body.append(f'<span class="math">{mathml(node.astext())}</span>')
    raise nodes.SkipNode


def _visit_block(self: Any, node: nodes.math_block) -> None:
    number = ""
    if node.get("label"):
        called = get_node_equation_number(self, node)
        number = f'<span class="eqno">({called})</span>'
    attributes = {"CLASS": "math"} | ({"ids": node["ids"]} if node.get("ids") else {})
    self.body.append(self.starttag(node, "div", **attributes))
    self.body.append(_spoken(node.astext()) + number + "</div>")
    raise nodes.SkipNode


def _spoken(text: str) -> str:
    """A formula, or a notebook's output that has words beside its formulas."""
    if "$" not in text:
        return mathml(text, "block")
    parts, end = [], 0
    for match in FORMULA.finditer(text):
        parts.append(_words(text[end : match.start()]))
        parts.append(mathml(match[1], "block") if match[1] else mathml(match[2]))
        end = match.end()
    return "".join([*parts, _words(text[end:])])


def _words(text: str) -> str:
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _write_font(app: Any, error: Exception | None) -> None:
    """Cut the font down to mathematics and put it beside the site's style."""
    if error is not None or app.builder.format != "html":
        return
    options = Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    font = TTFont(Path(find_spec("ziamath").origin).parent / FONT)
    cutter = Subsetter(options)
    cutter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
    cutter.subset(font)
    font.flavor = "woff"
    font.save(Path(app.outdir) / "_static" / "math.woff")


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.connect("build-finished", _write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
