"""Which values of a volume are black and white on screen, and how its values spread. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.gui.canvas.levels import Level, Levels
from segmenter.gui.plots.histograms import N_BINS, Histogram
from segmenter.images.image import Image
from segmenter.work import Progress, Work

SAMPLED = 1_000_000
"""Voxels, evenly spaced, that stand for all of them."""

AUTO = "Auto"
_PERCENTILES = {AUTO: (0.5, 99.7), "Middle 90 %": (5.0, 95.0)}


@dataclass(frozen=True, slots=True)
class GrayRange:
    """The values shown as black and as white; what a radiologist calls window and level."""

    low: float
    high: float

    @classmethod
    def around(cls, level: float, width: float) -> GrayRange:
        """Return the range of a width around its middle."""
        return cls(level - width / 2, level + width / 2)

    @property
    def level(self) -> float:
        """The value in the middle."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """From black to white."""
        return self.high - self.low


@dataclass(frozen=True, eq=False)
class Tones:
    """How the values of one channel spread.

    Attributes
    ----------
    presets : dict
        Ranges by their names on screen; the first is the one to begin with.
    histogram : Histogram
        Of the channel, its darkest values (air) included.
    """

    presets: dict[str, GrayRange]
    histogram: Histogram

    @property
    def auto(self) -> GrayRange:
        """The range to begin with."""
        return self.presets[AUTO]


def measure_steps(image: Image) -> Work[tuple[Tones, ...]]:
    """Measure every channel of a volume."""
    tones = []
    own = None if image.header is None else image.header.window
    for channel in range(image.n_channels):
        yield Progress("Measuring", channel / image.n_channels)
        name = image.channel_names[channel] if image.channel_names else "Intensity"
        tones.append(_measured(image.pixels[..., channel], name, own))
    return tuple(tones)


def gray_levels(values: NDArray[Any], shown: GrayRange) -> Levels:
    """Prepare a slice for the canvas.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        In the file's own dtype; what is not finite is black.
    shown : GrayRange
        What is black and what is white.
    """
    scaled = values.astype(np.float32)
    scaled -= np.float32(shown.low)
    scaled *= np.float32(255 / (shown.width or 1.0))
    np.nan_to_num(scaled, copy=False, nan=0.0)
    np.clip(scaled, 0, 255, out=scaled)
    gray = scaled.astype(np.uint8)
    return one_level(np.repeat(gray[..., None], 3, axis=2))


def one_level(pixels: NDArray[np.uint8]) -> Levels:
    """Prepare a slice, which is small, at its own size alone."""
    height, width = pixels.shape[:2]
    return Levels(width, height, (Level(1, width, height, np.ascontiguousarray(pixels)),))


def _measured(values: NDArray[Any], name: str, own: tuple[float, ...] | None) -> Tones:
    stride = max(1, round((values.size / SAMPLED) ** (1 / 3)))
    sample = values[::stride, ::stride, ::stride].astype(np.float64).ravel()
    sample = sample[np.isfinite(sample)]
    if len(sample) == 0:
        sample = np.zeros(1)
    presets = {title: _range(*np.percentile(sample, ends)) for title, ends in _PERCENTILES.items()}
    presets["Full range"] = _range(float(sample.min()), float(sample.max()))
    if own is not None:
        presets["Of the file"] = _range(own[0], own[1])
    return Tones(presets, _histogram(sample, presets[AUTO], name))


def _range(low: float, high: float) -> GrayRange:
    return GrayRange(float(low), float(high if high > low else low + max(1.0, abs(low))))


def _histogram(sample: NDArray[np.float64], shown: GrayRange, name: str) -> Histogram:
    counts, edges = np.histogram(sample, bins=N_BINS, range=(shown.low, shown.high))
    return Histogram(name, edges, counts / (len(sample) * (edges[1] - edges[0])))
