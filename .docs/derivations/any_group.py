"""Any finite group: the lifted flow of the weights' blocks, and the same on Abelian groups in modes."""

import sympy as sp

import odekit
from derivations._shown import displayed
from odekit.derivation import lifted_of, sphere_report
from odekit.systems.printers import latex_block
from tools.formulas import formula


@formula("odekit.derive")
def lifted_flow() -> str:
    return displayed(odekit.derive(odekit.Network("F21", embedding="unshared")))


@formula("odekit.derive")
def flow_on_spheres() -> str:
    return displayed(odekit.derive(odekit.Network("F21", embedding="unshared", constraint="sphere")))


@formula("odekit.derive")
def modes_on_spheres() -> str:
    return latex_block(odekit.derive(odekit.Network("Zp", embedding="unshared", constraint="sphere")))


@formula("odekit.System.rates")
def alignment_on_spheres() -> str:
    ((point, rate),) = (
        odekit.derive(odekit.Network("Zp", embedding="unshared", constraint="sphere")).rates().items()
    )
    return rf"\lambda = {sp.latex(rate)} \quad\text{{at}}\quad {point}"


@formula("odekit.derivation.sphere_report")
def energy_of_a_maximum() -> str:
    network = odekit.Network("Zp", embedding="unshared", constraint="sphere")
    (maximum,) = sphere_report(odekit.derive(network)).maxima
    return rf"E = {sp.latex(maximum.exact_energy)}"


@formula("odekit.derivation.Lifted")
def spectra_of_the_maxima() -> str:
    lifted = lifted_of(odekit.derive(odekit.Network("F21", embedding="unshared", constraint="sphere")))
    rows = []
    for point in lifted.landscape():
        if point.is_maximum:
            values = r",\; ".join(rf"{entry.value:g}\ ({entry.multiplicity})" for entry in point.spectrum)
            rows.append(rf"\text{{{point.irrep}}} & E = {point.energy:.4f} & {values}")
    return r"\begin{array}{lll}" + r" \\ ".join(rows) + r"\end{array}"
