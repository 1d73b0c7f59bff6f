"""The flow of blocks in text: what is printed, read again and evaluated, against arrays and the softmax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from odekit import Network
from odekit.arrays import FloatArray
from odekit.derivation import reduced_population
from odekit.derivation.orders import MeanField
from odekit.derivation.orders.blocks.text import BlockText

SCALE, NEURONS = 0.3, 2
GENERAL = {"embedding": "unshared", "activation": "2*z**2 - z/2 + 1"}
TOKEN = re.compile(r"sum(?:_\w+)?|\d+|[a-zA-Z]\w*\[[^]]*\]|\[\w=0\]|[-+/^()]")
LATEX = (
    (r"\\dot\{((?:\\hat)?\\\w+)\}", r"\1"),
    (r"\\hat\\(theta|xi)", r"\1"),
    (r"(theta|q)_\{(\d)(?:,(\w))?\}", lambda m: m[1] + m[2] + (f"_{{{m[3]}}}" if m[3] else "")),
    (r"\\frac\{(\d+)\}\{(\d+)\}", r"(\1/\2)"),
    (r"\\delta_\{(\w)0\}", r"[\1=0]"),
    (r"_\{(\w+)\}\{\}\^\{(\w)\}", lambda m: f"[{','.join(m[1] + m[2])}]/l[{m[2]}]"),
    (r"_\{(\w+)\}", lambda m: f"[{','.join(m[1])}]"),
    (r"\^\{(\w+)\}", lambda m: f"[{','.join(m[1])}]" + "".join(f"/l[{index}]" for index in m[1])),
    (r"a \\sum_m", "logit scale * sum over neurons of"),
    (r"\\[bB]ig[lr]", ""),
)

Factor = tuple[str, str, int]
Monomial = tuple[float, tuple[Factor, ...]]


class Reader:
    """A printed sum of products, as monomials of factors ``(name, indices, power)``."""

    def __init__(self, text: str) -> None:
        text = text.replace("logit scale *", "(3/10)").replace("sum over neurons of", "sum_z")
        self.tokens = [*TOKEN.findall(text), ""]
        assert "".join(self.tokens) == text.replace(" ", "")

    def sum(self) -> list[Monomial]:
        found: list[Monomial] = []
        while self.tokens[0] not in (")", ""):
            sign = -1 if self.tokens[0] == "-" else 1
            if self.tokens[0] in "+-":
                self.tokens.pop(0)
            found += [(sign * number, factors) for number, factors in self.product()]
        self.tokens.pop(0)
        return found

    def product(self) -> list[Monomial]:
        found: list[Monomial] = [(1.0, ())]
        while self.tokens[0] not in ("+", "-", ")", ""):
            power = -1 if self.tokens[0] == "/" else 1
            if power < 0:
                self.tokens.pop(0)
            following = self.factor(power)
            found = [(a * b, left + right) for (a, left), (b, right) in product(found, following)]
        return found

    def factor(self, power: int) -> list[Monomial]:
        token = self.tokens.pop(0)
        if token == "(":
            inner = self.sum()
            assert power == 1 or len(inner) == 1
            return [(a**power, tuple((n, i, p * power) for n, i, p in own)) for a, own in inner]
        if token.isdigit():
            return [(float(token) ** power, ())]
        if token.startswith("sum"):
            return [(1.0, (("sum", token[4:] or "*", 1),))]
        if token.startswith("["):
            return [(1.0, (("zero", token[1], 1),))]
        name, indices = token[:-1].split("[")
        if self.tokens[0] == "^":
            power *= int(self.tokens[1])
            del self.tokens[:2]
        return [(1.0, ((name, indices.replace(",", ""), power),))]


@dataclass
class Values:
    """Two random neurons on all rows of S3: what letters are, and what is printed at them.

    Parameters
    ----------
    states_sums: whether each sum says over what.
    """

    network: Network
    order: int
    states_sums: bool = True

    def __post_init__(self) -> None:
        self.population = reduced_population(self.network, "all", self.order)
        rng, n = np.random.default_rng(0), 6
        self.weights = {name: rng.normal(size=(NEURONS, n)) for name in self.population.flow.names}
        self.weights["xi"] -= self.weights["xi"].mean(axis=1, keepdims=True)
        field = MeanField(self.population.flow)
        rows = {name: field.waves @ values.T for name, values in self.weights.items()}
        self.known = {"l": field.lengths, "C": field.constants, "zero": np.eye(n)[0], **rows}

    def is_of_neuron(self, name: str) -> bool:
        return name.startswith(("theta", "xi", "q", "F"))

    def at(self, text: str, free: str) -> FloatArray:
        return np.asarray(sum(self._monomial(*each, free) for each in Reader(text).sum()))

    def _monomial(self, number: float, factors: tuple[Factor, ...], free: str) -> FloatArray:
        subscripts, arrays, named = ["z"], [np.ones(NEURONS)], ""
        for name, indices, power in factors:
            if name == "sum":
                named += indices
                continue
            at_zero = tuple(0 if index == "0" else slice(None) for index in indices)
            subscripts.append(indices.replace("0", "") + "z" * self.is_of_neuron(name))
            arrays.append(self.known[name][at_zero] ** power)
        used = {index for each in subscripts[1:] for index in each}
        if "z" not in free and "z" not in used:
            del subscripts[0], arrays[0]
        if self.states_sums and "*" not in named:
            assert set(named) == used - set(free)
        return number * np.einsum(f"{','.join(subscripts)}->{free}", *arrays, optimize=True)

    def learn(self, meanings: Mapping[str, str]) -> None:
        """Order parameters in the order in which one stands in another."""
        for letter in ("q", "F", "f", "R"):
            for key in (key for key in meanings if key.startswith(letter)):
                name, free = self.free(key)
                self.known[name] = self.at(meanings[key], free)

    def free(self, key: str) -> tuple[str, str]:
        name, indices = key[:-1].split("[")
        return name, indices.replace(",", "") + "z" * self.is_of_neuron(name)

    def beyond(self, equations: Mapping[str, str]) -> FloatArray:
        """Velocities without what is left at uniform softmax, as the population has them."""
        found = {}
        for key, text in equations.items():
            name, free = self.free(key)
            found[name] = self.at(text.partition(f")[{free[0]}] + ")[2], free)
        found["xi"] = found["xi"][1:]
        return np.concatenate([found[name] for name in self.population.flow.names])

    @property
    def expected(self) -> FloatArray:
        """What the arrays have more than those at uniform softmax, over the logit scale."""
        uniform = reduced_population(self.network, "all", 1)
        return (self._velocities(self.population) - self._velocities(uniform)) / SCALE

    def _velocities(self, population: object) -> FloatArray:
        amplitudes = self.population.amplitudes(self.weights, "all")
        return np.asarray(population.velocities({"all": amplitudes})["all"])

    @property
    def cumulants(self) -> float:
        """Of all logits, as the network's weights have them, summed over inputs."""
        first, second = (self.weights[self.network.embedding_of(place)] for place in (0, 1))
        z = first[:, :, None] + second[:, None, :]
        act = sum(float(value) * z**degree for degree, value in self.network.activation_polynomial.items())
        logits = SCALE * np.einsum("mxy,mh->xyh", act, self.weights["xi"])
        moments = [(logits**degree).mean(axis=-1).sum() for degree in (2, 3)]
        return float(moments[0] / 2 + (moments[1] / 6 if self.order == 3 else 0))


def network(options: Mapping[str, str]) -> Network:
    return Network("S3", loss="sum", logit_scale=SCALE, **options)


CASES = pytest.mark.parametrize(("options", "order"), [({}, 2), ({}, 3), (GENERAL, 2), (GENERAL, 3)])


@CASES
def test_the_text_says_what_the_arrays_do(options: dict[str, str], order: int) -> None:
    values, text = Values(network(options), order), BlockText(network(options), order)
    values.learn(text.order_parameters())
    assert values.beyond(text.equations()) == pytest.approx(values.expected, rel=1e-10, abs=1e-10)
    assert float(values.at(text.interaction(), "")) == pytest.approx(values.cumulants, rel=1e-10)


@CASES
def test_latex_says_the_same(options: dict[str, str], order: int) -> None:
    values, text = Values(network(options), order, states_sums=False), BlockText(network(options), order)
    lines = dict(read_latex(line) for line in text.latex())
    parameters = {key: text for key, text in lines.items() if not key.startswith(("theta", "xi"))}
    values.learn(parameters)
    equations = {key: text for key, text in lines.items() if key not in parameters}
    assert values.beyond(equations) == pytest.approx(values.expected, rel=1e-10, abs=1e-10)


def read_latex(line: str) -> tuple[str, str]:
    """A line as a key and a text; a raised index is divided by l."""
    left, right = line.split(" &= ")
    for pattern, replacement in LATEX:
        left, right = (re.sub(pattern, replacement, side) for side in (left, right))
    return left, right


def mutated(texts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Texts of which one number that is no index is another."""
    for key, text in texts.items():
        start = text.find("] + ") if ")[" in text else 0
        for number in re.finditer(r"(?<![\[,=\w])\d+(?![\],\w])", text):
            if number.start() >= start:
                wrong = str(int(number[0]) + 1)
                yield {**texts, key: text[: number.start()] + wrong + text[number.end() :]}


@pytest.mark.slow
def test_any_wrong_number_would_be_seen() -> None:
    values, text = Values(network(GENERAL), 3), BlockText(network(GENERAL), 3)
    expected, cumulants, seen = values.expected, values.cumulants, 0
    parameters, equations = text.order_parameters(), text.equations()
    for wrong in mutated(parameters):
        values.learn(wrong)
        assert values.beyond(equations) != pytest.approx(expected, rel=1e-6, abs=1e-6)
        seen += 1
    values.learn(parameters)
    for wrong in mutated(equations):
        assert values.beyond(wrong) != pytest.approx(expected, rel=1e-6, abs=1e-6)
        seen += 1
    for wrong in mutated({"V": text.interaction()}):
        assert float(values.at(wrong["V"], "")) != pytest.approx(cumulants, rel=1e-6)
        seen += 1
    assert seen >= 15
