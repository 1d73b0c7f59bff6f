"""Every argument of every public function, replaced by strangers: an answer, or an error of odekit's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.arguments import chosen, expect, flag, floats, mapping, path_of, text_of
from odekit.errors import InputError, OdekitError, UnknownNameError, shown

NETWORK = odekit.Network("Z5", neurons=2)
RUN = odekit.simulate(NETWORK, t_end=0.1, snapshots=3)
SYSTEM = odekit.system({"x": "-k*x"}, parameters="k")
DECAY = {"system": SYSTEM, "y0": [1.0], "t": 1.0, "parameters": {"k": 1.0}}
SOLUTION = odekit.solve(**DECAY, dense=True)
X = sp.Symbol("x")
ROW = [0.1]


def solved_with_an_event(**given: Any) -> Any:
    return odekit.solve(**DECAY, events=[odekit.Event(**given)])


def of_a_file(**given: Any) -> odekit.Run:
    with TemporaryDirectory() as folder:
        return odekit.load_run(RUN.save(Path(folder) / "run.npz"), **given)


FLOW = odekit.gradient_flow("x**2/2", "x")
PREDICTION = odekit.predict(RUN)
RECORD = odekit.Trajectory([0.0, 1.0, 2.0], {"x": [1.0, 0.4, 0.1]})

DOORS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Event": (
        solved_with_an_event,
        {"function": "x - 1/2", "direction": 0, "terminal": False, "name": "e", "at_start": False}
        | {"crosses_once": False},
    ),
    "Network": (odekit.Network, {"group": "Z5", **NETWORK.description()}),
    "FiniteGroup": (
        odekit.FiniteGroup,
        {"name": "Z2", "table": [[0, 1], [1, 0]], "labels": ("0", "1"), "factors": (2,)},
    ),
    "Run": (odekit.Run, {"t": RUN.t, "weights": RUN.weights, "network": NETWORK, "meta": {}, "records": {}}),
    "System": (
        odekit.System,
        {"velocities": {X: -X}, "answers": SYSTEM.answers, "parameters": (), "definitions": {}, "leaks": {}}
        | {"constraints": {}, "time": None, "solution": {}},
    ),
    "blow_up_time": (odekit.blow_up_time, {"alpha": ROW, "beta": ROW, "D": ROW, "rate": 1.0}),
    "exact_orbit": (odekit.exact_orbit, {"alpha": ROW, "beta": ROW, "D": ROW, "rate": 1.0, "t": ROW}),
    "exact_modes": (
        odekit.exact_modes,
        {"alpha": ROW, "phi": ROW, "beta": ROW, "psi": ROW, "rate": 1.0, "t": ROW},
    ),
    "exact_modes_before_blow_up": (
        odekit.exact_modes_before_blow_up,
        {"alpha": ROW, "phi": ROW, "beta": ROW, "psi": ROW, "rate": 1.0, "z": ROW},
    ),
    "check": (odekit.check, {"equations": {"x": "-k*x"}, "network": SYSTEM, "seed": 0}),
    "claim": (
        lambda **given: odekit.claim(**given)(len),
        {"id": "mine", "statement": "It is.", "prediction": 1.0, "control": None, "tolerance": None}
        | {"source": "", "hypotheses": "", "applies": None, "full_only": False, "takes": {"k": float}},
    ),
    "Measurement": (
        odekit.Measurement,
        {"value": 1.0, "budget": 0.1, "checks": {}, "evidence": {}, "text": ""},
    ),
    "compare": (
        odekit.compare,
        {"source": RUN, "tolerance": 0.1, "horizon_level": 0.1, "scale_field": 1.0}
        | {"order": 2, "prediction": PREDICTION},
    ),
    "compare a trajectory": (
        odekit.compare,
        {"source": RECORD, "system": SYSTEM, "observe": None, "parameters": {"k": 1.0}, "start": None}
        | {"tolerance": 0.01, "rtol": 1e-9},
    ),
    "Trajectory": (
        odekit.Trajectory,
        {"t": [0.0, 1.0, 2.0], "values": {"x": [1.0, 0.5, 0.2]}, "meta": {}, "file": None},
    ),
    "load_trajectory": (odekit.load_trajectory, {"path": "none.npz", "meta": None}),
    "compile": (odekit.compile, {"system": SYSTEM, "backend": "numpy", "method": "dop853"}),
    "derive": (odekit.derive, {"network": NETWORK, "modes": "1", "order": 1}),
    "estimate_rate": (
        odekit.estimate_rate,
        {"t": np.arange(50.0), "distance": np.exp(-np.arange(50.0)), "floor": None, "start": 0.1},
    ),
    "expectation": (
        odekit.expectation,
        {"expression": "k*x**2", "gaussian": {"x": (0, 1)}, "data": None, "parameters": "k"},
    ),
    "expectation of data": (
        lambda **given: odekit.expectation("x**2", **given),
        {"data": {"x": [1, 2]}, "parameters": ""},
    ),
    "explore": (
        odekit.explore,
        {"system": SYSTEM, "path": "page.html", "start": None, "parameters": None, "t_end": 1.0}
        | {"title": "x"},
    ),
    "gradient_flow": (
        odekit.gradient_flow,
        {"energy": "k*x**2", "variables": "x", "metric": None, "constraint": None, "parameters": "k"}
        | {"decay": None, "direction": "descent", "solution": None},
    ),
    "group": (odekit.group, {"name": "Z5"}),
    "limit": (lambda **given: odekit.limit(**given).__enter__, {"seconds": None, "gigabytes": None}),
    "load_run": (odekit.load_run, {"path": "none.npz", "names": None}),
    "load_run of a file that is there": (of_a_file, {"names": {"xi": "theta"}}),
    "load_weights": (odekit.simulation.load_weights, {"path": "none.npz", "group": None, "names": None}),
    "loss_and_gradient": (
        odekit.loss_and_gradient,
        {"network": NETWORK, "theta": RUN.weights["theta"][0], "xi": RUN.weights["xi"][0]}
        | {"dtype": np.float64, "backend": "numpy", "order": 2},
    ),
    "predict": (odekit.predict, {"source": RUN, "group": None, "until": 0.2}),
    "project": (odekit.project, {"run_or_weights": RUN, "group": None}),
    "simulate": (
        odekit.simulate,
        {"network": NETWORK, "seed": 0, "init": "iid", "weights": None, "method": "sgd", "softmax": "full"}
        | {"learning_rate": 0.1, "steps": 3, "weight_decay": 0.0, "snapshots": 2, "frac_train": 0.5}
        | {"t_end": None, "times": None, "until": None, "rtol": None, "estimate_error": False}
        | {"progress": False, "checkpoint": None, "resume": False},
    ),
    "solve": (
        odekit.solve,
        {**DECAY, "rtol": 1e-6, "atol": None, "method": "auto", "backend": "auto", "events": ()}
        | {"dense": False, "max_steps": 1000, "h0": None, "max_step": None, "t0": None},
    ),
    "reduce": (
        odekit.reduce,
        {"flow": FLOW, "ansatz": {"x": "u"}, "observables": None, "closure": False, "sizes": None},
    ),
    "reduce at any size": (
        odekit.reduce,
        {"flow": lambda n: FLOW, "observables": lambda n: {"u": "x**2"}, "sizes": {"n": 2}},
    ),
    "reduced_population": (
        odekit.derivation.reduced_population,
        {"network": NETWORK, "frequencies": [1], "order": 2},
    ),
    "reproduce": (
        odekit.reproduce,
        {"figures": ["lottery-map"], "out": "missing/out", "seed": 0, "on_start": None, "on_finish": None},
    ),
    "sweep": (
        odekit.sweep,
        {"plan": "no-such.toml", "out": "sweep", "scheduler": None, "workers": None, "retry_failed": False}
        | {"on_progress": None, "is_stopped": None},
    ),
    "system": (
        odekit.system,
        {"equations": {"x": "-k*x"}, "parameters": "k", "definitions": None, "time": "t", "conditions": ()},
    ),
    "variable": (
        lambda name, shape, is_complex: odekit.variable(name, shape, complex=is_complex),
        {"name": "A", "shape": 2, "is_complex": False},
    ),
    "verify": (
        odekit.verify,
        {"claims": ["no-such"], "paper": "no-such", "group": "Zp", "full": 3, "on_start": 3, "on_finish": 3}
        | {"values": {"k": 1}},
    ),
    "Solution[...]": (SOLUTION.__getitem__, {"": "x"}),
    "Solution.at": (SOLUTION.at, {"t": 0.5}),
    "Solution.plot": (SOLUTION.plot, {"states": ["x"], "trajectories": [0], "axes": None}),
    "System[...]": (SYSTEM.__getitem__, {"": "x"}),
    "System.restrict": (SYSTEM.restrict, {"names": ["x"]}),
    "System.linearisation": (SYSTEM.linearisation, {"at": {"x": 0}}),
    "System.modified": (SYSTEM.modified, {"eta": 0.1, "order": 2, "momentum": 0.5}),
    "System.function": (SYSTEM.function, {"backend": "numpy"}),
    "System.function()": (SYSTEM.function(), {"t": 0.0, "y": [1.0], "p": [1.0]}),
    "Run.snapshot": (RUN.snapshot, {"index": 0}),
    "Run.to_netcdf": (RUN.to_netcdf, {"path": "run.nc"}),
}  # fmt: skip
# Not put to strangers: what odekit alone makes, and the names that are no functions.
MADE = {"CompiledSystem", "FixedPoint", "Solution", "Status", "__version__"}
STRANGERS: tuple[Any, ...] = (
    None, 3, -1, 2.5, float("nan"), "x", "", [2.0], ["x"], [None], (), {"x": None}, {3: "x"}, {"k": None},
    np.array([1.0, 2.0]), np.array("x"), np.zeros((0, 3)), object(), True, 1j, b"x", len, lambda *a: "x",
    NETWORK, SYSTEM, RUN, X, int, 10**400, 10**5000, [10**5000],
)  # fmt: skip
# Of some doors every answer takes long.
SLOW = {"verify": {"claims", "group"}, "simulate": {"steps"}}


def called(door: str, place: str, stranger: Any) -> None:
    function, good = DOORS[door]
    if place:
        function(**{**good, place: stranger})
    else:
        function(stranger)


@pytest.mark.parametrize("door", DOORS)
def test_a_stranger_is_answered_or_refused_by_an_error_of_odekits_own(
    door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    raised = []
    for place in DOORS[door][1].keys() - SLOW.get(door, set()):
        for number, stranger in enumerate(STRANGERS):
            with warnings.catch_warnings(action="ignore"):
                try:
                    called(door, place, stranger)
                except OdekitError:
                    pass
                except Exception as error:
                    raised.append(f"{place} = STRANGERS[{number}]: {type(error).__name__}: {error}")
    assert not raised


def test_every_public_function_is_a_door() -> None:
    assert set(odekit.__all__) - MADE <= DOORS.keys()


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: odekit.solve(**DECAY, events=3), "events are no sequence.*Expected: .*Received: int 3.*Try: "),
    (lambda: odekit.solve(**DECAY, events=[3]), "one of the events.*Expected: .*Received: int 3.*Try: "),
    (lambda: odekit.Event(None), "neither text nor callable.*Expected: .*Received: None.*Try: "),  # type: ignore[arg-type]
    (lambda: odekit.Event("x", True), "unknown direction.*Expected: -1, 0 or 1.*Received: bool True"),
    (
        lambda: odekit.solve(**DECAY, events=[odekit.Event(lambda t, y, p: "x")]),  # type: ignore[arg-type,return-value]
        "the function of the event 'event' fails.*Expected: .*Received: str 'x'.*Try: ",
    ),
    (lambda: odekit.solve(SYSTEM, [1.0], 1.0, parameters=[2.0]), "parameters must be.*Received: list"),  # type: ignore[arg-type]
    (lambda: odekit.solve(SYSTEM, [1.0], 1.0, parameters=5), "parameters must be.*Received: int 5"),  # type: ignore[arg-type]
    (lambda: odekit.solve(SYSTEM, [1.0], 1.0, parameters={"k": None}), "parameter k must be real.*None"),  # type: ignore[dict-item]
    (lambda: odekit.simulate("Z7"), "Expected: an odekit.Network.*Received: str 'Z7'.*Try: "),  # type: ignore[arg-type]
    (lambda: odekit.group(5), "Expected: text such as 'Z7'.*Received: int 5.*Try: "),  # type: ignore[arg-type]
    (lambda: odekit.compile(3), "no system.*Expected: .*Received: int 3.*Try: "),  # type: ignore[arg-type]
    (lambda: odekit.compare(3), "no path.*Expected: .*Received: int 3"),  # type: ignore[arg-type]
    (lambda: odekit.check(3), "neither a file nor a mapping.*Received: int 3.*Try: "),  # type: ignore[arg-type]
    (lambda: SYSTEM.function()(0, [1.0, 2.0], [1]), "one row for each of x.*Received: list"),
    (lambda: odekit.load_run(3), "no path.*Received: int 3"),  # type: ignore[arg-type]
    (lambda: odekit.System((X, -X), SYSTEM.answers), "velocities.*mapping.*Received: tuple"),  # type: ignore[arg-type]
    (
        lambda: odekit.solve(**{**DECAY, "t": [2.0, 1.0]}),
        r"times must be finite.*Received: list \[2.0, 1.0\]",
    ),
    (
        lambda: odekit.solve(odekit.system({"x": "1"}), [1.0], 1.0, parameters={"q": 1.0}),
        "no parameter at all",
    ),
]


@pytest.mark.parametrize(("wrong", "told"), REFUSED)
def test_a_wrong_type_is_told_with_what_came_and_what_to_try(wrong: Callable[[], Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        wrong()


@pytest.mark.parametrize(
    "events", ["x - 1/2", ["x - 1/2"], odekit.Event("x - 1/2"), (odekit.Event("x - 1/2"), "x - 1/4")]
)
def test_an_event_may_be_its_text_alone_or_in_a_sequence(events: Any) -> None:
    solution = odekit.solve(**DECAY, events=events)
    assert abs(solution.event_t[0, 0] - np.log(2.0)) < 1e-7


def test_the_checks_let_pass_what_is_right() -> None:
    expect(True, "nothing", "anything", 1)
    assert chosen("method", "flow", ("flow", "sgd")) == "flow"
    assert flag(np.True_, "dense") is True
    assert floats("times", [1, 2]).tolist() == [1.0, 2.0]
    assert mapping({"a": 1}, "rates", "{}")["a"] == 1
    assert path_of("run.npz", "the file") == Path("run.npz") == path_of(Path("run.npz"), "the file")


@pytest.mark.parametrize("value", [1, "flo", None, ["flow"], np.array(["flow", "sgd"])])
def test_what_is_none_of_the_names_is_unknown(value: Any) -> None:
    with pytest.raises(UnknownNameError, match="unknown method"):
        chosen("method", value, ("flow", "sgd"))


def test_a_value_is_shown_short_and_whatever_its_repr_does() -> None:
    assert shown(10**5000) == "int"
    assert shown([10**5000]) == "list"
    assert text_of(10**400, "it") == "1" + 400 * "0"
    with pytest.raises(InputError, match=r"a mode can't be written.*Received: int"):
        text_of(10**5000, "a mode")
    assert len(shown(list(range(1000)))) < 80
