"""What the screen shows of an image: 8-bit RGB, whatever its dtype and channels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image, check_is_picture

_SAMPLED = 250_000  # pixels looked at to find the limits
_PERCENTILES = (0.1, 99.9)
_EXACT_IN_FLOAT32 = ("u2", "i1", "i2", "f2", "f4")
_LARGE, _HUGE = 1e30, 1e300  # differences of what is below do not overflow float32, float64
_LEAST_RANGE = 1e-4  # of the size of the limits: float32 knows these to 6e-8
_STRIP_SAMPLES = 1 << 18  # converted at a time, so that what lies between stays in the cache


def display_rgb(image: Image) -> NDArray[np.uint8]:
    """Convert an image for the screen.

    8-bit values are shown as they are. Others are shown linearly between two limits. Color has
    the full range of its dtype (floats: 0 to 1), as sRGB says, unless that would leave it dark or
    burnt out: if its brightest values are below an eighth of the range or beyond it. Then, and
    for gray and other channels always, the limits are the 0.1th and 99.9th percentiles: common to
    all channels of color, apart for channels of no stated color. Pixels that take no part do not
    count.

    One channel becomes gray, two become magenta and green; of more than three the first three are
    shown.

    Parameters
    ----------
    image : Image
        With a two-dimensional grid.

    Returns
    -------
    ndarray, shape (height, width, 3)
        It may share the image's memory, and is then read-only.

    Raises
    ------
    ParameterError
        If the image is a volume.
    """
    shown = check_is_picture(image).pixels[..., : _n_shown(image)]
    if shown.dtype != np.uint8:
        shown = _scaled(shown, _limits(image))
    if shown.shape[-1] == 3:
        return shown
    rgb = np.empty((*shown.shape[:-1], 3), np.uint8)
    for channel in range(3):
        rgb[..., channel] = shown[..., channel % shown.shape[-1]]
    return rgb


def _n_shown(image: Image) -> int:
    return min(image.n_channels, 3)


def _limits(image: Image) -> NDArray[np.float64]:
    """Find what is shown as black and as full brightness, shape (n_shown, 2); high is above low."""
    n_shown = _n_shown(image)
    samples = _sampled(image)[:, :n_shown].astype(np.float64)
    if samples.size == 0:
        return np.tile([0.0, 1.0], (n_shown, 1))
    np.clip(samples, -_HUGE, _HUGE, out=samples)
    if image.color_space == "rgb":
        return np.tile(_color_limits(samples, image.pixels.dtype), (n_shown, 1))
    low, high = np.percentile(samples, _PERCENTILES, axis=0)
    return np.stack([low, _above(low, high)], axis=-1)


def _sampled(image: Image) -> NDArray[Any]:
    """Take pixels evenly from the valid ones, shape (n, n_channels)."""
    height, width = image.grid
    step = max(1, int(np.sqrt(height * width / _SAMPLED)))
    pixels = image.pixels[::step, ::step]
    if image.valid is None:
        return pixels.reshape(-1, image.n_channels)
    return pixels[image.valid[::step, ::step]]


def _color_limits(samples: NDArray[np.float64], dtype: np.dtype[Any]) -> tuple[float, float]:
    full = float(np.iinfo(dtype).max) if dtype.kind in "iu" else 1.0
    low, high = np.percentile(samples, _PERCENTILES)
    if low >= 0 and full / 8 <= high <= full:
        return 0.0, full
    return float(low), float(_above(low, high))


def _above(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lift what is hardly above the low limit, as in a flat image: a step of its float or less."""
    step = np.maximum(np.spacing(np.abs(low)), 1 / _HUGE)
    return np.where(high - low > step, high, low + np.maximum(1.0, np.abs(low)))


def _float32_will_do(dtype: np.dtype[Any], limits: NDArray[np.float64]) -> bool:
    """Tell whether float32 holds values, and the limits to a part of a shade between them."""
    size = np.abs(limits).max(axis=1)
    least_range = np.maximum(size * _LEAST_RANGE, 1 / _LARGE)
    is_wide = np.diff(limits, axis=1)[:, 0] > least_range
    return dtype in _EXACT_IN_FLOAT32 and bool((is_wide & (size < _LARGE)).all())


def _scaled(shown: NDArray[Any], limits: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Map values between the limits to 0..255, strip by strip."""
    scaled = np.empty(shown.shape, np.uint8)
    precision = np.float32 if _float32_will_do(shown.dtype, limits) else np.float64
    low, high = limits.T.astype(precision)
    gain = precision(255) / (high - low)
    rows = max(1, _STRIP_SAMPLES // max(1, shown.shape[1] * shown.shape[2]))
    for top in range(0, len(shown), rows):
        strip: NDArray[Any] = shown[top : top + rows].astype(precision)
        np.clip(strip, low, high, out=strip)
        strip -= low
        strip *= gain
        strip += 0.5
        scaled[top : top + rows] = strip
    return scaled
