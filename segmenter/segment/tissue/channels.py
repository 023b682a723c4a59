"""Volumes as they come, checked: aligned, three-dimensional, as finite float32 channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.images.channels import turned_like
from segmenter.images.image import Image

LEAST_SIDE = 5
"""Voxels along each side of a volume whose tissues are told apart."""

_NEAR_MM = 0.5  # corners of aligned volumes are not farther apart
_SMALLEST, _LARGEST = 1e-12, 1e15  # brightest intensity; beyond, float32 cannot hold squares


@dataclass(frozen=True, eq=False)
class Channels:
    """What is segmented.

    Attributes
    ----------
    image : Image
        The first volume, whose grid counts.
    values : tuple of float32 ndarray of shape grid
        One for each channel; 0 where a value is missing.
    valid : bool ndarray of shape grid
        Where all channels have a finite value.
    notes : tuple of str
    """

    image: Image
    values: tuple[NDArray[np.float32], ...]
    valid: NDArray[np.bool_]
    notes: tuple[str, ...]


def channels_of(images: Image | Sequence[Image]) -> Channels:
    """Check volumes and take their channels apart.

    Raises
    ------
    ParameterError
        They are no volumes, too thin, or not aligned.
    """
    images = [images] if isinstance(images, Image) else list(images)
    first = images[0]
    for image in images:
        _check_volume(image)
        _check_scale(image)
    images = [turned_like(image, first) for image in images]
    for image in images:
        check_aligned(image, first)
    values = [
        np.ascontiguousarray(image.pixels[..., channel], np.float32)
        for image in images
        for channel in range(image.n_channels)
    ]
    valid = np.logical_and.reduce([np.isfinite(value) for value in values])
    for image in images:
        if image.valid is not None:
            valid &= image.valid
    if not valid.any():
        raise ParameterError(f"{first.source.name} has no voxel with a finite value.")
    notes: tuple[str, ...] = ()
    if not valid.all():
        values = [np.where(valid, value, np.float32(0)) for value in values]
        share = 1 - float(valid.mean())
        notes = (f"{share:.1%} of the voxels have no finite value and are left unlabeled.",)
    if first.affine is None:
        notes += ("The file states no orientation: its axes are taken as right, front, top.",)
    return Channels(first, tuple(values), valid, notes)


def _check_scale(image: Image) -> None:
    """Refuse intensities whose squares single precision cannot hold."""
    pixels = image.pixels
    finite = np.abs(pixels[np.isfinite(pixels)]) if pixels.dtype.kind == "f" else pixels[:0]
    largest = float(finite.max(initial=0))
    if 0 < largest < _SMALLEST or largest > _LARGEST:
        raise ParameterError(
            f"{image.source.name} has intensities of up to {largest:.1g}, perhaps by a wrong"
            " slope in its header; save it with values between a thousandth and a million."
        )


def _check_volume(image: Image) -> None:
    if not image.is_volume:
        raise ParameterError(
            f"{image.source.name} is a picture, not a volume: tissues need a scan with slices."
        )
    if min(image.grid) < LEAST_SIDE:
        sides = " x ".join(str(side) for side in image.grid)
        raise ParameterError(
            f"{image.source.name} is too thin for tissues: it has {sides} voxels, and every"
            f" side needs {LEAST_SIDE} or more."
        )


def check_aligned(image: Image, first: Image) -> None:
    """Refuse an image whose voxels do not lie where those of the first one do."""
    if image.grid != first.grid:
        sizes = [" x ".join(map(str, each.grid)) for each in (image, first)]
        raise ParameterError(
            f"{image.source.name} has {sizes[0]} voxels and {first.source.name} {sizes[1]}:"
            " on different grids they do not match; resample one onto the other first."
        )
    if image.affine is None or first.affine is None:
        return
    corners = np.array(np.meshgrid(*([0, side - 1] for side in image.grid))).reshape(3, -1)
    apart = (image.affine - first.affine)[:3]
    if np.abs(apart[:, :3] @ corners + apart[:, 3:]).max() > _NEAR_MM:
        raise ParameterError(
            f"{image.source.name} and {first.source.name} lie at different places: resample"
            " one onto the other first."
        )
