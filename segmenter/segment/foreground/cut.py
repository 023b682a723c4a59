"""The spatial model: the smoothest region that agrees with the evidence, a convex minimum cut.

Minimizes ``sum unary * u + sum edges * |grad u|`` over ``u`` in [0, 1]: the continuous minimum cut
of Chan, Esedoglu and Nikolova (SIAM J. Appl. Math. 66, 2006), weighted by edges as in Bresson et
al. (JMIV 28, 2007), by the primal-dual method of Chambolle and Pock (JMIV 40, 2011). Thresholding
``u`` at a half gives a minimizer of the binary problem; no maximum-flow library is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled, compiled_in_order
from segmenter.em.lanes import (
    LANES,
    add,
    add_product,
    larger,
    load,
    multiply,
    reciprocal_root,
    smaller,
    spread,
    store,
    subtract,
)

Float = NDArray[np.float32]
Int = int | np.int64
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
def solved(unary: Float, edges: Float, start: Float, n_iterations: Int, levels: Int) -> Float:
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
        _primal_dual(inside, level, weights[number], n_iterations)
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
def _primal_dual(inside: Float, unary: Float, edges: Float, n_iterations: Int) -> None:
    """Repeat: for each row, ascend in the dual, then descend in the primal."""
    height, width = inside.shape
    end = LANES + width  # of the pixels; rows are done in whole registers, between margins
    # Rows of all fields lie side by side: at the same place of their pages they would collide.
    fields = np.zeros((height + 1, 6, end + LANES + -width % LANES), np.float32)
    now, ahead, costs, weights = fields[:, 0], fields[:, 1], fields[:, 2], fields[:, 3]
    duals = fields[:, 4], fields[:, 5]
    for i in range(height):
        for j in range(width):
            now[i, LANES + j] = ahead[i, LANES + j] = inside[i, j]
            costs[i, LANES + j], weights[i, LANES + j] = unary[i, j], edges[i, j]
        ahead[i, end] = ahead[i, end - 1]  # no gradient across the edge of the image
    for _ in range(n_iterations):
        for i in range(height):
            _ascend(ahead, duals, weights, i, min(i + 1, height - 1), end)
            _descend(now, ahead, duals, costs, i, end)
            ahead[i, end] = ahead[i, end - 1]
    for i in range(height):
        for j in range(width):
            inside[i, j] = now[i, LANES + j]


@compiled_in_order
def _ascend(ahead: Any, duals: Any, weights: Any, i: Any, below: Any, end: Any) -> None:
    """Follow the gradient of a row, and shrink what is longer than the weight to it.

    Of the second dual, the row before the first is that above the image.
    """
    across, down = duals
    step, one = spread(STEP), spread(np.float32(1))
    for b in range(LANES, end, LANES):
        here = load(ahead, (i, b))
        x = add_product(load(across, (i, b)), step, subtract(load(ahead, (i, b + 1)), here))
        y = add_product(load(down, (i + 1, b)), step, subtract(load(ahead, (below, b)), here))
        inverse = reciprocal_root(add_product(multiply(x, x), y, y))
        shrink = smaller(one, multiply(load(weights, (i, b)), inverse))
        store(across, (i, b), multiply(x, shrink))
        store(down, (i + 1, b), multiply(y, shrink))


@compiled_in_order
def _descend(now: Any, ahead: Any, duals: Any, costs: Any, i: Any, end: Any) -> None:
    """Move a row along its divergence less its costs, within 0..1."""
    across, down = duals
    step, zero, one = spread(STEP), spread(np.float32(0)), spread(np.float32(1))
    for b in range(LANES, end, LANES):
        to_the_right = subtract(load(across, (i, b)), load(across, (i, b - 1)))
        downwards = subtract(load(down, (i + 1, b)), load(down, (i, b)))
        slope = subtract(add(to_the_right, downwards), load(costs, (i, b)))
        before = load(now, (i, b))
        moved = smaller(larger(add_product(before, step, slope), zero), one)
        store(ahead, (i, b), subtract(add(moved, moved), before))
        store(now, (i, b), moved)
