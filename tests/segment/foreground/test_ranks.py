import numpy as np
import pytest

from segmenter.segment.foreground.ranks import ranks


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).normal(size=(30, 41)),
        np.random.default_rng(1).integers(-3, 3, (30, 41)),
        np.array([[1e9, -0.0, 0.0], [-1e-20, np.inf, -np.inf]]),
    ],
)
def test_ranks_are_the_places_in_a_stable_sort(values):
    values = values.astype(np.float32)
    wanted = np.empty(values.size)
    wanted[np.argsort(values, axis=None, kind="stable")] = np.arange(values.size) / values.size
    np.testing.assert_allclose(ranks(values), wanted.reshape(values.shape), atol=1e-6)
