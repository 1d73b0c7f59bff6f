"""Random networks trained by the defaults of `simulate`: each has to end, and soon.

    python benchmarks/random_networks.py [--count 100] [--seed 0] [--most-neurons 256]

Groups of order up to 31, up to 256 neurons, scales from .001 to .1, every activation that has a name and some
formulas. Prints a line for each, with its processor time and how far its loss fell. The
exit code is 1 where one failed or took over a minute of one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from odekit import Network, simulate
from odekit.errors import OdekitError
from odekit.networks import ACTIVATIONS

__all__ = ["main", "random_networks"]

GROUPS = (*(f"Z{n}" for n in range(2, 32)), "Z2xZ2", "Z3xZ5", "S3", "S4", "D4", "D15", "Q8", "A4", "F21")
FORMULAS = ("tanh(z)", "z**2 + z**3/2", "z*tanh(z)", "relu(z)**2", "sin(z)", "exp(z) - 1", "abs(z - 1)", "z")
SCALES = (1e-3, 1e-1)
LIMIT = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains them; 1 where one failed or took too long."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-neurons", type=int, default=256)
    options = parser.parse_args(arguments)
    failed, longest = 0, 0.0
    for index, (network, scale) in enumerate(
        random_networks(options.count, options.seed, options.most_neurons)
    ):
        said, seconds, right = _trained(network, scale, index)
        print(f"{index:3}  {_described(network, scale)}  {seconds:6.1f} s  {said}", flush=True)
        failed, longest = failed + (not right), max(longest, seconds)
    print(f"{options.count - failed} of {options.count} ended in {LIMIT:g} s, the longest in {longest:.1f} s")
    return int(failed > 0)


def random_networks(count: int, seed: int, most_neurons: int) -> Iterator[tuple[Network, float]]:
    """Networks, and the scale of each one's start."""
    generator = np.random.default_rng(seed)
    names = [*ACTIVATIONS, *FORMULAS]
    for index in range(count):
        group = str(generator.choice(GROUPS))
        how: dict[str, Any] = {
            # Every activation comes, in turn.
            "activation": names[index % len(names)],
            "neurons": int(np.exp(generator.uniform(0, np.log(most_neurons + 1)))),
            "embedding": str(generator.choice(["shared", "unshared"])),
            "constraint": str(generator.choice(["none"] * 5 + ["sphere"])),
            "loss": str(generator.choice(["mean", "sum"])),
        }
        yield Network(group, **how), float(np.exp(generator.uniform(*np.log(SCALES))))


def _trained(network: Network, scale: float, seed: int) -> tuple[str, float, bool]:
    """What came of it, in how many seconds of processor time, and whether that is right."""
    start = time.process_time()
    try:
        run = simulate(network, scale=scale, seed=seed)
    except OdekitError as error:
        return str(error), time.process_time() - start, False
    seconds = time.process_time() - start
    loss = run.records["loss"]
    said = f"loss {loss[0]:8.4g} -> {loss[-1]:8.4g} at t = {run.t[-1]:.4g}"
    return said, seconds, seconds < LIMIT


def _described(network: Network, scale: float) -> str:
    kind = f"{network.embedding}, {network.constraint}, {network.loss}"
    return (
        f"{network.finite_group.name:5} {network.neurons:3} neurons  {network.activation_name:14} {kind:22} "
        f"scale {scale:.4f}"
    )


if __name__ == "__main__":
    sys.exit(main())
