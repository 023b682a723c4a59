"""Colors that tell hundreds of objects apart: those that lie near each other have unlike ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLORS = np.array((1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 14, 15))
"""Numbers of colors that are seen on black and on white; see `label_color`."""

N_NEIGHBORS = 6


def unlike_neighbors(centers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give each place a color that none near it has (greedy graph coloring).

    Two places are near where one is among the nearest of the other. Where a place has more of them
    than there are colors, it takes that of the farthest.

    Parameters
    ----------
    centers : float ndarray, shape (n, n_axes)

    Returns
    -------
    int64 ndarray, shape (n,)
        Of `COLORS`; they are tried in turn, so that all are used alike.
    """
    n_colors = len(COLORS)
    colors = np.full(len(centers), n_colors)
    for at, beside in enumerate(_near(centers)):
        distances = np.full(n_colors + 1, np.inf)
        for other in beside:
            apart = float(((centers[at] - centers[other]) ** 2).sum())
            distances[colors[other]] = min(distances[colors[other]], apart)
        in_turn = (at + np.arange(n_colors)) % n_colors
        colors[at] = in_turn[distances[in_turn].argmax()]
    return COLORS[colors] if len(colors) else colors


def unlike_colors(colors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each color of `COLORS` one of another hue: those 6 apart are often alike."""
    places = np.searchsorted(COLORS, colors)
    unlike: NDArray[np.int64] = COLORS[(places + len(COLORS) // 3) % len(COLORS)]
    return unlike


def _near(centers: NDArray[np.float64]) -> list[set[int]]:
    """Return which places are near each."""
    from scipy.spatial import KDTree

    near: list[set[int]] = [set() for _ in centers]
    if len(centers) < 2:
        return near
    _, nearest = KDTree(centers).query(centers, min(len(centers), N_NEIGHBORS + 1))
    for at, row in enumerate(np.asarray(nearest).tolist()):
        for other in row:
            if other != at:
                near[at].add(other)
                near[other].add(at)
    return near
