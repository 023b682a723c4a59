import numpy as np
import pytest

from segmenter.segment.tissue.smoothing import smooth_posteriors_steps
from segmenter.work import finish


def smoothed(side, smoothness=1.0):
    """Posteriors of an undecided voxel amid others of the second label, `side` mm apart."""
    voxels = np.argwhere(np.ones((3, 3, 3), bool)).astype(np.int32)
    evidence = np.tile(np.array([-50, 0], np.float32), (27, 1))
    evidence[13] = 0
    spacing = np.broadcast_to(np.asarray(side, float), 3)
    return finish(smooth_posteriors_steps(evidence, voxels, (3, 3, 3), spacing, smoothness))[13]


@pytest.mark.parametrize(("side", "log_odds"), [(0.5, 4.0), (1.0, 4.0), (2.0, 2.0), (4.0, 1.0)])
def test_neighbors_say_the_less_the_farther_they_are(side, log_odds):
    first, second = smoothed(side)
    assert np.log(second / first) == pytest.approx(log_odds, rel=1e-4)


def test_slices_far_apart_say_less_however_small_pixels_are():
    first, second = smoothed((0.1, 0.1, 0.8))
    assert np.log(second / first) == pytest.approx(4.0 * (2 + 1 / 8) / 3, rel=1e-4)


def test_without_smoothness_neighbors_say_nothing():
    assert smoothed(1.0, 0.0) == pytest.approx([0.5, 0.5])
