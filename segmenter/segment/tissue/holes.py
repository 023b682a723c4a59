"""Holes of a mask: what is left out of it but cannot be reached from the border."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def without_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill the holes of a mask; unlike scipy's `binary_fill_holes` it takes one pass.

    Parameters
    ----------
    mask : ndarray of bool, shape (x, y, z)
    """
    from scipy import ndimage

    outside, count = ndimage.label(~mask)
    at_border = np.zeros(count + 1, np.bool_)
    for axis in range(mask.ndim):
        for end in (0, -1):
            at_border[outside.take(end, axis).ravel()] = True
    at_border[0] = False  # the mask itself
    filled: NDArray[np.bool_] = ~at_border[outside]
    return filled
