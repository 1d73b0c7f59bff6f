"""Which network, task and loss: the specification that both roads of odekit start from.

A `Network` says what is trained, on what, and how the loss is measured. It holds no weights, derives
nothing and simulates nothing: `odekit.derive` and `odekit.simulate` both read it, independently.

The two-layer network without biases has ``neurons`` neurons and the logits

    f(x_1, ..., x_s)[h] = logit_scale * sum_m xi_m[h] act( sum_i theta_{i,m}[x_i] ),

trained with softmax cross-entropy on the label ``c_1 x_1 + ... + c_s x_s`` (or the group's product) over
all tuples of group elements.
"""

from odekit.networks.network import ACTIVATIONS, Network, parse_activation
from odekit.networks.symmetry import accuracy_bound, accuracy_bound_text
from odekit.networks.task import Task

__all__ = ["ACTIVATIONS", "Network", "Task", "accuracy_bound", "accuracy_bound_text", "parse_activation"]
