"""A brain mask from a file, checked against the volume it is for."""

from __future__ import annotations

import numpy as np

from segmenter.errors import ParameterError
from segmenter.gui.volume.slicing import affine_of
from segmenter.images.image import Image
from segmenter.session.brain import GivenMask
from segmenter.work import Progress, Work

CLOSE = 0.01
"""Share of a voxel by which the places of two grids may differ."""


def read_mask_steps(path: str, image: Image) -> Work[GivenMask]:
    """Read a mask; what is not 0 is brain.

    Parameters
    ----------
    path : str
        A file of a volume.
    image : Image
        The volume it is for.

    Raises
    ------
    ReadError
        If it cannot be read.
    ParameterError
        If it lies on another grid, or is empty.
    """
    yield Progress("Reading the mask")
    from segmenter.images.read import read_image

    mask = read_image(path)
    name = mask.source.name
    if mask.grid != image.grid:
        sizes = (" x ".join(map(str, each.grid)) for each in (mask, image))
        raise ParameterError(
            "{} has {} voxels and the scan {}; choose a mask made on this scan.".format(
                name, *sizes
            )
        )
    apart = np.abs(affine_of(mask) - affine_of(image))[:3]
    if (apart @ (*image.grid, 1)).max() > CLOSE * max(image.spacing or (1.0,)) * max(image.grid):
        raise ParameterError(
            f"{name} lies elsewhere in space than the scan; choose a mask made on this scan."
        )
    inside = (mask.pixels != 0).any(axis=-1)
    if not inside.any():
        raise ParameterError(f"{name} is empty: all of it is 0; choose another mask.")
    return GivenMask(name, inside)
