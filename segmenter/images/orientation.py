"""Turning pixels upright, as EXIF orientation says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_STRIP = 64  # rows written at a time: the pixels they come from stay in the cache

NOTES = {
    2: "mirrored, as its orientation tag says",
    3: "turned by 180°, as its orientation tag says",
    4: "flipped upside down, as its orientation tag says",
    5: "transposed, as its orientation tag says",
    6: "turned by 90° clockwise, as its orientation tag says",
    7: "transposed along the other diagonal, as its orientation tag says",
    8: "turned by 90° counterclockwise, as its orientation tag says",
}


def upright(stored: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn and mirror an array so that it is shown as it was taken.

    Parameters
    ----------
    stored : ndarray, shape (height, width) or (height, width, n_channels)
        As the file stores it.
    orientation : int
        EXIF orientation: 1 upright, 2 mirrored, 3 turned by 180°, 4 flipped, 5 transposed,
        6 to be turned clockwise, 7 transposed along the other diagonal, 8 to be turned
        counterclockwise. Anything else counts as 1.

    Returns
    -------
    ndarray
        C-contiguous. The array itself if there is nothing to do.
    """
    if orientation not in NOTES:
        return np.ascontiguousarray(stored)
    if stored.ndim == 3:  # one item a pixel is moved faster than one a channel
        whole = np.ascontiguousarray(stored)
        pixels = whole.view(np.dtype((np.void, whole.itemsize * whole.shape[2])))[..., 0]
        return _turned(pixels, orientation)[..., None].view(stored.dtype)
    return _turned(stored, orientation)


def directions_of(orientation: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where stored columns and stored rows run on the screen, as steps to the right and down.

    Parameters
    ----------
    orientation : int
        As for `upright`.
    """
    right = -1 if orientation in (2, 3, 6, 7) else 1
    down = -1 if orientation in (3, 4, 7, 8) else 1
    return ((0, down), (right, 0)) if swaps_axes(orientation) else ((right, 0), (0, down))


def swaps_axes(orientation: int) -> bool:
    """Tell whether width and height change places."""
    return 5 <= orientation <= 8


def _turned(stored: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Copy a turned view strip by strip, which is quicker than at once."""
    view = stored.swapaxes(0, 1) if orientation >= 5 else stored
    if orientation in (3, 4, 7, 8):
        view = view[::-1]
    if orientation in (2, 3, 6, 7):
        view = view[:, ::-1]
    turned = np.empty(view.shape, view.dtype)
    for top in range(0, len(view), _STRIP):
        turned[top : top + _STRIP] = view[top : top + _STRIP]
    return turned
