"""Slices put in order on a grid: sorted along their normal, with what is odd about them said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.dicom.slices import Slice
from segmenter.images.raster import CannotDecodeError

_SAME_PLACE = 0.01  # mm
_EVEN = 0.05  # share of a step by which distances may differ and still count as even
_TILTED = 0.5  # degrees
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False, slots=True)
class Stack:
    """Slices on a grid whose axes run along a row, along a column and from slice to slice.

    Attributes
    ----------
    volumes : tuple of tuple
        For each volume its slices in order; None where one is missing.
    affine : float64 ndarray, shape (4, 4)
        Voxel indices to millimeters, RAS+.
    notes : tuple of str
        What is odd, in words.
    """

    volumes: tuple[tuple[Slice | None, ...], ...]
    affine: NDArray[np.float64]
    notes: tuple[str, ...]

    @property
    def grid(self) -> tuple[int, int, int]:
        """Columns, rows and slices."""
        rows, columns = self.first.shape
        return columns, rows, len(self.volumes[0])

    @property
    def first(self) -> Slice:
        """The first slice, which is never missing."""
        return next(item for item in self.volumes[0] if item is not None)


def stacked(slices: Sequence[Slice]) -> Stack:
    """Put the slices of a series in order.

    They are sorted by their position along the normal. Positions that are all taken the same
    number of times make as many volumes. Missing slices are left open, a tilted gantry is kept in
    the affine; both are noted.

    Raises
    ------
    CannotDecodeError
        If they differ in size or direction, or are repeated unevenly.
    """
    slices, notes = _without_copies(slices)
    _check_alike(slices)
    levels = _levels(slices)
    n_volumes = len(levels[0])
    if any(len(level) != n_volumes for level in levels):
        raise CannotDecodeError(_uneven(levels))
    places = np.array([np.mean([item.position for item in level], axis=0) for level in levels])
    indices, step, spacing_notes = _spread(places, slices[0])
    volumes = tuple(
        _with_gaps([level[volume] for level in levels], indices) for volume in range(n_volumes)
    )
    return Stack(volumes, _affine(slices[0], places[0], step), (*notes, *spacing_notes))


def _without_copies(slices: Sequence[Slice]) -> tuple[list[Slice], tuple[str, ...]]:
    """Drop files that are there twice."""
    kept = {_identity(item): item for item in slices}
    n_copies = len(slices) - len(kept)
    if n_copies == 0:
        return list(slices), ()
    files = "1 slice is" if n_copies == 1 else f"{n_copies} slices are"
    return list(kept.values()), (f"{files} there twice; the copies were left out",)


def are_of_one_scan(slices: Sequence[Slice]) -> bool:
    """Tell whether slices are of one patient, study and frame of reference, and none is twice."""
    is_each_once = len({_identity(item) for item in slices}) == len(slices)
    return is_each_once and len({item.origin for item in slices}) == 1


def _identity(item: Slice) -> tuple[str, int, tuple[int, int]]:
    return item.uid or str(item.file), item.frame, item.corner


def _check_alike(slices: Sequence[Slice]) -> None:
    first = slices[0]
    if any(item.shape != first.shape for item in slices):
        raise CannotDecodeError("holds slices of different sizes; open those of one size alone")
    if any(not np.allclose(item.steps, first.steps, rtol=1e-3) for item in slices):
        raise CannotDecodeError("holds slices of different pixel sizes; open those of one alone")
    if is_localizer(slices):
        raise CannotDecodeError(
            "holds slices of several directions, such as a localizer; open one of its files"
        )


def is_localizer(slices: Sequence[Slice]) -> bool:
    """Tell whether slices are of several directions, as those are by which scans are planned."""
    first = slices[0].directions
    return any(not np.allclose(item.directions, first, atol=1e-3) for item in slices)


def _levels(slices: Sequence[Slice]) -> list[list[Slice]]:
    """Gather slices of one position, in the order in which they were taken, from low to high."""
    normal = slices[0].normal
    heights = np.array([normal @ item.position for item in slices])
    levels: list[list[Slice]] = []
    last = -np.inf
    for index in np.argsort(heights, kind="stable"):
        if heights[index] - last > _SAME_PLACE:
            levels.append([])
            last = heights[index]
        levels[-1].append(slices[index])
    return [sorted(level, key=lambda item: item.order) for level in levels]


def _uneven(levels: Sequence[Sequence[Slice]]) -> str:
    counts = [len(level) for level in levels]
    return (
        f"holds between {min(counts)} and {max(counts)} slices of each position, "
        "perhaps of several scans; keep one scan in the folder"
    )


def _spread(
    places: NDArray[np.float64], like: Slice
) -> tuple[list[int], NDArray[np.float64], list[str]]:
    """Find the index of each position on an even grid, the step of the grid, and what is odd.

    The smallest common distance counts as the step; distances of about a whole number of them are
    gaps.
    """
    if len(places) == 1:
        return [0], like.normal * (like.thickness or max(like.steps)), []
    distances = np.linalg.norm(np.diff(places, axis=0), axis=1)
    distance = float(np.median(distances))
    if np.min(distances) < (1 - _EVEN) * distance and _fits(distances, float(np.min(distances))):
        distance = float(np.min(distances))
    notes = []
    if _fits(distances, distance):
        indices = np.concatenate([[0], np.cumsum(np.rint(distances / distance).astype(int))])
    else:
        indices = np.arange(len(places))
        notes.append(
            f"its slices are {distances.min():.2f} to {distances.max():.2f} mm apart; "
            "they are taken as even, so that positions are only near the truth"
        )
    step = (places[-1] - places[0]) / indices[-1]
    missing = sorted(set(range(int(indices[-1]) + 1)) - {int(index) for index in indices})
    if missing:
        which = ", ".join(str(index + 1) for index in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        slices, are = ("slice", "is") if len(missing) == 1 else ("slices", "are")
        notes.append(f"{slices} {which}{more} {are} missing and left empty")
    return [int(index) for index in indices], step, notes + _tilt(step, like)


def _fits(distances: NDArray[np.float64], step: float) -> bool:
    """Tell whether all distances are about whole numbers of a step."""
    ratios = distances / step
    return bool((np.abs(ratios - np.rint(ratios)) <= _EVEN).all() and ratios.min() > 0.5)


def _tilt(step: NDArray[np.float64], like: Slice) -> list[str]:
    """Say by how much the way from slice to slice is off the normal."""
    cosine = abs(step @ like.normal) / np.linalg.norm(step)
    degrees = float(np.degrees(np.arccos(np.clip(cosine, 0, 1))))
    if degrees < _TILTED:
        return []
    return [f"the gantry was tilted by {degrees:.1f}°, so that its axes are not at right angles"]


def _with_gaps(slices: Sequence[Slice], indices: Sequence[int]) -> tuple[Slice | None, ...]:
    placed: list[Slice | None] = [None] * (indices[-1] + 1)
    for item, index in zip(slices, indices, strict=True):
        placed[index] = item
    return tuple(placed)


def _affine(
    like: Slice, first: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, 0] = np.multiply(like.directions[:3], like.steps[1])
    affine[:3, 1] = np.multiply(like.directions[3:], like.steps[0])
    affine[:3, 2] = step
    affine[:3, 3] = first
    return _LPS_TO_RAS @ affine
