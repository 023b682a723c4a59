"""The outline at full size: decided anew, level by level, in a narrow band around the coarse one.

The cut of the working size says which parts belong to the object; where exactly they end is seen
only at full size. Each level doubles the size and solves the same convex problem (see `cut`) for
the few pixels near the outline of the level before, everything else held fixed (the banded graph
cuts of Lombaert et al., ICCV 2005), so that the time grows with the outline's length, not with the
image's area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.compiled import compiled

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Numbers = NDArray[np.int32]
REACH = 2  # pixels of the finer level on each side of the outline that are decided anew
N_ITERATIONS = 20  # the band is a few pixels wide; more change nothing
STEP = np.float32(1 / np.sqrt(8))


@dataclass(frozen=True, eq=False)
class Band:
    """The pixels near an outline, each with a number, and their links.

    Attributes
    ----------
    rows, columns : intp ndarray, shape (n,)
        Where they are.
    links : int32 ndarray, shape (4, n)
        Number of the neighbor at the right, below, at the left and above. At the edge of the image
        or of the band: the pixel itself (right, below) or -1 (left, above).
    free : bool ndarray, shape (n,)
        False for the outermost pixels, which keep what they are.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    links: NDArray[np.int32]
    free: Mask

    def differences(self, values: Float) -> Float:
        """Squared differences to the right and to the lower neighbor, summed over the features.

        Parameters
        ----------
        values : float32 ndarray, shape (n, n_features)
        """
        change = np.empty(len(values), np.float32)
        _differ(values, self.links, change)
        return change


def doubled(mask: Mask, grid: tuple[int, int]) -> Mask:
    """Enlarge a mask to the next finer level, of shape `grid`."""
    fine = np.empty(grid, np.bool_)
    _double(mask, fine)
    return fine


def outline_of(mask: Mask, within: Band | None = None) -> tuple[Places, Places]:
    """Rows and columns of the mask's pixels with a neighbor outside of it.

    Parameters
    ----------
    mask : bool ndarray, shape (height, width)
    within : Band, optional
        Look only here, which takes time by its length alone.
    """
    if within is None:
        inner = mask & ~ndimage.binary_erosion(mask, border_value=1)
        rows, columns = np.ascontiguousarray(np.nonzero(inner))  # else kernels compile twice
        return rows, columns
    edge = _has_outside(mask, within.rows, within.columns)
    return within.rows[edge], within.columns[edge]


def band_around(rows: Places, columns: Places, grid: tuple[int, int]) -> Band:
    """Find the pixels of the finer `grid` within `REACH` of the outline of a coarse mask."""
    number = np.zeros(grid, np.int32)
    taken = np.empty((2, len(rows) * (4 + 2 * REACH) ** 2), np.intp)
    n = _collect(rows, columns, REACH + 1, number, taken)
    links, free = np.empty((4, n), np.int32), np.empty(n, np.bool_)
    _link(taken, number, links, free)
    return Band(taken[0, :n].copy(), taken[1, :n].copy(), links, free)


def decide(band: Band, start: Float, unary: Float, edges: Float) -> Float:
    """Solve the cut in the band; what is outside stays.

    Parameters
    ----------
    band : Band
    start : float32 ndarray, shape (n,)
        Where the solution begins, and what the outermost pixels keep.
    unary, edges : float32 ndarray, shape (n,)
        Cost of being object, and of an outline of unit length.

    Returns
    -------
    float32 ndarray, shape (n,)
        In [0, 1]; above a half is object.
    """
    inside = start.copy()
    if not len(inside):
        return inside
    scale = np.float32(1 / max(1e-6, 2 * float(np.median(edges))))
    costs, weights = unary * scale, np.maximum(edges * scale, np.float32(1e-4))
    ahead, dual = inside.copy(), np.zeros((2, len(inside)), np.float32)
    _iterate(inside, ahead, dual, costs, weights, band.links, band.free, STEP, N_ITERATIONS)
    return inside


def sampled(field: Float, rows: Float, columns: Float) -> Float:
    """Interpolate a field between its pixels, linearly; beyond the edge it stays the same."""
    values = np.empty(len(rows), np.float32)
    _sample(field, rows, columns, values)
    return values


@compiled
def _double(mask: Mask, fine: Mask) -> None:
    for i in range(0, fine.shape[0], 2):
        for j in range(fine.shape[1]):
            fine[i, j] = mask[i >> 1, j >> 1]
        if i + 1 < fine.shape[0]:
            for j in range(fine.shape[1]):
                fine[i + 1, j] = fine[i, j]


@compiled
def _has_outside(mask: Mask, rows: Places, columns: Places) -> Mask:
    """Tell which of these pixels are in the mask and have a neighbor that is not."""
    height, width = mask.shape
    edge = np.empty(len(rows), np.bool_)
    for k in range(len(rows)):
        i, j = rows[k], columns[k]
        edge[k] = mask[i, j] and not (
            mask[max(i - 1, 0), j]
            and mask[min(i + 1, height - 1), j]
            and mask[i, max(j - 1, 0)]
            and mask[i, min(j + 1, width - 1)]
        )
    return edge


@compiled
def _sample(field: Float, rows: Float, columns: Float, values: Float) -> None:
    height, width = field.shape
    for k in range(len(rows)):
        y = min(max(rows[k], np.float32(0.0)), np.float32(height - 1))
        x = min(max(columns[k], np.float32(0.0)), np.float32(width - 1))
        i, j = int(y), int(x)
        below, right = min(i + 1, height - 1), min(j + 1, width - 1)
        y, x = y - np.float32(i), x - np.float32(j)
        upper = field[i, j] + x * (field[i, right] - field[i, j])
        lower = field[below, j] + x * (field[below, right] - field[below, j])
        values[k] = upper + y * (lower - upper)


@compiled
def _collect(rows: Places, columns: Places, reach: int, number: Numbers, taken: Places) -> int:
    """Number the finer pixels around each coarse pixel; return how many there are."""
    height, width = number.shape
    n = 0
    for k in range(len(rows)):
        top, left = 2 * rows[k] - reach, 2 * columns[k] - reach
        for i in range(max(0, top), min(height, top + 2 + 2 * reach)):
            for j in range(max(0, left), min(width, left + 2 + 2 * reach)):
                if number[i, j] == 0:
                    taken[0, n], taken[1, n] = i, j
                    n += 1
                    number[i, j] = n
    return n


@compiled
def _link(taken: Places, number: Numbers, links: Numbers, free: Mask) -> None:
    height, width = number.shape
    for k in range(links.shape[1]):
        i, j = taken[0, k], taken[1, k]
        right = number[i, j + 1] - 1 if j + 1 < width else k
        below = number[i + 1, j] - 1 if i + 1 < height else k
        left = number[i, j - 1] - 1 if j > 0 else -1
        above = number[i - 1, j] - 1 if i > 0 else -1
        edge = right < 0 or below < 0 or (left < 0 and j > 0) or (above < 0 and i > 0)
        free[k] = not edge
        links[0, k] = right if right >= 0 else k
        links[1, k] = below if below >= 0 else k
        links[2, k] = left
        links[3, k] = above


@compiled
def _differ(values: Float, links: Numbers, change: Float) -> None:
    for k in range(len(values)):
        change[k] = 0
        for side in range(2):
            for feature in range(values.shape[1]):
                step = values[links[side, k], feature] - values[k, feature]
                change[k] += step * step


@compiled
def _iterate(
    inside: Float,
    ahead: Float,
    dual: Float,
    costs: Float,
    weights: Float,
    links: Numbers,
    free: Mask,
    step: np.float32,
    n_iterations: int,
) -> None:
    """Follow the gradient in the dual, shrink it to the weight; then descend where it is free."""
    n = len(inside)
    for _ in range(n_iterations):
        for k in range(n):
            x = dual[0, k] + step * (ahead[links[0, k]] - ahead[k])
            y = dual[1, k] + step * (ahead[links[1, k]] - ahead[k])
            shrink = weights[k] / max(weights[k], np.sqrt(x * x + y * y))
            dual[0, k] = x * shrink
            dual[1, k] = y * shrink
        for k in range(n):
            if not free[k]:
                continue
            divergence = dual[0, k] + dual[1, k]
            if links[2, k] >= 0:
                divergence -= dual[0, links[2, k]]
            if links[3, k] >= 0:
                divergence -= dual[1, links[3, k]]
            moved = inside[k] + step * (divergence - costs[k])
            moved = min(max(moved, np.float32(0.0)), np.float32(1.0))
            ahead[k] = np.float32(2.0) * moved - inside[k]
            inside[k] = moved
