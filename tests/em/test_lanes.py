import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import segmenter
from segmenter.compiled import compiled
from segmenter.em import lanes
from segmenter.em.block_densities import BLOCK, load_block, rows_for_block

WHOLE_THREE = np.float32(1.5 * 2**23 + 3)  # its last bits are those of 3

ROOT = Path(__file__).parents[2]
FITS = """
import json
from segmenter.em.lanes import LANES
from tests.em.test_lanes import fits_of_many_features
print(json.dumps([LANES, fits_of_many_features()]))
"""


def fits_of_many_features():
    """Log-likelihoods and means of mixtures of all kinds; moments of two are summed by lists."""
    random = np.random.default_rng(0)
    samples = random.standard_normal((3000, 19)) + 8 * random.integers(3, size=(3000, 1))
    results = []
    for d, kind in ((9, "full"), (9, "tied"), (19, "diagonal"), (5, "spherical")):
        fit = segmenter.fit_mixture(samples[:, :d], 3, covariance=kind, max_iterations=3)
        means = fit.mixture.means[np.argsort(fit.mixture.means[:, 0])]
        results.append([fit.log_likelihood, *means.ravel().tolist()])
    return results


@compiled
def calculate(a, b, c, results):
    x, y, z = lanes.load(a, 1), lanes.load(b, (1, 2)), lanes.load(c, 0)
    lanes.store(results, (0, 0), lanes.add(x, y))
    lanes.store(results, (1, 0), lanes.subtract(x, y))
    lanes.store(results, (2, 0), lanes.multiply(x, y))
    lanes.store(results, (3, 0), lanes.larger(x, y))
    lanes.store(results, (4, 0), lanes.smaller(x, y))
    lanes.store(results, (5, 0), lanes.add_product(z, x, y))
    lanes.store(results, (6, 0), lanes.subtract_product(z, x, y))
    lanes.store(results, (7, 0), lanes.spread(b[0, 0]))
    lanes.store(results, (8, 0), lanes.square_root(lanes.multiply(x, x)))
    three = lanes.spread(WHOLE_THREE)
    lanes.store(results, (9, 0), lanes.scale_by_power(x, three))
    lanes.store(results, (10, 0), lanes.reciprocal_root(lanes.multiply(x, x)))
    lanes.store(results, (11, 0), lanes.reciprocal_root(lanes.spread(np.float32(0))))


@compiled
def load_one_block(samples, start, n_taken, center, scale, rotation, block):
    load_block(samples, start, n_taken, center, scale, rotation, block)


def test_registers_calculate_lane_by_lane():
    random = np.random.default_rng(0)
    a = random.standard_normal(1 + lanes.LANES).astype(np.float32)
    b = random.standard_normal((2, 2 + lanes.LANES)).astype(np.float32)
    c = random.standard_normal(lanes.LANES).astype(np.float32)
    results = np.zeros((12, lanes.LANES), np.float32)
    calculate(a, b, c, results)
    x, y = a[1:], b[1, 2:]
    expected = [x + y, x - y, x * y, np.maximum(x, y), np.minimum(x, y), c + x * y, c - x * y]
    np.testing.assert_allclose(results[:7], expected, rtol=1e-5, atol=1e-6)
    assert (results[7] == b[0, 0]).all()
    np.testing.assert_allclose(results[8:10], [np.abs(x), 8 * x], rtol=1e-6)
    np.testing.assert_allclose(results[10], 1 / np.abs(x), rtol=5e-6)
    assert (results[11] > 1e18).all()
    assert np.isfinite(results[11]).all()


@pytest.mark.parametrize("d", [1, 7, 8, 11, 16])
@pytest.mark.parametrize("n_taken", [BLOCK, 100, 3])
def test_a_block_holds_the_standardized_samples_feature_by_feature(d, n_taken):
    samples = np.random.default_rng(d).standard_normal((BLOCK + 5, d)).astype(np.float32)
    samples[5, 0], samples[6, d - 1] = 1e30, -1e30
    center, scale = (tuple(row) for row in np.float32([np.arange(d) / d, 1 + np.arange(d)]))
    block = np.full((d, BLOCK), np.float32(7))
    load_one_block(samples, 5, n_taken, center, scale, None, block)
    expected = (samples[5 : 5 + n_taken] - center) * scale
    np.testing.assert_allclose(block[:, :n_taken].T, np.clip(expected, -1e8, 1e8), rtol=1e-6)
    assert not block[:, n_taken:].any()


@pytest.mark.parametrize("d", [1, 2, 5, 16])
def test_a_block_is_rotated_on_the_way_in(d):
    random = np.random.default_rng(d)
    samples = random.standard_normal((BLOCK, d)).astype(np.float32)
    rotation = np.tril(random.standard_normal((d, d))).astype(np.float32)
    center, scale = (np.float32(0),) * d, (np.float32(1),) * d
    block = np.zeros((d, BLOCK), np.float32)
    load_one_block(samples, 0, BLOCK, center, scale, rotation, block)
    np.testing.assert_allclose(block, rotation @ samples.T, atol=1e-5)


def test_smaller_registers_give_the_same_mixtures():
    """Those of the plainest processor: it has no AVX."""
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    run = subprocess.run(
        [sys.executable, "-c", FITS],
        cwd=ROOT,
        env=os.environ | plain,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    n_lanes, results = json.loads(run.stdout)
    assert n_lanes == 8
    for ours, expected in zip(fits_of_many_features(), results, strict=True):
        np.testing.assert_allclose(ours, expected, atol=2e-5)


@compiled
def make_rows(n):
    return rows_for_block(n)


def test_rows_of_a_block_begin_with_a_line_of_the_cache():
    for n in range(1, 6):
        rows = make_rows(n)
        assert [row.ctypes.data % 64 for row in rows] == [0] * n
