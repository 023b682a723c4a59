from __future__ import annotations

import numpy as np

from segmenter.segment.objects.growth import grown_objects, with_left_out
from segmenter.segment.objects.pixel_traits import promise_of
from segmenter.segment.objects.traits import COMPARED, TRAITS, with_compared


def seeds(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Squares of 10 x 10 in a row, the middle of each chosen; and all of their pixels."""
    belongs = np.zeros((20, 20 * n), bool)
    labels = np.zeros(belongs.shape, np.int32)
    for number in range(n):
        belongs[5:15, 20 * number + 5 : 20 * number + 15] = True
        labels[7:13, 20 * number + 7 : 20 * number + 13] = number + 1
    return labels, belongs


def test_pixels_go_to_the_object_from_which_they_are_reached_without_holes() -> None:
    labels, belongs = seeds(2)
    belongs[9:11] = True  # a bridge between the two
    belongs[10, 9:12] = False
    grown = grown_objects(labels, belongs, side=10.0)
    assert (grown[5:15, 5:15] == 1).all()
    assert (grown[5:15, 25:35] == 2).all()
    assert grown[9, 15] == 1
    assert grown[9, 24] == 2
    assert (grown[9, 16:24] == 0).all()  # too far from what was chosen
    assert (grown[~belongs & (grown != 1)] == 0).all()


def test_objects_that_were_left_out_are_added_where_others_were_found() -> None:
    labels, belongs = seeds(7)
    few = np.where(labels <= 4, labels, 0).astype(np.int32)
    assert with_left_out(few, belongs, side=10.0) is few
    most = np.where(labels <= 6, labels, 0).astype(np.int32)
    more = with_left_out(most, belongs, side=10.0)
    assert more.max() == 7
    assert (more[5:15, 125:135] == 7).all()
    assert (more[most > 0] == most[most > 0]).all()


def test_what_has_not_the_shape_of_an_object_is_not_added() -> None:
    labels, belongs = seeds(7)
    labels[labels == 7] = 0
    belongs[:, 120:] = False
    belongs[9:11, 122:139] = belongs[2:18, 129:131] = True  # a cross, of about the right size
    np.testing.assert_array_equal(with_left_out(labels, belongs, side=10.0), labels)


def test_sets_are_compared_with_the_chosen_ones() -> None:
    traits = np.zeros((4, len(TRAITS)))
    traits[:, COMPARED[0]] = [5.0, 1.0, 3.0, 2.0]
    parents = np.array([0, 0, 0, 2], np.int32)
    labels = np.array([0, 1, 2, 2], np.int32)  # two chosen sets, and one inside the second
    compared = with_compared(traits, parents, labels)
    np.testing.assert_allclose(compared[:, len(TRAITS)], [3.0, -1.0, 1.0, 0.0])
    assert not with_compared(traits, parents, np.zeros(4, np.int32))[:, len(TRAITS) :].any()


def test_a_place_has_the_best_promise_of_the_sets_around_it() -> None:
    parents = np.array([0, 0, 1, 1], np.int32)
    quality = np.array([0.1, 0.6, 0.3, 0.8])
    promised = promise_of(parents, quality, np.array([[0, 1], [2, 3], [-1, 0]], np.int32))
    np.testing.assert_allclose(promised, [[0.1, 0.6], [0.6, 0.8], [0.02, 0.1]], atol=1e-6)
