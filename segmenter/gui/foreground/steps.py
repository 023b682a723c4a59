"""The long works of the Foreground job, and what they prepare for the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.gui.canvas.levels import Levels, label_levels, picture_levels, value_levels
from segmenter.gui.foreground.palettes import Swatch, palettes_of
from segmenter.gui.look import View
from segmenter.images.display import display_rgb
from segmenter.images.image import Image
from segmenter.segment.foreground import (
    Foreground,
    Prepared,
    matte_steps,
    prepare_foreground_steps,
    segment_foreground_steps,
)
from segmenter.session.marks import Marks
from segmenter.work import Progress, Work, portion


@dataclass(frozen=True, eq=False)
class Ready:
    """An image prepared for marks.

    Attributes
    ----------
    prepared : Prepared
        The image.
    thinned : Image
        Of the size at which outlines are decided.
    """

    prepared: Prepared
    thinned: Image


@dataclass(frozen=True, eq=False)
class ObjectCut:
    """An object as it is shown.

    Attributes
    ----------
    marks : Marks
        What it follows from.
    foreground : Foreground
        The result.
    mask : Levels
        1 on the object.
    share : float
        Of the pixels that take part, 0..1.
    object_colors, background_colors : tuple of Swatch
        The components of both mixtures, the largest first.
    """

    marks: Marks
    foreground: Foreground
    mask: Levels
    share: float
    object_colors: tuple[Swatch, ...]
    background_colors: tuple[Swatch, ...]


def prepare_steps(image: Image) -> Work[Ready]:
    """Do everything that does not depend on a mark."""
    prepared = yield from prepare_foreground_steps(image)
    height, width = prepared.working.grid
    rows = (np.arange(height) + 0.5) * image.grid[0] / height
    columns = (np.arange(width) + 0.5) * image.grid[1] / width
    pixels = image.pixels[np.ix_(rows.astype(np.intp), columns.astype(np.intp))]
    return Ready(prepared, Image(pixels, image.color_space))


def cut_steps(ready: Ready, marks: Marks, previous: Foreground | None) -> Work[ObjectCut]:
    """Cut the object out; the partial results are `Levels` of a coarse mask.

    Parameters
    ----------
    ready : Ready
        The image.
    marks : Marks
        What was said about the object.
    previous : Foreground or None
        A result of marks that these go on from.
    """
    image = ready.prepared.image
    grid = image.grid[0], image.grid[1]
    work = segment_foreground_steps(ready.prepared, *marks.guidance(grid), previous)
    foreground = yield from portion(_shown(work, grid), 0.0, 0.9)
    yield Progress("Preparing the picture", 0.9)
    n_valid = foreground.mask.size if image.valid is None else int(image.valid.sum())
    return ObjectCut(
        marks,
        foreground,
        label_levels(foreground.label_map, grid),
        float(np.count_nonzero(foreground.mask)) / n_valid,
        *palettes_of(foreground, ready.thinned),
    )


def _shown(work: Work[Foreground], grid: tuple[int, int]) -> Work[Foreground]:
    """Pass a work on with coarse masks as they are shown."""
    try:
        while True:
            progress = next(work)
            mask = progress.partial
            levels = None
            if isinstance(mask, np.ndarray):
                levels = label_levels(mask.astype(np.uint8), grid, grid[1] / mask.shape[1])
            yield replace(progress, partial=levels)
    except StopIteration as end:
        result: Foreground = end.value
        return result
    finally:
        work.close()


def view_steps(foreground: Foreground, view: View) -> Work[Levels]:
    """Compute what a view of the object paints.

    Parameters
    ----------
    foreground : Foreground
        The result.
    view : View
        CUTOUT gives colors with premultiplied alpha, and as a partial result those of a hard
        outline; PROBABILITY and UNCERTAINTY give values.
    """
    if view is View.CUTOUT:
        return (yield from _cutout_steps(foreground))
    yield Progress("Computing the probability")
    if view is View.PROBABILITY:
        return value_levels(foreground.probability)
    return value_levels(foreground.uncertainty)


def _cutout_steps(foreground: Foreground) -> Work[Levels]:
    hard = _cutout_levels(foreground.image, foreground.mask)
    yield Progress("Softening the outline", 0.0, hard)
    matte = yield from matte_steps(foreground)
    return _cutout_levels(matte.image, matte.alpha)


def _cutout_levels(image: Image, share: NDArray[Any]) -> Levels:
    """Prepare an image whose pixels belong to the object by a share of 0..1."""
    alpha = (share * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    rgb = display_rgb(image)
    premultiplied = (rgb * share[..., None].astype(np.float32) + np.float32(0.5)).astype(np.uint8)
    return picture_levels(premultiplied, alpha)
