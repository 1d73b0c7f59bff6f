"""One trajectory of five stiff flows at rtol 1e-8: Rodas5P by name and by "auto", SciPy's BDF and Radau.

SciPy gets the compiled right-hand side of the same system, `System.function`, and of the heat equation the
pattern of its Jacobian. The first call, which compiles, is timed apart. Diffrax's Kvaerno5 takes no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from harness import Row, Settings, measure, say
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.sparse import coo_matrix

import odekit
from odekit.solvers import Solution, solve
from odekit.solvers.codegen import formulas_of, linearisation_of

__all__ = ["ATTENTION", "NAME", "OURS", "PEERS", "rows"]

FloatArray = NDArray[np.float64]

NAME = "stiff"
ATTENTION = "attention"
OURS = ("odekit, rodas5p", "odekit, auto")
PEERS = ("scipy BDF", "scipy Radau")
RTOL, TIGHT = 1e-8, 1e-12
_POINTS, _QUICK_POINTS = 1000, 100


@dataclass(frozen=True, eq=False)
class Flow:
    """A stiff flow from one start.

    Parameters
    ----------
    system: without parameters.
    y0: (state,) float64.
    end: time at which the error is measured.
    reference: (state,) float64, where it truly ends; None where Radau at rtol 1e-12 has to tell.
    atol: the absolute tolerance.
    """

    system: Any
    y0: FloatArray
    end: float
    reference: FloatArray | None = None
    atol: float = 1e-11


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    most, budget = settings.repeats
    for name, flow in _flows(settings).items():
        reference = _by_scipy(flow, "Radau", TIGHT)[1] if flow.reference is None else flow.reference
        for who, follow in _contenders(flow).items():
            (steps, end), timing = measure(follow, most, budget)
            error = float(np.abs(end - reference).max() / np.abs(reference).max())
            yield say(Row(NAME, who, name, 1, 1, timing, error, {"steps": steps, "states": len(end)}))


def _contenders(flow: Flow) -> dict[str, Callable[[], tuple[int, FloatArray]]]:
    ours = {f"odekit, {method}": partial(_by_odekit, flow, method) for method in ("rodas5p", "auto")}
    return ours | {f"scipy {method}": partial(_by_scipy, flow, method, RTOL) for method in ("BDF", "Radau")}


def _by_odekit(flow: Flow, method: str) -> tuple[int, FloatArray]:
    solved: Solution = solve(flow.system, flow.y0, flow.end, method=method, rtol=RTOL, atol=flow.atol)
    return int(solved.steps[0]), solved.y[-1, :, 0]


def _by_scipy(flow: Flow, method: str, rtol: float) -> tuple[int, FloatArray]:
    f = flow.system.function()
    count = len(flow.y0)
    pattern = None
    if count > 64:
        known = linearisation_of(formulas_of(flow.system))
        ones = np.ones(len(known.rows))
        pattern = coo_matrix((ones, (known.rows, known.columns)), shape=(count, count))
    solved = solve_ivp(
        lambda t, y: f(t, y, ()),
        (0.0, flow.end),
        flow.y0,
        method,
        rtol=rtol,
        atol=flow.atol * rtol / RTOL,
        jac_sparsity=pattern,
        t_eval=[flow.end],
    )
    return solved.nlu, solved.y[:, -1]


def _flows(settings: Settings) -> dict[str, Flow]:
    """The flows by name."""
    oscillator = odekit.system({"x": "v", "v": "1000*(1 - x**2)*v - x"})
    relaxation = odekit.system({"x": "-1e6*(x - cos(t))"})
    rate = 1e6
    relaxed = rate * (rate * np.cos(10.0) + np.sin(10.0)) / (1 + rate**2)
    return {
        ATTENTION: Flow(_attention(), np.array([0.3, -0.2, 0.3, -0.25, 0.3, 0.2]), 2e4, None, 3e-12),
        "van der Pol": Flow(oscillator, np.array([2.0, 0.0]), 1614.29),
        "Robertson": _robertson(),
        "relaxation": Flow(relaxation, np.array([0.0]), 10.0, np.array([relaxed])),
        "heat equation": _heat(_QUICK_POINTS if settings.quick else _POINTS),
    }


def _attention() -> Any:
    """Two heads of averaged softmax attention, head h with readout m_h and score q_h k_h, on white data.

    ``L = (1 - 2 sum_h m_h w_h + (sum_h m_h w_h)**2 + c sum_hk m_h m_k exp(w_h w_k))/2``
    with w_h = q_h k_h and c = 1/2; on m_1 = -m_2, w_1 = -w_2 the last sum is ``4 m**2 sinh(w**2)``. A valley
    leads down slowly.
    """
    w, m = ("q1*k1", "q2*k2"), ("m1", "m2")
    product = f"(m1*{w[0]} + m2*{w[1]})"
    spread = " + ".join(f"{m[i]}*{m[j]}*exp({w[i]}*{w[j]})" for i in range(2) for j in range(2))
    energy = f"(1 - 2*{product} + {product}**2 + ({spread})/2)/2"
    return odekit.gradient_flow(energy, ["m1", "m2", "q1", "q2", "k1", "k2"])


def _robertson() -> Flow:
    """To t = 1e11, with the values of the Test Set for Initial Value Problem Solvers, release 2.4."""
    system = odekit.system({"a": "-a/25 + 1e4*b*c", "b": "a/25 - 1e4*b*c - 3e7*b**2", "c": "3e7*b**2"})
    published = np.array([0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050])
    return Flow(system, np.array([1.0, 0.0, 0.0]), 1e11, published, 1e-14)


def _heat(points: int) -> Flow:
    """u_t = u_xx on the interior points of a grid, from the first and the third mode, to t = 1/5."""
    names = ["0", *(f"u{i}" for i in range(points)), "0"]
    triples = zip(names, names[1:], names[2:], strict=False)
    scale = (points + 1) ** 2
    system = odekit.system({name: f"{scale}*({left} - 2*{name} + {right})" for left, name, right in triples})
    x = np.arange(1, points + 1) / (points + 1)
    modes = np.array([np.sin(np.pi * x), 0.5 * np.sin(3 * np.pi * x)])
    decay = np.exp(-0.8 * scale * np.sin(np.array([1, 3]) * np.pi / 2 / (points + 1)) ** 2)
    return Flow(system, modes.sum(axis=0), 0.2, decay @ modes)
