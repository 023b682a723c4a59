"""From a raster as stored to an image: straight alpha, sRGB, upright, finite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import MissingValuesError, ReadError
from segmenter.images.color import to_srgb
from segmenter.images.geometry import grid_spacing
from segmenter.images.image import Image, Source
from segmenter.images.orientation import NOTES, swaps_axes, upright
from segmenter.images.raster import Header, Raster
from segmenter.images.volume import Volume

_LARGEST = 1e18
"""Of a picture: what is beyond stands for no value, and sums of its squares leave float32."""


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
    page_notes = _place_among("page", source.page, header.n_pages)
    return Image(
        pixels=upright(pixels, header.orientation),
        color_space=color_space,
        alpha=None if raster.alpha is None else upright(raster.alpha, header.orientation),
        missing=None if missing is None else upright(missing, header.orientation),
        spacing=turned_spacing(header),
        channel_names=header.channel_names,
        source=replace(
            source,
            format=header.format,
            n_pages=header.n_pages,
            notes=(*header.notes, *color_notes, *turn_notes, *page_notes),
        ),
    )


def turned_spacing(header: Header) -> tuple[float, float] | None:
    """Return the spacing of a page once it is upright."""
    spacing = header.spacing
    return spacing[::-1] if spacing is not None and swaps_axes(header.orientation) else spacing


def developed_volume(volume: Volume, source: Source) -> Image:
    """Make an image of a decoded volume, on the file's own grid.

    Voxels that are NaN or infinite are always marked as missing: it is how some programs write
    what lies outside of the brain. They get the value nearest to 0 that is there.

    Raises
    ------
    ReadError
        If no voxel has a finite value.
    """
    header, notes = volume.header, volume.header.notes
    voxels, missing = volume.voxels, volume.missing
    not_finite = _not_finite(voxels)
    if not_finite is not None:
        voxels = _filled_in(voxels, not_finite, source.name)
        notes = (*notes, _counted(int(np.count_nonzero(not_finite))))
        missing = not_finite if missing is None else missing | not_finite
    notes = (*notes, *_place_among("volume", source.page, header.n_volumes))
    return Image(
        pixels=voxels,
        color_space="gray" if header.n_channels == 1 else "channels",
        missing=missing,
        spacing=grid_spacing(header.affine),
        affine=header.affine,
        channel_names=header.channel_names,
        source=replace(source, format=header.format, n_pages=header.n_volumes, notes=notes),
        header=header,
    )


def _place_among(noun: str, index: int, count: int) -> tuple[str, ...]:
    """Say which of several was read; whoever knows of one alone would take it for all."""
    return (f"this is {noun} {index + 1} of {count}",) if count > 1 else ()


def _filled_in(voxels: NDArray[Any], holes: NDArray[np.bool_], name: str) -> NDArray[Any]:
    if holes.all():
        raise ReadError(f"{name} has no voxel with a finite value; get a whole copy of it.")
    finite = voxels[~holes]
    filled = voxels.copy()
    filled[holes] = np.clip(0, finite.min(axis=0), finite.max(axis=0))
    return filled


def _counted(n_missing: int) -> str:
    if n_missing == 1:
        return "1 voxel without a finite value takes no part"
    return f"{n_missing:,} voxels without a finite value take no part"


def _finite(
    pixels: NDArray[Any], name: str, skip_missing: bool
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Find pixels without a finite value, and give them the mean of the others."""
    missing = _not_finite(pixels, _LARGEST)
    if missing is None:
        return pixels, None
    n_missing = int(np.count_nonzero(missing))
    if n_missing == missing.size:
        raise ReadError(
            f"{name} has no pixel with a finite value of at most 1e18; get a whole copy of it."
        )
    if not skip_missing:
        some = "1 pixel that is" if n_missing == 1 else f"{n_missing:,} pixels that are"
        raise MissingValuesError(f"{name} has {some} NaN, infinite or beyond 1e18")
    filled = pixels.copy()
    filled[missing] = pixels[~missing].mean(axis=0, dtype=np.float64)
    return filled, missing


def _not_finite(pixels: NDArray[Any], largest: float = np.inf) -> NDArray[np.bool_] | None:
    """Find pixels with a value that is NaN, infinite or too large, shape grid; None if none is."""
    if pixels.dtype.kind != "f":
        return None
    known = np.isfinite(pixels)
    if largest < float(np.finfo(pixels.dtype).max):
        known &= np.abs(pixels) <= largest
    missing: NDArray[np.bool_] = ~known.all(axis=-1)
    return missing if missing.any() else None
