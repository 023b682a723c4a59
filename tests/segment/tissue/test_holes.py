import numpy as np
import pytest
from scipy import ndimage

from segmenter.segment.tissue.holes import without_holes


@pytest.mark.parametrize("share", [0.0, 0.5, 0.7, 0.9, 1.0])
def test_holes_are_those_of_scipy(share):
    mask = np.random.default_rng(2).random((12, 15, 9)) < share
    np.testing.assert_array_equal(without_holes(mask), ndimage.binary_fill_holes(mask))
