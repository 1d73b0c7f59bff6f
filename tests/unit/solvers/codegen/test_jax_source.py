"""The text of a right-hand side in the words of `jax.numpy`, which needs no JAX."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.jax_source import jax_source

a = sp.Symbol("a")


def test_functions_are_those_of_jax(system: Any) -> None:
    assert "out[0] = jax.numpy.exp(jax.numpy.sin(y0))" in jax_source(
        formulas_of(system((a,), (sp.exp(sp.sin(a)),)))
    )


def test_small_powers_are_products_and_names_are_safe(system: Any) -> None:
    exec_name = sp.Symbol("lambda")
    assert "out[0] = y0*y0*y0" in jax_source(formulas_of(system((exec_name,), (exec_name**3,))))


@pytest.mark.parametrize("function", [sp.Function("f"), sp.gamma, sp.LambertW])
def test_a_function_without_code_is_refused(system: Any, function: Any) -> None:
    with pytest.raises(InputError, match="a function without code, one of"):
        jax_source(formulas_of(system((a,), (function(a),))))


def test_an_unknown_symbol_is_refused(system: Any) -> None:
    with pytest.raises(InputError, match=r"nothing declares.*Received: c\."):
        jax_source(formulas_of(system((a,), (sp.Symbol("c") * a,))))
