from __future__ import annotations

from odekit.expressions import FORMULA, Symbol, children, extent, names_in, parse, substitute

NAMES = ("x", "y", "z")


def test_names_are_found_below_every_kind_of_node() -> None:
    tree = parse("sin(x)**2/3 - (y + 1)**(1/3)*pi", NAMES, FORMULA)
    assert names_in(tree) == {"x", "y"}


def test_all_names_are_replaced_at_once() -> None:
    tree = parse("x*sin(y) - x**2", NAMES)
    swapped = substitute(tree, {"x": Symbol("y"), "y": Symbol("x")})
    assert swapped == parse("y*sin(x) - y**2", NAMES)


def test_a_tree_without_the_names_stays_the_same() -> None:
    tree = parse("(x + 1)**(2/3)", NAMES, FORMULA)
    assert substitute(tree, {"z": Symbol("y")}) == tree


def test_the_extent_is_that_of_the_tree_with_names_put_in() -> None:
    outer, inner = parse("sin(x)*x + y", NAMES), parse("(y + 1)**2/3", NAMES)
    assert extent(outer, {"x": extent(inner)}) == extent(substitute(outer, {"x": inner}))


def test_a_leaf_has_no_children() -> None:
    assert list(children(Symbol("x"))) == []
    assert list(children(parse("-x", NAMES)))[-1] == Symbol("x")
