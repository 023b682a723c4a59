"""The frame all arithmetic is done in: axes to the right, the front and the top, cropped.

A volume saved in another order of its axes has the same frame, and so the same result bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.images.geometry import canonical_axes
from segmenter.images.image import Image

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Frame:
    """A box of a volume, with its axes in canonical order.

    Attributes
    ----------
    grid : tuple of int
        Shape of the whole volume, in the file's own order.
    axes : tuple of int
        Which axis of the file goes to the right, to the front and to the top.
    flips : tuple of bool
        Which of these three run the other way in the file.
    box : tuple of slice
        The part that is worked on, in canonical order.
    spacing : float64 ndarray of shape (3,)
        Millimeters between voxels.
    directions : float64 ndarray of shape (3, 3)
        Unit vectors of the canonical axes in RAS, as columns; near to the identity.
    """

    grid: tuple[int, ...]
    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    box: tuple[slice, slice, slice]
    spacing: NDArray[np.float64]
    directions: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the box."""
        a, b, c = (part.stop - part.start for part in self.box)
        return a, b, c

    @property
    def voxel_ml(self) -> float:
        """Milliliters of a voxel, whose axes a tilted gantry leaves at other than right angles."""
        return float(np.prod(self.spacing) * abs(np.linalg.det(self.directions))) / 1000

    def cropped(self, mask: NDArray[np.bool_]) -> Frame:
        """Return the smallest frame around what is set in a mask of the whole grid."""
        whole = self._turned(mask)
        front_top, right_top = (np.logical_or.reduce(whole, axis=axis) for axis in (0, 1))
        box = []
        for plane, axis in ((right_top, 1), (front_top, 1), (front_top, 0)):
            used = np.flatnonzero(plane.any(axis=axis))
            box.append(slice(int(used[0]), int(used[-1]) + 1))
        return Frame(
            self.grid, self.axes, self.flips, (box[0], box[1], box[2]), self.spacing,
            self.directions,
        )  # fmt: skip

    def coarsened(self, factors: Sequence[int], shape: tuple[int, int, int]) -> Frame:
        """Return the frame of a volume of this frame's blocks, whose own order is canonical."""
        right, front, top = (slice(0, side) for side in shape)
        return Frame(
            shape, (0, 1, 2), (False,) * 3, (right, front, top), self.spacing * factors,
            self.directions,
        )  # fmt: skip

    def take(self, array: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """Cut the box out of an array of shape (*grid, ...), contiguous."""
        return np.ascontiguousarray(self._turned(array)[self.box])

    def give_back(self, part: NDArray[_Scalar], fill: float = 0) -> NDArray[_Scalar]:
        """Put an array of the box's shape (and more axes) back into the grid of the file."""
        whole = np.full((*self.grid, *part.shape[3:]), fill, part.dtype)
        self._turned(whole)[self.box] = part
        return whole

    def grid_indices(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn voxel coordinates in the box, shape (n, 3), into those in the file's grid."""
        indices = np.empty_like(places)
        for axis in range(3):
            own = self.axes[axis]
            along = places[:, axis] + self.box[axis].start
            indices[:, own] = self.grid[own] - 1 - along if self.flips[axis] else along
        return indices

    def _turned(self, array: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """View an array of the file's order in canonical order."""
        turned = array.transpose(*self.axes, *range(3, array.ndim))
        return turned[tuple(slice(None, None, -1 if flip else 1) for flip in self.flips)]


def frame_of(image: Image) -> Frame:
    """Find the canonical frame of a whole volume; without an affine its axes are taken as RAS."""
    spacing = np.asarray(image.spacing or (1.0, 1.0, 1.0), np.float64)
    matrix = np.diag([*spacing, 1.0]) if image.affine is None else image.affine
    turn = canonical_axes(matrix)
    steps = matrix[:3, list(turn.order)]
    lengths = np.linalg.norm(steps, axis=0)
    right, front, top = (slice(0, image.grid[axis]) for axis in turn.order)
    signs = np.where(turn.flips, -1.0, 1.0)
    return Frame(
        image.grid, turn.order, turn.flips, (right, front, top), lengths, steps / lengths * signs
    )
