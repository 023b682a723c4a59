"""Features: what each pixel tells the mixture, one row of numbers a pixel or a distinct color.

Features of the color alone are computed once per distinct color (an 8-bit photo of 12 million
pixels has about a hundred thousand), and a pixel is then an index into them. That is exact, and it
is why a whole photo can be fitted again while a slider moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.reduction import reduce_equal_steps
from segmenter.errors import ParameterError
from segmenter.images.feature_names import FEATURES, FeatureName
from segmenter.images.image import ColorSpace, Image
from segmenter.images.lab import lab_from_srgb
from segmenter.work import Progress, Work, portion

LOCAL_SCALE = 2.0
"""Standard deviation of the Gaussian window of the local features, in the smallest sides of a
pixel."""

LEAST_VARIANCE = 1e-4
"""A component is at least a hundredth as wide as its feature. Less would be the grain of 8-bit
values: a component that sits on a single value is infinitely likely, and tells nothing."""

WEAK_VARIANCE = 1.0
"""For position: at least as wide as the image itself, so that a component leans towards a place
and does not cut the image into tiles."""

Cells = NDArray[np.float64]

POSITION_SPAN = 20.0
"""The longer side of an image in units of the position features."""


@dataclass(frozen=True, eq=False)
class PixelFeatures:
    """Samples for a mixture, and which of them each pixel is.

    Attributes
    ----------
    samples : ndarray of float32, shape (m, d)
        A row per distinct color, or per pixel in grid order where `index` is None.
    sample_weight : ndarray of float64, shape (m,), or None
        How many valid pixels each sample stands for; None where each stands for one.
    index : ndarray of uint32, shape grid, or None
        The sample of each pixel.
    lightness : ndarray of float32, shape (m,)
        L* of each sample's color, or the mean of its channels.
    names : tuple of str
        Name of each of the d features, as shown to the user.
    """

    samples: NDArray[np.float32]
    sample_weight: NDArray[np.float64] | None
    index: NDArray[np.uint32] | None
    lightness: NDArray[np.float32]
    names: tuple[str, ...]

    @property
    def least_variance(self) -> tuple[float, ...]:
        """Floor of a component's variance in each feature, relative to the feature's own."""
        weak = ("x", "y", "z")
        return tuple(WEAK_VARIANCE if name in weak else LEAST_VARIANCE for name in self.names)


def default_features(image: Image) -> tuple[FeatureName, ...]:
    """Return the features used when none are chosen: CIELAB for color, else the intensity."""
    return ("lab",) if image.color_space == "rgb" else ("intensity",)


def pixel_features(image: Image, features: Sequence[FeatureName] = ()) -> Work[PixelFeatures]:
    """Compute the chosen features of all pixels.

    Parameters
    ----------
    image : Image
        Of two or three axes.
    features : sequence of FeatureName
        Which ones, in this order; empty for `default_features`.

    Raises
    ------
    ParameterError
        When a feature is unknown, or needs color and the image has none.
    """
    chosen = tuple(features) or default_features(image)
    _check(image, chosen)
    yield Progress("Finding distinct colors", 0.0)
    colors, index = yield from _distinct_colors_steps(image)
    yield Progress("Computing features", 0.3)
    light = _intensity(colors, image.color_space).mean(axis=1)
    if index is not None and not all(feature in _COLUMNS for feature in chosen):
        colors, light, index = colors[index.ravel()], light[index.ravel()], None
    columns = []
    for done, feature in enumerate(chosen):
        yield Progress("Computing features", 0.3 + 0.7 * done / len(chosen))
        columns.append(_columns(image, feature, colors, light))
    samples = np.ascontiguousarray(np.concatenate(columns, axis=1))
    weight = _sample_weight(image, index, len(samples))
    names = tuple(name for feature in chosen for name in _channel_names(image, feature))
    return PixelFeatures(samples, weight, index, light, names)


def _check(image: Image, features: Sequence[str]) -> None:
    for feature in features:
        if feature not in FEATURES:
            raise ParameterError(
                f"There is no feature “{feature}”; choose among {', '.join(FEATURES)}."
            )
        if feature in ("lab", "rgb") and image.color_space != "rgb":
            raise ParameterError(
                f"{image.source.name} has no color, so the feature “{feature}” cannot be used;"
                " choose “intensity”."
            )


def _distinct_colors_steps(
    image: Image,
) -> Work[tuple[NDArray[Any], NDArray[np.uint32] | None]]:
    """Colors (m, n_channels) and the color of each pixel; all pixels and None if it saves none."""
    pixels = image.pixels.reshape(-1, image.n_channels)
    if not np.issubdtype(pixels.dtype, np.integer):
        return pixels, None
    reduced = yield from portion(reduce_equal_steps(pixels), 0.0, 0.0)  # several passes
    if reduced is None:
        return pixels, None
    return reduced.values, reduced.index.reshape(image.grid)


def _sample_weight(
    image: Image, index: NDArray[np.uint32] | None, n_samples: int
) -> NDArray[np.float64] | None:
    """Count the valid pixels of each sample; None where each sample is one valid pixel."""
    if index is None:
        return None if image.valid is None else image.valid.ravel().astype(np.float64)
    taken = index.ravel() if image.valid is None else index[image.valid]
    return np.bincount(taken, minlength=n_samples).astype(np.float64)


def _intensity(colors: NDArray[Any], color_space: ColorSpace) -> NDArray[np.float32]:
    if color_space == "rgb":
        return lab_from_srgb(colors)[:, :1]
    return colors.astype(np.float32)


_COLUMNS: dict[FeatureName, Callable[[NDArray[Any], ColorSpace], NDArray[np.float32]]] = {
    "intensity": _intensity,
    "rgb": lambda colors, _: colors.astype(np.float32),
    "lab": lambda colors, _: lab_from_srgb(colors),
}
"""Features of the color alone: colors (m, n_channels) to columns (m, d)."""


def _columns(
    image: Image, feature: FeatureName, colors: NDArray[Any], light: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Columns of one feature, a row for each color; neighborhoods need a color for each pixel."""
    if feature in _COLUMNS:
        return _COLUMNS[feature](colors, image.color_space)
    if feature == "position":
        return _position(image)
    cells = np.array(image.cells)
    return _PLANES[feature](light.reshape(image.grid), cells).reshape(-1, 1)


def _position(image: Image) -> NDArray[np.float32]:
    """Coordinates of each pixel, x first, shape (n, number of axes)."""
    sides = np.multiply(image.grid, image.cells)
    steps = (POSITION_SPAN / sides.max() * np.array(image.cells)).astype(np.float32)
    coordinates = np.indices(image.grid, np.float32).reshape(len(image.grid), -1).T * steps
    return np.ascontiguousarray(coordinates if image.is_volume else coordinates[:, ::-1])


def _local_mean(light: NDArray[np.float32], cells: Cells) -> NDArray[np.float32]:
    from scipy import ndimage  # here: it loads slowly, and colors alone do without it

    return ndimage.gaussian_filter(light, LOCAL_SCALE / cells, mode="nearest", truncate=3)


def _local_deviation(light: NDArray[np.float32], cells: Cells) -> NDArray[np.float32]:
    """Standard deviation in the Gaussian window, from values centered to keep float32 exact."""
    centered = light - light.mean(dtype=np.float64).astype(np.float32)
    variance = _local_mean(centered * centered, cells) - _local_mean(centered, cells) ** 2
    deviation: NDArray[np.float32] = np.sqrt(np.maximum(variance, 0))
    return deviation


def _gradient(light: NDArray[np.float32], cells: Cells) -> NDArray[np.float32]:
    from scipy import ndimage

    square = np.zeros_like(light)
    for axis, cell in enumerate(cells):
        order = tuple(int(each == axis) for each in range(light.ndim))
        slope = ndimage.gaussian_filter(
            light, LOCAL_SCALE / 2 / cells, order, mode="nearest", truncate=3
        )
        square += np.square(slope / np.float32(cell))
    return np.sqrt(square)


_PLANES: dict[FeatureName, Callable[[NDArray[np.float32], Cells], NDArray[np.float32]]] = {
    "local_mean": _local_mean,
    "local_deviation": _local_deviation,
    "gradient": _gradient,
}
"""Features of the neighborhood: a plane of lightness to a plane of the feature."""


def _channel_names(image: Image, feature: FeatureName) -> tuple[str, ...]:
    if feature == "intensity":
        single = "Lightness" if image.color_space == "rgb" else "Intensity"
        several = tuple(f"Channel {channel + 1}" for channel in range(image.n_channels))
        return several if image.color_space == "channels" else (single,)
    if feature == "position":
        return ("x", "y") if len(image.grid) == 2 else ("x", "y", "z")
    return {
        "rgb": ("Red", "Green", "Blue"),
        "lab": ("L*", "a*", "b*"),
    }.get(feature, (FEATURES[feature].title,))
