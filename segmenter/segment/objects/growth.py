"""Outlines of the chosen objects, and objects like them that were left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.nearest import nearest_of
from segmenter.segment.partition.flooding import flooded

Labels = NDArray[np.int32]
REACH = 0.2  # of the side of a typical object: how far from what was chosen its pixels lie
BEYOND = 0.6  # and from where on pixels can only be of an object that was left out
LEAST_REACH = 3.0  # pixels
LEAST = 0.3  # of the size of a typical object
MOST = 4.0
ELLIPTIC = 0.8  # area beside that of the ellipse with the same moments
HOLE = 0.1  # of the size of a typical object: smaller holes and gaps are filled
ENOUGH = 5  # with fewer objects nothing can be said of others


def grown_objects(labels: Labels, belongs: NDArray[np.bool_], side: float) -> Labels:
    """Give the pixels of objects to the object from which they are reached.

    Parameters
    ----------
    labels : int32 ndarray, shape grid
        Objects from 1, 0 elsewhere.
    belongs : bool ndarray, shape grid
        Pixels of objects, of which one is not said.
    side : float
        Root of the size of a typical object.
    """
    distance = distance_from(labels)
    reached = belongs & (distance <= max(LEAST_REACH, REACH * side))
    grown = flooded(distance, np.where(reached, labels, -1).astype(np.int32))
    return _without_holes(grown, HOLE * side * side)


def _without_holes(labels: Labels, most: float) -> Labels:
    """Fill connected places of no object, of fewer than so many pixels, from the nearest one."""
    from scipy import ndimage

    pieces, _ = ndimage.label(labels == 0)
    is_hole = np.bincount(pieces.ravel()) < most
    is_hole[0] = False
    _, places = nearest_of(labels > 0)
    return np.where(is_hole[pieces], labels.ravel()[places], labels)


def with_left_out(labels: Labels, belongs: NDArray[np.bool_], side: float) -> Labels:
    """Add connected pixels of objects beyond the reach of all, of about the right size and shape.

    Where more is left out than was chosen, pixels do not tell objects from their ground.
    """
    from scipy import ndimage

    typical = side * side
    pieces, _ = ndimage.label(belongs & (distance_from(labels) > max(LEAST_REACH, BEYOND * side)))
    sizes = np.bincount(pieces.ravel())
    wanted = (sizes >= LEAST * typical) & (sizes <= MOST * typical)
    wanted &= _likeness_to_ellipses(pieces, sizes) > ELLIPTIC
    wanted[0] = False
    if labels.max() < ENOUGH or sizes[wanted].sum() > (labels > 0).sum():
        return labels
    numbers = np.zeros(len(sizes), np.int32)
    numbers[wanted] = labels.max() + 1 + np.arange(wanted.sum())
    more = np.where(wanted[pieces], numbers[pieces], labels).astype(np.int32)
    grown = grown_objects(more, belongs, side)
    return np.where(grown > labels.max(), grown, labels)


def _likeness_to_ellipses(
    pieces: NDArray[np.integer], sizes: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The size of each piece beside that of the ellipse of the same second moments."""
    places = np.nonzero(pieces)
    numbers, n, counts = pieces[places], len(sizes), np.maximum(sizes, 1)
    means = [np.bincount(numbers, at, n) / counts for at in places]
    y, x = (at - mean[numbers] for at, mean in zip(places, means, strict=True))
    yy, xx, xy = (np.bincount(numbers, each, n) / counts for each in (y * y, x * x, y * x))
    pixel = 1 / 12  # the second moment of a pixel
    area = 4 * np.pi * np.sqrt(np.maximum((yy + pixel) * (xx + pixel) - xy**2, 1e-6))
    likeness: NDArray[np.float64] = counts / area
    return likeness


def distance_from(labels: Labels) -> NDArray[np.float32]:
    """Pixels from the nearest object."""
    return nearest_of(labels > 0)[0]
