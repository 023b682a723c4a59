"""Clicks and strokes as evidence: what they touch for certain, and how far they reach.

A click mends what is wrong around it, so it reaches as far as the present outline is away (a click
deep inside of a wrong region means all of it), but not to touches that say the opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp
from segmenter.segment.nearest import nearest_of

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
LEAST_REACH = 3.0  # pixels of the working view
OPPOSITE = 0.7  # a touch reaches at most this share of the way to an opposite one
CORE = 0.6  # share of the reach within which a touch is obeyed
STRENGTH = 4.0  # log odds at a touch; they fall off like a Gaussian
WIDTH = 1.2  # of that Gaussian, in reaches
CLAIM = 2.0  # reaches within which a touch has more say than the earlier result
CERTAIN = 30.0  # log odds that no evidence can overcome
FARTHEST = np.float32(100)  # reaches; beyond them a touch says nothing
_FADING, _CLAIMING = np.float32(1 / WIDTH**2), np.float32(1 / CLAIM**2)


@dataclass(frozen=True, eq=False)
class Touch:
    """Pixels of a view marked at once.

    Attributes
    ----------
    rows, columns : intp ndarray, shape (n,)
    sign : int
        1 for object, -1 for background.
    away : float32 ndarray, shape (height, width)
        Distance of each pixel of the view to the touch, in reaches.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    sign: int
    away: Float

    @property
    def middle(self) -> tuple[int, int]:
        """Row and column of one of its pixels."""
        number = len(self.rows) // 2
        return int(self.rows[number]), int(self.columns[number])


def disk_away(rows: NDArray[np.intp], columns: NDArray[np.intp], grid: tuple[int, ...]) -> Float:
    """Distance of each pixel of a grid to the nearest of some, in pixels."""
    if len(rows) == 1:
        y, x = np.ogrid[: grid[0], : grid[1]]
        near: Float = np.hypot(y - rows[0], x - columns[0], dtype=np.float32)
        return near
    touched = np.zeros(grid, bool)
    touched[rows, columns] = True
    return nearest_of(touched)[0]


def depth_at(rows: NDArray[np.intp], columns: NDArray[np.intp], mask: Mask) -> float:
    """Largest distance of some pixels to the outside of a mask, which the image's end is too."""
    deep, _ = nearest_of(~np.pad(mask, 1))
    return float(deep[rows + 1, columns + 1].max())


def reach_of(
    rows: NDArray[np.intp], columns: NDArray[np.intp], sign: int, depth: float,
    others: Sequence[Touch] = (), least: float = LEAST_REACH,
) -> float:  # fmt: skip
    """How far a touch reaches at most, that deep in what is wrong, and with these before it."""
    reach = max(least, depth)
    for other in others:
        if other.sign != sign:
            reach = min(reach, OPPOSITE * _apart(other, rows, columns))
    return max(reach, 1.0)


def _apart(other: Touch, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> float:
    """Smallest distance between the pixels of two touches."""
    theirs = np.stack([other.rows, other.columns], axis=1)
    return float(np.min(cKDTree(theirs).query(np.stack([rows, columns], axis=1))[0]))


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
    for number, touch in enumerate(touches):
        _add_touch(touch.away, np.float32(touch.sign), number > 0, log_odds, nearby)
    certain = np.zeros(grid, np.int8)
    for touch in touches:
        certain[touch.away <= CORE] = touch.sign
    for touch in touches:
        certain[touch.rows, touch.columns] = touch.sign
    return Evidence(np.where(certain == 0, log_odds, np.float32(CERTAIN) * certain), nearby)


@compiled
def _add_touch(
    away: Float, sign: np.float32, is_later: bool, log_odds: Float, nearby: Float
) -> None:
    for i in range(away.shape[0]):
        for j in range(away.shape[1]):
            square = min(away[i, j], FARTHEST) ** 2
            log_odds[i, j] += sign * np.float32(STRENGTH) * exp(-square * _FADING)
            if is_later:
                nearby[i, j] = max(nearby[i, j], exp(-square * _CLAIMING))
