from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segmenter.segment.labels import default_label
from segmenter.session.carry import carry_labels


@given(st.permutations([1, 2, 3, 4]), st.integers(0, 2**32 - 1))
def test_labels_follow_their_regions_through_any_renumbering(order, seed):
    before = np.random.default_rng(seed).integers(0, 5, (40, 30), dtype=np.uint8)
    after = np.array([0, *order], np.uint8)[before]
    labels = [replace(default_label(value), name=f"was {value}") for value in (1, 2, 3, 4)]
    carried = carry_labels(labels, before, after)
    assert {label.name: label.value for label in carried} == {
        f"was {value}": order[value - 1] for value in (1, 2, 3, 4)
    }
    assert [label.value for label in carried] == sorted(order)


def test_a_region_that_is_split_evenly_or_gone_takes_its_name_along():
    before = np.repeat(np.array([[1, 1, 2, 2, 3, 3]], np.uint8), 4, axis=0)
    after = np.repeat(np.array([[1, 4, 2, 2, 2, 3]], np.uint8), 4, axis=0)
    labels = [replace(default_label(value), name=f"was {value}") for value in (1, 2, 3)]
    assert [label.name for label in carry_labels(labels, before, after)] == ["was 2"]


def test_the_unlabeled_ground_takes_no_name():
    before = np.ones((4, 4), np.uint8)
    assert carry_labels([default_label(1)], before, np.zeros((4, 4), np.uint8)) == ()
