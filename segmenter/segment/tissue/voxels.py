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
from segmenter.work import Progress, Work, aside

BRIGHT = 95.0
"""The percentile that counts as 1."""

_COARSE = 2.7  # mm between the voxels that the mixture is fitted to
_SLAB = 16  # planes between two reports
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
        Intensities in a common scale, denoised; 0 where the scanner or a masking program left
        nothing.
    raw : float32 ndarray of shape (n, n_channels)
        The same as measured.
    noise : float64 ndarray of shape (n_channels,)
        Deviation of the noise of `raw`.
    units, lowest : float64 ndarray of shape (n_channels,)
        Intensities of the image are ``values * units + lowest``.
    """

    frame: Frame
    places: NDArray[np.int32]
    values: NDArray[np.float32]
    raw: NDArray[np.float32]
    noise: NDArray[np.float64]
    units: NDArray[np.float64]
    lowest: NDArray[np.float64]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Voxels with a signal in every channel; only they tell what tissues look like."""
        measured: NDArray[np.bool_] = np.all(self.values > 0, axis=1)
        return measured

    def part(self, start: int, stop: int) -> BrainVoxels:
        """Return the voxels of a range of their order."""
        part = slice(start, stop)
        return replace(self, places=self.places[part], values=self.values[part], raw=self.raw[part])

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
        chosen = np.arange(len(self.places))
        for axis in range(3):
            chosen = chosen[self.places[chosen, axis] % steps[axis] == 0]
        if np.prod(spacing * steps) < _DENSE:
            cells = self.places[chosen] // steps
            chosen = chosen[(cells % 2 == cells[:, :1] % 2).all(axis=1)]
        if not with_empty:
            chosen = chosen[np.all(self.values[chosen] > 0, axis=1)]
        return chosen, tuple(steps.tolist())


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
    taken = yield from _taken_steps(channels, mask, frame)
    measuring = Progress("Measuring intensities", 1.0)
    yield measuring
    lowest = np.minimum(taken.denoised.min(axis=0), 0).astype(np.float64)
    units = yield from aside(lambda: _units(taken.denoised, lowest), measuring)
    values = _scaled(taken.denoised, units, lowest)
    yield measuring
    raw = _scaled(taken.raw, units, lowest)
    return BrainVoxels(frame, taken.places, values, raw, taken.noise / units, units, lowest)


def voxels_like_steps(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], like: BrainVoxels
) -> Work[BrainVoxels]:
    """Take other voxels of the same channels, in the frame and the scale of known ones."""
    taken = yield from _taken_steps(channels, mask, like.frame)
    values, raw = (
        np.maximum(_scaled(columns, like.units, like.lowest), 0)
        for columns in (taken.denoised, taken.raw)
    )
    return replace(
        like, places=taken.places, values=values, raw=raw, noise=taken.noise / like.units
    )


@dataclass(frozen=True, eq=False)
class _Taken:
    """Voxels of a mask in the units of the image: intensities of shape (n, n_channels)."""

    places: NDArray[np.int32]
    denoised: NDArray[np.float32]
    raw: NDArray[np.float32]
    noise: NDArray[np.float64]


def _taken_steps(
    channels: Sequence[NDArray[np.float32]], mask: NDArray[np.bool_], frame: Frame
) -> Work[_Taken]:
    inside = frame.take(mask)
    denoised, raw, noises = [], [], []
    for number, channel in enumerate(channels):
        yield Progress("Denoising", number / len(channels))
        volume = frame.take(channel)
        smooth, noise = yield from denoise_steps(volume, inside, frame.spacing)
        denoised.append(smooth[inside])
        raw.append(volume[inside])
        noises.append(noise)
    places = yield from _places_steps(inside)
    columns = yield from aside(
        lambda: (np.stack(denoised, axis=-1), np.stack(raw, axis=-1)), Progress("Denoising", 1.0)
    )
    return _Taken(places, columns[0], columns[1], np.array(noises))


def _places_steps(inside: NDArray[np.bool_]) -> Work[NDArray[np.int32]]:
    """Indices of what is set in a mask, shape (n, 3), slab by slab."""
    parts = []
    for start in range(0, len(inside), _SLAB):
        yield Progress("Denoising", 1.0)
        slab = np.argwhere(inside[start : start + _SLAB]).astype(np.int32)
        slab[:, 0] += start
        parts.append(slab)
    return (yield from aside(lambda: np.concatenate(parts), Progress("Denoising", 1.0)))


def _scaled(
    columns: NDArray[np.float32], units: NDArray[np.float64], lowest: NDArray[np.float64]
) -> NDArray[np.float32]:
    return ((columns - lowest) * (1 / units)).astype(np.float32)


def _units(columns: NDArray[np.float32], lowest: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([_unit(column) for column in (columns - lowest).T])


def _unit(column: NDArray[np.float64]) -> float:
    positive = column[column > 0]
    if positive.size < 2 or positive.min() == positive.max():
        raise ParameterError(
            "All voxels of the brain have the same intensity: there is nothing to tell"
            " tissues apart by."
        )
    return float(np.percentile(positive, BRIGHT))
