"""A closed surface that grows from inside the head until it lies on the brain (Smith 2002).

S. M. Smith, "Fast robust automated brain extraction", Human Brain Mapping 17, 2002: each vertex is
pulled to the middle of its neighbors, smoothly curved, and pushed outwards while the voxels inside
of it are brighter than a threshold that is local to it. It runs on a few vertices first and on
more of them later. The phase of bright fluid is not handled: the volume must be like a T1, in
which the skull is dark and fluid darker than the brain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.work import Progress, Work

FRACTION = 0.42
"""Where between dark and the local brightness the edge of the brain lies; larger is tighter."""

_PHASES = ((2, 120), (3, 200), (4, 150))  # subdivisions of the sphere, and steps with each
_STEPS_A_REPORT = 25
_FLATTEST, _SHARPEST = 10.0, 3.33  # mm, radii of curvature that are smoothed a little and much
_DEPTH, _SHALLOW = 20.0, 10.0  # mm inwards that darkness and brightness are looked for


@dataclass(frozen=True, slots=True)
class HeadLevels:
    """Intensities and size of a head, from its histogram.

    Attributes
    ----------
    dark, bright : float
        The 2nd and 98th percentiles.
    edge : float
        A tenth of the way between them: what is darker is not head.
    middle : float
        Median inside a sphere of the head's size.
    center : float64 ndarray of shape (3,)
        Millimeters.
    radius : float
        Millimeters.
    """

    dark: float
    bright: float
    edge: float
    middle: float
    center: NDArray[np.float64]
    radius: float


def brain_surface_steps(
    intensity: NDArray[np.float32],
    spacing: NDArray[np.float64],
    levels: HeadLevels,
) -> Work[NDArray[np.float64]]:
    """Grow a surface to the edge of the brain.

    Parameters
    ----------
    intensity : ndarray of float32, shape (x, y, z)
        In canonical order.
    spacing : ndarray of float64, shape (3,)
        Millimeters between voxels.
    levels : HeadLevels

    Returns
    -------
    ndarray of float64, shape (2562, 3)
        Vertices in millimeters from the first voxel, in the order of :func:`sphere`.
    """
    n_steps = sum(steps for _, steps in _PHASES)
    done = 0
    vertices = np.empty((0, 3))
    for n_divisions, steps in _PHASES:
        mesh = sphere(n_divisions)
        if len(vertices):
            vertices = np.vstack([vertices, vertices[mesh.parents].mean(axis=1)])
        else:
            vertices = levels.center + 0.5 * levels.radius * mesh.vertices
        for start in range(0, steps, _STEPS_A_REPORT):
            n = min(_STEPS_A_REPORT, steps - start)
            _grow(
                vertices, mesh.neighbors, intensity, spacing, levels.dark, levels.edge,
                levels.middle, FRACTION, n,
            )  # fmt: skip
            done += n
            yield Progress("Finding the brain's surface", done / n_steps)
    return vertices


@dataclass(frozen=True, eq=False)
class Sphere:
    """Vertices of a divided icosahedron.

    Attributes
    ----------
    vertices : float64 ndarray of shape (n, 3)
        Of length 1; those of fewer divisions come first.
    triangles : int64 ndarray of shape (m, 3)
        Counterclockwise from outside.
    neighbors : int64 ndarray of shape (n, 6)
        Around each vertex in order; -1 fills up those that have 5.
    parents : int64 ndarray of shape (n_new, 2)
        The ends of the edge that each vertex of the last division lies in the middle of.
    """

    vertices: NDArray[np.float64]
    triangles: NDArray[np.int64]
    neighbors: NDArray[np.int64]
    parents: NDArray[np.int64]


@cache
def sphere(n_divisions: int) -> Sphere:
    """Divide an icosahedron's triangles into four, several times."""
    if n_divisions == 0:
        vertices, triangles = _icosahedron()
        return Sphere(vertices, triangles, _neighbors(triangles), np.empty((0, 2), np.int64))
    coarse = sphere(n_divisions - 1)
    edges = np.sort(coarse.triangles[:, [[0, 1], [1, 2], [2, 0]]], axis=-1)
    parents, index = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
    middle = coarse.vertices[parents].sum(axis=1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    ab, bc, ca = (index.reshape(-1, 3) + len(coarse.vertices)).T
    a, b, c = coarse.triangles.T
    parts = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    triangles = np.concatenate([np.stack(part, axis=1) for part in parts])
    vertices = np.vstack([coarse.vertices, middle])
    return Sphere(vertices, triangles, _neighbors(triangles), parents)


def _icosahedron() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from scipy.spatial import ConvexHull

    golden = (1 + 5**0.5) / 2
    corners = [(0, a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    vertices = np.array([np.roll(corner, turn) for turn in range(3) for corner in corners])
    triangles = np.array(ConvexHull(vertices).simplices, np.int64)
    a, b, c = vertices[triangles].transpose(1, 0, 2)
    inwards = np.einsum("ni,ni->n", np.cross(b - a, c - a), a) < 0
    triangles[inwards] = triangles[inwards][:, [0, 2, 1]]
    return vertices / np.linalg.norm(vertices[0]), triangles


def _neighbors(triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    following: list[dict[int, int]] = [{} for _ in range(int(triangles.max()) + 1)]
    for a, b, c in triangles.tolist():
        following[a][b], following[b][c], following[c][a] = c, a, b
    neighbors = np.full((len(following), 6), -1, np.int64)
    for vertex, around in enumerate(following):
        near = min(around)
        for place in range(len(around)):
            neighbors[vertex, place] = near
            near = around[near]
    return neighbors


@compiled
def _grow(
    vertices: Any,
    neighbors: Any,
    intensity: Any,
    spacing: Any,
    dark: Any,
    edge: Any,
    middle: Any,
    fraction: Any,
    n_steps: Any,
) -> None:
    """Move all vertices several steps."""
    moves = np.zeros_like(vertices)
    mean = np.zeros(3)
    normal = np.zeros(3)
    for _ in range(n_steps):
        side = _mean_side(vertices, neighbors)
        for v in range(len(vertices)):
            _look_around(vertices, neighbors, v, mean, normal)
            along = 0.0
            for axis in range(3):
                along += (mean[axis] - vertices[v, axis]) * normal[axis]
            low, high = _levels_below(vertices, v, normal, intensity, spacing, dark, edge, middle)
            threshold = dark + fraction * (high - dark)
            push = 0.05 * 2 * (low - threshold) / max(high - dark, 1e-6) * side
            pull = _stiffness(along, side)
            for axis in range(3):
                inward = along * normal[axis]
                tangent = mean[axis] - vertices[v, axis] - inward
                moves[v, axis] = 0.5 * tangent + pull * inward + push * normal[axis]
        vertices += moves


@compiled
def _mean_side(vertices: Any, neighbors: Any) -> Any:
    total = 0.0
    for v in range(len(vertices)):
        square = 0.0
        for axis in range(3):
            square += (vertices[v, axis] - vertices[neighbors[v, 0], axis]) ** 2
        total += np.sqrt(square)
    return total / len(vertices)


@compiled
def _look_around(vertices: Any, neighbors: Any, v: Any, mean: Any, normal: Any) -> None:
    """Fill the mean of a vertex's neighbors and the outward normal there."""
    mean[:] = 0.0
    normal[:] = 0.0
    count = 6 if neighbors[v, 5] >= 0 else 5
    for place in range(count):
        a, b = neighbors[v, place], neighbors[v, (place + 1) % count]
        for axis in range(3):
            i, j = (axis + 1) % 3, (axis + 2) % 3
            mean[axis] += vertices[a, axis] / count
            normal[axis] += (vertices[a, i] - vertices[v, i]) * (vertices[b, j] - vertices[v, j])
            normal[axis] -= (vertices[a, j] - vertices[v, j]) * (vertices[b, i] - vertices[v, i])
    length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2) + 1e-12
    for axis in range(3):
        normal[axis] /= length


@compiled
def _stiffness(along: Any, side: Any) -> Any:
    """How much of the way to its neighbors' plane a vertex goes: more where it is pointed."""
    middle = 0.5 * (1 / _SHARPEST + 1 / _FLATTEST)
    steepness = 6 / (1 / _SHARPEST - 1 / _FLATTEST)
    curvature = 2 * abs(along) / (side * side)
    return 0.5 * (1 + np.tanh(steepness * (curvature - middle)))


@compiled
def _levels_below(
    vertices: Any,
    v: Any,
    normal: Any,
    intensity: Any,
    spacing: Any,
    dark: Any,
    edge: Any,
    middle: Any,
) -> Any:
    """Darkest and brightest intensity on the way inwards, within reason."""
    low, high = middle, edge
    depth = 0.0
    while depth <= _DEPTH:
        x = int(np.rint((vertices[v, 0] - depth * normal[0]) / spacing[0]))
        y = int(np.rint((vertices[v, 1] - depth * normal[1]) / spacing[1]))
        z = int(np.rint((vertices[v, 2] - depth * normal[2]) / spacing[2]))
        value = dark
        if (
            0 <= x < intensity.shape[0]
            and 0 <= y < intensity.shape[1]
            and 0 <= z < intensity.shape[2]
        ):
            value = intensity[x, y, z]
        low = min(low, value)
        if depth <= _SHALLOW:
            high = max(high, value)
        depth += 1.0
    return max(low, dark), min(high, middle)


def filled(
    vertices: NDArray[np.float64],
    triangles: NDArray[np.int64],
    shape: tuple[int, int, int],
    spacing: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Set the voxels inside a closed surface, given in millimeters from the first voxel."""
    inside = np.zeros(shape, np.bool_)
    # Off the grid by a hair, so that no line of voxels runs through a vertex.
    _fill(vertices / spacing + [1.3e-6, 2.1e-6, 0], triangles, inside)
    return inside


@compiled
def _fill(vertices: Any, triangles: Any, inside: Any) -> None:
    """Turn over every voxel above a triangle: those inside are turned an odd number of times."""
    nx, ny, nz = inside.shape
    for t in range(len(triangles)):
        a, b, c = vertices[triangles[t, 0]], vertices[triangles[t, 1]], vertices[triangles[t, 2]]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if area == 0:
            continue
        first_x = max(int(np.ceil(min(a[0], b[0], c[0]))), 0)
        last_x = min(int(np.floor(max(a[0], b[0], c[0]))), nx - 1)
        first_y = max(int(np.ceil(min(a[1], b[1], c[1]))), 0)
        last_y = min(int(np.floor(max(a[1], b[1], c[1]))), ny - 1)
        for x in range(first_x, last_x + 1):
            for y in range(first_y, last_y + 1):
                to_b = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
                to_c = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
                if to_b < 0 or to_c < 0 or to_b + to_c > 1:
                    continue
                height = a[2] + to_b * (b[2] - a[2]) + to_c * (c[2] - a[2])
                for z in range(max(int(np.ceil(height)), 0), nz):
                    inside[x, y, z] = not inside[x, y, z]
