import numpy as np
import pytest

from segmenter.segment.objects.dividing import second_half


def discs(*circles):
    y, x = np.mgrid[:50, :90]
    return [np.hypot(y - row, x - column) <= radius for row, column, radius in circles]


@pytest.mark.parametrize("apart", [13, 16, 20])
def test_touching_discs_come_apart_at_their_neck(apart):
    large, small = discs((25, 30, 11), (25, 30 + apart, 9))
    half = second_half(large | small)
    only = small & ~large
    assert (half & only).sum() > 0.9 * only.sum()
    assert (half & ~small).sum() < 0.1 * small.sum()


def test_pieces_that_are_apart_are_not_cut():
    one, other, third = discs((25, 20, 9), (25, 50, 7), (25, 75, 4))
    np.testing.assert_array_equal(second_half(one | other | third), other | third)


def test_a_disc_is_cut_in_equal_halves():
    (disc,) = discs((25, 40, 12))
    assert abs(second_half(disc).sum() / disc.sum() - 0.5) < 0.06


@pytest.mark.parametrize("n_pixels", [0, 1])
def test_what_cannot_be_divided_is_left(n_pixels):
    mask = np.zeros((4, 4), bool)
    mask[1, 2] = n_pixels == 1
    assert not second_half(mask).any()


def test_two_pixels_are_divided():
    mask = np.zeros((4, 4), bool)
    mask[1, 1:3] = True
    assert second_half(mask).sum() == 1
