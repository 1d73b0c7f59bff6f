"""A lifted system as a Python function of blocks that needs NumPy only."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.blocks.words import Letter, Word

__all__ = ["block_python"]


def block_python(lifted: Lifted) -> str:
    """Source of ``vector_field(blocks)``, of blocks by weight group, one for each irrep, trivial first."""
    flow, letters = lifted.flow, lifted.flow.letters
    lines = [
        "def vector_field(blocks):",
        '    """Time derivative of the blocks sum_g f(g) rho(g).',
        "",
        f"    blocks: {{{', '.join(map(repr, letters))}}} to lists of (d, d) arrays, one for each irrep of",
        f"    {lifted.group.name}, in any order but for the trivial one, which is the first.",
        '    """',
        f"    n = {lifted.group.order}",
        f"    {', '.join(letters)} = ({', '.join(f'blocks[{name!r}]' for name in letters)})",
        "    E = sum(",
        f"        len(xi[i]) / n * numpy.trace({_code(flow.energy)}).real for i in range(1, len(xi))",
        "    )",
        "    return {",
        *_entries(lifted),
        "    }",
    ]
    return "\n".join(["import numpy", "", "", *lines, ""])


def _entries(lifted: Lifted) -> Iterator[str]:
    for name, words in lifted.flow.free_field.items():
        radial = lifted.flow.radial[name]
        taken = f" - {_number(radial)}*E*{name}[i]" if radial else ""
        trivial = f"-{_number(radial)}*E*{name}[0]" if radial else f"0*{name}[0]"
        yield f"        {name!r}: [{trivial}, *({_code(words)}{taken} for i in range(1, len(xi)))],"


def _code(words: Mapping[Word, Fraction]) -> str:
    terms = [f"{_number(value)}*({' @ '.join(map(_factor, word))})" for word, value in words.items()]
    return " + ".join(terms) or "0*xi[i]"


def _factor(letter: Letter) -> str:
    return f"{letter.name}[i]" + (".conj().T" if letter.is_adjoint else "")


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
