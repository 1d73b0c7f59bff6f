"""Reduced systems that claims rest on, derived again by the public functions with the claims out of sight."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from itertools import product

import pytest
import sympy as sp

import odekit
from odekit.claims.experiments import quadratic_features, rank_one_product
from odekit.claims.feature_emergence import critical_data_share, energy_maxima
from odekit.claims.in_context_attention import (
    attention_slow_law,
    head_pairing,
    head_superposition,
    linear_attention,
    trained_attention,
)
from odekit.claims.lazy_to_rich import lazy_limit
from odekit.claims.linear_networks import lambda_balanced, saddle_to_saddle
from odekit.claims.opposing_signals import opposing_signals
from odekit.derivation import averaged_loss

Hide = Callable[..., None]


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Hide:
    """Takes folders and modules of claims out of sight: importing anything of them fails."""

    def out_of_sight(*names: str) -> None:
        for name in (f"odekit.claims.{name}" for name in names):
            for module in [*sys.modules]:
                if module == name or module.startswith(f"{name}."):
                    monkeypatch.setitem(sys.modules, module, None)
            with pytest.raises(ImportError):
                import_module(name)

    return out_of_sight


def same(ours: odekit.System, theirs: odekit.System, names: dict[str, str] | None = None) -> bool:
    """Whether two systems have the same rates, up to the names of states and parameters."""
    first, second = _rates(ours, names or {}), _rates(theirs, {})
    assert first.keys() == second.keys()
    return all(_vanishes(rate - second[name]) for name, rate in first.items())


def _rates(system: odekit.System, names: dict[str, str]) -> dict[str, sp.Expr]:
    """Each state's rate by its name, all symbols real and renamed."""
    renamed = {
        symbol: sp.Symbol(names.get(symbol.name, symbol.name), real=True)
        for symbol in (*system.states, *system.parameters)
    }
    return {renamed[state].name: rate.xreplace(renamed) for state, rate in system.velocities.items()}


def _vanishes(formula: sp.Expr) -> bool:
    return sp.expand(formula) == 0 or sp.simplify(formula.rewrite(sp.exp)) == 0


def test_a_derivation_that_differs_is_seen() -> None:
    one, other = (odekit.system({"x": f"-{rate}*x"}) for rate in (1, 2))
    assert same(one, one)
    assert not same(one, other)


@pytest.mark.slow
def test_modes_and_statistics_of_two_linear_layers(hide: Hide) -> None:
    mode, sheet, statistics = (
        getattr(lambda_balanced, name)() for name in ("_mode", "_sheet", "_statistics")
    )
    hide("linear_networks")
    flow = odekit.gradient_flow("(s - a*b)**2/2", "a b", parameters="s l")
    observed = odekit.reduce(flow, observables={"u": "a*b", "q": "a**2 + b**2"})
    assert same(observed, mode)
    assert observed.closed
    assert same(odekit.reduce(flow, {"a": "(z - l/z)/2", "b": "(z + l/z)/2"}), sheet)
    W, V, S = (sp.Matrix(2, 2, lambda i, j, n=name: sp.Symbol(f"{n}{i + 1}{j + 1}")) for name in "WVS")
    loss = sum(entry**2 for entry in S - V * W) / 2
    names = " ".join(str(entry) for entry in [*W, *V])
    whole = odekit.gradient_flow(str(loss), names, parameters=" ".join(map(str, S)))
    grams = {"A": W.T * W, "B": V * V.T, "C": V * W}
    wanted = {state.name: grams[state.name[0]] for state in statistics.states}
    entries = {n: str(gram[int(n[1]) - 1, int(n[2]) - 1]) for n, gram in wanted.items()}
    again = odekit.reduce(whole, observables=entries)
    assert again.closed
    assert again.certify().passed
    assert same(again, statistics)
    assert not same(again, statistics, {"A11": "B11", "B11": "A11"})


@pytest.mark.slow
@pytest.mark.parametrize("depth", sorted(saddle_to_saddle.SCALES))
def test_modes_of_deep_linear_networks(hide: Hide, depth: int) -> None:
    sheet = saddle_to_saddle._sheet(depth)
    hide("linear_networks")
    names, shifts = "abcd"[:depth], [f"c{i}" for i in range(1, depth)]
    squares = ["x", *(f"x + {shift}" for shift in shifts)]
    flow = odekit.gradient_flow(f"(s - {'*'.join(names)})**2/2", [*names], parameters=["s", *shifts])
    again = odekit.reduce(flow, {w: f"sqrt({square})" for w, square in zip(names, squares, strict=True)})
    assert again.closed
    assert again.certify().passed
    assert same(again, sheet)
    assert not same(again, sheet, {"c1": "s", "s": "c1"})


@pytest.mark.slow
def test_the_signal_between_opposing_outliers(hide: Hide) -> None:
    toy, valley = opposing_signals._toy(), opposing_signals._valley()
    modified = opposing_signals._modified(2)
    hide("opposing_signals")
    samples = [(x, o) for x in (1, -1) for o in (0, 0, "sqrt(3*k)")]
    loss = "+".join(f"(beta*{x} - c*(b*{x} + d*{o}))**2/12" for x, o in samples)
    flow = odekit.gradient_flow(loss, "b c d", parameters="beta k")
    assert same(flow, toy)
    again = odekit.reduce(flow, {"d": "0"})
    assert again.closed
    assert again.certify().passed
    assert same(again, valley)
    assert same(again.modified("eta"), modified)
    assert not same(again.modified("eta"), valley)


@pytest.mark.slow
def test_squares_of_irreps_of_the_cyclic_group_of_order_four(hide: Hide) -> None:
    squares = energy_maxima._squares()
    hide("feature_emergence")
    a, b = (sp.Matrix(sp.symbols(f"{name}:4", real=True)) for name in "ab")
    sums = [sum((a[x] + b[(h - x) % 4]) ** 2 for x in range(4)) for h in range(4)]
    energy = sum((q - sum(sums) / 4) ** 2 for q in sums) / 2
    flow = odekit.gradient_flow(energy, [*a, *b], direction="ascent")
    observed = {}
    for (pair, sign), w in zip(("Pp", "Qq"), (a, b), strict=True):
        observed[pair] = str(((w[0] - w[2]) ** 2 + (w[1] - w[3]) ** 2) / 2)
        observed[sign] = str((w[0] - w[1] + w[2] - w[3]) ** 2 / 4)
    again = odekit.reduce(flow, observables=observed)
    assert again.closed
    assert again.certify().passed
    assert same(again, squares)
    assert not same(again, squares, {"P": "p", "p": "P"})


def test_squares_that_leak_where_a_pair_is_missing(hide: Hide) -> None:
    squares = {missing: critical_data_share._squares(missing) for missing in (False, True)}
    hide("feature_emergence")
    a, b = (sp.Matrix(sp.symbols(f"{name}:3", real=True)) for name in "ab")
    spread = {"P": a, "Q": b}
    observed = {n: str(w.dot(w) - sum(w) ** 2 / 3) for n, w in spread.items()}
    for missing, expected in squares.items():
        pairs = [(x, y) for x in range(3) for y in range(3) if not (missing and x == y == 0)]
        sums = [sum((a[x] + b[y]) ** 2 for x, y in pairs if (x + y) % 3 == h) for h in range(3)]
        energy = sum((q - sum(sums) / 3) ** 2 for q in sums) / 2
        again = odekit.reduce(
            odekit.gradient_flow(energy, [*a, *b], direction="ascent"), observables=observed
        )
        assert again.closed is not missing
        assert again.leaks.keys() == expected.leaks.keys()
        assert again.certify().passed
        assert same(again, expected)
        assert not same(again, squares[not missing])


@pytest.mark.parametrize("free", ["abc", "ab", "a"])
def test_vectors_that_learn_a_product(hide: Hide, free: str) -> None:
    claimed = rank_one_product.product_system(free)
    names = ("induction_heads", "experiments.rank_one_product")
    hide(*names)
    a, b, c = (sp.symbols(f"{letter}1:3", real=True) for letter in "abc")
    lengths = sp.symbols("A B C", real=True)
    target = sp.tensorproduct(*(sp.Array([length, 0]) for length in lengths))
    vectors = [
        vector if letter in free else (length, 0)
        for letter, vector, length in zip("abc", (a, b, c), lengths, strict=True)
    ]
    found = sp.tensorproduct(*map(sp.Array, vectors))
    loss = sum((target[i] - found[i]) ** 2 for i in product((0, 1), repeat=3))
    moving = [x for letter, vector in zip("abc", (a, b, c), strict=True) if letter in free for x in vector]
    flow = odekit.gradient_flow(sp.Symbol("q", real=True) * loss / 2, moving, parameters="A B C q")
    observables = {}
    for letter in free:
        observables |= {f"m{letter}": f"{letter}1", f"n{letter}": f"{letter}1**2 + {letter}2**2"}
    again = odekit.reduce(flow, observables=observables)
    assert again.closed
    assert again.certify().passed
    assert same(again, claimed, {"q": "k"})
    assert not same(again, claimed, {"q": "k", "A": "B"})


@pytest.mark.slow
def test_moments_of_quadratic_features(hide: Hide) -> None:
    claimed = quadratic_features.sample_moments()
    names = ("lazy_to_rich", "experiments.quadratic_features")
    hide(*names)
    weights = [sp.symbols(f"v{i} z{i}", real=True) for i in range(4)]
    x1, x2, y, scale, eps = parameters = sp.symbols("x1 x2 y scale eps", real=True)
    hidden = [v * x1 + z * x2 for v, z in weights]
    output = scale * sum(h + eps * h**2 / 2 for h in hidden) / 4
    flow = odekit.gradient_flow(
        4 * (y - output) ** 2 / 2, [w for neuron in weights for w in neuron], parameters=parameters
    )
    means = {
        "u1": [v for v, _ in weights],
        "u2": [z for _, z in weights],
        "M11": [v * v for v, _ in weights],
        "M12": [v * z for v, z in weights],
        "M22": [z * z for _, z in weights],
    }
    again = odekit.reduce(flow, observables={name: sum(parts) / 4 for name, parts in means.items()})
    assert again.closed
    assert again.certify().passed
    assert same(again, claimed, {"scale": "alpha"})
    assert not same(again, claimed, {"scale": "alpha", "x1": "x2"})


@pytest.mark.slow
def test_the_lazy_limit(hide: Hide) -> None:
    """The flow of the weights' changes, in units of 1/alpha, down the limit of the loss."""
    rates = lazy_limit._limit()
    hide("lazy_to_rich", "experiments.quadratic_features")
    start, change = ([sp.symbols(f"{v}{i} {z}{i}", real=True) for i in range(3)] for v, z in ("pq", "vz"))
    x1, x2, y, eps, k = sp.symbols("x1 x2 y eps k", real=True)

    def output(weights: list[tuple[sp.Expr, ...]]) -> sp.Expr:
        hidden = [v * x1 + z * x2 for v, z in weights]
        return sum(h + eps * h**2 / 2 for h in hidden) / 3

    moved = [(p + k * v, q + k * z) for (p, q), (v, z) in zip(start, change, strict=True)]
    gained = sp.expand((output(moved) - output(start)) / k).subs(k, 0)
    constants, changes = ([w for neuron in weights for w in neuron] for weights in (start, change))
    flow = odekit.gradient_flow(3 * (y - gained) ** 2 / 2, changes, parameters=[x1, x2, y, eps, *constants])

    def moments(weights: list[tuple[sp.Expr, ...]]) -> list[sp.Expr]:
        parts = zip(*((v, z, v * v, v * z, z * z) for v, z in weights), strict=True)
        return [sp.expand(sum(part)) / 3 for part in parts]

    names = ["1", "2", "11", "12", "22"]
    linear = [sp.diff(moment, k).subs(k, 0) for moment in moments(moved)]
    observed = {("U" if len(n) == 1 else "V") + n: part for n, part in zip(names, linear, strict=True)}
    again = odekit.reduce(flow, observables=observed)
    assert again.closed
    assert again.certify().passed
    known = {
        ("u" if len(n) == 1 else "M") + f"{n}0": part for n, part in zip(names, moments(start), strict=True)
    }
    claimed = odekit.system(rates, parameters=["x1", "x2", "y", "eps", *known])
    at = {symbol: known[symbol.name] for symbol in claimed.parameters if symbol.name in known}
    other = {**at, **{symbol: 0 for symbol in at if symbol.name.startswith("M")}}
    ours = _rates(again, {})
    for values, agree in ((at, True), (other, False)):
        theirs = {state.name: rate.subs(values, simultaneous=True) for state, rate in claimed.rhs.items()}
        assert theirs.keys() == ours.keys()
        plain = {s: sp.Symbol(s.name, real=True) for rate in theirs.values() for s in rate.free_symbols}
        assert all(_vanishes(theirs[n].subs(plain) - ours[n]) for n in ours) is agree


@cache
def of_token(tasks: int) -> tuple[sp.Expr, sp.Expr, tuple[sp.Symbol, ...], tuple[sp.Symbol, ...]]:
    """What heads of scores ``a . z`` and ``b . z`` pool: the first one's mean label, and their covariance.

    A token has an input z along the query in each task, and the first one's label y, where r is asked for.
    """
    places = range(1, tasks + 1)
    token = {f"z{n}": (0, 1) for n in places} | {"y": (0, "1 + s**2"), ("z1", "y"): "r/sqrt(d)"}
    a, b = (sp.symbols(f"{x}1:{tasks + 1}", real=True) for x in "ab")
    d, s = sp.symbols("d s", real=True)
    first, second = (" + ".join(f"{x}{n}*z{n}" for n in places) for x in "ab")
    constants = [*a, *b, "s", "r", "d"]
    norm = odekit.expectation(f"exp({first})", token, parameters=constants)
    mean = odekit.expectation(f"y*exp({first})", token, parameters=constants) / norm
    pooled = odekit.expectation(f"y**2*exp({first} + {second})", token, parameters=constants)
    at_b = norm.subs(dict(zip(a, b, strict=True)), simultaneous=True)
    # Of many inputs at fixed scores, where the mean of y falls out.
    spread = sp.simplify(sp.limit(pooled, d, sp.oo) / norm / at_b / (1 + s**2))
    return sp.simplify(mean), sp.powsimp(spread), a, b


def attention(heads: int, tasks: int = 1, metric: dict[str, str] | None = None) -> odekit.System:
    """The flow of softmax heads down the loss of all tasks, from the law of a token."""
    mean, spread, a, b = of_token(tasks)
    c, d, r = sp.symbols("c d r", real=True)
    shape = (heads,) if tasks == 1 else (heads, tasks)
    mu, omega = odekit.variable("mu", *shape), odekit.variable("omega", *shape)
    values, keys = (sp.Matrix(heads, tasks, each.symbols) for each in (mu, omega))
    loss = sp.S.Zero
    for task in range(tasks):
        order = [task, *(other for other in range(tasks) if other != task)]
        scores = [[keys[h, n] * sp.sqrt(d) for n in order] for h in range(heads)]
        own = [mean.subs(dict(zip(a, score, strict=True)), simultaneous=True) for score in scores]
        output = sum(values[h, task] * own[h] for h in range(heads))
        loss += odekit.expectation((r - output) ** 2, {"r": (0, 1)}) / 2
        for h, k in product(range(heads), repeat=2):
            place = dict(zip((*a, *b), (*scores[h], *scores[k]), strict=True))
            loss += c * values[h, task] * values[k, task] * spread.subs(place, simultaneous=True) / 2
    return odekit.gradient_flow(loss, [mu, omega], metric=metric, parameters="c d")


@pytest.mark.parametrize("matrices", [False, True])
@pytest.mark.parametrize(
    "sizes",
    [(1, 1), pytest.param((2, 1), marks=pytest.mark.slow), pytest.param((2, 2), marks=pytest.mark.slow)],
)
def test_heads_of_attention_in_two_groups(hide: Hide, sizes: tuple[int, int], matrices: bool) -> None:
    claimed, other = (attention_slow_law._groups(sizes, full) for full in (matrices, not matrices))
    hide("in_context_attention", "experiments.attention_heads")
    flow = attention(sum(sizes), metric={"omega": "d"} if matrices else None)
    signs = [1] * sizes[0] + [-1] * sizes[1]
    ansatz = {f"omega{h}": f"{sign}*w" for h, sign in enumerate(signs, 1)}
    ansatz |= {f"mu{h}": f"{sign}*m/{signs.count(sign)}" for h, sign in enumerate(signs, 1)}
    again = odekit.reduce(flow, ansatz)
    assert again.closed is claimed.closed is (sizes[0] == sizes[1])
    assert again.leaks.keys() == claimed.leaks.keys()
    assert again.certify().passed
    assert same(again, claimed)
    assert not same(again, other)


def test_heads_that_are_trained(hide: Hide) -> None:
    claimed, other = (trained_attention._flow(averaged_loss(2), matrices) for matrices in (True, False))
    hide("in_context_attention", "experiments.attention_heads")
    again = attention(2, metric={"omega": "d"})
    assert same(again, claimed)
    assert not same(again, other)


def test_heads_of_attention_that_have_one_sign(hide: Hide) -> None:
    claimed = head_pairing._alone()
    hide("in_context_attention", "experiments.attention_heads")
    again = odekit.reduce(attention(2), {"mu1": "m", "mu2": "m", "omega1": "w", "omega2": "w"})
    assert again.closed
    assert again.certify().passed
    assert same(again, claimed)
    assert not same(again, claimed, {"c": "d", "d": "c"})


def test_paired_heads_of_linear_attention(hide: Hide) -> None:
    """From whole prompts of one, two and three tokens, whose labels' mean ``x y`` a head weighs."""
    claimed = linear_attention._pair()
    hide("in_context_attention", "experiments.attention_heads")
    c, d, s, r, slope = sp.symbols("c d s r slope", real=True)
    noise = []
    for tokens in (1, 2, 3):
        places = range(1, tokens + 1)
        law = {f"z{n}": (0, 1) for n in places} | {f"y{n}": (0, "1 + s**2") for n in places}
        law |= {(f"z{n}", f"y{n}"): "r/sqrt(d)" for n in places}
        pooled = " + ".join(f"sqrt(d)*z{n}*y{n}" for n in places)
        error = odekit.expectation(f"(r - slope*({pooled})/{tokens})**2", law, parameters=[slope, d, s, r])
        noise.append(sp.expand(tokens * (odekit.expectation(error, {"r": (0, 1)}) - (1 - slope) ** 2)))
    assert noise[0] == noise[1] == noise[2]  # so that of n tokens it is a share 1/n = c/(1 + s^2)
    spread = d * sp.limit(noise[0] / d, d, sp.oo)  # of many inputs
    mu, omega = odekit.variable("mu", 2), odekit.variable("omega", 2)
    loss = ((1 - slope) ** 2 + c * sp.cancel(spread / (1 + s**2))) / 2
    heads = sum(m * w for m, w in zip(mu.symbols, omega.symbols, strict=True))
    flow = odekit.gradient_flow(loss.subs(slope, heads), [mu, omega], parameters="c d s")
    again = odekit.reduce(flow, {"mu1": "m", "mu2": "-m", "omega1": "w", "omega2": "-w"})
    assert again.closed
    assert again.certify().passed
    assert same(again, claimed)
    assert not same(again, claimed, {"d": "s", "s": "d"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "frame",
    [
        [["sqrt(3)", "1"], ["-sqrt(3)", "1"], ["0", "-2"]],
        [["1", "1", "1"], ["-1", "-1", "-1"]],
        [["1", "1"], ["-1", "-1"]],
    ],
)
def test_heads_of_several_tasks(hide: Hide, frame: list[list[str]]) -> None:
    heads, tasks = len(frame), len(frame[0])
    claimed = head_superposition._on_frame((tasks, heads))
    hide("in_context_attention", "experiments.attention_heads")
    entries = {f"{h}{n}": entry for h, row in enumerate(frame, 1) for n, entry in enumerate(row, 1)}
    ansatz = {f"mu{place}": f"({entry})*m" for place, entry in entries.items()}
    ansatz |= {f"omega{place}": f"({entry})*w" for place, entry in entries.items()}
    again = odekit.reduce(attention(heads, tasks), ansatz)
    assert again.closed
    assert again.certify().passed
    assert same(again, claimed)
    assert not same(again, claimed, {"c": "d", "d": "c"})
