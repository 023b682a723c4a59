import numpy as np
import pytest
from scipy.stats import chi2, kstest

from segmenter.em.mixture import GaussianMixture
from segmenter.em.tails import tail_probabilities
from tests.em.mixtures import random_mixture


def test_probabilities_of_the_mixtures_own_draws_are_uniform():
    mixture = random_mixture(4, 3, apart=2)
    probabilities = tail_probabilities(mixture, mixture.sample(20_000, seed=11)[0])
    assert kstest(probabilities, "uniform").pvalue > 1e-3
    for level in (0.1, 0.01, 0.001):
        count = (probabilities <= level).sum()
        assert abs(count - 20_000 * level) < 5 * np.sqrt(20_000 * level)


def test_of_one_feature_small_probabilities_are_exact():
    deviations = np.array([0.1, 1, 2, 3, 4, 5, 6, 8, 30])
    narrow = GaussianMixture([1.0], [[5.0]], [[[1e-4]]])
    found = tail_probabilities(narrow, 5 + 0.01 * deviations[:, np.newaxis])
    np.testing.assert_allclose(found, chi2.sf(deviations**2, 1), rtol=0.03)


def test_of_one_feature_a_gap_between_components_is_unlikely():
    mixture = GaussianMixture([0.9, 0.1], [[0.0], [50.0]], [[[1.0]], [[4.0]]])
    gap, mode = tail_probabilities(mixture, [[20.0], [50.0]])
    assert gap < 1e-9
    assert 0.05 < mode < 0.2
    drawn = mixture.sample(20_000, seed=3)[0]
    assert kstest(tail_probabilities(mixture, drawn), "uniform").pvalue > 1e-3


def test_one_gaussian_has_the_tail_of_chi_squared():
    mixture = GaussianMixture([1.0], np.zeros((1, 2)), [np.eye(2)])
    distances = np.array([0.5, 2, 4, 5, 6, 8, 12])
    samples = np.stack([distances, np.zeros(7)], axis=1)
    expected = chi2.sf(distances**2, 2)
    np.testing.assert_allclose(tail_probabilities(mixture, samples), expected, rtol=0.3)


def test_farther_is_less_likely_and_never_impossible():
    mixture = random_mixture(3, 2)
    ray = np.linspace(0, 30, 200)[:, np.newaxis] * [1.0, 0.5] + mixture.means[0] * 3
    probabilities = tail_probabilities(mixture, ray + 50)
    assert (np.diff(probabilities) <= 0).all()
    assert probabilities.max() < 1e-6


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same(seed):
    mixture = random_mixture(2, 2)
    samples = mixture.sample(50, seed=9)[0]
    first, again = (tail_probabilities(mixture, samples, seed) for _ in range(2))
    np.testing.assert_array_equal(first, again)
