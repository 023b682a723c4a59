"""Writing a PNG and reading it back with a library that had no part in writing it."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import WriteError
from segmenter.export.atomic import write_atomically
from segmenter.export.encode import encode_png
from segmenter.export.written import Written
from segmenter.images.formats import pillow

Text = Mapping[str, str]


def write_verified(
    path: str | PathLike[str],
    pixels: NDArray[Any],
    description: str,
    text: Text | None = None,
    palette: NDArray[np.uint8] | None = None,
) -> Written:
    """Write an array as PNG, and let it take its name only if it reads back equal.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    pixels : uint8 or uint16 ndarray, shape (height, width) or (height, width, n_channels)
        What to write; see `encode_png`.
    description : str
        What the values mean, for the record.
    text : mapping, optional
        Texts to embed, by keyword.
    palette : uint8 ndarray, shape (n_colors, 3), optional
        Makes gray into indices.

    Raises
    ------
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    target = Path(path)

    def check(hidden: Path) -> None:
        if not _reads_back(hidden, pixels, is_indexed=palette is not None):
            raise WriteError(
                f"{target} did not read back as it was written and was not kept; "
                "try another folder or disk."
            )

    write_atomically(target, encode_png(pixels, palette=palette, text=text), check)
    return Written(target, pixels.shape[:2], description)


def _reads_back(file: Path, pixels: NDArray[Any], *, is_indexed: bool) -> bool:
    """Compare every value; only Pillow reads indices, and only imagecodecs 16 bits of color."""
    if is_indexed:
        with pillow.opened(file) as picture:
            return picture.mode == "P" and np.array_equal(np.asarray(picture), pixels)
    from imagecodecs import png_decode

    read = png_decode(file.read_bytes())
    return read.dtype == pixels.dtype and np.array_equal(read, pixels)
