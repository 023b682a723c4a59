"""An area that is known to hold the object: a box, or what strokes for the background leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
SURROUNDINGS = 0.6  # of the area's half extent: how far outside of it colors count as background


@dataclass(frozen=True, eq=False)
class Area:
    """An area of a view that holds the object.

    Attributes
    ----------
    inside : bool ndarray, shape (height, width)
    nearby : bool ndarray, shape (height, width)
        The area and its surroundings.
    prior : float32 ndarray, shape (height, width)
        Log odds for the object inside: higher in the middle.
    """

    inside: Mask
    nearby: Mask
    prior: Float


def area_of(inside: Mask) -> Area:
    """Describe an area by the box around it."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    y, x = np.ogrid[: inside.shape[0], : inside.shape[1]]
    down = (y - (rows[0] + rows[-1]) / 2) / ((rows[-1] - rows[0] + 1) / 2)
    across = (x - (columns[0] + columns[-1]) / 2) / ((columns[-1] - columns[0] + 1) / 2)
    near = (np.abs(down) <= 1 + SURROUNDINGS) & (np.abs(across) <= 1 + SURROUNDINGS)
    prior = np.maximum(1.5 - 2.2 * (down**2 + across**2), -6)
    return Area(inside, near, prior.astype(np.float32))
