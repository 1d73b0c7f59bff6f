"""LaTeX with the letters and subscripts of the papers."""

from __future__ import annotations

from typing import Any

import pytest

from odekit.derivation import derive
from odekit.networks import Network


def test_the_quadratic_network_reads_as_in_the_paper() -> None:
    lines = derive(Network("Zp")).latex().splitlines()
    assert lines[:2] == ["% p does not divide 2k", "% closed"]
    assert lines[2] == "% t = 1/p**2 * time of the network's own flow (loss mean, logit scale 1)"
    assert lines[3] == r"\begin{aligned}"
    assert lines[4] == r"E &= \frac{\alpha^{2} \beta p^{2} \cos{\left(D \right)}}{2} \\"
    assert lines[5] == r"D &= 2 \phi - \psi \\"
    assert lines[6] == r"\dot{\alpha} &= 2 \alpha \beta p \cos{\left(D \right)} \\"
    assert lines[-1] == r"\end{aligned}"


@pytest.mark.parametrize(
    ("group", "options", "modes", "symbols"),
    [
        ("Zn", {"task": "2*x+3*y"}, None, [r"\alpha_{2k}", r"\dot{\phi_{3k}}", r"\psi_{k}"]),
        ("Zn", {"embedding": "unshared"}, None, [r"\alpha_{1}", r"\dot{\phi_{2}}"]),
        ("Zn", {"embedding": "unshared", "activation": "z**3"}, None, [r"\theta_{1,0}"]),
        ("Zn", {"activation": "z**3"}, "k,l,k+l", [r"\alpha_{k+l}", r"\beta_{l}"]),
        ("Z3xZ5", {}, "(0,1),(1,2)", [r"\alpha_{0,1}", r"\psi_{1,2}", "D_{2}"]),
        ("Zn", {"activation": "z**3"}, None, [r"\dot{\theta_{0}}"]),
    ],
)
def test_numbers_and_frequencies_are_subscripts(
    group: str, options: dict[str, Any], modes: Any, symbols: list[str]
) -> None:
    text = derive(Network(group, **options), modes).latex()
    assert all(symbol in text for symbol in symbols)
    assert text.count("{") == text.count("}")
    assert "_plus_" not in text


def test_real_and_imaginary_parts_are_upright() -> None:
    assert r"\dot{u_{\mathrm{re}}}" in derive(Network("Zp")).form("cartesian").latex()


def test_leaks_are_named_in_a_comment() -> None:
    text = derive(Network("Zp", activation="z**4")).latex()
    assert "% not closed, leaks: theta at 2k, 3k; xi at 2k\n" in text
