"""The soft outline of a result: alpha in a band along it, and the object's own colors there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.blocks import run_blocks_steps
from segmenter.images.display import display_rgb
from segmenter.images.image import Image
from segmenter.segment.foreground.matting import closed_form_alpha
from segmenter.segment.foreground.result import Foreground
from segmenter.work import Work

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
BAND = 0.008  # half width, in sides of the square of the image's area
NARROWEST = 2.0  # pixels
TILE, MARGIN = 768, 96  # pixels; each tile is solved with its margin, and only its core is kept
SPREADS = (30.0, 4.0)  # pixels over which the object's and the background's colors are gathered


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
    pixels = np.array(result.image.pixels)
    rgb = display_rgb(result.image)
    tiles = list(_tiles(unknown))

    def solve_tile(number: int) -> None:
        core, around = tiles[number]
        inner = tuple(
            slice(c.start - a.start, c.stop - a.start) for c, a in zip(core, around, strict=True)
        )
        mask, open_here = result.mask[around], unknown[around]
        guess = ndimage.gaussian_filter(mask.astype(np.float32), NARROWEST)
        start = np.where(open_here, guess, mask).astype(np.float32)
        colors = rgb[around].astype(np.float32) / np.float32(255)
        found = closed_form_alpha(colors, ~open_here, start)
        alpha[core] = found[inner]
        pixels[core] = _object_colors(result.image.pixels[around], found)[inner]

    if tiles:
        yield from run_blocks_steps(solve_tile, len(tiles), "Softening the outline")
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
    size = 2 * round(reach) + 1
    highest = ndimage.maximum_filter(result.mask, size)
    lowest = ndimage.minimum_filter(result.mask, size)
    band: Mask = (highest != lowest) & unmarked
    if result.image.valid is not None:
        band &= result.image.valid
    return band


def _tiles(unknown: Mask) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Each tile that holds unknown pixels, without and with its margin."""
    height, width = unknown.shape
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            core = slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))
            if unknown[core].any():
                around = tuple(
                    slice(max(part.start - MARGIN, 0), min(part.stop + MARGIN, size))
                    for part, size in zip(core, unknown.shape, strict=True)
                )
                yield core, (around[0], around[1])


def _object_colors(pixels: NDArray[Any], alpha: Float) -> NDArray[Any]:
    """Take the background out of the colors of mixed pixels.

    The object's and the background's colors are averaged around, weighted by alpha, and corrected
    by what they do not explain, first over a wide window and then over a narrow one (Forte,
    "Approximate fast foreground colour estimation", ICIP 2021).
    """
    share = alpha[..., None]
    values = pixels.astype(np.float32)
    own, behind = values, values
    for spread in SPREADS:
        own = _gathered(own, share, spread)
        behind = _gathered(behind, 1 - share, spread)
        own += share * (values - share * own - (1 - share) * behind)
    cleaned: NDArray[Any] = np.where((share > 0) & (share < 1), own, values)
    if pixels.dtype.kind in "ui":
        top = np.iinfo(pixels.dtype).max
        cleaned = np.clip(np.rint(cleaned), 0, top)
    return cleaned.astype(pixels.dtype)


def _gathered(values: Float, weight: Float, spread: float) -> Float:
    sigma = (spread, spread, 0)
    total = ndimage.gaussian_filter(values * weight, sigma, mode="nearest", truncate=2)
    mass = ndimage.gaussian_filter(weight, sigma, mode="nearest", truncate=2)
    return np.divide(total, np.maximum(mass, 1e-4), dtype=np.float32)
