"""Outlines of labels as polygons along the edges of pixels: their areas are those of the masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled

Corners = NDArray[np.int32]
DOWN, RIGHT = (0, 1, 0, -1), (1, 0, -1, 0)
"""Steps of the four headings: right, down, left, up."""


@dataclass(frozen=True, eq=False)
class Polygon:
    """One connected piece of a label.

    Attributes
    ----------
    label : int
    outer : int32 ndarray, shape (n, 2)
        Corners (x, y), clockwise as seen on screen; pixel (0, 0) reaches from (0, 0) to (1, 1).
        The last is joined to the first.
    holes : tuple of int32 ndarray
        The same of each hole, counterclockwise.
    """

    label: int
    outer: Corners
    holes: tuple[Corners, ...]

    @property
    def area(self) -> float:
        """Pixels inside."""
        return signed_area(self.outer) + sum(signed_area(hole) for hole in self.holes)


def polygons_of(label_map: NDArray[Any]) -> tuple[Polygon, ...]:
    """Trace every piece of every label, in the order in which their first pixels are met.

    Parameters
    ----------
    label_map : integer ndarray, shape (height, width)
        0 is unlabeled and not traced. Pixels that only touch at a corner are different pieces.
    """
    from skimage.measure import label as connected  # here: it loads slowly

    pieces = connected(label_map, connectivity=1, background=0).astype(np.int32)
    corners, ends, owners = _traced(pieces)
    rings: dict[int, list[Corners]] = {}
    starts = np.append(0, ends)[:-1]
    for start, end, owner in zip(starts, ends, owners, strict=True):
        rings.setdefault(int(owner), []).append(corners[start:end])
    first = np.zeros(int(pieces.max()) + 1, np.intp)
    first[pieces.ravel()[::-1]] = np.arange(pieces.size)[::-1]
    return tuple(
        Polygon(int(label_map.flat[first[piece]]), outer, tuple(holes))
        for piece, (outer, *holes) in rings.items()
    )


def signed_area(corners: Corners) -> float:
    """Area inside a ring, negative if it runs counterclockwise on screen."""
    x, y = corners[:, 0].astype(np.float64), corners[:, 1].astype(np.float64)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _traced(pieces: NDArray[np.int32]) -> tuple[Corners, NDArray[np.int64], NDArray[np.int64]]:
    """Corners of all rings one after the other, where each ring ends, and whose it is."""
    tops = np.ones(pieces.shape, bool)
    tops[1:] = pieces[1:] != pieces[:-1]
    tops &= pieces > 0
    most = 8 * int(tops.sum()) + 8 * sum(pieces.shape)
    corners, ends, owners, n_rings = _trace(np.pad(pieces, 1), np.pad(tops, 1), most)
    return corners[: ends[n_rings - 1] if n_rings else 0], ends[:n_rings], owners[:n_rings]


@compiled
def _trace(
    pieces: NDArray[np.int32], tops: NDArray[np.bool_], most: int
) -> tuple[Corners, NDArray[np.int64], NDArray[np.int64], int]:
    """Walk around each piece with it on the right hand, starting on top edges not yet walked.

    A ring has at least one top edge. Of the corners only those where it turns are kept; their
    number is at most four for each top edge walked and two for each change from row to row.
    """
    corners = np.empty((most, 2), np.int32)
    ends = np.empty(max(1, tops.sum()), np.int64)
    owners = np.empty(max(1, tops.sum()), np.int64)
    n_corners, n_rings = 0, 0
    for y in range(1, pieces.shape[0] - 1):
        for x in range(1, pieces.shape[1] - 1):
            if not tops[y, x]:
                continue
            piece, row, column, heading = pieces[y, x], y, x, 0
            start = n_corners
            while heading != 0 or tops[row, column]:
                if heading == 0:
                    tops[row, column] = False
                turn = _turn(pieces, piece, row, column, heading)
                if turn == 0:
                    row, column = row + DOWN[heading], column + RIGHT[heading]
                    continue
                # The corner ahead of the walked edge, in pixels of the map without its border.
                corners[n_corners, 1] = row - 1 + (heading == 1 or heading == 2)
                corners[n_corners, 0] = column - 1 + (heading == 0 or heading == 1)
                n_corners += 1
                beside = (heading + turn) % 4
                if turn < 0:
                    row += DOWN[heading] + DOWN[beside]
                    column += RIGHT[heading] + RIGHT[beside]
                heading = beside
            if n_corners > start:
                ends[n_rings], owners[n_rings] = n_corners, piece
                n_rings += 1
    return corners, ends, owners, n_rings


@compiled
def _turn(pieces: NDArray[np.int32], piece: int, row: int, column: int, heading: int) -> int:
    """Where to go at the end of an edge: 1 right around the pixel, 0 straight on, -1 left."""
    row, column = row + DOWN[heading], column + RIGHT[heading]
    if pieces[row, column] != piece:
        return 1
    left = (heading + 3) % 4
    return 0 if pieces[row + DOWN[left], column + RIGHT[left]] != piece else -1
