"""What each connected set looks like: shape, contrast, sharpness of its rim, size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.segment.objects.component_tree import ComponentTree

Table = NDArray[np.float64]
N_LEVELS = 128
SURROUNDINGS = 1.6  # a set is compared with the least larger one of so many times its size

TRAITS = (
    "likeness to an ellipse",
    "compactness",
    "steepness of the rim",
    "contrast with the rim",
    "contrast with the surroundings",
    "roundness",
    "height of the rim",
    "size",
    "steepness beside the contrast",
)
COMPARED = tuple(
    TRAITS.index(name)
    for name in (
        "size",
        "contrast with the surroundings",
        "steepness of the rim",
        "height of the rim",
    )
)
"""Traits in which the objects of an image are alike."""


def traits_of(tree: ComponentTree, lowest: float, span: float) -> Table:
    """Measure every set of a tree of two axes, shape (n_nodes, len(TRAITS)).

    Parameters
    ----------
    tree : ComponentTree
    lowest, span : float
        The value of level 0, and the range of values over all levels.
    """
    sizes = tree.sizes
    centers = tree.firsts / sizes[:, None]
    spread = tree.seconds / sizes[:, None, None] - centers[:, :, None] * centers[:, None, :]
    minor, major = np.linalg.eigvalsh(spread + np.eye(2) / 12).T
    means = tree.values / sizes
    rims = np.maximum(tree.rims, 1)
    steep = tree.slopes / rims
    around = _surroundings(tree.parents, sizes)
    outside = (tree.values[around] - tree.values) / np.maximum(sizes[around] - sizes, 1)
    height = tree.levels / (N_LEVELS - 1)
    above = np.maximum((means - lowest) / span - height, 0)
    contrast = np.maximum((means - outside) / span, 0)
    rows = (
        np.log(sizes / (4 * np.pi * np.sqrt(np.maximum(minor * major, 1e-6)))),
        np.log(4 * np.pi * sizes / rims**2),
        np.log(steep / span + 1e-3),
        np.log(above + 0.01),
        np.log(contrast + 0.01),
        np.log(minor / major) / 2,
        np.log(height + 0.03),
        np.log(sizes) / 3,
        np.log(steep / span / (contrast + 0.02) + 1e-3),
    )
    return np.stack(rows, axis=1)


def with_compared(traits: Table, parents: NDArray[np.int32], labels: NDArray[np.int32]) -> Table:
    """Add how each set differs from the chosen ones in what objects of an image have in common.

    Parameters
    ----------
    traits : float64 ndarray, shape (n_nodes, len(TRAITS))
    parents : int32 ndarray, shape (n_nodes,)
    labels : int32 ndarray, shape (n_nodes,)
        The chosen set that each lies in, from 1; 0 for none.

    Returns
    -------
    float64 ndarray, shape (n_nodes, len(TRAITS) + len(COMPARED))
        The added ones are differences from the median of the chosen sets, 0 where there are none.
    """
    is_chosen = (labels > 0) & (labels[parents] != labels)
    compared = traits[:, COMPARED]
    usual = np.median(compared[is_chosen], axis=0) if is_chosen.any() else compared
    return np.concatenate([traits, compared - usual], axis=1)


@compiled
def _surroundings(parents: NDArray[np.int32], sizes: Table) -> NDArray[np.int32]:
    """The least set around each that is much larger, or the root."""
    around = np.zeros(len(parents), np.int32)
    for node in range(len(parents)):
        place = parents[node]
        while place > 0 and sizes[place] < SURROUNDINGS * sizes[node]:
            place = parents[place]
        around[node] = place
    return around
