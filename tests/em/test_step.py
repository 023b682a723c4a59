from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp

from segmenter.em import step
from segmenter.em.block_densities import BLOCK
from segmenter.em.checks import as_samples
from segmenter.em.mixture import COVARIANCES, Noise
from segmenter.em.packing import pack
from segmenter.em.samples import prepare_steps
from segmenter.em.step import accumulate_steps, mean_entropy_steps
from segmenter.work import finish
from tests.em.mixtures import exact_log_densities, random_mixture


def standardized_problem(k, d, covariance, n, weighted, apart=4.0):
    mixture = random_mixture(k, d, covariance, seed=k + 7 * d, apart=apart)
    values = mixture.sample(n, seed=1)[0].astype(np.float32)
    weight = np.random.default_rng(2).integers(0, 5, n) if weighted else None
    samples = finish(prepare_steps(as_samples(values), weight, isotropic=covariance == "spherical"))
    standardized = mixture.standardized(samples.center, samples.scale)
    points = (values.astype(np.float64) - samples.center) * samples.scale
    relative = np.ones(n) if weight is None else weight / weight.mean()
    return samples, standardized, points, relative


# Kernels of more features take longer to compile; those of 8 are compiled for other tests too.
@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(
    ("k", "d", "n", "weighted"),
    [(1, 1, 5, False), (4, 1, 3000, True), (5, 3, 20_000, True), (3, 5, 1023, False),
     (2, 9, BLOCK, True), (7, 8, 1500, False)],
)  # fmt: skip
def test_moments_are_those_of_the_textbook(covariance, k, d, n, weighted):
    samples, mixture, points, weight = standardized_problem(k, d, covariance, n, weighted)
    moments = finish(accumulate_steps(samples, mixture))
    log_densities = exact_log_densities(mixture, points)
    total = logsumexp(log_densities, axis=1)
    shares = np.exp(log_densities - total[:, np.newaxis]) * weight[:, np.newaxis]
    apart = points[:, np.newaxis] - mixture.means
    seconds = np.einsum("nk,nki,nkj->kij", shares, apart, apart)
    if covariance in ("diagonal", "spherical"):
        seconds = np.diagonal(seconds, axis1=1, axis2=2)
    if covariance == "spherical":
        seconds = np.repeat(seconds.mean(axis=1, keepdims=True), d, axis=1)
    if covariance == "tied":
        seconds = seconds.sum(axis=0, keepdims=True)
    size = weight.sum()
    assert moments.total == pytest.approx(size, rel=1e-6)
    assert moments.log_likelihood / size == pytest.approx(weight @ total / size, abs=3e-6)
    np.testing.assert_allclose(moments.counts / size, shares.sum(axis=0) / size, atol=3e-6)
    firsts = np.einsum("nk,nki->ki", shares, apart)
    np.testing.assert_allclose(moments.firsts / size, firsts / size, atol=3e-6)
    np.testing.assert_allclose(moments.seconds / size, seconds / size, atol=1e-5)


def test_entropy_is_that_of_the_textbook():
    samples, mixture, points, weight = standardized_problem(4, 3, "full", 5000, weighted=True)
    log_densities = exact_log_densities(mixture, points)
    log_shares = log_densities - logsumexp(log_densities, axis=1, keepdims=True)
    expected = -(weight @ (np.exp(log_shares) * log_shares).sum(axis=1)) / weight.sum()
    assert finish(mean_entropy_steps(samples, mixture)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_components_too_far_to_matter_take_nothing(covariance):
    samples, mixture, _, _ = standardized_problem(2, 3, covariance, 700, weighted=False)
    far = replace(mixture, means=np.array([np.zeros(3), np.full(3, 1e3)]))
    moments = finish(accumulate_steps(samples, far))
    assert moments.counts[1] == 0
    assert covariance == "tied" or not moments.seconds[1].any()


@pytest.mark.parametrize(("apart", "has_noise"), [(1, False), (1, True), (100, False)])
def test_tied_scatter_is_that_of_the_samples_about_their_components(apart, has_noise):
    samples, mixture, points, _ = standardized_problem(3, 5, "tied", 4000, False, apart)
    noise = Noise(0.1, points.min(axis=0), points.max(axis=0)) if has_noise else None
    mixture = replace(mixture, noise=noise, weights=mixture.weights * (0.9 if has_noise else 1))
    moments = finish(accumulate_steps(samples, mixture))
    log_densities = exact_log_densities(mixture, points)
    everything = logsumexp(log_densities, axis=1)
    if noise is not None:
        everything = np.logaddexp(everything, noise.log_density)
    shares = np.exp(log_densities - everything[:, np.newaxis])
    apart_from_means = points[:, np.newaxis] - mixture.means
    expected = np.einsum("nk,nki,nkj->ij", shares, apart_from_means, apart_from_means)
    assert moments.seconds.shape == (1, 5, 5)
    np.testing.assert_allclose(moments.seconds[0], expected, rtol=1e-4, atol=1e-4 * expected.max())
    assert (pack(mixture).rotation is None) == (has_noise or apart == 100)


@pytest.mark.parametrize("n", [5, BLOCK, 3 * BLOCK + 1, 50_000, 3_000_000])
def test_chunks_are_whole_blocks_and_the_last_of_many_are_shorter(n):
    cuts = step._cuts(n, 15)
    sizes = np.diff(cuts)
    assert (cuts[0], cuts[-1]) == (0, n)
    assert (sizes > 0).all()
    assert not (cuts[:-1] % BLOCK).any()
    if len(sizes) > 16:
        assert sizes[-8:].max() < 0.6 * sizes[0]
    if n <= 3 * BLOCK + 1:
        assert len(sizes) == 1  # not worth another thread
