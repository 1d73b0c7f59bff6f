"""Each common kind of claim: one that exact solutions confirm, one that they refute, one that stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.claims import Verdict

DECAY = '[equations]\nx = "-k*x + eps*x**2"\ny = "1 - y"\n[parameters]\nk = ""\neps = ""\n'
CIRCLE = (
    '[equations]\nx = "v"\nv = "-w**2*x"\n[parameters]\nw = 2.0\n[definitions]\nE = "v**2/2 + w**2*x**2/2"\n'
)
LOTKA = '[equations]\nx = "x*(1 - y)"\ny = "r*y*(x - 1)"\n[parameters]\nr = 2.0\n'
COMPETING = '[equations]\na = "a*(1 - a - 2*b)"\nb = "b*(1 - b - 2*a)"\n'
SLOW = '[equations]\nx = "-x**3"\n'
PHASE = '[equations]\nx = "sin(x)"\n'
CONSTANTS = "parameters = {k = [1, 2], eps = 0.01}"
START = f"{CONSTANTS}\nstart = {{x = [0.1, 1.0], y = 0}}"
WAVE = "start = {x = [0.5, 1], v = 0.3}\nend = 6"


def verify(folder: Path, system: str, claim: str, **options: Any) -> Verdict:
    path = folder / "mine.toml"
    path.write_text(f"{system}\n[claims.mine]\n{claim}\n")
    (verdict,) = odekit.verify(path, **options).verdicts
    return verdict


CONFIRMED = {
    "the rate of a linear mode": (DECAY, f'kind = "rate"\nof = "x"\nformula = "k"\n{START}\nend = 15'),
    "the rate to a point that is not 0": (
        DECAY,
        f'kind = "rate"\nof = "y - 1"\nformula = 1\n{START}\nend = 15',
    ),
    "growth": (
        '[equations]\nx = "2*x - x**3"\n',
        'kind = "rate"\nof = "x"\nmeasure = "growth"\nformula = "2"\nstart = {x = 1e-9}\nend = 6',
    ),
    "an energy": (CIRCLE, f'kind = "conserved"\nformula = "E"\n{WAVE}'),
    "the integral of Lotka and Volterra": (
        LOTKA,
        'kind = "conserved"\nformula = "r*(x - log(x)) + y - log(y)"\n'
        "start = {x = [0.3, 2], y = 1.5}\nend = 20",
    ),
    "a limit": (DECAY, f'kind = "limit"\nof = "x + 2*y"\nformula = "2"\n{START}\nend = 40'),
    "a limit that comes as the root of time": (
        SLOW,
        'kind = "limit"\nof = "x"\nformula = "0"\n'
        'start = {x = 1}\nend = 1000\ntolerance = 0.2\ncontrol = "1/3"',
    ),
    "a ratio of what grows": (
        '[equations]\nx = "x"\ny = "x + y/2"\n',
        'kind = "limit"\nof = "y/x"\nformula = "2"\nstart = {x = 1, y = [0, 1]}\nend = 60',
    ),
    "an oscillation": (
        CIRCLE,
        f'kind = "closed form"\nof = "x"\nformula = "x0*cos(w*t) + v0/w*sin(w*t)"\n{WAVE}',
    ),
    "a long time at rest": (
        '[equations]\nx = "x*(1 - x)"\n',
        'kind = "closed form"\nof = "x"\nformula = "1/(1 + (1/x0 - 1)*exp(-t))"\n'
        "start = {x = [0.01, 0.5]}\nend = 300",
    ),
    "third order in eps": (
        DECAY,
        'kind = "order"\nof = "x"\nsmall = "eps"\norder = 3\n'
        'approximation = "x0*exp(-k*t)*(1 + eps*x0/k*(1 - exp(-k*t)) + (eps*x0/k*(1 - exp(-k*t)))**2)"\n'
        "parameters = {k = 1.5}\nstart = {x = [0.5, 1], y = 0}\nend = 5",
    ),
    "constants beside what is drawn": (
        '[equations]\nx = "-k*x"\ny = "-y"\n[parameters]\nk = ""\nw = 2.0\nn = 3\n'
        '[definitions]\nr = "k*w"\nq = "w*x*y"\ns = "k*x"\n',
        'kind = "closed form"\nof = "q + s"\nformula = "q0*exp(-(k + 1)*t) + r*x0/w*exp(-k*t)"\n'
        'parameters = {k = [1, 2]}\nstart = {x = [1, 2], y = "w/n"}\nend = 5',
    ),
    "a field in time": (
        '[equations]\nx = "-x*cos(t)"\n',
        'kind = "closed form"\nof = "x"\nformula = "x0*exp(-sin(t))"\nstart = {x = [1, 2]}\nend = 10',
    ),
    "an integral that holds time": (
        '[equations]\nx = "-x*cos(t)"\n',
        'kind = "conserved"\nformula = "x*exp(sin(t))"\nstart = {x = [1, 2]}\nend = 10',
    ),
    "a defined quantity at the start": (CIRCLE, f'kind = "closed form"\nof = "E"\nformula = "E0"\n{WAVE}'),
    "a start by formula": (
        CIRCLE,
        'kind = "closed form"\nof = "x"\nformula = "2*w*cos(w*t)"\nstart = {x = "2*w", v = 0}\nend = 6',
    ),
    "the larger start wins": (
        COMPETING,
        'kind = "winner"\namong = ["a", "b"]\nscores = ["a0", "b0"]\n'
        "start = {a = [0.1, 0.5], b = [0.1, 0.5]}\nend = 20",
    ),
    "one that is named": (
        COMPETING,
        'kind = "winner"\namong = ["a", "b"]\nwinner = "b"\nstart = {a = 0.1, b = 0.2}\nend = 20',
    ),
    "first order in eps": (
        DECAY,
        'kind = "order"\nof = "x"\nsmall = "eps"\norder = 1\napproximation = "x0*exp(-k*t)"\n'
        "parameters = {k = [1, 2]}\nstart = {x = [0.5, 1], y = 0}\nend = 5",
    ),
    "second order in eps": (
        DECAY,
        'kind = "order"\nof = "x"\nsmall = "eps"\norder = 2\n'
        'approximation = "x0*exp(-k*t) + eps*x0**2/k*(exp(-k*t) - exp(-2*k*t))"\n'
        "parameters = {k = 1.5}\nstart = {x = [0.5, 1], y = 0}\nend = 5",
    ),
    "a vector": (
        '[equations]\n"x[i] for i in 1..n" = "-i*x[i]"\n[parameters]\nn = 3\n',
        'kind = "rate"\nof = "x3"\nformula = "n"\n'
        'start = {"x[i] for i in 1..n" = [1, [0.5, 1], "n/3"]}\nend = 9',
    ),
}
REFUTED = {
    "a rate off by 2 percent": (DECAY, f'kind = "rate"\nof = "x"\nformula = "1.02*k"\n{START}\nend = 15'),
    "growth off by 2 percent": (
        '[equations]\nx = "2*x - x**3"\n',
        'kind = "rate"\nof = "x"\nmeasure = "growth"\nformula = "1.96"\nstart = {x = 1e-9}\nend = 6',
    ),
    "an energy with a wrong factor": (
        CIRCLE,
        f'kind = "conserved"\nformula = "v**2/2 + w**2*x**2/2.02"\n{WAVE}',
    ),
    "a constant": (CIRCLE, f'kind = "conserved"\nformula = "w**2"\n{WAVE}'),
    "a limit off by 1 percent": (DECAY, f'kind = "limit"\nof = "y"\nformula = "1.01"\n{START}\nend = 40'),
    "a wrong frequency": (
        CIRCLE,
        f'kind = "closed form"\nof = "x"\nformula = "x0*cos(1.01*w*t) + v0/w*sin(w*t)"\n{WAVE}',
    ),
    "the smaller start wins": (
        COMPETING,
        'kind = "winner"\namong = ["a", "b"]\nscores = ["b0", "a0"]\n'
        "start = {a = [0.1, 0.5], b = [0.1, 0.5]}\nend = 20",
    ),
    "third order": (
        DECAY,
        'kind = "order"\nof = "x"\nsmall = "eps"\norder = 3\napproximation = "x0*exp(-k*t)"\n'
        "parameters = {k = [1, 2]}\nstart = {x = [0.5, 1], y = 0}\nend = 5",
    ),
}
OPEN = {
    "a power law has no rate": (
        SLOW,
        'kind = "rate"\nof = "x"\nformula = "1"\nstart = {x = 1}\nend = 50',
        "there is no rate",
    ),
    "what oscillates has no limit": (
        CIRCLE,
        f'kind = "limit"\nof = "x"\nformula = "0"\n{WAVE}',
        "about as much as before",
    ),
    "too early for a limit": (
        DECAY,
        f'kind = "limit"\nof = "y"\nformula = "1"\n{START}\nend = 0.5',
        "about as much as before",
    ),
    "rest where it is unstable": (
        PHASE,
        'kind = "limit"\nof = "x"\nformula = "0"\nstart = {x = 0}\nend = 30',
        "rests at the end where rest is unstable",
    ),
    "what has hardly begun to leave": (
        '[equations]\nx = "x*(1 - x)"\n',
        'kind = "limit"\nof = "x + 5"\nformula = "5"\nstart = {x = 1e-16}\nend = 5',
        "rests at the end where rest is unstable",
    ),
    "nobody is ahead": (
        COMPETING,
        'kind = "winner"\namong = ["a", "b"]\nwinner = "b"\nstart = {a = 0.2, b = 0.2}\nend = 20',
        "control was not refuted",
    ),
    "a control that is true": (
        DECAY,
        f'kind = "rate"\nof = "x"\nformula = "k"\ncontrol = "k*(1 + 1e-9)"\n{START}\nend = 15',
        "control was not refuted",
    ),
    "a conserved control": (
        CIRCLE,
        f'kind = "conserved"\nformula = "E"\ncontrol = "2*E"\n{WAVE}',
        "control was not refuted",
    ),
    "a tolerance that no budget meets": (
        DECAY,
        f'kind = "rate"\nof = "x"\nformula = "k"\ntolerance = 1e-14\n{START}\nend = 15',
        "no power",
    ),
    "an orbit that blows up": (
        '[equations]\nx = "x**2"\n',
        'kind = "limit"\nof = "x"\nformula = "0"\nstart = {x = 1}\nend = 2',
        "can't be followed to t = 2",
    ),
    "a quantity that does not exist": (
        CIRCLE,
        f'kind = "closed form"\nof = "log(x)"\nformula = "0"\n{WAVE}',
        "no finite number at t = ",
    ),
    "a formula that does not exist": (
        CIRCLE,
        f'kind = "closed form"\nof = "x"\nformula = "sqrt(-1 - t)"\n{WAVE}',
        "no finite real number at t = 0",
    ),
    "an error of exactly nothing": (
        DECAY,
        'kind = "order"\nof = "0*x"\nsmall = "eps"\norder = 1\n'
        "parameters = {k = 1}\nstart = {x = 1, y = 0}\nend = 1",
        "exactly zero",
    ),
}


@pytest.mark.parametrize("name", CONFIRMED)
def test_what_exact_solutions_say_is_confirmed(name: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, *CONFIRMED[name])
    assert verdict.outcome == "confirmed", verdict
    assert verdict.control is not None
    assert verdict.control.outcome == "refuted"
    assert verdict.tolerance is not None
    assert sum(verdict.budget.values()) <= verdict.tolerance


@pytest.mark.parametrize("name", REFUTED)
def test_what_exact_solutions_deny_is_refuted(name: str, tmp_path: Path) -> None:
    assert verify(tmp_path, *REFUTED[name]).outcome == "refuted"


@pytest.mark.parametrize("name", OPEN)
def test_what_the_experiment_can_not_tell_stays_open(name: str, tmp_path: Path) -> None:
    system, claim, reason = OPEN[name]
    verdict = verify(tmp_path, system, claim)
    assert verdict.outcome == "inconclusive"
    assert reason in verdict.text


@pytest.mark.slow
def test_no_rate_of_a_random_linear_flow_is_judged_against_its_eigenvalues(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    decided = 0
    for _ in range(8):
        matrix = generator.normal(size=(3, 3))
        matrix = -(matrix @ matrix.T) - 0.3 * np.eye(3)
        slowest, second = (float(rate) for rate in np.sort(-np.linalg.eigvalsh(matrix))[:2])
        rows = [
            " + ".join(f"({a!r})*{x}" for a, x in zip(row, "xyz", strict=True)) for row in matrix.tolist()
        ]
        system = "[equations]\n" + "\n".join(f'{x} = "{row}"' for x, row in zip("xyz", rows, strict=True))
        end = 12 / min(slowest, second - slowest)
        start = f"start = {{x = [1, 2], y = [1, 2], z = 1}}\nend = {end}\n"
        for factor, never in ((1.0, "refuted"), (1.03, "confirmed"), (0.97, "confirmed")):
            claim = f'kind = "rate"\nof = "x"\n{start}formula = "{factor * slowest!r}"'
            verdict = verify(tmp_path, system, claim)
            assert verdict.outcome != never, verdict
            decided += verdict.outcome != "inconclusive"
    assert decided >= 16


def test_the_seed_draws_the_starts_and_nothing_else_does(tmp_path: Path) -> None:
    case = CONFIRMED["the rate of a linear mode"]
    first, again, other = (verify(tmp_path, *case, seed=seed).measured for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_control_may_be_given(tmp_path: Path) -> None:
    claim = f'kind = "rate"\nof = "x"\nformula = "k"\ncontrol = "k/2"\n{START}\nend = 15'
    verdict = verify(tmp_path, DECAY, claim)
    assert verdict.control is not None
    assert (verdict.outcome, verdict.control.statement) == ("confirmed", "at the rate $k/2$")


def test_a_quantity_that_is_conserved_on_some_orbits_alone_is_refuted_by_its_derivative(
    tmp_path: Path,
) -> None:
    # x**2 + y is constant on the orbits with y = 0, where x rests, and nowhere else.
    system = '[equations]\nx = "x*y"\ny = "y"\n'
    verdict = verify(
        tmp_path, system, 'kind = "conserved"\nformula = "x**2 + y"\nstart = {x = 1, y = 0}\nend = 1'
    )
    assert verdict.outcome == "refuted"
    assert verdict.evidence["checks"] == {
        "its derivative along the field vanishes, and it is no constant": False
    }


def test_a_group_is_nothing_that_a_system_is_about(tmp_path: Path) -> None:
    verdict = verify(tmp_path, *CONFIRMED["an energy"], group="Z7")
    assert verdict.outcome == "not_applicable"
