"""The spatial model: the smoothest region that agrees with the evidence, a convex minimum cut.

Minimizes ``sum unary * u + sum edges * |grad u|`` over ``u`` in [0, 1]: the continuous minimum cut
of Chan, Esedoglu and Nikolova (SIAM J. Appl. Math. 66, 2006), weighted by edges as in Bresson et
al. (JMIV 28, 2007), by the primal-dual method of Chambolle and Pock (JMIV 40, 2011). Thresholding
``u`` at a half gives a minimizer of the binary problem; no maximum-flow library is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
STEP = np.float32(1 / np.sqrt(8))  # primal and dual; 8 bounds the squared norm of the gradient
SMALLEST = 48  # a level whose shorter side is below this is the coarsest
NO_START = np.empty((0, 0), np.float32)


def minimum_cut(
    unary: Float,
    edges: Float,
    *,
    n_iterations: int = 60,
    levels: int = 3,
    start: Float | None = None,
) -> Float:
    """Solve the relaxed cut, from coarse to fine.

    Parameters
    ----------
    unary : float32 ndarray, shape (height, width)
        Cost of being object; negative where the evidence is for the object.
    edges : float32 ndarray, shape (height, width)
        Cost of an outline of unit length here, at least 0.
    n_iterations : int
        Primal-dual iterations on each level.
    levels : int
        Levels of halved size to begin with; 1 begins at the full size.
    start : float32 ndarray, optional
        Where the coarsest level begins, at full size; the sign of the evidence if absent.

    Returns
    -------
    float32 ndarray, shape (height, width)
        In [0, 1]; above a half is object.
    """
    begin = NO_START if start is None else np.ascontiguousarray(start, np.float32)
    return solved(
        np.ascontiguousarray(unary), np.ascontiguousarray(edges), begin, n_iterations, levels
    )


@compiled
def solved(unary: Float, edges: Float, start: Float, n_iterations: int, levels: int) -> Float:
    """Do the same inside of a kernel; a start of another shape than the coarsest level is none."""
    # The same minimizer, but steps of a size that suits the method.
    scale = np.float32(1 / max(1e-6, 2 * edges.mean()))
    costs, weights = [unary * scale], [np.maximum(edges * scale, np.float32(1e-4))]
    while len(costs) < levels and min(costs[-1].shape) >= SMALLEST:
        costs.append(_sums(costs[-1], np.float32(1)))  # they add up, but an edge is crossed once
        weights.append(_sums(weights[-1], np.float32(0.5)))
    inside = start.copy() if start.shape == costs[-1].shape else _agreeing(costs[-1])
    for number in range(len(costs) - 1, -1, -1):
        level = costs[number]
        if inside.shape != level.shape:
            inside = _doubled(inside, level.shape[0], level.shape[1])
        dual_x, dual_y = np.zeros_like(inside), np.zeros_like(inside)
        ahead = inside.copy()
        _primal_dual(inside, ahead, dual_x, dual_y, level, weights[number], STEP, n_iterations)
    return inside


@compiled
def _agreeing(costs: Float) -> Float:
    """Object where the evidence is for it."""
    inside = np.empty_like(costs)
    for i in range(costs.shape[0]):
        for j in range(costs.shape[1]):
            inside[i, j] = np.float32(1.0) if costs[i, j] < 0 else np.float32(0.0)
    return inside


@compiled
def _sums(values: Float, factor: np.float32) -> Float:
    """Sums of 2 x 2 blocks times a factor; an odd last row or column is left out."""
    sums = np.empty((values.shape[0] // 2, values.shape[1] // 2), np.float32)
    for i in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            upper = values[2 * i, 2 * j] + values[2 * i, 2 * j + 1]
            lower = values[2 * i + 1, 2 * j] + values[2 * i + 1, 2 * j + 1]
            sums[i, j] = factor * (upper + lower)
    return sums


@compiled
def _doubled(inside: Float, height: int, width: int) -> Float:
    """Each value four times; an odd last row or column repeats its neighbor."""
    fine = np.empty((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            fine[i, j] = inside[min(i >> 1, len(inside) - 1), min(j >> 1, inside.shape[1] - 1)]
    return fine


@compiled
def _primal_dual(
    inside: Float,
    ahead: Float,
    dual_x: Float,
    dual_y: Float,
    unary: Float,
    edges: Float,
    step: np.float32,
    n_iterations: int,
) -> None:
    """Repeat: for each row, ascend in the dual, then descend in the primal."""
    height, width = inside.shape
    last = width - 1
    for _ in range(n_iterations):
        for i in range(height):
            below = min(i + 1, height - 1)
            for j in range(last):
                x = dual_x[i, j] + step * (ahead[i, j + 1] - ahead[i, j])
                y = dual_y[i, j] + step * (ahead[below, j] - ahead[i, j])
                shrink = edges[i, j] / max(edges[i, j], np.sqrt(x * x + y * y))
                dual_x[i, j] = x * shrink
                dual_y[i, j] = y * shrink
            y = dual_y[i, last] + step * (ahead[below, last] - ahead[i, last])
            dual_y[i, last] = min(max(y, -edges[i, last]), edges[i, last])
            above = max(i - 1, 0)
            has_above = np.float32(0.0 if i == 0 else 1.0)
            for j in range(width):
                left = dual_x[i, j - 1] if j > 0 else np.float32(0.0)
                divergence = dual_x[i, j] + dual_y[i, j] - left - has_above * dual_y[above, j]
                moved = inside[i, j] + step * (divergence - unary[i, j])
                moved = min(max(moved, np.float32(0.0)), np.float32(1.0))
                ahead[i, j] = np.float32(2.0) * moved - inside[i, j]
                inside[i, j] = moved
