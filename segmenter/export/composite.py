"""A cut-out laid on a ground: a color or another image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 16  # pixels that are mixed at once


def covering(rgb: NDArray[np.uint8], grid: tuple[int, int]) -> NDArray[np.uint8]:
    """Scale a picture to cover a grid of (height, width), and cut off what is beyond it evenly.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (h, w, 3)
        The picture.
    grid : tuple of int
        The height and width that are wanted.
    """
    from PIL import Image

    height, width = rgb.shape[:2]
    factor = min(height / grid[0], width / grid[1])
    down, across = grid[0] * factor, grid[1] * factor
    left, top = (width - across) / 2, (height - down) / 2
    box = (left, top, left + across, top + down)
    picture = Image.fromarray(rgb).resize((grid[1], grid[0]), Image.Resampling.LANCZOS, box)
    return np.asarray(picture)


def composed(
    rgb: NDArray[np.uint8], alpha: NDArray[np.floating], ground: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Lay colors on a ground by their opacity, in sRGB as the screen does.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (height, width, 3)
        The colors of the object.
    alpha : float ndarray, shape (height, width)
        0..1.
    ground : uint8 ndarray, shape (height, width, 3) or (3,)
        Another picture, or one color.
    """
    mixed = np.empty_like(rgb)
    colors, shares = rgb.reshape(-1, 3), alpha.reshape(-1, 1)
    below = np.broadcast_to(ground, rgb.shape).reshape(-1, 3) if ground.ndim == 3 else ground
    result = mixed.reshape(-1, 3)
    for start in range(0, len(colors), BLOCK):
        part = slice(start, start + BLOCK)
        under = (below[part] if ground.ndim == 3 else below).astype(np.float32)
        over = colors[part].astype(np.float32)
        result[part] = np.rint(under + (over - under) * np.clip(shares[part], 0, 1))
    return mixed
