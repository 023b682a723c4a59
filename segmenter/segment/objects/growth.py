"""Outlines of the chosen objects, and objects like them that were left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Labels = NDArray[np.int32]
LOWERED = 0.85  # an outline lies so high between the ground and the level of the chosen set
REACH = 0.1  # of the side of a typical object: how far an outline moves
WIDE = 3.0  # sides of a typical object over which levels are averaged
LEAST = 0.3  # of the size of a typical object
MOST = 12.0
ENOUGH = 5  # with fewer objects nothing can be said of others


def grown_objects(labels: Labels, values: Float, typical: float) -> Labels:
    """Widen objects to a lower level of their own, and add what is as high as those nearby.

    Parameters
    ----------
    labels : int32 ndarray, shape grid
        Objects from 1, 0 elsewhere.
    values : float32 ndarray, shape grid
        High on objects.
    typical : float
        Size of a typical object in pixels.
    """
    from scipy import ndimage

    count = int(labels.max())
    if count == 0:
        return labels
    side = float(np.sqrt(typical))
    numbers = np.arange(1, count + 1)
    levels = np.asarray(ndimage.minimum(values, labels, numbers), np.float32)
    surface = _averaged(np.append(np.float32(0), levels)[labels], labels > 0, WIDE * side)
    near = ndimage.binary_dilation(labels > 0, iterations=max(2, round(0.15 * side)))
    ground = _averaged(values, ~near & (values < surface), WIDE * side)
    lowered = ground + np.float32(LOWERED) * (surface - ground)
    grounds = np.asarray(ndimage.mean(ground, labels, numbers), np.float32)
    own = np.append(np.float32(0), grounds + np.float32(LOWERED) * (levels - grounds))
    distance, nearest = ndimage.distance_transform_edt(labels == 0, return_indices=True)
    nearest_label = labels[tuple(nearest)]
    reach = max(1.5, REACH * side)
    joins = (labels > 0) | ((distance <= reach) & (values > own[nearest_label]))
    grown = np.where(joins, nearest_label, 0).astype(np.int32)
    if count >= ENOUGH:
        _add_left_out(grown, (values > lowered) & (distance > reach), typical)
    return grown


def _averaged(values: Float, where: NDArray[np.bool_], sigma: float) -> Float:
    """Average over a wide window, of the places where it counts; far from them, of all of those."""
    from scipy import ndimage

    share = ndimage.gaussian_filter(where.astype(np.float32), sigma, mode="nearest")
    total = ndimage.gaussian_filter(values * where, sigma, mode="nearest")
    everywhere = np.float32(values[where].mean() if where.any() else values.mean())
    average: Float = (total + np.float32(1e-4) * everywhere) / (share + np.float32(1e-4))
    return average


def _add_left_out(labels: Labels, high: NDArray[np.bool_], typical: float) -> None:
    """Add connected places that are high and of about the right size, unless they are the rule.

    Where more is left out than was chosen, the height does not tell objects from their ground.
    """
    from scipy import ndimage

    opened = ndimage.binary_opening(high, iterations=max(1, round(0.12 * np.sqrt(typical))))
    pieces, _ = ndimage.label(opened)
    sizes = np.bincount(pieces.ravel())
    wanted = (sizes >= LEAST * typical) & (sizes <= MOST * typical)
    wanted[0] = False
    if sizes[1:].sum() > (labels > 0).sum():
        return
    numbers = np.zeros(len(sizes), np.int32)
    numbers[wanted] = labels.max() + 1 + np.arange(wanted.sum())
    added = (labels == 0) & wanted[pieces]
    labels[added] = numbers[pieces[added]]
