"""A cut of the merge tree: which nodes make up each region, after the user's edits."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.partition.adjacency import Adjacency
from segmenter.segment.partition.tree import MergeTree
from segmenter.segment.recipe import Edit, Point

Region = list[int]  # of nodes


def cut_tree(
    tree: MergeTree,
    n_merges: int,
    graph: Adjacency,
    sizes: NDArray[np.int64],
    min_size: int,
    edits: Sequence[Edit],
    leaf_at: Callable[[Point], int],
) -> list[Region]:
    """Cut a tree, absorb small regions, and do the edits in their order.

    Parameters
    ----------
    tree : MergeTree
    n_merges : int
        How many merges are made.
    graph : Adjacency
        Which leaves are neighbors, and what they look like.
    sizes : int64 ndarray, shape (n_leaves,)
        Pixels of each leaf.
    min_size : int
        Regions of fewer pixels join the neighbor of the nearest color.
    edits : sequence of Edit
    leaf_at : callable
        The leaf at a point, -1 where there is none.

    Returns
    -------
    list of list of int
        The nodes of each region.
    """
    regions = [[node] for node in tree.nodes_after(n_merges)]
    if min_size > 1:
        regions = _absorbed(tree, regions, graph, sizes, min_size)
    for kind, points in edits:
        leaves = [leaf for point in points if (leaf := leaf_at(point)) >= 0]
        regions = (_united if kind == "merge" else _split)(tree, regions, leaves)
    return regions


def leaf_regions(tree: MergeTree, regions: Sequence[Region]) -> NDArray[np.int32]:
    """The region of each leaf, shape (n_leaves,)."""
    owner = np.zeros(tree.n_leaves, np.int32)
    for number, nodes in enumerate(regions):
        for node in nodes:
            owner[tree.leaves(node)] = number
    return owner


def _region_of(tree: MergeTree, regions: Sequence[Region], leaf: int) -> int:
    """The region of one leaf, without asking for those of all."""
    _, start, stop = tree.order
    pairs = [(number, node) for number, nodes in enumerate(regions) for node in nodes]
    owners, nodes = np.array(pairs).T
    holds = (start[nodes] <= start[leaf]) & (start[leaf] < stop[nodes])
    return int(owners[holds.argmax()])


def _united(tree: MergeTree, regions: list[Region], leaves: Sequence[int]) -> list[Region]:
    chosen = sorted({_region_of(tree, regions, leaf) for leaf in leaves})
    if len(chosen) < 2:
        return regions
    union = [node for number in chosen for node in regions[number]]
    kept = [nodes for number, nodes in enumerate(regions) if number not in chosen]
    return [*kept, union]


def _split(tree: MergeTree, regions: list[Region], leaves: Sequence[int]) -> list[Region]:
    """Undo the last merge inside each region: by hand or by size if it was one, else a tree's."""
    for leaf in leaves:
        number = _region_of(tree, regions, leaf)
        nodes = regions[number]
        children = tree.children(nodes[0]) if len(nodes) == 1 else nodes
        if children is not None:
            kept = [each for other, each in enumerate(regions) if other != number]
            regions = [*kept, *([child] for child in children)]
    return regions


def _absorbed(
    tree: MergeTree,
    regions: list[Region],
    graph: Adjacency,
    sizes: NDArray[np.int64],
    min_size: int,
) -> list[Region]:
    """Join regions that are too small to the neighbor of the nearest color, smallest first."""
    owner = leaf_regions(tree, regions)
    n = len(regions)
    pixels = np.bincount(owner, sizes, n)
    if not (pixels < min_size).any():
        return regions
    cells = np.bincount(owner, graph.sizes, n)
    sums = np.stack([np.bincount(owner, column, n) for column in graph.sums.T], axis=1)
    beside: list[set[int]] = [set() for _ in range(n)]
    for one, other in np.unique(owner[graph.pairs], axis=0):
        if one != other:
            beside[one].add(int(other))
            beside[other].add(int(one))
    waiting = [(float(pixels[number]), int(number)) for number in np.nonzero(pixels < min_size)[0]]
    heapq.heapify(waiting)
    while waiting:
        size, number = heapq.heappop(waiting)
        if size != pixels[number] or not beside[number]:  # grown since then, or with no neighbor
            continue
        near = np.array(sorted(beside[number]))
        means = sums[near] / cells[near, None]
        apart = ((means - sums[number] / cells[number]) ** 2).sum(1)
        into = int(near[apart.argmin()])
        regions[into] = regions[into] + regions[number]
        sums[into] += sums[number]
        cells[into] += cells[number]
        pixels[into] += pixels[number]
        for other in beside[number]:
            beside[other].discard(number)
            if other != into:
                beside[other].add(into)
                beside[into].add(other)
        beside[number] = set()
        regions[number], pixels[number] = [], np.inf
        if pixels[into] < min_size:
            heapq.heappush(waiting, (float(pixels[into]), into))
    return [nodes for nodes in regions if nodes]
