"""What a TIFF says of the size of its pixels, and of its channels: ImageJ, OME, or plain tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_MILLIMETERS = {
    "mm": 1.0, "millimeter": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "in": 25.4, "nm": 1e-6,
    "um": 1e-3, "µm": 1e-3, "\u03bcm": 1e-3, "micron": 1e-3, "microns": 1e-3, "\\u00B5m": 1e-3,
}  # fmt: skip
_OF_TAG = {2: 25.4, 3: 10.0}  # millimeters of an inch and a centimeter
_FOR_PRINT = ("inch", "in")
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296

SMALLEST_DOT = 0.02
"""Millimeters. Larger pixels, by tags that programs fill with what a printer or a screen has, say
nothing of what is seen in the picture."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of an image; steps along X, Y and Z in millimeters, 0 if unknown."""

    format: str
    steps: tuple[float, float, float]
    channel_names: tuple[str, ...] = ()


def words_of(tiff: TiffFile) -> Words:
    """Return what ImageJ or OME says of the first image of a file."""
    if tiff.is_ome:
        return _ome_words(tiff)
    return _imagej_words(tiff) if tiff.is_imagej else Words("TIFF", (0.0, 0.0, 0.0))


def spacing_of(tiff: TiffFile, page: TiffPage) -> tuple[float, float] | None:
    """Return millimeters from row to row and from column to column, where the file says it."""
    try:
        across, down = _steps(tiff, page)
    except Exception:  # its words are damaged; the picture need not be
        return None
    return (down, across) if across > 0 and down > 0 else None


def _steps(tiff: TiffFile, page: TiffPage) -> tuple[float, float]:
    across, down, _ = words_of(tiff).steps
    if not (tiff.is_ome or tiff.is_imagej):
        unit = page.tags.get(_RESOLUTION_UNIT)
        factor = _OF_TAG.get(int(unit.value), 0.0) if unit is not None else 0.0
        across, down = (_step(page, code) * factor for code in (_X_RESOLUTION, _Y_RESOLUTION))
    if not tiff.is_ome and (not tiff.is_imagej or _unit(tiff) in _FOR_PRINT):
        across, down = (step if step < SMALLEST_DOT else 0.0 for step in (across, down))
    return across, down


def _unit(tiff: TiffFile) -> str:
    return str((tiff.imagej_metadata or {}).get("unit", "")).strip()


def _imagej_words(tiff: TiffFile) -> Words:
    factor, page = _MILLIMETERS.get(_unit(tiff), 0.0), tiff.pages.first
    x, y = (_step(page, code) * factor for code in (_X_RESOLUTION, _Y_RESOLUTION))
    z = abs(float((tiff.imagej_metadata or {}).get("spacing", 0))) * factor
    return Words("ImageJ TIFF", (x, y, z))


def _step(page: TiffPage, code: int) -> float:
    """Turn pixels per unit into units per pixel; 0 where it is not said."""
    tag = page.tags.get(code)
    above, below = tag.value if tag is not None else (0, 1)
    return float(below / above) if above else 0.0


def _ome_words(tiff: TiffFile) -> Words:
    from tifffile import xml2dict

    image = xml2dict(tiff.ome_metadata or "")["OME"]["Image"]
    pixels = (image[0] if isinstance(image, list) else image)["Pixels"]
    steps = []
    for axis in "XYZ":
        unit = str(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        steps.append(abs(float(pixels.get(f"PhysicalSize{axis}", 0))) * _MILLIMETERS.get(unit, 0.0))
    channels = pixels.get("Channel", [])
    listed: list[dict[str, Any]] = channels if isinstance(channels, list) else [channels]
    names = tuple(str(channel["Name"]) for channel in listed if channel.get("Name"))
    return Words("OME-TIFF", (steps[0], steps[1], steps[2]), names)
