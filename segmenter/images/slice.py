"""A slice of a volume as a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.images.image import Image

Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, ...] = get_args(Axis)


def slice_of(image: Image, axis: Axis, index: int) -> Image:
    """Take one slice of a volume.

    Parameters
    ----------
    image : Image
        A volume.
    axis : {"x", "y", "z"}
        The axis of the grid that the slice lies across: its first, second or third.
    index : int
        Which slice, from 0.

    Returns
    -------
    Image
        A picture whose x and y are the two other axes, in their order: of a slice across z, the
        pixel (x, y) is the voxel (x, y, index).

    Raises
    ------
    ParameterError
        If the image is no volume, or has no such slice.
    """
    across = _checked_axis(image, axis, index)
    others = [other for other in range(3) if other != across]
    spacing = None if image.spacing is None else tuple(image.spacing[o] for o in others[::-1])
    return Image(
        cut_slice(image.pixels, axis, index),
        image.color_space,
        missing=None if image.missing is None else cut_slice(image.missing, axis, index),
        spacing=spacing,
        channel_names=image.channel_names,
        source=replace(image.source, name=f"{image.source.name}, {axis} = {index}"),
    )


def cut_slice(values: NDArray[Any], axis: Axis, index: int) -> NDArray[Any]:
    """Cut values on the grid of a volume as `slice_of` cuts the volume."""
    flat = np.take(values, index, AXES.index(axis))
    return np.ascontiguousarray(np.swapaxes(flat, 0, 1))


def filled_slice(image: Image, axis: Axis, index: int, values: NDArray[Any]) -> NDArray[Any]:
    """Put what belongs to a slice into its place on the grid of the volume, with 0 around it.

    Parameters
    ----------
    image, axis, index
        As for `slice_of`.
    values : ndarray, shape of that slice
    """
    across = _checked_axis(image, axis, index)
    filled = np.zeros(image.grid, values.dtype)
    place: list[slice | int] = [slice(None)] * 3
    place[across] = index
    filled[tuple(place)] = np.swapaxes(values, 0, 1)
    return filled


def _checked_axis(image: Image, axis: str, index: int) -> int:
    if not image.is_volume:
        raise ParameterError(f"{image.source.name} is a picture and has no slices.")
    if axis not in AXES:
        raise ParameterError(f"There is no axis “{axis}”; choose among x, y and z.")
    across = AXES.index(axis)
    last = image.grid[across] - 1
    if not 0 <= index <= last:
        raise ParameterError(
            f"{image.source.name} has no slice {axis}={index}; choose one of 0 to {last}."
        )
    return across
