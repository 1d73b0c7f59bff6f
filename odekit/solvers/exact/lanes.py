r"""The exact orbits of many starts at once, in loops that a compiler turns into vector instructions.

The formulas are those of `orbit` and `elliptic`, except that up the ladder of means the clock is an angle,
``z = theta/mu`` with ``tan theta = mu/sqrt(p)``: one climb gives the blow-up time and, down again, any point.
Rows of the flat array ``w`` are `LANES` entries long. Starts that these formulas don't serve (at rest, an end
of the float range, near an unstable orbit, invalid) are marked as not plain, for `rows` to follow.
"""

import math

from odekit.arrays import FloatArray

__all__ = [
    "INTEGRAL",
    "LANES",
    "PHASE",
    "PLAIN",
    "POINT_D",
    "POINT_P",
    "POINT_RISES",
    "RESULTS",
    "ROWS",
    "START_D",
    "START_P",
    "START_PHASE",
    "START_RISES",
    "TURN_A",
    "TURN_S",
    "run",
]

# Lanes of one pass, whose rows stay in a core's cache; roots that need more steps of the mean aren't plain.
LANES = 256
STEPS = 10
ROWS = 13 + 2 * STEPS

LIFE, ALPHA, BETA, PHASE, PLAIN, TURN_A, TURN_S, INTEGRAL = range(8)
START_D, START_P, START_RISES, START_PHASE, POINT_D, POINT_P, POINT_RISES = range(8, 15)
RESULTS = 15

SINE, COSINE, EXCESS, K, ROOT, TURN_ALPHA, TURN_BETA, H, G, P, LOWER, UPPER, SIDE = range(
    0, 13 * LANES, LANES
)
LADDER = LANES * 13

UNFUSED = ("excess",)
INLINED = ()
CALLED = (
    "open_angle",
    "open_orbit",
    "take_cube_root",
    "find_turn",
    "find_start",
    "climb",
    "read_clock",
    "descend",
    "read_state",
    "close_angle",
    "mark_plain",
)

# 2**27 + 1 halves the digits of a float (Veltkamp); from half of them one step of the mean reaches rounding.
VELTKAMP = 134217729.0
CONVERGED = 1e-9
# Outside these, powers leave the float range, or rounding decides the ratio or the fate of an orbit.
SMALLEST, LARGEST = 1e-30, 1e30
STEEPEST = 1e12
NEAR_PI = 1e-13
NEGLIGIBLE = 1e-16


def excess(alpha: float, beta: float) -> float:
    """``alpha^2 - 2 beta^2``, the squares being kept with their rounding errors; no step may be fused."""
    high = VELTKAMP * alpha
    high = high - (high - alpha)
    low = alpha - high
    x = alpha * alpha
    x_error = ((high * high - x) + 2.0 * high * low) + low * low
    high = VELTKAMP * beta
    high = high - (high - beta)
    low = beta - high
    s = beta * beta
    s_error = ((high * high - s) + 2.0 * high * low) + low * low
    return (x - 2.0 * s) + (x_error - 2.0 * s_error)


def open_angle(n: int, phi: FloatArray, psi: FloatArray, out: FloatArray, w: FloatArray) -> None:
    """Sine and cosine of ``2 phi - psi``, the rounding error of the difference included."""
    for i in range(n):
        double = 2.0 * phi[i]
        D = double - psi[i]
        part = D - double
        rest = (double - (D - part)) - (psi[i] + part)
        sine, cosine = math.sin(D), math.cos(D)
        sine += rest * cosine
        w[SINE + i] = sine
        w[COSINE + i] = cosine
        out[START_PHASE, i] = math.atan2(sine, cosine)
        out[START_RISES, i] = 1.0 if cosine >= 0.0 else 0.0


def open_orbit(n: int, alpha: FloatArray, beta: FloatArray, w: FloatArray) -> None:
    """The first integrals, and what the largest root of ``2 w^3 + c w - K`` needs a cube root of."""
    for i in range(n):
        w[EXCESS + i] = excess(alpha[i], beta[i])
        w[K + i] = alpha[i] * alpha[i] * (beta[i] * abs(w[SINE + i]))
        w[ROOT + i] = 0.5 * w[K + i]


def take_cube_root(n: int, w: FloatArray) -> None:
    """The cube root of a row of numbers from 0 on."""
    for i in range(n):
        w[ROOT + i] = w[ROOT + i] ** (1.0 / 3.0)


def find_turn(n: int, alpha: FloatArray, beta: FloatArray, w: FloatArray) -> None:
    """Magnitudes at the turning point, the roots h and g, and again what needs a cube root."""
    for i in range(n):
        c, x = w[EXCESS + i], alpha[i] * alpha[i]
        bound = w[K + i] / ((2.0 if c < 0.0 else 1.0) * abs(c))
        cube = w[ROOT + i] * 1.0000000000000009
        root = math.sqrt((-c if c < 0.0 else 0.0) / 2.0) + (bound if bound < cube else cube)
        for _ in range(7):
            slope = 6.0 * root * root + c
            moved = (4.0 * root * root * root + w[K + i]) / slope
            root = root if slope == 0.0 else moved
        s = root * root
        height = beta[i] * abs(w[SINE + i])
        turn = alpha[i] * math.sqrt(height / root if c < 0.0 else (2.0 * s + c) / x)
        a = turn * turn
        h = turn * math.sqrt(s + a / 4.0)
        projection = beta[i] * w[COSINE + i]
        w[TURN_ALPHA + i] = turn
        w[TURN_BETA + i] = root
        w[H + i] = h
        w[G + i] = (h + (s + a) / 2.0) / 2.0
        w[ROOT + i] = projection * projection / (4.0 * x)


def find_start(n: int, alpha: FloatArray, beta: FloatArray, out: FloatArray, w: FloatArray) -> None:
    """Where on the orbit the start is, as ``d`` and ``p``, and the foot of the ladder."""
    for i in range(n):
        x, h, g = alpha[i] * alpha[i], w[H + i], w[G + i]
        a, s = w[TURN_ALPHA + i] * w[TURN_ALPHA + i], w[TURN_BETA + i] * w[TURN_BETA + i]
        B, q = s + a, (h / alpha[i]) * (h / alpha[i])
        projection = abs(beta[i] * w[COSINE + i])
        target = projection * projection
        bound, other = projection / (2.0 * math.sqrt(B)), target / (4.0 * q)
        k = w[ROOT + i] * 1.0000000000000009
        k = bound if bound < k else k
        k = other if other < k else k
        for _ in range(7):
            slope = 12.0 * x * k * k + 8.0 * B * k + 4.0 * q
            moved = (8.0 * x * k * k * k + 4.0 * B * k * k + target) / slope
            k = k if slope == 0.0 else moved
        d = x * k
        width = d + alpha[i] * math.sqrt(x * k * k + B * k + q)
        p = d / (width + h) * (width + B / 2.0)
        out[START_D, i] = d
        out[START_P, i] = p
        out[TURN_A, i] = a
        out[TURN_S, i] = s
        out[INTEGRAL, i] = math.copysign(a * w[TURN_BETA + i], w[SINE + i])
        w[P + i] = p
        w[LOWER + i] = math.sqrt(h)
        w[UPPER + i] = math.sqrt(g)


def climb(n: int, row: int, w: FloatArray) -> int:
    """One step up the ladder; returns how many lanes are not at their mean yet."""
    unfinished = 0
    for i in range(n):
        p, lower, upper = w[P + i], w[LOWER + i], w[UPPER + i]
        unfinished += upper - lower > CONVERGED * upper
        lower, upper = math.sqrt(lower * upper), (lower + upper) / 2.0
        low, high = lower * lower, upper * upper
        gap = p - low
        larger = abs(gap) + math.sqrt(gap * gap + 4.0 * p * high)
        w[P + i] = larger / 2.0 if gap > 0.0 else 2.0 * p * high / larger
        w[LOWER + i] = lower
        w[UPPER + i] = upper
        w[row + i] = low
        w[row + LANES + i] = high
    return unfinished


def read_clock(
    n: int, before: bool, rate: FloatArray, span: FloatArray, out: FloatArray, w: FloatArray
) -> None:
    """The blow-up time, and p at the top of the ladder at the time ``span``, or that long before blow-up."""
    for i in range(n):
        mean = (w[LOWER + i] + w[UPPER + i]) / 2.0
        angle = math.atan2(mean, math.sqrt(w[P + i]))
        angle = math.pi - angle if w[COSINE + i] < 0.0 else angle
        speed = 2.0 * rate[i] * mean
        ahead = speed * span[i] if before else angle - speed * span[i]
        rises = ahead <= math.pi / 2.0
        alive = 0.0 < ahead < math.pi
        slope = math.tan(ahead if rises else math.pi - ahead) if alive else math.nan
        out[LIFE, i] = angle / speed
        out[POINT_RISES, i] = 1.0 if rises else 0.0
        w[SIDE + i] = 1.0 if rises else -1.0
        w[P + i] = (mean / slope) * (mean / slope)


def descend(n: int, row: int, w: FloatArray) -> None:
    """One step down the ladder."""
    for i in range(n):
        p = w[P + i]
        w[P + i] = p * ((p + w[row + i]) / (p + w[row + LANES + i]))


def read_state(n: int, out: FloatArray, w: FloatArray) -> None:
    """Magnitudes at the point, and the components of v along and across the direction of ``u^2``."""
    for i in range(n):
        p, turn_alpha, turn_beta = w[P + i], w[TURN_ALPHA + i], w[TURN_BETA + i]
        share = (p + w[H + i]) / (p + w[G + i])
        d, root_q = p * share, p + w[G + i] * share
        x = turn_alpha * turn_alpha + 2.0 * d
        out[ALPHA, i] = math.sqrt(x)
        out[BETA, i] = math.sqrt(turn_beta * turn_beta + d)
        out[POINT_D, i] = d
        out[POINT_P, i] = p
        w[K + i] = 2.0 * math.sqrt(d) * (root_q / x) * w[SIDE + i]
        w[ROOT + i] = (turn_alpha * turn_alpha / x) * turn_beta * math.copysign(1.0, w[SINE + i])


def close_angle(n: int, out: FloatArray, w: FloatArray) -> None:
    """The phase difference D at the point."""
    for i in range(n):
        out[PHASE, i] = math.atan2(w[ROOT + i], w[K + i])


def mark_plain(
    n: int, alpha: FloatArray, beta: FloatArray, rate: FloatArray, out: FloatArray, w: FloatArray
) -> None:
    """Which rows these formulas serve."""
    for i in range(n):
        in_range = (SMALLEST < alpha[i] < LARGEST) & (SMALLEST < beta[i] < LARGEST)
        in_range &= SMALLEST < rate[i] < LARGEST
        is_moderate = (alpha[i] < STEEPEST * beta[i]) & (beta[i] < STEEPEST * alpha[i])
        is_stable = (w[COSINE + i] > 0.0) | (abs(w[SINE + i]) > NEAR_PI)
        is_at_mean = w[UPPER + i] - w[LOWER + i] <= CONVERGED * w[UPPER + i]
        is_apart = w[TURN_ALPHA + i] > NEGLIGIBLE * w[TURN_BETA + i]
        is_plain = is_apart & in_range & is_moderate & is_stable & is_at_mean & (w[H + i] > 0.0)
        out[PLAIN, i] = 1.0 if is_plain else 0.0


def run(
    n: int,
    before: bool,
    alpha: FloatArray,
    phi: FloatArray,
    beta: FloatArray,
    psi: FloatArray,
    rate: FloatArray,
    span: FloatArray,
    out: FloatArray,
    w: FloatArray,
) -> None:
    """Fills the columns of ``out``, (15, n), for the first n rows; ``w`` is scratch of `ROWS` rows."""
    for first in range(0, n, LANES):
        last = min(first + LANES, n)
        m, columns = last - first, out[:, first:last]
        lane_alpha, lane_beta, lane_rate = alpha[first:last], beta[first:last], rate[first:last]
        open_angle(m, phi[first:last], psi[first:last], columns, w)
        open_orbit(m, lane_alpha, lane_beta, w)
        take_cube_root(m, w)
        find_turn(m, lane_alpha, lane_beta, w)
        take_cube_root(m, w)
        find_start(m, lane_alpha, lane_beta, columns, w)
        steps = 0
        while steps < STEPS:
            steps += 1
            if climb(m, LADDER + 2 * (steps - 1) * LANES, w) == 0:
                break
        mark_plain(m, lane_alpha, lane_beta, lane_rate, columns, w)
        read_clock(m, before, lane_rate, span[first:last], columns, w)
        for step in range(steps - 1, -1, -1):
            descend(m, LADDER + 2 * step * LANES, w)
        read_state(m, columns, w)
        close_angle(m, columns, w)
