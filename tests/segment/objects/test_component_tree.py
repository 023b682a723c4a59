from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from segmenter.segment.objects.choice import WORTH, chosen_sets
from segmenter.segment.objects.component_tree import component_tree


@settings(max_examples=50, deadline=None)
@given(
    arrays.arrays(
        np.int32, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(0, 4)
    )
)
def test_sets_are_the_connected_places_above_each_level(levels: np.ndarray) -> None:
    values = levels.astype(np.float32) * 2
    tree = component_tree(levels, values, np.ones(levels.shape, np.float32))
    expected = set()
    for level in range(levels.min(), 5):
        pieces, count = ndimage.label(levels >= level)
        for piece in range(1, count + 1):
            expected.add(frozenset(map(tuple, np.argwhere(pieces == piece).tolist())))
    found = []
    for node in range(len(tree.parents)):
        inside = tree.node_of == node
        for other in range(node + 1, len(tree.parents)):
            above = other
            while above > node:
                above = tree.parents[above]
            if above == node:
                inside |= tree.node_of == other
        found.append(frozenset(map(tuple, np.argwhere(inside).tolist())))
        places = np.argwhere(inside)
        assert tree.sizes[node] == len(places)
        np.testing.assert_allclose(tree.firsts[node], places.sum(0))
        np.testing.assert_allclose(tree.seconds[node], places.T @ places)
        assert tree.values[node] == values[inside].sum()
        outside = ndimage.binary_dilation(~inside) & inside
        assert tree.rims[node] == tree.slopes[node] == outside.sum()
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_the_choice_is_the_best_of_sets_that_do_not_overlap() -> None:
    parents = np.array([0, 0, 0, 1, 1], np.int32)
    allowed = np.array([False, True, True, True, True])
    quality = WORTH + np.array([0.5, 0.2, -0.1, 0.15, 0.1])
    labels, worth = chosen_sets(parents, quality, allowed)
    assert labels.tolist() == [0, 0, 0, 1, 2]
    np.testing.assert_allclose(worth, 0.25)
    quality[1] = WORTH + 0.3
    assert chosen_sets(parents, quality, allowed)[0].tolist() == [0, 1, 0, 1, 1]
