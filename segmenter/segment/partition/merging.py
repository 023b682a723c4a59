"""Greedy merging of a region graph: the cheapest two neighbors first, until one region is left."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.segment.partition.adjacency import Adjacency
from segmenter.segment.partition.cost import MergeCost

Double = NDArray[np.float64]
Ints = NDArray[np.int32]


def merged(graph: Adjacency, cost: MergeCost) -> tuple[Ints, Double]:
    """Merge all nodes of a graph, as far as they are connected.

    Parameters
    ----------
    graph : Adjacency
    cost : MergeCost

    Returns
    -------
    merges : int32 ndarray, shape (n_merges, 2)
        The nodes merged, in order; merge i makes node n + i.
    costs : float64 ndarray, shape (n_merges,)
        What each merge cost.
    """
    merges, costs, _ = merged_with_cues(graph, cost)
    return merges, costs


def merged_with_cues(graph: Adjacency, cost: MergeCost) -> tuple[Ints, Double, Double]:
    """Do the same and return the cues of each merge, shape (n_merges, n_cues), to learn from."""
    n = len(graph.sizes)
    mean_strength = graph.strengths.sum(0) / max(1.0, graph.lengths.sum())
    merges, costs, cues, n_merges = _merge(
        graph.sizes.copy(),
        graph.sums.copy(),
        graph.squares.copy(),
        graph.posteriors.copy(),
        graph.n_colors,
        graph.pairs.astype(np.int64),
        graph.lengths.copy(),
        graph.strengths.copy(),
        mean_strength,
        cost.bias,
        cost.linear,
        cost.quadratic,
        cost.lowest,
        cost.highest,
    )
    assert n_merges < max(n, 1)
    return merges[:n_merges], costs[:n_merges], cues[:n_merges]


@compiled
def _merge(
    sizes: Double,
    sums: Double,
    squares: Double,
    posteriors: Double,
    n_colors: int,
    pairs: NDArray[np.int64],
    lengths: Double,
    strengths: Double,
    mean_strength: Double,
    bias: float,
    linear: Double,
    quadratic: Double,
    lowest: Double,
    highest: Double,
) -> tuple[Ints, Double, Double, int]:
    """Merge; a region keeps the place of one of its nodes, and `name` tells its number.

    The edges of a region are a list through `after`, in which each edge stands twice: as 2 e in
    that of its first node and as 2 e + 1 in that of its second. A queue entry is out of date when
    its edge has a newer version.
    """
    n, n_edges = len(sizes), len(pairs)
    total = sizes.sum()
    name = np.arange(n).astype(np.int32)
    roots = np.sqrt(posteriors / sizes.reshape(-1, 1))
    perimeters = np.zeros(n)
    head = np.full(n, -1, np.int64)
    after = np.full(2 * n_edges, -1, np.int64)
    version = np.zeros(n_edges, np.int64)
    cues = np.zeros(len(linear))
    queue = [(0.0, 0, 0) for _ in range(0)]  # so that its type is known
    for e in range(n_edges):
        for side in range(2):
            node = pairs[e, side]
            perimeters[node] += lengths[e]
            after[2 * e + side] = head[node]
            head[node] = 2 * e + side
    for e in range(n_edges):
        _measure(pairs[e, 0], pairs[e, 1], e, sizes, sums, squares, roots, perimeters, n_colors,
                 lengths, strengths, mean_strength, total, lowest, highest, cues)  # fmt: skip
        queue.append((_cost(cues, bias, linear, quadratic), e, int(version[e])))
    heapq.heapify(queue)
    merges = np.zeros((max(0, n - 1), 2), np.int32)
    costs = np.zeros(max(0, n - 1))
    trail = np.zeros((max(0, n - 1), len(linear)))
    link = np.full(n, -1, np.int64)
    n_merges = 0
    while len(queue) > 0:
        cost, edge, seen = heapq.heappop(queue)
        if version[edge] != seen:
            continue
        i, j = pairs[edge, 0], pairs[edge, 1]
        _measure(i, j, edge, sizes, sums, squares, roots, perimeters, n_colors,
                 lengths, strengths, mean_strength, total, lowest, highest, cues)  # fmt: skip
        merges[n_merges, 0], merges[n_merges, 1] = min(name[i], name[j]), max(name[i], name[j])
        costs[n_merges] = cost
        for q in range(len(cues)):
            trail[n_merges, q] = cues[q]
        name[i] = n + n_merges
        n_merges += 1
        version[edge] = -1
        perimeters[i] += perimeters[j] - 2 * lengths[edge]
        sizes[i] += sizes[j]
        for k in range(sums.shape[1]):
            sums[i, k] += sums[j, k]
            squares[i, k] += squares[j, k]
        for k in range(posteriors.shape[1]):
            posteriors[i, k] += posteriors[j, k]
            roots[i, k] = np.sqrt(posteriors[i, k] / sizes[i])
        head[i] = _joined(i, j, head, after, pairs, version, lengths, strengths, link)
        half = head[i]
        while half >= 0:
            f = half >> 1
            version[f] += 1
            _measure(pairs[f, 0], pairs[f, 1], f, sizes, sums, squares, roots, perimeters, n_colors,
                     lengths, strengths, mean_strength, total, lowest, highest, cues)  # fmt: skip
            heapq.heappush(queue, (_cost(cues, bias, linear, quadratic), int(f), int(version[f])))
            half = after[half]
    return merges, costs, trail, n_merges


@compiled
def _joined(
    i: int,
    j: int,
    head: NDArray[np.int64],
    after: NDArray[np.int64],
    pairs: NDArray[np.int64],
    version: NDArray[np.int64],
    lengths: Double,
    strengths: Double,
    link: NDArray[np.int64],
) -> np.int64:
    """Join the edge lists of two regions into that of the first; double edges become one."""
    kept = np.int64(-1)
    for node in (i, j):
        half = head[node]
        while half >= 0:
            following = after[half]
            e = half >> 1
            if version[e] >= 0:
                far = pairs[e, 1 - (half & 1)]
                if link[far] < 0:
                    pairs[e, half & 1] = i
                    link[far] = e
                    after[half] = kept
                    kept = half
                else:
                    lengths[link[far]] += lengths[e]
                    for s in range(strengths.shape[1]):
                        strengths[link[far], s] += strengths[e, s]
                    version[e] = -1
            half = following
    half = kept
    while half >= 0:
        e = half >> 1
        link[pairs[e, 1 - (half & 1)]] = -1
        half = after[half]
    return kept


@compiled
def _cost(cues: Double, bias: float, linear: Double, quadratic: Double) -> float:
    cost = bias
    for q in range(len(cues)):
        slope = linear[q]
        for r in range(q + 1):
            slope += quadratic[q, r] * cues[r]
        cost += slope * cues[q]
    return cost


@compiled
def _measure(
    i: int,
    j: int,
    e: int,
    sizes: Double,
    sums: Double,
    squares: Double,
    roots: Double,
    perimeters: Double,
    n_colors: int,
    lengths: Double,
    strengths: Double,
    mean_strength: Double,
    total: float,
    lowest: Double,
    highest: Double,
    cues: Double,
) -> None:
    """Write the cues of a pair of regions, in the order of `CUES`."""
    apart, spread, textural = 0.0, 0.0, 0.0
    for p in range(sums.shape[1]):
        one, other = sums[i, p] / sizes[i], sums[j, p] / sizes[j]
        if p < n_colors:
            apart += (one - other) ** 2
            spread += max(squares[i, p] / sizes[i] - one * one, 0.0)
            spread += max(squares[j, p] / sizes[j] - other * other, 0.0)
        else:
            textural += (one - other) ** 2
    overlap = 0.0
    for k in range(roots.shape[1]):
        overlap += roots[i, k] * roots[j, k]
    small, large = min(sizes[i], sizes[j]), max(sizes[i], sizes[j])
    cues[0] = np.sqrt(apart / (spread / 2 + 30.0))
    cues[1] = np.sqrt(apart) / 20.0
    cues[2] = np.sqrt(max(0.0, 1.0 - overlap))
    cues[3] = np.sqrt(textural) / 5.0
    for b in range(3):
        cues[4 + b] = strengths[e, b] / lengths[e]
    cues[7] = np.log(1000 * small / total + 0.05) / 3
    cues[8] = np.log(1000 * large / total + 0.05) / 3
    cues[9] = lengths[e] / max(1.0, min(perimeters[i], perimeters[j]))
    cues[10] = np.log((cues[4] + 0.01) / (mean_strength[0] + 0.01))
    cues[11] = np.log(mean_strength[0] + 0.01)
    cues[12] = np.log(mean_strength[1] + 0.01)
    cues[13] = np.log(mean_strength[2] + 0.01)
    for q in range(len(cues)):
        cues[q] = min(max(cues[q], lowest[q]), highest[q])
