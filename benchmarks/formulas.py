"""Random formulas through every door of the Python API: an answer or one `OdekitError`, in silence and soon.

    python benchmarks/formulas.py [--count 10000] [--seed 0]

Trees over the whole grammar, with divisions by what may be zero, towers of powers, nested kinks, words of
Python and letters of other alphabets as names, and texts that are no formula.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit import Network, check, compile, derive, gradient_flow, solve, system
from odekit.errors import OdekitError
from odekit.expressions import FUNCTION_NAMES

__all__ = ["DOORS", "Fault", "faults", "formula", "names"]

# What one formula may take, in seconds of the processor.
SLOWEST = 5.0
NUMBERS = ("0", "1", "2", "3", "10", "0.5", "1/3", "0.1", "1e-3", "1e6", "1e30", "-1", "7/0.25", "pi")
EXPONENTS = ("2", "3", "-1", "0", "1", "8", "-2", "0.5", "1/3", "64", "17")
WORDS = (
    "x",
    "y",
    "lambda",
    "E",
    "t0",
    "beta",
    "D",
    "I",
    "N",
    "S",
    "e",
    "\u03b8",
    "x_1",
    "None",
    "sum",
    "numpy",
)
KINKS = ("abs", "relu", "step", "sign")
LINES = (
    *(("equations", "alpha"), ("equations", "D"), ("first_integrals", "I"), ("rates", "D = 0")),
    *(("limits", "D"), ("closed_forms", "beta"), ("closed_forms", "blow_up_time"), ("values", "energy")),
)


def names(dice: random.Random) -> list[str]:
    """One to three names, some of them words of Python or of SymPy."""
    return dice.sample(WORDS, dice.randint(1, 3))


def formula(dice: random.Random, letters: Sequence[str], depth: int, functions: Sequence[str]) -> str:
    """A random formula in some letters; one in forty is written as no formula is."""
    text = _tree(dice, letters, depth, functions)
    if dice.random() > 1 / 40:
        return text
    return dice.choice(
        (text.replace("**", "^"), text.replace("-", "\u2212"), text + ")", text[1:], f"ln({text})")
    )


def _tree(dice: random.Random, letters: Sequence[str], depth: int, functions: Sequence[str]) -> str:
    if depth == 0:
        return dice.choice(letters) if dice.random() < 0.7 else dice.choice(NUMBERS)
    kind = dice.random()
    inner = _tree(dice, letters, depth - 1, functions)
    if kind < 0.35:
        return f"{dice.choice(functions)}({inner})"
    if kind < 0.45:
        return f"{dice.choice(KINKS)}({inner})"
    if kind < 0.65:
        return f"({inner})**({dice.choice(EXPONENTS)})"
    other = _tree(dice, letters, dice.randrange(depth), functions)
    return f"({inner} {dice.choice('+-*/')} {other})"


Questions = Iterator[Callable[[], object]]


def _of_an_energy(dice: random.Random) -> tuple[str, Questions]:
    letters = names(dice)
    text = formula(dice, letters, dice.randint(1, 5), FUNCTION_NAMES)
    return f"energy {text} in {letters}", _asked(lambda: gradient_flow(text, letters), dice)


def _of_a_system(dice: random.Random) -> tuple[str, Questions]:
    letters = names(dice)
    texts = {name: formula(dice, [*letters, "t"], dice.randint(1, 4), FUNCTION_NAMES) for name in letters}
    return f"system {texts}", _asked(lambda: system(texts), dice)


def _of_a_network(dice: random.Random) -> tuple[str, Questions]:
    group = dice.choice(("Zp", "Z5", "Z6", "S3"))
    text = formula(dice, ["z"], dice.randint(1, 4), FUNCTION_NAMES)
    return f"activation {text} on {group}", _of(lambda: derive(Network(group, activation=text)), _shown)


def _of_lines(dice: random.Random) -> tuple[str, Questions]:
    letters = ["alpha", "beta", "D", "p", "phi"]
    kind, name = dice.choice(LINES)
    if kind == "closed_forms":
        letters = ["alpha0", "beta0", "D0", "p", "t"]
    text = formula(dice, letters, dice.randint(1, 4), FUNCTION_NAMES)
    line = {"formula": text, "to": "blow-up"} if kind == "limits" else text
    return f"check {kind} {name} = {text}", iter((lambda: check({kind: {name: line}}, Network("Zp")),))


def _asked(made: Callable[[], Any], dice: random.Random) -> Questions:
    """A system is made, asked everything that can be asked of one, and integrated for a short time."""
    value = dice.choice((0.0, 1.0, -0.5, 0.3))
    return _of(made, lambda flow: (*_shown(flow), *_computed(flow, np.full(len(flow.states), value))))


def _of(made: Callable[[], Any], questions: Callable[[Any], Sequence[Callable[[], object]]]) -> Questions:
    """Make something, and ask of it if it could be made."""
    found: list[Any] = []
    yield lambda: found.append(made())
    if found:
        yield from questions(found[0])


def _shown(flow: Any) -> Sequence[Callable[[], object]]:
    return flow.report, flow.to_dict, flow.latex, flow.python, lambda: str(flow)


def _computed(flow: Any, start: Any) -> Sequence[Callable[[], object]]:
    column = start[:, None]
    return (
        lambda: flow.function()(0.0, start),
        lambda: compile(flow).rhs(np.zeros(1), column, np.empty((0, 1)), np.empty_like(column)),
        lambda: solve(flow, start, 0.01, max_steps=500),
    )


DOORS = (_of_an_energy, _of_a_system, _of_a_network, _of_lines)


@dataclass(frozen=True)
class Fault:
    """One formula that did not end as it should."""

    number: int
    formula: str
    what: str


def faults(count: int, seed: int = 0, first: int = 0) -> Iterator[Fault]:
    """Whatever went wrong among some formulas, each of which has dice of its own."""
    for number in range(first, first + count):
        dice = random.Random(f"{seed} {number}")
        text, questions = DOORS[number % len(DOORS)](dice)
        for question in questions:
            start = time.process_time()
            what = _outcome(question)
            seconds = time.process_time() - start
            if what is None and seconds > SLOWEST:
                what = f"took {seconds:.1f} s"
            if what is not None:
                yield Fault(number, text, what)


def _outcome(work: Callable[[], object]) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            work()
    except OdekitError:
        return None
    except Exception as error:
        return f"{''.join(traceback.format_tb(error.__traceback__)[-2:])}{type(error).__name__}: {error}"
    return None


def main() -> int:
    """Tries what is asked for, and prints every fault; 1 where there is one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = 0
    for fault in faults(options.count, options.seed, options.first):
        found += 1
        print(f"{fault.number}: {fault.formula}\n{fault.what}\n", flush=True)
    print(f"{found} faults among {options.count} formulas")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
