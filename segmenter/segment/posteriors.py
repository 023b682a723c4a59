"""Posteriors over a grid: the probability of every label at every pixel, smoothed, on demand.

A photo of 12 million pixels and five labels has 240 MB of posteriors, of which a window shows one
plane and a click asks for one pixel. They are therefore a function of the mixture, evaluated tile
by tile, and every view of them (label map, one plane, one pixel) comes from the same tiles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.images.features import PixelFeatures
from segmenter.segment.regularize import (
    N_ROUNDS,
    edge_sharpness,
    edge_weights,
    gathered,
    mean_field,
    most_probable,
)
from segmenter.work import Work

TILES = {2: 256, 3: 48}
"""Side of a tile in pixels by the number of axes: its posteriors stay in a core's cache."""

_MEASURED = {2: 256, 3: 32}
"""How many rows, or planes of a volume, are measured for the sharpness of edges."""

STRENGTH = 8.0
"""Log odds that the agreement of all neighbors is worth at smoothness 1."""

Window = tuple[slice, ...]
"""A slice for each axis, with start and stop inside the grid and no step."""


@dataclass(frozen=True, eq=False)
class PosteriorField:
    """Posteriors of a mixture at each pixel of an image.

    Attributes
    ----------
    features : PixelFeatures
        The samples and which of them each pixel is.
    mixture : GaussianMixture
    groups : tuple of tuple of int
        The components that are label 1, 2, ...; each component is in one of them.
    grid : tuple of int
        (height, width), or the three axes of a volume.
    valid : bool ndarray of shape grid, or None
        Pixels that take part; at others all posteriors are 0 and the label is 0.
    smoothness : float
        0 (every pixel by itself) to 1.
    cells : tuple of float
        Size of a pixel along each axis, the smallest being 1.
    """

    features: PixelFeatures
    mixture: GaussianMixture
    groups: tuple[tuple[int, ...], ...]
    grid: tuple[int, ...]
    valid: NDArray[np.bool_] | None
    smoothness: float
    cells: tuple[float, ...]

    def window(self, *window: slice) -> NDArray[np.float32]:
        """Posteriors of a part of the grid, shape (k, *sides of the part); see `Window`."""
        margin = N_ROUNDS if self.smoothness > 0 else 0
        sides = [widened(*part, margin) for part in zip(window, self.grid, strict=True)]
        outer, inner = zip(*sides, strict=True)
        posteriors = self._unary(outer)
        if self.smoothness > 0:
            weights = edge_weights(self._lightness(outer), self._sharpness, self.cells)
            strength = np.float32(STRENGTH * self.smoothness)
            posteriors = mean_field(posteriors, weights, strength, N_ROUNDS)
        found: NDArray[np.float32] = posteriors[(slice(None), *inner)]
        if self.valid is not None:
            found = found * self.valid[window]
        return found

    def label_map(self) -> Work[NDArray[np.uint8]]:
        """Most probable label of each pixel, shape grid; 0 where pixels take no part."""
        labels = yield from self._painted(np.uint8, most_probable)
        if self.valid is not None:
            labels *= self.valid
        return labels

    def plane(self, label: int) -> Work[NDArray[np.float32]]:
        """Posterior of one label at each pixel, shape grid."""
        return self._painted(np.float32, lambda posteriors: posteriors[label - 1])

    def uncertainty(self) -> Work[NDArray[np.float32]]:
        """Entropy of each pixel's posteriors as a share of the largest possible, shape grid."""
        return self._painted(np.float32, _relative_entropy)

    def all_planes(self) -> Work[NDArray[np.float32]]:
        """Posteriors of all labels, shape (*grid, k)."""
        return self._painted(
            np.float32,
            lambda posteriors: np.moveaxis(posteriors, 0, -1),
            (len(self.groups),),
        )

    def _painted(
        self,
        dtype: Any,
        value: Callable[[NDArray[np.float32]], NDArray[Any]],
        inner: tuple[int, ...] = (),
    ) -> Work[NDArray[Any]]:
        """Fill a new array of shape (*grid, *inner) from the posteriors of each tile."""
        painted = np.empty((*self.grid, *inner), dtype)
        windows = tiles(self.grid)
        self._prepare()

        def paint(number: int) -> None:
            painted[windows[number]] = value(self.window(*windows[number]))

        yield from run_blocks_steps(paint, len(windows), "Labeling pixels")
        return painted

    def _unary(self, window: Window) -> NDArray[np.float32]:
        """Posteriors without regard to neighbors, shape (k, *sides), contiguous."""
        if self.features.index is not None:
            return gathered(self._table, self.features.index[window])
        samples = self.features.samples.reshape(*self.grid, -1)[window]
        flat = self._of_samples(samples.reshape(-1, samples.shape[-1]))
        return flat.reshape(-1, *samples.shape[:-1])

    def _lightness(self, window: Window) -> NDArray[np.float32]:
        if self.features.index is not None:
            return self.features.lightness[self.features.index[window]]
        return np.ascontiguousarray(self.features.lightness.reshape(self.grid)[window])

    def _prepare(self) -> None:
        """Compute what all tiles share, once and on all cores, before tiles are spread."""
        if self.features.index is not None:
            _ = self._table
        if self.smoothness > 0:
            _ = self._sharpness

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """Posteriors of each distinct sample, shape (k, m)."""
        return self._of_samples(self.features.samples)

    def _of_samples(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Posteriors of rows of features, shape (k, m), contiguous."""
        components = self.mixture.responsibilities(samples).T
        if len(self.groups) == len(components):
            return np.ascontiguousarray(components)
        return np.stack([components[list(group)].sum(axis=0) for group in self.groups])

    @cached_property
    def _sharpness(self) -> np.float32:
        """Sharpness of edges by the steps along the finest axis, in some planes or rows."""
        along = [axis for axis in range(1, len(self.grid)) if self.grid[axis] > 1] or [0]
        finest = max(along, key=lambda axis: (-self.cells[axis], axis))
        thick = 1 if finest else self.grid[0]
        whole = tuple(slice(0, side) for side in self.grid[1:])
        apart = max(thick, self.grid[0] // _MEASURED[len(self.grid)])
        steps = [
            np.diff(self._lightness((slice(first, first + thick), *whole)), axis=finest).ravel()
            for first in range(0, self.grid[0], apart)
        ]
        return edge_sharpness(np.concatenate(steps))


def tiles(grid: tuple[int, ...]) -> list[Window]:
    """Cut a grid into windows of at most `TILES` pixels a side, in the order of the grid."""
    side = TILES[len(grid)]
    parts = ([slice(start, min(start + side, n)) for start in range(0, n, side)] for n in grid)
    return list(product(*parts))


def widened(part: slice, size: int, margin: int) -> tuple[slice, slice]:
    """Widen a slice by a margin inside 0..size; also return the place of the part in it."""
    start, stop = max(0, part.start - margin), min(size, part.stop + margin)
    return slice(start, stop), slice(part.start - start, part.stop - start)


def _relative_entropy(posteriors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Entropy over the labels divided by its largest value, 0 for a single label."""
    if len(posteriors) == 1:
        return np.zeros(posteriors.shape[1:], np.float32)
    logs = np.log(np.maximum(posteriors, np.finfo(np.float32).tiny))
    entropy = -(posteriors * logs).sum(axis=0)
    share: NDArray[np.float32] = entropy / np.float32(np.log(len(posteriors)))
    return share.clip(0, 1)
