"""The long works of the Foreground job, and what they prepare for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import SegmenterError
from segmenter.gui.canvas.levels import Levels, doubt_levels, picture_levels, value_levels
from segmenter.gui.foreground.palettes import Swatch, palettes_of
from segmenter.gui.look import View
from segmenter.images.display import display_rgb
from segmenter.images.image import Image
from segmenter.segment.foreground import (
    Foreground,
    Prepared,
    prepare_foreground_steps,
    segment_foreground_steps,
)
from segmenter.segment.foreground.equals import is_amid_equals
from segmenter.segment.foreground.layered import united_matte_steps
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.foreground.solid.segment import prepare_solid_steps, segment_solid_steps
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.session.marks import Guidance, Marks, Stroke, painted
from segmenter.work import Progress, Work, aside, portion


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

    @property
    def image(self) -> Image:
        """The image."""
        return self.prepared.image


@dataclass(frozen=True, eq=False)
class ReadySolid:
    """A volume prepared for marks.

    Attributes
    ----------
    view : SolidView
        The volume at the size at which outlines are decided.
    thinned : Image
        The same cells in a column, for their colors.
    """

    view: SolidView
    thinned: Image

    @property
    def image(self) -> Image:
        """The volume."""
        return self.view.image


@dataclass(frozen=True, eq=False)
class ObjectCut:
    """An object and the colors it was told by.

    Attributes
    ----------
    marks : Marks
        What it follows from.
    foreground : Foreground or Solid
        The result.
    object_colors, background_colors : tuple of Swatch
        The components of both mixtures, the largest first.
    is_guess : bool
        Whether nothing in the image says where most of the outline runs.
    """

    marks: Marks
    foreground: Foreground | Solid
    object_colors: tuple[Swatch, ...]
    background_colors: tuple[Swatch, ...]
    is_guess: bool

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True on the object, shape grid."""
        return self.foreground.mask


def prepare_steps(image: Image) -> Work[Ready | ReadySolid]:
    """Do everything that does not depend on a mark."""
    if image.is_volume:
        view = yield from prepare_solid_steps(image)
        cells = image.pixels[np.ix_(*map(_middles, view.grid, image.grid))]
        column = cells.reshape(-1, 1, image.n_channels)
        return ReadySolid(view, Image(column, image.color_space))
    prepared = yield from prepare_foreground_steps(image)
    pixels = image.pixels[np.ix_(*map(_middles, prepared.working.grid, image.grid))]
    return Ready(prepared, Image(pixels, image.color_space))


def _middles(size: int, target: int) -> NDArray[np.intp]:
    """The pixel in the middle of each cell."""
    return ((np.arange(size) + 0.5) * target / size).astype(np.intp)


def cut_steps(
    ready: Ready | ReadySolid, marks: Marks, known: Mapping[Marks, ObjectCut]
) -> Work[ObjectCut]:
    """Cut an object out; a partial result is its coarse mask.

    The marks are worked in one after the other, as they were made, so that the same marks give
    the same object whatever is known of it.

    Parameters
    ----------
    ready : Ready or ReadySolid
        The image.
    marks : Marks
        What was said about the object.
    known : mapping of Marks to ObjectCut
        Results of marks that these may go on from.
    """
    result, n_known = _gone_on_from(marks, known)
    said = islice(marks.guidances(ready.image.grid), n_known, None)
    n_left = len(marks.drawn) + 1 - n_known
    for number, guidance in enumerate(said, 1):
        step = portion(_worked_in(ready, guidance, result), (number - 1) / n_left, number / n_left)
        try:
            result = yield from step
        except SegmenterError:  # such as for marks of the background before any of the object
            if number == n_left:
                raise
    assert result is not None  # nothing was refused
    task = partial(_with_palettes, marks, result, ready)
    return (yield from aside(task, Progress("Preparing the colors", 1.0)))


def _with_palettes(
    marks: Marks, result: Foreground | Solid, ready: Ready | ReadySolid
) -> ObjectCut:
    is_guess = is_amid_equals(ready.image, result.mask)
    return ObjectCut(marks, result, *palettes_of(result, ready.thinned), is_guess)


def _worked_in(
    ready: Ready | ReadySolid, guidance: Guidance, before: Foreground | Solid | None
) -> Work[Foreground | Solid]:
    box, foreground, background, hints, lasso = guidance
    said = box, foreground, background, hints
    if isinstance(ready, ReadySolid):
        solid = before if isinstance(before, Solid) else None
        return (yield from segment_solid_steps(ready.view, *said, solid, lasso))
    flat = before if isinstance(before, Foreground) else None
    return (yield from segment_foreground_steps(ready.prepared, *said, flat, lasso))


def _gone_on_from(
    marks: Marks, known: Mapping[Marks, ObjectCut]
) -> tuple[Foreground | Solid | None, int]:
    """Find the known result that marks go on from; return also how much of them it knows."""
    while marks.drawn:
        marks = marks.before_last
        if marks in known:
            return known[marks].foreground, len(marks.drawn) + 1
    return None, 0


Subject = tuple[tuple[Foreground, tuple[Stroke, ...]], ...]
"""What is seen in a view: objects, the uppermost first, and where each is soft besides."""


def view_steps(subject: Subject, view: View, *, at_once: bool) -> Work[Levels]:
    """Compute what a view paints.

    Parameters
    ----------
    subject : sequence of (Foreground, tuple of Stroke)
        Of what: any number of objects in CUTOUT, else one.
    view : View
        CUTOUT gives colors with premultiplied alpha; PROBABILITY and UNCERTAINTY give values.
    at_once : bool
        Whether a cut-out with a hard outline is a partial result.
    """
    if view is View.CUTOUT:
        return (yield from _cutout_steps(subject, at_once))
    yield Progress("Computing the probability")
    foreground = subject[0][0]
    if view is View.PROBABILITY:
        return value_levels(foreground.probability)
    return doubt_levels(foreground.uncertainty, foreground.image.valid)


def _cutout_steps(subject: Subject, at_once: bool) -> Work[Levels]:
    image, masks = subject[0][0].image, [foreground.mask for foreground, _ in subject]
    hard = _cutout_levels(image, np.logical_or.reduce(masks)) if at_once else None
    yield Progress("Softening the outline", 0.0, hard)
    matte = yield from united_matte_steps(
        [(each, painted(edge, each.mask.shape)) for each, edge in subject]
    )
    return _cutout_levels(matte.image, matte.alpha)


def _cutout_levels(image: Image, share: NDArray[Any]) -> Levels:
    """Prepare an image whose pixels belong to the object by a share of 0..1."""
    alpha = (share * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    rgb = display_rgb(image)
    premultiplied = (rgb * share[..., None].astype(np.float32) + np.float32(0.5)).astype(np.uint8)
    return picture_levels(premultiplied, alpha)
