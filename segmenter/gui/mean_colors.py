"""The mean color of each region, from the colors on screen. Arrays only, no Qt."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.display import display_rgb
from segmenter.images.image import Image

COUNTED_PIXELS = 1_000_000
"""Colors are summed over at most about this many pixels, evenly spaced."""

Sums = NDArray[np.float64]


def color_sums(image: Image, numbers: NDArray[Any]) -> Sums:
    """Sum up the display colors of the pixels of each number.

    Parameters
    ----------
    image : Image
        A two-dimensional image.
    numbers : integer ndarray, shape image.grid
        From 0 on.

    Returns
    -------
    ndarray, shape (numbers.max() + 1, 4)
        Sums of red, green and blue, and how many pixels were counted.
    """
    stride = max(1, round(sqrt(numbers.size / COUNTED_PIXELS)))
    sparse = (slice(None, None, stride), slice(None, None, stride))
    n = int(numbers.max(initial=0)) + 1
    flat = numbers[sparse].ravel()
    colors = display_rgb(thinned(image, stride)).reshape(-1, 3)
    sums = [np.bincount(flat, channel, n) for channel in colors.T]
    return np.stack([*sums, np.bincount(flat, minlength=n)], axis=1)


def mean_colors(sums: Sums, lookup: NDArray[Any] | None = None) -> NDArray[np.uint8]:
    """Return the mean color of each number, or of each label that numbers have.

    Parameters
    ----------
    sums : ndarray, shape (n_numbers, 4)
        From `color_sums`.
    lookup : integer ndarray, shape (n_numbers,), optional
        The label of each number.

    Returns
    -------
    uint8 ndarray, shape (n, 3)
        Black where no pixel was counted.
    """
    if lookup is not None:
        sums = np.stack([np.bincount(lookup, column) for column in sums.T], axis=1)
    means: NDArray[np.float64] = sums[:, :3] / np.maximum(sums[:, 3:], 1)
    return (means + 0.5).astype(np.uint8)


def thinned(image: Image, stride: int) -> Image:
    """Keep every `stride`-th pixel both ways."""
    sparse = (slice(None, None, stride), slice(None, None, stride))
    return Image(
        image.pixels[sparse].copy(),
        image.color_space,
        None if image.alpha is None else image.alpha[sparse].copy(),
        None if image.missing is None else image.missing[sparse].copy(),
        source=image.source,
    )
