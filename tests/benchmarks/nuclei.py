"""Microscopy images with instance maps, and the measures of objects found in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from segmenter.images.image import Image
from segmenter.images.read import read_image

Labels = NDArray[np.integer]


@dataclass(frozen=True)
class Counted:
    """An image and the objects that people drew in it."""

    name: str
    image: Image
    drawn: Labels


def counted_images(folder: Path) -> Iterator[Counted]:
    """Images of a folder with ``images/`` and 16-bit instance maps in ``gt/``."""
    for path in sorted((folder / "images").glob("*.png")):
        drawn = np.array(Picture.open(folder / "gt" / path.name)).astype(np.int64)
        yield Counted(path.stem, read_image(path), drawn)


def overlap(label_map: Labels, drawn: Labels) -> float:
    """Intersection over union of all objects together."""
    ours, theirs = label_map > 0, drawn > 0
    return float((ours & theirs).sum() / max(1, (ours | theirs).sum()))


def f1(label_map: Labels, drawn: Labels) -> float:
    """Share of objects, ours and theirs, that have a partner with an overlap above a half."""
    overlaps, n_ours, n_theirs = _overlaps(label_map, drawn)
    return float(2 * (overlaps > 0.5).sum() / max(1, n_ours + n_theirs))


def _overlaps(label_map: Labels, drawn: Labels) -> tuple[NDArray[np.float64], int, int]:
    shape = int(drawn.max()) + 1, int(label_map.max()) + 1
    flat = drawn.astype(np.int64) * shape[1] + label_map
    table = np.bincount(flat.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
    theirs, ours = table.sum(1)[1:], table.sum(0)[1:]
    inner = table[1:, 1:]
    union = np.maximum(theirs[:, None] + ours[None] - inner, 1)
    return inner / union, int((ours > 0).sum()), int((theirs > 0).sum())
