"""compare: a training run against the reduced ODE that starts from its first snapshot."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.comparison.budget import Budget, reduction_budget
from odekit.comparison.modes import Modes, project
from odekit.comparison.predict import predict
from odekit.comparison.reduced_flow import ReducedFlow
from odekit.errors import InputError, ReductionError
from odekit.simulation import Run, load_run

__all__ = ["Comparison", "ErrorCurve", "Winners", "compare"]

FloatArray = NDArray[np.float64]
FLOW_OPTIMISERS = ("gradient flow", "sgd")
CLEAR_SHARE = 0.5
WITHIN_BUDGET = 0.99


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Median and maximum over the leading modes at each time, (T,); NaN where a prediction has blown up."""

    median: FloatArray
    max: FloatArray


@dataclass(frozen=True)
class Winners:
    """How often the predicted winner is the mode that dominates at the last snapshot.

    Parameters
    ----------
    agreement: share of all neurons.
    clear_agreement: share of those whose dominant mode holds more than half of the embedding's power.
    count: number of neurons.
    clear_count: number of clear ones.
    """

    agreement: float
    clear_agreement: float
    count: int
    clear_count: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of comparing a run with its reduced ODE.

    Parameters
    ----------
    name: the run's file, or a description.
    run: what was compared.
    errors: by quantity (alpha, beta relative; phi, psi in radians), over the modes that lead their neuron at
        the first snapshot or at that time.
    gap: (T, M) |w_ode - w_run| / |w_run| of every neuron.
    budget: what the gap may be.
    horizon: time from which the median budget exceeds ``horizon_level``; inf if it never does.
    tolerance: largest median gap at which the comparison is confirmed.
    winners: predicted against observed, where the blow-up times have a closed form.
    outcome: ``"confirmed"``, ``"refuted"``, ``"inconclusive"`` or ``"not_applicable"``.
    reason: one sentence that says why.
    """

    name: str
    run: Run
    tolerance: float
    outcome: str
    reason: str
    errors: Mapping[str, ErrorCurve] = field(default_factory=dict)
    gap: FloatArray | None = None
    budget: Budget | None = None
    horizon: float | None = None
    winners: Winners | None = None
    predicted: Modes | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``runs`` in the command's JSON; what is not finite is null."""
        network = self.run.network
        return {
            "file": self.name,
            "group": network.finite_group.name,
            "neurons": network.neurons,
            "horizon": self.horizon if self.horizon is not None and np.isfinite(self.horizon) else None,
            "horizon_step": self.horizon_step,
            "tolerance": self.tolerance,
            "times": self.run.t.tolist(),
            "steps": None if self.run.steps is None else self.run.steps.tolist(),
            "errors": {
                name: {"median": _numbers(curve.median), "max": _numbers(curve.max)}
                for name, curve in self.errors.items()
            },
            "gap": None if self.gap is None else {"median": _numbers(np.median(self.gap, axis=1))},
            "budget": {
                name: _numbers(np.median(part, axis=1))
                for name, part in (self.budget.parts().items() if self.budget is not None else ())
            },
            "winners": None if self.winners is None else dict(vars(self.winners)),
            "outcome": self.outcome,
            "reason": self.reason,
        }

    @property
    def horizon_step(self) -> int | None:
        """Optimiser step of the horizon, where the run counts steps."""
        if self.run.steps is None or self.horizon is None or not np.isfinite(self.horizon):
            return None
        return int(self.run.steps[int(np.searchsorted(self.run.t, self.horizon))])

    def to_xarray(self) -> Any:
        """Labelled arrays with dimensions time and neuron: gap, budget and its parts.

        Raises
        ------
        InputError: xarray is not installed.
        """
        try:
            import xarray
        except ImportError:
            raise InputError("labelled arrays need xarray", hint="pip install 'odekit[labels]'") from None
        dims = ("time", "neuron")
        arrays = {} if self.gap is None else {"gap": (dims, self.gap)}
        if self.budget is not None:
            arrays |= {f"budget_{name}": (dims, part) for name, part in self.budget.parts().items()}
        attributes = {"outcome": self.outcome, "tolerance": self.tolerance, "file": self.name}
        return xarray.Dataset(arrays, coords={"time": self.run.t}, attrs=attributes)


def compare(
    source: Run | str | os.PathLike[str],
    *,
    tolerance: float = 1e-2,
    horizon_level: float = 1e-2,
    scale_field: float = 1.0,
) -> Comparison:
    """Compare a run with the reduced ODE from its first snapshot, in the run's own time.

    The gap of a neuron is measured against its own error budget, and verdicts are given up to the horizon,
    the first snapshot at which the median budget passes ``horizon_level``. The comparison is confirmed if at
    least 99 % of the neurons stay within their budget up to there, and the median gap within ``tolerance``.

    Parameters
    ----------
    source: a run or its file.
    tolerance: largest median gap, above 0.
    horizon_level: median budget at which the horizon lies, above 0.
    scale_field: factor on the ODE's right-hand side; anything but 1 is a false statement, for controls.

    Returns
    -------
    comparison: not applicable where the run's t is no flow time (an adaptive optimiser) or its network has
        no reduction per mode.

    Raises
    ------
    FileError: a file that can't be read.
    InputError: a tolerance or level that is not positive.
    """
    for name, value in (("tolerance", tolerance), ("horizon_level", horizon_level)):
        if not 0 < value < np.inf:
            raise InputError(f"{name} must be positive and finite", expected="above 0", received=repr(value))
    run = source if isinstance(source, Run) else load_run(Path(source))
    name = repr(source) if isinstance(source, Run) else str(source)
    try:
        _check_flow_time(run)
        flow = ReducedFlow(run.network)
    except ReductionError as error:
        return Comparison(name, run, tolerance, "not_applicable", str(error))
    return _compared(name, run, flow, tolerance, horizon_level, scale_field)


def _check_flow_time(run: Run) -> None:
    optimiser = str(run.meta.get("optimiser", "gradient flow"))
    if optimiser.lower() not in FLOW_OPTIMISERS:
        raise ReductionError(
            "the run's t is not the time of a gradient flow",
            expected="gradient flow or SGD",
            received=f"optimiser {optimiser}",
        )
    if float(run.meta.get("frac_train", 1.0)) != 1.0:
        raise ReductionError(
            "the run was trained on a part of the data, where the reduction does not hold",
            expected="frac_train 1",
            received=str(run.meta["frac_train"]),
        )


def _compared(
    name: str, run: Run, flow: ReducedFlow, tolerance: float, level: float, scale_field: float
) -> Comparison:
    modes = project(run)
    elapsed = (run.t - run.t[0]) * scale_field
    predicted = Modes(
        modes.group,
        flow.evolve(modes.at(0).amplitudes, elapsed),
        {key: np.broadcast_to(values[0], values.shape) for key, values in modes.means.items()},
    )
    gap = _gap(run, predicted)
    budget = reduction_budget(run, modes, flow)
    passed = np.median(budget.total, axis=1) > level
    count = int(np.argmax(passed)) if passed.any() else len(run)
    horizon = float(run.t[count]) if passed.any() else float("inf")
    outcome, reason = _judge(gap[1:count], budget.total[1:count], tolerance)
    return Comparison(
        name=name,
        run=run,
        tolerance=tolerance,
        outcome=outcome,
        reason=reason,
        errors=_errors(modes, predicted),
        gap=gap,
        budget=budget,
        horizon=horizon,
        winners=_winners(run, modes),
        predicted=predicted,
    )


def _gap(run: Run, predicted: Modes) -> FloatArray:
    """|w_ode - w_run| / |w_run| of every neuron, (T, M); infinite past a blow-up."""
    lifted = predicted.lift()
    with np.errstate(invalid="ignore"):
        difference = sum(((lifted[name] - w) ** 2).sum(axis=-1) for name, w in run.weights.items())
        size = sum((w**2).sum(axis=-1) for w in run.weights.values())
        return np.nan_to_num(np.sqrt(difference / size), nan=np.inf)


def _judge(gap: FloatArray, budget: FloatArray, tolerance: float) -> tuple[str, str]:
    if not len(gap):
        return "inconclusive", "no snapshot lies before the horizon"
    within = float((gap <= budget).all(axis=0).mean())
    median = float(np.median(gap, axis=1).max())
    told = f"{100 * within:.1f} % of the neurons stay within their budget, the median gap within {median:.1e}"
    if within < WITHIN_BUDGET:
        return "refuted", told
    return ("confirmed" if median <= tolerance else "inconclusive"), told


def _errors(modes: Modes, predicted: Modes) -> dict[str, ErrorCurve]:
    leading = _leading(modes)
    errors: dict[str, ErrorCurve] = {}
    for name, measured in modes.amplitudes.items():
        number = name.removeprefix("theta") if name != "xi" else ""
        magnitude, phase = ("beta", "psi") if name == "xi" else (f"alpha{number}", f"phi{number}")
        expected = predicted.amplitudes[name]
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.abs(np.abs(expected) - np.abs(measured)) / np.abs(measured)
            turned = np.abs(np.angle(expected * measured.conj()))
        errors[magnitude] = _curve(relative, leading)
        errors[phase] = _curve(np.where(np.isfinite(expected), turned, np.nan), leading)
    return {key: errors[key] for key in sorted(errors, key=_display_order)}


def _display_order(name: str) -> tuple[int, str]:
    return next(i for i, stem in enumerate(("alpha", "beta", "phi", "psi")) if name.startswith(stem)), name


def _leading(modes: Modes) -> NDArray[np.bool_]:
    """Modes that lead their neuron at the first snapshot or at that time, (T, M, n_modes)."""
    places = np.arange(modes.alpha.shape[-1])
    dominant = modes.dominant
    return np.asarray((places == dominant[..., None]) | (places == dominant[0][None, :, None]))


def _curve(values: FloatArray, leading: NDArray[np.bool_]) -> ErrorCurve:
    median, largest = [], []
    for row, mask in zip(values, leading, strict=True):
        chosen = np.nan_to_num(row[mask], nan=np.inf)
        median.append(np.median(chosen))
        largest.append(chosen.max())
    return ErrorCurve(*(np.where(np.isfinite(part), part, np.nan) for part in (median, largest)))


def _winners(run: Run, modes: Modes) -> Winners | None:
    try:
        predicted = predict(run).winner
    except ReductionError:
        return None
    last = modes.at(-1)
    agrees = predicted == last.dominant
    clear = last.dominant_share > CLEAR_SHARE
    clear_agreement = float(agrees[clear].mean()) if clear.any() else float("nan")
    return Winners(float(agrees.mean()), clear_agreement, len(agrees), int(clear.sum()))


def _numbers(values: FloatArray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
