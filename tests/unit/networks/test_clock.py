"""The time of a derived system by that of the network's own flow, wherever the system is shown."""

from __future__ import annotations

from typing import Any

import pytest

from odekit import Network, derive, gradient_flow
from odekit.networks import time_text

OWN = "time of the network's own flow"


@pytest.mark.parametrize(
    ("group", "options", "factor"),
    [
        ("Zp", {}, "1/p**2"),
        ("Zn", {"loss": "sum"}, "1"),
        ("Z8", {"logit_scale": 0.25}, "0.25/8**2"),
        ("Z5", {"task": "x+y+z", "activation": "z**3"}, "1/5**3"),
        ("S3", {"embedding": "unshared", "loss": "sum", "logit_scale": 2.0}, "2"),
    ],
)
def test_the_factor_is_that_of_loss_scale_and_order(group: str, options: dict[str, Any], factor: str) -> None:
    network = Network(group, **options)
    system = derive(network)
    line = time_text(network)
    assert line.startswith(f"t = {factor} * {OWN}")
    assert str(system).splitlines()[-1] == line
    assert system._repr_latex_().endswith(f"$$\n\n{line}")
    assert f"% {line}\n\\begin{{aligned}}" in system.latex()
    assert f"  {line}" in system.report().splitlines()


@pytest.mark.parametrize(("loss", "scale"), [("mean", 1.0), ("sum", 0.5), ("mean", 0.125)])
def test_the_factor_takes_the_time_of_a_run_to_that_of_the_system(loss: str, scale: float) -> None:
    network = Network("Z7", 1, loss=loss, logit_scale=scale)
    factor = eval(time_text(network).split(" = ")[1].split(" * ")[0])
    assert factor == pytest.approx(network.flow_rate(), rel=1e-12)


def test_a_system_of_no_network_has_one_time_only() -> None:
    flow = gradient_flow("x**2/2", "x")
    assert str(flow) == "x' = -x"
    assert flow._repr_latex_().endswith("$$")
