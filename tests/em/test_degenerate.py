"""Samples that break other programs must give a finite mixture, or a clear refusal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import COVARIANCES


def assert_usable(fit, samples):
    mixture = fit.mixture
    parts = (mixture.weights, mixture.means, mixture.covariances, [fit.log_likelihood])
    assert all(np.isfinite(part).all() for part in parts)
    # Units apart by 1e8 and more would drown the least eigenvalue in rounding.
    deviations = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    units = deviations[:, :, np.newaxis] * deviations[:, np.newaxis, :]
    assert np.linalg.eigvalsh(mixture.covariances / units).min() > 0
    shares = mixture.responsibilities(samples)
    assert np.isfinite(shares).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.isfinite(mixture.log_density(samples)).all()


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.full((50, 3), 7.5), id="all equal"),
        pytest.param(np.array([[1.0, 2.0]]), id="one sample"),
        pytest.param(np.eye(100, 3), id="mostly zeros"),
        pytest.param(np.arange(200.0)[:, None] * [1, 2, -3], id="collinear"),
        pytest.param(np.stack([np.arange(99.0), np.full(99, 4.0)], 1), id="constant feature"),
        pytest.param(np.append(np.arange(500.0), 1e30)[:, None], id="outlier of 1e30"),
        pytest.param(
            np.append(np.arange(500, dtype=np.float32), np.float32(1e30))[:, None],
            id="float32 outlier of 1e30",
        ),
        pytest.param(np.arange(300.0)[:, None] * 1e-42, id="float64 below float32"),
        pytest.param((np.arange(300)[:, None] * 1e-42).astype(np.float32), id="denormal"),
        pytest.param(np.arange(300.0)[:, None] % 7 + 1e9, id="far from the origin"),
        pytest.param(np.arange(300.0)[:, None] * [1e-30, 1e30], id="very different units"),
    ],
)
def test_a_usable_mixture_comes_out(samples, covariance):
    fit = fit_mixture(samples, 3, covariance=covariance)
    assert_usable(fit, samples)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 3)),
           elements=st.floats(-1e6, 1e6, width=32)),
    st.integers(1, 6),
    st.sampled_from(COVARIANCES),
)  # fmt: skip
@effort(max_examples=60)
def test_any_few_samples_give_a_usable_mixture(samples, k, covariance):
    assert_usable(fit_mixture(samples, k, covariance=covariance, max_iterations=30), samples)


@pytest.mark.parametrize(("dtype", "unit"), [(np.float32, 1e-42), (np.float64, 1e-130)])
def test_a_feature_of_tiny_numbers_counts_beside_an_ordinary_one(dtype, unit):
    random = np.random.default_rng(0)
    side = np.arange(600) % 2
    tiny = np.round(side * 300 + random.normal(0, 20, 600)) * unit
    samples = np.stack([random.normal(0, 1, 600), tiny], axis=1).astype(dtype)
    mixture = fit_mixture(samples, 2).mixture
    np.testing.assert_allclose(np.sort(mixture.means[:, 1]) / unit, [0, 300], atol=5)


def test_a_feature_whose_squares_float64_cannot_hold_counts_as_constant():
    random = np.random.default_rng(0)
    side = np.arange(600) % 2 * 10.0
    samples = np.stack([side + random.normal(0, 1, 600), side * 1e-311], axis=1)
    mixture = fit_mixture(samples, 2).mixture
    np.testing.assert_allclose(np.sort(mixture.means[:, 0]), [0, 10], atol=0.3)


def test_no_more_components_than_distinct_samples_and_it_is_said():
    fit = fit_mixture([[0.0], [0.0], [5.0], [5.0], [9.0]], 6)
    assert fit.mixture.n_components == 3
    assert "3 of 6 components were dropped" in fit.notes[0]


def test_stopping_early_is_said():
    samples = np.random.default_rng(0).standard_normal((500, 2))
    fit = fit_mixture(samples, 4, max_iterations=1, tolerance=0)
    assert not fit.converged
    assert "before the tolerance was met" in fit.notes[-1]


def test_an_emptied_component_is_dropped_and_it_is_said():
    samples = np.random.default_rng(0).normal(0, 1, (500, 1))
    two = fit_mixture(samples, 2).mixture
    far = type(two)([0.5, 0.5], [[0.0], [1e6]], [[[1.0]], [[1.0]]])
    fit = fit_mixture(samples, 2, start=far)
    assert fit.mixture.n_components == 1
    assert "1 of 2 components were dropped" in fit.notes[0]
    assert fit.mixture.means[0, 0] == pytest.approx(samples.mean(), abs=1e-5)


def test_samples_of_weight_zero_do_not_exist():
    random = np.random.default_rng(0)
    samples = random.normal(0, 1, (1000, 2))
    with_ghosts = np.concatenate([samples, np.full((5, 2), 1e25)])
    weight = np.append(np.ones(1000), np.zeros(5))
    start = fit_mixture(samples, 2, max_iterations=1).mixture
    fit = fit_mixture(samples, 2, start=start)
    haunted = fit_mixture(with_ghosts, 2, sample_weight=weight, start=start)
    np.testing.assert_allclose(haunted.mixture.means, fit.mixture.means, atol=1e-5)
    assert haunted.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_narrow_clusters_far_from_the_origin_keep_their_shape(dtype):
    random = np.random.default_rng(0)
    offset = 1e5 if dtype == np.float32 else 1e9
    samples = np.concatenate([random.normal(m, 1, (5000, 1)) for m in (0, 100)]) + offset
    fit = fit_mixture(samples.astype(dtype), 2)
    np.testing.assert_allclose(np.sort(fit.mixture.means[:, 0]) - offset, [0, 100], atol=0.05)
    np.testing.assert_allclose(fit.mixture.covariances.ravel(), 1, atol=0.05)
