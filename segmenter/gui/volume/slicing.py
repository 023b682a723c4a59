"""How a plane of the body samples the grid of a volume. Arrays only, no Qt.

Volumes are shown along the axes of the grid nearest to the body's: an oblique scan is not
resampled, so that every pixel on screen is a voxel of the file. Millimeters are the affine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.gui.look import Convention
from segmenter.images.geometry import canonical_axes, grid_spacing
from segmenter.images.image import Image

Voxel = tuple[int, int, int]
Number = TypeVar("Number", int, float)


class Plane(Enum):
    """A plane through the body; the value is its name on screen."""

    AXIAL = "Axial"
    CORONAL = "Coronal"
    SAGITTAL = "Sagittal"


_LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))
"""Of both ends of the body's axes, the low one first."""

_AXES = {
    Plane.AXIAL: ((0, 1), (1, -1), (2, 1)),
    Plane.CORONAL: ((0, 1), (2, -1), (1, 1)),
    Plane.SAGITTAL: ((1, 1), (2, -1), (0, 1)),
}
"""Body axis and direction to the right of the screen, down it, and from slice to slice; seen the
neurological way. The radiological one is its mirror image."""


@dataclass(frozen=True, slots=True)
class Slicing:
    """One plane's view of a grid.

    Attributes
    ----------
    grid : tuple of int
        Shape of the volume.
    axes : tuple of int
        Axes of the grid to the right of the screen, down it, and from slice to slice.
    flips : tuple of bool
        Whether they run against the direction of screen and slices.
    spacing : tuple of float
        Millimeters between voxels along `axes`.
    letters : tuple of str
        At the left, right, top and bottom of the screen: where the body's sides are.
    """

    grid: tuple[int, int, int]
    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    spacing: tuple[float, float, float]
    letters: tuple[str, str, str, str]

    @property
    def n_slices(self) -> int:
        """Slices of the plane."""
        return self.grid[self.axes[2]]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a slice."""
        return self.grid[self.axes[1]], self.grid[self.axes[0]]

    def cut(self, volume: NDArray[Any], index: int) -> NDArray[Any]:
        """Return a slice as the screen shows it, shape (rows, columns, ...); no copy."""
        across, down, through = self.axes
        turned = np.moveaxis(volume, (through, down, across), (0, 1, 2))
        steps = [-1 if flip else 1 for flip in self.flips]
        flat: NDArray[Any] = turned[self._along(2, index), :: steps[1], :: steps[0]]
        return flat

    def voxel_at(self, row: int, column: int, index: int) -> Voxel:
        """Return the voxel at a pixel of a slice; pixels beyond its edges stand for the edge."""
        voxel = [0, 0, 0]
        for part, place in enumerate((column, row, index)):
            last = self.grid[self.axes[part]] - 1
            voxel[self.axes[part]] = self._along(part, min(max(place, 0), last))
        return voxel[0], voxel[1], voxel[2]

    def grid_place(self, row: float, column: float, index: int) -> tuple[float, float, float]:
        """Return the place on the grid of one on a slice; whole numbers are middles of voxels."""
        place = [0.0, 0.0, 0.0]
        for part, at in enumerate((column, row, float(index))):
            axis = self.axes[part]
            place[axis] = self.grid[axis] - 1 - at if self.flips[part] else at
        return place[0], place[1], place[2]

    def place_of(self, place: tuple[Number, Number, Number]) -> tuple[Number, Number, Number]:
        """Return row, column and slice of a voxel, or of a place between voxels."""
        column, row, index = (self._along(part, place[self.axes[part]]) for part in range(3))
        return row, column, index

    def _along(self, part: int, place: Number) -> Number:
        """Turn a place on screen into one along the axis of the grid, or back."""
        return self.grid[self.axes[part]] - 1 - place if self.flips[part] else place


def slicing_of(image: Image, plane: Plane, convention: Convention) -> Slicing:
    """Find how a plane samples a volume.

    Parameters
    ----------
    image : Image
        A volume. Without an affine its axes are taken to run to the right, the front and the top.
    plane : Plane
        Which plane.
    convention : Convention
        Radiological has the patient's left at the right of the screen, and the nose at the left.
    """
    affine = affine_of(image)
    axes, lengths = canonical_axes(affine), grid_spacing(affine)
    directions = list(_AXES[plane])
    if convention is Convention.RADIOLOGICAL:
        body, way = directions[0]
        directions[0] = (body, -way)
    across, down, through = (axes.order[body] for body, _ in directions)
    flips = [axes.flips[body] != (way < 0) for body, way in directions]
    left, right = _LETTERS[directions[0][0]][:: directions[0][1]]
    top, bottom = _LETTERS[directions[1][0]][:: directions[1][1]]
    i, j, k = image.grid
    return Slicing(
        (i, j, k),
        (across, down, through),
        (flips[0], flips[1], flips[2]),
        (lengths[across], lengths[down], lengths[through]),
        (left, right, top, bottom),
    )


def affine_of(image: Image) -> NDArray[np.float64]:
    """Return a volume's affine; one of its spacing alone where the file has none."""
    if image.affine is not None:
        return image.affine
    return np.diag((*(image.spacing or (1.0, 1.0, 1.0)), 1.0))
