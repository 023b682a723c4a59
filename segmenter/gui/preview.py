"""What a running fit shows: its labels on fewer pixels, its curves, the evidence so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, TypeVar

from segmenter.errors import ParameterError
from segmenter.gui.canvas.levels import Levels, label_levels
from segmenter.gui.mean_colors import thinned
from segmenter.gui.plots.histograms import Histogram, feature_histograms
from segmenter.images.image import Image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.region_fit import RegionsStep
from segmenter.segment.regions import segment_regions_steps
from segmenter.work import Progress, Work, changed

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Candidate
    from segmenter.images.features import PixelFeatures

T = TypeVar("T")

PREVIEW_PIXELS = 300_000
"""Labels of a running fit are shown for about this many pixels, evenly spaced."""

INTERVAL = 1 / 15
"""Seconds between two previews."""

COARSE_REGIONS = 4
"""Regions of the first picture while their number is yet to be found."""


@dataclass(frozen=True, eq=False)
class LiveStep:
    """A running fit as it can be shown.

    Attributes
    ----------
    labels : Levels or None
        None when what is on screen already is better.
    mixture : GaussianMixture
        In label order.
    log_likelihood : float
        Mean per pixel.
    candidates : tuple of Candidate
        While the number of regions is being found: what was tried so far.
    histograms : tuple of Histogram
        One for each feature.
    """

    labels: Levels | None
    mixture: GaussianMixture
    log_likelihood: float
    candidates: tuple[Candidate, ...]
    histograms: tuple[Histogram, ...]


class Preview:
    """Turns the steps of a segmentation into what is shown of them.

    Parameters
    ----------
    grid : tuple of int
        Height and width of the image.
    n_shown : int
        How many regions are on screen. A search for the number begins below that, and is not
        painted until it has come as far.
    """

    def __init__(self, grid: tuple[int, int], n_shown: int) -> None:
        self._grid = grid
        self._n_shown = n_shown
        self._shown_at = 0.0
        self._n_candidates = 0
        self._features: PixelFeatures | None = None
        self._histograms: tuple[Histogram, ...] = ()

    def follow(self, work: Work[T], coarseness: int = 1) -> Work[T]:
        """Pass a segmentation on with `LiveStep` as partial results.

        Parameters
        ----------
        work : Work
            Reports `RegionsStep`.
        coarseness : int
            It is of every so many pixels of the image, both ways.
        """

        def shown(progress: Progress) -> Progress:
            step = progress.partial
            live = self._live(step, coarseness) if isinstance(step, RegionsStep) else None
            return replace(progress, partial=live)

        return changed(work, shown)

    def coarse_steps(self, image: Image, recipe: RegionsRecipe) -> Work[None]:
        """Segment a small version of a large image, so that the first labels come at once."""
        stride = _stride(self._grid)
        if stride == 1:
            return
        n_regions = COARSE_REGIONS if recipe.n_regions == "auto" else recipe.n_regions
        coarse = replace(recipe, n_regions=n_regions, smoothness=0.0)
        work = segment_regions_steps(thinned(image, stride), coarse)
        try:
            yield from self.follow(work, stride)
        except ParameterError:  # what is wrong with the whole image is said when that is fitted
            return
        self._n_shown = n_regions

    def histograms_of(self, features: PixelFeatures) -> tuple[Histogram, ...]:
        """Return the histograms, which stay the same from step to step."""
        if features is not self._features:
            self._features, self._histograms = features, feature_histograms(features)
        return self._histograms

    def _live(self, step: RegionsStep, coarseness: int) -> LiveStep | None:
        """Show a step, unless the last one was just shown or nothing is new."""
        is_new = not step.candidates or len(step.candidates) != self._n_candidates
        if not is_new or time.monotonic() - self._shown_at < INTERVAL:
            return None
        self._shown_at = time.monotonic()
        self._n_candidates = len(step.candidates)
        return LiveStep(
            self._labels(step, coarseness),
            step.mixture,
            step.log_likelihood,
            step.candidates,
            self.histograms_of(step.features),
        )

    def _labels(self, step: RegionsStep, coarseness: int) -> Levels | None:
        is_fewer = bool(step.candidates) and step.mixture.n_components < self._n_shown
        if is_fewer or step.image.is_volume:
            return None
        stride = _stride(step.image.grid)
        return label_levels(step.label_map(stride), self._grid, stride * coarseness)


def best_number(candidates: tuple[Candidate, ...]) -> int:
    """Return the number of regions with the least BIC so far."""
    return min(candidates, key=lambda each: each.bic).n_components


def _stride(grid: tuple[int, ...]) -> int:
    """Return the spacing that leaves about `PREVIEW_PIXELS`."""
    n_pixels = grid[0] * grid[1]
    return max(1, round(sqrt(n_pixels / PREVIEW_PIXELS)))
