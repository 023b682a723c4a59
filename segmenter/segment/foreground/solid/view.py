"""A volume at the size at which an object is decided: colors, edges, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.colors import Colors
from segmenter.segment.foreground.views import BLUR, LEAST_EDGE
from segmenter.segment.partition.smoothing import smoothed
from segmenter.segment.partition.working import COLOR_UNIT, working_image

Float = NDArray[np.float32]
Voxel = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class SolidView:
    """What the models see of a volume.

    Attributes
    ----------
    colors : float32 ndarray, shape (*grid, n_colors)
        About 0..1.
    edges : float32 ndarray, shape grid
        Cost of an outline of unit area, 1 on flat areas, less on edges.
    valid : bool ndarray, shape grid
        Where at least half of a cell takes part.
    cells : tuple of float
        Size of a cell along each axis, the smallest being 1.
    color_map : Colors
        How voxel values become colors.
    image : Image
        The volume.
    """

    colors: Float
    edges: Float
    valid: NDArray[np.bool_]
    cells: tuple[float, ...]
    color_map: Colors
    image: Image

    @property
    def grid(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return self.edges.shape

    @cached_property
    def samples(self) -> Float:
        """Color and position of each cell, shape (n_cells, n_colors + 3)."""
        places = [(np.arange(side) + 0.5) / side for side in self.grid]
        return self.samples_of(self.colors, places)

    def samples_of(self, colors: Float, shares: Sequence[NDArray[np.float64]]) -> Float:
        """Color and position of a block.

        Parameters
        ----------
        colors : float32 ndarray, shape (i, j, k, n_colors)
        shares : sequence of ndarray
            How far along each axis of the volume its planes are, 0..1.
        """
        sides = np.multiply(self.image.grid, self.image.cells)
        unit = np.cbrt(sides.prod())
        axes = [share * (side / unit) for share, side in zip(shares, sides, strict=True)]
        places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).astype(np.float32)
        joined = np.concatenate([colors, places], axis=-1)
        return np.ascontiguousarray(joined.reshape(-1, joined.shape[-1]))

    def place(self, point: Sequence[float]) -> Voxel:
        """Return the cell of a point (x, y, z) of the volume."""
        cells = zip(point, self.grid, self.image.grid, strict=True)
        return tuple(
            min(max(int((at + 0.5) * here / there), 0), here - 1) for at, here, there in cells
        )


def solid_view(image: Image) -> SolidView:
    """Average a volume down to the working size and look for edges."""
    working = working_image(image)
    cells = np.array(working.cells)
    planes = smoothed(working.planes / COLOR_UNIT, tuple(BLUR / cells))
    valid = np.ones(working.grid, bool) if working.valid is None else working.valid
    colors = np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    edges = _edge_costs(planes, cells)
    return SolidView(colors, edges, valid, working.cells, working.colors, image)


def _edge_costs(planes: Float, cells: NDArray[np.float64]) -> Float:
    """Cost of an outline of unit area: small where the color changes (Boykov & Jolly 2001)."""
    change = np.zeros(planes.shape[1:], np.float32)
    for axis, cell in enumerate(cells):
        steps = np.diff(planes, axis=axis + 1) / np.float32(cell)
        before = tuple(slice(None, -1) if each == axis else slice(None) for each in range(3))
        change[before] += np.square(steps).sum(axis=0)
    likeness = np.exp(-change / max(float(change.mean()), 1e-9))
    costs: Float = LEAST_EDGE + (1 - LEAST_EDGE) * likeness
    return costs
