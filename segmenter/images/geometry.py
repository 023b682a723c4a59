"""Where a grid lies in the patient: which way its axes run, how long its steps are.

An affine takes a voxel's indices (i, j, k, 1) to millimeters to the right, the front and the top
of the patient (RAS+). Nothing here resamples: the canonical form of a grid has its axes put in the
order right, front, top and turned to run that way, and an oblique grid stays as oblique as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)
_Item = TypeVar("_Item")
_POSITIVE, _NEGATIVE = "RAS", "LPI"


@dataclass(frozen=True, slots=True)
class GridAxes:
    """Which axes of a grid run to the right, the front and the top.

    Attributes
    ----------
    order : tuple of int
        For right, front and top: the grid's axis that runs most nearly along it.
    flips : tuple of bool
        For the same three: whether that axis runs the other way.
    """

    order: tuple[int, int, int]
    flips: tuple[bool, bool, bool]


def canonical_axes(affine: NDArray[np.floating[Any]]) -> GridAxes:
    """Find which axis of a grid runs most nearly to the right, the front and the top.

    Of the six ways to assign axes, the one whose cosines add up highest is taken, after shear is
    removed (the nearest rotation, by singular value decomposition).

    Parameters
    ----------
    affine : ndarray, shape (4, 4)
        Voxel indices to millimeters, RAS+.
    """
    directions = _nearest_rotation(affine)
    closeness = np.abs(directions)
    order = max(permutations(range(3)), key=lambda axes: closeness[range(3), axes].sum())
    flips = (directions[world, axis] < 0 for world, axis in enumerate(order))
    return GridAxes((order[0], order[1], order[2]), _three(flips))


def to_canonical(array: NDArray[_Scalar], affine: NDArray[np.floating[Any]]) -> NDArray[_Scalar]:
    """Turn a grid so that its axes run to the right, the front and the top.

    Parameters
    ----------
    array : ndarray, shape (i, j, k, ...)
        Values on the grid; further axes are left alone.
    affine : ndarray, shape (4, 4)
        Of the grid.

    Returns
    -------
    ndarray
        A view.
    """
    axes = canonical_axes(affine)
    turned = array.transpose(*axes.order, *range(3, array.ndim))
    return turned[tuple(slice(None, None, -1 if flip else 1) for flip in axes.flips)]


def from_canonical(array: NDArray[_Scalar], affine: NDArray[np.floating[Any]]) -> NDArray[_Scalar]:
    """Undo `to_canonical`: turn a canonical grid back to that of the affine, as a view."""
    axes = canonical_axes(affine)
    turned = array[tuple(slice(None, None, -1 if flip else 1) for flip in axes.flips)]
    return turned.transpose(*np.argsort(axes.order), *range(3, array.ndim))


def canonical_affine(
    affine: NDArray[np.floating[Any]], grid: tuple[int, ...]
) -> NDArray[np.float64]:
    """Give the affine of what `to_canonical` makes of a grid.

    Parameters
    ----------
    affine : ndarray, shape (4, 4)
        Of the grid as it is.
    grid : tuple of int
        Its shape (i, j, k).
    """
    axes = canonical_axes(affine)
    indices = np.zeros((4, 4))  # canonical indices to those of the grid
    indices[3, 3] = 1
    for world, (axis, flip) in enumerate(zip(axes.order, axes.flips, strict=True)):
        indices[axis, world] = -1 if flip else 1
        indices[axis, 3] = grid[axis] - 1 if flip else 0
    return np.asarray(affine, np.float64) @ indices


def orientation_code(affine: NDArray[np.floating[Any]]) -> str:
    """Say where a grid's axes run to, such as "RAS": right, front (anterior), top (superior)."""
    axes = canonical_axes(affine)
    letters = [""] * 3
    for world, (axis, flip) in enumerate(zip(axes.order, axes.flips, strict=True)):
        letters[axis] = _NEGATIVE[world] if flip else _POSITIVE[world]
    return "".join(letters)


def grid_spacing(affine: NDArray[np.floating[Any]]) -> tuple[float, float, float]:
    """Give the length of a step along each axis of the grid, in millimeters."""
    return _three(float(step) for step in np.linalg.norm(affine[:3, :3], axis=0))


def obliqueness(affine: NDArray[np.floating[Any]]) -> float:
    """Give the largest angle between a grid's axis and the patient's nearest one, in degrees."""
    axes = canonical_axes(affine)
    steps = np.asarray(affine[:3, :3], np.float64) / grid_spacing(affine)
    cosines = np.abs(steps[range(3), axes.order])
    return float(np.degrees(np.arccos(np.clip(cosines, 0, 1))).max())


def is_affine(matrix: NDArray[np.floating[Any]]) -> bool:
    """Tell whether a matrix places a grid in space: finite, of full rank, its last row 0 0 0 1."""
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        return False
    steps = np.linalg.norm(matrix[:3, :3], axis=0)
    if not np.allclose(matrix[3], (0, 0, 0, 1)) or (steps == 0).any():
        return False
    return bool(abs(np.linalg.det(matrix[:3, :3] / steps)) > 1e-6)


def _nearest_rotation(affine: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Give the rotation, with or without a mirror, nearest to the directions of the axes."""
    steps = np.asarray(affine[:3, :3], np.float64)
    left, _, right = np.linalg.svd(steps / np.linalg.norm(steps, axis=0))
    rotation: NDArray[np.float64] = left @ right
    return rotation


def _three(values: Iterable[_Item]) -> tuple[_Item, _Item, _Item]:
    first, second, third = values
    return first, second, third
