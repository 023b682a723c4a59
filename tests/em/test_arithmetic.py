import numpy as np

from segmenter.compiled import compiled
from segmenter.em import lanes
from segmenter.em.arithmetic import exp2, exp2_of_lanes, log2


@compiled
def each_exp2(values, results):
    for index in range(values.size):
        results[index] = exp2(values[index])


@compiled
def each_log2(values, results):
    for index in range(values.size):
        results[index] = log2(values[index])


@compiled
def exp2_of_each_lane(values, results):
    for index in range(0, values.size, lanes.LANES):
        powers = exp2_of_lanes((lanes.load(values, 0), lanes.load(values, index)))
        lanes.store(results, index, powers[1])


def test_exp2_is_right_to_float32_rounding():
    values = np.linspace(-126, 0, 200_001, dtype=np.float32)
    results = np.empty_like(values)
    each_exp2(values, results)
    np.testing.assert_allclose(results, np.exp2(values.astype(np.float64)), rtol=2.5e-7)


def test_exp2_of_far_exponents_is_the_smallest_normal_number():
    results = np.empty(3, np.float32)
    each_exp2(np.array([-126, -1e4, -3e38], np.float32), results)
    np.testing.assert_array_equal(results, np.finfo(np.float32).tiny)


def test_exp2_of_zero_is_one():
    results = np.empty(1, np.float32)
    each_exp2(np.zeros(1, np.float32), results)
    assert results[0] == 1


def test_log2_is_right_to_float32_rounding():
    values = np.geomspace(1e-37, 1e37, 200_001).astype(np.float32)
    results = np.empty_like(values)
    each_log2(values, results)
    np.testing.assert_allclose(results, np.log2(values.astype(np.float64)), rtol=2e-7, atol=1e-7)


def test_exp2_of_lanes_is_right_down_to_where_it_is_nothing():
    values = np.concatenate([np.linspace(-70, 0, 80_000), [-100, -101, -126, -127, -1e4, -3e38, 0]])
    values = np.append(values, [-100.5] * 9).astype(np.float32)  # whole registers
    results = np.empty_like(values)
    exp2_of_each_lane(values, results)
    expected = np.exp2(values[:80_000].astype(np.float64))
    np.testing.assert_allclose(results[:80_000], expected, rtol=2.5e-7)
    np.testing.assert_array_equal(results[80_000:80_008], [0, 0, 0, 0, 0, 0, 1, 0])
