"""An image as the rest of the program sees it: pixels on a grid, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.images.file_info import in_micrometers
from segmenter.images.volume import VolumeHeader

ColorSpace = Literal["gray", "rgb", "channels"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image came from.

    Attributes
    ----------
    name : str
        What to call it on screen: the file's name, the sample's name or "Clipboard".
    path : Path or None
        The file, or None when there is none.
    format : str
        The format found in the content, such as "JPEG"; never guessed from the suffix.
    page, n_pages : int
        Which page, frame or volume this is, from 0, and how many the file has.
    notes : tuple of str
        What was done on the way in, in words: "turned by its EXIF orientation".
    series : str
        Which series of a folder of DICOM files, by its UID; empty for all else.
    files : tuple of Path
        Those of the series.
    others : tuple of Path
        The files of further channels.
    """

    name: str
    path: Path | None = None
    format: str = ""
    page: int = 0
    n_pages: int = 1
    notes: tuple[str, ...] = ()
    series: str = ""
    files: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Image:
    """Pixels on a grid; a value that nobody changes.

    Attributes
    ----------
    pixels : ndarray, shape (*grid, n_channels)
        In the file's own dtype; a picture upright, a volume on the file's own axes. Read-only.
    color_space : {"gray", "rgb", "channels"}
        What the channels mean; "rgb" is sRGB.
    alpha : ndarray of shape grid, or None
        Opacity in its own integer or float dtype. Pixels of alpha 0 take no part.
    missing : bool ndarray of shape grid, or None
        Pixels without a finite value, and slices that a series lacks, which take no part; None
        when every pixel has a value.
    spacing : tuple of float, or None
        Size of a pixel along each axis of the grid in millimeters, where the file says it.
    affine : float64 ndarray of shape (4, 4), or None
        From a voxel's indices (i, j, k, 1) to millimeters to the right, the front and the top of
        the patient (RAS+, the convention of NIfTI). Only volumes have one.
    channel_names : tuple of str
        What the channels are called, such as ("T1", "T2"); empty where nobody named them.
    source : Source
        Where it came from.
    header : VolumeHeader or None
        What the file of a volume says about it.
    """

    pixels: NDArray[Any]
    color_space: ColorSpace
    alpha: NDArray[Any] | None = None
    missing: NDArray[np.bool_] | None = None
    spacing: tuple[float, ...] | None = None
    affine: NDArray[np.float64] | None = None
    channel_names: tuple[str, ...] = ()
    source: Source = field(default=Source("Image"))
    header: VolumeHeader | None = None

    def __post_init__(self) -> None:
        for part in (self.pixels, self.alpha, self.missing, self.affine):
            if part is not None:
                part.flags.writeable = False

    @property
    def grid(self) -> tuple[int, ...]:
        """The shape without the channels: (height, width), or a volume's own axes."""
        return self.pixels.shape[:-1]

    @property
    def is_volume(self) -> bool:
        """Whether the grid has three axes."""
        return len(self.grid) == 3

    @property
    def cells(self) -> tuple[float, ...]:
        """Size of a pixel along each axis, the smallest being 1; all 1 where it is not known."""
        spacing = self.spacing or (1.0,) * len(self.grid)
        return tuple(size / min(spacing) for size in spacing)

    @property
    def n_channels(self) -> int:
        """Channels of a pixel, without alpha."""
        return int(self.pixels.shape[-1])

    @cached_property
    def valid(self) -> NDArray[np.bool_] | None:
        """Where pixels take part, shape grid; None when all of them do."""
        if self.alpha is None:
            return None if self.missing is None else ~self.missing
        visible: NDArray[np.bool_] = self.alpha > 0
        if self.missing is not None:
            visible &= ~self.missing
        return None if visible.all() else visible

    @cached_property
    def n_valid(self) -> int:
        """How many pixels take part."""
        return int(np.prod(self.grid) if self.valid is None else np.count_nonzero(self.valid))

    @property
    def cell_extent(self) -> tuple[float, str] | None:
        """The area of a pixel, or volume of a voxel, and its unit; None where it is not known."""
        if self.spacing is None:
            return None
        if self.is_volume:
            return 1000 * self.voxel_ml, "mm³"
        extent = float(np.prod(self.spacing))
        return (extent * 1e6, "µm²") if in_micrometers(self.spacing) else (extent, "mm²")

    @cached_property
    def voxel_ml(self) -> float:
        """Milliliters of a voxel, whose axes may be tilted; of one of 1 mm if nothing is known."""
        spacing = self.spacing or (1.0, 1.0, 1.0)
        mm3 = np.prod(spacing) if self.affine is None else abs(np.linalg.det(self.affine[:3, :3]))
        return float(mm3) / 1000


def check_is_picture(image: Image) -> Image:
    """Refuse a volume where only a picture will do.

    Raises
    ------
    ParameterError
        If the image is a volume.
    """
    if image.is_volume:
        raise ParameterError(
            f"{image.source.name} is a volume, not a picture; segment its tissues, "
            "or save one of its slices as PNG."
        )
    return image
