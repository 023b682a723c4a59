"""Smoothing of posteriors that keeps edges: a Potts field solved by mean-field updates.

Each pixel's posterior is multiplied by ``exp(strength * agreement)``, where the agreement with a
label is the mean of its posterior over the eight neighbors, in a volume the 26, the farther ones
counted less, and all less across an edge of the image (Krähenbühl & Koltun 2011 for the updates;
Boykov & Jolly 2001 for the edge weights). All pixels are updated from the previous round at once,
and a round looks one pixel far, so that a tile with a margin of as many pixels as there are rounds
gives the values of the whole, to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2

N_ROUNDS = 3
"""Rounds of updates, and so the margin in pixels that a tile needs. On photos ten rounds change
less than one pixel in a hundred more."""

_LEAST = np.float32(1e-30)
_LOG2_E = np.float32(np.log2(np.e))


def gathered(table: NDArray[np.float32], index: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Look up a column of a table for every pixel: (k, m) and shape grid give (k, *grid)."""
    found = _gathered(table, np.ascontiguousarray(index).reshape(-1))
    return found.reshape(len(table), *index.shape)


def most_probable(posteriors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Label of the largest posterior, the first of equal ones: (k, *grid) gives grid, from 1."""
    flat = np.ascontiguousarray(posteriors).reshape(len(posteriors), -1)
    labels: NDArray[np.uint8] = _most_probable(flat).reshape(posteriors.shape[1:])
    return labels


def edge_sharpness(steps: NDArray[np.float32]) -> np.float32:
    """Sharpness from steps of lightness between neighbors (Boykov & Jolly 2001); 0 if all are 0.

    A step of the mean square then counts ``exp(-1/2)``, whatever the unit of lightness.
    """
    mean_square = float(np.square(steps, dtype=np.float64).mean()) if steps.size else 0.0
    return np.float32(np.sqrt(0.5 / mean_square)) if mean_square > 0 else np.float32(0)


def edge_weights(
    light: NDArray[np.float32], sharpness: np.float32, cells: Sequence[float] | None = None
) -> NDArray[np.float32]:
    """Weights of the links to half of the neighbors; the other half have a link to the pixel.

    Parameters
    ----------
    light : ndarray of float32, shape grid
        Lightness, on two or three axes.
    sharpness : float32
        Weights fall with the difference of lightness: ``exp(-(sharpness * difference)**2)``.
    cells : sequence of float, optional
        Size of a pixel along each axis; all 1 if absent. Without edges a neighbor counts by how
        near it is.

    Returns
    -------
    ndarray of float32, shape (n_links, *(side + 2 of the grid))
        With a border of zeros, so that no pixel has a neighbor outside. The weights of a pixel
        without edges, of both halves together, sum to one.
    """
    sizes = np.ones(light.ndim) if cells is None else np.asarray(cells, float)
    links = _links(light.ndim)
    near = 1 / np.linalg.norm(links * sizes, axis=1)
    near /= 2 * near.sum()
    weights = np.zeros((len(links), *(side + 2 for side in light.shape)), np.float32)
    for link, (step, share) in enumerate(zip(links, near, strict=True)):
        here = tuple(
            slice(max(0, -go), min(n, n - go)) for go, n in zip(step, light.shape, strict=True)
        )
        there = tuple(
            slice(part.start + go, part.stop + go) for part, go in zip(here, step, strict=True)
        )
        if all(part.stop > part.start for part in here):
            difference = light[here] - light[there]
            placed = tuple(slice(part.start + 1, part.stop + 1) for part in here)
            weights[link][placed] = np.float32(share) * np.exp(-np.square(sharpness * difference))
    return weights


def mean_field(
    posteriors: NDArray[np.float32],
    weights: NDArray[np.float32],
    strength: np.float32,
    n_rounds: int,
) -> NDArray[np.float32]:
    """Smooth posteriors by mean-field updates of a Potts field.

    Parameters
    ----------
    posteriors : ndarray of float32, shape (k, *grid)
        Posterior of each label without regard to neighbors.
    weights : ndarray of float32, shape (n_links, *(side + 2 of the grid))
        From `edge_weights`.
    strength : float32
        Log odds that full agreement of the neighbors is worth.
    n_rounds : int
        Rounds of updates.

    Returns
    -------
    ndarray of float32, shape (k, *grid)
        Sums to one over the labels at each pixel.
    """
    grid, shape = posteriors.shape[1:], weights.shape[1:]
    inner = (slice(None), *(slice(1, -1),) * len(grid))
    # Denormal numbers are a hundred times slower to multiply.
    unary = np.zeros((len(posteriors), *shape), np.float32)
    np.maximum(posteriors, _LEAST, out=unary[inner])
    strides = np.cumprod((1, *shape[:0:-1]))[::-1]
    rows = np.indices(grid[:-1]).reshape(len(grid) - 1, -1).T + 1
    smooth = _rounds(
        unary.reshape(len(unary), -1),
        weights.reshape(len(weights), -1),
        _links(len(grid)) @ strides,
        rows @ strides[:-1] + 1,
        grid[-1],
        strength * _LOG2_E,
        n_rounds,
    )
    return np.ascontiguousarray(smooth.reshape(unary.shape)[inner])


def _links(n_axes: int) -> NDArray[np.int64]:
    """Steps to the neighbors that come later in the order of the grid, shape (n_links, n_axes)."""
    steps = list(product((-1, 0, 1), repeat=n_axes))
    return np.array(steps[len(steps) // 2 + 1 :])


@compiled
def _gathered(table: NDArray[np.float32], index: NDArray[np.uint32]) -> NDArray[np.float32]:
    found = np.empty((len(table), len(index)), np.float32)
    for label in range(len(table)):
        row = table[label]
        for place in range(len(index)):
            found[label, place] = row[index[place]]
    return found


@compiled
def _most_probable(posteriors: NDArray[np.float32]) -> NDArray[np.uint8]:
    labels = np.ones(posteriors.shape[1], np.uint8)
    best = posteriors[0].copy()
    for label in range(1, len(posteriors)):
        row = posteriors[label]
        for place in range(len(best)):
            if row[place] > best[place]:
                best[place] = row[place]
                labels[place] = label + 1
    return labels


@compiled
def _rounds(
    unary: NDArray[np.float32],
    weights: NDArray[np.float32],
    steps: NDArray[np.int64],
    rows: NDArray[np.int64],
    width: int,
    strength: np.float32,
    n_rounds: int,
) -> Any:
    """Update flat grids with a border, row by row: `rows` are the first places of all rows."""
    before, after = unary.copy(), np.zeros_like(unary)
    total, agreement = np.empty(width, np.float32), np.empty(width, np.float32)
    for _ in range(n_rounds):
        for row in rows:
            total[:] = np.float32(0.0)
            for label in range(len(unary)):
                # The same for all labels, the -1 changes nothing and keeps exp2 in its range.
                agreement[:] = np.float32(-1.0)
                for link in range(len(steps)):
                    later, earlier = row + steps[link], row - steps[link]
                    ahead, behind = before[label, later:], before[label, earlier:]
                    to_ahead, to_behind = weights[link, row:], weights[link, earlier:]
                    for x in range(width):
                        agreement[x] += to_ahead[x] * ahead[x] + to_behind[x] * behind[x]
                here, alone = after[label, row:], unary[label, row:]
                for x in range(width):
                    here[x] = alone[x] * exp2(strength * agreement[x])
                    total[x] += here[x]
            for x in range(width):
                total[x] = np.float32(1.0) / total[x]
            for label in range(len(unary)):
                here = after[label, row:]
                for x in range(width):
                    here[x] *= total[x]
        before, after = after, before
    return before
