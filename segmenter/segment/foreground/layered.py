"""Several objects in one image: where two overlap, a pixel belongs to the upper one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.solid.result import Solid

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
