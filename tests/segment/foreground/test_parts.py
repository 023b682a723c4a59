import numpy as np
from scipy import ndimage

from segmenter.segment.foreground.parts import part_at


def test_the_parts_are_those_that_labels_give():
    mask = np.random.default_rng(2).random((40, 30)) < 0.6
    labels, _ = ndimage.label(mask)
    rows, columns = np.array([20, 3]), np.array([15, 28])
    wanted = np.isin(labels, labels[rows, columns]) & mask
    assert (part_at(mask, rows, columns) == wanted).all()


def test_nothing_is_at_a_pixel_off_the_mask():
    assert not part_at(np.zeros((4, 5), bool), np.array([1]), np.array([2])).any()


def test_parts_do_not_reach_around_the_edge_of_the_image():
    mask = np.zeros((4, 5), bool)
    mask[1, 4] = mask[2, 0] = True
    assert part_at(mask, np.array([1]), np.array([4])).sum() == 1
