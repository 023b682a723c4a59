"""What a mark would give, at the working size: quick enough to follow a hand that moves.

Nothing here depends on the size of the image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.boxing import object_within
from segmenter.segment.foreground.clicking import first_click
from segmenter.segment.foreground.guidance import Box
from segmenter.segment.foreground.lasso import Point
from segmenter.segment.foreground.mending import mended
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.segment import area_around
from segmenter.work import Progress, Work, portion

Float = NDArray[np.float32]


def preview_area(
    prepared: Prepared,
    box: Box | None,
    lasso: Sequence[Point] | None,
    marks: Sequence[tuple[NDArray[np.bool_], bool]] = (),
) -> Work[Float]:
    """Find the object in a box or lasso, 0..1, shape of the working view.

    Parameters
    ----------
    prepared : Prepared
    box : (x0, y0, x1, y1) or None
    lasso : sequence of (x, y) or None
    marks : sequence of (bool ndarray, bool)
        Pixels of the working view under earlier clicks and strokes, which mend what is found, and
        whether they are on the object.
    """
    area = area_around(prepared, box, lasso)
    cut = yield from portion(object_within(prepared, area), 0.0, 0.8)
    for covered, is_object in marks:
        yield Progress("Mending the object", 0.8)
        if covered.any():
            rows, columns = np.nonzero(covered)
            cut = mended(prepared, cut, rows, columns, 1 if is_object else -1)
    return cut.inside


def preview_stroke(
    prepared: Prepared,
    previous: Foreground | None,
    covered: NDArray[np.bool_],
    *,
    is_object: bool,
) -> Work[Float]:
    """Mend a result by a stroke, or begin with one; 0..1, shape of the working view.

    Parameters
    ----------
    prepared : Prepared
    previous : Foreground or None
        What the stroke mends; without it the stroke finds the object.
    covered : bool ndarray, shape of the working view
        The pixels under the stroke.
    is_object : bool
        Whether it is on the object.
    """
    rows, columns = np.nonzero(covered)
    grid = prepared.working.grid
    if len(rows) == 0 or (previous is None and not is_object):
        return np.zeros(grid, np.float32) if previous is None else previous.cut.inside
    if previous is None:
        middle = len(rows) // 2
        x = (columns[middle] + 0.5) * prepared.image.grid[1] / grid[1] - 0.5
        y = (rows[middle] + 0.5) * prepared.image.grid[0] / grid[0] - 0.5
        cut = yield from portion(first_click(prepared, float(x), float(y)), 0.0, 0.7)
    else:
        cut = previous.cut
    yield Progress("Mending the object", 0.7)
    return mended(prepared, cut, rows, columns, 1 if is_object else -1).inside
