"""Several objects in one image: where two overlap, a pixel belongs to the upper one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.matte import Mask, Matte, matte_steps
from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.solid.result import Solid
from segmenter.work import Progress, Work, aside, portion

Result = TypeVar("Result", bound=Foreground | Solid)


def label_map_of(objects: Mapping[int, Result]) -> NDArray[np.uint8]:
    """Lay objects over each other.

    Parameters
    ----------
    objects : mapping of int to Foreground or Solid
        Objects of one image by their values, 1..255, the uppermost first.

    Returns
    -------
    uint8 ndarray, shape grid
        The value of the uppermost object of each pixel, 0 on the background.
    """
    grid = next(iter(objects.values())).mask.shape
    label_map = np.zeros(grid, np.uint8)
    for value in reversed(list(objects)):
        np.copyto(label_map, np.uint8(value), where=objects[value].mask)
    return label_map


def layered(objects: Mapping[int, Result], label_map: NDArray[np.uint8]) -> dict[int, Result]:
    """Take from each object what upper ones cover; one that loses nothing stays as it is."""
    remaining = {}
    for value, each in objects.items():
        mask = label_map == value
        is_whole = np.count_nonzero(mask) == np.count_nonzero(each.mask)
        remaining[value] = each if is_whole else replace(each, mask=mask)
    return remaining


def united_matte_steps(objects: Sequence[tuple[Foreground, Mask | None]]) -> Work[Matte]:
    """Soften the outlines of several objects, and take them together.

    A lower object has of each pixel at most what upper ones leave of it, so that no ground is seen
    where two touch.

    Parameters
    ----------
    objects : sequence of (Foreground, bool ndarray or None)
        Objects of one image, none of which covers another, the uppermost first; and where the
        outline of each is soft besides its band.
    """
    united = yield from portion(matte_steps(*objects[0]), 0.0, 1 / len(objects))
    for number, each in enumerate(objects[1:], 1):
        share = number / len(objects), (number + 1) / len(objects)
        matte = yield from portion(matte_steps(*each), *share)
        laying = Progress("Laying objects together", share[1])
        united = yield from aside(partial(_laid_over, united, matte), laying)
    return united


def _laid_over(upper: Matte, lower: Matte) -> Matte:
    """Give a lower object what is left of each pixel, and mix the colors by their shares.

    Colors are those of the image but where an object has a part of a pixel.
    """
    at = np.nonzero((_is_part(lower) & (upper.alpha < 1)) | (_is_part(upper) & (lower.alpha > 0)))
    above = upper.alpha[at]
    share = np.minimum(lower.alpha[at], 1 - above)
    share /= above + share
    pixels = np.array(upper.image.pixels)
    own, other = lower.image.pixels[at].astype(np.float32), pixels[at].astype(np.float32)
    mixed = other + (own - other) * share[:, None]
    pixels[at] = np.rint(mixed) if pixels.dtype.kind in "ui" else mixed
    alpha = np.minimum(upper.alpha + lower.alpha, 1)
    return Matte(alpha, replace(upper.image, pixels=pixels))


def _is_part(matte: Matte) -> Mask:
    is_part: Mask = (matte.alpha > 0) & (matte.alpha < 1)
    return is_part
