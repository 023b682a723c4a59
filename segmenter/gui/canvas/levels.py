"""Pictures at full, half, quarter size and so on, so that any zoom paints few pixels.

Arrays only: they are made on worker threads, and the canvas wraps them without a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST_SIDE = 256
"""Pictures are halved until their longer side is at most this."""


@dataclass(frozen=True, eq=False)
class Level:
    """A picture at one size.

    Attributes
    ----------
    factor : float
        How many pixels of the image, both ways, one pixel of this level stands for.
    width, height : int
        Of the level.
    pixels : ndarray, contiguous
        uint8 (height, width) values, or (height, width, 3 or 4) red, green, blue, alpha; or int32
        (height, width) numbers of which there may be many.
    """

    factor: float
    width: int
    height: int
    pixels: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Levels:
    """A picture at several sizes, finest first, and the part of the image it covers.

    Attributes
    ----------
    width, height : float
        Of the part, in image pixels.
    levels : tuple of Level
        Each covers the same part.
    left, top : int
        Corner of the part in the image.
    """

    width: float
    height: float
    levels: tuple[Level, ...]
    left: int = 0
    top: int = 0

    def at(self, scale: float) -> Level:
        """Return the coarsest level that has a pixel for each pixel of the screen.

        Parameters
        ----------
        scale : float
            Screen pixels per image pixel.
        """
        enough = [level for level in self.levels if level.factor * scale <= 1.0]
        return enough[-1] if enough else self.levels[0]


def picture_levels(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> Levels:
    """Prepare a picture, shape (height, width, 3), averaged where it is reduced.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
        Display colors.
    alpha : ndarray of uint8, shape (height, width), optional
        Opacity; opaque where not given.
    """
    pixels = rgb if alpha is None else np.dstack((rgb, alpha))
    return _levels(pixels, 1, (rgb.shape[0], rgb.shape[1]), _averaged)


def empty_levels(grid: tuple[int, int]) -> Levels:
    """Return a picture of (height, width) in which everything is transparent."""
    nothing = Level(max(grid), 1, 1, np.zeros((1, 1, 4), np.uint8))
    return Levels(grid[1], grid[0], (nothing,))


def label_levels(label_map: NDArray[Any], grid: tuple[int, int], factor: float = 1) -> Levels:
    """Prepare a label map; labels are never averaged.

    Parameters
    ----------
    label_map : integer ndarray, shape (h, w)
        Labels, or other numbers that stand for nothing between them, of every `factor`-th pixel.
    grid : tuple of int
        Height and width of the image.
    factor : float
        The stride of the label map.
    """
    return _levels(label_map, factor, grid, lambda level: level[::2, ::2])


def value_levels(plane: NDArray[np.float32]) -> Levels:
    """Prepare a plane of values 0..1 as bytes 0..255."""
    height, width = plane.shape
    values = (plane * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return _levels(values, 1, (height, width), _averaged)


def doubt_levels(plane: NDArray[np.float32], valid: NDArray[np.bool_] | None) -> Levels:
    """Prepare uncertainty 0..1 as bytes 1..255; 0 where pixels take no part."""
    return value_levels(seen_doubt(plane, valid))


def seen_doubt(
    uncertainty: NDArray[np.float32], valid: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Let uncertainty 0..1 be seen wherever pixels take part: there it is a byte at least."""
    least = np.maximum(uncertainty, np.float32(1 / 255))
    return least if valid is None else least * valid


def _levels(
    finest: NDArray[Any],
    factor: float,
    grid: tuple[int, int],
    halved: Callable[[NDArray[Any]], NDArray[Any]],
) -> Levels:
    levels = []
    pixels = finest
    while True:
        height, width = pixels.shape[:2]
        levels.append(Level(factor, width, height, np.ascontiguousarray(pixels)))
        if max(height, width) <= SMALLEST_SIDE:
            return Levels(grid[1], grid[0], tuple(levels))
        pixels, factor = halved(pixels), factor * 2


def _averaged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Halve both sides by the mean of 2 x 2 pixels; an odd last row or column stands for itself."""
    rows = pixels if pixels.shape[0] % 2 == 0 else np.concatenate([pixels, pixels[-1:]])
    even = rows if rows.shape[1] % 2 == 0 else np.concatenate([rows, rows[:, -1:]], axis=1)
    total = even[0::2, 0::2].astype(np.uint16)
    total += even[1::2, 0::2]
    total += even[0::2, 1::2]
    total += even[1::2, 1::2]
    total += np.uint16(2)
    return np.right_shift(total, 2, out=total).astype(np.uint8)
