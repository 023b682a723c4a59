from dataclasses import replace

import numpy as np
import pytest

from segmenter.errors import ParameterError
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.segment import segment_tissue
from tests.segment.tissue.heads import T2, head


@pytest.fixture(scope="module")
def tissue():
    return segment_tissue(head().image, head().brain)


def error(shares, made):
    truth = np.moveaxis(made.fractions, 0, -1)[made.brain]
    return np.abs(shares[made.brain] - truth).mean()


def test_fractions_are_nearer_to_the_truth_than_probabilities(tissue):
    assert error(tissue.fractions, head()) < 0.8 * error(tissue.posteriors, head())


def test_fractions_of_a_voxel_are_one_together(tissue):
    together = tissue.fractions.sum(axis=-1)
    np.testing.assert_allclose(together[head().brain], 1, atol=1e-5)
    assert (together[~head().brain] == 0).all()
    np.testing.assert_array_equal(tissue.fraction(2), tissue.fractions[..., 1])
    with pytest.raises(ParameterError, match="no label 4"):
        tissue.fraction(4)


def test_a_second_channel_helps():
    noisy, other = head(noise=0.12), head(means=T2, noise=0.12, seed=1)
    alone = segment_tissue(noisy.image, noisy.brain)
    both = segment_tissue([noisy.image, other.image], noisy.brain)
    assert error(both.fractions, noisy) < error(alone.fractions, noisy)


def test_voxels_without_a_signal_have_the_probabilities():
    made = head()
    pixels = made.image.pixels.copy()
    empty = made.brain & (np.indices(made.brain.shape)[2] == 30)
    pixels[empty] = 0
    found = segment_tissue(replace(made.image, pixels=pixels), made.brain)
    np.testing.assert_array_equal(found.fractions[empty], found.posteriors[empty])


def test_tissues_without_an_atlas_have_fractions_too():
    made = head(bias=0.0)
    found = segment_tissue(made.image, made.brain, TissueRecipe(atlas="none", bias=False))
    assert error(found.fractions, made) < error(found.posteriors, made)
