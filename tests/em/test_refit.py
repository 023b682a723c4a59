import numpy as np
import pytest

from segmenter.em.fit import fit_mixture
from segmenter.em.refit import refit_mixture
from segmenter.errors import SamplesError


@pytest.fixture
def samples():
    random = np.random.default_rng(3)
    middles = np.array([[0.0, 0.0, 1.0], [3.0, 1.0, 0.0]])
    drawn = middles[random.integers(2, size=2000)] + random.normal(size=(2000, 3)) * 0.3
    return drawn.astype(np.float32)


def test_steps_are_those_of_a_fit(samples):
    weight = np.linspace(0.1, 1, len(samples))
    start = fit_mixture(samples + np.float32(0.4), 2).mixture
    after = refit_mixture(start, samples, 2, sample_weight=weight)
    fitted = fit_mixture(
        samples, 2, sample_weight=weight, start=start, max_iterations=2, tolerance=0
    ).mixture
    np.testing.assert_allclose(after.weights, fitted.weights, rtol=1e-4)
    np.testing.assert_allclose(after.means, fitted.means, atol=1e-4)
    np.testing.assert_allclose(after.covariances, fitted.covariances, atol=1e-4)


def test_features_that_hardly_vary_are_refitted_as_a_fit_does(samples):
    samples[:, 2] = np.where(samples[:, 0] > 1.5, 0, samples[:, 2])
    start = fit_mixture(samples, 2).mixture
    after = refit_mixture(start, samples, 2)
    fitted = fit_mixture(samples, 2, start=start, max_iterations=2, tolerance=0).mixture
    np.testing.assert_allclose(after.covariances, fitted.covariances, atol=1e-4)
    assert np.linalg.eigvalsh(after.covariances).min() > 0


@pytest.mark.parametrize("weight", [np.nan, -1.0])
def test_odd_weights_are_refused(samples, weight):
    mixture = fit_mixture(samples, 2).mixture
    weights = np.ones(len(samples))
    weights[7] = weight
    with pytest.raises(SamplesError, match="not negative"):
        refit_mixture(mixture, samples, 1, sample_weight=weights)


def test_a_component_that_no_sample_belongs_to_is_dropped(samples):
    near = fit_mixture(samples, 2).mixture
    far = fit_mixture(np.concatenate([samples, samples[:50] + np.float32(60)]), 3).mixture
    assert far.n_components == 3
    assert refit_mixture(far, samples, 2).n_components == near.n_components


def test_samples_that_are_not_finite_are_refused(samples):
    mixture = fit_mixture(samples, 2).mixture
    samples[3, 1] = np.nan
    with pytest.raises(SamplesError, match="finite"):
        refit_mixture(mixture, samples, 1)
