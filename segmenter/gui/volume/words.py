"""A volume, and a voxel of it, in words. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.gui.look import LEAST_P, View
from segmenter.gui.pixel_words import p_text, short_name
from segmenter.gui.volume.slicing import Voxel, affine_of
from segmenter.images.geometry import grid_spacing, obliqueness, orientation_code
from segmenter.images.image import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.volume.steps import TissueShown
    from segmenter.segment.labels import Label

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
    x, y, z, _ = (affine_of(image) @ (*voxel, 1.0)).tolist()
    place = describe_place((x, y, z))
    index = ", ".join(str(each) for each in voxel)
    values = image.pixels[voxel].tolist()
    names = image.channel_names or ("",) * len(values)
    shown = "   ".join(
        f"{name} {_value(value)}".strip() for name, value in zip(names, values, strict=True)
    )
    return "      ".join((index, place, shown))


def describe_place(place: tuple[float, float, float], n_digits: int = 1) -> str:
    """Say where a place of the body is, in mm: right or left, front or back, top or bottom."""
    ends = zip(place, ("RL", "AP", "SI"), strict=True)
    sides = (f"{names[at < 0]} {abs(at):.{n_digits}f}" for at, names in ends)
    return f"{' '.join(sides)} mm"


def describe_tissues(
    shown: TissueShown, label_map: NDArray[np.uint8], labels: Sequence[Label], voxel: Voxel
) -> str:
    """Say which tissues a voxel may be, the most probable first, and how it was corrected."""
    names = [short_name(each.name) for each in labels]
    label = int(label_map[voxel])
    if label != shown.tissue.label_map[voxel]:
        return f"{names[label - 1]}, corrected" if label else "taken away"
    shares = sorted(
        (
            (values[voxel] / 255, name)
            for values, name in zip(shown.probabilities, names, strict=True)
        ),
        reverse=True,
    )
    words = (f"{name} {share:.0%}".replace("%", " %") for share, name in shares if share >= 0.005)
    return "   ".join(words)


def describe_view(view: View, value: float, label: Label) -> str:
    """Say what a view shows of a voxel: the fraction of a tissue, bias, p-value or uncertainty."""
    if view is View.FRACTION:
        return f"{value:.0%} of it {short_name(label.name)}".replace("%", " %", 1)
    if view is View.BIAS:
        return f"bias {value:.3f}"
    if view is View.ANOMALY:
        return f"p {value:.2g}" if value >= LEAST_P else f"p < {p_text(LEAST_P)}"
    return f"uncertainty {value:.2f}"


def _value(value: float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
