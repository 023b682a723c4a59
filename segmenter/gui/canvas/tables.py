"""Tables of 256 colors (0xAARRGGBB) through which values become what is seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import log10

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from segmenter.gui.look import LEAST_P
from segmenter.segment.labels import Color, Label

UNCERTAINTY_MAP = "viridis"


def label_table(labels: Iterable[Label]) -> list[int]:
    """Paint these labels in their colors, and nothing else."""
    table = [0] * 256
    for label in labels:
        table[label.value] = _argb(label.color)
    return table


def argb_colors(colors: NDArray[np.uint8], painted: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Pack the colors of labels, shape (n, 3), behind a clear one for 0; others are clear too."""
    table = np.zeros(len(colors) + 1, np.uint32)
    red, green, blue = colors.reshape(-1, 3).astype(np.uint32).T  # there may be none
    table[1:] = (0xFF000000 | red << 16 | green << 8 | blue) * painted
    return table


def soft_table(color: Color) -> list[int]:
    """Paint probabilities in one color: none is clear, certain is opaque."""
    return [_argb(color, alpha) for alpha in range(256)]


@cache
def uncertainty_table() -> list[int]:
    """Paint uncertainty from dark (certain) to bright in a perceptual map; 0 is clear."""
    colors: Sequence[Sequence[int]] = pg.colormap.get(UNCERTAINTY_MAP).getLookupTable(nPts=256)
    return [0, *(_argb(Color(*(int(part) for part in color))) for color in colors[1:])]


def rarity_table(rate: float) -> list[int]:
    """Paint the negative power of ten of p-values, 255 at `LEAST_P`; those above a rate are clear.

    Parameters
    ----------
    rate : float
        The largest p-value that is painted.
    """
    first = min(max(1, round(255 * log10(rate) / log10(LEAST_P))), 255)
    return [*[0] * first, *uncertainty_table()[first:]]


def _argb(color: Color, alpha: int = 255) -> int:
    return alpha << 24 | color.red << 16 | color.green << 8 | color.blue
