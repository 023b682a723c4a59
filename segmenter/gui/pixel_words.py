"""A pixel, and an image, in words. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.images.image import Image
    from segmenter.segment.labels import Label
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts
    from segmenter.segment.regions import Regions
    from segmenter.session.objects import Objects as CutOut

SHOWN_PROBABILITY = 0.005
SHOWN_LABELS = 3
SHOWN_LETTERS = 24
"""Of a name in the row at the bottom, so that there is room for the number after it."""
_TITLES = {"rgb": "RGB ", "gray": "", "channels": ""}


def describe_pixel(
    image: Image, say_result: Callable[[int, int], str], row: int, column: int
) -> str:
    """Say where a pixel is, what its value is, and what was found there.

    Parameters
    ----------
    image : Image
        The image.
    say_result : callable
        Says of a row and column what was found there.
    row, column : int
        The pixel.
    """
    values = " ".join(_value(value) for value in image.pixels[row, column].tolist())
    parts = [f"{column}, {row}", _TITLES[image.color_space] + values]
    if image.valid is not None and not image.valid[row, column]:
        parts.append("no value" if image.alpha is None else "transparent")
    else:
        parts.append(say_result(row, column))
    return "      ".join(part for part in parts if part)


def describe_source(image: Image) -> str:
    """Say how large a picture is, what it was stored as, and what was done on the way in."""
    from segmenter.images.file_info import pixel_size_text  # a library, which is there now

    height, width = image.grid
    source = image.source
    size = "" if image.spacing is None else f"{pixel_size_text(image.spacing)} per pixel"
    parts = [f"{width} x {height}", size, source.format, *source.notes]
    return "   ".join(part for part in parts if part)


def size_text(image: Image, n_pixels: int) -> str:
    """Write how large something is: in pixels or voxels, and in µm² or mm² if that is known."""
    words = f"{n_pixels:,} {'voxels' if image.is_volume else 'pixels'}"
    if image.cell_extent is None or image.is_volume:
        return words
    size, unit = image.cell_extent
    return f"{words}   {extent_text(size * n_pixels)} {unit}"


def extent_text(extent: float) -> str:
    """Write an area with as many digits as are of use."""
    return f"{extent:,.0f}" if extent >= 999.5 else f"{extent:.3g}"


def describe_labels(regions: Regions, labels: Sequence[Label], *place: int) -> str:
    """Say which labels a pixel may have, the most probable first."""
    posteriors = regions.posteriors_at(*place)
    order = posteriors.argsort()[::-1][:SHOWN_LABELS]
    words = [
        f"{short_name(labels[index].name)} {posteriors[index]:.0%}".replace("%", " %")
        for index in order
        if posteriors[index] >= SHOWN_PROBABILITY
    ]
    return "   ".join(words)


def describe_part(parts: Parts | Objects, labels: Sequence[Label], value: int) -> str:
    """Say which part or object has a pixel, and how large it is."""
    if value == 0:
        return ""
    size, share = int(parts.sizes[value - 1]), float(parts.shares[value - 1])
    words = size_text(parts.image, size)
    return f"{short_name(labels[value - 1].name)}   {words}   {share_text(share)}"


def share_text(share: float) -> str:
    """Write a share of the pixels as a percentage of useful length."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")


def amount_text(image: Image, share: float) -> str:
    """Write a share of the pixels of an image; of a volume how many milliliters it has."""
    if not image.is_volume or image.affine is None:
        return share_text(share)
    return ml_text(share * image.n_valid * image.voxel_ml)


def ml_text(ml: float) -> str:
    """Write milliliters with as many digits as are of use; a few voxels in cubic millimeters."""
    if 0 < ml < 0.01:
        return f"{1000 * ml:.2g} mm³"
    return f"{ml:.0f} ml" if ml >= 1000 else f"{ml:.1f} ml" if ml >= 1 else f"{ml:.2f} ml"


def p_text(value: float) -> str:
    """Write a p-value with one digit: 0.001, 1e-7."""
    return f"{value:.1g}".replace("e-0", "e-")


def describe_object(label_map: NDArray[np.uint8], objects: CutOut, *place: int) -> str:
    """Say which object has a pixel."""
    value = int(label_map[place])
    names = [each.label.name for each in objects if each.value == value]
    if not names:
        return "background"
    return "object" if len(objects) == 1 else short_name(names[0])


def short_name(name: str) -> str:
    """Write the beginning of a long name."""
    return name if len(name) <= SHOWN_LETTERS else f"{name[: SHOWN_LETTERS - 1].rstrip()}…"


def _value(value: float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
