"""Sums over superpixels and over the boundaries between neighbors: all that merging looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.segment.partition.evidence import Evidence

Float = NDArray[np.float32]
Double = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Adjacency:
    """A graph whose nodes are superpixels.

    Attributes
    ----------
    sizes : float64 ndarray, shape (n,)
        Cells of each.
    sums : float64 ndarray, shape (n, n_planes)
        Of colors and textures over the cells.
    squares : float64 ndarray, shape (n, n_planes)
        Of their squares.
    posteriors : float64 ndarray, shape (n, n_components)
        Sums of the posteriors.
    pairs : int32 ndarray, shape (m, 2)
        Neighbors, the smaller number first, in order.
    lengths : float64 ndarray, shape (m,)
        Area of the cell faces that the two share, in faces of the smallest side.
    strengths : float64 ndarray, shape (m, n_boundaries)
        Sums of the boundary maps over that area.
    n_colors : int
        How many of the planes are colors.
    """

    sizes: Double
    sums: Double
    squares: Double
    posteriors: Double
    pairs: NDArray[np.int32]
    lengths: Double
    strengths: Double
    n_colors: int


def adjacency_of(
    basins: NDArray[np.int32], evidence: Evidence, cells: tuple[float, ...]
) -> Adjacency:
    """Sum up the evidence over superpixels.

    Parameters
    ----------
    basins : int32 ndarray, shape grid
        Numbers from 0, -1 where cells take no part.
    evidence : Evidence
    cells : tuple of float
        Size of a cell along each axis.
    """
    n = int(basins.max()) + 1
    flat = basins.ravel()
    planes = evidence.planes.reshape(len(evidence.planes), -1)
    sizes, sums, squares, posteriors = _node_sums(flat, planes, evidence.posteriors, n)
    pairs, lengths, strengths = _boundary_sums(basins, evidence.boundaries, cells, n)
    return Adjacency(sizes, sums, squares, posteriors, pairs, lengths, strengths, evidence.n_colors)


@compiled
def _node_sums(
    basins: NDArray[np.int32], planes: Float, posteriors: Float, n: int
) -> tuple[Double, Double, Double, Double]:
    sizes = np.zeros(n)
    sums = np.zeros((n, len(planes)))
    squares = np.zeros((n, len(planes)))
    shares = np.zeros((n, posteriors.shape[1]))
    for cell in range(len(basins)):
        node = basins[cell]
        if node < 0:
            continue
        sizes[node] += 1
        for p in range(len(planes)):
            value = np.float64(planes[p, cell])
            sums[node, p] += value
            squares[node, p] += value * value
        for k in range(posteriors.shape[1]):
            shares[node, k] += posteriors[cell, k]
    return sizes, sums, squares, shares


def _boundary_sums(
    basins: NDArray[np.int32], boundaries: Float, cells: tuple[float, ...], n: int
) -> tuple[NDArray[np.int32], Double, Double]:
    """Pairs of neighbors, and sums over their common faces of the stronger of the two cells."""
    keys, places, areas = [], [], []
    for axis in range(basins.ndim):
        here = basins[(slice(None),) * axis + (slice(None, -1),)]
        there = basins[(slice(None),) * axis + (slice(1, None),)]
        at = np.nonzero((here != there) & (here >= 0) & (there >= 0))
        one, other = here[at].astype(np.int64), there[at]
        keys.append(np.minimum(one, other) * n + np.maximum(one, other))
        first = np.ravel_multi_index(at, basins.shape)
        step = int(np.prod(basins.shape[axis + 1 :]))
        places.append(np.stack([first, first + step]))
        areas.append(np.full(len(first), np.prod(cells) / cells[axis]))
    key, place, area = np.concatenate(keys), np.concatenate(places, axis=1), np.concatenate(areas)
    values = boundaries.reshape(len(boundaries), -1)
    distinct, index = np.unique(key, return_inverse=True)
    lengths: Double = np.bincount(index, area, len(distinct)).astype(np.float64)
    stronger = (np.maximum(v[place[0]], v[place[1]]) * area for v in values)
    strengths: Double = np.stack(
        [np.bincount(index, strength, len(distinct)) for strength in stronger], axis=1
    ).astype(np.float64)  # where there is no pair they would be whole numbers
    pairs = np.stack([distinct // max(n, 1), distinct % max(n, 1)], axis=1).astype(np.int32)
    return pairs, lengths, strengths
