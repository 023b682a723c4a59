"""How many bits the samples of a file have, where Pillow's header does not tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_SEARCHED = 1 << 20  # bytes at the beginning of a file in which its header must be


def bits_of(path: Path, format_name: str) -> int | None:
    """Find the bits of a sample of a JPEG 2000 or AVIF file; None for other formats.

    Parameters
    ----------
    path : Path
        The file.
    format_name : str
        From its header.
    """
    find = _FINDERS.get(format_name)
    if find is None:
        return None
    with path.open("rb") as file:
        return find(file.read(_SEARCHED))


def _jpeg2000(head: bytes) -> int:
    """Look into the codestream's size marker (ISO 15444-1, A.5.1)."""
    start = head.index(b"\xff\x4f\xff\x51") + 2
    n_components = int.from_bytes(head[start + 38 : start + 40])
    depths = head[start + 40 : start + 40 + 3 * n_components : 3]
    return max(8, *((depth & 0x7F) + 1 for depth in depths))


def _avif(head: bytes) -> int:
    """Look into the codec configuration (AV1 in ISOBMFF, 2.3.3)."""
    flags = head[head.index(b"av1C") + 6]
    if not flags & 0x40:
        return 8
    return 12 if flags & 0x20 else 10


_FINDERS: dict[str, Callable[[bytes], int]] = {
    "JPEG 2000": _jpeg2000,
    "AVIF": _avif,
}
