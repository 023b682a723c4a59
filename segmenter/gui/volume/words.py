"""A volume, and a voxel of it, in words. No Qt."""

from __future__ import annotations

from segmenter.gui.volume.slicing import Voxel, affine_of
from segmenter.images.geometry import grid_spacing, obliqueness, orientation_code
from segmenter.images.image import Image

OBLIQUE_FROM = 1.0
"""Degrees from which axes count as turned."""


def describe_volume(image: Image) -> str:
    """Say how large a volume and its voxels are, how its axes lie and what it was stored as."""
    affine = affine_of(image)
    size = " x ".join(str(side) for side in image.grid)
    spacing = " x ".join(f"{side:.3g}" for side in grid_spacing(affine))
    source = image.source
    parts = [size, f"{spacing} mm", describe_orientation(image), source.format, *source.notes]
    return "   ".join(part for part in parts if part)


def describe_orientation(image: Image) -> str:
    """Name where the axes of the grid point to, and how far they are turned from the body's."""
    if image.affine is None:
        return "no orientation"
    code, angle = orientation_code(image.affine), obliqueness(image.affine)
    return f"{code}, oblique by {angle:.0f}°" if angle >= OBLIQUE_FROM else code


def describe_voxel(image: Image, voxel: Voxel) -> str:
    """Say where a voxel is, on the grid and in the body, and what its values are."""
    x, y, z = (affine_of(image) @ (*voxel, 1.0))[:3]
    place = f"{_side(x, 'R', 'L')} {_side(y, 'A', 'P')} {_side(z, 'S', 'I')} mm"
    index = ", ".join(str(each) for each in voxel)
    values = image.pixels[voxel].tolist()
    names = image.channel_names or ("",) * len(values)
    shown = "   ".join(
        f"{name} {_value(value)}".strip() for name, value in zip(names, values, strict=True)
    )
    return "      ".join((index, place, shown))


def _side(place: float, high: str, low: str) -> str:
    return f"{high if place >= 0 else low} {abs(place):.1f}"


def _value(value: float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
