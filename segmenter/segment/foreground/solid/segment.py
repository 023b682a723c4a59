"""A volume and what was said about an object in, the object out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.blas import with_serial_blas
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.foreground.guidance import (
    Guidance,
    added_guidance,
    check_seen,
    checked_guidance,
)
from segmenter.segment.foreground.solid.area import area_of
from segmenter.segment.foreground.solid.marking import (
    SolidCut,
    Touch,
    begun_by_area,
    begun_by_touch,
    mended,
)
from segmenter.segment.foreground.solid.native import native_mask, obeyed
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.foreground.solid.view import SolidView, solid_view
from segmenter.work import Progress, Work, portion

Mask = NDArray[np.bool_]


@with_serial_blas
def segment_solid_steps(
    image: Image | SolidView,
    box: Sequence[float] | None = None,
    foreground: Sequence[Sequence[float]] = (),
    background: Sequence[Sequence[float]] = (),
    hints: ArrayLike | None = None,
    previous: Solid | None = None,
    lasso: Sequence[Sequence[float]] | None = None,
) -> Work[Solid]:
    """Cut an object out of a volume; the parameters are those of `segment_foreground`."""
    volume = image.image if isinstance(image, SolidView) else image
    if previous is not None and previous.image is volume:
        view = previous.view
    else:
        previous = None
        view = image if isinstance(image, SolidView) else (yield from prepare_solid_steps(image))
    guidance = checked_guidance(volume.grid, box, foreground, background, hints, lasso)
    check_seen(volume, guidance.foreground)
    cut, decided = yield from portion(_cut(view, guidance, previous), 0.2, 1.0)
    return Solid(view, guidance, cut, decided, obeyed(decided.copy(), guidance, volume))


def prepare_solid_steps(image: Image) -> Work[SolidView]:
    """Do what does not depend on what is said about the object.

    Raises
    ------
    ParameterError
        When no voxel takes part.
    """
    if image.valid is not None and not image.valid.any():
        raise ParameterError(f"{image.source.name} has no voxel to cut out.")
    yield Progress("Reducing the volume", 0.0)
    view = solid_view(image)
    yield Progress("Reducing the volume", 0.15)
    view.samples  # noqa: B018  computed once, before the first click
    return view


def _cut(
    view: SolidView, guidance: Guidance, previous: Solid | None
) -> Work[tuple[SolidCut, Mask]]:
    """Begin with the box or the first touch, or go on from before; then work in the others."""
    new = None if previous is None else added_guidance(previous.guidance, guidance)
    touches = _touches(view, guidance if new is None else new)
    if previous is None or new is None:
        work = _begun(view, guidance, touches)
        before = yield from portion(_at_voxels(view, work), 0.0, 1 / (1 + len(touches)))
    else:
        before = previous.cut, previous.decided
    n_done, n = 1, 1 + len(touches)
    for touch in touches:
        work = mended(view, before[0], touch)
        before = yield from portion(_at_voxels(view, work, before), n_done / n, (n_done + 1) / n)
        n_done += 1
    return before


def _begun(view: SolidView, guidance: Guidance, touches: list[Touch]) -> Work[SolidCut]:
    """Begin with box and lasso, or the first touch for the object, which is taken off the list."""
    if guidance.box is not None or guidance.lasso is not None:
        return begun_by_area(view, area_of(view, guidance.box, guidance.lasso))
    first = next((each for each in touches if each.sign > 0), None)
    if first is None:
        raise ParameterError("Only background is marked; click on the object or draw a box.")
    touches.remove(first)
    return begun_by_touch(view, first)


def _at_voxels(
    view: SolidView, work: Work[SolidCut], before: tuple[SolidCut, Mask] | None = None
) -> Work[tuple[SolidCut, Mask]]:
    """Cut on the working grid, which is a partial result, and then decide the voxels."""
    cut = yield from portion(work, 0.0, 0.6)
    yield Progress("Following the outline", 0.6, cut.inside)
    mask = yield from portion(native_mask(view, cut, before), 0.6, 1.0)
    return cut, mask


def _touches(view: SolidView, guidance: Guidance) -> list[Touch]:
    """Return each mark on the working grid, those for the object first."""
    touches = []
    for points, sign in ((guidance.foreground, 1), (guidance.background, -1)):
        for point in points:
            touched = np.zeros(view.grid, bool)
            touched[view.place(point)] = True
            touches.append(Touch(touched, sign))
    if guidance.hints is not None:
        counts = {sign: _counts(view, guidance.hints == sign) for sign in (1, -1)}
        for sign in (1, -1):
            touched = counts[sign] > counts[-sign]
            if touched.any():
                touches.append(Touch(touched, sign))
    return touches


def _counts(view: SolidView, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of a mask's voxels are in each cell."""
    places = [
        at * here // there
        for at, here, there in zip(np.nonzero(mask), view.grid, mask.shape, strict=True)
    ]
    flat = np.ravel_multi_index(places, view.grid)
    return np.bincount(flat, minlength=view.edges.size).reshape(view.grid)
