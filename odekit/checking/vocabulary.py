"""The user's names: states under their names here, definitions, and the order of the group."""

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from odekit.checking.document import Document
from odekit.checking.flow import LOSS, TIME, Flow
from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import (
    FORMULA,
    Expression,
    Number,
    Symbol,
    check_apart,
    extent,
    folded,
    names_in,
    parse,
    spoken,
    substitute,
)
from odekit.groups import FiniteGroup

__all__ = ["Vocabulary", "checked_units", "vocabulary"]

CLOCK = "t"
MOST_PARTS = 2000  # definitions that hold one another grow like powers of two
MOST_LEVELS = FORMULA.levels


@dataclass(frozen=True)
class Vocabulary:
    """What each name of the user's stands for, as a tree in the flow's coordinates and parameters.

    Parameters
    ----------
    flow: whose coordinates they are.
    aliases: the user's names for coordinates and parameters.
    meanings: every name that a formula may hold.
    """

    flow: Flow
    aliases: Mapping[str, str]
    meanings: Mapping[str, Expression]

    def read(self, text: str) -> Expression:
        """A formula in the coordinates; of one's own system, also in t."""
        clock = {CLOCK: Symbol(CLOCK)} if self.flow.is_own else {}
        return _filled(text, {**self.meanings, **clock})

    def read_in_time(self, text: str) -> Expression:
        """A formula in t and in initial values such as ``alpha0``."""
        initial = {f"{name}0": tree for name, tree in self.meanings.items() if self._moves(tree)}
        constant = {name: tree for name, tree in self.meanings.items() if not self._moves(tree)}
        meanings = {**constant, **initial, CLOCK: Symbol(CLOCK)}
        return _filled(text, meanings)

    def _moves(self, tree: Expression) -> bool:
        return any(name in self.flow.coordinates or self.flow.is_energy(name) for name in names_in(tree))

    def meaning(self, name: str) -> Expression:
        """What a name stands for, or what a combination of names does.

        Raises
        ------
        UnknownNameError: a word that no state bears.
        """
        name = spoken(name, self.meanings)
        if name.isidentifier() and name not in self.meanings:
            states = [each for each, tree in self.meanings.items() if self._moves(tree)]
            raise UnknownNameError("state", name, states)
        return self.read(name)

    def coordinate(self, name: str) -> str:
        """The coordinate or parameter that a name is.

        Raises
        ------
        InputError: a name that stands for something else.
        """
        meaning = self.meaning(name)
        if isinstance(meaning, Symbol):
            return meaning.name
        raise InputError(
            f"{name!r} is no state of its own",
            expected=f"one of {', '.join(self.flow.coordinates)}",
            received=name,
        )

    @cached_property
    def display(self) -> Mapping[str, str]:
        """The user's name of each coordinate."""
        return {target: name for name, target in self.aliases.items()}


def checked_units(document: Document, flow: Flow) -> tuple[str, ...]:
    """The free units by the derivation's names.

    Raises
    ------
    UnknownNameError: a unit of something that doesn't exist.
    InputError: a unit of an angle.
    """
    known = (
        TIME,
        *(() if flow.is_own else (LOSS,)),
        *(name for name in flow.states if name not in flow.angles),
    )
    chosen = []
    for given in document.free_units:
        name = document.names.get(spoken(given, document.names), given)
        if name in flow.angles or name == "pi":
            raise InputError(
                f"the unit of the angle {given!r} can't be free", expected=f"of {', '.join(known)}"
            )
        if name not in known:
            raise UnknownNameError("free unit", given, known)
        chosen.append(name)
    return tuple(chosen)


def vocabulary(document: Document, flow: Flow) -> Vocabulary:
    """The names of a document.

    Raises
    ------
    InputError: a name that is no word, that stands for two things, or that is another one to Python.
    UnknownNameError: a name for a state that doesn't exist.
    """
    for name in (*document.names, *document.definitions):
        _check_word(name)
    check_apart((*document.names, *document.definitions))
    native = (*flow.coordinates, *flow.parameters)
    for name, target in document.names.items():
        if target not in native:
            raise UnknownNameError(f"state, which {name!r} is said to name:", target, native)
    renamed = set(document.names.values())
    aliases = {**{n: n for n in native if n not in renamed}, **document.names}
    if len(set(document.names.values())) < len(document.names):
        raise InputError("two names stand for one state", expected="one name for each state")
    meanings: dict[str, Expression] = {name: Symbol(target) for name, target in aliases.items()}
    meanings |= {name: order for name, order in _order(document, native).items() if name not in meanings}
    meanings |= _own_names(document, flow, meanings)
    for name, text in document.definitions.items():
        if name in document.names:
            raise InputError(f"{name!r} stands for two things", expected="a convention or a definition")
        meanings[name] = _filled(text, meanings)
    return Vocabulary(flow, aliases, meanings)


def _filled(text: str, meanings: Mapping[str, Expression]) -> Expression:
    """A formula with the meanings put in, whose size is known before."""
    tree = parse(text, meanings, FORMULA)
    parts, levels = extent(tree, {name: extent(meanings[name]) for name in names_in(tree)})
    if parts > MOST_PARTS or levels > MOST_LEVELS:
        raise InputError(
            f"the formula {text[:60]!r} is too large with its definitions put in",
            expected=f"at most {MOST_PARTS} parts and {MOST_LEVELS} levels",
        )
    return substitute(tree, meanings)


def _check_word(name: str) -> None:
    if (
        not name.isidentifier()
        or name.startswith("_")
        or (keyword.iskeyword(folded(name)) and name != "lambda")
    ):
        raise InputError(
            f"{name!r} can't be a name", expected="a word such as alpha or a_1", received=shown(name)
        )


def _own_names(document: Document, flow: Flow, known: Iterable[str]) -> dict[str, Expression]:
    """What else the file of one's own system gives a name: parameters with a value, and definitions."""
    named = {} if document.system is None else document.system.meanings
    return {name: flow.rescaled(flow.tree(each)) for name, each in named.items() if name not in known}


def _order(document: Document, native: Iterable[str]) -> dict[str, Expression]:
    """The names n and p of the order where it is a number, or a symbol of another name."""
    if document.network is None:
        return {}
    group = document.network.group
    order: Expression = (
        Number(Fraction(group.order)) if isinstance(group, FiniteGroup) else Symbol(group.symbol)
    )
    return {name: order for name in ("n", "p") if name not in native}
