"""Whether the slope of an activation jumps anywhere, as that of relu and abs does at 0."""

from collections.abc import Iterator

import numpy as np

from odekit.arrays import FloatArray
from odekit.expressions import Call, Expression, children

__all__ = ["has_kink"]

JUMPING = ("abs", "sign", "relu", "step")
# Where arguments of such functions are searched for a change of sign: densely near 0, where weights start.
REACH = np.concatenate([-np.geomspace(1e-6, 1e3, 400)[::-1], [0.0], np.geomspace(1e-6, 1e3, 400)])
# Either side of a change of sign; between them a smooth slope changes by far less than KINK.
BESIDE = 1e-9
KINK = 1e-6
HALVINGS = 80


def has_kink(activation: Expression) -> bool:
    """Whether the slope, or the activation itself, differs on both sides of a point.

    Looked at are 0 and the points up to 1,000 where the argument of abs, sign, relu or step changes its sign.
    """
    places = np.array([0.0, *_breaks(activation)])
    near = BESIDE * np.maximum(np.abs(places), 1.0)
    slope = activation.derivative("z")
    with np.errstate(all="ignore"):
        for part in (activation, slope):
            below, above = (_values(part, places + side * near) for side in (-1, 1))
            if (np.abs(above - below) > KINK * np.maximum(1.0, np.abs(above))).any():
                return True
    return False


def _breaks(expression: Expression) -> Iterator[float]:
    if isinstance(expression, Call) and expression.function in JUMPING:
        yield from _zeros(expression.argument)
    for part in children(expression):
        yield from _breaks(part)


def _zeros(argument: Expression) -> Iterator[float]:
    with np.errstate(all="ignore"):
        signs = np.sign(_values(argument, REACH))
        yield from REACH[signs == 0].tolist()
        for index in np.flatnonzero(signs[1:] * signs[:-1] < 0):
            below, above = REACH[index], REACH[index + 1]
            for _ in range(HALVINGS):
                middle = (below + above) / 2
                is_below = np.sign(_values(argument, np.array([middle]))[0]) == signs[index]
                below, above = (middle, above) if is_below else (below, middle)
            yield float(above)


def _values(expression: Expression, z: FloatArray) -> FloatArray:
    return np.asarray(np.broadcast_to(expression.evaluate({"z": z}), z.shape), dtype=np.float64)
