"""The derived flow of one neuron that climbs the labels' energy of a cyclic group."""

from collections.abc import Collection

from odekit.systems import System, gradient_flow

__all__ = ["label_flow"]


def label_flow(order: int, unseen: Collection[tuple[int, int]] = ()) -> System:
    """The flow of weights ``a0, ..., b0, ...`` up ``sum_h (q_h - mean q)^2 / 2``, without a constraint.

    There ``q_h = sum (a_x + b_y)^2`` over the pairs with ``x + y = h`` that are seen.

    Parameters
    ----------
    order: n. unseen: pairs (x, y) that are left out.
    """
    seen = [(x, y) for x in range(order) for y in range(order) if (x, y) not in unseen]
    sums = ["+".join(f"(a{x} + b{y})**2" for x, y in seen if (x + y) % order == h) for h in range(order)]
    energy = "+".join(f"({q})**2/2" for q in sums) + f"-({'+'.join(sums)})**2/{2 * order}"
    names = [f"{layer}{x}" for layer in "ab" for x in range(order)]
    return gradient_flow(energy, names, direction="ascent")
