"""Connected parts of a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


def part_at(mask: Mask, rows: Places, columns: Places) -> Mask:
    """The parts of a mask that some of its pixels are in; none where those are not in the mask.

    Parameters
    ----------
    mask : bool ndarray, shape (height, width)
        Pixels are connected by their sides.
    rows, columns : intp ndarray, shape (n,)
    """
    return flooded(mask, rows, columns)


@compiled
def flooded(mask: Mask, rows: Places, columns: Places) -> Mask:
    """Do the same inside of a kernel: spread from the pixels."""
    height, width = mask.shape
    part, waiting = np.zeros(mask.shape, np.bool_), np.empty(mask.size, np.intp)
    n = 0
    for k in range(len(rows)):
        i, j = rows[k], columns[k]
        if mask[i, j] and not part[i, j]:
            part[i, j] = True
            waiting[n] = i * width + j
            n += 1
    while n > 0:
        n -= 1
        i, j = waiting[n] // width, waiting[n] % width
        for side in range(4):
            a = i + (side == 0) - (side == 1)
            b = j + (side == 2) - (side == 3)
            if 0 <= a < height and 0 <= b < width and mask[a, b] and not part[a, b]:
                part[a, b] = True
                waiting[n] = a * width + b
                n += 1
    return part
