"""The public calls: an image and what was said about the object in, the object out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.blas import with_serial_blas
from segmenter.compiled import compiled
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.foreground.boxing import object_within
from segmenter.segment.foreground.clicking import Cut, first_click
from segmenter.segment.foreground.full_size import full_size_mask, obeyed
from segmenter.segment.foreground.guidance import (
    Box,
    Guidance,
    Hints,
    added_guidance,
    check_seen,
    checked_guidance,
)
from segmenter.segment.foreground.lasso import Point, enclosed
from segmenter.segment.foreground.mending import mended
from segmenter.segment.foreground.preparation import Prepared, border_of, prepare_foreground_steps
from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.foreground.solid.segment import segment_solid_steps
from segmenter.work import Progress, Work, finish, portion

Mask = NDArray[np.bool_]


def segment_foreground(
    image: Image | Prepared,
    box: Sequence[float] | None = None,
    foreground: Sequence[Sequence[float]] = (),
    background: Sequence[Sequence[float]] = (),
    hints: ArrayLike | None = None,
    previous: Foreground | Solid | None = None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Foreground | Solid:
    """Cut an object out of its background.

    Parameters
    ----------
    image : Image or Prepared
        A picture, or one that `prepare_foreground` has prepared, which saves time; or a volume.
    box : (x0, y0, x1, y1), optional
        Around the object, in pixels, inclusive; (x0, y0, z0, x1, y1, z1) in a volume.
    foreground, background : sequence of (x, y)
        Points on the object and off it, in pixels. The first point on the object finds it. In a
        volume they are (x, y, z), the indices of a voxel. To work on one slice alone, take it by
        `segmenter.slice_of`.
    hints : int8 array_like, shape grid, optional
        Strokes: 1 object, -1 background, 0 unknown.
    previous : Foreground or Solid, optional
        An earlier result of the same image. When the guidance goes on from its guidance, only what
        is new is worked in.
    lasso : sequence of (x, y), optional
        Corners of a closed line around the object: a box of any shape. In a volume (x, y, z), all
        in one slice; it goes through the slices of the box, and without one is as deep as wide.

    Returns
    -------
    Foreground or Solid
        Of a picture, or of a volume.

    Raises
    ------
    ParameterError
        When the guidance says nothing, contradicts itself or is outside of the image.

    Notes
    -----
    Object and background are Gaussian mixtures over color and position, fitted in turn with a
    minimum cut (Rother, Kolmogorov & Blake, GrabCut, SIGGRAPH 2004; here a convex one).
    """
    if isinstance(image, Image) and image.is_volume:
        solid = previous if isinstance(previous, Solid) else None
        return finish(segment_solid_steps(image, box, foreground, background, hints, solid, lasso))
    flat = previous if isinstance(previous, Foreground) else None
    return finish(segment_foreground_steps(image, box, foreground, background, hints, flat, lasso))


@with_serial_blas
def segment_foreground_steps(
    image: Image | Prepared,
    box: Sequence[float] | None = None,
    foreground: Sequence[Sequence[float]] = (),
    background: Sequence[Sequence[float]] = (),
    hints: ArrayLike | None = None,
    previous: Foreground | None = None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Work[Foreground]:
    """Do the same as a work; its partial result is the coarse mask, shape of the working view."""
    picture = image.image if isinstance(image, Prepared) else image
    if previous is not None and previous.image is picture:
        prepared = previous.prepared
    elif isinstance(image, Prepared):
        prepared, previous = image, None
    else:
        prepared, previous = (yield from portion(prepare_foreground_steps(image), 0.0, 0.4)), None
    grid = prepared.image.grid[0], prepared.image.grid[1]
    guidance = checked_guidance(grid, box, foreground, background, hints, lasso)
    check_seen(prepared.image, guidance.foreground)
    cut, decided = yield from portion(_cut(prepared, guidance, previous), 0.4, 1.0)
    mask = obeyed(decided.copy(), prepared, guidance)
    return Foreground(prepared, guidance, cut, decided, mask)


def _cut(
    prepared: Prepared, guidance: Guidance, previous: Foreground | None
) -> Work[tuple[Cut, Mask]]:
    """Begin with the box or the first point, or go on from before; then work in the marks."""
    new = None if previous is None else added_guidance(previous.guidance, guidance)
    if previous is None or new is None:
        cut, new = yield from portion(_begun(prepared, guidance), 0.0, 0.6)
        yield Progress("Following the outline", 0.6, cut.inside > 0.5)
        mask = full_size_mask(prepared, cut)
    else:
        cut, mask = previous.cut, previous.decided
    marks = _marks(prepared, new)
    for number, (rows, columns, sign) in enumerate(marks):
        yield Progress("Mending the object", 0.6 + 0.4 * number / len(marks), cut.inside > 0.5)
        cut = mended(prepared, cut, rows, columns, sign)
        fine = full_size_mask(prepared, cut)
        mask = fine if sign > 0 else fine & mask  # what is taken away adds nothing elsewhere
    return cut, mask


def _begun(prepared: Prepared, guidance: Guidance) -> Work[tuple[Cut, Guidance]]:
    """Find the object; return it and what of the guidance is still to be worked in."""
    if guidance.box is not None or guidance.lasso is not None:
        area = area_around(prepared, guidance.box, guidance.lasso)
        return (yield from object_within(prepared, area)), guidance
    if guidance.foreground:
        rest = Guidance(guidance.foreground[1:], guidance.background, None, guidance.hints)
        return (yield from first_click(prepared, *guidance.foreground[0])), rest
    if guidance.hints is not None and (guidance.hints > 0).any():
        return (yield from first_click(prepared, *_middle(guidance.hints > 0))), guidance
    if guidance.hints is None or (guidance.hints < 0).all():
        raise ParameterError("Only background is marked; click on the object or draw a box.")
    area = _unmarked_area(prepared, guidance.hints)
    return (yield from object_within(prepared, area)), guidance


def _marks(
    prepared: Prepared, guidance: Guidance
) -> list[tuple[NDArray[np.intp], NDArray[np.intp], int]]:
    """Rows and columns of the working view, and the sign, of each mark."""
    view, marks = prepared.working, []
    for points, sign in ((guidance.foreground, 1), (guidance.background, -1)):
        for point in points:
            row, column = view.place(*point)
            marks.append((np.array([row]), np.array([column]), sign))
    if guidance.hints is None:
        return marks
    drawn = _touched(prepared, guidance.hints)
    for sign, mine, other in ((1, drawn[0], drawn[1]), (-1, drawn[1], drawn[0])):
        rows, columns = np.nonzero(mine > other)
        if len(rows):
            marks.append((rows, columns, sign))
    return marks


def _touched(prepared: Prepared, hints: Hints) -> NDArray[np.intp]:
    """How many pixels drawn for the object, and for the background, are in each working pixel."""
    counts = np.zeros((2, *prepared.working.grid), np.intp)
    _count_drawn(hints, counts)
    return counts


@compiled
def _count_drawn(hints: Hints, counts: NDArray[np.intp]) -> None:
    height, width = hints.shape
    for i in range(height):
        row = i * counts.shape[1] // height
        for j in range(width):
            if hints[i, j] != 0:
                counts[0 if hints[i, j] > 0 else 1, row, j * counts.shape[2] // width] += 1


def area_around(
    prepared: Prepared, box: Box | None, lasso: Sequence[Point] | None
) -> NDArray[np.bool_]:
    """The pixels of the working view in a box and a lasso; never all, the border is background."""
    view = prepared.working
    area = np.ones(view.grid, bool)
    if box is not None:
        (top, left), (bottom, right) = view.place(box[0], box[1]), view.place(box[2], box[3])
        area[:top], area[bottom + 1 :], area[:, :left], area[:, right + 1 :] = (False,) * 4
    if lasso is not None:
        inside = area & enclosed(lasso, view.grid, view.image_grid)
        area = inside if inside.any() else area
    inner = ~border_of(view.grid)
    return inner if area.all() and inner.any() else area


def _unmarked_area(prepared: Prepared, hints: NDArray[np.int8]) -> NDArray[np.bool_]:
    """The pixels of the working view that no stroke for the background touches."""
    unmarked: NDArray[np.bool_] = _touched(prepared, hints)[1] == 0
    return unmarked


def _middle(mask: NDArray[np.bool_]) -> Point:
    """The pixel of a mask that is nearest to its center of mass, as (x, y)."""
    rows, columns = np.nonzero(mask)
    nearest = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    return float(columns[nearest]), float(rows[nearest])
