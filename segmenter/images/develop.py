"""From a raster as stored to an image: straight alpha, sRGB, upright, finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import MissingValuesError, ReadError
from segmenter.images.color import to_srgb
from segmenter.images.image import Image, Source
from segmenter.images.orientation import NOTES, upright
from segmenter.images.raster import Raster


def developed(raster: Raster, source: Source, *, skip_missing: bool) -> Image:
    """Make an image of a decoded page.

    Parameters
    ----------
    raster : Raster
        The page.
    source : Source
        Where it comes from; its notes grow by what is done here.
    skip_missing : bool
        Whether pixels that are NaN or infinite are marked as missing instead of refused.

    Raises
    ------
    MissingValuesError
        If values are NaN or infinite and not skipped.
    ReadError
        If no pixel is left.
    """
    header = raster.header
    pixels, missing = _finite(raster.pixels, source.name, skip_missing)
    pixels, color_space, color_notes = to_srgb(pixels, header.model, header.profile)
    turn_notes = (NOTES[header.orientation],) if header.orientation in NOTES else ()
    return Image(
        pixels=upright(pixels, header.orientation),
        color_space=color_space,
        alpha=None if raster.alpha is None else upright(raster.alpha, header.orientation),
        missing=None if missing is None else upright(missing, header.orientation),
        source=Source(
            name=source.name,
            path=source.path,
            format=header.format,
            page=source.page,
            n_pages=header.n_pages,
            notes=(*header.notes, *color_notes, *turn_notes),
        ),
    )


def _finite(
    pixels: NDArray[Any], name: str, skip_missing: bool
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Find pixels without a finite value, and give them the mean of the others."""
    if pixels.dtype.kind != "f":
        return pixels, None
    finite = np.isfinite(pixels).all(axis=-1)
    n_missing = finite.size - int(np.count_nonzero(finite))
    if n_missing == 0:
        return pixels, None
    if n_missing == finite.size:
        raise ReadError(f"{name} has no pixel with a finite value.")
    if not skip_missing:
        some = "1 pixel that is" if n_missing == 1 else f"{n_missing:,} pixels that are"
        raise MissingValuesError(
            f"{name} has {some} NaN or infinite; open it with missing pixels skipped "
            "(--skip-missing) to leave them out."
        )
    filled = pixels.copy()
    filled[~finite] = pixels[finite].mean(axis=0, dtype=np.float64)
    return filled, ~finite
