import numpy as np
import pytest

from segmenter.em.checks import as_samples_steps, relative_weights
from segmenter.em.samples import prepare_steps
from segmenter.errors import SamplesError
from segmenter.work import finish


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32, np.float64])
def test_weights_are_relative_to_their_mean_whatever_their_type(dtype):
    weight = np.random.default_rng(0).integers(0, 2, 600_000).astype(dtype)
    relative, mean = relative_weights(weight, len(weight))
    assert relative.dtype == np.float32
    assert mean == pytest.approx(weight.astype(float).mean(), rel=1e-12)
    np.testing.assert_allclose(relative, weight / weight.astype(float).mean(), rtol=1e-6)


def test_weights_too_large_to_add_up_are_taken():
    relative, _ = relative_weights([1e308, 1e308, 0], 3)
    np.testing.assert_allclose(relative, [1.5, 1.5, 0])


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1])
def test_one_wrong_weight_of_many_is_found(wrong):
    weight = np.ones(600_000)
    weight[-1] = wrong
    with pytest.raises(SamplesError, match="finite and not negative"):
        relative_weights(weight, len(weight))


def test_a_draw_by_weight_reports_while_it_adds_up():
    n = (1 << 21) + 5
    samples = np.arange(n, dtype=np.float32)[:, np.newaxis]
    weight = np.zeros(n, np.float32)
    weight[[3, n - 1]] = 1, 3
    prepared = finish(prepare_steps(samples, weight))
    reports = []
    drawn = finish(prepared.draw_steps(4000, seed=0), reports.append)
    values = np.round(drawn.values / drawn.scale + drawn.center)
    assert len(reports) >= 3
    assert np.count_nonzero(values > 10) == pytest.approx(3000, abs=2)


@pytest.mark.parametrize(
    ("dtype", "kept"), [("u1", "f4"), (">f4", "f8"), ("i8", "f8"), ("f4", "f4")]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_many_samples_are_converted_as_few_are_and_it_reports_meanwhile(dtype, kept, order):
    numbers = np.random.default_rng(0).integers(0, 200, (700_000, 2))
    given = np.asarray(numbers, dtype, order)
    reports = []
    samples = finish(as_samples_steps(given), reports.append)
    assert samples.dtype == kept
    assert samples.flags.c_contiguous
    np.testing.assert_array_equal(samples, numbers)
    is_the_same = dtype == "f4" and order == "C"
    assert np.shares_memory(samples, given) == is_the_same
    assert len(reports) >= (1 if is_the_same else 2)
