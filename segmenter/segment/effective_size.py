"""How many independent pixels an image is worth when the number of regions is chosen.

Neighboring pixels repeat each other. A criterion that takes them all for independent finds a
component for every shade, and more of them the more pixels the same picture has. A region that a
person would name is rarely smaller than a patch of 1/24 of the longer side, so that many patches is
what the image counts for: about 400 for any photo, whatever its resolution.
"""

from __future__ import annotations

PATCHES_A_SIDE = 24


def effective_size(grid: tuple[int, ...]) -> float:
    """Count the patches of an image.

    Parameters
    ----------
    grid : tuple of int
        (height, width) in pixels.

    Returns
    -------
    float
        Between 1 and the number of pixels.
    """
    side = max(1.0, max(grid) / PATCHES_A_SIDE)
    size = 1.0
    for length in grid:
        size *= max(1.0, length / side)
    return size
