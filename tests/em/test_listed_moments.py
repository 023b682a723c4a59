from dataclasses import replace

import numpy as np
import pytest

from segmenter.em.block_densities import BLOCK
from segmenter.em.checks import as_samples
from segmenter.em.kernels import accumulate
from segmenter.em.mixture import GaussianMixture, Noise
from segmenter.em.packing import pack
from segmenter.em.samples import prepare_steps
from segmenter.work import finish

N = 5 * BLOCK + 100
K = 4


def problem(kind, d, apart, weights=None, labels=None, moved=None):
    """Samples of components whose means lie apart, and the mixture they come from."""
    random = np.random.default_rng(d)
    means = apart * random.standard_normal((K, d))
    labels = random.integers(K, size=N) if labels is None else labels
    values = (means[labels] + random.standard_normal((N, d))).astype(np.float32)
    if moved is not None:
        values[7] = moved * means[1]
    samples = finish(prepare_steps(as_samples(values), weights))
    covariances = np.repeat(np.eye(d)[np.newaxis], K, axis=0)
    mixture = GaussianMixture(np.full(K, 1 / K), means, covariances, kind)
    return samples, mixture.standardized(samples.center, samples.scale)


def moments_of(samples, mixture, most_listed, calls=1):
    """Counts, firsts and seconds of two chunks, which a number of calls do."""
    packed = pack(mixture)
    cuts = np.array([0, 3 * BLOCK, N])
    sums, counter = packed.new_sums(2), np.zeros(2, np.int64)
    for _ in range(calls):
        accumulate(
            counter, 2 // calls, cuts, samples.values, samples.weights, samples.kernel_center,
            samples.kernel_scale, *packed, packed.no_sums(), most_listed, packed.shapes(), sums,
        )  # fmt: skip
    return packed.finished(mixture.means, sums.sum(axis=0))


@pytest.mark.parametrize(
    ("kind", "d"), [("full", 9), ("diagonal", 19), ("full", 17), ("diagonal", 21)]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_moments_of_lists_are_those_of_all_samples(kind, d, weighted):
    weights = np.random.default_rng(0).random(N) if weighted else None
    samples, mixture = problem(kind, d, 8, weights)
    most = pack(mixture).most_listed()
    by_lists, of_all = (moments_of(samples, mixture, number) for number in (most, 0))
    for ours, expected in zip(by_lists, of_all, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=2e-5, atol=2e-5 * expected.max())
    assert not np.array_equal(by_lists[2], of_all[2])  # they were summed in another order


def test_long_lists_are_left_unused():
    samples, mixture = problem("diagonal", 19, 0.1)
    most = pack(mixture).most_listed()
    by_lists, of_all = (moments_of(samples, mixture, number) for number in (most, 0))
    for ours, expected in zip(by_lists, of_all, strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_samples_too_far_for_float32_are_taken_as_near_as_it_can_see():
    """In its block the far sample is all that its component has: lists would hold it as it is."""
    weights = np.ones(N)
    weights[7] = 1e-18
    samples, mixture = problem("diagonal", 19, 8, weights, labels=np.arange(N) * K // N, moved=3e8)
    most = pack(mixture).most_listed()
    by_lists, of_all, of_any = (moments_of(samples, mixture, number) for number in (most, 0, N * K))
    for ours, expected in zip(by_lists, of_all, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=2e-5, atol=2e-5 * np.abs(expected).max())
    np.testing.assert_array_equal(by_lists[2][1], of_any[2][1])


def test_what_has_no_weight_may_overflow():
    weights = np.ones(N)
    weights[0] = 0
    samples, mixture = problem("full", 9, 8, weights)
    values = samples.values * np.float32(1e-3)
    values[0] = 3e38  # times the scale it is infinite
    center, scale = np.float32(samples.center) / 1000, np.float32(samples.scale) * 1000
    samples = replace(
        samples, values=values, kernel_center=tuple(center), kernel_scale=tuple(scale)
    )
    noise = Noise(1e-9, np.full(9, -9.0), np.full(9, 9.0))
    noisy = replace(mixture, noise=noise)
    for ours in moments_of(samples, noisy, N * K):
        assert np.isfinite(ours[:K]).all()


def test_chunks_do_not_depend_on_those_before_them():
    """The first chunk has no short lists, the second one has: there they are tried anew."""
    random = np.random.default_rng(0)
    means = 8 * random.standard_normal((K, 19))
    means[1] = means[0] + 0.1
    labels = np.where(np.arange(N) < 3 * BLOCK, 0, random.integers(2, K, N))
    values = (means[labels] + random.standard_normal((N, 19))).astype(np.float32)
    samples = finish(prepare_steps(as_samples(values), None))
    mixture = GaussianMixture(
        np.full(K, 1 / K), means, np.repeat(np.eye(19)[np.newaxis], K, axis=0), "diagonal"
    ).standardized(samples.center, samples.scale)
    most = pack(mixture).most_listed()
    at_once, one_by_one = (moments_of(samples, mixture, most, calls) for calls in (1, 2))
    for ours, expected in zip(at_once, one_by_one, strict=True):
        np.testing.assert_array_equal(ours, expected)
    for other in (0, K * BLOCK):  # no lists in the second chunk, or some in the first
        assert not np.array_equal(at_once[2], moments_of(samples, mixture, other)[2])


@pytest.mark.parametrize(
    ("kind", "d", "has_lists"),
    [("full", 7, False), ("full", 8, True), ("diagonal", 8, False), ("diagonal", 16, True),
     ("tied", 16, False), ("spherical", 16, False)],
)  # fmt: skip
def test_lists_serve_where_there_are_many_features(kind, d, has_lists):
    mixture = GaussianMixture(np.ones(1), np.zeros((1, d)), np.eye(d)[None], kind)
    assert (pack(mixture).most_listed() is not None) == has_lists
