"""Whether an outline follows an edge at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.foreground.solid.distances import window_of

MOST_LINES = {2: 256, 3: 64}
"""Lines each way through an object of a picture or a volume, by its axes, along which it is looked
how the outline runs: of a large object not all."""


def is_amid_equals(image: Image, mask: NDArray[np.bool_]) -> bool:
    """Tell whether most of an outline runs between pixels that are exactly alike.

    Parameters
    ----------
    image : Image
        A picture or a volume.
    mask : bool ndarray, shape grid
        True on the object.
    """
    window = window_of(mask, 1)
    most = MOST_LINES[mask.ndim]
    strides = [-(-(part.stop - part.start) // most) for part in window]
    n_equal = n_crossed = 0
    for axis in range(mask.ndim):
        lines = tuple(
            slice(part.start, part.stop, 1 if each == axis else strides[each])
            for each, part in enumerate(window)
        )
        inside, pixels = (np.moveaxis(whole[lines], axis, 0) for whole in (mask, image.pixels))
        crossed = np.nonzero(inside[1:] != inside[:-1])
        n_equal += int((pixels[1:][crossed] == pixels[:-1][crossed]).all(-1).sum())
        n_crossed += len(crossed[0])
    return 2 * n_equal > n_crossed
