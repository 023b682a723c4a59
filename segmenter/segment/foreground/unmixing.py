"""The object's own colors where it is mixed with the background.

Every mixed pixel's color is alpha times the object's color and the rest the background's; both vary
slowly, least where alpha does (Germer et al., "Fast multi-level foreground estimation", ICPR 2020).
Solved from coarse to fine; on each level, a pixel's two colors follow from its neighbors' in closed
form, a few times over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
LIKENESS = np.float32(1e-5)  # weight of a neighbor of the same alpha
CHANGE = np.float32(1.0)  # of that weight, by the difference of alpha
SMALL = 32  # pixels; levels of a longer side are larger
MANY, FEW = 10, 2  # repetitions on small and on large levels


def object_colors(colors: Float, alpha: Float) -> Float:
    """Take the background out of mixed pixels.

    Parameters
    ----------
    colors : float32 ndarray, shape (height, width, n_channels)
        Of about 0..1.
    alpha : float32 ndarray, shape (height, width)
        Share of the object in each pixel.

    Returns
    -------
    float32 ndarray, shape (height, width, n_channels)
        The object's colors where alpha is above 0; what is there elsewhere.
    """
    sizes = _sizes(alpha.shape)
    own = behind = np.full((1, 1, colors.shape[2]), colors.mean(), np.float32)
    for size in sizes[:-1]:
        seen, share = _nearest(colors, size), _nearest(alpha, size)
        own, behind = _nearest(own, size), _nearest(behind, size)
        _relax(seen, share, own, behind, MANY if max(size) <= SMALL else FEW, LIKENESS, CHANGE)
    cleaned = colors.copy()
    _finish(colors, alpha, own, behind, cleaned, LIKENESS, CHANGE)
    return cleaned


def _sizes(grid: tuple[int, ...]) -> list[tuple[int, int]]:
    """Sizes that double, from one pixel to the whole."""
    sizes = [(grid[0], grid[1])]
    while max(sizes[0]) > 1:
        sizes.insert(0, ((sizes[0][0] + 1) // 2, (sizes[0][1] + 1) // 2))
    return sizes


def _nearest(field: Float, size: tuple[int, int]) -> Float:
    rows = np.arange(size[0]) * field.shape[0] // size[0]
    columns = np.arange(size[1]) * field.shape[1] // size[1]
    taken: Float = np.ascontiguousarray(field[rows[:, None], columns])
    return taken


@compiled
def _solved(
    a: np.float32, color: np.float32, total: np.float32, own: np.float32, behind: np.float32
) -> tuple[np.float32, np.float32]:
    """The two colors that mix to a color and are near their neighbors' (sums by weight)."""
    one, zero = np.float32(1.0), np.float32(0.0)
    rest = one - a
    top, mixed, bottom = a * a + total, a * rest, rest * rest + total
    scale = one / (top * bottom - mixed * mixed)
    f, b = a * color + own, rest * color + behind
    x, y = (bottom * f - mixed * b) * scale, (top * b - mixed * f) * scale
    return min(max(x, zero), one), min(max(y, zero), one)


@compiled
def _relax(
    colors: Float,
    alpha: Float,
    own: Float,
    behind: Float,
    n_repetitions: int,
    likeness: np.float32,
    change: np.float32,
) -> None:
    """Solve each pixel's two colors from its neighbors', in place and in turn."""
    height, width = alpha.shape
    weights = np.empty(4, np.float32)
    rows, columns = np.empty(4, np.int64), np.empty(4, np.int64)
    for _ in range(n_repetitions):
        for i in range(height):
            for j in range(width):
                total = np.float32(0.0)
                for k in range(4):
                    rows[k] = min(max(i + (k == 0) - (k == 1), 0), height - 1)
                    columns[k] = min(max(j + (k == 2) - (k == 3), 0), width - 1)
                    weights[k] = likeness + change * abs(alpha[i, j] - alpha[rows[k], columns[k]])
                    total += weights[k]
                for c in range(colors.shape[2]):
                    f = b = np.float32(0.0)
                    for k in range(4):
                        f += weights[k] * own[rows[k], columns[k], c]
                        b += weights[k] * behind[rows[k], columns[k], c]
                    f, b = _solved(alpha[i, j], colors[i, j, c], total, f, b)
                    own[i, j, c] = f
                    behind[i, j, c] = b


@compiled
def _finish(
    colors: Float,
    alpha: Float,
    own: Float,
    behind: Float,
    cleaned: Float,
    likeness: np.float32,
    change: np.float32,
) -> None:
    """Clean the mixed pixels by their neighbors' colors: seen where pure, else of half the size."""
    height, width = alpha.shape
    one = np.float32(1.0)
    for i in range(height):
        for j in range(width):
            a = alpha[i, j]
            if a == 0 or a == 1:
                continue
            for c in range(colors.shape[2]):
                f = b = total = np.float32(0.0)
                for k in range(4):
                    p = min(max(i + (k == 0) - (k == 1), 0), height - 1)
                    q = min(max(j + (k == 2) - (k == 3), 0), width - 1)
                    beside = alpha[p, q]
                    weight = likeness + change * abs(a - beside)
                    total += weight
                    f += weight * (colors[p, q, c] if beside == one else own[p // 2, q // 2, c])
                    b += weight * (colors[p, q, c] if beside == 0 else behind[p // 2, q // 2, c])
                f, b = _solved(a, colors[i, j, c], total, f, b)
                cleaned[i, j, c] = f
