"""The window's long works: they run on worker threads and prepare all that is to be shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.gui.canvas.levels import Levels, label_levels, picture_levels, value_levels
from segmenter.gui.look import View
from segmenter.gui.plots.histograms import Histogram, feature_histograms
from segmenter.session.document import Document
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Candidate
    from segmenter.images.features import PixelFeatures
    from segmenter.images.image import Image
    from segmenter.segment.region_fit import RegionsStep
    from segmenter.segment.regions import Regions

PREVIEW_PIXELS = 300_000
"""Labels of a running fit are shown for about this many pixels, evenly spaced."""

PREVIEW_INTERVAL = 1 / 15
"""Seconds between two previews of a running fit."""


@dataclass(frozen=True, eq=False)
class Opened:
    """An image and its picture for the canvas."""

    image: Image
    picture: Levels


@dataclass(frozen=True, eq=False)
class LiveStep:
    """A running fit as it can be shown."""

    labels: Levels
    mixture: GaussianMixture
    log_likelihood: float
    iteration: int
    candidates: tuple[Candidate, ...]
    histograms: tuple[Histogram, ...]


@dataclass(frozen=True, eq=False)
class Segmented:
    """A finished result as it is shown."""

    regions: Regions
    labels: Levels
    histograms: tuple[Histogram, ...]


def open_steps(read: Callable[[], Image], name: str) -> Work[Opened]:
    """Read an image and prepare its picture.

    Parameters
    ----------
    read : callable
        Reads it.
    name : str
        What is being opened, for the user.
    """
    yield Progress(f"Opening {name}")
    import pyqtgraph  # noqa: F401  the canvas is made of it: loaded here, not on the window's thread

    from segmenter.images.display import display_rgb

    yield Progress(f"Reading {name}")
    image = read()
    yield Progress(f"Preparing {name}")
    return Opened(image, picture_levels(display_rgb(image), _alpha_bytes(image)))


def segment_steps(document: Document, previous: Segmented | None) -> Work[Segmented]:
    """Segment a document's image; the partial results are `LiveStep`.

    Parameters
    ----------
    document : Document
        What to segment and how.
    previous : Segmented or None
        The result on screen: what it shares with the new one is not computed again.
    """
    yield Progress("Starting")
    from segmenter.segment.region_fit import RegionsStep
    from segmenter.segment.regions import segment_regions_steps

    shown_at = 0.0
    preview = _Preview()
    before = None if previous is None else previous.regions
    work = segment_regions_steps(document.image, document.recipe, previous=before)
    try:
        while True:
            progress = next(work)
            step, progress = progress.partial, replace(progress, partial=None)
            if isinstance(step, RegionsStep) and time.monotonic() - shown_at >= PREVIEW_INTERVAL:
                progress = replace(progress, partial=preview.of(step))
                shown_at = time.monotonic()
            yield progress
    except StopIteration as end:
        regions: Regions = end.value
    finally:
        work.close()
    yield Progress("Preparing the picture", 1.0)
    regions.shares  # noqa: B018  computed once, here and not on the window's thread
    return Segmented(
        regions,
        label_levels(regions.label_map, _plane(regions.image)),
        preview.histograms_of(regions.field.features),
    )


def plane_steps(regions: Regions, view: View, label: int) -> Work[Levels]:
    """Compute what the soft or the uncertainty view paints.

    Parameters
    ----------
    regions : Regions
        The result.
    view : View
        SOFT or UNCERTAINTY.
    label : int
        The label whose probability is seen in the soft view.
    """
    plane = regions.field.plane(label) if view is View.SOFT else regions.field.uncertainty()
    return value_levels((yield from plane))


class _Preview:
    """Makes steps visible; remembers the histograms, which stay the same from step to step."""

    def __init__(self) -> None:
        self._features: PixelFeatures | None = None
        self._histograms: tuple[Histogram, ...] = ()

    def of(self, step: RegionsStep) -> LiveStep:
        height, width = grid = _plane(step.image)
        stride = max(1, round((height * width / PREVIEW_PIXELS) ** 0.5))
        return LiveStep(
            label_levels(step.label_map(stride), grid, stride),
            step.mixture,
            step.log_likelihood,
            step.iteration,
            step.candidates,
            self.histograms_of(step.features),
        )

    def histograms_of(self, features: PixelFeatures) -> tuple[Histogram, ...]:
        if features is not self._features:
            self._features, self._histograms = features, feature_histograms(features)
        return self._histograms


def _plane(image: Image) -> tuple[int, int]:
    return (image.grid[0], image.grid[1])


def _alpha_bytes(image: Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]] | None:
    """Opacity for the screen: the image's own, and none where values are missing."""
    if image.valid is None:
        return None
    if image.alpha is None:
        return image.valid.astype(np.uint8) * np.uint8(255)
    top = np.iinfo(image.alpha.dtype).max if image.alpha.dtype.kind == "u" else 1.0
    return (image.alpha * (255.0 / top) * image.valid + 0.5).astype(np.uint8)
