"""What a run's meta records of its training: which keys odekit knows, and the learning rate."""

from collections.abc import Mapping
from typing import Any

from odekit.errors import nearest
from odekit.numbers import positive

__all__ = ["FLOW", "is_gradient_flow", "recorded_rate", "unused_keys"]

# The optimiser of a run without steps, in lower case.
FLOW = "gradient flow"
READ = (
    *("group", "activation", "embedding", "constraint", "loss", "logit_scale", "rates", "task", "neurons"),
    *("optimiser", "learning_rate", "momentum", "weight_decay", "frac_train", "dtype", "softmax"),
    *("first_arrival", "unconverged", "incomplete"),
)
# Written by odekit or by the programs of its references, to be read by people.
TOLD = (
    *("version", "order", "seed", "split_seed", "init", "init_scale", "time", "retraction", "rtol", "until"),
    *("source", "desc", "commit", "script", "licence"),
)


def is_gradient_flow(meta: Mapping[str, Any]) -> bool:
    """Whether meta names the optimiser of a run without steps."""
    return str(meta.get("optimiser") or "").lower() == FLOW


def recorded_rate(meta: Mapping[str, Any]) -> float | None:
    """The learning rate of a descent that meta records; None where it records none, or a gradient flow.

    Raises
    ------
    InputError: a learning rate that is not positive and finite.
    """
    value = meta.get("learning_rate")
    return None if value is None or is_gradient_flow(meta) else positive(value, "meta's learning_rate")


def unused_keys(meta: Mapping[str, Any]) -> dict[str, str]:
    """Keys that nothing reads and that are misspelt ones which something does, each with the right one.

    >>> unused_keys({"learningrate": 0.1, "optimizer": "SGD", "colour": "blue", "learning_rate": 0.1})
    {'learningrate': 'learning_rate', 'optimizer': 'optimiser'}
    """
    near = {key: nearest(key, READ) for key in meta if key not in (*READ, *TOLD)}
    return {key: known for key, known in near.items() if known is not None}
