"""What would be right: the derived formula in the user's units, and which symbols tell the two apart."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from odekit.checking import algebra
from odekit.checking.statements import Statement
from odekit.checking.vocabulary import Vocabulary
from odekit.errors import ReductionError
from odekit.expressions import Expression, names_in, substitute

__all__ = ["correction", "symbol_notes"]


def correction(statement: Statement, words: Vocabulary, units: Mapping[str, Expression]) -> Expression | None:
    """The right formula: the derived one, or the derived first integral that looks most alike."""
    if statement.kind == "first integral":
        return _nearest_integral(statement, words, units)
    if statement.corrected is None:
        return None
    known = {condition.name: condition.value for condition in statement.conditions}
    return substitute(substitute(statement.corrected, units), known)


def _nearest_integral(
    statement: Statement, words: Vocabulary, units: Mapping[str, Expression]
) -> Expression | None:
    candidates = list(_integrals(words, units))
    written = algebra.text(words.read(statement.line.formula), words.flow, words.display)

    def alike(tree: Expression) -> float:
        told = algebra.text(tree, words.flow, words.display)
        return SequenceMatcher(None, told, written).ratio()

    return max(candidates, key=alike, default=None)


def _integrals(words: Vocabulary, units: Mapping[str, Expression]) -> Iterator[Expression]:
    """The derivation's integrals, those that can be told in the states at hand."""
    flow = words.flow
    for integral in flow.system.first_integrals():
        if {symbol.name for symbol in integral.free_symbols} <= {*flow.coordinates, *flow.parameters}:
            try:
                yield substitute(flow.rescaled(flow.tree(integral)), units)
            except ReductionError:
                continue


def symbol_notes(statement: Statement, right: Expression | None, words: Vocabulary) -> tuple[str, ...]:
    """Which names are missing from a formula, and which are too many."""
    if right is None or statement.kind not in ("equation", "rate", "energy", "logit scale"):
        return ()
    given = {words.display.get(name, name) for name in names_in(statement.given)}
    told = set(re.findall(r"[A-Za-z_]\w*", algebra.text(right, words.flow, words.display)))
    needed = told & {words.display.get(name, name) for name in names_in(right)}
    for name, meaning in words.flow.definitions.items():
        shown, parts = words.display.get(name, name), {words.display.get(n, n) for n in names_in(meaning)}
        if shown in needed - given and parts <= given:
            needed = needed - {shown} | parts
    missing, excess = sorted(needed - given), sorted(given - needed)
    notes = (f"{', '.join(missing)} missing",) if missing else ()
    return (*notes, f"{', '.join(excess)} not in the derived formula") if excess else notes
