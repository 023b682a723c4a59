"""The soft outline of a result: alpha in a band along it, and the object's own colors there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.blocks import run_blocks_steps
from segmenter.images.display import display_rgb
from segmenter.images.image import Image
from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.softening import softened, tiles_of, within
from segmenter.segment.foreground.unmixing import object_colors
from segmenter.work import Work, portion

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
BAND = 0.008  # half width, in sides of the square of the image's area
NARROWEST = 2.0  # pixels
MARGIN = 64  # pixels around a tile from which colors are gathered


@dataclass(frozen=True, eq=False)
class Matte:
    """How an object is mixed with its background.

    Attributes
    ----------
    alpha : float32 ndarray, shape (height, width)
        Share of the object in each pixel, 0..1.
    image : Image
        The image with the background taken out of the colors where alpha is between 0 and 1.
    """

    alpha: Float
    image: Image


def matte_steps(result: Foreground, region: Mask | None = None) -> Work[Matte]:
    """Soften the outline of a result.

    Parameters
    ----------
    result : Foreground
    region : bool ndarray, shape (height, width), optional
        Where alpha is between 0 and 1, as painted with a brush over hair; it is added to the band
        along the outline. When the strokes of the result cover at least half of the image, they
        are taken for a trimap, and all that they leave open is the band.
    """
    unknown = _band(result)
    if region is not None:
        unknown |= region & _unmarked(result)
    alpha = result.mask.astype(np.float32)
    yield from portion(softened(display_rgb(result.image), alpha, unknown), 0.0, 0.7)
    pixels = yield from portion(_cleaned(result.image, alpha, unknown), 0.7, 1.0)
    return Matte(alpha, replace(result.image, pixels=pixels))


def _unmarked(result: Foreground) -> Mask:
    if result.guidance.hints is None:
        return np.ones(result.mask.shape, bool)
    unmarked: Mask = result.guidance.hints == 0
    return unmarked


def _band(result: Foreground) -> Mask:
    """Where alpha is not known from the mask."""
    unmarked = _unmarked(result)
    if unmarked.mean() < 0.5:
        return unmarked.copy()
    reach = max(NARROWEST, BAND * math.sqrt(result.mask.size))
    band: Mask = _near_outline(result.mask, reach) & unmarked
    if result.image.valid is not None:
        band &= result.image.valid
    return band


def _near_outline(mask: Mask, reach: float) -> Mask:
    """Pixels whose square of this half width holds both sides; wide ones are found by blocks."""
    block = max(1, int(reach / 4))
    height, width = mask.shape
    edges = np.arange(0, height, block), np.arange(0, width, block)
    highest, lowest = (
        fold.reduceat(fold.reduceat(mask, edges[0], axis=0), edges[1], axis=1)
        for fold in (np.logical_or, np.logical_and)
    )
    size = 2 * round(reach / block) + 1
    near: Mask = ndimage.maximum_filter(highest, size) != ndimage.minimum_filter(lowest, size)
    if block == 1:
        return near
    enlarged: Mask = near.repeat(block, 0)[:height].repeat(block, 1)[:, :width]
    return enlarged


def _cleaned(image: Image, alpha: Float, unknown: Mask) -> Work[NDArray[Any]]:
    """The image's pixels, without the background where alpha is between 0 and 1."""
    pixels = np.array(image.pixels)
    tiles = list(tiles_of(unknown, MARGIN))

    def clean(number: int) -> None:
        core, around = tiles[number]
        cleaned = _object_pixels(image.pixels[around], alpha[around])
        pixels[core] = cleaned[within(core, around)]

    if tiles:
        yield from run_blocks_steps(clean, len(tiles), "Cleaning the outline's colors")
    return pixels


def _object_pixels(pixels: NDArray[Any], alpha: Float) -> NDArray[Any]:
    """Clean the colors of a tile, in its own dtype and range."""
    values = pixels.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    span = max(high - low, 1e-12)
    own = object_colors((values - np.float32(low)) / np.float32(span), alpha)
    mixed = ((alpha > 0) & (alpha < 1))[..., None]
    cleaned: NDArray[Any] = np.where(mixed, own * np.float32(span) + np.float32(low), values)
    if pixels.dtype.kind in "ui":
        cleaned = np.rint(cleaned)
    return cleaned.astype(pixels.dtype)
