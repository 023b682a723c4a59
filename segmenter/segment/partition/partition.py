"""From an image to its merge tree and its leaves at full resolution."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import Fit
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.partition.adjacency import Adjacency, adjacency_of
from segmenter.segment.partition.cost import learned
from segmenter.segment.partition.evidence import Evidence, evidence_of
from segmenter.segment.partition.merging import merged
from segmenter.segment.partition.native import native_leaves
from segmenter.segment.partition.superpixels import superpixels
from segmenter.segment.partition.tree import MergeTree
from segmenter.segment.partition.working import WorkingImage, working_image
from segmenter.segment.recipe import Point
from segmenter.work import Progress, Work, portion

RELIEF = (0.5, 0.5, 0.5)
"""Weights of the boundary maps in the relief whose basins are the superpixels."""


@dataclass(frozen=True, eq=False)
class Partition:
    """Everything about an image's parts that does not depend on the detail.

    Attributes
    ----------
    image : Image
    tree : MergeTree
    leaves : int32 ndarray, shape image.grid
        The leaf of each pixel, from 1; 0 where pixels take no part.
    graph : Adjacency
        Sums over leaves and over the boundaries between them, at the working size.
    basins : int32 ndarray, shape of the working grid
        The leaf of each working cell, from 0; -1 where cells take no part.
    posteriors : float32 ndarray, shape (n_cells, n_components)
        Of the mixture's components at each working cell.
    fit : Fit
        The mixture of color and texture.
    """

    image: Image
    tree: MergeTree
    leaves: NDArray[np.int32]
    graph: Adjacency
    basins: NDArray[np.int32]
    posteriors: NDArray[np.float32]
    fit: Fit

    @cached_property
    def leaf_sizes(self) -> NDArray[np.int64]:
        """Pixels of each leaf, shape (n_leaves,)."""
        parts = np.array_split(self.leaves.reshape(-1), 1 + self.leaves.size // 1_000_000)
        n = self.tree.n_leaves + 1
        each = [np.bincount(part, minlength=n) for part in parts]
        sizes: NDArray[np.int64] = np.sum(each, axis=0)[1:]
        return sizes

    @cached_property
    def births(self) -> NDArray[np.int32]:
        """When each node of the tree is first met while detail rises; see `MergeTree.births`."""
        return self.tree.births(self.leaf_sizes)

    def leaf_at(self, point: Point) -> int:
        """The leaf at a pixel (x, y), or (i, j, k) in a volume; -1 where there is none."""
        index = point if self.image.is_volume else point[::-1]
        inside = len(index) == self.leaves.ndim and all(
            0 <= at < size for at, size in zip(index, self.leaves.shape, strict=True)
        )
        return int(self.leaves[index]) - 1 if inside else -1


def partition_steps(image: Image, seed: int = 0) -> Work[Partition]:
    """Find the parts of an image at all levels of detail.

    Parameters
    ----------
    image : Image
        With two or three axes, any channels and dtype.
    seed : int
        Of the mixture's start.

    Raises
    ------
    ParameterError
        When no pixel takes part.
    """
    if image.valid is not None and not image.valid.any():
        raise ParameterError(
            f"{image.source.name} has no visible pixel; there is nothing to segment."
        )
    yield Progress("Reducing the image", 0.0)
    working = working_image(image)
    evidence = yield from portion(evidence_of(working, seed), 0.1, 0.6)
    yield Progress("Finding superpixels", 0.6)
    basins = basins_of(working, evidence)
    yield Progress("Merging superpixels", 0.7)
    graph = adjacency_of(basins, evidence, working.cells)
    tree = tree_of(graph)
    leaves = yield from portion(native_leaves(basins, image), 0.8, 1.0)
    return Partition(image, tree, leaves, graph, basins, evidence.posteriors, evidence.fit)


def basins_of(working: WorkingImage, evidence: Evidence) -> NDArray[np.int32]:
    """The superpixels of a working image."""
    relief = np.einsum("b,b...->...", np.array(RELIEF, np.float32), evidence.boundaries)
    return superpixels(relief, working.valid, np.array(working.cells))


def tree_of(graph: Adjacency) -> MergeTree:
    """The merge tree of a graph, by the costs that come with the program."""
    known = learned()
    merges, costs = merged(graph, known.cost)
    return MergeTree(len(graph.sizes), merges, np.maximum.accumulate(costs), known.automatic)
