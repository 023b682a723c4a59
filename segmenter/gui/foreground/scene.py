"""All objects of an image together: who has which pixel, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import SegmenterError
from segmenter.gui.canvas.levels import Levels, label_levels
from segmenter.gui.foreground.drafts import Masks, coarse_picture
from segmenter.gui.foreground.steps import ObjectCut, Ready, ReadySolid, cut_steps
from segmenter.segment.foreground import Foreground
from segmenter.segment.foreground.layered import label_map_of, layered
from segmenter.segment.foreground.solid.result import Solid
from segmenter.session.marks import Marks
from segmenter.session.objects import Asked, Objects, asked_of
from segmenter.work import Progress, Work, changed


@dataclass(frozen=True, eq=False)
class Scene:
    """The objects as they are shown.

    Attributes
    ----------
    asked : Asked
        What it follows from.
    cuts : mapping of int to ObjectCut
        Each object by its value, the uppermost first, with what upper ones cover of it.
    refusals : mapping of int to SegmenterError
        Why the marks of other values give no object.
    visible : mapping of int to Foreground or Solid
        Each object without what upper ones cover.
    label_map : uint8 ndarray, shape grid
        Values of the objects; 0 is background.
    levels : Levels or None
        The same for the canvas; None of a volume, whose planes show the map itself.
    shares : mapping of int to float
        Of the pixels that take part, 0..1.
    """

    asked: Asked
    cuts: Mapping[int, ObjectCut]
    refusals: Mapping[int, SegmenterError]
    visible: Mapping[int, Foreground | Solid]
    label_map: NDArray[np.uint8]
    levels: Levels | None
    shares: Mapping[int, float]


def scene_steps(
    ready: Ready | ReadySolid, objects: Objects, known: Mapping[Marks, ObjectCut]
) -> Work[Scene]:
    """Cut all objects out and lay them over each other; coarse masks are partial results.

    Parameters
    ----------
    ready : Ready or ReadySolid
        The image.
    objects : tuple of MarkedObject
        The uppermost first.
    known : mapping of Marks to ObjectCut
        What is not cut again.
    """
    cuts: dict[int, ObjectCut] = {}
    refusals: dict[int, SegmenterError] = {}
    masks = {value: known[marks].mask for value, marks in asked_of(objects) if marks in known}
    for value, marks in asked_of(objects):
        try:
            if marks not in known:
                work = _shown(cut_steps(ready, marks, known), ready, masks, objects, value)
                cuts[value] = yield from work
            else:
                cuts[value] = known[marks]
        except SegmenterError as error:
            refusals[value] = error
    yield Progress("Preparing the picture", 0.95)
    return _laid(ready, objects, cuts, refusals)


def _shown(
    work: Work[ObjectCut], ready: Ready | ReadySolid, masks: Masks, objects: Objects, value: int
) -> Work[ObjectCut]:
    """Pass a work on with coarse masks as they are shown, with the other objects."""

    def shown(progress: Progress) -> Progress:
        inside, coarse = progress.partial, None
        if isinstance(inside, np.ndarray):
            coarse = coarse_picture(ready, inside, masks, objects, value)
        return replace(progress, partial=coarse)

    return changed(work, shown)


def _laid(
    ready: Ready | ReadySolid,
    objects: Objects,
    cuts: dict[int, ObjectCut],
    refusals: dict[int, SegmenterError],
) -> Scene:
    image = ready.image
    found = {value: cut.foreground for value, cut in cuts.items()}
    label_map = label_map_of(found) if found else np.zeros(image.grid, np.uint8)
    visible = layered(found, label_map)
    n_valid = label_map.size if image.valid is None else int(image.valid.sum())
    return Scene(
        asked_of(objects),
        cuts,
        refusals,
        visible,
        label_map,
        None if image.is_volume else label_levels(label_map, (image.grid[0], image.grid[1])),
        {value: np.count_nonzero(each.mask) / n_valid for value, each in visible.items()},
    )
