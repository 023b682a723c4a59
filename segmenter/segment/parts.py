"""Parts: an image in, connected regions out, at a detail that can be changed in an instant.

image -> merge tree -> cut -> label map. The tree is computed once for an image; detail, smallest
size and edits only choose among its nodes. Labels are numbered in the order in which regions come
apart while detail rises, the largest first: a region keeps its number while others are divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.blas import with_serial_blas
from segmenter.em.fit import Fit
from segmenter.images.image import Image
from segmenter.segment.partition.cutting import cut_tree, leaf_regions
from segmenter.segment.partition.memberships import Memberships
from segmenter.segment.partition.native import gathered_labels
from segmenter.segment.partition.partition import Partition, partition_steps
from segmenter.segment.partition.tree import MergeTree
from segmenter.segment.recipe import RegionsRecipe
from segmenter.work import Progress, Work, finish


@dataclass(frozen=True, eq=False)
class Parts:
    """Connected regions of an image.

    Attributes
    ----------
    partition : Partition
        The merge tree and its leaves; shared by all cuts of the image.
    recipe : RegionsRecipe
        How it was cut; `segment_parts_steps(image, recipe)` gives this result again.
    owner : int32 ndarray, shape (n_leaves,)
        The part of each leaf, from 0.
    """

    noun = "Region"

    partition: Partition
    recipe: RegionsRecipe
    owner: NDArray[np.int32]

    @property
    def image(self) -> Image:
        """What was segmented."""
        return self.partition.image

    @property
    def resolved_recipe(self) -> RegionsRecipe:
        """The recipe; nothing in it stands for something else."""
        return self.recipe

    @property
    def fit(self) -> Fit:
        """The mixture of color and texture whose posteriors were compared."""
        return self.partition.fit

    @property
    def n_labels(self) -> int:
        """How many parts there are; each has a pixel of the working grid at least."""
        return int(self.owner.max()) + 1

    @property
    def n_cut(self) -> int:
        """How many parts the tree gave before sizes and edits counted."""
        return self.partition.tree.n_leaves - _n_merges(self.partition.tree, self.recipe)

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """What makes a label the same one at another detail: when its region came apart, from 1."""
        births = np.full(self.n_labels, self.partition.tree.n_leaves, np.int32)
        np.minimum.at(births, self.owner, self.partition.births[: len(self.owner)])
        return tuple((births + 1).tolist())

    @property
    def color_numbers(self) -> tuple[int, ...]:
        """The number by which each label has its color: its key, so that colors stay."""
        return self.keys

    @property
    def next_merge(self) -> tuple[int, int] | None:
        """The labels that a little less detail would join; None where none are left to join."""
        tree = self.partition.tree
        for first, second in tree.merges[_n_merges(tree, self.recipe) :]:
            one, other = (int(self.owner[tree.leaves(node)[0]]) for node in (first, second))
            if one != other:
                return min(one, other) + 1, max(one, other) + 1
        return None

    @cached_property
    def label_map(self) -> NDArray[Any]:
        """1..n_labels, 0 where pixels take no part, shape grid; uint8 while 255 suffice."""
        return gathered_labels(self.partition.leaves, self.lookup)

    @cached_property
    def lookup(self) -> NDArray[Any]:
        """The label of each leaf's number in `partition.leaves`, shape (n_leaves + 1,)."""
        dtype = (
            np.uint8 if self.n_labels < 256 else np.uint16 if self.n_labels < 65536 else np.int32
        )
        return np.concatenate([[0], self.owner + 1]).astype(dtype)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Pixels of each part, shape (n_labels,)."""
        counts = np.bincount(self.owner, self.partition.leaf_sizes, self.n_labels)
        return counts.astype(np.int64)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the valid pixels that each part has, shape (n_labels,)."""
        shares: NDArray[np.float64] = self.sizes / max(1, self.sizes.sum())
        return shares

    @cached_property
    def neighbors(self) -> NDArray[np.int32]:
        """Pairs of labels that share a boundary, the smaller first, shape (m, 2)."""
        pairs = np.sort(self.owner[self.partition.graph.pairs], axis=1) + 1
        distinct: NDArray[np.int32] = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        return distinct

    @cached_property
    def field(self) -> Memberships:
        """The probabilities of the parts, plane by plane."""
        return Memberships(self.partition, self.owner, self.label_map)

    @property
    def posteriors(self) -> NDArray[np.float32]:
        """Probability of each part at each pixel, shape (*grid, n_labels).

        Their argmax is the label map. Sums to one, or to zero where pixels take no part.
        """
        return finish(self.field.all_planes())

    def posterior(self, label: int) -> NDArray[np.float32]:
        """Probability of one part at each pixel, shape grid."""
        return finish(self.field.plane(label))

    @property
    def uncertainty(self) -> NDArray[np.float32]:
        """Entropy of the posteriors as a share of the largest possible, 0..1, shape grid."""
        return finish(self.field.uncertainty())


@with_serial_blas
def segment_parts_steps(
    image: Image, recipe: RegionsRecipe, *, previous: object = None
) -> Work[Parts]:
    """Find the parts of an image as a work that reports.

    Parameters
    ----------
    image : Image
        With two or three axes.
    recipe : RegionsRecipe
        Of which `n_regions`, `detail`, `min_size`, `edits` and `seed` count.
    previous : object, optional
        An earlier result. If it is of the same image and seed, its tree is only cut anew, which
        takes milliseconds.

    Raises
    ------
    ParameterError
        When no pixel takes part.
    """
    if (
        isinstance(previous, Parts)
        and previous.image is image
        and previous.recipe.seed == recipe.seed
    ):
        partition = previous.partition
    else:
        partition = yield from partition_steps(image, recipe.seed)
    yield Progress("Cutting the tree", 1.0)
    return cut_parts(partition, recipe)


def cut_parts(partition: Partition, recipe: RegionsRecipe) -> Parts:
    """Cut a tree by a recipe: a few milliseconds, whatever the size of the image.

    The label map is made when it is asked for.
    """
    tree = partition.tree
    regions = cut_tree(
        tree,
        _n_merges(tree, recipe),
        partition.graph,
        partition.leaf_sizes,
        recipe.min_size,
        recipe.edits,
        partition.leaf_at,
    )
    births = partition.births
    regions.sort(key=lambda nodes: int(births[nodes].min()))
    return Parts(partition, recipe, leaf_regions(tree, regions))


def _n_merges(tree: MergeTree, recipe: RegionsRecipe) -> int:
    """How many merges are made before sizes and edits count."""
    if recipe.n_regions == "auto":
        return tree.n_merges_at(recipe.detail)
    return min(max(0, tree.n_leaves - recipe.n_regions), len(tree.merges))
