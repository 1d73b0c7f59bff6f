"""What every report says of the network: what it is, and in which time its flow is told."""

from collections.abc import Iterator

from odekit.groups import CyclicFamily
from odekit.networks import Network, accuracy_bound_text

__all__ = ["network_lines", "time_lines"]


def network_lines(network: Network) -> Iterator[str]:
    """Group, task, activation, embedding, constraint, rates, and what a shared embedding cannot learn."""
    constraint = "no constraint" if network.constraint == "none" else f"constraint {network.constraint}"
    yield (
        f"group {network.group.name}, task {network.task.text}, activation {network.activation_name}, "
        f"{network.embedding} embedding, {constraint}"
    )
    if set(network.rates.values()) != {1.0}:
        yield "learning rates: " + ", ".join(f"{name} {rate:g}" for name, rate in network.rates.items())
    bound = accuracy_bound_text(network)
    if bound is not None:
        yield f"a shared embedding computes a symmetric function of its inputs, {network.task.text} is none,"
        yield f"so the network cannot learn it: {bound}"


def time_lines(network: Network) -> Iterator[str]:
    """Which time t is."""
    order = network.group.symbol if isinstance(network.group, CyclicFamily) else network.group.order
    scale = f"{network.logit_scale:g}"
    factor = f"{scale}/{order}**{network.task.summands}" if network.loss == "mean" else scale
    yield "t is the flow time of the summed loss at logit scale 1"
    yield f"t = {factor} * time of the network's own flow (loss {network.loss}, logit scale {scale})"
