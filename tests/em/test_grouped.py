from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from segmenter.em.fit import fit_mixture
from segmenter.em.grouped import GroupedMixture, fit_grouped
from segmenter.em.mixture import COVARIANCES
from segmenter.errors import ParameterError, SamplesError
from tests.em.mixtures import exact_log_densities, random_mixture

GROUPS = np.array([0, 1, 1, 2, 0])


def problem(d=2, n=3000, covariance="full", seed=0):
    mixture = GroupedMixture(random_mixture(5, d, covariance, seed), GROUPS)
    samples = mixture.mixture.sample(n, seed=1)[0]
    priors = np.random.default_rng(2).dirichlet([1, 2, 1], n)
    return mixture, samples, np.log(np.maximum(priors, 1e-6)).astype(np.float32)


def exact_parts(mixture, samples, log_priors):
    """Log of prior times weight within the group times density, (n, k)."""
    shares = mixture.shares[GROUPS]
    parts = exact_log_densities(mixture.mixture, samples) - np.log(shares)
    return parts + log_priors[:, GROUPS]


@pytest.mark.parametrize(
    ("d", "covariance"), [(1, "full"), (7, "full"), *((3, each) for each in COVARIANCES)]
)
def test_responsibilities_and_densities_are_those_of_the_textbook(covariance, d):
    mixture, samples, log_priors = problem(d, 1500, covariance)
    parts = exact_parts(mixture, samples, log_priors)
    found = mixture.responsibilities(samples, log_priors)
    np.testing.assert_allclose(found, softmax(parts, axis=1), atol=2e-5)
    without = exact_parts(mixture, samples, np.zeros_like(log_priors))
    expected = np.stack([logsumexp(without[:, g == GROUPS], axis=1) for g in range(3)], axis=1)
    near = expected > expected.max(axis=1, keepdims=True) - 20
    densities = mixture.log_densities(samples)
    np.testing.assert_allclose(densities[near], expected[near], rtol=1e-4, atol=2e-3)


def test_an_iteration_is_that_of_the_textbook():
    mixture, samples, log_priors = problem()
    fit = fit_grouped(samples, log_priors, mixture, max_iterations=1)
    parts = exact_parts(mixture, samples, log_priors)
    shares = softmax(parts, axis=1)
    assert fit.history[0] == pytest.approx(logsumexp(parts, axis=1).mean(), abs=1e-5)
    means = shares.T @ samples / shares.sum(axis=0)[:, np.newaxis]
    np.testing.assert_allclose(fit.mixture.mixture.means, means, atol=1e-4)
    np.testing.assert_allclose(fit.mixture.mixture.weights, shares.mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_never_falls(seed):
    truth, samples, log_priors = problem(seed=seed)
    start = GroupedMixture(
        replace(truth.mixture, means=truth.mixture.means + 1.5, weights=np.full(5, 0.2)), GROUPS
    )
    history = fit_grouped(samples, log_priors, start, tolerance=0).history
    assert history[-1] > history[0] + 0.01
    assert np.diff(history).min() > -1e-6


def test_one_group_is_the_plain_mixture():
    mixture, samples, _ = problem()
    one = GroupedMixture(mixture.mixture, np.zeros(5))
    none = np.zeros((len(samples), 1), np.float32)
    settings = {"max_iterations": 20, "least_variance": 1e-6, "tolerance": 0.0}
    grouped = fit_grouped(samples, none, one, **settings)
    plain = fit_mixture(samples, 5, start=mixture.mixture, **settings)
    np.testing.assert_allclose(grouped.mixture.mixture.means, plain.mixture.means, atol=1e-3)
    assert grouped.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-5)


def test_a_certain_prior_decides():
    mixture, samples, _ = problem()
    certain = np.full((len(samples), 3), -2000, np.float32)
    certain[:, 1] = 0
    found = mixture.responsibilities(samples, certain)
    assert found[:, [0, 3, 4]].max() < 1e-6


def test_a_group_without_samples_keeps_its_component():
    mixture, samples, _ = problem()
    never = np.zeros((len(samples), 3), np.float32)
    never[:, 2] = -80
    fitted = fit_grouped(samples, never, mixture).mixture
    assert fitted.mixture.n_components == 5
    assert np.isfinite(fitted.log_densities(samples)).all()


def test_a_group_alone_is_a_mixture():
    mixture, _, _ = problem()
    alone = mixture.group(1)
    assert alone.n_components == 2
    assert alone.weights.sum() == pytest.approx(1)


def test_wrong_groups_and_priors_are_refused():
    mixture, samples, log_priors = problem()
    with pytest.raises(ParameterError, match="group for each component"):
        GroupedMixture(mixture.mixture, np.array([0, 1]))
    with pytest.raises(ParameterError, match="Every group"):
        GroupedMixture(mixture.mixture, np.array([0, 2, 2, 0, 0]))
    with pytest.raises(SamplesError, match="log priors"):
        fit_grouped(samples, log_priors[:5], mixture)
    with pytest.raises(SamplesError, match="log priors"):
        mixture.responsibilities(samples, np.full_like(log_priors, np.nan))
