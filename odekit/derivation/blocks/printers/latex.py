"""A lifted system as LaTeX: hats on blocks, daggers on adjoints."""

from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.blocks.words import Letter, Words, combine, name_latex, words_latex
from odekit.networks import time_text

__all__ = ["block_latex"]


def block_latex(lifted: Lifted, *, comments: bool) -> str:
    """The energy and one equation of motion per weight group, as an aligned block.

    >>> from odekit.networks import Network
    >>> lifted = Lifted.of(Network("S3", embedding="unshared"))
    >>> print(block_latex(lifted, comments=True))  # doctest: +ELLIPSIS
    % at each nontrivial irrep
    % t = 1/6**2 * time of the network's own flow (loss mean, logit scale 1)
    \\begin{aligned}
    E &= \\frac{1}{6} \\sum_{\\rho \\neq 1} d_\\rho \\operatorname{Re} ...
    \\dot{\\hat\\theta}_{1} &= 2 \\hat\\xi \\hat\\theta_{2}^\\dagger \\\\
    \\dot{\\hat\\theta}_{2} &= 2 \\hat\\theta_{1}^\\dagger \\hat\\xi \\\\
    \\dot{\\hat\\xi} &= 2 \\hat\\theta_{1} \\hat\\theta_{2}
    \\end{aligned}
    """
    flow = lifted.flow
    trace = rf"\operatorname{{Re}} \operatorname{{tr}}\bigl({words_latex(flow.energy)}\bigr)"
    lines = [rf"E &= \frac{{1}}{{{lifted.group.order}}} \sum_{{\rho \neq 1}} d_\rho {trace}"]
    for name, words in flow.free_field.items():
        radial: Words = {(Letter("E"), Letter(name)): -flow.radial[name]}
        lines.append(rf"{_dotted(name)} &= {words_latex(combine([(1, words), (1, radial)]))}")
    block = "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
    above = f"% at each nontrivial irrep\n% {time_text(lifted.network)}"
    return f"{above}\n{block}" if comments else block


def _dotted(name: str) -> str:
    head, below = name_latex(name)
    return rf"\dot{{{head}}}{below}"
