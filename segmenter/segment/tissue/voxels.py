"""The voxels of a brain: where they are, and their intensities in a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.segment.tissue.frame import Frame

BRIGHT = 95.0
"""The percentile that counts as 1."""

_COARSE = 2.7  # mm between the voxels that the mixture is fitted to


@dataclass(frozen=True, eq=False)
class BrainVoxels:
    """Voxels inside the brain mask, in the order of the frame.

    Attributes
    ----------
    frame : Frame
        The box around the mask.
    places : int32 ndarray of shape (n, 3)
        Indices in the frame.
    values : float32 ndarray of shape (n, n_channels)
        Intensities in a common scale; 0 where the scanner or a masking program left nothing.
    units, lowest : float64 ndarray of shape (n_channels,)
        Intensities of the image are ``values * units + lowest``.
    """

    frame: Frame
    places: NDArray[np.int32]
    values: NDArray[np.float32]
    units: NDArray[np.float64]
    lowest: NDArray[np.float64]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Voxels with a signal in every channel; only they tell what tissues look like."""
        measured: NDArray[np.bool_] = np.all(self.values > 0, axis=1)
        return measured

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The mask in the frame."""
        mask = np.zeros(self.frame.shape, np.bool_)
        mask[tuple(self.places.T)] = True
        return mask

    def coarse(self) -> tuple[NDArray[np.intp], tuple[int, ...]]:
        """Choose measured voxels on a grid of about 3 mm; return it and its steps too."""
        steps = np.maximum(1, np.rint(_COARSE / self.frame.spacing)).astype(np.int32)
        on_grid = self.measured
        for axis in range(3):
            if steps[axis] > 1:
                on_grid &= self.places[:, axis] % steps[axis] == 0
        return np.flatnonzero(on_grid), tuple(steps.tolist())


def brain_voxels(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], frame: Frame
) -> BrainVoxels:
    """Take the voxels of a mask out of channels.

    Parameters
    ----------
    channels : sequence of ndarray of float32, shape grid
        Finite inside the mask.
    mask : ndarray of bool, shape grid
    frame : Frame
        Of the whole grid.
    """
    frame = frame.cropped(mask)
    inside = frame.take(mask)
    places = np.argwhere(inside).astype(np.int32)
    columns, units, lows = [], [], []
    for channel in channels:
        column = frame.take(channel)[inside]
        lowest = min(float(column.min()), 0.0)
        column = column - np.float32(lowest)
        positive = column[column > 0]
        if positive.size < 2 or positive.min() == positive.max():
            raise ParameterError(
                "All voxels of the brain have the same intensity: there is nothing to tell"
                " tissues apart by."
            )
        unit = float(np.percentile(positive, BRIGHT))
        units.append(unit)
        lows.append(lowest)
        columns.append((column * (1 / unit)).astype(np.float32))
    return BrainVoxels(frame, places, np.stack(columns, axis=-1), np.array(units), np.array(lows))
