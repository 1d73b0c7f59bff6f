"""What a notebook shows, as a formula."""

import odekit


def displayed(system: odekit.System) -> str:
    """The formula that a notebook shows of a system."""
    return str(system._repr_latex_()).split("$$")[1]
