import numpy as np
import pytest

from segmenter.segment.tissue.draft import drafted_labels
from segmenter.segment.tissue.frame import frame_of
from segmenter.segment.tissue.sample import fit_sample
from segmenter.segment.tissue.sampling import smoothed
from segmenter.segment.tissue.voxels import brain_voxels_steps
from segmenter.work import finish
from tests.segment.tissue.heads import head


def voxels_of(spacing):
    made = head(spacing=spacing)
    frame = frame_of(made.image).cropped(made.brain)
    return made, finish(brain_voxels_steps([made.image.pixels[..., 0]], made.brain, frame))


@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (3.0, 3.0, 3.0), (1.5, 3.0, 1.5)])
def test_voxels_of_any_size_give_a_sample_of_about_the_same_density(spacing):
    _, voxels = voxels_of(spacing)
    sample = fit_sample(voxels, None)
    cubic = np.prod(spacing) * len(voxels.places) / len(sample.places)
    assert 19 < cubic < 33
    middle, of_sample = (one.places.mean(axis=0) for one in (voxels, sample))
    np.testing.assert_allclose(of_sample, middle, atol=0.5)


def test_early_labels_of_a_sparse_sample_leave_no_voxel_out():
    made, voxels = voxels_of((2.0, 2.0, 2.0))
    sample = fit_sample(voxels, None)
    truth = voxels.frame.take(made.labels)[tuple(sample.places.T)]
    posteriors = np.eye(3, dtype=np.float32)[truth - 1]
    drafted = drafted_labels(voxels, sample, posteriors)
    np.testing.assert_array_equal(drafted > 0, made.brain)
    assert (drafted == made.labels)[made.brain].mean() > 0.75


@pytest.mark.parametrize("shape", [(1, 2, 3), (9, 40, 25)])
def test_smoothing_is_that_of_a_gaussian_whose_edges_repeat(shape):
    volume = np.random.default_rng(1).random((*shape, 3)).astype(np.float32)
    found = smoothed(volume, 1.0)
    taps = np.exp(-0.5 * np.arange(-3, 4) ** 2.0)
    expected = volume.astype(np.float64)
    for axis in range(3):
        width = [(3, 3) if other == axis else (0, 0) for other in range(4)]
        padded = np.pad(expected, width, mode="edge")
        parts = [padded.take(range(far, far + shape[axis]), axis) for far in range(7)]
        expected = np.tensordot(taps / taps.sum(), parts, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
