"""What the user has painted into a volume: strokes as values, and the voxels they cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Target = Literal["labels", "brain"]
Place = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BrushStroke:
    """A line painted with a round brush.

    Attributes
    ----------
    points : tuple of (i, j, k)
        Its corners on the grid; whole numbers are the middles of voxels.
    radius : float
        Of the brush, in mm.
    slice_axis : int or None
        The brush is a disc in the slice across this axis of the grid; None: a ball.
    target : {"labels", "brain"}
        What is painted: the tissues, or the mask of the brain.
    value : int
        The label that is painted; 0 takes away.
    """

    points: tuple[Place, ...]
    radius: float
    slice_axis: int | None
    target: Target
    value: int

    @property
    def segments(self) -> tuple[tuple[Place, Place], ...]:
        """The straight parts of the line; a dot is one from its place to itself."""
        return tuple(zip(self.points[:-1], self.points[1:], strict=True)) or (
            (self.points[0], self.points[0]),
        )

    def covered(
        self, grid: tuple[int, ...], affine: NDArray[np.float64], first: int = 0
    ) -> NDArray[np.intp]:
        """Return the voxels under the stroke.

        Parameters
        ----------
        grid : tuple of int
            Shape of the volume.
        affine : ndarray, shape (4, 4)
            Voxel indices to mm.
        first : int
            The segments before this one are left out.

        Returns
        -------
        ndarray of int, shape (n,)
            Flat indices, each once, in order.
        """
        steps = affine[:3, :3]
        parts = [self._under(segment, grid, steps) for segment in self.segments[first:]]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.intp)

    def _under(
        self, segment: tuple[Place, Place], grid: tuple[int, ...], steps: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return the voxels nearer to a segment than the radius; the one at its start always."""
        start, end = np.array(segment, float)
        sides = self._sides(start, end, grid, steps)
        inside = _distances(start, end, sides, steps) <= self.radius
        indices: NDArray[np.intp] = np.ravel_multi_index(np.ix_(*sides), grid)[inside]
        middle = np.rint(start).astype(int)
        if all(0 <= at < side for at, side in zip(middle, grid, strict=True)):
            indices = np.append(indices, np.ravel_multi_index(tuple(middle), grid))
        return indices

    def _sides(
        self,
        start: NDArray[np.float64],
        end: NDArray[np.float64],
        grid: tuple[int, ...],
        steps: NDArray[np.float64],
    ) -> list[NDArray[np.intp]]:
        """Return the indices along each axis of a box that holds all that may be covered."""
        reach = self.radius * np.sqrt(np.diag(np.linalg.inv(steps.T @ steps)))
        low = np.maximum(np.ceil(np.minimum(start, end) - reach), 0).astype(int)
        high = np.minimum(np.floor(np.maximum(start, end) + reach), np.array(grid) - 1).astype(int)
        sides = [np.arange(one, other + 1) for one, other in zip(low, high, strict=True)]
        if self.slice_axis is not None:
            flat = int(np.clip(round(start[self.slice_axis]), 0, grid[self.slice_axis] - 1))
            sides[self.slice_axis] = np.array([flat])
        return sides


def corrected(
    label_map: NDArray[np.uint8],
    strokes: Iterable[BrushStroke],
    affine: NDArray[np.float64],
    target: Target = "labels",
) -> NDArray[np.uint8]:
    """Paint strokes into a copy of a label map, or of a mask of 0 and 1, one over the other.

    Parameters
    ----------
    label_map : uint8 ndarray, shape grid
        What they correct.
    strokes : iterable of BrushStroke
        In the order they were made; those of another target are passed over.
    affine : ndarray, shape (4, 4)
        Voxel indices to mm.
    target : {"labels", "brain"}
        Which strokes count.
    """
    painted = label_map.copy()
    for stroke in strokes:
        if stroke.target == target:
            painted.ravel()[stroke.covered(painted.shape, affine)] = stroke.value
    return painted


def _distances(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    sides: list[NDArray[np.intp]],
    steps: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the distance to a segment in mm, for every voxel of a box."""
    place = steps[:, 0, None, None, None] * (sides[0] - start[0])[:, None, None]
    place = place + steps[:, 1, None, None, None] * (sides[1] - start[1])[:, None]
    place = place + steps[:, 2, None, None, None] * (sides[2] - start[2])
    along = steps @ (end - start)
    length = float(along @ along)
    if length > 0:
        share = np.clip(np.tensordot(along, place, 1) / length, 0, 1)
        place -= along[:, None, None, None] * share
    distances: NDArray[np.float64] = np.sqrt((place * place).sum(axis=0))
    return distances
