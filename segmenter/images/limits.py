"""How large a picture may be: what stops a small file from filling the memory."""

from __future__ import annotations

import os
from math import prod
from pathlib import Path

from segmenter.errors import ReadError
from segmenter.images.raster import Header
from segmenter.images.volume import VolumeHeader

MAX_MEGAPIXELS = 1000.0
_VARIABLE = "SEGMENTER_MAX_MEGAPIXELS"


def check_size(header: Header, name: str) -> None:
    """Refuse a picture that is empty, larger than the limit or larger than the free memory.

    The limit is 1000 megapixels; the environment variable ``SEGMENTER_MAX_MEGAPIXELS`` moves it.

    Raises
    ------
    ReadError
        If the picture is refused.
    """
    n_bytes = header.width * header.height * header.dtype.itemsize
    size = f"{header.width} x {header.height} pixels"
    n_bytes *= header.n_channels + header.has_alpha
    _check(name, size, header.width * header.height, n_bytes)


def check_volume_size(header: VolumeHeader, name: str) -> None:
    """Refuse a volume that is empty or too large, as `check_size` does; a voxel is a pixel."""
    n_voxels = prod(header.grid)
    size = f"{' x '.join(map(str, header.grid))} voxels"
    _check(name, size, n_voxels, n_voxels * header.n_channels * header.dtype.itemsize)


def _check(name: str, size: str, n_pixels: int, n_bytes: int) -> None:
    megapixels = n_pixels / 1e6
    if n_pixels == 0:
        raise ReadError(f"{name} has no {size.split()[-1]}: its size is {size}.")
    limit = _limit()
    if megapixels > limit:
        raise ReadError(
            f"{name} claims {size}, {megapixels:,.0f} mega{size.split()[-1]}, and the limit is "
            f"{limit:,.0f}; if the file is right, raise the limit with {_VARIABLE}."
        )
    check_fits(2 * n_bytes, f"{name} ({size})")


def check_fits(n_bytes: int, what: str) -> None:
    """Refuse what needs more than the free memory.

    Raises
    ------
    ReadError
        If it does.
    """
    needed, free = n_bytes / 1e6, _free_megabytes()
    if free is not None and needed > free:
        raise ReadError(
            f"{what} needs about {needed:,.0f} MB of memory and {free:,.0f} MB are free; "
            "close other programs or open a smaller copy."
        )


def _limit() -> float:
    text = os.environ.get(_VARIABLE, "")
    try:
        return float(text) if text else MAX_MEGAPIXELS
    except ValueError:
        raise ReadError(f"{_VARIABLE} is {text!r}, which is not a number.") from None


def _free_megabytes() -> float | None:
    """Memory that can still be had, where the system says it."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    sizes = dict(line.split(":", 1) for line in lines)
    words = sizes.get("MemAvailable", "").split()
    return int(words[0]) / 1024 if words else None
