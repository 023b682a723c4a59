"""What the models of object and background do for each pixel, in kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem
from numpy.typing import NDArray

from segmenter.compiled import compiled, compiled_part
from segmenter.em.arithmetic import tanh
from segmenter.em.kernels import write_log_densities
from segmenter.em.small_matrices import factor
from segmenter.em.whitening import write_whitening

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Numbers = tuple[np.float32, ...]
Density = tuple[Numbers, Numbers, Float, Float, Float, np.float32]
"""Center, scale, means, whitening and constants as of `write_log_densities`; log2 of what the
density is to be multiplied by."""

COLOR_NOISE, PLACE_NOISE = 4e-4, 2e-3  # variances added to every component: color, position
LIMIT = np.float32(6)  # log odds that the color of one pixel can be worth at most
LEAST_MEMBER = np.float32(0.02)  # probability below which a pixel is left out
TOUCHED = np.float32(0.25)  # of the weight of a side, that is added to its touched pixels
LN_2 = np.float32(np.log(2))
CHUNK = 4096  # samples whose densities stay in the cache


@compiled
def tempered(
    weights: Doubles, means: Doubles, covariances: Doubles, place_weight: float, n_axes: int,
    zeros: Numbers,
) -> Density:  # fmt: skip
    """Let the position of each component count to the power of `place_weight`.

    Colors and positions are taken as independent in a component, and noise is added to both. The
    power of a Gaussian is a Gaussian of the covariance divided by the power, times a factor that
    goes into the component's weight. A factor common to all mixtures is left out.
    """
    n, d = means.shape
    n_colors, power = d - n_axes, max(place_weight, 1e-3)
    shares, spreads = weights.copy(), np.zeros((n, d, d))
    lower = np.zeros((n_axes, n_axes))
    for c in range(n):
        for i in range(d):
            for j in range(d):
                if (i < n_colors) == (j < n_colors):
                    noise = 0.0 if i != j else COLOR_NOISE if i < n_colors else PLACE_NOISE
                    spreads[c, i, j] = covariances[c, i, j] + noise
        factor(spreads[c, n_colors:, n_colors:], lower)
        for i in range(n_axes):  # the root of the determinant is the product of the diagonal
            shares[c] *= lower[i, i] ** (1 - place_weight)
        _divide(spreads[c, n_colors:, n_colors:], power)
    total = shares.sum()
    for c in range(n):
        shares[c] /= total
    center, scale, log_scale = zeros, zeros, 0.0
    standard, whitening = np.empty((n, d), np.float32), np.zeros((n, d, d), np.float32)
    for i in range(d):
        middle = np.float32((shares * means[:, i]).sum())
        apart = means[:, i] - middle
        inverse = np.float32(1 / np.sqrt((shares * (spreads[:, i, i] + apart * apart)).sum()))
        center, scale = tuple_setitem(center, i, middle), tuple_setitem(scale, i, inverse)
        log_scale += np.log2(np.float64(inverse))
        _scale_axis(i, inverse, apart, standard, spreads)
    constants = np.empty(n, np.float32)
    write_whitening(shares, spreads, whitening, constants)
    return center, scale, standard, whitening, constants, np.float32(log_scale + np.log2(total))


@compiled_part
def _divide(matrix: Any, divisor: Any) -> None:
    for i in range(len(matrix)):
        for j in range(len(matrix)):
            matrix[i, j] /= divisor


@compiled_part
def _scale_axis(i: Any, factor: Any, apart: Any, means: Any, covariances: Any) -> None:
    """Scale one axis of all components, whose means are so far apart from the center."""
    for c in range(len(means)):
        means[c, i] = apart[c] * factor
        for j in range(means.shape[1]):
            covariances[c, i, j] *= factor
        for j in range(means.shape[1]):
            covariances[c, j, i] *= factor


@compiled
def write_evidence(
    samples: Float, of_object: Density, of_background: Density, evidence: Float
) -> None:
    """Log odds for the object, (n, d) to (n,), in -LIMIT..LIMIT."""
    offset = of_object[5] - of_background[5]
    for first in range(0, len(samples), CHUNK):
        part = samples[first : first + CHUNK]
        on, off = np.empty((2, len(part)), np.float32)
        write_log_densities(part, 0, len(part), *of_object[:5], None, on)
        write_log_densities(part, 0, len(part), *of_background[:5], None, off)
        for i in range(len(part)):
            odds = LN_2 * (on[i] - off[i] + offset)
            evidence[first + i] = LIMIT * tanh(odds / LIMIT)


@compiled
def weigh(members: Float, valid: Mask, touched: Mask, weights: Float) -> int:
    """Write how much each pixel counts in the fit of one side; return how many count."""
    total, n_touched, n_taken = np.float32(0), 0, 0
    for i in range(len(weights)):
        weights[i] = members[i] if valid[i] else np.float32(0)
        total += weights[i]
        n_taken += weights[i] > LEAST_MEMBER
        n_touched += touched[i] and weights[i] > LEAST_MEMBER
    more = np.float32(1) + TOUCHED * total / np.float32(max(n_touched, 1))
    for i in range(len(weights)):
        if touched[i] and weights[i] > LEAST_MEMBER:
            weights[i] *= more
    return n_taken


@compiled
def drawn(samples: Float, weights: Float, n_taken: int, n_most: int) -> tuple[Float, Doubles]:
    """Take samples that count, evenly, at most so many, with their weights."""
    n = min(n_taken, n_most)
    taken, own = np.empty((n, samples.shape[1]), np.float32), np.empty(n)
    step = (n_taken - 1) / max(n - 1, 1)
    counted, k = 0, 0
    for i in range(len(weights)):
        if weights[i] > LEAST_MEMBER:
            if k < n and counted == int(k * step + 1e-6):
                for feature in range(samples.shape[1]):
                    taken[k, feature] = samples[i, feature]
                own[k] = weights[i]
                k += 1
            counted += 1
    return taken[:k], own[:k]
