from queue import SimpleQueue

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmenter.em import blocks, reduction
from segmenter.em.fit import fit_mixture
from segmenter.em.reduction import reduce_equal
from segmenter.errors import SamplesError

KINDS = (("u1", 1), ("u1", 3), ("u1", 4), ("i1", 2), ("u2", 1), ("i2", 2), ("i8", 3))
"""Types and numbers of channels; kernels are compiled for each pair."""


def assert_exact(reduced, values):
    np.testing.assert_array_equal(reduced.values[reduced.index], values)
    np.testing.assert_array_equal(np.bincount(reduced.index), reduced.counts)
    assert len(np.unique(reduced.values, axis=0)) == len(reduced.values)
    assert reduced.values.dtype == values.dtype
    assert reduced.index.dtype == np.uint32


@given(
    st.sampled_from(KINDS).flatmap(
        lambda kind: arrays(
            kind[0], st.tuples(st.integers(1, 60), st.just(kind[1])), elements=st.integers(0, 3)
        )
    )
)
@effort(max_examples=60)
def test_nothing_is_lost(values):
    reduced = reduce_equal(values)
    n_distinct = len(np.unique(values, axis=0))
    if reduced is None:
        assert 2 * n_distinct > len(values)
    else:
        assert_exact(reduced, values)


def test_colors_of_a_photo():
    from skimage import data

    values = data.astronaut().reshape(-1, 3)
    reduced = reduce_equal(values)
    assert_exact(reduced, values)


def test_a_sixteen_bit_intensity_is_a_histogram():
    values = np.random.default_rng(0).normal(30000, 900, (200_000, 1)).astype(np.uint16)
    reduced = reduce_equal(values)
    assert_exact(reduced, values)
    np.testing.assert_array_equal(reduced.values, np.sort(reduced.values, axis=0))


def test_a_table_is_free_again_after_an_error(monkeypatch):
    def fail(*_):
        raise MemoryError

    free = SimpleQueue()
    monkeypatch.setattr(blocks, "thread_count", lambda: 1)
    monkeypatch.setattr(reduction, "thread_count", lambda: 1)
    monkeypatch.setattr(reduction, "SimpleQueue", lambda: free)
    monkeypatch.setattr(reduction, "_count_values", fail)
    with pytest.raises(MemoryError):
        reduce_equal(np.zeros((9, 1), np.uint8))
    assert free.qsize() == 1


@pytest.mark.parametrize("n_threads", [1, 2, 5])  # more than there are tables
def test_many_samples_are_counted_in_small_pieces(n_threads, monkeypatch):
    count, sizes = reduction._count_values, []

    def count_values(values, start, stop, *rest):
        sizes.append(stop - start)
        count(values, start, stop, *rest)

    for module in (blocks, reduction):
        monkeypatch.setattr(module, "thread_count", lambda: n_threads)
    monkeypatch.setattr(reduction, "_count_values", count_values)
    values = np.random.default_rng(0).integers(0, 60, (9_000_000, 3)).astype(np.uint8)
    assert_exact(reduce_equal(values), values)
    assert sum(sizes) == len(values)
    assert max(sizes) <= 1 << 17


@pytest.mark.parametrize("n", [5, 4096, 200_000, 600_000, 3_000_000])
def test_a_table_begins_with_small_pieces(n):
    """Each of their samples may need new memory; after 131,072 of a table hardly any does."""
    cuts = reduction._cut_to_pieces(n, 2)
    sizes = np.diff(cuts)
    assert (cuts[0], cuts[-1]) == (0, n)
    assert sizes.min() > 0
    assert sizes[np.array(cuts[:-1]) < 1 << 18].max() <= 1 << 12
    assert sizes.max() <= 1 << 17


def test_the_range_of_many_values_is_that_of_all_of_them():
    values = np.random.default_rng(0).integers(-9, 9, (90_000, 2)).astype(np.int16)
    values[0], values[-1], values[40_000] = [-300, 5], [2, 400], [310, -420]
    assert_exact(reduce_equal(values), values)


@pytest.mark.parametrize("dtype", [np.int16, np.int64])
def test_ends_of_the_range_and_negative_values(dtype):
    low = np.iinfo(dtype).min
    values = np.array([[low], [low], [low + 5], [low + 5]], dtype)
    assert_exact(reduce_equal(values), values)
    high = np.iinfo(dtype).max
    values = np.array([[high], [high], [high - 5], [high - 5]], dtype)
    assert_exact(reduce_equal(values), values)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.arange(300, dtype=np.uint16)[:, None], id="all different"),
        pytest.param(np.zeros((0, 3), np.uint8), id="none"),
        pytest.param(np.array([[0], [2**40], [0], [0], [0]]), id="too wide"),
        pytest.param(np.zeros((9, 1), np.uint64), id="beyond int64"),
    ],
)
def test_none_where_it_does_not_pay(values):
    assert reduce_equal(values) is None


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.zeros(3, np.uint8)])
def test_only_integer_tables_are_taken(values):
    with pytest.raises(SamplesError, match="arrays of integers"):
        reduce_equal(values)


def test_the_fit_is_that_of_the_unreduced_samples():
    random = np.random.default_rng(0)
    clusters = [random.normal(mean, 12, (20_000, 3)) for mean in (60, 128, 200)]
    values = np.concatenate(clusters).clip(0, 255).astype(np.uint8) // 8 * 8
    reduced = reduce_equal(values)
    plain = values.astype(np.float32)
    start = fit_mixture(plain, 3, max_iterations=1).mixture
    options = {"start": start, "tolerance": 0, "max_iterations": 10}
    whole = fit_mixture(plain, 3, **options)
    fast = fit_mixture(reduced.values, 3, sample_weight=reduced.counts, **options)
    assert fast.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-5)
    np.testing.assert_allclose(fast.mixture.means, whole.mixture.means, atol=1e-3)
    np.testing.assert_allclose(fast.mixture.covariances, whole.mixture.covariances, rtol=1e-3)
    by_itself = fit_mixture(values, 3, **options)
    np.testing.assert_array_equal(by_itself.mixture.means, fast.mixture.means)
