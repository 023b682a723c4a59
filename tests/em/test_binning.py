import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from segmenter.em.binning import bin_samples
from segmenter.em.fit import fit_mixture
from segmenter.errors import ParameterError


@given(st.integers(0, 1000), st.floats(0.2, 2), st.sampled_from([2, 3]))
@effort(max_examples=30)
def test_the_bound_holds(seed, width, d):
    samples = np.random.default_rng(seed).standard_normal((3000, d)) * 3
    bins = bin_samples(samples, width)
    if bins is None:
        return
    moved = bins.values[bins.index]
    assert np.abs(moved - samples).max() <= width
    np.testing.assert_allclose(moved.mean(axis=0), samples.mean(axis=0), atol=1e-9)
    missing = samples.var(axis=0) - moved.var(axis=0)
    assert (missing >= -1e-9).all()
    assert (missing <= width**2 / 4).all()


def test_the_fit_is_close_to_that_of_the_samples():
    random = np.random.default_rng(0)
    samples = np.concatenate([random.normal(mean, 1, (20_000, 2)) for mean in (0, 5)])
    bins = bin_samples(samples, 0.2)
    assert len(bins.values) < len(samples) / 10
    start = fit_mixture(samples, 2).mixture
    whole = fit_mixture(samples, 2, start=start)
    binned = fit_mixture(bins.values, 2, sample_weight=bins.counts, start=start)
    np.testing.assert_allclose(binned.mixture.means, whole.mixture.means, atol=5e-3)
    np.testing.assert_allclose(
        binned.mixture.covariances, whole.mixture.covariances, atol=0.2**2 / 4
    )


def test_each_feature_has_its_width():
    samples = np.random.default_rng(0).random((5000, 2)) * [1, 1000]
    bins = bin_samples(samples, [0.1, 100])
    assert 90 < len(bins.values) <= 121


@pytest.mark.parametrize("width", [1e-6, 1e-3])
def test_none_where_it_does_not_pay(width):
    assert bin_samples(np.random.default_rng(0).random((100, 3)), width) is None


def test_no_samples_have_no_bins():
    assert bin_samples(np.empty((0, 2)), 1) is None


@pytest.mark.parametrize("width", [0, -1, np.nan, [1, 0]])
def test_widths_must_be_positive(width):
    with pytest.raises(ParameterError, match="positive"):
        bin_samples(np.eye(3, 2), width)
