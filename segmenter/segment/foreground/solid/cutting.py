"""The smoothest solid that agrees with the evidence: the convex minimum cut in three dimensions.

The model and the method of `cut.py`, on cells that need not be cubes: slopes are per unit of
length, so that an outline costs its area wherever it lies.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.work import Progress, Work

Float = NDArray[np.float32]
SMALLEST = 24  # a level whose shortest side is below this is the coarsest
N_LEVELS = 3
AT_ONCE = 5  # iterations between two reports


def cut_solid(
    unary: Float,
    edges: Float,
    cells: Sequence[float],
    *,
    n_iterations: int,
    start: Float | None = None,
) -> Work[Float]:
    """Solve the relaxed cut, from coarse to fine.

    Parameters
    ----------
    unary : float32 ndarray, shape grid
        Cost of being object; negative where the evidence is for the object.
    edges : float32 ndarray, shape grid
        Cost of an outline of unit area here, at least 0.
    cells : sequence of float
        Size of a cell along each axis.
    n_iterations : int
        Primal-dual iterations on each level.
    start : float32 ndarray, optional
        Where to begin, at full size at once; if absent, with the sign of the evidence at a smaller
        size.

    Returns
    -------
    float32 ndarray, shape grid
        In [0, 1]; above a half is object.
    """
    # The same minimizer, but steps of a size that suits the method.
    scale = np.float32(1 / max(1e-6, 2 * float(edges.mean())))
    problems = [(unary * scale, np.maximum(edges * scale, np.float32(1e-4)))]
    while start is None and len(problems) < N_LEVELS and min(problems[-1][0].shape) >= SMALLEST:
        costs, weights = problems[-1]
        problems.append((_halved(costs, 1.0), _halved(weights, 0.5)))
    first = problems[-1][0] < 0 if start is None else start
    inside = first.astype(np.float32, copy=True)
    for costs, weights in reversed(problems):
        inside = _doubled(inside, costs.shape) if inside.shape != costs.shape else inside
        yield from _iterated(inside, costs, weights, cells, n_iterations)
    return inside


def _halved(values: Float, factor: float) -> Float:
    """Sums of 2 x 2 x 2 blocks, times a factor; an odd last plane is left out.

    Costs add up; an outline through a block crosses only half of its cells.
    """
    sides = [size // 2 for size in values.shape]
    even = values[tuple(slice(0, 2 * side) for side in sides)]
    blocks = even.reshape([part for side in sides for part in (side, 2)])
    sums: Float = blocks.sum(axis=(1, 3, 5)) * np.float32(factor)
    return sums


def _doubled(inside: Float, shape: tuple[int, ...]) -> Float:
    """Each value eight times; an odd last plane repeats its neighbor."""
    places = [
        np.minimum(np.arange(size) // 2, half - 1)
        for size, half in zip(shape, inside.shape, strict=True)
    ]
    return np.ascontiguousarray(inside[np.ix_(*places)])


def _iterated(
    inside: Float, unary: Float, edges: Float, cells: Sequence[float], n_iterations: int
) -> Work[None]:
    """Bring a field in [0, 1] nearer to the minimizer, in place."""
    slopes = (1 / np.array(cells)).astype(np.float32)
    step = np.float32(1 / np.sqrt(4 * np.square(slopes).sum()))
    ahead, dual = inside.copy(), np.zeros((3, *inside.shape), np.float32)
    for done in range(0, n_iterations, AT_ONCE):
        yield Progress("Cutting the object out", done / n_iterations)
        n = min(AT_ONCE, n_iterations - done)
        _primal_dual(inside, ahead, dual, unary, edges, slopes, step, n)


@compiled
def _primal_dual(
    inside: Float,
    ahead: Float,
    dual: Float,
    unary: Float,
    edges: Float,
    slopes: Float,
    step: np.float32,
    n_iterations: int,
) -> None:
    """Repeat: for each row, ascend in the dual, then descend in the primal."""
    depth, height, width = inside.shape
    last = width - 1
    nothing = np.zeros(width, np.float32)
    to_i, to_j, to_k = step * slopes[0], step * slopes[1], step * slopes[2]
    for _ in range(n_iterations):
        for i in range(depth):
            below = min(i + 1, depth - 1)
            for j in range(height):
                beside = min(j + 1, height - 1)
                here, next_i, next_j = ahead[i, j], ahead[below, j], ahead[i, beside]
                dual_i, dual_j, dual_k = dual[0, i, j], dual[1, i, j], dual[2, i, j]
                limit = edges[i, j]
                for k in range(width):
                    x = dual_i[k] + to_i * (next_i[k] - here[k])
                    y = dual_j[k] + to_j * (next_j[k] - here[k])
                    z = dual_k[k] + to_k * (here[min(k + 1, last)] - here[k])
                    shrink = limit[k] / max(limit[k], np.sqrt(x * x + y * y + z * z))
                    dual_i[k], dual_j[k], dual_k[k] = x * shrink, y * shrink, z * shrink
                before_i = dual[0, i - 1, j] if i > 0 else nothing
                before_j = dual[1, i, j - 1] if j > 0 else nothing
                row, cost = inside[i, j], unary[i, j]
                for k in range(width):
                    left = dual_k[k - 1] if k > 0 else np.float32(0.0)
                    divergence = slopes[0] * (dual_i[k] - before_i[k])
                    divergence += slopes[1] * (dual_j[k] - before_j[k])
                    divergence += slopes[2] * (dual_k[k] - left)
                    moved = row[k] + step * (divergence - cost[k])
                    moved = min(max(moved, np.float32(0.0)), np.float32(1.0))
                    here[k] = np.float32(2.0) * moved - row[k]
                    row[k] = moved
