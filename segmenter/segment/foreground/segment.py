"""The public calls: an image and what was said about the object in, the object out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.foreground.boxing import object_within
from segmenter.segment.foreground.clicking import Cut, first_click
from segmenter.segment.foreground.full_size import full_size_mask
from segmenter.segment.foreground.guidance import Box, Guidance, checked_guidance
from segmenter.segment.foreground.lasso import Point, enclosed
from segmenter.segment.foreground.mending import mended
from segmenter.segment.foreground.preparation import Prepared, border_of, prepare_foreground_steps
from segmenter.segment.foreground.result import Foreground
from segmenter.work import Progress, Work, finish, portion


def segment_foreground(
    image: Image | Prepared,
    box: Sequence[float] | None = None,
    foreground: Sequence[Sequence[float]] = (),
    background: Sequence[Sequence[float]] = (),
    hints: ArrayLike | None = None,
    previous: Foreground | None = None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Foreground:
    """Cut an object out of its background.

    Parameters
    ----------
    image : Image or Prepared
        A two-dimensional image; one that `prepare_foreground` has prepared saves time.
    box : (x0, y0, x1, y1), optional
        Around the object, in pixels, inclusive.
    foreground, background : sequence of (x, y)
        Points on the object and off it, in pixels. The first point on the object finds it.
    hints : int8 array_like, shape (height, width), optional
        Strokes: 1 object, -1 background, 0 unknown.
    previous : Foreground, optional
        An earlier result of the same image. When the guidance goes on from its guidance, only what
        is new is worked in.
    lasso : sequence of (x, y), optional
        Corners of a closed line around the object: a box of any shape.

    Raises
    ------
    ParameterError
        When the guidance says nothing, contradicts itself or is outside of the image.

    Notes
    -----
    Object and background are Gaussian mixtures over color and position, fitted in turn with a
    minimum cut (Rother, Kolmogorov & Blake, GrabCut, SIGGRAPH 2004; here a convex one).
    """
    work = segment_foreground_steps(image, box, foreground, background, hints, previous, lasso)
    return finish(work)


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
    cut = yield from portion(_cut(prepared, guidance, previous), 0.4, 0.8)
    yield Progress("Following the outline", 0.8, cut.inside > 0.5)
    return Foreground(prepared, guidance, cut, full_size_mask(prepared, cut, guidance))


def _cut(prepared: Prepared, guidance: Guidance, previous: Foreground | None) -> Work[Cut]:
    """Begin with the box or the first point, or go on from before; then work in the marks."""
    new = None if previous is None else _added(previous.guidance, guidance)
    if previous is None or new is None:
        cut, new = yield from portion(_begun(prepared, guidance), 0.0, 0.6)
    else:
        cut = previous.cut
    marks = _marks(prepared, new)
    for number, (rows, columns, sign) in enumerate(marks):
        yield Progress("Mending the object", 0.6 + 0.4 * number / len(marks), cut.inside > 0.5)
        cut = mended(prepared, cut, rows, columns, sign)
    return cut


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


def _added(before: Guidance, now: Guidance) -> Guidance | None:
    """What is new in the guidance; None when it does not go on from the one before."""
    for old, new in (
        (before.foreground, now.foreground), (before.background, now.background),
    ):  # fmt: skip
        if new[: len(old)] != old:
            return None
    if (before.box, before.lasso) != (now.box, now.lasso):
        return None
    hints = now.hints
    if before.hints is not None:
        if hints is None or (hints[before.hints != 0] == 0).any():
            return None
        hints = np.where(hints == before.hints, 0, hints).astype(np.int8)
    foreground = now.foreground[len(before.foreground) :]
    background = now.background[len(before.background) :]
    return Guidance(foreground, background, None, hints)


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
    drawn = np.stack([_touched(prepared, guidance.hints == sign) for sign in (1, -1)])
    for sign, mine, other in ((1, drawn[0], drawn[1]), (-1, drawn[1], drawn[0])):
        rows, columns = np.nonzero(mine > other)
        if len(rows):
            marks.append((rows, columns, sign))
    return marks


def _touched(prepared: Prepared, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of a mask's pixels are in each pixel of the working view."""
    view = prepared.working
    rows, columns = np.nonzero(mask)
    rows = rows * view.grid[0] // mask.shape[0]
    columns = columns * view.grid[1] // mask.shape[1]
    counts = np.bincount(rows * view.grid[1] + columns, minlength=view.edges.size)
    return counts.reshape(view.grid)


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
    unmarked: NDArray[np.bool_] = _touched(prepared, hints < 0) == 0
    return unmarked


def _middle(mask: NDArray[np.bool_]) -> Point:
    """The pixel of a mask that is nearest to its center of mass, as (x, y)."""
    rows, columns = np.nonzero(mask)
    nearest = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    return float(columns[nearest]), float(rows[nearest])
