"""Clicks and strokes as evidence: what they touch for certain, and how far they reach.

A click mends what is wrong around it, so it reaches as far as the present outline is away (a click
deep inside of a wrong region means all of it), but not to touches that say the opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
LEAST_REACH = 3.0  # pixels of the working view
OPPOSITE = 0.7  # a touch reaches at most this share of the way to an opposite one
CORE = 0.6  # share of the reach within which a touch is obeyed
STRENGTH = 4.0  # log odds at a touch; they fall off like a Gaussian
WIDTH = 1.2  # of that Gaussian, in reaches
CLAIM = 2.0  # reaches within which a touch has more say than the earlier result
CERTAIN = 30.0  # log odds that no evidence can overcome


@dataclass(frozen=True, eq=False)
class Touch:
    """Pixels of the working view marked at once.

    Attributes
    ----------
    rows, columns : intp ndarray, shape (n,)
    sign : int
        1 for object, -1 for background.
    reach : float
        In pixels.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    sign: int
    reach: float

    def away(self, grid: tuple[int, int]) -> Float:
        """Distance of each pixel to the touch, in reaches."""
        if len(self.rows) == 1:
            rows, columns = np.ogrid[: grid[0], : grid[1]]
            away = np.hypot(rows - self.rows[0], columns - self.columns[0])
        else:
            elsewhere = np.ones(grid, bool)
            elsewhere[self.rows, self.columns] = False
            away = ndimage.distance_transform_edt(elsewhere)
        reaches: Float = (away / self.reach).astype(np.float32)
        return reaches


def reach_of(
    rows: NDArray[np.intp], columns: NDArray[np.intp], sign: int, mask: Mask,
    others: Sequence[Touch],
) -> float:  # fmt: skip
    """How far a touch reaches, given the present mask and the earlier touches."""
    wrong = ~mask if sign > 0 else mask
    deep = ndimage.distance_transform_edt(np.pad(wrong, 1))[1:-1, 1:-1]
    reach = max(LEAST_REACH, float(deep[rows, columns].max()))
    for other in others:
        if other.sign != sign:
            apart = other.away(mask.shape)[rows, columns].min() * other.reach
            reach = min(reach, OPPOSITE * float(apart))
    return max(reach, 1.0)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the touches say about each pixel.

    Attributes
    ----------
    log_odds : float32 ndarray, shape (height, width)
        For the object.
    nearby : float32 ndarray, shape (height, width)
        0..1: how much the touches after the first claim the say from the earlier result.
    """

    log_odds: Float
    nearby: Float


def evidence_of(touches: Sequence[Touch], grid: tuple[int, int]) -> Evidence:
    """Add up what touches say; the last has the word where they overlap."""
    log_odds, nearby = np.zeros((2, *grid), np.float32)
    obeyed = np.zeros(grid, np.int8)
    for number, touch in enumerate(touches):
        away = touch.away(grid)
        log_odds += np.float32(touch.sign * STRENGTH) * np.exp(-np.square(away / WIDTH))
        obeyed[away <= CORE] = touch.sign
        if number > 0:
            np.maximum(nearby, np.exp(-np.square(away / CLAIM)), out=nearby)
    for touch in touches:
        obeyed[touch.rows, touch.columns] = touch.sign
    certain = np.float32(CERTAIN) * obeyed
    return Evidence(np.where(obeyed == 0, log_odds, certain), nearby)
