"""Mappings of names that a user passes: their order changes nothing, and names meet in every form."""

from itertools import permutations

import numpy as np
import pytest

from odekit import Network, derive, gradient_flow, solve, system
from odekit.errors import InputError, UnknownNameError
from odekit.solvers import Event, horizon
from odekit.systems import System, variable

START = {"a": [0.7, -0.3], "b": [0.2, 0.9], "c": [1.1, 0.4], "d": [0.5, 0.6]}
RATES = {"k": 0.3, "m": [1.7, 1.1], "q": 0.9}
LETTERS = {"a": "k", "b": "m", "c": "q"}
EQUATIONS = {"a": "-k*a + m*b*c", "b": "q*sin(a) - b", "c": "k*a*b - m*c**3", "d": "q*(a + b + c) - d"}


def _coupled() -> System:
    return system(EQUATIONS, parameters="k m q")


def _bits(flow: System, start: dict, **settings: object) -> bytes:
    solution = solve(flow, start, [0.0, 0.2, 0.4], **settings)
    events = b"" if solution.event_t is None else np.asarray(solution.event_t).tobytes()
    return solution.y.tobytes() + events


@pytest.mark.parametrize(
    "settings",
    [
        {},
        pytest.param({"method": "dop853", "backend": "numba"}, marks=pytest.mark.long),
        {"backend": "mpmath"},
        {"events": "powers"},
        {"dense": True},
    ],
    ids=["numpy", "numba", "mpmath", "events", "dense"],
)
def test_the_order_of_initial_values_parameters_and_powers_changes_no_bit(settings: dict) -> None:
    flow, found = _coupled(), set()
    powers = {"a": 3, "b": 1, "c": 2}
    for order in list(permutations(START))[::7]:
        chosen = dict(settings)
        if "events" in chosen:
            chosen["events"] = [
                horizon({n: powers[n] for n in order if n in powers}, threshold=0.05, terminal=False),
                Event("a*b - c*d"),
            ]
        start = {name: START[name] for name in order}
        rates = {LETTERS[name]: RATES[LETTERS[name]] for name in order if name in LETTERS}
        found.add(_bits(flow, start, parameters=rates, **chosen))
    assert len(found) == 1


def test_a_closed_subset_of_a_derived_system_is_solved_alike_in_any_order() -> None:
    flow = derive(Network("Zp"))
    values = {"alpha": [0.2, 0.3], "beta": [0.1, 0.3], "D": [0.4, -1.0]}
    for method in ("auto", "dop853", "exact"):
        found = {
            _bits(flow, {name: values[name] for name in order}, parameters={"p": 5.0}, method=method)
            for order in permutations(values)
        }
        assert len(found) == 1


def test_other_values_are_other_bits() -> None:
    """The comparison by bits would notice a change."""
    flow = _coupled()
    swapped = {**START, "a": START["b"], "b": START["a"]}
    assert _bits(flow, START, parameters=RATES) != _bits(flow, swapped, parameters=RATES)


def test_a_keyword_in_pythons_form_of_a_letter_reaches_the_name_that_was_declared() -> None:
    flow = system({"x": "-\N{GREEK PHI SYMBOL}*x"}, parameters="\N{GREEK PHI SYMBOL}")
    end = solve(flow, {"x": 1.0}, 1.0, parameters={"\N{GREEK SMALL LETTER PHI}": 2.0}).y[-1, 0, 0]
    assert abs(end - np.exp(-2.0)) < 1e-8


def test_a_name_that_is_given_in_two_forms_is_refused() -> None:
    flow = system({"\N{GREEK PHI SYMBOL}": "-\N{GREEK PHI SYMBOL}"})
    both = {"\N{GREEK PHI SYMBOL}": 1.0, "\N{GREEK SMALL LETTER PHI}": 2.0}
    with pytest.raises(InputError, match="given twice"):
        solve(flow, both, 1.0)
    with pytest.raises(UnknownNameError, match="unknown state 'y'"):
        solve(flow, {"y": 1.0}, 1.0)


def test_a_metric_that_names_a_state_twice_is_refused_in_both_orders() -> None:
    x = variable("x", 2)
    for metric in ({"x": 2, "x1": 3}, {"x1": 3, "x": 2}):
        with pytest.raises(InputError, match="metric of x1 is given twice"):
            gradient_flow("x1**2 + x2**2", x, metric=metric)
    apart = [
        gradient_flow("x1**2 + x2**2", x, metric=dict(m)) for m in ({"x1": 2, "x2": 3}, {"x2": 3, "x1": 2})
    ]
    assert apart[0].vector_field == apart[1].vector_field
