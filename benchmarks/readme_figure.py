"""The README's figure: a network of its example and the reduced ODE, through the horizon and beyond."""

from __future__ import annotations

from pathlib import Path

import odekit
from odekit.report import figure_bytes, plot_trajectories

PLACE = Path(__file__).resolve().parents[1] / ".github" / "trajectories.png"
END = 800.0  # the horizon of the example lies at some 690
DPI = 220


def main() -> None:
    """Trains, compares, draws and writes the picture."""
    network = odekit.Network("Z23", neurons=64)
    run = odekit.simulate(network, init="single_frequency", scale=0.02, t_end=END, snapshots=61)
    about = {"Title": "Magnitudes of four neurons of a trained network, and the reduced ODE"}
    PLACE.write_bytes(figure_bytes(plot_trajectories(odekit.compare(run)), "png", about, DPI))


if __name__ == "__main__":
    main()
