"""Telling a brain whose skull somebody has already taken away from a whole head of any size."""

from __future__ import annotations

from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.nearest import distance_to
from segmenter.segment.tissue.frame import Frame
from segmenter.segment.tissue.holes import without_holes

_Scalar = TypeVar("_Scalar", bound=np.generic)

LARGEST_BRAIN = 2.3
"""Liters; what is larger is a whole head."""

_VALLEY = 0.75  # of the brightness on both sides; bone has less than half, brains .95 and more
_OUTER = 0.6  # share of the depth that bone is looked for in: ventricles lie deeper
_COARSE = 3.0  # mm


def signal_of(volume: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the voxels that differ from the commonest value at the border, holes filled."""
    faces = [volume.take(end, axis).ravel() for axis in range(3) for end in (0, -1)]
    values, counts = np.unique(np.concatenate(faces), return_counts=True)
    return without_holes((volume != values[counts.argmax()]) & valid)


def is_stripped(volume: NDArray[np.float32], signal: NDArray[np.bool_], frame: Frame) -> bool:
    """Say whether a volume holds a brain and nothing around it.

    Parameters
    ----------
    volume : ndarray of float32, shape (x, y, z)
    signal : ndarray of bool, shape (x, y, z)
        What is not background.
    frame : Frame
        Of the volume.
    """
    liters = int(np.count_nonzero(signal)) * frame.voxel_ml / 1000
    return liters < LARGEST_BRAIN and not (
        _is_noise_around(volume, signal) or _has_bone(volume, signal, frame.spacing)
    )


def _is_noise_around(volume: NDArray[np.float32], signal: NDArray[np.bool_]) -> bool:
    """Whether the volume's twelve edges are dark and not constant: the air around a head."""
    is_varied = np.mean(_edges(signal)) > 0.5
    return bool(is_varied and np.median(_edges(volume)) < 0.5 * np.mean(volume))


def _edges(volume: NDArray[_Scalar]) -> NDArray[_Scalar]:
    lines = [
        volume.take(one, axis).take(other, second)
        for axis, second in ((0, 0), (0, 1), (1, 1))
        for one, other in product((0, -1), repeat=2)
    ]
    return np.concatenate(lines)


def _has_bone(
    volume: NDArray[np.float32], signal: NDArray[np.bool_], spacing: NDArray[np.float64]
) -> bool:
    """Whether brightness falls and rises again on the way in from the surface."""
    from scipy import ndimage

    steps = np.maximum(1, np.floor(_COARSE / spacing)).astype(int)
    coarse = tuple(slice(None, None, int(step)) for step in steps)
    depth = distance_to(~signal[coarse], spacing * steps)
    if np.isinf(depth).any():
        return False  # there is no surface to look inwards from
    shells = np.ceil(depth / (spacing * steps).max()).astype(int)
    outer = np.unique(shells[(depth > 0) & (depth <= _OUTER * depth.max())])
    brightness = np.asarray(ndimage.median(volume[coarse], shells, outer))
    if not len(outer):
        return False
    before = np.maximum.accumulate(brightness)
    after = np.maximum.accumulate(brightness[::-1])[::-1]
    return bool((brightness < _VALLEY * np.minimum(before, after)).any())
