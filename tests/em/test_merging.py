import numpy as np

from segmenter.em.fit import fit_mixture
from segmenter.em.merging import merge_by_entropy, moments_of_groups
from segmenter.em.mixture import GaussianMixture
from tests.em.mixtures import random_mixture


def two_bananas():
    random = np.random.default_rng(0)
    angles = random.uniform(0, np.pi, 3000)
    upper = np.stack([np.cos(angles), np.sin(angles)], 1)
    lower = np.stack([1 - np.cos(angles), -0.8 - np.sin(angles)], 1)
    return np.concatenate([upper, lower]) * 10 + random.normal(0, 0.8, (6000, 2))


def test_curved_clusters_are_put_together():
    samples = two_bananas()
    mixture = fit_mixture(samples, 8, n_starts=4).mixture
    merging = merge_by_entropy(mixture, samples)
    two = merging.clusterings[-2]
    assert len(two) == 2
    labels = mixture.predict(samples)
    upper = np.isin(labels, two[0])
    truth = np.arange(6000) < 3000
    assert max((upper == truth).mean(), (upper != truth).mean()) > 0.99


def test_each_step_merges_two_and_entropy_falls():
    samples = random_mixture(5, 2, apart=2).sample(4000, seed=1)[0]
    mixture = fit_mixture(samples, 5).mixture
    merging = merge_by_entropy(mixture, samples)
    assert [len(clusters) for clusters in merging.clusterings] == [5, 4, 3, 2, 1]
    for clusters in merging.clusterings:
        assert sorted(sum(clusters, ())) == [0, 1, 2, 3, 4]
    assert (np.diff(merging.entropies) <= 1e-9).all()
    assert abs(merging.entropies[-1]) < 1e-6


def test_the_bend_finds_clusters_split_in_halves():
    means = [[x + side, 0] for x in (-20, 0, 20) for side in (-0.5, 0.5)]
    mixture = GaussianMixture(np.full(6, 1 / 6), means, [np.eye(2)] * 6)
    assert merge_by_entropy(mixture, mixture.sample(6000, seed=1)[0]).n_clusters == 3


def test_weights_count():
    samples = random_mixture(3, 2, apart=2).sample(3000, seed=1)[0]
    weight = np.random.default_rng(0).integers(1, 5, 3000)
    mixture = fit_mixture(samples, 3).mixture
    weighted = merge_by_entropy(mixture, samples, weight)
    repeated = merge_by_entropy(mixture, np.repeat(samples, weight, axis=0))
    np.testing.assert_allclose(weighted.entropies, repeated.entropies, atol=0.01)


def test_two_halves_of_one_thing_are_confused_and_distant_ones_are_not():
    mixture = GaussianMixture(
        np.array([0.05, 0.05, 0.9]),
        np.array([[0.0, 0.0], [1.0, 0.0], [20.0, 0.0]]),
        np.array([np.eye(2)] * 3),
    )
    samples = mixture.sample(20_000, seed=0)[0]
    merging = merge_by_entropy(mixture, samples, by="confusion")
    assert merging.clusterings[1] == ((0, 1), (2,))
    assert merging.confusions[0] > 0.5
    assert merging.confusions[1] < 1e-6
    assert merging.n_merges_above(0.5) == 1
    assert merging.n_merges_above(0.0) == 2


def test_groups_keep_weight_mean_and_covariance():
    mixture = random_mixture(4, 2, apart=3)
    samples = mixture.sample(200_000, seed=0)[0]
    labels = mixture.sample(200_000, seed=0)[1]
    two = moments_of_groups(mixture, [(0, 2), (1, 3)])
    first = samples[np.isin(labels, (0, 2))]
    np.testing.assert_allclose(two.weights.sum(), 1)
    np.testing.assert_allclose(two.means[0], first.mean(0), atol=0.05)
    np.testing.assert_allclose(two.covariances[0], np.cov(first.T), rtol=0.05, atol=0.05)
