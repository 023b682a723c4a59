"""TIFF in its many kinds, through tifffile."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.color import straight, widened
from segmenter.images.raster import ColorModel, Header, Raster

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_ORIENTATION, _ICC_PROFILE = 274, 34675
_ASSOCIATED, _UNASSOCIATED = 1, 2  # kinds of alpha
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _MASK, _CMYK, _YCBCR = range(7)
_CIE_LAB, _ICC_LAB = 8, 9

_MODELS: dict[int, tuple[ColorModel, int]] = {
    _RGB: ("rgb", 3),
    _PALETTE: ("rgb", 3),
    _CMYK: ("cmyk", 4),
    _YCBCR: ("rgb", 3),
    _CIE_LAB: ("lab", 3),
    _ICC_LAB: ("lab", 3),
}


def describe(path: Path, page: int = 0) -> Header:
    """Say what a page holds; its pixels are not read."""
    with _opened(path) as file:
        return _header(file, _page(file, page))


def decode(path: Path, page: int = 0) -> Raster:
    """Decode a page."""
    with _opened(path) as file:
        stored = _page(file, page)
        header = _header(file, stored)
        samples = _channels_last(stored.asarray(), stored.axes)
    return _raster(header, stored, samples)


@contextmanager
def _opened(path: Path) -> Iterator[TiffFile]:
    logging.getLogger("tifffile").addHandler(logging.NullHandler())
    from tifffile import TiffFile

    with TiffFile(path) as file:
        yield file


def _page(file: TiffFile, page: int) -> TiffPage:
    stored = file.pages[min(page, len(file.pages) - 1)]
    return stored.aspage()


def _header(file: TiffFile, page: TiffPage) -> Header:
    model, n_channels = _MODELS.get(int(page.photometric or 0), ("gray", 1))
    n_stored = page.samplesperpixel
    has_alpha = any(kind in (_ASSOCIATED, _UNASSOCIATED) for kind in page.extrasamples)
    if model == "gray" and n_stored - has_alpha > 1:
        model, n_channels = "channels", n_stored - has_alpha
    return Header(
        format="TIFF",
        width=page.imagewidth,
        height=page.imagelength,
        dtype=np.dtype(np.uint8 if page.dtype == np.bool_ else page.dtype),
        model=model,
        n_channels=n_channels,
        has_alpha=has_alpha,
        n_pages=len(file.pages),
        orientation=_tag(page, _ORIENTATION, 1),
        profile=_tag(page, _ICC_PROFILE, None),
    )


def _tag(page: TiffPage, code: int, default: Any) -> Any:
    tag = page.tags.get(code)
    return default if tag is None else tag.value


def _channels_last(samples: NDArray[Any], axes: str) -> NDArray[Any]:
    if axes.startswith("S"):
        samples = np.moveaxis(samples, 0, -1)
    return samples if "S" in axes else samples[..., None]


def _raster(header: Header, page: TiffPage, samples: NDArray[Any]) -> Raster:
    photometric = int(page.photometric or 0)
    bits = page.bitspersample
    if photometric == _PALETTE and page.colormap is not None:
        return Raster(header, _looked_up(samples[..., 0], page.colormap))
    alpha = None
    if header.has_alpha:
        kinds = [int(kind) for kind in page.extrasamples]
        which = next(i for i, kind in enumerate(kinds) if kind in (_ASSOCIATED, _UNASSOCIATED))
        index = page.samplesperpixel - len(kinds) + which
        alpha = np.ascontiguousarray(samples[..., index])
        samples = np.delete(samples, index, axis=-1)
        if kinds[which] == _ASSOCIATED:
            samples = straight(samples, alpha)
    pixels = samples[..., : header.n_channels]
    if bits < 8 or header.model == "rgb":
        pixels = widened(pixels, bits)
    if photometric == _WHITE_IS_ZERO and pixels.dtype.kind == "u":
        pixels = np.invert(pixels)
    if photometric == _CIE_LAB:
        pixels = _offset_lab(pixels)
    return Raster(header, pixels, alpha)


def _looked_up(indices: NDArray[Any], colormap: NDArray[Any]) -> NDArray[np.uint8]:
    """Look indices up in a TIFF color map, shape (3, 2**bits), of 16-bit values."""
    colors = np.ascontiguousarray(colormap.T)
    if colors.max(initial=0) > 255:  # some writers store 8-bit values
        colors = colors >> 8
    looked_up: NDArray[np.uint8] = colors.astype(np.uint8)[indices]
    return looked_up


def _offset_lab(pixels: NDArray[Any]) -> NDArray[Any]:
    """Turn signed a and b of CIELAB into the ICC's, which are offset by half the range."""
    shifted = pixels.copy()
    shifted[..., 1:] ^= pixels.dtype.type(1 << (8 * pixels.dtype.itemsize - 1))
    return shifted
