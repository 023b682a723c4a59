"""A brain mask from a file, checked against the volume it is for."""

from __future__ import annotations

from segmenter.images.image import Image
from segmenter.session.brain import GivenMask
from segmenter.work import Progress, Work


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
    from segmenter.segment.tissue.brain import mask_of

    mask = read_image(path)
    return GivenMask(mask.source.name, mask_of(mask, image))
