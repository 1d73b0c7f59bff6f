"""``@odekit.claim``: a claim of one's own in Python, judged by the rules for odekit's own claims."""

import functools
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from odekit.arguments import expect, flag, is_series
from odekit.claims.own.taken import Takes, validators
from odekit.claims.own.trial import Tested, Trial, verdict_on
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict
from odekit.errors import InputError, OdekitError, told
from odekit.groups import FiniteGroup
from odekit.json_text import strict_json
from odekit.numbers import is_real, positive, real

__all__ = ["OWN", "Measurement", "check_id", "claim"]

OWN = "one's own"

Values: TypeAlias = float | Mapping[str, float]
Prediction: TypeAlias = Values | Callable[[Settings], Values]


@dataclass(frozen=True)
class Measurement:
    """What an experiment measured, and how far off it may be.

    Parameters
    ----------
    value: a number, or numbers by name.
    budget: bounds of all errors by their source, or one number; they add up, and hold for each value.
    checks: further parts of the statement that hold or don't, by name; one that doesn't refutes the claim.
    evidence: numbers, arrays and text to report, by name; ``"series"`` is drawn, see
        `odekit.report.plot_verdict`; its ``"caption"`` says what it shows.
    text: qualifications of the statement, in words.

    Raises
    ------
    InputError: values or a budget that are no numbers, or a negative budget. NaN stands for what could not be
        measured, and infinity for an error without bound.
    """

    value: Values
    budget: float | Mapping[str, float]
    checks: Mapping[str, bool] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    def __post_init__(self) -> None:
        _by_name(self.value, "the measured value")
        parts = _by_name(self.budget, "the budget")
        expect(all(not part < 0 for part in parts.values()), "a budget is negative", "0 or more", parts)
        expect(isinstance(self.checks, Mapping), "checks have no names", "a mapping", self.checks)
        for holds in self.checks.values():
            flag(holds, "a check")
        _check_evidence(self.evidence)
        expect(isinstance(self.text, str), "the text is none", "text", self.text)


Experiment: TypeAlias = Callable[[Settings], Measurement]


def claim(
    id: str,
    statement: str,
    *,
    prediction: Prediction,
    control: tuple[str, Prediction] | None = None,
    tolerance: float | None = None,
    source: str = "",
    hypotheses: str = "",
    applies: Callable[[FiniteGroup], bool] | None = None,
    full_only: bool = False,
    takes: Takes = MappingProxyType({}),
) -> Callable[[Experiment], Claim]:
    """Make a claim of the function that follows, its experiment.

    The experiment takes `Settings` (``seed``, ``full``, ``group``, ``value(name, default)`` of what it takes,
    and ``generator(id)``, the only source of randomness) and returns a `Measurement`.
    It doesn't see the prediction; claim and control are judged by
    the same measurement. `odekit.verify([name])` and ``odekit verify FILE.py`` run it.

    Parameters
    ----------
    id: stable name, of letters, digits, ``-``, ``_`` and ``.``.
    statement: what is claimed, one sentence.
    prediction: a number, numbers by name, or a function from the settings to these.
    control: a nearby false statement, and what it predicts. Without one that the experiment refutes the claim
        is inconclusive.
    tolerance: largest budget at which the claim can be confirmed; by default half the distance of prediction
        and control.
    source: paper and place.
    hypotheses: what the statement assumes.
    applies: whether a group meets the hypotheses; by default any does.
    full_only: whether the experiment takes minutes, and needs ``full``.
    takes: settings that the experiment reads by ``settings.value(name, default)``, and that `odekit.verify`
        and ``--set NAME=VALUE`` can give: of each ``int``, ``float`` or ``str``, or a function of a value and
        its name that returns a number or text, or refuses by a ValueError.

    Raises
    ------
    InputError: a name or statement that is none, or a prediction, control, tolerance or setting of the wrong
        kind.

    >>> @claim("pi", "4 atan 1 is pi", prediction=3.14159265358979, control=("it is 22/7", 22 / 7))
    ... def quarter_turn(settings):
    ...     return Measurement(4 * np.arctan(1.0), budget={"rounding": 1e-14})
    >>> quarter_turn.experiment(quarter_turn, Settings()).outcome
    'confirmed'
    """
    check_id(id)
    is_sentence = isinstance(statement, str) and bool(statement.strip())
    expect(is_sentence, "a claim needs a statement", "a sentence", statement)
    for name, text in (("source", source), ("hypotheses", hypotheses)):
        expect(isinstance(text, str), f"the {name} of {id!r} is no text", "text", text)
    _check_prediction(prediction, f"the prediction of {id!r}")
    _check_control(control, id)
    if tolerance is not None:
        positive(tolerance, f"the tolerance of {id!r}")
    expect(
        applies is None or callable(applies), "what applies is no function", "a function of a group", applies
    )
    full_only = flag(full_only, "full_only")
    taken = validators(takes, id)

    def decorate(experiment: Experiment) -> Claim:
        what = f"the experiment of {id!r} is no function"
        expect(callable(experiment), what, "a function of the settings", experiment)

        def run(claim: Claim, settings: Settings) -> Verdict:
            return _judged(claim, settings, experiment, prediction, control, tolerance)

        return Claim(
            id=id,
            statement=statement,
            source=source or OWN,
            paper=OWN,
            hypotheses=hypotheses,
            experiment=functools.wraps(experiment, updated=())(run),
            applies=applies or _any_group,
            full_only=full_only,
            takes=taken,
        )

    return decorate


def _any_group(group: FiniteGroup) -> bool:
    return True


def _judged(
    claim: Claim,
    settings: Settings,
    experiment: Experiment,
    prediction: Prediction,
    control: tuple[str, Prediction] | None,
    tolerance: float | None,
) -> Verdict:
    found = _called(experiment, settings, "the experiment")
    expect(
        isinstance(found, Measurement), "the experiment gives no measurement", "an odekit.Measurement", found
    )
    measured = _by_name(found.value, "the measured value")
    predicted = _predicted(prediction, settings, measured)
    false = None if control is None else _predicted(control[1], settings, measured)
    if tolerance is not None:
        allowed = np.full(len(measured), tolerance)
    else:
        allowed = np.full(len(measured), np.inf) if false is None else np.abs(false - predicted) / 2
    budget = _by_name(found.budget, "the budget", "all errors")
    values = np.array(list(measured.values()))
    tested = Tested(
        Trial(predicted, values, budget, allowed),
        None if control is None or false is None else (control[0], Trial(false, values, budget, allowed)),
        found.checks,
        found.evidence,
        found.text,
    )
    shown = {"predicted": dict(zip(measured, predicted.tolist(), strict=True)), "measured": dict(measured)}
    if not isinstance(found.value, Mapping):
        shown = {name: next(iter(value.values())) for name, value in shown.items()}
    return verdict_on(claim, tested, shown)


def _predicted(prediction: Prediction, settings: Settings, measured: Mapping[str, float]) -> np.ndarray:
    value = _called(prediction, settings, "the prediction") if callable(prediction) else prediction
    named = _by_name(value, "the prediction")
    if named.keys() != measured.keys():
        raise InputError(
            "prediction and measurement don't fit",
            expected=f"values of {', '.join(named) or 'one number'}",
            received=f"values of {', '.join(measured) or 'one number'}",
        )
    return np.array([named[name] for name in measured])


def _called(function: Callable[[Settings], Any], settings: Settings, what: str) -> Any:
    """What a user's function returns; whatever it raises leaves this claim open, and the others alone."""
    try:
        return function(settings)
    except OdekitError:
        raise
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        place = f"line {line.lineno} of {line.filename}"
        raise InputError(f"{what} broke", received=f"{told(error)} ({place})") from error


def _by_name(value: Any, what: str, alone: str = "value") -> dict[str, float]:
    """Numbers by name, one alone under a name of its own."""
    given = value if isinstance(value, Mapping) else {alone: value}
    is_right = all(isinstance(name, str) and _is_number(each) for name, each in given.items())
    expect(is_right and bool(given), f"{what} is no number", "a number, or numbers by name", value)
    return {name: float(each) for name, each in given.items()}


def _is_number(value: Any) -> bool:
    """Whether it is a real number by type, or what stands for one that isn't known."""
    return is_real(value) or (isinstance(value, float | np.floating) and not np.isfinite(value))


def check_id(id: Any) -> None:
    """Refuse what is no name of a claim, which names its figure's file, too.

    Raises
    ------
    InputError: no text, or other characters than letters, digits, ``-``, ``_`` and ``.``.
    """
    is_name = isinstance(id, str) and id.replace("-", "_").replace(".", "_").isidentifier()
    is_right = is_name and not id.startswith(".") and not id.endswith((".py", ".toml"))
    expect(is_right, "a claim has no name", 'text such as "my-rate"', id)


def _check_evidence(evidence: Any) -> None:
    expect(isinstance(evidence, Mapping), "evidence has no names", "a mapping", evidence)
    try:
        strict_json(evidence)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            "evidence can't be written as JSON", expected="numbers, arrays and text", received=str(error)
        ) from error
    series = evidence.get("series")
    if series:
        expect(
            _can_be_drawn(series),
            "the series can't be drawn",
            '{"x": {"label", "values"}, "y": {"label"}, "curves": {name: values}}',
            series,
        )


def _can_be_drawn(series: Any) -> bool:
    try:
        x = np.asarray(series["x"]["values"], dtype=np.float64)
        curves = [np.asarray(values, dtype=np.float64) for values in series["curves"].values()]
        labels = [series["x"]["label"], series["y"]["label"], series.get("caption", "")]
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return False
    is_known = series.get("scale", "linear") in ("linear", "loglog", "semilogy", "semilogx")
    return (
        is_known
        and all(isinstance(label, str) for label in labels)
        and all(x.ndim == 1 and curve.shape == x.shape for curve in curves)
    )


def _check_prediction(prediction: Any, what: str) -> None:
    if not callable(prediction):
        for value in _by_name(prediction, what).values():
            real(value, what)


def _check_control(control: Any, id: str) -> None:
    if control is None:
        return
    is_pair = is_series(control) and len(control) == 2
    expect(
        is_pair and isinstance(control[0], str),
        f"the control of {id!r} is none",
        "a false statement and what it predicts, such as ('twice the rate', 4.0)",
        control,
    )
    _check_prediction(control[1], f"the prediction of the control of {id!r}")
