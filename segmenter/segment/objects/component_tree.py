"""The component tree: the connected sets of all thresholds at once, and sums over each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Table = NDArray[np.float64]
Ints = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ComponentTree:
    """Connected sets of places at or above each level (Najman & Couprie 2006).

    Attributes
    ----------
    parents : int32 ndarray, shape (n_nodes,)
        The smallest larger set; a set comes after its parent. The root is its own parent.
    levels : int32 ndarray, shape (n_nodes,)
        The threshold at which each set appears.
    node_of : int32 ndarray, shape grid
        The smallest set that holds each place.
    sizes : float64 ndarray, shape (n_nodes,)
        Places in each.
    firsts : float64 ndarray, shape (n_nodes, n_axes)
        Sums of their coordinates.
    seconds : float64 ndarray, shape (n_nodes, n_axes, n_axes)
        Sums of products of their coordinates.
    values : float64 ndarray, shape (n_nodes,)
        Sums of the values.
    rims : float64 ndarray, shape (n_nodes,)
        How many of the places have a neighbor outside.
    slopes : float64 ndarray, shape (n_nodes,)
        Sum of the steepness at those.
    """

    parents: Ints
    levels: Ints
    node_of: Ints
    sizes: Table
    firsts: Table
    seconds: Table
    values: Table
    rims: Table
    slopes: Table


def component_tree(
    levels: Ints, values: NDArray[np.float32], steep: NDArray[np.float32]
) -> ComponentTree:
    """Build the tree of an image.

    Parameters
    ----------
    levels : int32 ndarray, shape grid
        Not negative; -1 where nothing takes part.
    values, steep : float32 ndarray, shape grid
        What is summed over sets, and over their rims.
    """
    walled = np.pad(levels, 1, constant_values=-1)
    strides = np.array([s // walled.itemsize for s in walled.strides], np.int64)
    steps = np.concatenate([-strides, strides])
    inner = (slice(1, -1),) * levels.ndim
    places = np.arange(walled.size).reshape(walled.shape)[inner].ravel()
    order = places[np.argsort(levels.ravel().astype(np.int16), kind="stable")]  # from low to high
    order = order[int((levels < 0).sum()) :]
    parents = _joined(walled.ravel(), order, steps)
    node_of, node_parents, node_levels = _numbered(walled.ravel(), order, parents)
    coordinates = np.stack([c.ravel() for c in np.indices(walled.shape)], 1).astype(np.float64) - 1
    v = np.pad(values, 1).ravel().astype(np.float64)
    s = np.pad(steep, 1).ravel().astype(np.float64)
    sums = _summed(walled.ravel(), order, steps, node_of, node_parents, coordinates, v, s)
    return ComponentTree(node_parents, node_levels, node_of.reshape(walled.shape)[inner], *sums)


@compiled
def _root(of: Places, place: int) -> int:
    """Follow a forest upwards, shortening the way."""
    while of[place] != place:
        of[place] = of[of[place]]
        place = of[place]
    return int(place)


@compiled
def _joined(levels: Ints, order: Places, steps: Places) -> Places:
    """The parent of each place, from high to low by union and find; the first of a set for all."""
    n = len(levels)
    parents = np.full(n, -1, np.int64)
    of = np.full(n, -1, np.int64)
    for at in range(len(order) - 1, -1, -1):
        place = order[at]
        parents[place] = place
        of[place] = place
        for step in steps:
            beside = place + step
            if of[beside] >= 0:
                root = _root(of, beside)
                if root != place:
                    parents[root] = place
                    of[root] = place
    for place in order:
        above = parents[place]
        if levels[parents[above]] == levels[above]:
            parents[place] = parents[above]
    return parents


@compiled
def _numbered(levels: Ints, order: Places, parents: Places) -> tuple[Ints, Ints, Ints]:
    """Number the sets from the root on: the set of each place, parents, levels."""
    node_of = np.full(len(levels), -1, np.int32)
    node_parents = np.empty(len(order), np.int32)
    node_levels = np.empty(len(order), np.int32)
    n = 0
    for place in order:
        above = parents[place]
        if above == place or levels[above] != levels[place]:
            node_of[place] = n
            node_parents[n] = node_of[above] if above != place else n
            node_levels[n] = levels[place]
            n += 1
    for place in order:
        if node_of[place] < 0:
            node_of[place] = node_of[parents[place]]
    return node_of, node_parents[:n].copy(), node_levels[:n].copy()


@compiled
def _summed(
    levels: Ints,
    order: Places,
    steps: Places,
    node_of: Ints,
    parents: Ints,
    coordinates: Table,
    values: Table,
    steep: Table,
) -> tuple[Table, Table, Table, Table, Table, Table]:
    """Sum over each set. A place is on the rim of the sets that its lowest neighbor is not in."""
    n, d = len(parents), coordinates.shape[1]
    sizes, firsts, seconds = np.zeros(n), np.zeros((n, d)), np.zeros((n, d, d))
    sums, rims, slopes = np.zeros(n), np.zeros(n), np.zeros(n)
    for place in order:
        node = node_of[place]
        sizes[node] += 1
        sums[node] += values[place]
        for a in range(d):
            firsts[node, a] += coordinates[place, a]
            for b in range(d):
                seconds[node, a, b] += coordinates[place, a] * coordinates[place, b]
        lowest = place
        for step in steps:
            beside = place + step
            if levels[beside] >= 0 and levels[beside] < levels[lowest]:
                lowest = beside
        outside = node_of[lowest]
        if outside != node:
            rims[node] += 1
            slopes[node] += steep[place]
            rims[outside] -= 1
            slopes[outside] -= steep[place]
    for node in range(n - 1, 0, -1):
        above = parents[node]
        sizes[above] += sizes[node]
        sums[above] += sums[node]
        rims[above] += rims[node]
        slopes[above] += slopes[node]
        for a in range(d):
            firsts[above, a] += firsts[node, a]
            for b in range(d):
                seconds[above, a, b] += seconds[node, a, b]
    return sizes, firsts, seconds, sums, rims, slopes
