"""Source code of expressions in states, parameters and time, for numbers and for arrays over a batch.

States become ``y0, y1, ...`` and parameters ``p0, p1, ...``, so a state may be called ``lambda`` or ``E``.
"""

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import mpmath
import numpy
import scipy
import sympy
from sympy.codegen.rewriting import create_expand_pow_optimization
from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

from odekit.errors import InputError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.load import execute
from odekit.systems import System
from odekit.systems.algebra import SciPyCode, codable, may_be_complex, real_values

__all__ = [
    "Dialect",
    "Formulas",
    "assignments",
    "compile_expressions",
    "formulas_of",
    "silent",
    "source_text",
]

Dialect = Literal["numpy", "mpmath"]

_PRINTERS: Mapping[str, tuple[type[PythonCodePrinter], dict[str, Any]]] = {
    "numpy": (SciPyCode, {"functools": functools, "numpy": numpy, "scipy": scipy}),
    "mpmath": (MpmathPrinter, {"mpmath": mpmath}),
}

# Longer products cost more than the power that they spell out.
_LARGEST_UNROLLED_POWER = 8


@dataclass(frozen=True)
class Formulas:
    """Expressions in named states and parameters and in the symbol ``t``, free of definitions.

    Parameters
    ----------
    expressions: any number of them.
    states, parameters: the symbols that occur, in the order of the rows of ``y`` and ``p``.

    Raises
    ------
    InputError: two of the states and parameters share a name; a symbol that is none of them nor ``t``.
    """

    expressions: tuple[sympy.Expr, ...]
    states: tuple[sympy.Symbol, ...]
    parameters: tuple[sympy.Symbol, ...]

    def __post_init__(self) -> None:
        states, parameters = self.names
        repeated = sorted(name for name, times in Counter((*states, *parameters)).items() if times > 1)
        if repeated:
            raise InputError(
                f"the name {', '.join(repeated)} is used twice", expected="distinct states and parameters"
            )
        unknown = sorted(self._occurring - {*states, *parameters, "t"})
        if unknown:
            raise InputError(
                f"the vector field holds unknown symbols: {', '.join(unknown)}",
                expected=f"states {', '.join(states)}; parameters {', '.join(parameters) or 'none'}; time t",
                hint="list them as parameters, or define them",
            )

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the states, and of the parameters."""
        return tuple(s.name for s in self.states), tuple(s.name for s in self.parameters)

    @functools.cached_property
    def _occurring(self) -> set[str]:
        return {symbol.name for entry in self.expressions for symbol in entry.free_symbols}

    @functools.cached_property
    def renamed(self) -> list[sympy.Expr]:
        """The expressions in ``t``, ``y0, y1, ...`` and ``p0, p1, ...``.

        Raises
        ------
        InputError: an integral.
        """
        if any(entry.has(sympy.Integral) for entry in self.expressions):
            raise InputError(
                "the vector field holds an integral without a closed form, for which there is no code",
                hint="for an activation odekit.derivation.HarmonicHierarchy, which sums over a lattice",
            )
        safe = self._safe
        return [
            codable(entry).xreplace({s: safe[s.name] for s in entry.free_symbols if s.name in safe})
            for entry in self.expressions
        ]

    @property
    def _safe(self) -> dict[str, sympy.Symbol]:
        states, parameters = self.names
        safe = {name: sympy.Symbol(f"y{i}") for i, name in enumerate(states)}
        return safe | {name: sympy.Symbol(f"p{j}") for j, name in enumerate(parameters)}

    def loads(self) -> Iterator[str]:
        """One line of text for each state and parameter that occurs, which takes it out of ``y`` or ``p``."""
        for name, symbol in self._safe.items():
            if name in self._occurring:
                yield f"    {symbol.name} = {symbol.name[0]}[{symbol.name[1:]}]"


def formulas_of(system: System) -> Formulas:
    """The velocities of a system's states."""
    return Formulas(tuple(system.rhs.values()), system.states, system.parameters)


@functools.lru_cache(maxsize=128)
@bounded("the code of the vector field", DERIVATION_SECONDS)
def compile_expressions(formulas: Formulas, dialect: Dialect = "numpy") -> tuple[Callable[..., None], str]:
    """The function ``f(t, y, p, out)``, which writes one row of ``out`` for each expression, and its source.

    Common subexpressions are computed once and small integer powers are products.

    Parameters
    ----------
    formulas: what to evaluate.
    dialect: "numpy" for arrays over a batch, "mpmath" for mpf.

    Raises
    ------
    InputError: an integral, or a function that the dialect can't express.
    """
    printer_type, modules = _PRINTERS[dialect]
    source = source_text(formulas, printer_type({"fully_qualified_modules": True}), modules)
    scope = {**modules, "real_values": real_values}
    scope = execute(source, scope, f"<odekit right-hand side, {dialect}>")
    function: Callable[..., None] = scope["rhs"]
    return (silent(function) if dialect == "numpy" else function), source


def silent(rhs: Callable[..., None]) -> Callable[..., None]:
    """The function without NumPy's warnings: what is not finite is a trajectory's status.

    What silences NumPy itself, once for many calls, may unwrap it.
    """

    @functools.wraps(rhs)
    def quiet(t: Any, y: Any, p: Any, out: Any) -> None:
        with numpy.errstate(all="ignore"):
            rhs(t, y, p, out)

    return quiet


def source_text(formulas: Formulas, printer: PythonCodePrinter, modules: Collection[str]) -> str:
    """Text of ``rhs(t, y, p, out)``, in a printer's words, with these modules alone.

    Raises
    ------
    InputError: as for `compile_expressions`.
    """
    shared, entries = assignments(formulas.renamed, printer, modules)
    values = (
        f"real_values({text})" if "numpy" in modules and may_be_complex(entry) else text
        for entry, text in zip(formulas.renamed, entries, strict=True)
    )
    states, parameters = map(", ".join, formulas.names)
    lines = [
        "def rhs(t, y, p, out):",
        f'    """States {states}; parameters {parameters or "none"}."""',
        *formulas.loads(),
        *(f"    {name} = {value}" for name, value in shared),
        *(f"    out[{index}] = {value}" for index, value in enumerate(values)),
    ]
    return "\n".join([*lines, ""])


def assignments(
    field: Sequence[sympy.Expr], printer: PythonCodePrinter, modules: Collection[str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Common subexpressions as (name, code), and the code of each entry.

    Raises
    ------
    InputError: a function has no code with these modules alone.
    """
    replacements, reduced = sympy.cse(field, symbols=sympy.numbered_symbols("c"))
    shared = [(symbol.name, _print(value, printer, modules)) for symbol, value in replacements]
    return shared, [_print(value, printer, modules) for value in reduced]


def _print(expression: sympy.Expr, printer: PythonCodePrinter, modules: Collection[str]) -> str:
    expand_powers = create_expand_pow_optimization(_LARGEST_UNROLLED_POWER)
    try:
        text: str = printer.doprint(expand_powers(expression))
        foreign = sorted({name.partition(".")[0] for name in printer.module_imports} - set(modules))
        if foreign:
            raise NotImplementedError(f"code needs {', '.join(foreign)}")
    except (NotImplementedError, TypeError, ValueError) as error:
        functions = sorted({str(atom.func) for atom in expression.atoms(sympy.Function)})
        raise InputError(
            f"the vector field holds a function without code, one of {', '.join(functions)}",
            hint="write it with functions that numpy knows",
        ) from error
    return text
