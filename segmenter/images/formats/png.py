"""What Pillow's header of a PNG does not tell without decoding the pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from segmenter.images.formats.pillow import orientation_in
from segmenter.images.raster import Header

_GRAY_WITH_ALPHA = 4  # color type


def completed(header: Header, path: Path) -> Header:
    """Add the 16 bits that Pillow cuts to 8, gray with alpha of 16 bits, and the orientation.

    Parameters
    ----------
    header : Header
        From Pillow.
    path : Path
        The file.
    """
    with path.open("rb") as file:
        bits, color_type = file.read(26)[24:26]
    if bits == 16:
        header = replace(header, dtype=np.dtype(np.uint16))
    if color_type == _GRAY_WITH_ALPHA:
        header = replace(header, model="gray", n_channels=1, has_alpha=True)
    exif = _chunk(path, b"eXIf")
    if exif:
        orientation, notes = orientation_in(exif)
        header = replace(header, orientation=orientation, notes=(*header.notes, *notes))
    return header


def _chunk(path: Path, kind: bytes) -> bytes:
    """Find a chunk, which may come after the pixels; empty if there is none."""
    with path.open("rb") as file:
        file.seek(8)
        while len(start := file.read(8)) == 8:
            length = int.from_bytes(start[:4])
            if start[4:] == kind:
                return file.read(length)
            file.seek(length + 4, 1)
    return b""
