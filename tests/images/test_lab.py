import numpy as np
import pytest
from skimage.color import rgb2lab

from segmenter.images.lab import lab_from_srgb


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_integers_match_scikit_image(dtype):
    colors = np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, (2000, 3)).astype(dtype)
    np.testing.assert_allclose(lab_from_srgb(colors), rgb2lab(colors), atol=2e-3)


def test_floats_match_scikit_image():
    colors = np.random.default_rng(1).random((40, 50, 3)).astype(np.float32)
    np.testing.assert_allclose(lab_from_srgb(colors), rgb2lab(colors), atol=2e-3)


def test_black_white_and_gray_are_neutral():
    lab = lab_from_srgb(np.array([[0, 0, 0], [255, 255, 255], [119, 119, 119]], np.uint8))
    np.testing.assert_allclose(lab[:, 0], [0, 100, 50.03], atol=0.05)
    np.testing.assert_allclose(lab[:, 1:], 0, atol=0.02)
