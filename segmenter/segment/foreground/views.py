"""An image at a size at which a click can be answered: colors, positions, edges of few pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from segmenter.segment.colors import Colors

Float = NDArray[np.float32]
BLUR = 0.6  # pixels; takes out the noise that averaging has left
LEAST_EDGE = np.float32(0.05)  # cost of an outline along the strongest edge, beside 1 on flat areas


@dataclass(frozen=True, eq=False)
class View:
    """What the models see of an image at one size.

    Attributes
    ----------
    colors : float32 ndarray, shape (height, width, n_channels)
        Perceptual colors, about 0..1.
    edges : float32 ndarray, shape (height, width)
        Cost of an outline of unit length, 1 on flat areas, less on edges.
    valid : bool ndarray, shape (height, width)
        False where more than half of the area is transparent or missing.
    image_grid : tuple of int
        (height, width) of the image itself.
    """

    colors: Float
    edges: Float
    valid: NDArray[np.bool_]
    image_grid: tuple[int, int]

    @property
    def grid(self) -> tuple[int, int]:
        """(height, width) of this view."""
        return self.edges.shape[0], self.edges.shape[1]

    @property
    def side(self) -> float:
        """Side of the square of the same area, in pixels: the unit of positions."""
        return math.sqrt(self.edges.size)

    @cached_property
    def samples(self) -> Float:
        """Color and position of each pixel, shape (height * width, n_channels + 2)."""
        y, x = np.indices(self.grid, np.float32) / np.float32(self.side)
        return np.concatenate([self.colors, x[..., None], y[..., None]], 2).reshape(
            self.edges.size, -1
        )

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Row and column here of the point (x, y) of the image."""
        row = int((y + 0.5) * self.grid[0] / self.image_grid[0])
        column = int((x + 0.5) * self.grid[1] / self.image_grid[1])
        return min(max(row, 0), self.grid[0] - 1), min(max(column, 0), self.grid[1] - 1)


def view_of(
    pixels: NDArray[Any],
    valid: NDArray[np.bool_] | None,
    colors: Colors,
    n_pixels: int,
    image_grid: tuple[int, int],
) -> View:
    """Average an image down to at most `n_pixels`."""
    height, width = pixels.shape[:2]
    factor = min(1.0, math.sqrt(n_pixels / (height * width)))
    grid = max(1, round(height * factor)), max(1, round(width * factor))
    seen = colors.of(resampled(pixels, grid))
    seen = ndimage.gaussian_filter(seen, (BLUR, BLUR, 0), mode="nearest")
    taking_part = (
        np.ones(grid, bool)
        if valid is None
        else resampled(valid[..., None].astype(np.float32), grid)[..., 0] > 0.5
    )
    return View(seen, edge_costs(seen), taking_part, image_grid)


def resampled(planes: NDArray[Any], grid: tuple[int, int]) -> Float:
    """Average over areas, or interpolate where the grid is finer; shape (*grid, n_channels)."""
    height, width, n_channels = planes.shape
    rows, columns = _weights(height, grid[0]), _weights(width, grid[1])
    wide = (rows @ planes.reshape(height, -1).astype(np.float32)).reshape(grid[0], width, -1)
    turned = np.ascontiguousarray(wide.transpose(1, 0, 2)).reshape(width, -1)
    result = (columns @ turned).reshape(grid[1], grid[0], n_channels)
    return np.ascontiguousarray(result.transpose(1, 0, 2), np.float32)


@lru_cache(maxsize=64)
def _weights(size: int, target: int) -> sparse.csr_array:
    """Share of each old cell in each new one; between cells it interpolates linearly."""
    radius = max(1.0, size / target)
    centers = (np.arange(target) + 0.5) * size / target - 0.5
    nearest = np.arange(-math.ceil(radius), math.ceil(radius) + 1)
    cells = np.floor(centers)[:, None] + nearest
    away = np.abs(cells - centers[:, None])
    if target >= size:
        share = np.maximum(0.0, 1.0 - away)
    else:
        share = np.clip((radius + 1) / 2 - away, 0.0, 1.0)
    share /= share.sum(1, keepdims=True)
    rows = np.repeat(np.arange(target), len(nearest))
    columns = np.clip(cells, 0, size - 1).astype(np.intp).ravel()
    flat = share.ravel().astype(np.float32)
    matrix = sparse.coo_array((flat, (rows, columns)), shape=(target, size))
    return matrix.tocsr()


def edge_costs(colors: Float) -> Float:
    """Cost of an outline of unit length: small where the color changes (Boykov & Jolly 2001)."""
    change = np.zeros(colors.shape[:2], np.float32)
    change[:, :-1] += ((colors[:, 1:] - colors[:, :-1]) ** 2).sum(-1)
    change[:-1] += ((colors[1:] - colors[:-1]) ** 2).sum(-1)
    likeness = np.exp(-change / max(float(change.mean()), 1e-6))
    costs: Float = LEAST_EDGE + (1 - LEAST_EDGE) * likeness
    return costs
