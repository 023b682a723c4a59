"""The image at the size at which its parts are found: bounded, averaged over areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks
from segmenter.images.image import Image
from segmenter.segment.colors import Colors, colors_of

Float = NDArray[np.float32]
N_PIXELS = 160_000  # of a plane: the size of the photos on which the costs were learned
N_VOXELS = 1_000_000
COLOR_UNIT = np.float32(80.0)  # so that lightness spans 0..80 and a chroma step counts half more


@dataclass(frozen=True, eq=False)
class WorkingImage:
    """Planes of color at the working size.

    Attributes
    ----------
    planes : float32 ndarray, shape (n_planes, *grid)
        Scaled CIELAB, or the principal axes of other channels over the same range.
    valid : bool ndarray of shape grid, or None
        Where at least half of the area takes part.
    cells : tuple of float
        Size of a cell along each axis, the smallest being 1.
    colors : Colors
        How pixel values became planes.
    """

    planes: Float
    valid: NDArray[np.bool_] | None
    cells: tuple[float, ...]
    colors: Colors

    @property
    def grid(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return self.planes.shape[1:]


def working_image(image: Image) -> WorkingImage:
    """Average an image down to the working size; smaller ones stay as they are."""
    grid = working_grid(image)
    colors = colors_of(image)
    if image.valid is None:
        values, valid = averaged(image.pixels, grid), None
    else:
        share = averaged(image.valid[..., None].astype(np.float32), grid)
        taken = np.where(image.valid[..., None], image.pixels, 0)
        values = averaged(taken, grid)
        values /= np.maximum(share, np.float32(1e-6))
        valid = share[..., 0] >= 0.5
    planes = np.moveaxis(colors.of(_restored(values, image.pixels.dtype)) * COLOR_UNIT, -1, 0)
    return WorkingImage(np.ascontiguousarray(planes), valid, cells_of(image, grid), colors)


def working_grid(image: Image) -> tuple[int, ...]:
    """Grid of at most the working number of cells, as near to cubes as pixels allow."""
    most = N_VOXELS if image.is_volume else N_PIXELS
    sizes = np.array(image.grid, float)
    spacing = np.array(image.cells)
    cell = spacing.copy()
    for _ in range(len(sizes)):  # an axis of large spacing is the last to be made coarser
        excess = (sizes * spacing / cell).prod() / most
        if excess <= 1:
            break
        finest = cell <= cell.min() * (1 + 1e-9)
        room = cell[~finest].min() / cell.min() if not finest.all() else np.inf
        cell[finest] *= min(room, excess ** (1 / finest.sum()))
    return tuple(np.maximum(1, np.round(sizes * spacing / cell)).astype(int).tolist())


def cells_of(image: Image, grid: tuple[int, ...]) -> tuple[float, ...]:
    """Size of a cell of a coarser grid along each axis, the smallest being 1."""
    sizes = [s * old / new for s, old, new in zip(image.cells, image.grid, grid, strict=True)]
    return tuple(size / min(sizes) for size in sizes)


def _restored(values: Float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Means of whole numbers as such numbers, for whose colors there are tables."""
    if dtype.kind != "u":
        return values
    return np.rint(values).astype(dtype)


def averaged(pixels: NDArray[Any], grid: tuple[int, ...]) -> Float:
    """Average over areas, shape (*old grid, n_channels) to float32 (*grid, n_channels)."""
    values = np.ascontiguousarray(pixels)
    for axis, size in enumerate(grid):
        if size != values.shape[axis]:
            values = _averaged_along(values, axis, size)
    return values.astype(np.float32, copy=False)


def _averaged_along(values: NDArray[Any], axis: int, size: int) -> Float:
    shape = values.shape
    inner = int(np.prod(shape[axis + 1 :]))
    outside = values.reshape(-1, shape[axis], inner)
    result = np.empty((len(outside), size, inner), np.float32)
    n_parts = min(size, 1 + outside.size // (1 << 20)) if len(outside) == 1 else len(outside)
    bounds = np.linspace(0, size if len(outside) == 1 else len(outside), n_parts + 1).astype(int)

    def average_part(number: int) -> None:
        first, last = bounds[number], bounds[number + 1]
        if len(outside) == 1:
            _average(outside[0], result[0], first, last)
        else:
            for one in range(first, last):
                _average(outside[one], result[one], 0, size)

    run_blocks(average_part, n_parts)
    return result.reshape((*shape[:axis], size, *shape[axis + 1 :]))


@compiled
def _average(values: NDArray[Any], result: Float, first: int, last: int) -> None:
    """Average rows (n, inner) to (size, inner); a row that two cells share is divided."""
    n, inner = values.shape
    step = n / len(result)
    for i in range(first, last):
        begin, end = i * step, (i + 1) * step
        row = result[i]
        row[:] = np.float32(0.0)
        for j in range(int(begin), min(n, int(np.ceil(end - 1e-9)))):
            share = np.float32((min(end, j + 1.0) - max(begin, float(j))) / step)
            for x in range(inner):
                row[x] += share * np.float32(values[j, x])
