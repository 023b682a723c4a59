import numpy as np
import pytest

from segmenter.segment.tissue.smoothing import smooth_posteriors_steps
from segmenter.work import finish


def smoothed(side, smoothness=1.0):
    """Posteriors of an undecided voxel in the middle of a cube of the second label."""
    voxels = np.argwhere(np.ones((3, 3, 3), bool)).astype(np.int32)
    evidence = np.tile(np.array([-50, 0], np.float32), (27, 1))
    evidence[13] = 0
    spacing = np.full(3, float(side))
    return finish(smooth_posteriors_steps(evidence, voxels, (3, 3, 3), spacing, smoothness))[13]


@pytest.mark.parametrize(("side", "log_odds"), [(0.5, 4.0), (1.0, 4.0), (2.0, 2.0), (4.0, 1.0)])
def test_neighbors_say_the_less_the_farther_they_are(side, log_odds):
    first, second = smoothed(side)
    assert np.log(second / first) == pytest.approx(log_odds, rel=1e-4)


def test_without_smoothness_neighbors_say_nothing():
    assert smoothed(1.0, 0.0) == pytest.approx([0.5, 0.5])
