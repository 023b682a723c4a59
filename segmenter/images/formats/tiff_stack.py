"""Stacks of TIFF pages that say they are a volume: ImageJ's with slices, OME-TIFF with Z.

Pages without such words stay pages of pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segmenter.images.formats.tiff import check_series, opened_tiff, orientation_of
from segmenter.images.formats.tiff_words import words_of
from segmenter.images.orientation import directions_of
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPageSeries

_NOTE = "the file does not say which side is left; its axes are taken to run left, back and top"


def is_stack(file: Path) -> bool:
    """Tell whether a TIFF says that its gray pages are slices of a volume."""
    try:
        with opened_tiff(file) as tiff:
            if not (tiff.is_imagej or tiff.is_ome) or not tiff.series:
                return False
            series = tiff.series[0]
            sizes = dict(zip(series.axes, series.shape, strict=True))
            return sizes.get("Z", 1) > 1 and "S" not in sizes and set(sizes) <= set("TZCYX")
    except Exception:  # whatever is wrong with it, the reader of pictures says it
        return False


def describe(file: Path) -> VolumeHeader:
    """Say what a stack holds; its voxels are not read."""
    with opened_tiff(file) as tiff:
        return _header(tiff, tiff.series[0])


def decode(file: Path, volume: int = 0) -> Volume:
    """Read the stack of one time."""
    with opened_tiff(file) as tiff:
        series = tiff.series[0]
        header = _header(tiff, series)
        check_series(tiff, series)
        values = series.asarray()
    missing_axes = [axis for axis in "TCZYX" if axis not in series.axes]
    axes = series.axes + "".join(missing_axes)
    values = values.reshape(*values.shape, *(1 for _ in missing_axes))
    ordered = values.transpose([axes.index(axis) for axis in "TXYZC"])
    return Volume(header, np.ascontiguousarray(ordered[volume]))


def _header(tiff: TiffFile, series: TiffPageSeries) -> VolumeHeader:
    sizes = dict(zip(series.axes, series.shape, strict=True))
    words = words_of(tiff)
    if series.dtype is None or series.dtype.kind not in "iuf":
        raise CannotDecodeError("stores neither whole nor real numbers; save it as one of them")
    is_known = min(words.steps) > 0
    steps = np.array(words.steps if is_known else (1.0, 1.0, 1.0))
    across, down = directions_of(orientation_of(tiff.pages.first))
    affine = np.eye(4)
    affine[:3, :3] = np.transpose([(-across[0], -across[1], 0), (-down[0], -down[1], 0), (0, 0, 1)])
    affine[:3, :3] *= steps
    n_channels = int(sizes.get("C", 1))
    return VolumeHeader(
        format=words.format,
        grid=(int(sizes["X"]), int(sizes["Y"]), int(sizes["Z"])),
        dtype=series.dtype.newbyteorder("="),
        affine=affine,
        n_channels=n_channels,
        channel_names=words.channel_names if len(words.channel_names) == n_channels else (),
        n_volumes=int(sizes.get("T", 1)),
        notes=(_NOTE,)
        if is_known
        else (_NOTE, "the file does not say how large its voxels are; they are taken as 1 mm"),
    )
