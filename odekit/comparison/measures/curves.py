"""Errors by quantity over time: magnitudes and phases of the modes that lead their neurons."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, ComplexArray, FloatArray
from odekit.comparison.measures.modes import Modes

__all__ = ["ErrorCurve", "error_curves"]

STEMS = ("alpha", "beta", "phi", "psi")


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Median and maximum over the leading modes at each time, (T,); NaN where a prediction has blown up."""

    median: FloatArray
    max: FloatArray


def error_curves(measured: Modes, predicted: Modes) -> dict[str, ErrorCurve]:
    """Errors of magnitudes, relative, and of phases, in radians, by quantity.

    Parameters
    ----------
    measured, predicted: modes over time, (T, M, n_modes).

    Returns
    -------
    errors: alpha, beta, phi, psi; alpha1, alpha2, ..., phi1, phi2, ... where the embedding is unshared. They
        run over the modes that lead their neuron at the first snapshot or at that time.
    """
    leading = _leading(measured)
    errors: dict[str, ErrorCurve] = {}
    for name, actual in measured.amplitudes.items():
        expected = predicted.amplitudes[name]
        magnitude, phase = _quantities(name)
        errors[magnitude] = _curve(_relative(np.abs(expected), np.abs(actual)), leading)
        errors[phase] = _curve(_angle(expected, actual), leading)
    return {key: errors[key] for key in sorted(errors, key=_display_order)}


def _quantities(name: str) -> tuple[str, str]:
    number = name.removeprefix("theta")
    return ("beta", "psi") if name == "xi" else (f"alpha{number}", f"phi{number}")


def _display_order(name: str) -> tuple[int, str]:
    return next(i for i, stem in enumerate(STEMS) if name.startswith(stem)), name


def _leading(modes: Modes) -> BoolArray:
    """Modes that lead their neuron at the first snapshot or at that time, (T, M, n_modes)."""
    places = np.arange(modes.alpha.shape[-1])
    dominant = modes.dominant
    return np.asarray((places == dominant[..., None]) | (places == dominant[0][None, :, None]))


def _relative(expected: FloatArray, actual: FloatArray) -> FloatArray:
    """|expected - actual| / actual; 0 where both vanish, infinite where only the second does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected == actual, 0.0, np.abs(expected - actual) / actual)


def _angle(expected: ComplexArray, actual: ComplexArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        turned = np.abs(np.angle(expected * actual.conj()))
    return np.where(np.isfinite(expected), turned, np.inf)


def _curve(values: FloatArray, leading: BoolArray) -> ErrorCurve:
    median, largest = np.empty(len(values)), np.empty(len(values))
    for i, (row, mask) in enumerate(zip(values, leading, strict=True)):
        chosen = np.nan_to_num(row[mask], nan=np.inf, posinf=np.inf)
        median[i], largest[i] = np.median(chosen), chosen.max()
    return ErrorCurve(*(np.where(np.isfinite(part), part, np.nan) for part in (median, largest)))
