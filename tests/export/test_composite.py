import numpy as np
import pytest

from segmenter.export.composite import composed, covering


def test_a_color_is_laid_under_by_opacity():
    rgb = np.full((2, 3, 3), 200, np.uint8)
    alpha = np.array([[0, 0.5, 1], [0.25, 2, -1]], np.float32)
    mixed = composed(rgb, alpha, np.array([0, 100, 40], np.uint8))
    expected = [
        [[0, 100, 40], [100, 150, 120], [200] * 3],
        [[50, 125, 80], [200] * 3, [0, 100, 40]],
    ]
    np.testing.assert_array_equal(mixed, expected)


def test_a_picture_is_laid_under_whatever_the_blocks(monkeypatch):
    random = np.random.default_rng(0)
    rgb, ground = random.integers(0, 256, (2, 37, 41, 3), np.uint8)
    alpha = random.random((37, 41), np.float32)
    whole = composed(rgb, alpha, ground)
    share = alpha[..., None].astype(float)
    assert np.abs(whole - (share * rgb + (1 - share) * ground)).max() <= 0.51
    monkeypatch.setattr("segmenter.export.composite.BLOCK", 100)
    np.testing.assert_array_equal(composed(rgb, alpha, ground), whole)


@pytest.mark.parametrize("size", [(30, 90), (90, 30), (7, 7)])
def test_a_picture_covers_the_grid_and_its_middle_stays(size):
    picture = np.zeros((*size, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 250, size[1])[None]
    picture[..., 1] = np.linspace(0, 250, size[0])[:, None]
    covered = covering(picture, (40, 60))
    assert covered.shape == (40, 60, 3)
    assert np.abs(covered[19:21, 29:31, :2].mean((0, 1)) - 125).max() < 8


def test_a_picture_of_the_same_size_stays_as_it_is():
    picture = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    np.testing.assert_array_equal(covering(picture, (20, 30)), picture)
