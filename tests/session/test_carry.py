import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmenter.session.carry import followed_values


@given(st.permutations([1, 2, 3, 4]), st.integers(0, 2**32 - 1))
def test_regions_are_found_through_any_renumbering(order, seed):
    before = np.random.default_rng(seed).integers(0, 5, (40, 30), dtype=np.uint8)
    after = np.array([0, *order], np.uint8)[before]
    assert followed_values((1, 2, 3, 4), before, after) == dict(enumerate(order, 1))


def test_a_region_that_is_split_evenly_or_gone_is_not_found():
    before = np.repeat(np.array([[1, 1, 2, 2, 3, 3]], np.uint8), 4, axis=0)
    after = np.repeat(np.array([[1, 4, 2, 2, 2, 3]], np.uint8), 4, axis=0)
    assert followed_values((1, 2, 3), before, after) == {2: 2}


def test_the_unlabeled_ground_is_no_region():
    before = np.ones((4, 4), np.uint8)
    assert followed_values([1], before, np.zeros((4, 4), np.uint8)) == {}


def test_label_maps_may_have_more_than_255_values_and_values_without_a_pixel():
    before = np.arange(1, 601, dtype=np.uint16).repeat(4).reshape(40, 60)
    assert followed_values([1, 600, 700], before, 601 - before) == {1: 600, 600: 1}
