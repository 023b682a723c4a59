"""A picture of a labelled volume to check at a glance: slices through it, on three planes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from segmenter.export.overlay import overlay_picture
from segmenter.export.slices import Convention, Plane, upright_slices
from segmenter.export.verify import write_verified
from segmenter.export.written import Written
from segmenter.images.geometry import canonical_affine, grid_spacing, to_canonical
from segmenter.images.image import Image
from segmenter.segment.labels import Color

TILE = 180
"""Pixels of the longest side of what is labelled."""

_PITCH = TILE + 8  # from one tile to the next

PLACES = (0.18, 0.34, 0.5, 0.66, 0.82)
"""How far on the way through it the slices lie."""

_MARGIN = 8.0  # millimeters around it
_DARK, _BRIGHT = 1, 99.5  # percentiles of its intensities
_OPACITY = 0.4
_LETTER = (220, 220, 220)


def write_overview(
    path: Path,
    image: Image,
    label_map: NDArray[Any],
    colors: Sequence[Color],
    convention: Convention = "radiological",
) -> Written:
    """Write five slices of each plane with the labels over them, of one scale in all directions.

    Parameters
    ----------
    path : Path
        Ends in ``.png``.
    image : Image
        The volume.
    label_map : integer ndarray, shape grid
        0 is unlabeled.
    colors : sequence of Color
        The first is that of label 1.
    convention : {"radiological", "neurological"}
        Whether the left of axial and coronal slices is the patient's right, or left.

    Raises
    ------
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    affine = np.eye(4) if image.affine is None else image.affine
    labels = to_canonical(label_map, affine)
    spacing = np.array(grid_spacing(canonical_affine(affine, image.grid)))
    places = np.ix_(*_even_places(labels, spacing))
    gray = _gray(to_canonical(image.pixels[..., 0], affine)[places], labels[places])
    rows = []
    for plane in get_args(Plane):
        slices = zip(
            upright_slices(gray, plane, convention),
            upright_slices(labels[places], plane, convention),
            strict=True,
        )
        rows.append(_row(list(slices), colors))
    picture = _lettered(np.concatenate(rows), "R" if convention == "radiological" else "L")
    return write_verified(path, picture, "slices with their labels over them")


def _even_places(labels: NDArray[Any], spacing: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the voxels along each axis that lie evenly, in millimeters, around what is labelled.

    The longest side has `TILE` of them; where voxels are larger than that, they are repeated.
    """
    inside = np.argwhere(labels > 0) if labels.any() else np.array([[0, 0, 0], labels.shape])
    margin = _MARGIN / spacing
    first = np.maximum(inside.min(axis=0) - margin, 0)
    last = np.minimum(inside.max(axis=0) + 1 + margin, labels.shape)
    sides = (last - first) * spacing
    counts = np.maximum(np.rint(TILE * sides / sides.max()), 1).astype(int)
    return [
        np.minimum(start + (np.arange(n) + 0.5) * (stop - start) / n, size - 1).astype(np.intp)
        for start, stop, n, size in zip(first, last, counts, labels.shape, strict=True)
    ]


def _gray(values: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.uint8]:
    """Stretch the intensities of what is labelled over the range of a screen."""
    shown = np.nan_to_num(values.astype(np.float32))
    inside = shown[labels > 0] if labels.any() else shown
    low, high = np.percentile(inside, (_DARK, _BRIGHT))
    low = min(low, float(np.percentile(shown, _DARK)))
    gray = np.clip(255 * (shown - low) / max(high - low, 1e-30), 0, 255)
    return np.asarray(gray, np.uint8)


def _row(
    slices: Sequence[tuple[NDArray[np.uint8], NDArray[Any]]], colors: Sequence[Color]
) -> NDArray[np.uint8]:
    """Show some slices side by side, each in the middle of a tile."""
    row = np.zeros((_PITCH, len(PLACES) * _PITCH, 3), np.uint8)
    for number, place in enumerate(PLACES):
        gray, labels = slices[round(place * (len(slices) - 1))]
        rgb = np.repeat(gray[..., np.newaxis], 3, axis=-1)
        height, width = gray.shape
        top, left = (_PITCH - height) // 2, number * _PITCH + (_PITCH - width) // 2
        row[top : top + height, left : left + width] = overlay_picture(
            rgb, labels, colors, opacity=_OPACITY
        )
    return row


def _lettered(picture: NDArray[np.uint8], side: str) -> NDArray[np.uint8]:
    """Say which side of the patient the left of axial and coronal slices is."""
    from PIL import Image as PillowImage
    from PIL import ImageDraw

    paper = PillowImage.fromarray(picture)
    for row, letter in enumerate((side, side, "A" if side == "R" else "P")):
        ImageDraw.Draw(paper).text((4, row * _PITCH + _PITCH // 2 - 6), letter, fill=_LETTER)
    lettered: NDArray[np.uint8] = np.asarray(paper)
    return lettered
