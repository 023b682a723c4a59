"""The merge tree: every level of detail of an image's parts at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
SLOPE = 1.5
"""Change of the stopping cost with the log odds of the detail."""


@dataclass(frozen=True, eq=False)
class MergeTree:
    """Leaves merged two at a time.

    Attributes
    ----------
    n_leaves : int
    merges : int32 ndarray, shape (n_merges, 2)
        The nodes merged, in order; merge i makes node ``n_leaves + i``.
    heights : float64 ndarray, shape (n_merges,)
        Cost of each merge, never falling.
    automatic : float
        The height at which people would mostly stop.
    """

    n_leaves: int
    merges: Ints
    heights: NDArray[np.float64]
    automatic: float

    @property
    def n_nodes(self) -> int:
        """Leaves and merges."""
        return self.n_leaves + len(self.merges)

    @property
    def fewest(self) -> int:
        """Regions when all merges are made: how many parts the grid falls into by itself."""
        return self.n_leaves - len(self.merges)

    def n_merges_at(self, detail: float) -> int:
        """How many merges are made at a detail: 0 all, 0.5 as people would, 1 none."""
        if detail <= 0:
            return len(self.merges)
        if detail >= 1:
            return 0
        height = self.automatic + SLOPE * np.log((1 - detail) / detail)
        return int(np.searchsorted(self.heights, height, side="right"))

    def detail_of(self, n_regions: int) -> float:
        """The detail in the middle of those that give so many regions, as near as there are."""
        n_merges = min(max(0, self.n_leaves - n_regions), len(self.merges))
        if n_merges == 0:
            return 1.0
        if n_merges == len(self.merges):
            return 0.0
        height = (self.heights[n_merges - 1] + self.heights[n_merges]) / 2
        return float(1 / (1 + np.exp((height - self.automatic) / SLOPE)))

    def nodes_after(self, n_merges: int) -> list[int]:
        """Nodes that are left after so many merges, in order."""
        alive = np.zeros(self.n_nodes, bool)
        alive[: self.n_leaves + n_merges] = True
        alive[self.merges[:n_merges].ravel()] = False
        return [int(node) for node in np.nonzero(alive)[0]]

    def births(self, leaf_sizes: NDArray[np.int64]) -> Ints:
        """When each node is first met while detail rises, shape (n_nodes,).

        Of two nodes that come apart the larger keeps the number and the smaller gets the next one:
        after any number of merges the nodes that are left are numbered 0, 1, ... without a gap, and
        those that more merges leave alone keep their numbers.
        """
        merges = self.merges.tolist()  # lists: an element of an array takes ten times as long
        sizes = leaf_sizes.tolist()
        for first, second in merges:
            sizes.append(sizes[first] + sizes[second])
        births = [0] * self.n_nodes
        roots = sorted(self.nodes_after(len(merges)), key=lambda node: -sizes[node])
        for age, root in enumerate(roots):
            births[root] = age
        for age, i in enumerate(range(len(merges) - 1, -1, -1), len(roots)):
            first, second = merges[i]
            small, large = (first, second) if sizes[first] <= sizes[second] else (second, first)
            births[large] = births[self.n_leaves + i]
            births[small] = age
        return np.array(births, np.int32)

    def children(self, node: int) -> tuple[int, int] | None:
        """The two nodes that a node was made of; None for a leaf."""
        if node < self.n_leaves:
            return None
        first, second = self.merges[node - self.n_leaves]
        return int(first), int(second)

    @cached_property
    def order(self) -> tuple[Ints, NDArray[np.intp], NDArray[np.intp]]:
        """Leaves in an order in which those of a node follow each other, and each node's range."""
        merges = self.merges.tolist()
        counts = [1] * self.n_leaves
        for first, second in merges:
            counts.append(counts[first] + counts[second])
        start = [0] * self.n_nodes
        at = 0
        for root in self.nodes_after(len(merges)):
            start[root], at = at, at + counts[root]
        for i in range(len(merges) - 1, -1, -1):
            first, second = merges[i]
            start[first] = start[self.n_leaves + i]
            start[second] = start[first] + counts[first]
        starts = np.array(start, np.intp)
        leaves = np.empty(self.n_leaves, np.int32)
        leaves[starts[: self.n_leaves]] = np.arange(self.n_leaves, dtype=np.int32)
        return leaves, starts, starts + np.array(counts, np.intp)

    def leaves(self, node: int) -> Ints:
        """The leaves under a node."""
        leaves, start, stop = self.order
        return leaves[start[node] : stop[node]]
