"""How large a picture may be: what stops a small file from filling the memory."""

from __future__ import annotations

import os
from pathlib import Path

from segmenter.errors import ReadError
from segmenter.images.raster import Header

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
    size = f"{header.width} x {header.height} pixels"
    megapixels = header.width * header.height / 1e6
    if megapixels == 0:
        raise ReadError(f"{name} has no pixels: its size is {size}.")
    limit = _limit()
    if megapixels > limit:
        raise ReadError(
            f"{name} claims {size}, {megapixels:,.0f} megapixels, and the limit is {limit:,.0f}; "
            f"if the file is right, raise the limit with {_VARIABLE}."
        )
    needed = 2 * megapixels * (header.n_channels + header.has_alpha) * header.dtype.itemsize
    free = _free_megabytes()
    if free is not None and needed > free:
        raise ReadError(
            f"{name} ({size}) needs about {needed:,.0f} MB of memory and {free:,.0f} MB are free; "
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
