"""Words against matrices: gradient by finite differences, derivatives by Leibniz' rule on numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.derivation.blocks.words import (
    Letter,
    Words,
    adjoint,
    combine,
    cyclic_gradient,
    derivative_along,
    multiply_words,
    trace_form,
    words_text,
)

ComplexArray = NDArray[np.complex128]

A, B, C = (Letter(name) for name in "abc")
SAMPLES: list[Words] = [
    {(C.adjoint, A, B): Fraction(2)},
    {(A, A.adjoint, B): Fraction(1), (B, A): Fraction(-3, 2)},
    {(A, A, A): Fraction(1, 3), (A.adjoint, C): Fraction(5)},
]


def value(words: Words, matrices: Mapping[str, ComplexArray]) -> ComplexArray:
    total = np.zeros((3, 3), dtype=np.complex128)
    for word, coefficient in words.items():
        product = np.eye(3, dtype=np.complex128)
        for letter in word:
            factor = matrices[letter.name]
            product = product @ (factor.conj().T if letter.is_adjoint else factor)
        total += float(coefficient) * product
    return total


def drawn(seed: int) -> dict[str, ComplexArray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)) for name in "abc"}


@pytest.mark.parametrize("words", SAMPLES)
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_the_cyclic_gradient_is_the_gradient_of_the_real_trace(words: Words, name: str) -> None:
    point, direction = drawn(0), drawn(1)[name]
    step = 1e-5
    ahead = {**point, name: point[name] + step * direction}
    behind = {**point, name: point[name] - step * direction}
    measured = np.trace(value(words, ahead) - value(words, behind)).real / (2 * step)
    gradient = value(cyclic_gradient(words, name), point)
    # Cubic at most: the error of the central difference is step^2 times a third derivative of order 100.
    assert np.trace(gradient.conj().T @ direction).real == pytest.approx(measured, abs=1e-6)


@pytest.mark.parametrize("words", SAMPLES)
def test_the_derivative_along_a_field_is_leibniz_rule(words: Words) -> None:
    field: dict[str, Words] = {
        "a": {(C, B.adjoint): Fraction(2)},
        "b": {(A.adjoint, C): Fraction(2)},
        "c": {(A, B): Fraction(2)},
    }
    point, step = drawn(2), 1e-5
    velocity = {name: value(moved, point) for name, moved in field.items()}
    ahead = {name: point[name] + step * velocity[name] for name in point}
    behind = {name: point[name] - step * velocity[name] for name in point}
    measured = (value(words, ahead) - value(words, behind)) / (2 * step)
    assert value(derivative_along(words, field), point) == pytest.approx(measured, abs=1e-4)


def test_products_and_adjoints_are_those_of_matrices() -> None:
    point = drawn(3)
    left, right = SAMPLES[0], SAMPLES[1]
    assert value(multiply_words(left, right), point) == pytest.approx(
        value(left, point) @ value(right, point)
    )
    assert value(adjoint(right), point) == pytest.approx(value(right, point).conj().T)


def test_a_trace_does_not_see_rotations() -> None:
    rotated = {(A, B, C): Fraction(1), (B, C, A): Fraction(2), (C, B, A): Fraction(1)}
    assert trace_form(rotated) == {(A, B, C): Fraction(3), (A, C, B): Fraction(1)}


def test_terms_that_cancel_are_gone() -> None:
    assert combine([(1, SAMPLES[0]), (-1, SAMPLES[0])]) == {}


def test_words_are_printed_as_people_write_them() -> None:
    assert words_text(SAMPLES[1]) == "a a^* b - 3/2 b a"
    assert words_text({}) == "0"
