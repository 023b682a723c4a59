"""What a first user gets wrong: one sentence of the kind that the docs promise."""

import numpy as np
import pytest

from segmenter.em.checks import as_samples, relative_weights
from segmenter.em.fit import fit_mixture
from segmenter.em.merging import merge_by_entropy
from segmenter.em.selection import select_components
from segmenter.em.settings import FitSettings
from segmenter.errors import ParameterError, SamplesError
from tests.em.mixtures import random_mixture

TABLE = np.random.default_rng(0).standard_normal((50, 2))


class NAType:
    """As pandas names its missing value."""


@pytest.mark.parametrize("n_components", ["3", 2.5, True, None])
def test_numbers_of_components_are_whole(n_components):
    with pytest.raises(ParameterError, match="n_components must be a whole number"):
        fit_mixture(TABLE, n_components)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": None}, "seed must be a whole number, not None"),
        ({"seed": np.random.default_rng(0)}, "seed must be a whole number"),
        ({"seed": -1}, "seed must not be negative"),
        ({"max_iterations": 2.5}, "max_iterations must be a whole number"),
        ({"n_starts": True}, "n_starts must be a whole number"),
        ({"tolerance": "fine"}, "tolerance must not be negative"),
        ({"least_variance": "small"}, "least variance must be from"),
        ({"least_variance": [[1e-8]]}, "least variance must be from"),
    ],
)
def test_settings_are_checked(options, words):
    with pytest.raises(ParameterError, match=words):
        FitSettings(**options)


def test_numbers_of_numpy_will_do():
    FitSettings(seed=np.int64(3), n_starts=np.uint8(2), least_variance=np.float32(1e-6))


def test_there_is_a_least_variance_for_each_feature():
    with pytest.raises(ParameterError, match="2 features need one least variance, or as many"):
        fit_mixture(TABLE, 2, least_variance=[1e-8, 1e-8, 1e-8])


def test_rows_have_the_same_length():
    with pytest.raises(SamplesError, match="same number of features"):
        fit_mixture([[1, 2], [3]], 1)


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
def test_masked_samples_are_missing(dtype):
    masked = np.ma.masked_greater((10 * TABLE).astype(dtype), 12)
    n_bad = masked.mask.any(axis=1).sum()
    with pytest.raises(SamplesError, match=f"^{n_bad} samples? ha.+ a missing"):
        fit_mixture(masked, 1)
    np.testing.assert_array_equal(as_samples(np.ma.array(TABLE, mask=False)), TABLE)
    with pytest.raises(SamplesError, match="finite"):
        relative_weights(np.ma.masked_equal([1, 2, 3], 2), 3)


def test_missing_values_of_pandas_are_named():
    nullable = np.array([[1, 2.5], [NAType(), 3]], object)
    with pytest.raises(SamplesError, match="1 sample has a missing"):
        as_samples(nullable)
    np.testing.assert_array_equal(as_samples(nullable[:1]), [[1, 2.5]])
    with pytest.raises(SamplesError, match="real numbers, not object"):
        as_samples(np.array([["1", NAType()]], object))
    with pytest.raises(SamplesError, match="real numbers"):
        relative_weights(["a"], 1)


def test_candidates_are_several():
    with pytest.raises(ParameterError, match=r"such as range\(1, 9\), not 5"):
        select_components(TABLE, 5)
    with pytest.raises(ParameterError, match="whole number, not 'x'"):
        select_components(TABLE, [1, "x"])


def test_components_merge_by_what_is_known():
    with pytest.raises(ParameterError, match="not by 'x'"):
        merge_by_entropy(random_mixture(2, 2), TABLE, by="x")


def test_one_feature_has_a_marginal():
    mixture = random_mixture(2, 3)
    np.testing.assert_array_equal(mixture.marginal(1).means, mixture.marginal([1]).means)
    for features in (3, [], [0, 0], -1, [0.5], "a"):
        with pytest.raises(ParameterError, match="from 0 to 2"):
            mixture.marginal(features)
