"""An object divided in two by its shape: at its neck, or across its longer side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.partition.flooding import flooded

Mask = NDArray[np.bool_]
N_THRESHOLDS = 32
LEAST_PROMINENCE = 0.05
"""Of the largest distance to the outline: how much deeper the second middle is than the neck."""


def second_half(mask: Mask) -> Mask:
    """Divide an object in two, and return the smaller half.

    Pieces that are apart are divided from the largest. One piece is flooded from its two most
    prominent middles, the maxima of the distance to the outline (Vincent & Soille 1991); without a
    neck it is cut across its longest axis.

    Parameters
    ----------
    mask : bool ndarray, shape grid
        The object; what is beyond the grid is not of it.

    Returns
    -------
    bool ndarray, shape grid
        Empty where there are fewer than two pixels.
    """
    from scipy import ndimage

    pieces, n_pieces = ndimage.label(mask)
    if n_pieces > 1:
        half = mask & (pieces != np.bincount(pieces[mask]).argmax())
    else:
        distance = ndimage.distance_transform_edt(np.pad(mask, 1))[(slice(1, -1),) * mask.ndim]
        middles = _two_middles(distance)
        half = _beyond_middle(mask) if middles is None else _flooded_half(mask, distance, middles)
    is_larger = 2 * np.count_nonzero(half) > np.count_nonzero(mask)
    smaller: Mask = mask & ~half if is_larger else half
    return smaller


def _two_middles(distance: NDArray[np.float64]) -> NDArray[np.int32] | None:
    """Mark with 1 and 2 what is above the threshold at which the second middle is deepest."""
    from scipy import ndimage

    highest = float(distance.max())
    most, best = LEAST_PROMINENCE * highest, None
    for threshold in np.linspace(0, highest, N_THRESHOLDS, endpoint=False)[1:]:
        sets, n_sets = ndimage.label(distance > threshold)
        if n_sets < 2:
            continue
        peaks = ndimage.maximum(distance, sets, np.arange(1, n_sets + 1)) - threshold
        second, first = np.argsort(peaks)[-2:]
        if peaks[second] > most:
            most = float(peaks[second])
            best = np.where(sets == first + 1, 1, np.where(sets == second + 1, 2, 0))
    return None if best is None else best.astype(np.int32)


def _flooded_half(mask: Mask, distance: NDArray[np.float64], middles: NDArray[np.int32]) -> Mask:
    half: Mask = flooded(-distance.astype(np.float32), np.where(mask, middles, -1)) == 2
    return half


def _beyond_middle(mask: Mask) -> Mask:
    """The pixels on one side of the center, along the longest axis."""
    places = np.argwhere(mask).astype(float)
    half = np.zeros_like(mask)
    if len(places) > 1:
        places -= places.mean(axis=0)
        along = places @ np.linalg.eigh(places.T @ places)[1][:, -1]
        half[mask] = along > 0
    return half
