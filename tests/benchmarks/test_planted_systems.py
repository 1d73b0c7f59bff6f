"""A short form of the planted systems, and wrong answers of which each is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from odekit.systems import FixedPoint, Search, system

# At least one of each kind, none of which takes over a second.
QUICK = (0, 1, 5, 6, 8, 9, 10, 11, 12, 13, 15, 17, 18, 19, 20, 22, 23, 29)


@pytest.mark.slow
@pytest.mark.parametrize("index", QUICK)
def test_no_search_denies_what_was_planted(index: int) -> None:
    _judge(index, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("index", [index for index in range(26) if index not in QUICK])
def test_no_search_denies_what_was_planted_in_more_systems(index: int) -> None:
    _judge(index, seed=1)


def _judge(index: int, seed: int) -> None:
    from planted_fields import planted
    from planted_systems import wrong_answers

    assert list(wrong_answers(planted(index, seed))) == []


def test_the_same_number_is_the_same_system() -> None:
    from planted_fields import KINDS, planted

    assert planted(5, 3) == planted(5, 3)
    assert len({planted(index, 0).kind for index in range(len(KINDS))}) == len(KINDS)


@pytest.mark.parametrize(
    ("stability", "points", "integrals", "message"),
    [
        ("saddle", (0,), (), "points are complete without"),
        ("attracts", (0, 1), (), "eigenvalues are"),
        ("saddle", (0, 0, 1), (), "told 2 times"),
        ("saddle", (0, 1, 2), (), "no point of rest"),
        ("saddle", (0, 1), ("x*y",), "not conserved"),
        ("saddle", (0, 1), (), "integrals are complete without"),
    ],
)
def test_wrong_answers_are_noticed(
    stability: str, points: tuple[int, ...], integrals: tuple[str, ...], message: str
) -> None:
    from planted_fields import Planted
    from planted_systems import wrong_answers

    x, y = sp.symbols("x y", real=True)
    energy = 3 * y**2 - 3 * x**2 + 2 * x**3
    case = Planted(
        "cubic", {x: y, y: x - x**2}, points=({x: 0, y: 0}, {x: 1, y: 0}), integrals=(energy,), degree=3
    )
    words = {0: stability, 1: "centre", 2: "centre"}
    told = [FixedPoint({x: sp.Integer(i), y: sp.S.Zero}, words[i], {}) for i in points]
    answers = system(case.velocities).answers
    kept = tuple(sp.sympify(text, {"x": x, "y": y}) for text in integrals)

    class Answers(type(answers)):  # type: ignore[misc]
        def fixed_points(self, asked: object) -> Search[FixedPoint]:
            return Search(tuple(told), "complete", "so it is said")

        def first_integrals(self, asked: object) -> Search[sp.Expr]:
            return Search(kept, "complete", "so it is said")

    said = list(wrong_answers(case, replace(system(case.velocities), answers=Answers())))
    assert any(message in line for line in said)
