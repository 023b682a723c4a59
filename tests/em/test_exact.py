import numpy as np
import pytest
from scipy.special import logsumexp

from segmenter.em.exact import accumulate_exactly_steps
from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import COVARIANCES, GaussianMixture, Noise
from segmenter.em.step import accumulate_steps
from segmenter.errors import ParameterError
from segmenter.work import finish
from tests.em.mixtures import exact_log_densities, plateau, random_mixture
from tests.em.test_fit import sklearn_fit
from tests.em.test_step import standardized_problem


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(("k", "d", "n"), [(1, 1, 5), (4, 3, 3001)])
def test_moments_are_those_of_the_textbook_to_the_last_digits(covariance, k, d, n):
    samples, mixture, _, _ = standardized_problem(k, d, covariance, n, weighted=True)
    points = (samples.values.astype(float) - samples.kernel_center) * samples.kernel_scale
    noise = Noise(0.1, points.min(axis=0), points.max(axis=0))
    mixture = GaussianMixture(
        mixture.weights * 0.9, mixture.means, mixture.covariances, covariance, noise
    )
    moments = finish(accumulate_exactly_steps(samples, mixture))
    log_densities = exact_log_densities(mixture, points)
    total = np.logaddexp(logsumexp(log_densities, axis=1), noise.log_density)
    weight = samples.weights.astype(float)
    shares = np.exp(log_densities - total[:, np.newaxis]) * weight[:, np.newaxis]
    apart = points[:, np.newaxis] - mixture.means
    seconds = np.einsum("nk,nki,nkj->kij", shares, apart, apart)
    if covariance == "tied":
        seconds = seconds.sum(axis=0, keepdims=True)
    assert moments.log_likelihood == pytest.approx(weight @ total, rel=1e-12)
    assert moments.noise == pytest.approx(weight @ np.exp(noise.log_density - total), rel=1e-10)
    np.testing.assert_allclose(moments.counts, shares.sum(axis=0), rtol=1e-10)
    firsts = np.einsum("nk,nki->ki", shares, apart)
    np.testing.assert_allclose(moments.firsts, firsts, rtol=1e-9, atol=1e-9 * n)
    np.testing.assert_allclose(moments.seconds, seconds, rtol=1e-9, atol=1e-9 * n)


def test_group_priors_count_as_in_float32():
    samples, mixture, _, _ = standardized_problem(4, 3, "full", 3000, weighted=False)
    log_priors = np.random.default_rng(0).standard_normal((3000, 2)).astype(np.float32)
    priors = log_priors, np.array([0, 1, 1, 0])
    exact = finish(accumulate_exactly_steps(samples, mixture, priors=priors))
    fast = finish(accumulate_steps(samples, mixture, priors=priors))
    assert exact.log_likelihood == pytest.approx(fast.log_likelihood, rel=1e-5)
    np.testing.assert_allclose(exact.counts, fast.counts, rtol=1e-4)


def test_a_flat_covariance_is_refused():
    samples, mixture, _, _ = standardized_problem(2, 2, "full", 50, weighted=False)
    flat = GaussianMixture(mixture.weights, mixture.means, np.ones((2, 2, 2)))
    with pytest.raises(ParameterError, match="not positive definite"):
        finish(accumulate_exactly_steps(samples, flat))


@pytest.mark.parametrize("number", range(8))
def test_a_fine_tolerance_leads_to_where_em_ends_however_slow_it_is(number):
    samples, start = plateau(number)
    fit = fit_mixture(
        samples, start.n_components, start=start, covariance=start.covariance,
        tolerance=1e-8, max_iterations=20_000,
    )  # fmt: skip
    oracle = sklearn_fit(samples, fit.mixture, 10)
    from_start = sklearn_fit(samples, start, 200)
    deviations = np.sqrt(np.diagonal(fit.mixture.covariances, axis1=1, axis2=2))
    assert fit.converged
    # scikit-learn, with no tolerance, does not move away from it, nor find a better one
    assert np.abs((fit.mixture.means - oracle.means_) / deviations).max() < 1e-4
    assert fit.log_likelihood >= from_start.score(samples) - 1e-5
    assert np.diff(fit.history).min() > -2e-6


def test_the_path_is_em_s_own_where_the_tolerance_is_fine():
    samples, start = plateau(0)
    fit = fit_mixture(samples, start.n_components, start=start, tolerance=0, max_iterations=12)
    oracle = sklearn_fit(samples, start, 12)
    deviations = np.sqrt(np.diagonal(fit.mixture.covariances, axis1=1, axis2=2))
    assert np.abs((fit.mixture.means - oracle.means_) / deviations).max() < 1e-3


def test_one_component_is_at_once_at_its_end():
    samples = random_mixture(1, 3).sample(500, seed=1)[0]
    fit = fit_mixture(samples, 1, tolerance=1e-12)
    assert fit.converged
    assert fit.n_iterations < 12
