"""What it costs to know a training beforehand: flows at cumulant orders, the whole prediction, and training.

    python benchmarks/orders.py [--quick] [--orders 11,23,47] [--neurons 64,512] [--plateau 2000] [--seed 0]
                                [--start iid|single_frequency|equal_magnitude|symmetric] [--json FILE]

For each p and M a network is trained by plain descent, whose step is such that the first blow-up takes
``--plateau`` steps, until its loss has fallen by nine tenths of ln p. Its start is drawn, or symmetric: a few
random neurons, each moved along x -> x + s for all s, M of them about. Beside it, in the same process: the
modified equation's flow at order 1, 2, 3 and with the whole softmax, up to where the loss has fallen by .1,
before which order 1 means something; and the prediction to the end, with its band and without. Each row tells
gradients and seconds, and both over those of the training up to the same time, as well as the operations: a
gradient by living modes or over orbit classes takes less than a full one. A step of descent is a gradient.
Explicit integration is bound by the descent's own stability: past the plateau it gains little. The orders
cost the same here, in arrays: what is saved is the plateau.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit import Network, predict
from odekit.comparison.flows import PopulationFlow
from odekit.simulation import INITS, LossGradient, Run, blas_threads, initial_weights

__all__ = ["main", "rows"]

Row = dict[str, Any]
FloatArray = NDArray[np.float64]

SCALE = 0.02
RTOL = 1e-6
BEGINNING, END = 0.1, 0.9  # falls of the loss: in nats, and in shares of ln p
MOST_STEPS = 20  # plateaus that a training may take
FLOWS = {"flow, order 1": 1, "flow, order 2": 2, "flow, order 3": 3, "flow, whole softmax": None}
PREDICTION = "prediction to the end"
COLUMNS = (
    "p",
    "M",
    "who",
    "until t",
    "gradients",
    "seconds",
    "gradients / training",
    "operations / training",
    "seconds / training",
)
SYMMETRIC = "symmetric"
STARTS = (*INITS, SYMMETRIC)
ENDED = "ended"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one small network")
    parser.add_argument("--orders", default="11,23,47", metavar="p,p")
    parser.add_argument("--neurons", default="64,512", metavar="M,M")
    parser.add_argument("--plateau", type=int, default=2000, help="steps to the first blow-up")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", choices=STARTS, default="iid")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    orders, neurons = ([int(each) for each in text.split(",")] for text in (options.orders, options.neurons))
    sizes = [(5, 16)] if options.quick else [(p, M) for p in orders for M in neurons]
    print(f"| {' | '.join(COLUMNS)} |\n|{'|'.join('---' for _ in COLUMNS)}|")
    found = []
    for p, M in sizes:
        for row in rows(p, M, options.plateau, options.seed, options.start):
            found.append(row)
            print(f"| {' | '.join(_shown(row[name]) for name in COLUMNS)} |", flush=True)
    ends = {(row["p"], row["M"]): row[ENDED] for row in found if ENDED in row}
    print("\n".join(["", *(f"prediction at p {p}, M {M} ended: {ended}" for (p, M), ended in ends.items())]))
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def rows(p: int, M: int, plateau: int, seed: int, init: str = "iid") -> Iterator[Row]:
    """Rows of one network, the training first.

    Parameters
    ----------
    p, M: order of the cyclic group, and neurons.
    plateau: steps of descent to the first blow-up.
    seed: of the start.
    init: one of `STARTS`.
    """
    network, start = _started(p, M, init, np.random.default_rng(seed))
    M = network.neurons
    weights = PopulationFlow(network).by_name(start[None])
    blow_up = float(predict(Run(np.zeros(1), weights, network)).blow_up_time.min())
    step = blow_up / plateau
    with blas_threads(network):
        falls, clock = _trained(network, start, step, MOST_STEPS * plateau)
        first, full = int(np.argmax(falls > BEGINNING)), LossGradient(network).operations

        def row(who: str, t: float, gradients: int, seconds: float, operations: float | None = None) -> Row:
            taken = min(round(t / step), len(clock) - 1)
            share = gradients / taken
            # Those of full gradients, where nothing else is said.
            ratio = share if operations is None else operations / (taken * full)
            values = (p, M, who, t, gradients, seconds, share, ratio, seconds / float(clock[taken]))
            return dict(zip(COLUMNS, values, strict=True))

        yield row("training", step * (len(falls) - 1), len(falls) - 1, float(clock[-1]))
        for who, order in FLOWS.items():
            flow = PopulationFlow(network, order, step)
            begin = time.perf_counter()
            list(flow.follow(start, np.array([0.0, first * step]), RTOL))
            yield row(who, first * step, flow.gradients, time.perf_counter() - begin)
    curve = predict(Run(np.zeros(1), weights, network, meta={"learning_rate": step}), until="end")
    cost, end = curve.cost, float(curve.t[-1])
    ended = {ENDED: curve.ended}
    yield row(PREDICTION, end, cost.gradients, cost.seconds - cost.band_seconds, cost.operations) | ended
    gradients, operations = cost.gradients + cost.band_gradients, cost.operations + cost.band_operations
    yield row(f"{PREDICTION}, with band", end, gradients, cost.seconds, operations) | ended


def _started(p: int, M: int, init: str, generator: np.random.Generator) -> tuple[Network, FloatArray]:
    """A network and its start, (2, p, M); a symmetric one has a multiple of p neurons."""
    network = Network(f"Z{p}", neurons=M)
    if init != SYMMETRIC:
        return network, initial_weights(network, init, SCALE, generator)
    few = network.replaced(neurons=max(1, M // p))
    theta, xi = initial_weights(few, "iid", SCALE, generator)
    moved = [np.stack([np.roll(theta, s, axis=0), np.roll(xi, 2 * s, axis=0)]) for s in range(p)]
    return network.replaced(neurons=few.neurons * p), np.concatenate(moved, axis=-1)


def _trained(network: Network, start: FloatArray, step: float, most: int) -> tuple[FloatArray, FloatArray]:
    """Fall of the loss below ln p after every step of descent, and seconds since its begin."""
    gradient, guess = LossGradient(network), float(np.log(network.finite_group.order))
    stack, falls, clock, begin = start.copy(), [], [], time.perf_counter()
    while not falls or (falls[-1] < END * guess and len(falls) <= most):
        loss, slope = gradient.evaluate(stack)
        falls.append(guess - float(loss))
        clock.append(time.perf_counter() - begin)
        stack -= step * slope
    return np.array(falls), np.array(clock)


def _shown(value: str | float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
