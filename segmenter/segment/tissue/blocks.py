"""A coarse grid of blocks over a frame, on which slow changes are estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.segment.tissue.frame import Frame


@dataclass(frozen=True, eq=False)
class BlockGrid:
    """Boxes of whole voxels over a frame, with a margin of empty ones around it.

    Attributes
    ----------
    shape : tuple of int
        Number of blocks along each axis.
    sides : int64 ndarray of shape (3,)
        Voxels of a block along each axis.
    margin : int
        Blocks around the frame.
    """

    shape: tuple[int, int, int]
    sides: NDArray[np.int64]
    margin: int

    @property
    def size(self) -> int:
        """Number of blocks."""
        return int(np.prod(self.shape))

    def numbers(self, places: NDArray[np.int32]) -> NDArray[np.int64]:
        """Number of the block that voxels, shape (n, 3), lie in."""
        blocks = places // self.sides + self.margin
        numbers: NDArray[np.int64] = np.ravel_multi_index(tuple(blocks.T), self.shape)
        return numbers

    def sums(self, numbers: NDArray[np.int64], values: NDArray[Any]) -> NDArray[np.float32]:
        """Sums of values, shape (n, c), over each block, shape (size, c)."""
        columns = [np.bincount(numbers, column, self.size) for column in values.T]
        return np.stack(columns, axis=-1).astype(np.float32)

    def centers(self) -> NDArray[np.float64]:
        """Voxel coordinates of the blocks' centers, shape (size, 3)."""
        blocks = np.indices(self.shape).reshape(3, -1).T - self.margin
        return blocks * self.sides + (self.sides - 1) / 2

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Share of each block that is set in a mask of the frame, shape (size,)."""
        counts = np.zeros(self.shape, np.int64)
        _count(mask, self.sides, self.margin, counts)
        return (counts.ravel() / np.prod(self.sides)).astype(np.float32)


def block_grid(frame: Frame, side: float, margin: int) -> BlockGrid:
    """Cut a frame into blocks of about ``side`` millimeters."""
    sides = np.maximum(1, np.rint(side / frame.spacing)).astype(np.int64)
    a, b, c = (-(-np.array(frame.shape) // sides) + 2 * margin).tolist()
    return BlockGrid((a, b, c), sides, margin)


@compiled
def _count(mask: Any, sides: Any, margin: Any, counts: Any) -> None:
    for i in range(mask.shape[0]):
        for j in range(mask.shape[1]):
            for k in range(mask.shape[2]):
                if mask[i, j, k]:
                    counts[
                        i // sides[0] + margin, j // sides[1] + margin, k // sides[2] + margin
                    ] += 1
