"""What there is to say about a file without reading its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segmenter.images.volume import VolumeHeader

LARGEST_OF_MICROSCOPES = 0.05
"""Millimeters. The smallest pixels of X-ray detectors are as large."""


def in_micrometers(spacing: tuple[float, ...]) -> bool:
    """Tell whether pixels are as small as those of microscopes."""
    return max(spacing) < LARGEST_OF_MICROSCOPES


def pixel_size_text(spacing: tuple[float, ...]) -> str:
    """Write how large a picture's pixel is: "0.325 µm", "0.5 x 0.25 mm"."""
    factor, unit = (1000.0, "µm") if in_micrometers(spacing) else (1.0, "mm")
    down, across = (f"{factor * side:.4g}" for side in spacing)
    return f"{across if across == down else f'{across} x {down}'} {unit}"


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a picture file holds.

    Attributes
    ----------
    name : str
        What it was called: the file's name, or its place in a folder that was listed.
    path : Path
        The file.
    n_bytes : int
        Its size.
    format : str
        Found in the content, such as "JPEG".
    width, height : int
        Upright, in pixels.
    dtype : str
        Of the pixels as they will be read, such as "uint8".
    colors : {"gray", "rgb", "cmyk", "lab", "channels"}
        What it stores; a palette counts as what its colors are.
    n_channels : int
        Without alpha.
    has_alpha : bool
        Whether it has opacity.
    n_pages : int
        Pages or frames.
    orientation : int
        EXIF orientation, 1 to 8, which is applied on reading.
    profile : bool
        Whether an ICC profile is embedded.
    spacing : tuple of float, or None
        Millimeters from row to row and from column to column, where the file says it.
    notes : tuple of str
        What else there is to say.
    """

    name: str
    path: Path
    n_bytes: int
    format: str
    width: int
    height: int
    dtype: str
    colors: str
    n_channels: int
    has_alpha: bool
    n_pages: int
    orientation: int
    profile: bool
    spacing: tuple[float, float] | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VolumeInfo:
    """What a file of volumes holds.

    Attributes
    ----------
    name : str
        What it was called: the file's name, or its place in a folder that was listed.
    path : Path
        The file.
    n_bytes : int
        Its size.
    header : VolumeHeader
        What it says of its volumes.
    """

    name: str
    path: Path
    n_bytes: int
    header: VolumeHeader


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What a series of DICOM files holds.

    Attributes
    ----------
    uid : str
        Its number in the world, by which it is chosen.
    description : str
        What whoever took it called it.
    modality : str
        Such as "MR".
    files : tuple of Path
        Where its slices are.
    n_bytes : int
        Their size.
    header : VolumeHeader or None
        What they say of its volumes; None where they make none.
    problem : str
        Why they make none.
    is_localizer : bool
        Whether that is since they are slices of several directions.
    is_one_scan : bool
        Whether they are of one patient, study and frame of reference, and none is there twice.
    """

    uid: str
    description: str
    modality: str
    files: tuple[Path, ...]
    n_bytes: int
    header: VolumeHeader | None
    problem: str = ""
    is_localizer: bool = False
    is_one_scan: bool = True
