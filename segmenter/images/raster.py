"""What a decoder hands over: pixels as the file stores them, and what it says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ColorModel = Literal["gray", "rgb", "cmyk", "lab", "channels"]


class CannotDecodeError(Exception):
    """Why a decoder refuses a whole file, as the words that follow the file's name."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about one of its pages, before any pixel is read.

    Attributes
    ----------
    format : str
        The format's usual name, such as "JPEG".
    width, height : int
        As stored, before the orientation is applied.
    dtype : dtype
        Of the pixels as they will be read.
    model : {"gray", "rgb", "cmyk", "lab", "channels"}
        What the channels mean. A palette counts as what its colors are.
    n_channels : int
        Without alpha.
    has_alpha : bool
        Whether opacity comes with it.
    n_pages : int
        Pages or frames in the file.
    orientation : int
        EXIF orientation, 1 (upright) to 8.
    profile : bytes or None
        The embedded ICC profile.
    channel_names : tuple of str
        What the channels are called; empty where the file does not say it.
    spacing : tuple of float, or None
        Millimeters from row to row and from column to column, where the file says it.
    notes : tuple of str
        What a user may want to know about the file, in words.
    """

    format: str
    width: int
    height: int
    dtype: np.dtype[Any]
    model: ColorModel
    n_channels: int
    has_alpha: bool = False
    n_pages: int = 1
    orientation: int = 1
    profile: bytes | None = None
    channel_names: tuple[str, ...] = ()
    spacing: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Raster:
    """The stored pixels of a page.

    Attributes
    ----------
    header : Header
        What they are.
    pixels : ndarray, shape (height, width, n_channels)
        Not upright yet, in the color model of the header.
    alpha : ndarray, shape (height, width), or None
        Straight (not premultiplied) opacity, of the same dtype as the pixels.
    """

    header: Header
    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
