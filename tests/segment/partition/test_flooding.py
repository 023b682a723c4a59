from __future__ import annotations

import numpy as np

from segmenter.segment.partition.flooding import flood


def test_water_reaches_a_place_at_the_highest_level_on_its_way() -> None:
    levels = np.array([[0, 3, 1, 5, 0]], np.int16)
    markers = np.array([[1, 0, 0, 0, 0]], np.int32)
    labels, reached = flood(levels, markers, 9, 99)
    np.testing.assert_array_equal(labels, [[1, 1, 1, 1, 1]])
    np.testing.assert_array_equal(reached, [[0, 3, 3, 5, 5]])


def test_it_ends_after_the_level_at_which_enough_is_under_water() -> None:
    levels = np.array([[0, 3, 1, 5, 0]], np.int16)
    markers = np.array([[1, 0, 0, 0, 0]], np.int32)
    labels, reached = flood(levels, markers, 9, 2)
    np.testing.assert_array_equal(labels, [[1, 1, 1, 0, 0]])
    np.testing.assert_array_equal(reached, [[0, 3, 3, 9, 9]])


def test_walls_are_never_flooded() -> None:
    levels = np.zeros((3, 3), np.int16)
    markers = np.zeros((3, 3), np.int32)
    markers[1], markers[0, 0] = -1, 7
    labels, reached = flood(levels, markers, 4, 99)
    np.testing.assert_array_equal(labels, [[7, 7, 7], [0, 0, 0], [0, 0, 0]])
    assert (reached[1:] == 4).all()
