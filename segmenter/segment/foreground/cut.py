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
    # The same minimizer, but steps of a size that suits the method.
    scale = np.float32(1 / max(1e-6, 2 * float(edges.mean())))
    problems = [(unary * scale, np.maximum(edges * scale, np.float32(1e-4)))]
    while len(problems) < levels and min(problems[-1][0].shape) >= SMALLEST:
        problems.append(_halved(*problems[-1]))
    inside = _first(problems[-1][0], start)
    for costs, weights in reversed(problems):
        inside = _doubled(inside, *costs.shape) if inside.shape != costs.shape else inside
        _iterate(inside, np.ascontiguousarray(costs), np.ascontiguousarray(weights), n_iterations)
    return inside


def _first(costs: Float, start: Float | None) -> Float:
    """Where to begin: the given field, or the sign of the evidence."""
    if start is None or start.shape != costs.shape:
        return (costs < 0).astype(np.float32)
    return start.astype(np.float32, copy=True)


def _halved(unary: Float, edges: Float) -> tuple[Float, Float]:
    """The same problem on 2 x 2 blocks: costs add up, an edge is crossed once."""
    return _sums(unary, np.float32(1)), _sums(edges, np.float32(0.5))


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


def _iterate(inside: Float, unary: Float, edges: Float, n_iterations: int) -> None:
    ahead = inside.copy()
    dual_x, dual_y = np.zeros_like(inside), np.zeros_like(inside)
    _primal_dual(inside, ahead, dual_x, dual_y, unary, edges, STEP, n_iterations)


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
