"""The one color map for values without a color of their own."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

# Cividis (Nunez, Anderton & Renslow 2018, "Optimizing colormaps with consideration for color
# vision deficiency", PLOS ONE 13(7)), which is in the public domain (CC0), at 17 places.
_CIVIDIS = (
    (0, 32, 77), (0, 44, 105), (6, 54, 110), (45, 66, 108), (65, 77, 107), (82, 89, 108),
    (97, 100, 111), (111, 112, 115), (125, 124, 120), (139, 135, 121), (155, 148, 119),
    (172, 161, 116), (188, 175, 111), (206, 188, 104), (224, 203, 94), (242, 218, 80),
    (255, 234, 70),
)  # fmt: skip


@cache
def cividis() -> NDArray[np.uint8]:
    """Return the colors of 256 steps from low (dark blue) to high (yellow), shape (256, 3)."""
    anchors = np.array(_CIVIDIS, dtype=float)
    places = np.linspace(0, 255, len(anchors))
    steps = np.arange(256)
    channels = [np.interp(steps, places, anchors[:, channel]) for channel in range(3)]
    table: NDArray[np.uint8] = np.rint(np.stack(channels, axis=-1)).astype(np.uint8)
    table.flags.writeable = False
    return table
