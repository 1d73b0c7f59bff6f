"""Which network, task and loss: the specification that both derivation and simulation start from.

Two layers without biases give the logits, trained with softmax cross-entropy over all tuples of elements,

    f(x_1, ..., x_s)[h] = logit_scale * sum_m xi_m[h] act( sum_i theta_{i,m}[x_i] ).
"""

from odekit.networks.activation import ACTIVATIONS, parse_activation
from odekit.networks.clock import time_text
from odekit.networks.network import CONSTRAINTS, EMBEDDINGS, LOSSES, Network, check_network
from odekit.networks.symmetry import accuracy_bound, accuracy_bound_text
from odekit.networks.task import Task

__all__ = [
    "ACTIVATIONS",
    "CONSTRAINTS",
    "EMBEDDINGS",
    "LOSSES",
    "Network",
    "Task",
    "accuracy_bound",
    "accuracy_bound_text",
    "check_network",
    "parse_activation",
    "time_text",
]
