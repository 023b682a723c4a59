"""Painting labels, probabilities and uncertainty over an image.

Pure functions on arrays: the window calls them for what is visible, at screen resolution, and the
export for the whole picture, so both show the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.export.colormap import cividis

Colors = Sequence[tuple[int, int, int]] | NDArray[np.uint8]

_STRIP = 1 << 17  # pixels painted at a time, so that what lies between stays in the cache
_CASING = 0.35  # what an outline's dark casing leaves of the ground


def overlay_picture(
    rgb: NDArray[np.uint8],
    label_map: NDArray[Any],
    colors: Colors,
    *,
    opacity: float = 0.45,
    outlines_only: bool = False,
    visible: Sequence[bool] | None = None,
) -> NDArray[np.uint8]:
    """Paint labels over a picture.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (height, width, 3)
        The picture.
    label_map : integer ndarray, shape (height, width)
        0 is never painted.
    colors : array-like, shape (n_labels, 3)
        sRGB, 0..255; the first is that of label 1.
    opacity : float
        Of the labels, 0..1.
    outlines_only : bool
        Paint the labels' edges in place of their areas, opaque whatever the opacity: inside each
        label a line of 1.5 pixels with a dark casing.
    visible : sequence of bool, optional
        For each label whether it is painted; all of them if left out. To show one label
        alone, make the others invisible.

    Returns
    -------
    uint8 ndarray, shape (height, width, 3)
        A new picture.
    """
    table = np.zeros((len(colors) + 1, 3), np.uint8)
    table[1:] = colors
    shown = np.ones(len(table), bool)
    shown[1:] = True if visible is None else visible
    shown[0] = False
    if outlines_only:
        return _outlined(rgb, np.where(shown, np.arange(len(table)), 0).take(label_map), table)
    return _blended(rgb, label_map, _premultiplied(table, np.where(shown, opacity, 0.0)))


def soft_picture(
    rgb: NDArray[np.uint8],
    posterior: NDArray[np.floating[Any]],
    color: tuple[int, int, int],
    *,
    opacity: float = 1.0,
) -> NDArray[np.uint8]:
    """Paint one label's color over a picture, as opaque as the label is probable.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (height, width, 3)
        The picture.
    posterior : float ndarray, shape (height, width)
        Probability of the label, 0..1.
    color : tuple of int
        The label's sRGB color, 0..255.
    opacity : float
        Where the label is certain, 0..1.

    Returns
    -------
    uint8 ndarray, shape (height, width, 3)
        A new picture.
    """
    table = _premultiplied(np.tile(color, (256, 1)), np.linspace(0.0, opacity, 256))
    return _blended(rgb, _levels(posterior), table)


def uncertainty_picture(uncertainty: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Show values from 0 to 1 in the colors of cividis.

    Parameters
    ----------
    uncertainty : float ndarray, shape (height, width)
        0..1.

    Returns
    -------
    uint8 ndarray, shape (height, width, 3)
        A new picture.
    """
    return cividis().take(_levels(uncertainty), axis=0)


def _levels(share: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Turn 0..1 into 0..255, to the nearest."""
    scaled = share * np.float32(255)
    scaled += np.float32(0.5)
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def _premultiplied(colors: Colors, opacities: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Pack what each value adds, and the share of the picture it lets through, into 32 bits."""
    table = np.empty((len(opacities), 4), np.uint8)
    table[:, :3] = np.rint(np.asarray(colors, float).reshape(-1, 3) * opacities[:, None])
    table[:, 3] = np.rint(255 * (1 - opacities))
    return table.view(np.uint32)[:, 0]


def _blended(
    rgb: NDArray[np.uint8], label_map: NDArray[Any], table: NDArray[np.uint32]
) -> NDArray[np.uint8]:
    """Look every label up and lay it over the picture, strip by strip."""
    blended = np.empty(rgb.shape, np.uint8)
    rows = max(1, _STRIP // max(1, rgb.shape[1]))
    for top in range(0, len(rgb), rows):
        strip = slice(top, top + rows)
        painted = table.take(label_map[strip]).view(np.uint8).reshape(*label_map[strip].shape, 4)
        through = painted[..., 3].astype(np.uint16)
        for channel in range(3):
            light = rgb[strip, :, channel] * through
            light += 128
            light += light >> 8  # divides by 255, to the nearest
            light >>= 8
            light += painted[..., channel]
            blended[strip, :, channel] = np.minimum(light, 255)
    return blended


def _outlined(
    rgb: NDArray[np.uint8], label_map: NDArray[Any], colors: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Draw the labels' edges: a pixel of color, then half a pixel of it on the casing."""
    edge = _beside_another(label_map)
    inner = _grown(edge)
    inner &= ~edge
    outlined = rgb.copy().reshape(-1, 3)
    flat = label_map.reshape(-1)
    for ring, share in ((edge, 1.0), (inner, 0.5)):
        where = np.flatnonzero(ring)
        labels = flat.take(where)
        cased = outlined.take(where, axis=0) * np.float32(_CASING)
        share_of_line = np.where(labels > 0, np.float32(share), np.float32(0))[:, None]
        line = colors.take(labels, axis=0)
        cased += share_of_line * (line - cased)
        if share < 1:  # the ring around the label's outside has no second pixel
            where, cased = where[labels > 0], cased[labels > 0]
        outlined[where] = np.rint(cased).astype(np.uint8)
    return outlined.reshape(rgb.shape)


def _beside_another(label_map: NDArray[Any]) -> NDArray[np.bool_]:
    """Find the pixels with another label above, below, left or right of them."""
    found = np.zeros(label_map.shape, bool)
    down = label_map[1:] != label_map[:-1]
    found[1:] |= down
    found[:-1] |= down
    right = label_map[:, 1:] != label_map[:, :-1]
    found[:, 1:] |= right
    found[:, :-1] |= right
    return found


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add the pixels above, below, left and right of a mask."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown
