"""From lazy to rich training: neurons with quadratic features."""

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


def _moments(feature: str) -> odekit.System:
    """Mean and second moment of the weights on one sample, of three neurons with one input."""
    outputs = " + ".join(feature.replace("h", f"(w{i}*x)") for i in (1, 2, 3))
    flow = odekit.gradient_flow(
        f"3*(y - alpha*({outputs})/3)**2/2", "w1 w2 w3", parameters="x y alpha epsilon"
    )
    return odekit.reduce(flow, observables={"u": "(w1 + w2 + w3)/3", "M": "(w1**2 + w2**2 + w3**2)/3"})


@formula("odekit.gradient_flow", "odekit.reduce")
def moments_on_a_sample() -> str:
    return latex_block(_moments("h + epsilon*h**2/2"))


@formula("odekit.gradient_flow", "odekit.reduce")
def moments_of_linear_features() -> str:
    return latex_block(_moments("h"))
