import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

from segmenter.em import blocks
from segmenter.em.fit import Fit, FitStep, fit_mixture, fit_mixture_steps
from segmenter.em.matching import match_components
from segmenter.em.maximization import constrain
from segmenter.em.mixture import COVARIANCES, GaussianMixture, Noise
from segmenter.errors import ParameterError, SamplesError
from segmenter.work import finish
from tests.em.mixtures import SKLEARN_TYPES, random_mixture, sklearn_precisions


def sklearn_fit(samples, start, n_iterations):
    oracle = SklearnMixture(
        start.n_components,
        covariance_type=SKLEARN_TYPES[start.covariance],
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=sklearn_precisions(start),
        tol=0,
        reg_covar=0,
        max_iter=n_iterations,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return oracle.fit(samples)


@pytest.mark.parametrize("number", range(50))
def test_same_start_same_iterations_same_mixture_as_scikit_learn(number, monkeypatch):
    monkeypatch.setattr("segmenter.em.iteration.extrapolate", lambda *_: None)
    random = np.random.default_rng(number)
    # Each number of features takes seconds to compile; 4 and its multiples fill whole tiles.
    d, k = int(random.choice([1, 2, 3, 5, 8])), int(random.integers(1, 7))
    start = random_mixture(k, d, COVARIANCES[number % 4], seed=number)
    samples = start.sample(1500, seed=number)[0].astype(np.float32)
    fit = fit_mixture(
        samples, k, start=start, covariance=start.covariance, tolerance=0, max_iterations=10
    )
    oracle = sklearn_fit(samples.astype(np.float64), start, 10)
    deviations = np.sqrt(np.diagonal(fit.mixture.covariances, axis1=1, axis2=2))
    assert np.abs((fit.mixture.means - oracle.means_) / deviations).max() < 1e-3
    assert fit.log_likelihood == pytest.approx(oracle.score(samples.astype(float)), abs=1e-5)
    np.testing.assert_allclose(fit.mixture.weights, oracle.weights_, atol=1e-3)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_converges_to_what_scikit_learn_converges_to(covariance):
    start = random_mixture(3, 3, covariance, seed=1, apart=6)
    samples = start.sample(4000, seed=2)[0]
    fit = fit_mixture(samples, 3, start=start, covariance=covariance, tolerance=1e-7)
    oracle = sklearn_fit(samples, start, 100)
    np.testing.assert_allclose(fit.mixture.means, oracle.means_, atol=2e-3)
    assert fit.log_likelihood == pytest.approx(oracle.score(samples), abs=1e-5)


@pytest.mark.parametrize("apart", [10, 1e2, 1e3])
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_covariances_are_exact_however_far_the_means_are_apart(covariance, apart):
    random = np.random.default_rng(3)
    within = random.standard_normal((3000, 5)) @ random.standard_normal((5, 5))
    labels = np.arange(3000) % 3
    samples = within + apart * labels[:, np.newaxis]
    scatters = np.array([np.cov(within[labels == label].T, bias=True) for label in range(3)])
    expected = constrain(scatters, np.ones(3), covariance, 1e-10)
    start = apart * np.repeat(np.arange(3.0)[:, np.newaxis], 5, axis=1)
    fit = fit_mixture(samples, 3, covariance=covariance, start=start, least_variance=1e-10)
    np.testing.assert_allclose(fit.mixture.covariances, expected, atol=2e-4)


def test_finds_the_mixture_that_drew_the_samples():
    truth = random_mixture(4, 3, seed=5, apart=6)
    fit = fit_mixture(truth.sample(100_000, seed=1)[0], 4, n_starts=4)
    found = fit.mixture.with_order(match_components(fit.mixture, truth))
    np.testing.assert_allclose(found.weights, truth.weights, atol=0.01)
    np.testing.assert_allclose(found.means, truth.means, atol=0.05)
    np.testing.assert_allclose(found.covariances, truth.covariances, atol=0.1)
    assert fit.converged
    assert fit.notes == ()


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_covariances_are_of_their_type(covariance):
    samples = random_mixture(3, 3, seed=2).sample(4000, seed=1)[0] * [1, 10, 1000]
    covariances = fit_mixture(samples, 3, covariance=covariance).mixture.covariances
    np.testing.assert_allclose(covariances, covariances.transpose(0, 2, 1), rtol=1e-9)
    assert np.linalg.eigvalsh(covariances).min() > 0
    off_diagonal = covariances * (1 - np.eye(3))
    if covariance in ("diagonal", "spherical"):
        assert not off_diagonal.any()
    if covariance == "tied":
        np.testing.assert_array_equal(covariances, covariances[[0, 0, 0]])
    if covariance == "spherical":
        first = covariances[:, :1, :1] * np.eye(3)
        np.testing.assert_allclose(covariances, first, rtol=1e-12)


def test_log_likelihood_is_that_of_the_mixture_returned():
    samples = random_mixture(3, 2).sample(5000, seed=1)[0]
    fit = fit_mixture(samples, 3)
    assert fit.log_likelihood == pytest.approx(fit.mixture.log_density(samples).mean(), abs=1e-5)
    assert fit.history[-1] == fit.log_likelihood
    assert len(fit.history) == fit.n_iterations + 1


@given(
    k=st.integers(1, 5),
    d=st.integers(1, 3),
    covariance=st.sampled_from(COVARIANCES),
    seed=st.integers(0, 1000),
)
@example(
    k=3, d=3, covariance="full", seed=3
)  # one component of three samples, flat but for rounding
@effort(max_examples=40)
def test_likelihood_never_falls_and_weights_sum_to_one(k, d, covariance, seed):
    random = np.random.default_rng(seed)
    samples = random.standard_normal((400, d)) ** 3
    fit = fit_mixture(samples, k, covariance=covariance, seed=seed, tolerance=1e-6)
    rounding = 2e-6 * max(1, abs(fit.log_likelihood))
    assert np.diff(fit.history).min(initial=0) > -rounding
    assert fit.mixture.weights.sum() == pytest.approx(1, abs=1e-9)
    assert np.isfinite(fit.log_likelihood)


@given(st.integers(0, 100), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
@effort(max_examples=20)
def test_scaling_and_shifting_the_samples_scales_and_shifts_the_mixture(seed, scale, shift):
    samples = random_mixture(3, 2, seed=seed).sample(2000, seed=seed)[0]
    fit = fit_mixture(samples, 3, tolerance=1e-8, max_iterations=3000)
    moved = fit_mixture(samples * scale + shift, 3, tolerance=1e-8, max_iterations=3000)
    np.testing.assert_allclose(moved.mixture.weights, fit.mixture.weights, atol=1e-3)
    means = (moved.mixture.means - shift) / scale
    np.testing.assert_allclose(means, fit.mixture.means, atol=2e-2)
    expected = fit.log_likelihood - 2 * np.log(scale)
    assert moved.log_likelihood == pytest.approx(expected, abs=1e-3)


def test_weights_are_repetitions():
    samples = random_mixture(3, 2, seed=3).sample(3000, seed=1)[0].astype(np.float32)
    weight = np.random.default_rng(0).integers(0, 4, 3000)
    start = random_mixture(3, 2, seed=3)
    options = {"start": start, "tolerance": 0, "max_iterations": 15}
    weighted = fit_mixture(samples, 3, sample_weight=weight, **options)
    repeated = fit_mixture(np.repeat(samples, weight, axis=0), 3, **options)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(weighted.mixture.means, repeated.mixture.means, atol=1e-4)


def test_only_the_ratio_of_the_weights_counts():
    samples = random_mixture(2, 2).sample(1000, seed=1)[0]
    weight = np.random.default_rng(0).random(1000)
    fits = [fit_mixture(samples, 2, sample_weight=weight * unit) for unit in (1, 2.0**-60, 2.0**80)]
    for fit in fits[1:]:
        np.testing.assert_array_equal(fit.mixture.means, fits[0].mixture.means)


def bits_of(fit: Fit):
    mixture = fit.mixture
    parts = (mixture.weights, mixture.means, mixture.covariances, np.array(fit.history))
    return b"".join(part.tobytes() for part in parts)


@pytest.mark.parametrize("d", [3, 5])
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_the_same_on_any_number_of_threads(covariance, d, monkeypatch):
    samples = random_mixture(4, d, covariance).sample(100_000, seed=1)[0].astype(np.float32)
    found = set()
    for n_threads in (1, 2, 5):
        monkeypatch.setattr(blocks, "thread_count", lambda n=n_threads: n)
        fit = fit_mixture(samples, 4, seed=7, covariance=covariance, max_iterations=6)
        found.add(bits_of(fit))
    assert len(found) == 1


def test_another_seed_may_start_elsewhere_and_the_same_does_not():
    samples = np.random.default_rng(0).standard_normal((3000, 2))
    first, again, other = (fit_mixture(samples, 4, seed=seed) for seed in (1, 1, 2))
    assert bits_of(first) == bits_of(again)
    assert bits_of(first) != bits_of(other)


def test_more_starts_are_not_worse_on_a_hard_problem():
    samples = random_mixture(12, 2, seed=1, apart=8).sample(6000, seed=1)[0]
    one = fit_mixture(samples, 12, seed=4)
    many = fit_mixture(samples, 12, seed=4, n_starts=12)
    assert many.log_likelihood >= one.log_likelihood - 1e-3


def test_split_and_merge_leaves_a_local_optimum():
    random = np.random.default_rng(0)
    centers = np.array([[-10, 0], [-10, 4], [10, 0]])
    samples = np.concatenate([center + random.standard_normal((500, 2)) for center in centers])
    trap = np.array([[-10, 2], [10, 1], [10, -1]])
    stuck = fit_mixture(samples, 3, start=trap, covariance="spherical", max_iterations=30)
    moved = fit_mixture(
        samples, 3, start=trap, covariance="spherical", max_iterations=30, n_moves=6
    )
    assert moved.log_likelihood > stuck.log_likelihood + 0.1


def test_acceleration_reaches_what_plain_em_reaches(monkeypatch):
    samples = random_mixture(3, 2, seed=8, apart=1.0).sample(4000, seed=1)[0]
    start = random_mixture(3, 2, seed=9, apart=1.5)
    fast = fit_mixture(samples, 3, start=start, tolerance=1e-8, max_iterations=2000)
    monkeypatch.setattr("segmenter.em.iteration.extrapolate", lambda *_: None)
    plain = fit_mixture(samples, 3, start=start, tolerance=1e-8, max_iterations=2000)
    assert fast.n_iterations < plain.n_iterations
    assert fast.log_likelihood >= plain.log_likelihood - 1e-5


def test_means_can_be_given_as_a_start():
    samples = np.concatenate([np.random.default_rng(0).normal(m, 1, 500) for m in (0, 10, 20)])
    fit = fit_mixture(samples, 3, start=[[20], [0], [10]])
    np.testing.assert_allclose(fit.mixture.means[:, 0], [20, 0, 10], atol=0.2)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_a_start_of_another_type_is_adapted(covariance):
    samples = random_mixture(3, 3, apart=6).sample(2000, seed=1)[0]
    fit = fit_mixture(
        samples, 3, start=random_mixture(3, 3, "full", apart=6), covariance=covariance
    )
    own = fit_mixture(samples, 3, covariance=covariance, n_starts=4)
    assert fit.log_likelihood == pytest.approx(own.log_likelihood, abs=2e-3)
    assert np.diff(fit.history).min() > -1e-5


def test_noise_joins_a_given_start():
    samples = np.append(np.random.default_rng(0).normal(0, 1, 900), np.linspace(-90, 90, 100))
    start = fit_mixture(samples[:900], 1).mixture
    fit = fit_mixture(samples, 1, start=start, noise=True)
    assert fit.mixture.noise.weight == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hinted", [False, True])
def test_a_start_is_found_among_noise(seed, hinted):
    random = np.random.default_rng(seed)
    means = random.normal(0, 6, (3, 3))
    parts = [random.normal(mean, 1, (n, 3)) for mean, n in zip(means, (500, 700, 300), strict=True)]
    samples = np.concatenate([*parts, random.uniform(-50, 50, (100, 3))])
    weights = np.array([500, 700, 300]) / 1600
    noise = Noise(1 / 16, samples.min(axis=0), samples.max(axis=0))
    truth = GaussianMixture(weights, means, np.tile(np.eye(3), (3, 1, 1)), noise=noise)
    best = fit_mixture(samples, 3, noise=True, start=truth)
    start = random.permutation(means) if hinted else None
    fit = fit_mixture(samples, 3, noise=True, seed=seed, start=start)
    assert fit.log_likelihood > best.log_likelihood - 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_a_wide_component_is_not_taken_for_noise(seed):
    random = np.random.default_rng(seed)
    parts = [random.normal(0, 0.05, (5000, 3)), random.normal(0, 2, (400, 3))]
    fit = fit_mixture(np.concatenate(parts), 2, noise=True, seed=seed)
    assert sorted(np.sqrt(fit.mixture.covariances[:, 0, 0])) == pytest.approx([0.05, 2], rel=0.2)


@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_mean_that_was_given_is_found_however_few_samples_it_has(noise, seed):
    random = np.random.default_rng(seed)
    many = 900 if noise else 30000
    samples = np.concatenate([random.normal(size=(many, 2)), random.normal(40, 1, (12, 2))])
    fit = fit_mixture(samples, 2, noise=noise, start=[[0, 0], [40, 40]], seed=seed)
    assert fit.mixture.means[:, 0].max() == pytest.approx(40, abs=1)


def test_noise_takes_what_belongs_nowhere():
    random = np.random.default_rng(0)
    clusters = [random.normal(center, 0.5, (2000, 2)) for center in (-5, 5)]
    samples = np.concatenate([*clusters, random.uniform(-20, 20, (1000, 2))])
    fit = fit_mixture(samples, 2, noise=True, n_starts=6)
    assert fit.mixture.noise.weight == pytest.approx(0.2, abs=0.02)
    np.testing.assert_allclose(np.sort(fit.mixture.means[:, 0]), [-5, 5], atol=0.1)
    shares = fit.mixture.responsibilities([[-5, -5], [15, -15]])
    assert shares.shape == (2, 3)
    assert shares[1, 2] > 0.99
    np.testing.assert_array_equal(fit.mixture.predict([[15, -15]]), [2])


def test_steps_report_each_iteration_and_can_be_left():
    samples = random_mixture(3, 2).sample(5000, seed=1)[0]
    reports = []
    fit = finish(fit_mixture_steps(samples, 3), reports.append)
    steps = [report.partial for report in reports if isinstance(report.partial, FitStep)]
    assert steps[-1].log_likelihood == fit.log_likelihood
    np.testing.assert_array_equal(steps[-1].mixture.means, fit.mixture.means)
    work = fit_mixture_steps(samples, 3)
    next(work)
    work.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_components": 0}, "at least 1 component"),
        ({"covariance": "round"}, "must be one of full, tied, diagonal, spherical"),
        ({"tolerance": -1}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
        ({"max_iterations": 0}, "at least 1 iteration"),
        ({"n_starts": 0}, "at least 1 iteration"),
        ({"least_variance": 0}, "least variance"),
        ({"start": [[0.0, 1.0, 2.0]]}, "2 finite means of 2 features"),
    ],
)
def test_parameters_out_of_range_are_named(options, words):
    with pytest.raises(ParameterError, match=words):
        fit_mixture(**{"samples": np.eye(4, 2), "n_components": 2} | options)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.empty((0, 3)), "no samples"),
        (np.empty((3, 0)), "shape"),
        (np.zeros((2, 2, 2)), "shape"),
        ([["a"]], "real numbers"),
        ([[1j]], "real numbers"),
        ([[0.0], [np.nan], [np.inf]], "2 samples have a missing, NaN"),
        (np.array([[0], [np.nan]], np.float32), "1 sample has a missing, NaN"),
        ([[1e200]], "another unit"),
    ],
)
def test_samples_that_cannot_be_used_are_refused(samples, words):
    with pytest.raises(SamplesError, match=words):
        fit_mixture(samples, 1)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([1, 1], "as many weights"),
        ([1, -1, 1], "not negative"),
        ([1, np.nan, 1], "finite"),
        ([0, 0, 0], "above zero"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weight, words):
    with pytest.raises(SamplesError, match=words):
        fit_mixture(np.eye(3), 1, sample_weight=weight)


def test_a_floor_for_each_feature_holds_in_each():
    random = np.random.default_rng(3)
    samples = np.concatenate(
        [random.normal((0, 0), (1, 0.01), (500, 2)), random.normal((9, 9), (0.01, 1), (500, 2))]
    )
    least = (0.2, 1e-6)
    mixture = fit_mixture(samples, 2, least_variance=least).mixture
    floor = np.diag(np.asarray(least) * samples.var(axis=0))
    for covariance in mixture.covariances:
        assert np.linalg.eigvalsh(covariance - floor).min() > -1e-6
    # Below the floor of the first feature nothing is left; in the second all stays as it was.
    assert mixture.covariances[:, 0, 0].min() == pytest.approx(floor[0, 0], rel=1e-3)
    assert mixture.covariances[:, 1, 1].min() == pytest.approx(1e-4, rel=0.2)
