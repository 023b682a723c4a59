"""TIFF pages that the file says are channels of one picture: ImageJ's, OME's and tifffile's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats import tiff
from segmenter.images.formats.tiff_words import words_of
from segmenter.images.raster import Header, Raster

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPageSeries

_BLACK_IS_ZERO = 1


def describe(path: Path, page: int = 0) -> Header:
    """Say what a page holds, or a time of several channels; its pixels are not read."""
    with tiff.opened_tiff(path) as file:
        series = _channels_of(file)
        if series is not None:
            return _header(path, file, series)
    return tiff.describe(path, page)


def decode(path: Path, page: int = 0) -> Raster:
    """Decode a page, or all channels of one time."""
    with tiff.opened_tiff(path) as file:
        series = _channels_of(file)
        if series is not None:
            header = _header(path, file, series)
            tiff.check_series(file, series)
            return Raster(header, _pixels(file, series, min(page, header.n_pages - 1)))
    return tiff.decode(path, page)


def _channels_of(file: TiffFile) -> TiffPageSeries | None:
    """Return what the file holds if it is one picture of several gray channels, or its times."""
    try:
        if not (file.is_imagej or file.is_ome or file.is_shaped) or len(file.series) != 1:
            return None
        series, is_gray = file.series[0], file.pages.first.photometric == _BLACK_IS_ZERO
        sizes = _sizes(series)
        is_flat = sizes.get("Z", 1) == 1 and set(sizes) <= set("TZCYX")
        is_flat &= series.axes.endswith("YX")
        words_of(file)  # damaged ones are for the reader of pages too
    except Exception:  # whatever is wrong with it, the reader of pages says it
        return None
    return series if is_gray and is_flat and sizes.get("C", 1) > 1 else None


def _sizes(series: TiffPageSeries) -> dict[str, int]:
    return dict(zip(series.axes, series.shape, strict=True))


def _header(path: Path, file: TiffFile, series: TiffPageSeries) -> Header:
    sizes, words = _sizes(series), words_of(file)
    n_channels = sizes["C"]
    names = words.channel_names if len(words.channel_names) == n_channels else ()
    return replace(
        tiff.describe(path),
        format=words.format,
        model="channels",
        n_channels=n_channels,
        channel_names=names,
        n_pages=sizes.get("T", 1),
    )


def _pixels(file: TiffFile, series: TiffPageSeries, time: int) -> NDArray[Any]:
    """Return the channels of one time, shape (height, width, n_channels)."""
    sizes, stacked = _sizes(series), [axis for axis in series.axes if axis in "TC"]
    counts = [sizes[axis] for axis in stacked]
    if series.dataoffset is not None:  # one after the other, in perhaps a single page
        values = file.asarray(series=0, out="memmap").reshape(*counts, sizes["Y"], sizes["X"])
        channels = _of_time(values, stacked, time)
        return np.ascontiguousarray(np.moveaxis(channels, 0, -1), values.dtype.newbyteorder("="))
    numbers = _of_time(np.arange(int(np.prod(counts))).reshape(counts), stacked, time)
    return np.stack([_page(series, number) for number in numbers.tolist()], axis=-1)


def _of_time(values: NDArray[Any], stacked: list[str], time: int) -> NDArray[Any]:
    return np.moveaxis(values, stacked.index("T"), 0)[time] if "T" in stacked else values


def _page(series: TiffPageSeries, number: int) -> NDArray[Any]:
    page = series.pages[number]
    if page is None:
        raise EOFError("a missing page")
    return page.asarray()
