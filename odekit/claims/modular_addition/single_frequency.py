"""Single frequency: a neuron that starts at one frequency stays there."""

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments.modes import (
    PAPER_A,
    LeakTable,
    at_start,
    choose_group,
    draw,
    is_cyclic,
    leak_table,
    nearly_uniform,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Modes, predict, project
from odekit.derivation import derive
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import Run, simulate, uniform_gradient

__all__ = ["CLAIM"]

Weights = dict[str, FloatArray]

ORDER = 3
NEURONS = 8
RTOL = 1e-12  # what leaks is of order scale^3, down to 1e-8
TOLERANCE = 1e-2  # of the order, an integer
SCALE = 0.06  # the largest
HALVINGS: FloatArray = 0.5 ** np.arange(5.0)  # of it, as `next_order` needs
SHARE_OF_BLOW_UP = 0.5  # rounding is amplified no more than fourfold
SHARE_OF_QUARTIC_TIME = 0.1  # weights hardly grow in it, and no z^4 neuron blows up


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Measure what leaks out of the starting frequency at falling scales: nothing is left in the limit.

    At uniform softmax nothing may leak. The softmax's departure is of the size of the logits, the cube of the
    scale, so that what leaks over a given rescaled time is a power series in that cube.
    """
    group = choose_group(settings, 11)
    network = Network(group, neurons=settings.value("neurons", NEURONS * (4 if settings.full else 1)))
    scales = settings.value("scale", SCALE) * HALVINGS
    unit = draw(network, "single_frequency", 1.0, settings.generator(claim.id))
    half = SHARE_OF_BLOW_UP * float(predict(at_start(network, unit)).blow_up_time.min())
    shares, noise = _shares(network, unit, scales, half, 2)
    slopes = orders(scales, shares)
    budget = {
        "integrator": float(noise_of_orders(scales, noise / shares)[-2:].max()),
        "next order in the scale": next_order(slopes[:-1], ORDER),
    }
    uniform, rounding = _at_uniform_softmax(group, unit, half)
    quartic = Network(group, neurons=network.neurons, activation="quartic")
    others, _ = _shares(quartic, unit, scales, _quartic_time(quartic, unit), 4)
    table = leak_table(group)
    system = derive(Network(group))
    certificate = system.certify()
    return claim.verdict(
        gap=_gap(slopes),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the same with the activation $z^4$",
            judge(_gap(orders(scales, others)), sum(budget.values()), TOLERANCE),
            f"with $z^4$ the frequency $k$ leaks into {table.predicted_text}",
        ),
        predicted=float(ORDER),
        measured=float(slopes[-1]),
        checks={
            "nothing leaks at uniform softmax but rounding": uniform <= rounding,
            "the derivation finds every mode closed": all(t.system.closed for t in system.templates),
            "the derivation agrees with brute-force gradients": certificate.passed,
            "z^4 leaks exactly where the derivation says": table.agrees,
        },
        evidence=_evidence(group, slopes, uniform, str(certificate), table)
        | {
            "series": {
                "x": {"label": "scale of the weights", "values": scales},
                "y": {"label": "share of weight outside of the frequency"},
                "curves": {"z^2": shares, "z^4": others},
                "scale": "loglog",
                "caption": "Weight that training has put outside of the starting frequency, for weights of "
                "several scales. With $z^2$ it vanishes at order 3, as the softmax becomes uniform; with "
                "$z^4$, the control, it stays.",
            }
        },
        text="Exact at uniform softmax; the softmax's departure from uniform leaks at order 3 in the scale.",
    )


def _evidence(
    group: FiniteGroup, slopes: FloatArray, uniform: float, certificate: str, table: LeakTable
) -> dict[str, object]:
    return {
        "group": group.name,
        "certificate": certificate,
        "slopes": slopes,
        "share outside at uniform softmax": uniform,
        "leaks of z^4, derived": table.derived,
        "leaks of z^4, measured": table.measured,
    }


def _gap(slopes: FloatArray) -> float:
    """Largest deviation from the order among the last two slopes."""
    return float(np.abs(slopes[-2:] - ORDER).max())


def _shares(
    network: Network, unit: Weights, scales: FloatArray, time: float, degree: int
) -> tuple[FloatArray, FloatArray]:
    """Share of weight outside of the frequency at every scale, (S,), and the simulation's error.

    The gradient has the degree of the activation in the weights, so that rescaled time is time multiplied by
    the scale to that degree less one.
    """
    runs = [
        simulate(
            network,
            weights={name: scale * w for name, w in unit.items()},
            times=[0.0, time / scale ** (degree - 1)],
            rtol=RTOL,
        )
        for scale in scales
    ]
    noise = np.array([run.records["integrator_error"][-1] for run in runs])
    return np.array([_outside(project(run)) for run in runs]), noise


def _quartic_time(network: Network, unit: Weights) -> float:
    """A tenth of the least |w| / |dw/dt| over neurons, at uniform softmax."""
    velocity = uniform_gradient(network, unit["theta"], unit["xi"])
    speed = np.sqrt(sum((np.asarray(part) ** 2).sum(axis=-1) for part in velocity))
    size = np.sqrt(sum((w**2).sum(axis=-1) for w in unit.values()))
    return SHARE_OF_QUARTIC_TIME * float((size / speed).min())


def _at_uniform_softmax(group: FiniteGroup, unit: Weights, time: float) -> tuple[float, float]:
    """Share outside of the frequency in a run whose softmax stays uniform, and what rounding may cause.

    Each gradient is a sum over all pairs, wrong by at most ``n^2`` roundings; what they do over the run is
    amplified by no more than the weights' growth, which is below ``1/(1 - t/T*)`` squared.
    """
    network = nearly_uniform(group, len(unit["xi"]))
    run: Run = simulate(
        network, weights=unit, times=[0.0, time / network.logit_scale], rtol=RTOL, estimate_error=False
    )
    return _outside(project(run)), group.order**2 * EPS / (1 - SHARE_OF_BLOW_UP) ** 2


def _outside(modes: Modes) -> float:
    """Root of the share of squared length outside of each neuron's first frequency, at the end."""
    own = np.zeros(modes.alpha.shape[1:], dtype=bool)
    own[np.arange(len(own)), modes.at(0).dominant] = True
    lengths = np.where(modes.basis.is_real, 1.0, 0.5)
    outside, total = 0.0, 0.0
    for name, amplitudes in modes.amplitudes.items():
        power = lengths * np.abs(amplitudes[-1]) ** 2
        mean = float((modes.means[name][-1] ** 2).sum())
        outside += float(power[~own].sum()) + mean
        total += float(power.sum()) + mean
    return float(np.sqrt(outside / total))


CLAIM = Claim(
    id="single-frequency",
    statement="A neuron that starts with a single frequency keeps it: no other frequency grows.",
    source="arXiv 2602.16849, single-frequency preservation",
    paper=PAPER_A,
    hypotheses="cyclic group of order at least 5, quadratic activation, shared embedding, x+y, small weights",
    experiment=experiment,
    applies=is_cyclic,
    takes={"neurons": neurons_from(1), "scale": scale_between(1e-3, 0.1)},
)
