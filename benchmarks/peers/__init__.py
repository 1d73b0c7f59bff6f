"""Integrators of others, each behind one module: the same flow, the same starts, the same end times.

Each module has ``integrate``: a problem and a tolerance to end states (state, batch). What a library compiles
it keeps for the next call, so that the first call and the later ones can be timed apart. The absolute
tolerance is, as odekit's own, a thousandth of rtol times the largest entry of the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

__all__ = ["PEERS", "Peer"]


@dataclass(frozen=True)
class Peer:
    """One way to use another library.

    Parameters
    ----------
    name: as shown.
    package: what must be importable.
    module: of this folder, that holds ``integrate``.
    sample: trajectories that it is timed on, at most; None: all.
    how: in a few words.
    is_stacked: whether all trajectories are one system, with one step size.
    """

    name: str
    package: str
    module: str
    sample: int | None
    how: str
    is_stacked: bool = False

    def load(self) -> Callable[[Any, float], Any]:
        """Its ``integrate``; ImportError, with the reason, where the library doesn't load."""
        import_module(self.package)
        integrate: Callable[[Any, float], Any] = import_module(f"peers.{self.module}").integrate
        return integrate


PEERS = (
    Peer("scipy solve_ivp, loop", "scipy", "scipy_loop", 1_000, "DOP853, one trajectory after the other"),
    Peer(
        "scipy solve_ivp, stacked",
        "scipy",
        "scipy_stacked",
        100_000,
        "DOP853, one system, one step size",
        True,
    ),
    Peer(
        "heyoka, batch",
        "heyoka",
        "heyoka_batch",
        None,
        "Taylor, a thread for each core, fastest width; its error moves in steps of the order",
    ),
    Peer(
        "heyoka, batch of default width",
        "heyoka",
        "heyoka_default",
        None,
        "the same, recommended_simd_size()",
    ),
    Peer("diffrax", "diffrax", "diffrax_vmap", 10_000, "Dopri8, vmap and jit, float64"),
    Peer(
        "torchdiffeq",
        "torchdiffeq",
        "torchdiffeq_stacked",
        1_000,
        "dopri8, one system, one step size, float64",
        True,
    ),
    Peer("JiTCODE", "jitcode", "jitcode_loop", 1_000, "compiled C, dop853, one trajectory after the other"),
)
