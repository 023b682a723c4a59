"""Several aligned volumes as one image: T1, T2 and others of the same head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.images.geometry import (
    canonical_affine,
    from_canonical,
    grid_spacing,
    orientation_code,
    to_canonical,
)
from segmenter.images.image import Image

_APART = 0.1  # share of a step by which corners of aligned volumes may lie apart


def stack_channels(images: Sequence[Image], names: Sequence[str] = ()) -> Image:
    """Put volumes of one grid together as the channels of one image.

    Parameters
    ----------
    images : sequence of Image
        Volumes of the same size that lie at the same place, to a tenth of a step; their axes may
        be in another order than the first one's, or run the other way.
    names : sequence of str
        What the channels are called; the files' own names by default.

    Returns
    -------
    Image
        On the grid of the first, of the narrowest dtype that holds all values; where one of them
        has no value, the voxel is missing.

    Raises
    ------
    ParameterError
        If there is none, or they do not lie on one grid, or there are more or fewer names than
        channels.
    """
    if not images:
        raise ParameterError("There are no volumes to put together; name at least one.")
    first = images[0]
    images = [first, *(turned_like(other, first) for other in images[1:])]
    for other in images[1:]:
        check_aligned(first, other)
    pixels = np.concatenate([image.pixels for image in images], axis=-1)
    if names and len(names) != pixels.shape[-1]:
        raise ParameterError(
            f"There are {len(names)} names for {pixels.shape[-1]} channels; give one for each."
        )
    others = [image.source.path for image in images[1:]]
    holes = [image.missing for image in images if image.missing is not None]
    return replace(
        first,
        pixels=pixels,
        color_space="gray" if pixels.shape[-1] == 1 else "channels",
        missing=np.logical_or.reduce(holes) if holes else None,
        channel_names=tuple(names) or _names(images),
        source=replace(first.source, others=tuple(path for path in others if path is not None)),
    )


def turned_like(image: Image, first: Image) -> Image:
    """Put the axes of an image in the order and direction of those of the first one.

    Other programs save scans and masks in an order of their own; which voxel lies where stays.
    """
    if image.affine is None or first.affine is None:
        return image
    if orientation_code(image.affine) == orientation_code(first.affine):
        return image
    pixels, missing, alpha = (
        None if part is None else _turned(part, image.affine, first.affine)
        for part in (image.pixels, image.missing, image.alpha)
    )
    assert pixels is not None  # only the others can be
    to_first = np.linalg.inv(canonical_affine(first.affine, pixels.shape[:3])) @ first.affine
    affine = canonical_affine(image.affine, image.grid) @ to_first
    spacing = grid_spacing(affine)
    return replace(
        image, pixels=pixels, missing=missing, alpha=alpha, affine=affine, spacing=spacing
    )


def _turned(
    part: NDArray[Any], affine: NDArray[np.float64], like: NDArray[np.float64]
) -> NDArray[Any]:
    return np.ascontiguousarray(from_canonical(to_canonical(part, affine), like))


def check_aligned(first: Image, other: Image) -> None:
    """Refuse volumes that do not lie on one grid, to a tenth of a step.

    Raises
    ------
    ParameterError
        If they do not, or one of them is no volume.
    """
    if first.affine is None or other.affine is None:
        raise ParameterError("Only volumes lie on one grid, not pictures; name another file.")
    names = f"{first.source.name} and {other.source.name}"
    if first.grid != other.grid:
        sizes = " and ".join(" x ".join(map(str, image.grid)) for image in (first, other))
        raise ParameterError(
            f"{names} are not of one size ({sizes} voxels); resample one to the grid of the other."
        )
    corners = np.array(list(product(*((0, size) for size in first.grid))))
    offset = (first.affine - other.affine)[:3]
    apart = np.abs(corners @ offset[:, :3].T + offset[:, 3]).max()
    if apart > _APART * min(first.spacing or (1.0,)):
        raise ParameterError(
            f"{names} do not lie at the same place: they are up to {apart:.1f} mm apart; "
            "align one to the other first."
        )


def _names(images: Sequence[Image]) -> tuple[str, ...]:
    """Name channels by their files; those of a file of several count up."""
    names: list[str] = []
    for image in images:
        own = image.channel_names or tuple(
            image.source.name if image.n_channels == 1 else f"{image.source.name} {index}"
            for index in range(1, image.n_channels + 1)
        )
        names += own
    return tuple(names)
