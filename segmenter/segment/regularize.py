"""Smoothing of posteriors that keeps edges: a Potts field solved by mean-field updates.

Each pixel's posterior is multiplied by ``exp(strength * agreement)``, where the agreement with a
label is the mean of its posterior over the eight neighbors, counted less across an edge of the
image (Krähenbühl & Koltun 2011 for the updates; Boykov & Jolly 2001 for the edge weights).
All pixels are updated from the previous round at once, and a round looks one pixel far, so that
a tile with a margin of as many pixels as there are rounds gives the values of the whole, to
rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2

N_ROUNDS = 3
"""Rounds of updates, and so the margin in pixels that a tile needs. On photos ten rounds change
less than one pixel in a hundred more."""

_DIAGONAL = np.float32(np.sqrt(0.5))
_LEAST = np.float32(1e-30)
_LOG2_E = np.float32(np.log2(np.e))


@compiled
def gathered(table: NDArray[np.float32], index: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Look up a column of a table for every pixel: (k, m) and (h, w) give (k, h, w)."""
    height, width = index.shape
    found = np.empty((len(table), height, width), np.float32)
    for label in range(len(table)):
        row = table[label]
        for y in range(height):
            for x in range(width):
                found[label, y, x] = row[index[y, x]]
    return found


@compiled
def most_probable(posteriors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Label of the largest posterior, the first of equal ones: (k, h, w) gives (h, w), from 1."""
    n_labels, height, width = posteriors.shape
    labels = np.ones((height, width), np.uint8)
    for y in range(height):
        best = posteriors[0, y].copy()
        for label in range(1, n_labels):
            row = posteriors[label, y]
            for x in range(width):
                if row[x] > best[x]:
                    best[x] = row[x]
                    labels[y, x] = label + 1
    return labels


@compiled
def edge_weights(light: NDArray[np.float32], sharpness: np.float32) -> NDArray[np.float32]:
    """Weights of the links to the right, below-left, below and below-right neighbors.

    Parameters
    ----------
    light : ndarray of float32, shape (h, w)
        Lightness.
    sharpness : float32
        Falls with squared difference of lightness: ``exp(-sharpness * difference**2)``.

    Returns
    -------
    ndarray of float32, shape (4, h + 2, w + 2)
        With a border of zeros, so that no pixel has a neighbor outside. The eight weights of a
        pixel without edges sum to one.
    """
    height, width = light.shape
    straight = np.float32(1.0) / (np.float32(4.0) + np.float32(4.0) * _DIAGONAL)
    weights = np.zeros((4, height + 2, width + 2), np.float32)
    for link in range(4):
        down = 0 if link == 0 else 1
        right = 1 if link == 0 else link - 2
        scale = straight * (_DIAGONAL if link in (1, 3) else np.float32(1.0))
        first, last = max(0, -right), min(width, width - right)
        for y in range(height - down):
            for x in range(first, last):
                difference = light[y, x] - light[y + down, x + right]
                weights[link, y + 1, x + 1] = scale * exp2(
                    -_LOG2_E * sharpness * difference * difference
                )
    return weights


@compiled
def mean_field(
    posteriors: NDArray[np.float32],
    weights: NDArray[np.float32],
    strength: np.float32,
    n_rounds: int,
) -> NDArray[np.float32]:
    """Smooth posteriors by mean-field updates of a Potts field.

    Parameters
    ----------
    posteriors : ndarray of float32, shape (k, h, w)
        Posterior of each label without regard to neighbors.
    weights : ndarray of float32, shape (4, h + 2, w + 2)
        From `edge_weights`.
    strength : float32
        Log odds that full agreement of the neighbors is worth.
    n_rounds : int
        Rounds of updates.

    Returns
    -------
    ndarray of float32, shape (k, h, w)
        Sums to one over the labels at each pixel.
    """
    n_labels, height, width = posteriors.shape
    before = np.zeros((n_labels, height + 2, width + 2), np.float32)
    after = np.zeros((n_labels, height + 2, width + 2), np.float32)
    # Denormal numbers are a hundred times slower to multiply.
    unary = np.maximum(posteriors, _LEAST)
    before[:, 1:-1, 1:-1] = unary
    total = np.empty(width, np.float32)
    strength_2 = strength * _LOG2_E
    for _ in range(n_rounds):
        for y in range(1, height + 1):
            total[:] = np.float32(0.0)
            for label in range(n_labels):
                up, here, down = before[label, y - 1], before[label, y], before[label, y + 1]
                row, alone = after[label, y], unary[label, y - 1]
                for x in range(1, width + 1):
                    agreement = (
                        weights[0, y, x] * here[x + 1]
                        + weights[0, y, x - 1] * here[x - 1]
                        + weights[1, y, x] * down[x - 1]
                        + weights[1, y - 1, x + 1] * up[x + 1]
                        + weights[2, y, x] * down[x]
                        + weights[2, y - 1, x] * up[x]
                        + weights[3, y, x] * down[x + 1]
                        + weights[3, y - 1, x - 1] * up[x - 1]
                    )
                    # The same for all labels, the -1 changes nothing and keeps exp2 in its range.
                    row[x] = alone[x - 1] * exp2(strength_2 * (agreement - np.float32(1)))
                    total[x - 1] += row[x]
            for x in range(width):
                total[x] = np.float32(1.0) / total[x]
            for label in range(n_labels):
                row = after[label, y]
                for x in range(width):
                    row[x + 1] *= total[x]
        before, after = after, before
    return before[:, 1:-1, 1:-1].copy()
