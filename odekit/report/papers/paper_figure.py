"""What a figure of a paper is here: its name, what draws it, and the caption that says how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

__all__ = ["KEPT", "Drawing", "PaperFigure", "generator", "run_seed"]

WIDTH = 100  # characters of a caption's line
KEPT = 4  # computations of each kind that are kept, for figures that share one


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with what its caption says.

    Parameters
    ----------
    figure: what the reduced ODE says, on the left or as lines, and what the network did, on the right or as
        marks.
    ode: what is drawn of the ODE.
    network: what is drawn of the network.
    settings: what was computed, and where that differs from the paper's own code.
    published: where the published picture, or what is printed with it, can't be right; empty if nowhere.
    """

    figure: Figure
    ode: str
    network: str
    settings: str
    published: str = ""


@dataclass(frozen=True)
class PaperFigure:
    """A figure of a paper, drawn again from the reduced ODE and from a training of the network.

    Parameters
    ----------
    id: stable name, also of its files.
    paper: arXiv identifier.
    title: what it shows, in one line.
    published: the file of the paper's public code that it draws again; empty where there is none.
    draw: makes the drawing from a seed.
    claims: identifiers of `odekit verify` that put what it shows to the test.
    """

    id: str
    paper: str
    title: str
    published: str
    draw: Callable[[int], Drawing]
    claims: tuple[str, ...]

    def caption(self, drawing: Drawing, seed: int) -> str:
        """Paragraphs that say what is drawn, how it was made, and what is wrong with the published one."""
        parts = {
            "": f"{self.id}: {self.title}.",
            "Draws again": self.published and f"{self.published}, of the public code of arXiv {self.paper}.",
            "Reduced ODE": drawing.ode,
            "Network": drawing.network,
            "Settings": f"{drawing.settings} Seed {seed}.",
            "The published picture": self._judged(drawing),
            "Put to the test by": " ".join(["odekit verify", *self.claims]) if self.claims else "",
        }
        paragraphs = [f"{name}: {text}" if name else text for name, text in parts.items() if text]
        return "\n\n".join(fill(paragraph, WIDTH) for paragraph in paragraphs) + "\n"

    def _judged(self, drawing: Drawing) -> str:
        return drawing.published or ("Nothing in it was found wrong." if self.published else "")


def generator(seed: int, name: str) -> np.random.Generator:
    """A generator of a computation's own, the same for the same seed whatever else is drawn."""
    return np.random.default_rng([seed, *name.encode()])


def run_seed(seed: int, name: str) -> int:
    """A seed of `odekit.simulate` for a run of this name."""
    return int(generator(seed, name).integers(2**31))
