"""In which time is the flow of a network told?"""

from odekit.groups import CyclicFamily
from odekit.networks.network import Network

__all__ = ["time_text"]


def time_text(network: Network) -> str:
    """The time t of a derived system by that of the network's own flow, which a run of it counts.

    >>> time_text(Network("Zp", logit_scale=0.5))
    "t = 0.5/p**2 * time of the network's own flow (loss mean, logit scale 0.5)"
    """
    order = network.group.symbol if isinstance(network.group, CyclicFamily) else network.group.order
    scale = f"{network.logit_scale:g}"
    factor = f"{scale}/{order}**{network.task.summands}" if network.loss == "mean" else scale
    return f"t = {factor} * time of the network's own flow (loss {network.loss}, logit scale {scale})"
