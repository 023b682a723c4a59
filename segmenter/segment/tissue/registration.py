"""Where a brain lies in the atlas: twelve parameters, found by least squares.

Block means of the tissues' shares are compared with the atlas's maps; the sum of squared
differences is brought down by the method of Levenberg and Marquardt (Marquardt 1963).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.segment.tissue.atlas import Atlas, center_and_extent
from segmenter.segment.tissue.sampling import locate, slope_at
from segmenter.work import Progress, Work

MOST_STEPS = 25
_LEAST_GAIN = 1e-3
STRIDES = (7, 1)
"""Every so many points are looked at: some of them find the way, all of them the place."""

_LEAST_CHUNK = 1 << 11  # points that are worth another thread
_REACH = 50.0  # mm; turns the slopes of an affine map into numbers of the size of its shift


def register_steps(
    shares: NDArray[np.float32],
    points: NDArray[np.float64],
    maps: NDArray[np.float32],
    start: NDArray[np.float64],
    strides: Sequence[int] = STRIDES,
) -> Work[NDArray[np.float64]]:
    """Find the affine map from points to voxels of an atlas under which shares are alike.

    Parameters
    ----------
    shares : ndarray of float32, shape (n, c)
        Shares of the tissues at each point, 0 outside the brain.
    points : ndarray of float64, shape (n, 3)
        Millimeters.
    maps : ndarray of float32, shape (x, y, z, c)
        The same tissues in the atlas.
    start : ndarray of float64, shape (3, 4)
        The first map.
    strides : sequence of int
        How many points are taken as one, one after the other.

    Returns
    -------
    ndarray of float64, shape (3, 4)
    """
    for stride in strides:
        start = yield from _register_steps(shares[::stride], points[::stride], maps, start)
    return start


def _register_steps(
    shares: NDArray[np.float32],
    points: NDArray[np.float64],
    maps: NDArray[np.float32],
    start: NDArray[np.float64],
) -> Work[NDArray[np.float64]]:
    present = start
    normal, pull, cost = _normal_equations(shares, points, maps, present)
    damping = 1e-3
    for number in range(MOST_STEPS):
        yield Progress("Finding the brain in the atlas", number / MOST_STEPS)
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), pull)
        candidate = np.asarray(
            present + step.reshape(3, 4) / [_REACH, _REACH, _REACH, 1], np.float64
        )
        tried = _normal_equations(shares, points, maps, candidate)
        if tried[2] < cost:
            gain = (cost - tried[2]) / cost
            present, (normal, pull, cost) = candidate, tried
            damping *= 0.3
            if gain < _LEAST_GAIN:
                break
        else:
            damping *= 8
            if damping > 1e4:
                break
    return present


def first_map(
    filled: NDArray[np.float32], points: NDArray[np.float64], atlas: Atlas
) -> NDArray[np.float64]:
    """Lay the center of mass and the extent of a brain over those of the atlas.

    Parameters
    ----------
    filled : ndarray of float32, shape (n,)
        Share of brain at each point.
    points : ndarray of float64, shape (n, 3)
        Millimeters.
    atlas : Atlas
    """
    center, extent = center_and_extent(points, filled)
    atlas_center, atlas_extent = atlas.center_and_extent
    scales = np.clip(atlas_extent / extent, 0.4 / atlas.spacing, 2.5 / atlas.spacing)
    return np.column_stack([np.diag(scales), atlas_center - scales * center])


def _normal_equations(
    shares: NDArray[np.float32],
    points: NDArray[np.float64],
    maps: NDArray[np.float32],
    to_atlas: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Gauss-Newton matrix, right side and cost at a map."""

    def add_chunk(number: int, start: int, stop: int) -> None:
        costs[number] = _accumulate(
            shares, points, maps, to_atlas, start, stop, normals[number], pulls[number]
        )

    run_chunk, n_chunks = for_chunks(len(points), add_chunk, _LEAST_CHUNK)
    normals, pulls = np.zeros((n_chunks, 12, 12)), np.zeros((n_chunks, 12))
    costs = np.zeros(n_chunks)
    run_blocks(run_chunk, n_chunks)
    lower = np.tril(normals.sum(axis=0))
    return lower + np.tril(lower, -1).T, pulls.sum(axis=0), float(costs.sum())


@compiled
def _accumulate(
    shares: Any,
    points: Any,
    maps: Any,
    to_atlas: Any,
    start: Any,
    stop: Any,
    normal: Any,
    pull: Any,
) -> Any:
    corner = np.zeros(3, np.int64)
    share = np.zeros(3)
    slope = np.zeros(3)
    push = np.zeros(3)
    outer = np.zeros((3, 3))
    place = np.ones(4)
    at = np.zeros(3)
    cost = 0.0
    for index in range(start, stop):
        for axis in range(3):
            place[axis] = points[index, axis] / _REACH
            at[axis] = to_atlas[axis, 3]
            for other in range(3):
                at[axis] += to_atlas[axis, other] * points[index, other]
        inside = locate(at[0], at[1], at[2], maps, corner, share)
        push[:] = 0.0
        outer[:] = 0.0
        for channel in range(shares.shape[1]):
            value = slope_at(maps, corner, share, channel, slope) if inside else 0.0
            rest = shares[index, channel] - value
            cost += rest * rest
            if inside:
                _add_slope(slope, rest, push, outer)
        if outer[0, 0] + outer[1, 1] + outer[2, 2] > 0:
            _add_equations(push, outer, place, normal, pull)
    return cost


@compiled
def _add_slope(slope: Any, rest: Any, push: Any, outer: Any) -> None:
    """Add what one map says about the shift of a point."""
    for a in range(3):
        push[a] += rest * slope[a]
        for b in range(a + 1):
            outer[a, b] += slope[a] * slope[b]


@compiled
def _add_equations(push: Any, outer: Any, place: Any, normal: Any, pull: Any) -> None:
    """Turn what is said about the shift of a point into what is said about the map."""
    for a in range(3):
        for i in range(4):
            pull[4 * a + i] += push[a] * place[i]
            for b in range(a + 1):
                for j in range(4):
                    normal[4 * a + i, 4 * b + j] += outer[a, b] * place[i] * place[j]
