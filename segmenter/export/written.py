"""The record of a file that was written and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, read back and found equal.

    Attributes
    ----------
    path : Path
        Where it is.
    grid : tuple of int
        Its pixels: (height, width), or those along each axis of a volume.
    description : str
        What its values mean, in words.
    """

    path: Path
    grid: tuple[int, ...]
    description: str
