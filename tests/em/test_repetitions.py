import numpy as np
import pytest

from segmenter.em.repetitions import rank_rows


@pytest.mark.parametrize("n", [1, 2, 300])
@pytest.mark.parametrize("d", [1, 2, 9])
@pytest.mark.parametrize("n_values", [1, 2, 1000])
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.float32, np.float64])
def test_rows_are_ranked_as_numpy_ranks_them(n, d, n_values, dtype):
    table = (np.random.default_rng(0).integers(n_values, size=(n, d)) - 0.5).astype(dtype)
    distinct, expected = np.unique(table, axis=0, return_inverse=True)
    ranks, first = rank_rows(table)
    np.testing.assert_array_equal(ranks, expected.ravel())
    np.testing.assert_array_equal(table[first], distinct)


def test_the_first_of_equal_rows_stands_for_them():
    zeros = np.array([[0.0], [-0.0], [-1.0], [0.0]])
    ranks, first = rank_rows(zeros)
    assert ranks.tolist() == [1, 1, 0, 1]
    assert first.tolist() == [2, 0]
