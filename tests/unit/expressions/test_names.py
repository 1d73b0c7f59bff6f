"""Names that Python's parser folds into one: refused as two, met as one."""

import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.expressions import FORMULA, Symbol, check_apart, folded, names_in, parse, spoken
from odekit.systems import ANY, System, gradient_flow, system

PAIRS = {
    "two phis": ("\N{GREEK PHI SYMBOL}", "\N{GREEK SMALL LETTER PHI}"),
    "two epsilons": ("\N{GREEK LUNATE EPSILON SYMBOL}", "\N{GREEK SMALL LETTER EPSILON}"),
    "a full-width letter": ("\N{FULLWIDTH LATIN SMALL LETTER Q}", "q"),
    "a subscript letter": ("a\N{LATIN SUBSCRIPT SMALL LETTER N}", "an"),
    "a bold letter": ("\N{MATHEMATICAL BOLD SMALL W}", "w"),
    "an accent of its own": ("e\N{COMBINING ACUTE ACCENT}", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
}


@pytest.fixture(params=PAIRS.values(), ids=PAIRS)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


def test_two_forms_of_one_name_are_refused_wherever_names_are_declared(pair: tuple[str, str]) -> None:
    one, other = pair
    with pytest.raises(InputError, match=r"one name to Python.*U\+"):
        parse(f"{one} - {other}", pair, FORMULA)
    with pytest.raises(InputError, match="one name to Python"):
        gradient_flow(f"{one}*x**2/2 + {other}*x", "x", parameters=list(pair))
    with pytest.raises(InputError, match="one name to Python"):
        system({one: f"-{one}", other: f"-2*{other}"})
    with pytest.raises(InputError, match="one name to Python"):
        system({one: f"-{other}*{one}"}, parameters=other)


def test_symbols_that_never_were_text_are_refused_by_the_system(pair: tuple[str, str]) -> None:
    a, b = (sp.Symbol(name, real=True) for name in pair)
    with pytest.raises(InputError, match="one name to Python"):
        System({a: -a, b: -2 * b}, ANY)
    with pytest.raises(InputError, match="one name to Python"):
        System({a: -b * a}, ANY, parameters=(b,))


def test_one_name_is_met_in_both_forms_and_keeps_the_declared_one(pair: tuple[str, str]) -> None:
    one, other = pair
    assert parse(other, [one]) == parse(one, [one]) == Symbol(one)
    assert spoken(other, ["z", one]) == one
    flow = system({"x": f"-{other}*x"}, parameters=one)
    assert [symbol.name for symbol in flow.parameters] == [one]
    assert flow[other] == flow.parameters[0]


def test_names_that_differ_stay_apart() -> None:
    names = ["\N{GREEK PHI SYMBOL}", "\N{GREEK SMALL LETTER PSI}", "x", "X", "x_1", "x1"]
    check_apart(names)
    assert names_in(parse(" + ".join(names), names)) == set(names)
    assert spoken("y", names) == "y"


@pytest.mark.parametrize("name", ["t", "pi", "sin", "lambda"])
def test_a_reserved_name_is_reserved_in_every_form(name: str) -> None:
    wide = "".join(chr(ord(letter) - ord("a") + ord("\N{FULLWIDTH LATIN SMALL LETTER A}")) for letter in name)
    assert folded(wide) == name
    with pytest.raises(InputError, match="can't be the name"):
        system({"x": "-x"}, parameters=wide)


def test_a_word_of_python_is_not_taken_for_a_name_of_nearly_its_letters() -> None:
    tree = parse("_ambda - lambda", ["_ambda", "lambda"])
    assert names_in(tree) == {"_ambda", "lambda"}
    with pytest.raises(InputError, match="unknown name"):
        parse("_ambda", ["lambda"])


def test_columns_count_letters_and_not_bytes() -> None:
    with pytest.raises(InputError, match="column 6"):
        parse("\N{GREEK SMALL LETTER PHI}" * 2 + " + w", ["\N{GREEK SMALL LETTER PHI}" * 2])
