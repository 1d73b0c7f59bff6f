"""How often `compare` errs: random right runs that it refutes, and wrong ones that it confirms.

    python benchmarks/calibration.py [--right 1000] [--wrong 200] [--seed 0] [--processes 2]

Right runs are networks on groups of order 2 to 16, one neuron to 64, scales from 1e-4 to .3, trained by flow
or descent and kept at 2 to 101 moments. Wrong ones are such runs with their clock, loss, group, sign or one
weight group changed, or their weights decayed. Prints each error, and both shares with their limits; the exit
code is 1 where more than 1 % of either are wrong.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from odekit import Network, Run, compare, simulate
from odekit.errors import OdekitError
from odekit.simulation.training.flow import time_scale
from odekit.simulation.training.initial import initial_weights
from odekit.sweeps import upper_limit

__all__ = ["Trial", "calibrate", "errors", "main", "right_run", "told", "wrong_run"]

CYCLIC = [f"Z{n}" for n in range(2, 17)]
OTHERS = ["Z2xZ4", "Z3xZ3", "Z2xZ2xZ2", "S3", "D4", "Q8", "A4"]
# Groups of one order, so that the weights of one fit the other.
EXCHANGED = {
    "Z4": "Z2xZ2",
    "Z8": "Z2xZ4",
    "Z9": "Z3xZ3",
    "Z12": "Z2xZ6",
    "Z16": "Z4xZ4",
    "S3": "Z6",
    "Q8": "D4",
}
# Share of either error that is allowed.
MOST = 0.01


@dataclass(frozen=True)
class Trial:
    """One run put to `compare`: what was wrong with it (or nothing), what it was, and what came."""

    fault: str
    run: str
    outcome: str
    reason: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrates; 1 where one of the errors is more frequent than it may be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("right", 1000), ("wrong", 200), ("seed", 0), ("processes", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args(arguments)
    trials = calibrate(options.right, options.wrong, options.seed, options.processes)
    print(told(trials))
    counts = {False: options.right, True: options.wrong}
    return int(any(len(wrong) > MOST * counts[is_fault] for is_fault, wrong in errors(trials).items()))


def errors(trials: Sequence[Trial]) -> dict[bool, list[Trial]]:
    """Right runs that were refuted, and (True) faulty ones that were confirmed."""
    return {
        False: [trial for trial in trials if not trial.fault and trial.outcome == "refuted"],
        True: [trial for trial in trials if trial.fault and trial.outcome == "confirmed"],
    }


def calibrate(right: int, wrong: int, seed: int = 0, processes: int = 2) -> list[Trial]:
    """Trials of random right and wrong runs, each drawn from a seed of its own."""
    tasks = [(False, (seed, 0, i)) for i in range(right)] + [(True, (seed, 1, i)) for i in range(wrong)]
    if processes == 1:
        return [*map(_trial, tasks)]
    with ProcessPoolExecutor(processes) as pool:
        return [*pool.map(_trial, tasks, chunksize=4)]


def told(trials: list[Trial]) -> str:
    """How many outcomes of each kind, and the limits of both errors."""
    lines = []
    for name, bad, chosen in (
        ("right", "refuted", [trial for trial in trials if not trial.fault]),
        ("wrong", "confirmed", [trial for trial in trials if trial.fault]),
    ):
        if chosen:
            counts = Counter(trial.outcome for trial in chosen)
            limit = upper_limit(counts[bad], len(chosen))
            spread = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
            lines.append(
                f"{len(chosen)} {name} runs: {spread}; falsely {bad}: {counts[bad]}, "
                f"at most {100 * limit:.2g} % (Clopper-Pearson, 95 %)"
            )
            lines += [f"  {t.run} {t.fault}: {t.reason}" for t in chosen if t.outcome == bad]
    return "\n".join(lines)


def _trial(task: tuple[bool, tuple[int, ...]]) -> Trial:
    is_wrong, entropy = task
    rng = np.random.default_rng(entropy)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        while True:
            try:
                name, run = right_run(rng)
                fault, run = wrong_run(run, rng) if is_wrong else ("", run)
            except OdekitError:
                continue
            comparison = compare(run)
            return Trial(fault, name, comparison.outcome, comparison.reason)


def right_run(rng: np.random.Generator) -> tuple[str, Run]:
    """A run that follows its meta, with a description: by flow or by descent, at any size and resolution."""
    network: dict[str, Any] = {
        "group": str(rng.choice(CYCLIC if rng.random() < 0.8 else OTHERS)),
        "neurons": 1 if rng.random() < 0.2 else int(rng.integers(2, 65)),
        "embedding": str(rng.choice(["shared", "unshared"], p=[0.7, 0.3])),
        "loss": str(rng.choice(["mean", "sum"])),
        "logit_scale": float(np.exp(rng.uniform(-1, 1))),
    }
    if rng.random() < 0.15:
        network["constraint"] = "sphere"
        network["logit_scale"] *= 0.01
    elif rng.random() < 0.3:
        first = "theta" if network["embedding"] == "shared" else "theta1"
        network["rates"] = {
            first: float(rng.choice([0.5, 2.0, 3.0])),
            "xi": float(rng.choice([0.3, 1.0, 5.0])),
        }
    options: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "scale": float(np.exp(rng.uniform(*np.log([1e-4, 0.3])))),
    }
    if network["group"] in CYCLIC and rng.random() < 0.3 and "constraint" not in network:
        options["init"] = "single_frequency"
    made = Network(**network)
    drawn = initial_weights(
        made, options.get("init", "iid"), options["scale"], np.random.default_rng(options["seed"])
    )
    end = time_scale(made, drawn) * float(rng.uniform(0.3, 3.0 if made.constraint != "none" else 0.9))
    snapshots = int(rng.choice([2, 3, 6, 11, 26, 51, 101]))
    if rng.random() < 0.2:
        steps = int(rng.integers(max(snapshots, 20), 2000))
        options |= {"method": "sgd", "learning_rate": end / steps, "steps": steps}
    else:
        options |= {"t_end": end, "rtol": float(10 ** rng.uniform(-9, -5))}
    return f"Network({network}), {options}, {snapshots} snapshots", simulate(
        made, **options, snapshots=snapshots
    )


def wrong_run(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    """The run with one thing about it wrong, and what that is."""
    faults: list[Callable[[Run, np.random.Generator], tuple[str, Run]]] = [
        _clock,
        _loss,
        _group,
        _sign,
        _decay,
        _scaled,
    ]
    return faults[int(rng.integers(len(faults)))](run, rng)


def _clock(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    factor = float(rng.choice([0.5, 0.9, 0.95, 1.05, 1.1, 2.0]))
    return f"clock times {factor}", replace(run, t=factor * run.t)


def _loss(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    other = "sum" if run.network.loss == "mean" else "mean"
    return f"loss called {other}", replace(run, network=run.network.replaced(loss=other))


def _group(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    name = run.network.finite_group.name
    if name not in EXCHANGED:
        return _clock(run, rng)
    return f"group called {EXCHANGED[name]}", replace(
        run, network=run.network.replaced(group=EXCHANGED[name])
    )


def _sign(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    return "readout of the other sign", replace(run, weights={**run.weights, "xi": -run.weights["xi"]})


def _decay(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    lost = float(rng.uniform(0.1, 1.0)) * (run.t - run.t[0]) / (run.t[-1] - run.t[0])
    shrunk = np.exp(-lost)[:, None, None]
    if run.network.constraint != "none":
        return _clock(run, rng)
    return "decayed weights", replace(run, weights={name: w * shrunk for name, w in run.weights.items()})


def _scaled(run: Run, rng: np.random.Generator) -> tuple[str, Run]:
    if run.network.constraint != "none":
        return _clock(run, rng)
    name, factor = str(rng.choice([*run.weights])), float(rng.choice([0.8, 0.95, 1.05, 1.25]))
    return f"{name} times {factor}", replace(run, weights={**run.weights, name: factor * run.weights[name]})


if __name__ == "__main__":
    sys.exit(main())
