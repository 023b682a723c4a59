"""Whether an outline follows an edge at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image

MOST_LINES = 256
"""Rows, and columns, on which it is looked how an outline runs: of a large image not all."""


def is_amid_equals(image: Image, mask: NDArray[np.bool_]) -> bool:
    """Tell whether most of an outline runs between pixels that are exactly alike.

    Parameters
    ----------
    image : Image
        A picture or a volume.
    mask : bool ndarray, shape grid
        True on the object.
    """
    n_equal = n_crossed = 0
    for axis in range(mask.ndim):
        lines = tuple(
            slice(None, None, 1 if each == axis else max(1, side // MOST_LINES))
            for each, side in enumerate(mask.shape)
        )
        inside, pixels = (np.moveaxis(whole[lines], axis, 0) for whole in (mask, image.pixels))
        crossed = np.nonzero(inside[1:] != inside[:-1])
        n_equal += int((pixels[1:][crossed] == pixels[:-1][crossed]).all(-1).sum())
        n_crossed += len(crossed[0])
    return 2 * n_equal > n_crossed
