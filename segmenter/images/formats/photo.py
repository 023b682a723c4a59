"""The formats of photos, JPEG, PNG, WebP, JPEG 2000 and AVIF: Pillow reads the header.

imagecodecs decodes the pixels: straight into the array, two to three times faster than Pillow, and
with the 16 bits of color that Pillow cuts to 8.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.color import widened
from segmenter.images.formats import pillow, png
from segmenter.images.formats.depth import bits_of
from segmenter.images.raster import Header, Raster

_START_OF_SCAN = 0xDA
_WITHOUT_LENGTH = {0xFF, 0x00, 0x01, *range(0xD0, 0xD9)}
_THREADS = 2  # more gain little on a picture


def describe(path: Path, page: int = 0) -> Header:
    """Say what a file holds."""
    header = pillow.describe(path, page)
    if header.format == "PNG":
        return png.completed(header, path)
    if (bits_of(path, header.format) or 8) > 8:
        return replace(header, dtype=np.dtype(np.uint16))
    return header


def decode(path: Path, page: int = 0) -> Raster:
    """Decode a page; a frame of an animation comes fully composed."""
    header = describe(path, page)
    is_frame = header.n_pages > 1 and (page > 0 or header.format != "PNG")
    # imagecodecs has crashed on sequences of AVIF: it gets what Pillow would cut, and no more.
    if is_frame or (header.format == "AVIF" and header.dtype == np.uint8):
        return pillow.decode(path, page)
    samples = _samples(path.read_bytes(), header)
    bits = bits_of(path, header.format)
    if bits is not None and (header.model == "rgb" or header.has_alpha):
        samples = widened(samples, bits)
    return pillow.split_alpha(replace(header, dtype=samples.dtype), samples)


def _samples(content: bytes, header: Header) -> NDArray[Any]:
    codecs = _imagecodecs()
    samples: NDArray[Any]
    match header.format:
        case "JPEG":
            _check_whole_jpeg(content)
            samples = codecs.jpeg8_decode(content)
            return np.invert(samples, out=samples) if header.model == "cmyk" else samples
        case "PNG":
            samples = codecs.png_decode(content)
            return _gray_of_palette(samples, header) if header.n_channels == 1 else samples
        case "WebP":
            samples = codecs.webp_decode(content, hasalpha=header.has_alpha)
        case "JPEG 2000":
            samples = codecs.jpeg2k_decode(content, numthreads=_THREADS)
        case _:  # AVIF
            samples = codecs.avif_decode(content, numthreads=_THREADS)
    return samples


def _check_whole_jpeg(content: bytes) -> None:
    """Look for the end of the main picture: the decoder fills what is cut off with gray."""
    if content.find(b"\xff\xd9", _scan_start(content)) < 0:
        raise EOFError("no end-of-image marker")


def _scan_start(content: bytes) -> int:
    """Walk the segments of a JPEG to its first scan, past thumbnails with scans of their own."""
    position = 2
    while True:
        position = content.index(b"\xff", position) + 1
        marker = content[position]
        if marker == _START_OF_SCAN:
            return position
        if marker not in _WITHOUT_LENGTH:
            position += 1 + int.from_bytes(content[position + 1 : position + 3])


def _gray_of_palette(samples: NDArray[Any], header: Header) -> NDArray[Any]:
    """Undo that the decoder makes three channels of a palette of grays."""
    if samples.ndim == 2 or samples.shape[-1] < 3:
        return samples
    return samples[..., [0, 3]] if header.has_alpha else samples[..., :1]


@cache
def _imagecodecs() -> Any:
    logging.getLogger("imagecodecs").addHandler(logging.NullHandler())
    import imagecodecs

    return imagecodecs
