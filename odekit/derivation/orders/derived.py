"""A network's reduced system up to a cumulant above the first, where there is one."""

from odekit.derivation.modes import FourierReduction
from odekit.derivation.orders.answers import OrderAnswers
from odekit.derivation.orders.coupled_flow import coupled_flow
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.systems import System

__all__ = ["HIGHEST_ORDER", "check_orders", "system_at_order"]

HIGHEST_ORDER = 3


def check_orders(network: Network) -> None:
    """Refuse networks of which no order above the first is derived.

    Raises
    ------
    ReductionError: spheres, or an activation that is no polynomial.
    """
    what = expected = hint = received = ""
    if network.activation_polynomial is None:
        what, expected = "no order above 1 in arrays for this activation", "a polynomial activation"
        received = network.activation_name
        hint = (
            "odekit.derive(network, order=2), the equations of one harmonic, or a polynomial that is near it"
        )
    elif network.constraint != "none":
        what, expected = "no order above 1 on spheres", 'constraint="none"'
        received = f"{network.constraint}: what a sphere takes away would need all modes of the neuron"
        hint = "order=1"
    if what:
        raise ReductionError(what, expected=expected, received=received, hint=hint)


def system_at_order(reduction: FourierReduction, order: int) -> System:
    """The reduction's modes up to a cumulant, 2 or 3, in a population of neurons that all have these modes.

    Raises
    ------
    ReductionError: equations that disagree with brute force, which is a fault of odekit.
    """
    return OrderAnswers(coupled_flow([reduction], order)).verified
