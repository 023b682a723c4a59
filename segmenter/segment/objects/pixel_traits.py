"""What tells whether a pixel is part of an object, once most objects are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.segment.nearest import nearest_of
from segmenter.segment.partition.evidence import steepness
from segmenter.segment.partition.smoothing import smoothed

Float = NDArray[np.float32]
Labels = NDArray[np.int32]
Table = NDArray[np.float64]

PIXEL_TRAITS = (
    "height beside objects and ground nearby",
    "height beside the nearest object and the ground",
    "height beside its near surroundings",
    "height of these beside the wider ones",
    "height of the wide surroundings",
    "steepness",
    "place inside or outside of the found outline",
    "height beside the sharp image",
    "the most that a set around it promises",
)
KIND_TRAITS = (
    "steepness of the outlines",
    "unevenness of objects",
    "side of an object",
    "strength of color",
)
AROUND = 0.3  # of a side: so far from objects ground begins
GROUND_WINDOW, OBJECT_WINDOW = 1.5, 3.0  # sides over which ground and objects are averaged
NEAR, WIDE, WIDER = 0.1, 0.25, 0.6  # sides over which surroundings are averaged


@dataclass(frozen=True, eq=False)
class PixelTraits:
    """Traits of each pixel, and of the kind of image.

    Attributes
    ----------
    pixels : float32 ndarray, shape (*grid, len(PIXEL_TRAITS))
    kind : float64 ndarray, shape (len(KIND_TRAITS),)
    distance : float32 ndarray, shape grid
        From the nearest object in pixels, 0 inside.
    """

    pixels: Float
    kind: Table
    distance: Float


def pixel_traits(
    values: Float,
    colors: Float,
    valid: NDArray[np.bool_],
    labels: Labels,
    promise: Float,
    side: float,
) -> PixelTraits:
    """Measure the pixels of an image in which objects were found.

    Parameters
    ----------
    values : float32 ndarray, shape grid
        High on objects, smooth.
    colors : float32 ndarray, shape (*grid, n_colors)
        The first is the height before it was smoothed, or its negative.
    valid : bool ndarray, shape grid
        Pixels that take part; others are not ground.
    labels : int32 ndarray, shape grid
        Objects from 1, 0 elsewhere; there is one at least.
    promise : float32 ndarray, shape grid
        The largest expected overlap of a set that holds the pixel with an object.
    side : float
        Root of the size of a typical object.
    """
    from scipy import ndimage  # here: it loads slowly

    numbers = np.arange(1, int(labels.max()) + 1)
    distance, places = nearest_of(labels > 0)
    depth, _ = nearest_of(labels == 0)
    nearest = labels.ravel()[places]
    tops = np.append(0, ndimage.mean(values, labels, numbers)).astype(np.float32)
    is_ground = valid & (distance > max(3.0, AROUND * side))
    ground = averaged(values, is_ground, GROUND_WINDOW * side)
    top = averaged(tops[labels], labels > 0, OBJECT_WINDOW * side)
    least = np.float32(0.02 * float(np.ptp(values)) + 1e-6)
    span = np.maximum(top - ground, least)
    height = (values - ground) / span
    own = (values - ground) / np.maximum(tops[nearest] - ground, np.float32(0.2) * span)
    near, wide, wider = (
        smoothed(height[None], (sigma, sigma))[0]
        for sigma in (NEAR * side + 0.5, WIDE * side, WIDER * side)
    )
    light = colors[..., 0]
    sharp = (light if _rises_with(light, values) else -light) - ground
    slope = steepness(height[None], np.ones(2))
    rim = (labels > 0) & (depth <= 1)
    place = np.where(labels > 0, -depth, distance) / side
    pixels = (
        height.clip(-0.5, 2),
        own.clip(-0.5, 2),
        (near - wide).clip(-1, 1),
        (wide - wider).clip(-1, 1),
        wider.clip(-0.5, 2),
        np.log(slope * np.float32(side) + np.float32(0.3)),
        place.clip(-0.4, 1.5),
        (height - sharp / span).clip(-0.5, 0.5),
        np.log(promise / (1 - promise)).clip(-4, 4) / 2,
    )
    unevenness = np.mean(np.asarray(ndimage.standard_deviation(height, labels, numbers)))
    chroma = np.sqrt((colors[..., 1:] ** 2).sum(-1)).mean() if colors.shape[-1] > 1 else 0.0
    kind = (
        np.log(np.median(slope[rim]) + 1e-3),
        np.log(unevenness + 0.02),
        np.log(side),
        min(float(chroma), 0.3),
    )
    return PixelTraits(
        np.stack(pixels, axis=-1).astype(np.float32),
        np.array(kind, np.float64),
        distance,
    )


def promise_of(
    parents: NDArray[np.int32], quality: Table, node_of: NDArray[np.int32], least: float = 0.02
) -> Float:
    """The largest quality of a set that holds each place, shape of `node_of`."""
    best = _best_around(parents, quality)
    promised = np.append(best, least)[node_of]  # the last is for -1
    return promised.clip(least, 1 - least).astype(np.float32)


@compiled
def _best_around(parents: NDArray[np.int32], quality: Table) -> Table:
    best = quality.copy()
    for node in range(1, len(parents)):
        best[node] = max(best[node], best[parents[node]])
    return best


def averaged(values: Float, where: NDArray[np.bool_], sigma: float) -> Float:
    """Average over a wide window, of the places where it counts; far from them, of all of those."""
    share, total = smoothed(np.stack([where, values * where]).astype(np.float32), (sigma, sigma))
    everywhere = np.float32(values[where].mean() if where.any() else values.mean())
    average: Float = (total + np.float32(1e-4) * everywhere) / (share + np.float32(1e-4))
    return average


def _rises_with(light: Float, values: Float) -> bool:
    """Whether two maps that are each other or its negative, but for smoothing, are the former."""
    some = (slice(None, None, 7),) * 2
    one, other = light[some] - light[some].mean(), values[some] - values[some].mean()
    return bool((one * other).sum() > 0)
