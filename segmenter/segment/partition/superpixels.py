"""Superpixels: basins of the boundary map, the leaves of the merge tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.partition.flooding import flooded
from segmenter.segment.partition.smoothing import smoothed

Float = NDArray[np.float32]
MARKER_BLUR = 1.0  # in cells
MARKER_REACH = 2  # a marker is the lowest within so many cells


def superpixels(
    relief: Float, valid: NDArray[np.bool_] | None, cells: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Number the basins of a boundary map from 0; -1 where cells take no part."""
    from scipy import ndimage  # here: it loads slowly

    smooth = smoothed(relief[None], tuple(MARKER_BLUR / cells))[0]
    reach = [1 + 2 * max(1, round(MARKER_REACH / cell)) for cell in cells]
    lowest = smooth == ndimage.minimum_filter(smooth, reach, mode="nearest")
    if valid is not None:
        lowest &= valid
    markers = ndimage.label(lowest)[0].astype(np.int32)
    if valid is not None:
        markers[~valid] = -1
    basins: NDArray[np.int32] = _without_dry(flooded(relief, markers), valid) - 1
    return basins


def _without_dry(basins: NDArray[np.int32], valid: NDArray[np.bool_] | None) -> NDArray[np.int32]:
    """Give places that no marker reached, if there are any, numbers of their own."""
    if valid is None:
        return basins
    dry = valid & (basins == 0)
    if dry.any():
        from scipy import ndimage

        numbers = ndimage.label(dry)[0]
        basins = np.where(dry, numbers + basins.max(), basins).astype(np.int32)
    return basins
