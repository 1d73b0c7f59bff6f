"""The verdict on lines in words: equal as words, or at every block of the group, or where not.

Words that differ may still be equal at small blocks: a quaternion and its adjoint add up to a number.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

import numpy as np

from odekit.arrays import ComplexArray
from odekit.checking.document import Document, Line
from odekit.checking.finding import Finding
from odekit.checking.words.reading import Formula, number_of, read_formula
from odekit.checking.words.word_sum import Letter, WordSum, along, letter, scaled, total
from odekit.errors import InputError, LimitError, ReductionError, UnknownNameError
from odekit.expressions import Expression, spoken
from odekit.systems import BlockFlow, BlockStack

__all__ = ["judge_words"]

ENERGY = "E"
DRAWS = 4  # of blocks of each kind and size
_CLOSE = 1e-9  # relative to the largest that the words could be, above the rounding of float64


def judge_words(
    document: Document, blocks: BlockFlow, factor: Expression, rng: np.random.Generator
) -> list[Finding]:
    """What became of each line.

    Parameters
    ----------
    blocks: the derived flow.
    factor: what its velocities are multiplied by, in the lines' time: a number.

    Raises
    ------
    InputError: a line that can't be read, or free units.
    UnknownNameError: a name that no matrix has.
    """
    if document.free_units:
        raise InputError("units of matrices can't be free", received=", ".join(document.free_units))
    judge = _Judge(document, blocks, number_of(factor), rng)
    return [judge.finding(line) for line in document.lines]


class _Judge:
    """The flow in words, in the user's names."""

    def __init__(
        self, document: Document, blocks: BlockFlow, factor: Fraction, rng: np.random.Generator
    ) -> None:
        self._names = document.names
        for target in self._names.values():
            if target not in blocks.letters:
                raise UnknownNameError("matrix", target, blocks.letters)
        self._shown = {target: name for name, target in self._names.items()}
        self._velocities = {name: scaled(factor, _velocity(blocks, name)) for name in blocks.letters}
        self._meanings: dict[str, WordSum] = {
            self._shown.get(name, name): letter(name) for name in blocks.letters
        }
        if blocks.has_spheres:
            self._meanings[ENERGY] = {(1, ()): Fraction(1)}
        for name, text in document.definitions.items():
            self._meanings[name] = read_formula(text, self._meanings).words
        self._blocks = [
            (stack.names[0], [_drawn(stack, blocks.letters, rng) for _ in range(DRAWS)])
            for stack in blocks.stacks
            if not stack.is_trivial
        ]

    def finding(self, line: Line) -> Finding:
        """What became of a line."""
        if line.kind not in ("equation", "first integral") or line.conditions:
            reason = ReductionError(
                f"a {line.kind} can't be checked in words of matrices",
                expected="equations and first integrals, without conditions",
                received=line.item,
                hint="odekit derive, which tells the rates and the landscape",
            )
            return Finding(line.item, line.kind, line.formula, None, str(reason))
        try:
            return self._equation(line) if line.kind == "equation" else self._integral(line)
        except LimitError as error:
            return Finding(line.item, line.kind, line.formula, None, str(error))

    def _equation(self, line: Line) -> Finding:
        name = spoken(line.of, self._meanings)
        if name not in self._meanings or name == ENERGY:
            raise UnknownNameError("matrix", name, [each for each in self._meanings if each != ENERGY])
        given = read_formula(line.formula, self._meanings)
        if given.kind != "matrix":
            raise InputError(f"the velocity of {name} is a matrix", received=line.formula[:80])
        derived = along(self._meanings[name], self._velocities)
        return self._compared(line, given, given.words, derived, self._text(derived))

    def _integral(self, line: Line) -> Finding:
        given = read_formula(line.formula, self._meanings)
        if any(power for power, _ in given.words):
            raise InputError(f"the first integral {line.item!r} holds E, which changes in time")
        if not {word for _, word in given.canonical(given.words)} - {()}:
            evidence = "it is a constant, which is conserved trivially"
            return Finding(line.item, line.kind, line.formula, False, evidence)
        return self._compared(line, given, along(given.words, self._velocities), {}, None)

    def _compared(
        self, line: Line, formula: Formula, given: WordSum, derived: WordSum, corrected: str | None
    ) -> Finding:
        gap = formula.canonical(total(given, scaled(Fraction(-1), derived)))
        if not gap:
            return Finding(line.item, line.kind, line.formula, True, "proved as words of matrices")
        for name, draws in self._blocks:
            for values in draws:
                value, size = _value(gap, values, formula.kind)
                if np.abs(value).max() > _CLOSE * size:
                    sides = [_value(words, values, formula.kind)[0] for words in (given, derived)]
                    return self._difference(line, name, value, sides, _constant(given, derived), corrected)
        evidence = "9 digits at random blocks of every irrep, though not as words"
        return Finding(line.item, line.kind, line.formula, True, evidence)

    def _difference(
        self,
        line: Line,
        irrep: str,
        gap: ComplexArray,
        sides: Sequence[ComplexArray],
        constant: str | None,
        corrected: str | None,
    ) -> Finding:
        place = np.unravel_index(int(np.abs(gap).argmax()), gap.shape)
        part = np.real if abs(gap[place].real) >= abs(gap[place].imag) else np.imag
        where = f", entry {place[0] + 1}{place[1] + 1}" if gap.size > 1 else ""
        told = " (imaginary part)" if part is np.imag else ""
        given, derived = (float(part(side[place])) for side in sides)
        return Finding(
            item=line.item,
            kind=line.kind,
            formula=line.formula,
            agrees=False,
            evidence=f"at a random block of irrep {irrep}{where}{told}",
            constant=constant,
            ratio=constant,
            given=given,
            derived=derived,
            corrected=corrected,
        )

    def _text(self, words: WordSum) -> str:
        """A sum in the user's names, each sign in front of its term."""
        text = ""
        for (power, word), value in words.items():
            factors = [self._factor(*run) for run in ((key, len([*same])) for key, same in groupby(word))]
            size = [] if abs(value) == 1 and factors else [str(abs(value))]
            sign = "-" if value < 0 else ""
            joint = f" {sign or '+'} " if text else sign
            text += joint + "*".join([*size, *([ENERGY] * power), *factors])
        return text or "0"

    def _factor(self, letter: Letter, times: int) -> str:
        name, is_adjoint = letter
        shown = self._shown.get(name, name)
        return (f"Adjoint({shown})" if is_adjoint else shown) + (f"**{times}" if times > 1 else "")


def _velocity(blocks: BlockFlow, name: str) -> WordSum:
    """The derived velocity of a matrix."""
    free = total(*({(0, word): value} for value, word in blocks.terms[name]))
    return total(free, {(1, ((name, False),)): -blocks.radial[name]})


def _constant(given: WordSum, derived: WordSum) -> str | None:
    """Given over derived, where that is one number."""
    if not derived or given.keys() != derived.keys():
        return None
    ratios = {given[key] / derived[key] for key in derived}
    return str(ratios.pop()) if len(ratios) == 1 else None


def _drawn(stack: BlockStack, letters: Sequence[str], rng: np.random.Generator) -> dict[str, ComplexArray]:
    """A random block of each letter, of the stack's type, and a value of E."""
    found: dict[str, ComplexArray] = {ENERGY: np.array([[rng.normal()]], dtype=np.complex128)}
    for name in letters:
        d, columns = stack.dimension, stack.columns
        block = rng.normal(size=(d, columns)) + 1j * (stack.kind != "R") * rng.normal(size=(d, columns))
        if stack.kind == "H":
            above, below = block[:columns], block[columns:]
            block = np.block([[above, -below.conj()], [below, above.conj()]])
        found[name] = block
    return found


def _value(words: WordSum, values: Mapping[str, ComplexArray], kind: str) -> tuple[ComplexArray, float]:
    """The matrix or number, and how large its parts are together."""
    d = len(next(block for name, block in values.items() if name != ENERGY))
    result, size = np.zeros((d, d), dtype=np.complex128), 0.0
    for (power, word), value in words.items():
        term = float(value) * values[ENERGY][0, 0] ** power * np.eye(d)
        large = abs(float(value)) * abs(values[ENERGY][0, 0]) ** power
        for name, is_adjoint in word:
            block = values[name]
            term = term @ (block.conj().T if is_adjoint else block)
            large *= float(np.linalg.norm(block))
        result, size = result + term, size + large
    if kind == "matrix":
        return result, size
    number = np.trace(result)
    part = {"trace": number, "re": number.real, "im": number.imag}[kind]
    return np.array([[part]], dtype=np.complex128), d * size
