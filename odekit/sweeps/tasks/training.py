"""Settings of a network and of its training, as `odekit.Network` and `odekit.simulate` take them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from odekit.arguments import chosen
from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.groups import group as named_group
from odekit.networks import CONSTRAINTS, EMBEDDINGS, LOSSES, Network
from odekit.simulation import INITS, METHODS, SOFTMAXES, Run, simulate
from odekit.sweeps.tasks.task import Settings

__all__ = ["GroupName", "NetworkSettings", "Positive", "StartSettings", "TrainingSettings"]

MOST_NEURONS, MOST_SNAPSHOTS, MOST_STEPS = 10**6, 10**5, 10**9


@lru_cache(maxsize=1024)
def _group(name: str) -> str:
    if not isinstance(named_group(name), FiniteGroup):
        raise InputError(
            f"the order of {name} is a symbol", expected="a group of a definite order, such as 'Z23'"
        )
    return name


@lru_cache(maxsize=1024)
def _activation(text: str) -> str:
    Network("Z5", neurons=1, activation=text)
    return text


@lru_cache(maxsize=1024)
def _task(text: str) -> str:
    Network("Z5", neurons=1, embedding="unshared", task=text)
    return text


def _one_of(kind: str, known: Sequence[str]) -> Any:
    return AfterValidator(partial(_chosen, kind, tuple(known)))


def _chosen(kind: str, known: tuple[str, ...], value: str) -> str:
    return chosen(kind, value, known)


GroupName = Annotated[str, AfterValidator(_group)]
Positive = Annotated[float, Field(gt=0)]


class NetworkSettings(Settings):
    """What `odekit.Network` takes."""

    group: GroupName
    neurons: Annotated[int, Field(ge=1, le=MOST_NEURONS)] = 512
    activation: Annotated[str, AfterValidator(_activation)] = "quadratic"
    task: Annotated[str, AfterValidator(_task)] = "x*y"
    embedding: Annotated[str, _one_of("embedding", EMBEDDINGS)] = "shared"
    constraint: Annotated[str, _one_of("constraint", CONSTRAINTS)] = "none"
    loss: Annotated[str, _one_of("loss", LOSSES)] = "mean"
    logit_scale: Positive = 1.0

    def network(self) -> Network:
        """The network.

        Raises
        ------
        InputError: settings that don't go together.
        """
        return Network(**{name: self.__dict__[name] for name in NetworkSettings.model_fields})


class StartSettings(NetworkSettings):
    """A network, and how its start is drawn."""

    init: Annotated[str, _one_of("init", tuple(INITS))] = "iid"
    scale: Positive = 0.02


class TrainingSettings(StartSettings):
    """A network, its start, and what `odekit.simulate` takes beside them."""

    method: Annotated[str, _one_of("method", METHODS)] = "flow"
    softmax: Annotated[str, _one_of("softmax", SOFTMAXES)] = "full"
    t_end: Positive | None = None
    until: Positive | None = None
    learning_rate: Positive | None = None
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None
    frac_train: Annotated[float, Field(gt=0, le=1)] = 1.0
    snapshots: Annotated[int, Field(ge=2, le=MOST_SNAPSHOTS)] = 51
    rtol: Annotated[float, Field(ge=1e-13, le=1e-2)] | None = None

    def run(self, seed: int) -> Run:
        """The training.

        Raises
        ------
        InputError: settings that don't go together, or a training that can't be followed.
        """
        options = TrainingSettings.model_fields.keys() - NetworkSettings.model_fields.keys()
        return simulate(self.network(), seed=seed, **{name: self.__dict__[name] for name in options})
