"""Which backend computes a batch."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import sympy as sp

from odekit.derivation import lifted_system
from odekit.errors import InputError
from odekit.networks import Network
from odekit.solvers import backends, compile, solve
from odekit.solvers.backends import SMALLEST_BATCH, check_backend, compile_for

MILLION = 1_000_000


def is_tried(system: Any, monkeypatch: pytest.MonkeyPatch, batch: int, needs_steps: bool = False) -> bool:
    """Whether the rule behind "auto" picks numba, had it been installed."""
    asked = []
    monkeypatch.setattr(backends, "is_installed", lambda: True)
    monkeypatch.setattr(backends, "_compile_fast", lambda *arguments: asked.append(arguments))
    compile_for(system, "auto", batch=batch, needs_steps=needs_steps)
    return bool(asked)


def test_auto_takes_numba_from_a_hundred_thousand_on(reduced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SMALLEST_BATCH == 100_000
    assert is_tried(reduced, monkeypatch, 100_000)
    assert not is_tried(reduced, monkeypatch, 99_999)


def test_auto_takes_numpy_for_events_and_dense_output(reduced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_tried(reduced, monkeypatch, MILLION, needs_steps=True)


def test_auto_takes_numpy_for_large_systems(system: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for count, expected in ((8, True), (9, False)):
        states = sp.symbols(f"x:{count}")
        assert is_tried(system(states, states), monkeypatch, MILLION) == expected


def test_auto_takes_numpy_for_systems_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = lifted_system(Network("Z2"))
    monkeypatch.setattr(backends, "compile", lambda system, *_: system)
    assert not is_tried(blocks, monkeypatch, MILLION)


def test_auto_takes_numpy_where_numba_is_missing(reduced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compile_for(reduced, "auto", batch=MILLION, needs_steps=False).backend == "numpy"


def test_auto_takes_numpy_where_numba_does_not_load(system: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = sp.Symbol("x")
    never_compiled = system((x,), (sp.Rational(19, 23) * x,))
    monkeypatch.setattr(backends, "is_installed", lambda: True)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert compile_for(never_compiled, "auto", batch=MILLION, needs_steps=False).backend == "numpy"


def test_auto_takes_numpy_for_functions_that_only_arrays_have(system: Any) -> None:
    x = sp.Symbol("x")
    field = system((x,), (sp.re(x),))
    assert compile_for(field, "auto", batch=MILLION, needs_steps=False).backend == "numpy"


def test_an_error_of_the_system_stays_an_error(system: Any) -> None:
    x, c = sp.symbols("x c")
    with pytest.raises(InputError, match=r"nothing declares.*Received: c\."):
        compile_for(system((x,), (c * x,)), "auto", batch=MILLION, needs_steps=False)


@pytest.mark.parametrize("backend", ["mpmath", "numba", "jax"])
def test_backends_without_events_say_which_has_them(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for required in ("require_numba", "require_jax"):
        monkeypatch.setattr(backends, required, lambda: None)
    with pytest.raises(InputError, match=f"'{backend}' finds no events.*Try: backend=\"numpy\""):
        check_backend(backend, needs_steps=True)


def test_an_unknown_backend_is_refused_with_a_list() -> None:
    expected = r"'fortran' isn't available.*auto, numpy, numba, mpmath, jax.*odekit\[fast\].*odekit\[jax\]"
    with pytest.raises(InputError, match=expected):
        check_backend("fortran", needs_steps=False)


@pytest.mark.parametrize(("backend", "extra"), [("numba", "fast"), ("jax", "jax")])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    system: Any, backend: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = sp.Symbol("x")
    never_compiled = system((x,), (sp.Rational(17, 19) * x,))
    monkeypatch.setitem(sys.modules, backend, None)
    expected = rf"needs {backend}.*extra '{extra}'.*pip install 'odekit\[{extra}\]'"
    with pytest.raises(InputError, match=expected):
        check_backend(backend, needs_steps=False)
    with pytest.raises(InputError, match=expected):
        compile(never_compiled, backend)
    with pytest.raises(InputError, match=expected):
        solve(never_compiled, [1.0], 0.1, backend=backend)


@pytest.mark.slow
def test_a_small_batch_does_not_load_numba() -> None:
    script = (
        "import sys, odekit\n"
        "print(odekit.solve(odekit.system({'x': '-x'}), [[1.0] * 5000], 1.0).backend, 'numba' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["numpy", "False"]


def test_the_solvers_load_no_algebra_and_no_special_functions_before_they_need_them() -> None:
    script = "import sys, odekit.solvers; print({'numba', 'scipy', 'sympy', 'mpmath'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
