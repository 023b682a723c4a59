"""The image at halved sizes, in its own dtype: the steps of an outline into full size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks

ROWS = 128  # of a block


def pyramid_of(pixels: NDArray[Any], n_smallest: int) -> tuple[NDArray[Any], ...]:
    """Halve an image until a further halving would leave fewer than `n_smallest` pixels.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, n_channels)
    n_smallest : int
        The last level has at least as many pixels, unless the image itself has fewer.

    Returns
    -------
    tuple of ndarray
        The first is `pixels`; an odd last row or column is averaged with itself.
    """
    levels = [pixels]
    while levels[-1].shape[0] * levels[-1].shape[1] >= 4 * n_smallest:
        levels.append(halved(levels[-1]))
    return tuple(levels)


def halved(pixels: NDArray[Any]) -> NDArray[Any]:
    """Average blocks of 2 x 2 pixels."""
    height, width, n_channels = pixels.shape
    half = np.empty(((height + 1) // 2, (width + 1) // 2, n_channels), pixels.dtype)
    rounding = np.float32(0.5 if pixels.dtype.kind in "ui" else 0.0)
    whole = np.ascontiguousarray(pixels).view()
    whole.flags.writeable = False  # as the image's own are: one kernel for all levels

    def halve_rows(block: int) -> None:
        _halve(whole, half, rounding, block * ROWS, min((block + 1) * ROWS, half.shape[0]))

    run_blocks(halve_rows, -(-half.shape[0] // ROWS))
    return half


@compiled
def _halve(
    pixels: NDArray[Any], half: NDArray[Any], rounding: np.float32, first: int, last: int
) -> None:
    height, width, n_channels = pixels.shape
    for i in range(first, last):
        above, below = 2 * i, min(2 * i + 1, height - 1)
        for j in range(half.shape[1]):
            left, right = 2 * j, min(2 * j + 1, width - 1)
            for c in range(n_channels):
                total = np.float32(pixels[above, left, c]) + np.float32(pixels[above, right, c])
                total += np.float32(pixels[below, left, c]) + np.float32(pixels[below, right, c])
                half[i, j, c] = total * np.float32(0.25) + rounding
