"""How the values of any image become colors that the models can compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.images.lab import lab_from_srgb

# Chroma tells objects apart better than lightness, which shading changes.
LAB_SCALE = np.array([0.01, 0.015, 0.015], np.float32)
SAMPLE = 100_000  # pixels from which the range of values is taken


@dataclass(frozen=True, eq=False)
class Colors:
    """A map from pixel values to a few numbers of about 0..1.

    Attributes
    ----------
    is_rgb : bool
        CIELAB is taken of sRGB values; else `axes` are applied.
    center : float32 ndarray, shape (n_channels,)
    axes : float32 ndarray, shape (n_channels, at most 3)
        RGB: values to 0..1. Else the principal axes, scaled to the range of values.
    """

    is_rgb: bool
    center: NDArray[np.float32]
    axes: NDArray[np.float32]

    def of(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Colors of pixel values, shape (..., n_channels) to (..., 1 to 3)."""
        if not self.is_rgb:
            scaled: NDArray[np.float32] = np.matmul(
                values.astype(np.float32) - self.center, self.axes, dtype=np.float32
            )
            return scaled
        whole = values.dtype.kind == "u"
        lab = lab_from_srgb(values if whole else values * self.axes[0, 0])
        scaled_lab: NDArray[np.float32] = lab * LAB_SCALE
        return scaled_lab


def colors_of(image: Image) -> Colors:
    """Find the map for an image: CIELAB for sRGB, else its (at most three) principal axes."""
    pixels = image.pixels
    if image.color_space == "rgb":
        top = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "ui" else 1.0
        return Colors(True, np.zeros(3, np.float32), np.eye(3, dtype=np.float32) / np.float32(top))
    taken = pixels.reshape(-1, image.n_channels) if image.valid is None else pixels[image.valid]
    taken = taken[:: max(1, len(taken) // SAMPLE)].astype(np.float64)
    center = np.median(taken, axis=0)
    _, _, axes = np.linalg.svd(np.cov(taken.T, ddof=0).reshape(image.n_channels, -1))
    axes = axes[:3].T
    axes = np.where(axes.sum(axis=0) < 0, -axes, axes)  # what is brighter lies further along them
    low, high = np.percentile((taken - center) @ axes, [0.5, 99.5], axis=0)
    span = float((high - low).max()) or 1.0
    return Colors(False, center.astype(np.float32), (axes / span).astype(np.float32))
