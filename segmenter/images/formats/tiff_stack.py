"""Stacks of TIFF pages that say they are a volume: ImageJ's with slices, OME-TIFF with Z.

Pages without such words stay pages of pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segmenter.images.formats.tiff import check_whole, opened_tiff
from segmenter.images.raster import CannotDecodeError
from segmenter.images.volume import Volume, VolumeHeader

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPageSeries

_MILLIMETERS = {
    "mm": 1.0, "millimeter": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4, "in": 25.4, "nm": 1e-6,
    "um": 1e-3, "µm": 1e-3, "\u03bcm": 1e-3, "micron": 1e-3, "microns": 1e-3, "\\u00B5m": 1e-3,
}  # fmt: skip
_X_RESOLUTION, _Y_RESOLUTION = 282, 283
_NOTE = "the file does not say which side is left; its axes are taken to run left, back and top"


@dataclass(frozen=True, slots=True)
class _Words:
    """What ImageJ or OME says of a stack; steps along X, Y and Z in millimeters, 0 if unknown."""

    format: str
    steps: tuple[float, float, float]
    channel_names: tuple[str, ...]


def is_stack(file: Path) -> bool:
    """Tell whether a TIFF says that its gray pages are slices of a volume."""
    try:
        with opened_tiff(file) as tiff:
            if not (tiff.is_imagej or tiff.is_ome) or not tiff.series:
                return False
            series = tiff.series[0]
            sizes = dict(zip(series.axes, series.shape, strict=True))
            return sizes.get("Z", 1) > 1 and "S" not in sizes and set(sizes) <= set("TZCYX")
    except Exception:  # whatever is wrong with it, the reader of pictures says it
        return False


def describe(file: Path) -> VolumeHeader:
    """Say what a stack holds; its voxels are not read."""
    with opened_tiff(file) as tiff:
        return _header(tiff, tiff.series[0])


def decode(file: Path, volume: int = 0) -> Volume:
    """Read the stack of one time."""
    with opened_tiff(file) as tiff:
        series = tiff.series[0]
        header = _header(tiff, series)
        _check_series(tiff, series)
        values = series.asarray()
    missing_axes = [axis for axis in "TCZYX" if axis not in series.axes]
    axes = series.axes + "".join(missing_axes)
    values = values.reshape(*values.shape, *(1 for _ in missing_axes))
    ordered = values.transpose([axes.index(axis) for axis in "TXYZC"])
    return Volume(header, np.ascontiguousarray(ordered[volume]))


def _header(tiff: TiffFile, series: TiffPageSeries) -> VolumeHeader:
    sizes = dict(zip(series.axes, series.shape, strict=True))
    words = _ome_words(tiff) if tiff.is_ome else _imagej_words(tiff)
    if series.dtype is None or series.dtype.kind not in "iuf":
        raise CannotDecodeError("stores neither whole nor real numbers; save it as one of them")
    is_known = min(words.steps) > 0
    steps = np.array(words.steps if is_known else (1.0, 1.0, 1.0))
    affine = np.diag([*(steps * (-1, -1, 1)), 1.0])
    n_channels = int(sizes.get("C", 1))
    return VolumeHeader(
        format=words.format,
        grid=(int(sizes["X"]), int(sizes["Y"]), int(sizes["Z"])),
        dtype=series.dtype.newbyteorder("="),
        affine=affine,
        n_channels=n_channels,
        channel_names=words.channel_names if len(words.channel_names) == n_channels else (),
        n_volumes=int(sizes.get("T", 1)),
        notes=(_NOTE,)
        if is_known
        else (_NOTE, "the file does not say how large its voxels are; they are taken as 1 mm"),
    )


def _imagej_words(tiff: TiffFile) -> _Words:
    stated = tiff.imagej_metadata or {}
    factor = _MILLIMETERS.get(str(stated.get("unit", "")).strip(), 0.0)
    x, y = (_step(tiff, code) * factor for code in (_X_RESOLUTION, _Y_RESOLUTION))
    z = abs(float(stated.get("spacing", 0))) * factor
    return _Words("ImageJ TIFF", (x, y, z), ())


def _step(tiff: TiffFile, code: int) -> float:
    """Turn pixels per unit into units per pixel; 0 where it is not said."""
    tag = tiff.pages.first.tags.get(code)
    above, below = tag.value if tag is not None else (0, 1)
    return float(below / above) if above else 0.0


def _ome_words(tiff: TiffFile) -> _Words:
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
    return _Words("OME-TIFF", (steps[0], steps[1], steps[2]), names)


def _check_series(tiff: TiffFile, series: TiffPageSeries) -> None:
    """Refuse a stack whose pixels are not all there."""
    if series.dataoffset is not None:
        if series.dataoffset + series.nbytes > tiff.filehandle.size:
            raise EOFError("fewer voxels than the header says")
        return
    for page in series.pages:
        if page is None:
            raise EOFError("a missing page")
        check_whole(tiff, page.aspage())
