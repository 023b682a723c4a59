"""Write pictures of the window as PNGs of 256 colors: a third of the size, and fine to look at.

Colors of the window itself are flat, those of a photo are not: flat ones are kept exactly, so that
controls and swatches have no dots; what is left of the palette is shared by the photo, whose colors
are dithered.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

N_COLORS = 256
MOST_KEPT = 96
LEAST_PIXELS = 60
"""Inside flat areas of a color that is kept exactly: a third of a swatch."""


def write_smaller(path: Path, rgb: NDArray[np.uint8]) -> None:
    """Write a picture.

    Parameters
    ----------
    path : Path
        The file.
    rgb : uint8 ndarray, shape (height, width, 3)
    """
    packed = rgb.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colors, counts = np.unique(packed[_flat(packed)], return_counts=True)
    frequent = np.argsort(counts)[::-1][:MOST_KEPT]
    kept = colors[frequent[counts[frequent] >= LEAST_PIXELS]]
    rest = rgb[~np.isin(packed, kept)]
    shared = _shared_colors(rest, N_COLORS - len(kept))
    palette = np.concatenate([_unpacked(kept), shared])
    holder = Image.new("P", (1, 1))
    holder.putpalette(palette.tobytes())
    picture = Image.fromarray(rgb).quantize(palette=holder, dither=Image.Dither.FLOYDSTEINBERG)
    picture.save(path, optimize=True)


def _flat(packed: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Find pixels like all four neighbors."""
    flat = np.zeros(packed.shape, bool)
    middle = packed[1:-1, 1:-1]
    beside = (packed[:-2, 1:-1], packed[2:, 1:-1], packed[1:-1, :-2], packed[1:-1, 2:])
    flat[1:-1, 1:-1] = np.logical_and.reduce([each == middle for each in beside])
    return flat


def _shared_colors(pixels: NDArray[np.uint8], n_colors: int) -> NDArray[np.uint8]:
    """Choose colors that stand for many, by median cut."""
    if len(pixels) == 0:
        return np.zeros((0, 3), np.uint8)
    found = Image.fromarray(pixels[None]).quantize(n_colors, Image.Quantize.MEDIANCUT)
    return np.array(found.getpalette(), np.uint8).reshape(-1, 3)[:n_colors]


def _unpacked(packed: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.stack([packed >> 16, packed >> 8, packed], axis=1).astype(np.uint8)
