"""What `compare` refuses before it begins."""

from typing import Any

from odekit.arguments import expect
from odekit.comparison.predict import Prediction
from odekit.comparison.trajectories import Trajectory
from odekit.errors import InputError, shown
from odekit.numbers import real
from odekit.simulation import Run
from odekit.systems import System

__all__ = ["check_of_runs", "check_prediction", "check_speed", "checked_pair"]


def check_of_runs(order: int | None, prediction: Prediction | None) -> None:
    """Refuses what is said of runs alone, together with a trajectory.

    Raises
    ------
    InputError: one of them is something.
    """
    if order is not None:
        raise InputError(
            "the order is of the softmax's cumulants, for runs of odekit's own",
            expected="no order with a trajectory, whose system says it all",
            received=f"order={shown(order)}",
            hint="odekit.derive(network, order=2) as the system",
        )
    if prediction is not None:
        raise InputError(
            "a prediction is of the winners in a run of odekit's own",
            expected="no prediction with a trajectory and its system",
            received=shown(prediction),
        )


def check_prediction(prediction: Prediction, run: Run) -> None:
    """Refuses what can't be a prediction of a run's neurons.

    Raises
    ------
    InputError: it isn't one, or it is of other weights or another network.
    """
    expect(
        isinstance(prediction, Prediction),
        "this is no prediction",
        "what odekit.predict says of the run's first snapshot",
        prediction,
    )
    expect(
        prediction.is_of(run),
        "the prediction is of another start",
        "what odekit.predict says of the run's own network and first snapshot",
        prediction,
    )


def check_speed(factor: float, order: int | None) -> None:
    """Refuses a factor on the field that the comparison can't take.

    Raises
    ------
    InputError: it is 0, or no number, or negative at an order above 1.
    """
    if real(factor, "scale_field") == 0 or (factor < 0 and order not in (None, 1)):
        raise InputError(
            "the field can't have this speed",
            expected="a factor such as 1 or 1.05, negative at order 1 alone",
            received=f"{factor:g}",
        )


def checked_pair(source: Any, system: Any) -> tuple[Trajectory, System]:
    """The two, of the right types.

    Raises
    ------
    InputError: one of them is something else.
    """
    if not isinstance(source, Trajectory):
        raise InputError(
            "what to compare with a system is no trajectory",
            expected="odekit.Trajectory",
            received=type(source).__name__,
            hint="odekit.load_trajectory(path); a run of odekit's own is compared without a system",
        )
    if not isinstance(system, System):
        raise InputError(
            "a trajectory is compared with a system",
            expected="a system, of odekit.system, gradient_flow or derive",
            received=type(system).__name__,
            hint='compare(trajectory, odekit.system("x\' = -x"))',
        )
    return source, system
