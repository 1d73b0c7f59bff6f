from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest

from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation.gradient.plan import lanes, tuples


def labels_by_input(network: Network) -> Counter[tuple[tuple[int, ...], int]]:
    """Share of every pair of inputs and label, tuple by tuple; a shared embedding forgets their order."""
    labels, shares = network.labels(), Counter()
    for inputs, label in np.ndenumerate(labels):
        seen = tuple(sorted(inputs)) if network.embedding == "shared" else inputs
        shares[seen, int(label)] += 1
    return shares


@pytest.mark.parametrize("embedding", ["shared", "unshared"])
@pytest.mark.parametrize("loss", ["sum", "mean"])
def test_every_tuple_of_inputs_is_counted_once(s3: FiniteGroup, embedding: str, loss: str) -> None:
    network = Network(s3, neurons=2, embedding=embedding, loss=loss)
    every = tuples(network)
    offsets = 0 if embedding == "shared" else 6 * np.arange(2)[:, None]
    found = Counter()
    for row, label, weight in zip(every.entry_rows, every.entry_labels, every.entry_weights, strict=True):
        inputs = tuple((every.columns - offsets)[:, row].tolist())
        inputs = tuple(sorted(inputs)) if embedding == "shared" else inputs
        found[inputs, int(label)] += weight * (36 if loss == "mean" else 1)
    expected = labels_by_input(network)
    assert set(found) == set(expected)
    assert all(found[key] == pytest.approx(expected[key], rel=1e-14) for key in expected)


def test_a_shared_embedding_has_one_row_for_each_multiset() -> None:
    assert len(tuples(Network("Z7", task="x+y+z"))) == comb(9, 3)
    assert len(tuples(Network("Z7", task="x+y+z", embedding="unshared"))) == 7**3


def test_parts_are_nearly_equal_and_leave_no_seam(f21: FiniteGroup) -> None:
    every = tuples(Network(f21, neurons=2))
    parts = list(every.split(20, multiple=4))
    assert len(parts) == 12
    assert {len(part) for part in parts} <= {19, 20}
    np.testing.assert_array_equal(np.concatenate([part.columns for part in parts], axis=1), every.columns)
    np.testing.assert_array_equal(np.concatenate([part.weights for part in parts]), every.weights)
    np.testing.assert_array_equal(np.concatenate([part.entry_labels for part in parts]), every.entry_labels)


@pytest.mark.parametrize(
    ("order", "neurons", "count"), [(23, 512, 1), (47, 512, 2), (97, 512, 2), (197, 512, 4), (97, 1, 1)]
)
def test_small_networks_get_one_lane_and_larger_ones_several(order: int, neurons: int, count: int) -> None:
    found = lanes(Network(f"Z{order}", neurons=neurons))
    assert len(found) == count
    assert sum(len(block) for lane in found for block in lane) == order * (order + 1) // 2
    assert max(sum(map(len, lane)) for lane in found) - min(sum(map(len, lane)) for lane in found) <= 10


def test_a_block_is_cast_to_the_type_of_the_weights() -> None:
    block = lanes(Network("Z5"))[0][0].cast(np.dtype(np.complex64))
    assert block.weights.dtype == block.entry_weights.dtype == np.float32


@pytest.mark.parametrize("task", ["x+y", "x+y+z"])
@pytest.mark.parametrize("embedding", ["shared", "unshared"])
@pytest.mark.parametrize("order", [1, 2, 6, 7])
def test_runs_of_rows_are_slices_of_the_embeddings_each_written_twice(
    task: str, embedding: str, order: int
) -> None:
    network = Network(f"Z{order}", neurons=2, task=task, embedding=embedding)
    count = len(network.embeddings)
    doubled = np.tile(np.arange(count * order).reshape(count, 1, order), (1, 2, 1)).ravel()
    for rows in (None, 3):
        blocks = [block for lane in lanes(network, rows) for block in lane]
        found = np.concatenate(
            [np.array([doubled[place] for place in places]) for block in blocks for _, *places in block.runs],
            axis=1,
        )
        np.testing.assert_array_equal(found, tuples(network).columns)
        assert all(sum(run[0].stop - run[0].start for run in block.runs) == len(block) for block in blocks)


def test_pairs_of_a_shared_embedding_are_one_run_for_each_difference() -> None:
    (block,) = lanes(Network("Z7", neurons=2))[0]
    assert [run[0] for run in block.runs] == [slice(start, start + 7) for start in (0, 7, 14, 21)]
