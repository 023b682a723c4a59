"""The brain mask: given, or what is left where somebody has already taken the skull away."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import BrainError, ParameterError
from segmenter.images.channels import turned_like
from segmenter.images.image import Image
from segmenter.segment.tissue.channels import Channels, check_aligned
from segmenter.segment.tissue.frame import Frame, frame_of
from segmenter.segment.tissue.head import find_brain_steps
from segmenter.segment.tissue.stripped import is_stripped, signal_of
from segmenter.work import Progress, Work, aside

MaskOrigin = Literal["given", "found", "stripped"]

LEAST_VOXELS = 1000
"""Fewer voxels can carry neither a mixture nor a registration."""


def brain_mask_steps(
    channels: Channels, given: NDArray[np.bool_] | Image | None, is_human: bool
) -> Work[tuple[NDArray[np.bool_], MaskOrigin]]:
    """Take the mask that is given, or find the brain.

    Parameters
    ----------
    channels : Channels
    given : ndarray of bool of shape grid, or Image, or None
    is_human : bool
        Whether to look for a brain; otherwise the signal as a whole is taken.

    Returns
    -------
    mask : ndarray of bool, shape grid
    origin : {"given", "found", "stripped"}
    """
    yield Progress("Finding the brain", 0.0)
    if given is not None:
        return _checked(given, channels), "given"
    begun = Progress("Finding the brain", 0.0)
    signal = yield from aside(lambda: signal_of(channels.values[0], channels.valid), begun)
    frame = frame_of(channels.image)
    if signal.any():
        frame = frame.cropped(signal)  # a wide margin of nothing would pass for the air
    volume = yield from aside(lambda: frame.take(channels.values[0]), begun)
    if not is_human or (yield from aside(lambda: _is_stripped(volume, signal, frame), begun)):
        return _large_enough(signal), "stripped"
    found = yield from find_brain_steps(volume, frame)
    yield Progress("Mending the brain's rim", 1.0)
    mask = frame.give_back(found) & channels.valid
    yield Progress("Mending the brain's rim", 1.0)
    return _large_enough(mask), "found"


def _is_stripped(volume: NDArray[np.float32], signal: NDArray[np.bool_], frame: Frame) -> bool:
    return is_stripped(volume, frame.take(signal), frame)


def mask_of(given: Image, image: Image) -> NDArray[np.bool_]:
    """Return where an image is neither 0 nor missing, if it lies where the scan does.

    Raises
    ------
    ParameterError
        It has another grid or place, or is empty.
    """
    given = turned_like(given, image)
    check_aligned(given, image)
    mask: NDArray[np.bool_] = (np.nan_to_num(given.pixels) != 0).any(axis=-1)
    if not mask.any():
        raise ParameterError(
            f"{given.source.name} is empty: all of it is 0; choose another brain mask."
        )
    return mask


def _checked(given: NDArray[np.bool_] | Image, channels: Channels) -> NDArray[np.bool_]:
    if isinstance(given, Image):
        given = mask_of(given, channels.image)
    mask = np.asarray(given) != 0
    if mask.shape != channels.image.grid:
        raise BrainError(
            f"The brain mask has {' x '.join(map(str, mask.shape))} voxels, the volume"
            f" {' x '.join(map(str, channels.image.grid))}: they must be the same."
        )
    return _large_enough(mask & channels.valid)


def _large_enough(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count = int(np.count_nonzero(mask))
    if count < LEAST_VOXELS:
        raise BrainError(
            f"The brain has {count} voxels; at least {LEAST_VOXELS} are needed to tell tissues"
            " apart."
        )
    return mask
