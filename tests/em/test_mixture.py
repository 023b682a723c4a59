import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import logsumexp
from sklearn.mixture import GaussianMixture as SklearnMixture

from segmenter.em.mixture import COVARIANCES, GaussianMixture, Noise
from segmenter.errors import ParameterError, SamplesError
from tests.em.mixtures import SKLEARN_TYPES, exact_log_densities, random_mixture


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 2), (4, 5), (6, 10)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_densities_and_responsibilities_are_those_of_the_formula(k, d, covariance, dtype):
    mixture = random_mixture(k, d, covariance, seed=d)
    samples = mixture.sample(3000, seed=1)[0].astype(dtype)
    log_densities = exact_log_densities(mixture, samples)
    total = logsumexp(log_densities, axis=1)
    np.testing.assert_allclose(mixture.log_density(samples), total, rtol=1e-5, atol=2e-5)
    shares = np.exp(log_densities - total[:, np.newaxis])
    np.testing.assert_allclose(mixture.responsibilities(samples), shares, atol=2e-5)


def test_responsibilities_can_be_written_where_one_wants():
    mixture = random_mixture(3, 2)
    samples = mixture.sample(100, seed=1)[0]
    out = np.empty((100, 3), np.float32)
    assert mixture.responsibilities(samples, out) is out
    np.testing.assert_array_equal(out, mixture.responsibilities(samples))
    for wrong in (np.empty((99, 3), np.float32), np.empty((100, 3)), np.empty((3, 100), "f").T):
        with pytest.raises(ParameterError, match="C-contiguous float32"):
            mixture.responsibilities(samples, wrong)


def test_labels_are_the_argmax_of_the_responsibilities():
    mixture = random_mixture(5, 3, apart=1)
    samples = mixture.sample(50_000, seed=1)[0].astype(np.float32)
    labels = mixture.predict(samples)
    np.testing.assert_array_equal(labels, mixture.responsibilities(samples).argmax(axis=1))


def test_equal_components_give_the_first_label():
    mixture = GaussianMixture([0.5, 0.5], np.zeros((2, 1)), np.ones((2, 1, 1)))
    assert not mixture.predict(np.linspace(-9, 9, 1000)).any()


def test_the_density_integrates_to_one():
    mixture = random_mixture(3, 2, seed=4, apart=1)
    integral, _ = dblquad(
        lambda y, x: np.exp(exact_log_densities(mixture, np.array([[x, y]]))).sum(),
        -12, 12, -12, 12, epsabs=1e-4,
    )  # fmt: skip
    assert integral == pytest.approx(1, abs=1e-3)
    grid = np.stack(np.meshgrid(*[np.arange(-12, 12, 0.05)] * 2), axis=-1).reshape(-1, 2)
    assert np.exp(mixture.log_density(grid)).sum() * 0.05**2 == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_parameters_and_criteria_are_counted_as_scikit_learn_counts_them(covariance):
    mixture = random_mixture(4, 3, covariance)
    samples = mixture.sample(400, seed=1)[0]
    oracle = SklearnMixture(4, covariance_type=SKLEARN_TYPES[covariance])
    oracle.fit(samples)
    assert mixture.n_parameters == oracle._n_parameters()
    log_density = mixture.log_density(samples).mean()
    expected = -2 * 400 * log_density + oracle._n_parameters() * np.log(400)
    assert mixture.bic(samples) == pytest.approx(expected)
    assert mixture.aic(samples) == pytest.approx(
        -2 * 400 * log_density + 2 * oracle._n_parameters()
    )
    assert mixture.bic(samples, size=40) == pytest.approx(
        -2 * 40 * log_density + oracle._n_parameters() * np.log(40)
    )


def test_draws_have_the_moments_of_the_mixture():
    mixture = random_mixture(3, 2, seed=6)
    samples, components = mixture.sample(200_000, seed=3)
    for index in range(3):
        own = samples[components == index]
        assert len(own) / 200_000 == pytest.approx(mixture.weights[index], abs=0.005)
        np.testing.assert_allclose(own.mean(axis=0), mixture.means[index], atol=0.03)
        np.testing.assert_allclose(np.cov(own.T), mixture.covariances[index], atol=0.05)
    np.testing.assert_array_equal(samples, mixture.sample(200_000, seed=3)[0])
    assert not np.array_equal(samples, mixture.sample(200_000, seed=4)[0])


def test_another_order_is_the_same_mixture():
    mixture = random_mixture(4, 2)
    samples = mixture.sample(100, seed=1)[0]
    order = [2, 0, 3, 1]
    turned = mixture.with_order(order)
    np.testing.assert_allclose(
        turned.responsibilities(samples), mixture.responsibilities(samples)[:, order], atol=1e-6
    )
    with pytest.raises(ParameterError, match="each component once"):
        mixture.with_order([0, 1, 2, 2])


def test_the_marginal_is_the_density_of_some_features():
    mixture = random_mixture(3, 4)
    kept = mixture.marginal([2, 0])
    samples = mixture.sample(300_000, seed=1)[0][:, [2, 0]]
    np.testing.assert_allclose(kept.weights @ kept.means, samples.mean(axis=0), atol=0.03)
    assert kept.n_features == 2
    np.testing.assert_array_equal(kept.covariances[0], mixture.covariances[0][[2, 0]][:, [2, 0]])


def test_noise_has_its_share_everywhere_and_is_drawn_from_its_box():
    noise = Noise(0.25, np.array([-10.0]), np.array([10.0]))
    mixture = GaussianMixture([0.75], [[0.0]], [[[1e-2]]], noise=noise)
    assert mixture.log_density([[5.0]])[0] == pytest.approx(np.log(0.25 / 20), abs=1e-5)
    np.testing.assert_allclose(mixture.responsibilities([[5.0]]), [[0, 1]], atol=1e-6)
    samples, components = mixture.sample(10_000, seed=1)
    assert (components == 1).mean() == pytest.approx(0.25, abs=0.02)
    assert samples[components == 1].std() == pytest.approx(20 / np.sqrt(12), rel=0.03)
    assert mixture.n_parameters == 3


def test_nobody_can_change_a_mixture_even_through_an_older_view():
    weights, means, covariances = np.full(2, 0.5), np.zeros((2, 1)), np.ones((2, 1, 1))
    older = [array[...] for array in (weights, means, covariances)]
    for array in (weights, means, covariances):
        array.flags.writeable = False
    corners = np.zeros(1), np.ones(1)
    mixture = GaussianMixture(weights, means, covariances, noise=Noise(0.1, *corners))
    for array in (*older, *corners):
        array[...] = 7
    assert mixture.weights.tolist() == [0.5, 0.5]
    assert not mixture.means.any()
    assert mixture.covariances.ravel().tolist() == [1, 1]
    assert mixture.noise.lowest.tolist() + mixture.noise.highest.tolist() == [0, 1]
    for array in (mixture.weights, mixture.means, mixture.covariances, mixture.noise.lowest):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(lambda value: pickle.loads(pickle.dumps(value)), id="pickle"),
    ],
)
def test_a_copy_is_the_same_and_cannot_be_changed_either(copied):
    noise = Noise(0.25, np.array([-10.0]), np.array([10.0]))
    mixture = GaussianMixture([0.75], [[0.0]], [[[1e-2]]], "tied", noise)
    again = copied(mixture)
    assert (again.covariance, again.noise.weight) == ("tied", 0.25)
    for array, original in zip(arrays_of(again), arrays_of(mixture), strict=True):
        np.testing.assert_array_equal(array, original)
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 7


def arrays_of(mixture):
    noise = mixture.noise
    return mixture.weights, mixture.means, mixture.covariances, noise.lowest, noise.highest


def test_a_mixture_made_of_another_shares_its_arrays():
    mixture = random_mixture(3, 2)
    other = replace(mixture, weights=mixture.weights[::-1])
    assert other.means is mixture.means
    assert other.covariances is mixture.covariances


@pytest.mark.parametrize(
    ("weights", "means", "covariances"),
    [
        ([1.0], np.zeros((2, 2)), np.zeros((2, 2, 2))),
        ([1.0], np.zeros((1, 2)), np.zeros((1, 3, 3))),
        ([[1.0]], np.zeros((1, 2)), np.zeros((1, 2, 2))),
    ],
)
def test_parts_must_fit_together(weights, means, covariances):
    with pytest.raises(ParameterError, match="weights"):
        GaussianMixture(weights, means, covariances)


def test_a_covariance_that_is_none_is_refused():
    mixture = GaussianMixture([1.0], np.zeros((1, 2)), [[[1.0, 2.0], [2.0, 1.0]]])
    with pytest.raises(ParameterError, match="positive definite"):
        mixture.log_density(np.zeros((1, 2)))


def test_samples_must_have_the_mixtures_features():
    with pytest.raises(SamplesError, match="3 features, but the mixture has 2"):
        random_mixture(2, 2).predict(np.zeros((4, 3)))


def test_no_samples_have_no_densities():
    mixture = random_mixture(2, 2)
    assert mixture.log_density(np.empty((0, 2))).shape == (0,)
    assert mixture.responsibilities(np.empty((0, 2))).shape == (0, 2)
    assert mixture.predict(np.empty((0, 2))).shape == (0,)
