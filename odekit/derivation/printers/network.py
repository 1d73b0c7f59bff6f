"""What every report says of the network: what it is, and in which time its flow is told."""

from collections.abc import Iterator

from odekit.networks import Network, accuracy_bound_text, time_text

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
    yield "t is the flow time of the summed loss at logit scale 1"
    yield time_text(network)
