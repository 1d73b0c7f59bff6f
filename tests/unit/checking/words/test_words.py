"""Lines in words of matrices: right ones agree, others differ, as NumPy's own products of matrices say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit import Network, check, derive
from odekit.errors import InputError, UnknownNameError

THETA = "2*Adjoint(theta)*xi + 2*xi*Adjoint(theta)"
BALANCE = "theta*Adjoint(theta) - Adjoint(theta)*theta - xi*Adjoint(xi) + Adjoint(xi)*xi"
SPHERES = {"embedding": "unshared", "constraint": "sphere"}

RIGHT = {
    "the derived ones": {"theta": THETA, "xi": "2*theta**2"},
    "in other notations": {"theta": "2*(theta^H*xi + xi*adjoint(theta))", "xi": "theta*theta*2"},
    "a power and a division": {"xi": "(2*theta)**2/2", "theta": "4/2*(xi*theta.H + theta.H*xi)"},
}
WRONG = {
    "a factor": {"theta": THETA, "xi": "3*theta**2"},
    "no adjoint": {"theta": "2*theta*xi + 2*xi*theta", "xi": "2*theta**2"},
    "one order alone": {"theta": "4*Adjoint(theta)*xi", "xi": "2*theta**2"},
}


@pytest.mark.parametrize("group", ["S3", "D4", "Q8", "F21"])
@pytest.mark.parametrize("name", RIGHT)
def test_right_words_agree_at_every_group(name: str, group: str) -> None:
    findings = check({"equations": RIGHT[name]}, Network(group))
    assert [finding.evidence for finding in findings] == ["proved as words of matrices"] * 2


@pytest.mark.parametrize("name", WRONG)
def test_wrong_words_differ_at_a_block_and_are_corrected(name: str) -> None:
    findings = {finding.item: finding for finding in check({"equations": WRONG[name]}, Network("S3"))}
    (wrong,) = (finding for finding in findings.values() if not finding.agrees)
    assert wrong.agrees is False
    assert "irrep" in wrong.evidence
    assert wrong.given != wrong.derived
    assert wrong.corrected is not None
    assert check({"equations": {wrong.item: wrong.corrected}}, Network("S3"))[0].agrees


def test_a_factor_is_told_exactly() -> None:
    (finding,) = check({"xi": "3*theta**2"}, Network("S3"))
    assert (finding.constant, finding.corrected) == ("3/2", "2*theta**2")


@pytest.mark.parametrize("group", ["S3", "Q8", "F21"])
def test_first_integrals_are_matrices_or_traces(group: str) -> None:
    right = {
        "balance": BALANCE,
        "length": "Trace(theta*Adjoint(theta) - 2*xi*Adjoint(xi))",
        "volume": "im(Trace(theta**2*Adjoint(xi)))",
        "turned": "im(trace(theta*Adjoint(xi)*theta))",
    }
    findings = check({"first_integrals": right}, Network(group))
    assert all(finding.agrees for finding in findings), findings
    wrong = {
        "balance": BALANCE.replace("theta*Adjoint(theta)", "2*theta*Adjoint(theta)"),
        "length": "Trace(theta*Adjoint(theta) - xi*Adjoint(xi))",
        "volume": "re(Trace(theta**2*Adjoint(xi)))",
        "constant": "theta*xi - theta*xi + 3",
    }
    findings = check({"first_integrals": wrong}, Network(group))
    assert [finding.agrees for finding in findings] == [False] * len(wrong)


def test_words_that_are_equal_at_small_blocks_alone_agree_where_the_group_has_no_others() -> None:
    # A quaternion and its adjoint add up to a number, which commutes.
    line = {"theta": f"{THETA} + (theta + Adjoint(theta))*xi - xi*(theta + Adjoint(theta))"}
    (finding,) = check(line, Network("Q8"))
    assert finding.agrees
    assert "though not as words" in finding.evidence
    assert check(line, Network("S3"))[0].agrees is False


def test_spheres_take_their_energy_away() -> None:
    network = Network("S3", **SPHERES)
    lines = {"theta1": "2*xi*Adjoint(theta2) - E*theta1", "xi": "2*theta1*theta2 - E*xi"}
    assert all(finding.agrees for finding in check(lines, network))
    (finding,) = check({"xi": "2*theta2*theta1 - E*xi"}, network)
    assert (finding.agrees, finding.corrected) == (False, "2*theta1*theta2 - E*xi")
    with pytest.raises(InputError, match="holds E, which changes in time"):
        check({"first_integrals": {"I": "E*theta1"}}, network)


def test_names_definitions_and_the_networks_own_time_are_the_users() -> None:
    document: dict[str, Any] = {
        "network": {"group": "S3", "loss": "mean"},
        "conventions": {"w": "theta", "v": "xi"},
        "definitions": {"s": "w**2"},
        "equations": {"v": "s/18", "s": "(w*v*w^H + w*w^H*v + v*w^H*w + w^H*v*w)/18"},
    }
    findings = check(document)
    assert all(finding.agrees for finding in findings), findings
    assert "the time of the network's own flow" in findings[0].time


def test_a_derived_system_may_stand_for_its_network() -> None:
    assert check({"xi": "2*theta**2"}, derive(Network("S3")))[0].agrees


@pytest.mark.parametrize(
    ("tables", "error", "message"),
    [
        ({"equations": {"theta": "sqrt(xi)"}}, InputError, "sqrt is no product of matrices"),
        ({"equations": {"theta": "pi*xi"}}, InputError, "pi is no product"),
        ({"equations": {"theta": "xi/theta"}}, InputError, "a matrix has no inverse"),
        ({"equations": {"theta": "xi*psi"}}, UnknownNameError, "unknown name"),
        ({"equations": {"D": "xi"}}, UnknownNameError, "unknown matrix 'D'"),
        ({"equations": {"theta": "Trace(xi)"}}, InputError, "the velocity of theta is a matrix"),
        (
            {"equations": {"theta": "xi"}, "conventions": {"a": "psi"}},
            UnknownNameError,
            "unknown matrix 'psi'",
        ),
        (
            {"equations": {"theta": "xi"}, "conventions": {"free_units": ["time"]}},
            InputError,
            "can't be free",
        ),
    ],
)
def test_what_is_no_word_is_refused(tables: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        check(tables, Network("S3"))


def test_what_words_can_not_say_is_not_judged() -> None:
    tables = {
        "equations": {"xi": "2*theta**2", "theta": "(theta + xi)**14"},
        "rates": {"theta": "1"},
        "limits": {"xi": "0"},
    }
    outcomes = {finding.kind: finding.outcome for finding in check(tables, Network("S3"))}
    assert outcomes == {"equation": "not judged", "rate": "not judged", "limit": "not judged"}


def by_numpy(text: str, blocks: dict[str, Any]) -> Any:
    """The words as NumPy multiplies them; of the tests' own text."""
    text = text.replace("*", "@").replace("Adjoint", "H")
    return eval(text, {"H": lambda block: block.conj().T, "__builtins__": {}}, blocks)


def test_random_words_agree_if_and_only_if_numpy_says_so() -> None:
    rng = np.random.default_rng(5)
    letters = ["theta", "xi", "Adjoint(theta)", "Adjoint(xi)"]
    blocks = {name: rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)) for name in ("theta", "xi")}
    derived = {"theta": THETA, "xi": "2*theta*theta"}
    true = {name: by_numpy(text.replace("2*", ""), blocks) * 2 for name, text in derived.items()}
    seen = set()
    for _ in range(40):
        state = ("theta", "xi")[rng.integers(2)]
        words = ["*".join(rng.choice(letters, 2)) for _ in range(2 if state == "theta" else 1)]
        if rng.random() < 0.3:
            words = ["Adjoint(theta)*xi", "xi*Adjoint(theta)"] if state == "theta" else ["theta*theta"]
        text = " + ".join(f"2*{word}" for word in words)
        value = 2 * sum(by_numpy(word, blocks) for word in words)
        is_right = bool(np.allclose(value, true[state]))
        seen.add(is_right)
        assert check({state: text}, Network("F21"))[0].agrees is is_right, text
    assert seen == {True, False}
