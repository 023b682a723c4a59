"""TIFF in its many kinds, through tifffile; luma and chroma outside of JPEG, through libtiff."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.color import straight, widened
from segmenter.images.formats.tiff_words import spacing_of
from segmenter.images.raster import CannotDecodeError, ColorModel, Header, Raster

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage, TiffPageSeries

_ORIENTATION, _SUB_PAGES, _ICC_PROFILE, _DNG_VERSION = 274, 330, 34675, 50706
_PREMULTIPLIED, _STRAIGHT = 1, 2  # kinds of extra samples that are alpha
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _MASK, _CMYK, _YCBCR = range(7)
_CIE_LAB, _ICC_LAB, _ITU_LAB, _SENSOR = 8, 9, 10, 32803
_JPEG = 7
_UNCOMPRESSED = 1

_MODELS: dict[int, tuple[ColorModel, int]] = {
    _WHITE_IS_ZERO: ("gray", 1),
    _BLACK_IS_ZERO: ("gray", 1),
    _MASK: ("gray", 1),
    _RGB: ("rgb", 3),
    _PALETTE: ("rgb", 3),
    _CMYK: ("cmyk", 4),
    _YCBCR: ("rgb", 3),
    _CIE_LAB: ("lab", 3),
    _ICC_LAB: ("lab", 3),
}


def describe(path: Path, page: int = 0) -> Header:
    """Say what a page holds; its pixels are not read."""
    with _opened(path, page) as (file, stored):
        return _header(file, stored)


def decode(path: Path, page: int = 0) -> Raster:
    """Decode a page."""
    with _opened(path, page) as (file, stored):
        header = _header(file, stored)
        check_whole(file, stored)
        if not _needs_libtiff(stored):
            return _raster(header, stored, _channels_last(stored.asarray(), stored.axes))
    return Raster(header, _by_libtiff(path, page, header.orientation))


@contextmanager
def opened_tiff(path: Path) -> Iterator[TiffFile]:
    """Open a file, and keep what tifffile logs of it to itself."""
    logging.getLogger("tifffile").addHandler(logging.NullHandler())
    from tifffile import TiffFile

    # Sizes of 0 in a damaged file make tifffile divide by them.
    with np.errstate(all="ignore"), TiffFile(path) as file:
        yield file


@contextmanager
def _opened(path: Path, page: int) -> Iterator[tuple[TiffFile, TiffPage]]:
    """Open a file at a page; at the last one if there are not so many."""
    with opened_tiff(path) as file:
        yield file, file.pages[min(page, len(file.pages) - 1)].aspage()


def _header(file: TiffFile, page: TiffPage) -> Header:
    _refuse_what_is_no_picture(file, page)
    model, n_channels = _MODELS[int(page.photometric)]
    has_alpha = _alpha_index(page) is not None
    n_colors = page.samplesperpixel - has_alpha
    notes: tuple[str, ...] = ()
    if n_colors < (1 if _is_palette(page) else n_channels):
        raise ValueError("fewer samples than its kind of color needs")
    if model == "gray" and n_colors > 1:
        model, n_channels = "channels", n_colors
    elif n_colors > n_channels:
        notes = (f"channels after the first {n_channels} were left out",)
    dtype = np.dtype(np.uint8 if page.dtype == np.bool_ or _is_palette(page) else page.dtype)
    return Header(
        format="TIFF",
        width=int(page.imagewidth),
        height=int(page.imagelength),
        dtype=dtype,
        model=model,
        n_channels=n_channels,
        has_alpha=has_alpha,
        n_pages=len(file.pages),
        orientation=orientation_of(page),
        profile=_tag(page, _ICC_PROFILE, bytes, None),
        spacing=spacing_of(file, page),
        notes=notes,
    )


def _refuse_what_is_no_picture(file: TiffFile, page: TiffPage) -> None:
    first = file.pages.first
    sub_pages = first.pages or () if _SUB_PAGES in first.tags else ()
    sensor = [sub for sub in sub_pages if getattr(sub, "photometric", None) == _SENSOR]
    if sensor or _DNG_VERSION in first.tags or page.photometric == _SENSOR:
        raise CannotDecodeError("is a camera raw file; develop it to a TIFF or JPEG and open that")
    if page.imagedepth > 1:
        raise CannotDecodeError("holds a volume in one page; save its slices as pages")
    if page.photometric is None or int(page.photometric) not in _MODELS:
        raise CannotDecodeError("stores color in a way that is not supported; save it as RGB")
    if page.photometric in (_CIE_LAB, _ICC_LAB) and page.dtype not in (np.uint8, np.uint16):
        raise CannotDecodeError("stores Lab in a way that is not supported; save it as RGB")
    if page.dtype is None or page.dtype.kind not in "biuf":
        raise CannotDecodeError("stores neither whole nor real numbers; save it as one of them")


def _needs_libtiff(page: TiffPage) -> bool:
    """Tell whether the stored samples are luma and chroma, perhaps of fewer pixels."""
    return page.photometric == _YCBCR and page.compression != _JPEG


def _by_libtiff(path: Path, page: int, orientation: int) -> NDArray[np.uint8]:
    """Decode to RGB as stored: libtiff flips for the orientation, and leaves the transposing."""
    from imagecodecs import tiff_decode

    rgba: NDArray[np.uint8] = tiff_decode(path.read_bytes(), index=page, asrgb=True)
    down = -1 if orientation in (3, 4, 7, 8) else 1
    across = -1 if orientation in (2, 3, 6, 7) else 1
    return rgba[::down, ::across, :3]


def check_whole(file: TiffFile, page: TiffPage) -> None:
    """Refuse a file with fewer strips or tiles than it needs, or with some beyond its end.

    tifffile would leave black what is not there, and decode what is left of a cut strip.
    """
    n_needed = prod(page.chunked)
    if min(len(page.dataoffsets), len(page.databytecounts)) < n_needed:
        raise EOFError("missing strips or tiles")
    segments = zip(page.dataoffsets[:n_needed], page.databytecounts[:n_needed], strict=True)
    end = max((offset + count for offset, count in segments), default=0)
    if page.compression != _UNCOMPRESSED and end > file.filehandle.size:
        raise EOFError("strips or tiles beyond the end of the file")


def check_series(tiff: TiffFile, series: TiffPageSeries) -> None:
    """Refuse a stack whose pixels are not all there."""
    if series.dataoffset is not None:
        if series.dataoffset + series.nbytes > tiff.filehandle.size:
            raise EOFError("fewer voxels than the header says")
        return
    for page in series.pages:
        if page is None:
            raise EOFError("a missing page")
        check_whole(tiff, page.aspage())


def orientation_of(page: TiffPage) -> int:
    """Return which way up a page lies, as EXIF numbers it; 1 where it does not say."""
    orientation: int = _tag(page, _ORIENTATION, int, 1)
    return orientation


def _tag(page: TiffPage, code: int, kind: type, default: Any) -> Any:
    """Look a tag up; one of another type than it must have counts as absent."""
    tag = page.tags.get(code)
    return tag.value if tag is not None and isinstance(tag.value, kind) else default


def _is_palette(page: TiffPage) -> bool:
    return page.photometric == _PALETTE


def _alpha_index(page: TiffPage) -> int | None:
    """Find which sample of a pixel is alpha."""
    kinds = [int(kind) for kind in page.extrasamples]
    for index, kind in enumerate(kinds):
        if kind in (_PREMULTIPLIED, _STRAIGHT):
            return page.samplesperpixel - len(kinds) + index
    return None


def _channels_last(samples: NDArray[Any], axes: str) -> NDArray[Any]:
    if axes.startswith("S"):
        samples = np.moveaxis(samples, 0, -1)
    return samples if "S" in axes else samples[..., None]


def _raster(header: Header, page: TiffPage, samples: NDArray[Any]) -> Raster:
    alpha = None
    index = _alpha_index(page)
    if index is not None:
        alpha = widened(np.ascontiguousarray(samples[..., index]), page.bitspersample)
        colors = np.delete(samples, index, axis=-1)[..., : header.n_channels]
        premultiplied = _PREMULTIPLIED in page.extrasamples
        samples = straight(colors, alpha) if premultiplied else colors
    if _is_palette(page):
        return Raster(header, _looked_up(samples[..., 0], page.colormap), alpha)
    return Raster(header, _meant(samples[..., : header.n_channels], page), alpha)


def _meant(pixels: NDArray[Any], page: TiffPage) -> NDArray[Any]:
    """Turn stored values into what they mean: black low, Lab as ICC has it, the full range."""
    bits = page.bitspersample
    photometric = int(page.photometric)
    if photometric == _WHITE_IS_ZERO and pixels.dtype.kind in "bu":
        white = pixels.dtype.type(1 if pixels.dtype.kind == "b" else (1 << bits) - 1)
        pixels = pixels ^ white
    if photometric == _CIE_LAB:  # a and b are signed, the ICC's are offset by half the range
        pixels = pixels.copy()
        pixels[..., 1:] ^= pixels.dtype.type(1 << (8 * pixels.dtype.itemsize - 1))
    keeps_values = _MODELS[photometric][0] == "gray" and bits >= 8
    return pixels if keeps_values else widened(pixels, bits)


def _looked_up(indices: NDArray[Any], colormap: NDArray[Any] | None) -> NDArray[np.uint8]:
    """Look indices up in a TIFF color map, shape (3, 2**bits), of 16-bit values."""
    if colormap is None:
        raise ValueError("indices without a color map")
    colors = np.ascontiguousarray(colormap.T)
    if colors.max(initial=0) > 255:  # some writers store 8-bit values
        colors = colors >> 8
    looked_up: NDArray[np.uint8] = colors.astype(np.uint8)[indices]
    return looked_up
