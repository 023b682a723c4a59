"""How surely each pixel belongs to its part: soft across weak edges, hard across strong ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.partition.partition import Partition
from segmenter.segment.partition.smoothing import smoothed
from segmenter.segment.partition.working import cells_of
from segmenter.work import Progress, Work

Float = NDArray[np.float32]
REACH = 2.0  # standard deviation of the place of a boundary, in sides of a working cell
_MARGIN = 6  # cells beyond which a part has no members


@dataclass(frozen=True, eq=False)
class Memberships:
    """Probability of each part at each pixel; the most probable one is its label.

    A cell's odds are how much of its surroundings a part fills, times how often the part has the
    components that the cell probably came from. The label itself counts for at least half, so that
    masks cut from the probabilities are those on screen.

    Attributes
    ----------
    partition : Partition
    owner : int32 ndarray, shape (n_leaves,)
        The part of each leaf, from 0.
    label_map : integer ndarray, shape grid
        1 + the part of each pixel, 0 where pixels take no part.
    """

    partition: Partition
    owner: NDArray[np.int32]
    label_map: NDArray[np.integer]

    @property
    def n_labels(self) -> int:
        """How many parts there are."""
        return int(self.owner.max()) + 1

    def plane(self, label: int) -> Work[Float]:
        """Probability of one part at each pixel, shape grid."""
        yield Progress("Computing probabilities", 0.0)
        soft = np.zeros(self.partition.basins.shape, np.float32)
        box, odds = self._odds(label - 1)
        soft[box] = odds / np.maximum(self._totals[box], np.float32(1e-30))
        yield Progress("Computing probabilities", 0.5)
        return self._with_label(self._at_pixels(soft), label)

    def uncertainty(self) -> Work[Float]:
        """Entropy as a share of the largest possible, 0..1, shape grid."""
        if self.n_labels == 1:
            return np.zeros(self.label_map.shape, np.float32)
        entropy = np.zeros(self.partition.basins.shape, np.float32)
        for part in range(self.n_labels):
            yield Progress("Computing probabilities", part / self.n_labels)
            box, odds = self._odds(part)
            share = odds / np.maximum(self._totals[box], np.float32(1e-30))
            entropy[box] -= share * np.log(np.maximum(share, np.float32(1e-30)))
        plane = self._at_pixels(entropy / np.float32(np.log(self.n_labels)))
        if self.partition.image.valid is not None:
            plane *= self.partition.image.valid
        return plane.clip(0, 1)

    def all_planes(self) -> Work[Float]:
        """Probability of every part at each pixel, shape (*grid, n_labels)."""
        planes = np.empty((*self.label_map.shape, self.n_labels), np.float32)
        for label in range(1, self.n_labels + 1):
            planes[..., label - 1] = yield from self.plane(label)
        return planes

    def _with_label(self, soft: Float, label: int) -> Float:
        """Give the label half of the probability, and share the rest by the soft odds."""
        soft *= np.float32(0.5)
        soft += np.float32(0.5) * (self.label_map == label)
        if self.partition.image.valid is not None:
            soft *= self.partition.image.valid
        return soft

    def _at_pixels(self, cells: Float) -> Float:
        if cells.shape == self.label_map.shape:
            return cells.copy()
        return interpolated(cells, self.label_map.shape)

    @cached_property
    def _boxes(self) -> list[tuple[slice, ...]]:
        from scipy import ndimage

        cells = np.append(self.owner + 1, 0)[self.partition.basins]  # the last is for -1
        boxes = []
        for found in ndimage.find_objects(cells, self.n_labels):
            place = found or (slice(0, 1),) * cells.ndim
            widened = (
                slice(max(0, part.start - _MARGIN), min(size, part.stop + _MARGIN))
                for part, size in zip(place, cells.shape, strict=True)
            )
            boxes.append(tuple(widened))
        return boxes

    @cached_property
    def _sigmas(self) -> tuple[float, ...]:
        cells = cells_of(self.partition.image, self.partition.basins.shape)
        return tuple(REACH / cell for cell in cells)

    @cached_property
    def _cells(self) -> NDArray[np.int32]:
        return np.append(self.owner, -1).astype(np.int32)[self.partition.basins]

    @cached_property
    def _component_odds(self) -> Float:
        """How much more often each part has each component than the whole, (n_labels, k)."""
        sums = self.partition.graph.posteriors
        parts = np.stack(
            [np.bincount(self.owner, column, self.n_labels) for column in sums.T], axis=1
        )
        shares = parts / np.maximum(parts.sum(1, keepdims=True), 1e-12)
        whole = sums.sum(0) / max(sums.sum(), 1e-12)
        odds: Float = (shares / np.maximum(whole, 1e-6)).astype(np.float32)
        return odds

    def _odds(self, part: int) -> tuple[tuple[slice, ...], Float]:
        box = self._boxes[part]
        filled = (self._cells[box] == part).astype(np.float32)
        near = smoothed(filled[None], self._sigmas)[0]
        shape = self.partition.basins.shape
        posteriors = self.partition.posteriors.reshape(*shape, -1)[box]
        odds: Float = near * (posteriors @ self._component_odds[part])
        return box, odds

    @cached_property
    def _totals(self) -> Float:
        totals = np.zeros(self.partition.basins.shape, np.float32)
        for box, odds in self._all_odds():
            totals[box] += odds
        return totals

    def _all_odds(self) -> Iterator[tuple[tuple[slice, ...], Float]]:
        return (self._odds(part) for part in range(self.n_labels))


def interpolated(
    cells: Float, grid: tuple[int, ...], window: tuple[slice, ...] | None = None
) -> Float:
    """Interpolate linearly between the middles of cells, to a finer grid or a window of it."""
    for axis, size in enumerate(grid):
        n = cells.shape[axis]
        places = np.arange(size) if window is None else np.arange(size)[window[axis]]
        at = np.clip((places + 0.5) * n / size - 0.5, 0, n - 1)
        low = np.minimum(at.astype(np.intp), max(0, n - 2))
        share = (at - low).astype(np.float32).reshape((-1,) + (1,) * (cells.ndim - 1 - axis))
        after = np.minimum(low + 1, n - 1)
        cells = np.take(cells, low, axis) * (1 - share) + np.take(cells, after, axis) * share
    return np.ascontiguousarray(cells)
