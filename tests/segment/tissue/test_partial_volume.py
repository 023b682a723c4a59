import numpy as np
import pytest

from segmenter.em.grouped import GroupedMixture
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.tissue.partial_volume import (
    share_evidence,
    trust_in_raw,
    typical_intensities,
)

MIXTURE = GroupedMixture(
    GaussianMixture(np.full(3, 1 / 3), [[0.3], [0.6], [0.9]], np.full((3, 1, 1), 0.0025)),
    np.arange(3),
)
NO_NOISE = np.zeros(1)


def test_half_way_between_two_tissues_both_have_as_much():
    typical = np.array([[0.2], [0.6], [1.0]])
    values = np.array([[0.4], [0.8], [0.75], [0.85]], np.float32)
    shared = share_evidence(
        MIXTURE.log_densities(values), values, values, NO_NOISE, MIXTURE, typical
    )
    assert shared[0, 0] == pytest.approx(shared[0, 1], abs=1e-4)
    assert shared[1, 1] == pytest.approx(shared[1, 2], abs=1e-4)
    assert shared[2, 1] > shared[2, 2]
    assert shared[3, 1] < shared[3, 2]


def test_what_two_tissues_have_together_stays():
    values = np.linspace(0.1, 1.1, 50, dtype=np.float32)[:, np.newaxis]
    before = np.maximum(MIXTURE.log_densities(values), -12)
    after = share_evidence(before, values, values, NO_NOISE, MIXTURE, MIXTURE.mixture.means)
    np.testing.assert_allclose(np.exp(after).sum(axis=1), np.exp(before).sum(axis=1), rtol=1e-4)


def test_typical_is_the_median_of_sure_voxels():
    random = np.random.default_rng(0)
    values = random.normal([[0.3]] * 200 + [[0.6]] * 200, 0.05).astype(np.float32)
    posteriors = np.zeros((400, 3), np.float32)
    posteriors[:200, 0] = posteriors[200:, 1] = 1
    typical = typical_intensities(MIXTURE, values, posteriors)
    assert typical[0, 0] == np.median(values[:200])
    assert typical[2, 0] == pytest.approx(0.9)  # no sure voxel: the mean of its Gaussians


@pytest.mark.parametrize(("noise", "label"), [(0.05, 0), (0.1, 1)])
def test_a_thin_sulcus_that_smoothing_filled_is_fluid_unless_noise_is_as_large(noise, label):
    measured, smoothed = np.array([[0.42]], np.float32), np.array([[0.48]], np.float32)
    shared = share_evidence(
        MIXTURE.log_densities(smoothed), smoothed, measured, np.array([noise]), MIXTURE,
        MIXTURE.mixture.means,
    )  # fmt: skip
    assert shared[0].argmax() == label


def test_channels_together_tell_how_clear_two_tissues_are_apart():
    noise = np.array([0.1, 0.1])
    assert trust_in_raw(np.array([0.3, 0.0]), noise) == 0
    assert trust_in_raw(np.array([0.4, 0.0]), noise) == pytest.approx(0.5)
    assert trust_in_raw(np.array([0.4, 0.4]), noise) == 1


def test_a_second_channel_tells_more_although_partial_volume_changes_both_together():
    def odds_of(n_channels):
        covariance = np.full((n_channels, n_channels), 0.95 * 0.0025)
        np.fill_diagonal(covariance, 0.0025)
        means = np.repeat([[0.3], [0.6], [0.9]], n_channels, axis=1)
        mixture = GroupedMixture(
            GaussianMixture(np.full(3, 1 / 3), means, np.stack([covariance] * 3)), np.arange(3)
        )
        values = np.full((1, n_channels), 0.48, np.float32)
        shared = share_evidence(
            mixture.log_densities(values), values, values, np.zeros(n_channels), mixture, means
        )
        return shared[0, 1] - shared[0, 0]

    assert odds_of(2) > 1.5 * odds_of(1) > 0
