"""Train the full network: by gradient flow or by descent, from a seed or from given weights."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import chosen, flag
from odekit.arrays import FloatArray
from odekit.errors import InputError, StoppedEarly
from odekit.networks import Network, check_network
from odekit.numbers import integer, positive, real
from odekit.simulation.gradient import blas_threads
from odekit.simulation.progress import progress_bar
from odekit.simulation.runs import Run, draw_split
from odekit.simulation.training.decoupled import Relaxation, decoupled_flow
from odekit.simulation.training.descent import gradient_descent
from odekit.simulation.training.fall import cut_short, falling_flow
from odekit.simulation.training.flow import LOOSER, error_bound, gradient_flow
from odekit.simulation.training.initial import initial_weights
from odekit.simulation.training.integration import Journal, keeping
from odekit.simulation.training.optimisers import OPTIMISERS
from odekit.simulation.training.record import arrivals, incomplete_run, recorded_run
from odekit.simulation.training.schedule import (
    check_ends,
    ends_by_itself,
    flow_ends,
    kept_steps,
    refuse,
    step_tolerance,
)
from odekit.simulation.training.schedule import learning_rate as checked_rate
from odekit.simulation.training.spheres import check_unit
from odekit.simulation.training.velocity import SOFTMAXES, Velocity, check_start
from odekit.simulation.weights import stack_mapping

__all__ = ["METHODS", "simulate"]

METHODS = ("flow", *OPTIMISERS)
# The largest whole number of 128 bits.
MAX_SEED = 2**128 - 1
NAMES = {"flow": "gradient flow", "sgd": "SGD", "adamw": "AdamW"}


def simulate(
    network: Network,
    *,
    seed: int = 0,
    init: str = "iid",
    scale: float = 0.02,
    weights: Mapping[str, ArrayLike] | None = None,
    method: str = "flow",
    softmax: str = "full",
    t_end: float | None = None,
    times: Sequence[float] | FloatArray | None = None,
    until: float | None = None,
    learning_rate: float | None = None,
    steps: int | None = None,
    weight_decay: float | None = None,
    frac_train: float = 1.0,
    snapshots: int | Sequence[int] = 51,
    rtol: float | None = None,
    estimate_error: bool = True,
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> Run:
    """Train a network on its tuples of inputs: dw/dt = rate P_w(-grad L), P_w the identity if unconstrained.

    On spheres P_w projects on the tangents. The flow of the full loss conserves every radius up to its
    tolerance, and its snapshots are renormalised; at uniform softmax, and in descent, the directions are
    renormalised after every step.

    Parameters
    ----------
    network: of a definite order; with a constraint, on its spheres.
    seed: of all randomness, the start and the training set, an int from 0, of 128 bits at most.
    init, scale: how the start is drawn, see `initial_weights`; on spheres the scale plays no part.
    weights: a start instead, by name (``theta`` or ``theta1``, ``theta2``, ..., and ``xi``), each (M, n); on
        spheres of norm 1 to 1e-5, and renormalised.
    method: ``"flow"``, gradient flow; ``"sgd"``, full-batch gradient descent, also for activations with
        kinks (relu, abs), on which a flow at a tight tolerance stalls; ``"adamw"``, Adam with decoupled
        decay, without a constraint.
    softmax: ``"full"``, or ``"uniform"``, the limit of small logit scale: every probability is 1/n and each
        neuron ascends its energy, in the time of the summed loss at logit scale 1, which is also the loss
        and the scale that the run's network then has.
    t_end: flow: last time. By default the least over neurons of |w| / |dw/dt| at the start and at uniform
        softmax, which is of the order of the first blow-up of quadratic neurons, and later where the loss has
        not halved by then; sooner where going there is dear, see `falling_flow`; on spheres 30 times that
        least (where it ends before the loss has halved, or keeps fewer snapshots, ``meta["ended"]`` says so);
        required without a constraint at uniform softmax, whose neurons do blow up.
    times: flow: times of the snapshots, increasing, instead of ``t_end``; the start at t = 0 is always kept.
    until: flow at uniform softmax on spheres: go on until every neuron's residual, the norm of its velocity
        over that before the projection, has fallen to this. A neuron is left where it arrives, the first at
        ``meta["first_arrival"]``. The start, ``times``, by default those of the snapshots that lie before the
        first arrival, and the end are kept; ``t_end``, by default 3,000 times the least of above, stops
        neurons that have not arrived, which ``meta["unconverged"]`` counts.
    learning_rate, steps: descent: both are required; t is steps times learning_rate.
    weight_decay: descent without a constraint, from 0: every step also takes this times the learning rate of
        each weight away; by default none.
    frac_train: descent at full softmax, in (0, 1]: share of the ordered tuples of inputs that are trained on,
        drawn from the seed. The loss is theirs, the mean over them or their sum.
    snapshots: number of snapshots, evenly spaced, on spheres up to the default end quadratically, denser at
        the start; for descent also the steps at which to keep one.
    rtol: flow: relative tolerance, 1e-13 to 1e-2; by default 1e-8; 1e-3 where the activation's slope
        jumps (relu, abs), at which a flow of the full loss passes its kinks; 1e-6 up to a default end without
        a constraint where a gradient takes over 1e8 operations (p = 64 with 64 quadratic neurons).
    estimate_error: flow: whether to integrate again at a looser tolerance for ``integrator_error``.
    progress: whether to show a progress bar.
    checkpoint: a file in which a training of more than half a minute keeps what it needs to go on; it is gone
        when the training has ended.
    resume: whether to go on from that file, of a training with the same options. Nothing else changes: the
        run is that of a training which was never disturbed, to the last bit.

    Returns
    -------
    run: its records hold ``loss`` and ``acc`` at each snapshot, of what is trained on; where that is a part,
        ``train_mask``, (n,) * s, the same as ``train_loss`` and ``train_acc``, and ``test_loss`` and
        ``test_acc`` of the rest; for the flow ``integrator_error``, on spheres
        ``residual``, the largest over neurons. At uniform softmax ``loss`` is n**s ln n minus the sum of the
        energies, the loss linearised in the logits.

    Raises
    ------
    InputError: a value outside these ranges, weights that don't fit the network or its spheres, an option
        of the other method, or a training that leaves the finite numbers.
    UnknownNameError: an unknown method, softmax or initialisation.
    StoppedEarly: the training took too many steps, or was told to stop; the error's ``run``
        holds what there is, with the reason in its meta as ``incomplete``.
    FileError: there is no checkpoint to resume, or it is of another training.

    Examples
    --------
    >>> run = simulate(Network("Z5", neurons=4), seed=1, scale=0.1, t_end=2.0, snapshots=3)
    >>> run.t.tolist(), run.weights["theta"].shape
    ([0.0, 1.0, 2.0], (3, 4, 5))
    """
    check_network(network)
    chosen("method", method, METHODS)
    chosen("softmax", softmax, SOFTMAXES)
    estimate_error, progress = flag(estimate_error, "estimate_error"), flag(progress, "progress")
    frac_train, seed = positive(frac_train, "frac_train", 1), integer(seed, "the seed", 0, MAX_SEED)
    train = draw_split(network, frac_train, seed) if frac_train < 1 else None
    velocity = Velocity(network, softmax, train)
    start, drawn = _start(network, seed, init, scale, weights)
    meta = {**drawn, "frac_train": frac_train, **_described(velocity, method)}
    if method == "flow":
        part = frac_train if frac_train < 1 else None
        refuse("flow", learning_rate=learning_rate, steps=steps, weight_decay=weight_decay, frac_train=part)
        check_ends(t_end, times, until, snapshots)
        finds_its_end = ends_by_itself(velocity, t_end, times, until)
        meta["rtol"] = tight = step_tolerance(velocity, rtol, finds_its_end)
        if until is not None:
            meta["until"] = until
    else:
        refuse(method, t_end=t_end, times=times, until=until, rtol=rtol)
        rate, at = checked_rate(learning_rate), kept_steps(steps, snapshots)
        decay = _decay(network, method, softmax, weight_decay, frac_train)
        meta |= {"learning_rate": rate, "weight_decay": decay}
        if train is not None:
            meta["split_seed"] = seed

    def flow(advance: Callable[[float], None]) -> Run:
        if finds_its_end:
            kept, stacks, error = falling_flow(velocity, start, snapshots, tight, estimate_error, advance)
            run = recorded_run(velocity, kept, stacks, meta, error=error)
            return replace(run, meta=MappingProxyType({**run.meta, **cut_short(run, snapshots)}))
        kept, last = flow_ends(velocity, start, t_end, times, until, snapshots)
        if not velocity.is_uniform:
            stacks, error = gradient_flow(network, start, kept, tight, estimate_error, advance)
            return recorded_run(velocity, kept, stacks, meta, error=error)
        tolerances = [tight, LOOSER * tight] if estimate_error else [tight]
        relaxed = _relax(velocity, start, kept, tolerances, until, last, advance)
        return _relaxed_run(velocity, kept, relaxed, meta, is_cut=until is not None and times is None)

    def descent(advance: Callable[[float], None]) -> Run:
        how: dict[str, Any] = {"optimiser": method, "weight_decay": decay, "chosen": train}
        stacks = gradient_descent(network, start, rate, at, advance, softmax, **how)
        return recorded_run(velocity, rate * at.astype(np.float64), stacks, meta, steps=at, train=train)

    settings = {"t_end": t_end, "times": times, "until": until, "steps": steps, "snapshots": snapshots}
    kept = Journal(checkpoint, {**_identity(network, start), **settings, **meta}, flag(resume, "resume"))
    title = "gradient flow" if method == "flow" else "gradient descent"
    with blas_threads(network), progress_bar(title, 1.0, progress) as advance, keeping(kept):
        try:
            check_start(velocity, start)
            return (flow if method == "flow" else descent)(advance)
        except StoppedEarly as error:
            error.run = incomplete_run(velocity, start, kept.reached(), meta, str(error), train)
            raise


def _identity(network: Network, start: FloatArray) -> dict[str, Any]:
    """What tells two trainings apart besides their options, for a journal."""
    group = network.finite_group
    weights, table = (sha256(array.tobytes()).hexdigest() for array in (start, group.table))
    return {"group": group.name, **network.description(), "the start": weights, "the table": table}


def _decay(
    network: Network, method: str, softmax: str, weight_decay: float | None, frac_train: float
) -> float:
    """The weight decay of a descent, if the rest fits."""
    decay = 0.0 if weight_decay is None else real(weight_decay, "weight_decay", 0)
    if network.constraint != "none" and (decay or method == "adamw"):
        what = "adamw" if method == "adamw" else "weight decay"
        raise InputError(f"{what} leaves the spheres", hint="method='sgd' without weight_decay")
    if softmax == "uniform" and (method == "adamw" or frac_train < 1):
        what = "adamw" if method == "adamw" else "a part of the data"
        raise InputError(f"the uniform softmax is not for {what}", hint="softmax='full'")
    return decay


def _described(velocity: Velocity, method: str) -> dict[str, Any]:
    """What the run's meta says about how it was trained."""
    meta = {"optimiser": NAMES[method], "softmax": "full"}
    if velocity.is_uniform:
        meta |= {"softmax": "uniform", "time": "gradient flow of the summed loss at logit scale 1"}
    if velocity.spheres:
        every = "snapshots" if method == "flow" and not velocity.is_uniform else "every step"
        meta["retraction"] = f"gradient projected on the tangents, {every} renormalised"
    return meta


def _start(
    network: Network, seed: int, init: str, scale: float, weights: Mapping[str, ArrayLike] | None
) -> tuple[FloatArray, dict[str, Any]]:
    """The first stack, and what the run's meta says about it."""
    if weights is None:
        generator = np.random.default_rng(seed)
        drawn = {"seed": seed, "init": init, "init_scale": None}
        start = initial_weights(network, init, scale, generator)
        return start, drawn if network.constraint != "none" else {**drawn, "init_scale": float(scale)}
    start = stack_mapping(network, weights)
    if start.shape[2] != network.neurons:
        raise InputError(
            "the given weights don't fit the network",
            expected=f"{network.neurons} neurons",
            received=f"{start.shape[2]}",
        )
    return check_unit(network, start), {"seed": None, "init": "given", "init_scale": None}


def _relax(
    velocity: Velocity,
    start: FloatArray,
    kept: FloatArray,
    tolerances: Sequence[float],
    until: float | None,
    last: float | None,
    advance: Callable[[float], None],
) -> list[Relaxation]:
    """The flow of decoupled neurons at each of the tolerances."""

    def share(index: int) -> Callable[[float], None]:
        return lambda done: advance((index + done) / len(tolerances))

    return [
        decoupled_flow(velocity, start, kept, tolerance, until, last, share(index))
        for index, tolerance in enumerate(tolerances)
    ]


def _relaxed_run(
    velocity: Velocity, kept: FloatArray, relaxed: Sequence[Relaxation], meta: Mapping[str, Any], is_cut: bool
) -> Run:
    """The run of a flow of decoupled neurons; of two, the second is the one at the looser tolerance.

    Parameters
    ----------
    is_cut: whether it keeps nothing between the first neuron's arrival and the end.
    """
    first = min(flow.first_arrival() for flow in relaxed)
    before = max(int(np.searchsorted(kept, first)), 1) if is_cut else len(kept)
    t, end = kept[:before], float(relaxed[0].arrival.max())
    stacks = [flow.snapshots[:before] for flow in relaxed]
    if end > t[-1]:
        t = np.append(t, end)
        stacks = [np.concatenate([s, flow.final[None]]) for s, flow in zip(stacks, relaxed, strict=True)]
    error = error_bound(stacks[0], stacks[1], meta["rtol"]) if len(stacks) > 1 else None
    if "until" in meta:
        unconverged = int((~relaxed[0].converged).sum())
        meta = {**meta, "unconverged": unconverged, **arrivals(relaxed[0].first_arrival())}
    return recorded_run(velocity, t, stacks[0], meta, error=error)
