"""The directive `formula`: a numbered formula that `.docs/derivations` derives when the site is built.

Below it stand the public functions that derive it, as links, and the code that was run. The label by which
`{eq}` refers to it is its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.directives.patches import MathDirective

__all__ = ["Formula", "formula", "formulas"]

DERIVATIONS = Path(__file__).resolve().parents[1] / "derivations"


@dataclass(frozen=True)
class Formula:
    """A formula of the theory.

    Parameters
    ----------
    derive: writes it as LaTeX.
    by: full names of the public functions that derive it.
    """

    derive: Callable[[], str]
    by: Sequence[str]

    @property
    def code(self) -> str:
        """What is run, without the line that registers it."""
        lines = dedent(inspect.getsource(self.derive)).splitlines()
        start = next(place for place, line in enumerate(lines) if line.startswith("def "))
        return "\n".join(lines[start:])


def formula(*by: str) -> Callable[[Callable[[], str]], Formula]:
    """Make a formula of a function; its name, with hyphens, is the formula's label."""
    return lambda derive: Formula(derive, by)


@cache
def formulas() -> dict[str, Formula]:
    """Every formula by its label."""
    found: dict[str, Formula] = {}
    for path in sorted(DERIVATIONS.glob("[!_]*.py")):
        for name, value in vars(import_module(f"derivations.{path.stem}")).items():
            if isinstance(value, Formula):
                label = name.replace("_", "-")
                if label in found:
                    raise ValueError(f"two formulas are called {label}")
                found[label] = value
    return found


class FormulaDirective(MathDirective):
    """A formula by its label."""

    required_arguments, optional_arguments, has_content = 1, 0, False
    option_spec: ClassVar[dict[str, Any]] = {"unnumbered": directives.flag}

    def run(self) -> list[nodes.Node]:
        label = self.arguments[0]
        if label not in formulas():
            raise self.error(f"no function of .docs/derivations is called {label}")
        found = formulas()[label]
        self.arguments = [found.derive()]
        if "unnumbered" not in self.options:
            self.options["label"] = label
        links = ", ".join(f"{{py:obj}}`{name}`" for name in found.by)
        code = f"```{{code-block}} python\n{found.code}\n```"
        hidden = f"::::{{dropdown}} The code that was run\n:class-container: derived\n\n{code}\n::::"
        told = f":::{{container}} derived\nDerived by {links}\n:::\n\n{hidden}"
        return [*super().run(), *self.parse_text_to_nodes(told)]


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("formula", FormulaDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
