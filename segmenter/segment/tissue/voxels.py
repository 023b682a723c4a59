"""The voxels of a brain: where they are, and their intensities in a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.segment.tissue.denoising import denoise_steps
from segmenter.segment.tissue.frame import Frame
from segmenter.work import Progress, Work

BRIGHT = 95.0
"""The percentile that counts as 1."""

_COARSE = 2.7  # mm between the voxels that the mixture is fitted to
_DENSE = 10.0  # mm³ for each of them: with less, a quarter of them tells as much


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

    def part(self, start: int, stop: int) -> BrainVoxels:
        """Return the voxels of a range of their order."""
        return replace(self, places=self.places[start:stop], values=self.values[start:stop])

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """The mask in the frame."""
        mask = np.zeros(self.frame.shape, np.bool_)
        mask[tuple(self.places.T)] = True
        return mask

    def coarse(self, *, with_empty: bool = False) -> tuple[NDArray[np.intp], tuple[int, ...]]:
        """Choose voxels some 3 mm apart; return them and the steps of their grid too.

        Where voxels are too large to leave out every other one along an axis, and too small to
        take them all, they are those of a body-centered lattice: a quarter of all.

        Parameters
        ----------
        with_empty : bool
            Not only measured ones.
        """
        spacing = self.frame.spacing
        steps = np.maximum(1, np.rint(_COARSE / spacing)).astype(np.int32)
        cells, rest = np.divmod(self.places, steps)
        on_grid = (rest == 0).all(axis=1)
        if np.prod(spacing * steps) < _DENSE:
            on_grid &= (cells % 2 == cells[:, :1] % 2).all(axis=1)
        if not with_empty:
            on_grid &= self.measured
        return np.flatnonzero(on_grid), tuple(steps.tolist())


def brain_voxels_steps(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], frame: Frame
) -> Work[BrainVoxels]:
    """Take the voxels of a mask out of channels, and bring them to a common scale.

    Parameters
    ----------
    channels : sequence of ndarray of float32, shape grid
        Finite inside the mask.
    mask : ndarray of bool, shape grid
    frame : Frame
        A box that holds the mask.

    Raises
    ------
    ParameterError
        A channel has the same intensity everywhere.
    """
    places, columns = yield from _taken_steps(channels, mask, frame)
    yield Progress("Measuring intensities", 1.0)
    lowest = np.minimum(columns.min(axis=0), 0).astype(np.float64)
    units = np.array([_unit(column) for column in (columns - lowest).T])
    return BrainVoxels(frame, places, _scaled(columns, units, lowest), units, lowest)


def voxels_like_steps(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], like: BrainVoxels
) -> Work[BrainVoxels]:
    """Take other voxels of the same channels, in the frame and the scale of known ones."""
    places, columns = yield from _taken_steps(channels, mask, like.frame)
    scaled = _scaled(columns, like.units, like.lowest)
    return replace(like, places=places, values=np.maximum(scaled, 0))


def _taken_steps(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], frame: Frame
) -> Work[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    inside = frame.take(mask)
    columns = []
    for number, channel in enumerate(channels):
        yield Progress("Denoising", number / len(channels))
        column = yield from denoise_steps(frame.take(channel), inside, frame.spacing)
        columns.append(column[inside])
    yield Progress("Denoising", 1.0)
    places = np.argwhere(inside).astype(np.int32)
    yield Progress("Denoising", 1.0)
    return places, np.stack(columns, axis=-1)


def _scaled(
    columns: NDArray[np.float32], units: NDArray[np.float64], lowest: NDArray[np.float64]
) -> NDArray[np.float32]:
    return ((columns - lowest) * (1 / units)).astype(np.float32)


def _unit(column: NDArray[np.float64]) -> float:
    positive = column[column > 0]
    if positive.size < 2 or positive.min() == positive.max():
        raise ParameterError(
            "All voxels of the brain have the same intensity: there is nothing to tell"
            " tissues apart by."
        )
    return float(np.percentile(positive, BRIGHT))
