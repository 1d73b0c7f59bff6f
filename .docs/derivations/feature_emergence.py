"""Features that climb the labels' energy."""

import odekit
from odekit.systems.printers import latex_block
from tools.formulas import formula


@formula("odekit.gradient_flow", "odekit.reduce")
def race_on_z4() -> str:
    sums = ["+".join(f"(a{x} + b{(h - x) % 4})**2" for x in range(4)) for h in range(4)]
    energy = "+".join(f"({q})**2/2" for q in sums) + f"-({'+'.join(sums)})**2/8"
    flow = odekit.gradient_flow(energy, "a0 a1 a2 a3 b0 b1 b2 b3", direction="ascent")
    squares = {
        "P": "((a0 - a2)**2 + (a1 - a3)**2)/2",
        "Q": "((b0 - b2)**2 + (b1 - b3)**2)/2",
        "p": "(a0 - a1 + a2 - a3)**2/4",
        "q": "(b0 - b1 + b2 - b3)**2/4",
    }
    return latex_block(odekit.reduce(flow, observables=squares))
