"""Phase alignment: the phase difference D = 2 phi - psi tends to 0, from every start but D = pi."""

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments.modes import (
    PAPER_A,
    blowing_up_together,
    choose_group,
    elliptic_rate,
    is_cyclic,
    nearly_uniform,
    single_modes,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Modes, project
from odekit.derivation import derive
from odekit.groups import mode_basis, wrap_phase
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import exact_modes

__all__ = ["CLAIM"]

ORDER = 3.0
NEURONS = 40
RTOL = 1e-11  # |D| falls by about 0.03^3 and has to stay above the error
SMALLEST_ANGLE = 0.1  # of D from 0, where little is left to fall, and from pi, where it rests
MAGNITUDES = 0.7  # of log alpha and log beta: a factor of 2 either way
TOLERANCE = 1e-2  # of the order, an integer
# Shares of the blow-up time: the order is not reached earlier, rounding grows like the inverse.
REMAINING = np.concatenate(([1.0], np.geomspace(0.8, 0.03, 26)))
COARSER = 10.0  # a run whose errors are so much larger tells those of the first
LAST_STEP = float(np.log(REMAINING[-2] / REMAINING[-1]))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Start neurons at random magnitudes and phases, scaled so that all blow up together, and watch D.

    Near the blow-up at T* the derived flow has ``D ~ C (T* - t)^3``. The order is measured over the last two
    snapshots, where the exact solution says how far the local slope still is from its limit.
    """
    network = nearly_uniform(
        choose_group(settings, 23), settings.value("neurons", NEURONS * (4 if settings.full else 1))
    )
    weights, end = _start(network, settings.generator(claim.id))
    run, coarser = _train(network, weights, end, 1.0), _train(network, weights, end, COARSER)
    modes = project(run)
    measured, exact = _phase_difference(modes), _exact(modes.at(0), network, run.t)
    errors = _phase_errors(run, coarser, modes)
    slopes, again = (_last_order(np.abs(D)) for D in (measured, _phase_difference(project(coarser))))
    falls = (np.diff(np.abs(measured), axis=0) < 0).all(axis=0)
    off = np.abs(wrap_phase(measured - exact))
    budget = {
        "approach to the limit": float(np.abs(_last_order(np.abs(exact)) - ORDER).max()),
        "integrator and softmax": float(np.abs(slopes - again).max()),
        "rounding": 8 * EPS / float(np.abs(measured[-1]).min()) / LAST_STEP,
    }
    return claim.verdict(
        gap=float(np.abs(slopes - ORDER).max()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "$D$ falls with the square of the remaining time",
            judge(float(np.abs(slopes - 2.0).max()), sum(budget.values()), TOLERANCE),
        ),
        predicted={"order in the remaining time": ORDER, "share of neurons whose |D| always falls": 1.0},
        measured={
            "order in the remaining time": float(slopes[np.abs(slopes - ORDER).argmax()]),
            "share of neurons whose |D| always falls": float(falls.mean()),
        },
        checks={
            "every |D| falls from each snapshot to the next": bool(falls.all()),
            "every D is that of the exact solution": bool((off <= errors).all()),
            "the derivation finds D = 0 attracting and D = pi repelling": _is_attracting(),
        },
        evidence={
            "group": network.finite_group.name,
            "largest |D| at the start (rad)": float(np.abs(measured[0]).max()),
            "largest |D| at the end (rad)": float(np.abs(measured[-1]).max()),
            "largest difference from the exact D (rad)": float(off.max()),
            "largest bound of that difference (rad)": float(errors.max()),
            "series": {
                "x": {"label": "remaining share of the blow-up time", "values": REMAINING},
                "y": {"label": "|D| (rad)"},
                "curves": {f"D(0) = {D[0]:.2f} rad": np.abs(D) for D in measured.T[:6]},
                "scale": "loglog",
                "caption": "Phase difference $|D|$ of six trained neurons against the time that is left "
                "until they blow up. All lines get the slope 3: $D$ falls with the cube of that time.",
            },
        },
        text="$D$ falls with the cube of the remaining time to blow-up, so no rate describes it for good; at "
        "fixed magnitudes the local rate is $n (4 beta + alpha^2/beta)$. $D = pi$ repels.",
    )


def _start(network: Network, generator: np.random.Generator) -> tuple[dict[str, FloatArray], float]:
    """Weights of one mode with a phase per neuron, and their blow-up time.

    D starts at least 0.1 away from 0 and pi, so that its fall can be followed.
    """
    group, count = network.finite_group, network.neurons
    places = generator.choice(np.flatnonzero(~mode_basis(group).is_real), size=count)
    alpha, beta = np.exp(generator.uniform(-MAGNITUDES, MAGNITUDES, size=(2, count)))
    phi = generator.uniform(-np.pi, np.pi, size=count)
    size = generator.uniform(SMALLEST_ANGLE, np.pi - SMALLEST_ANGLE, size=count)
    D = size * generator.choice((-1, 1), count)
    weights = single_modes(group, places, alpha * np.exp(1j * phi), beta * np.exp(1j * (2 * phi - D)))
    return blowing_up_together(network, weights)


def _train(network: Network, weights: dict[str, FloatArray], end: float, factor: float) -> Run:
    """A run with tolerance and logits larger by a factor, in the time of the network as it is.

    Integrator and softmax disturb it that factor more, so that what changes covers what they do at factor 1.
    """
    louder = nearly_uniform(network.finite_group, network.neurons, factor)
    times = end * (1 - REMAINING) / factor
    return simulate(louder, weights=weights, times=times, rtol=factor * RTOL, estimate_error=False)


def _own(modes: Modes, values: FloatArray) -> FloatArray:
    """What belongs to each neuron's own mode, (..., M), of values (..., M, n_modes)."""
    place = modes.dominant if modes.alpha.ndim == 2 else modes.at(0).dominant
    return values[..., np.arange(len(place)), place]


def _phase_difference(modes: Modes) -> FloatArray:
    """D of each neuron's own mode, (T, M), in (-pi, pi]."""
    return wrap_phase(2 * _own(modes, modes.phi) - _own(modes, modes.psi))


def _exact(start: Modes, network: Network, t: FloatArray) -> FloatArray:
    """D of the exact solution from the first snapshot, (T, M)."""
    state = (_own(start, part) for part in (start.alpha, start.phi, start.beta, start.psi))
    alpha, phi, beta, psi = state
    _, phi, _, psi = exact_modes(alpha, phi, beta, psi, elliptic_rate(network), t[:, None])
    return wrap_phase(2 * phi - psi)


def _phase_errors(run: Run, coarser: Run, modes: Modes) -> FloatArray:
    """Bound of each D's error, (T, M) radians.

    A relative deviation e of a neuron's weights turns phi by at most e w/alpha and psi by e w/beta, with
    ``w^2 = alpha^2 + beta^2``. The largest of the two runs, over all times, covers integrator and softmax: at
    early times both take the same steps, and do not tell. Rounding disturbs the
    gradient's sums over all pairs by at most ``n^2`` roundings, which the flow amplifies by
    ``1/(1 - t/T*)``, the growth of a shift of the blow-up time.
    """
    deviation = sum(((w - coarser.weights[name]) ** 2).sum(axis=-1) for name, w in run.weights.items())
    size = sum((w**2).sum(axis=-1) for w in run.weights.values())
    rounding = run.network.finite_group.order**2 * EPS / REMAINING[:, None]
    alpha, beta = _own(modes, modes.alpha), _own(modes, modes.beta)
    per_relative = np.hypot(alpha, beta) * (2 / alpha + 1 / beta)
    return np.asarray((np.sqrt(deviation / size).max(axis=0) + rounding) * per_relative)


def _last_order(angle: FloatArray) -> FloatArray:
    """Order at which angles (T, M) fall with the remaining time, over the last interval."""
    return orders(REMAINING[-2:], angle[-2:].T)[:, 0]


def _is_attracting() -> bool:
    """Whether the derivation finds D = 0 attracting and D = pi repelling, in this order."""
    return [point.stability for point in derive(Network("Zp")).fixed_points()] == ["attracts", "repels"]


CLAIM = Claim(
    id="phase-alignment",
    statement="The phase difference $D = 2 phi - psi$ shrinks to 0 from every start but $D = pi$, which "
    "repels.",
    source="arXiv 2602.16849, phase alignment",
    paper=PAPER_A,
    hypotheses="cyclic group of order at least 5, a frequency with a phase (not n/2), quadratic activation, "
    "shared embedding, uniform softmax",
    experiment=experiment,
    applies=is_cyclic,
    takes={"neurons": neurons_from(1)},
)
