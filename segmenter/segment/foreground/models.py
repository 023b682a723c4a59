"""Object and background, each a mixture of colors that know roughly where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.em.checks import as_samples
from segmenter.em.density import DensityModel
from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import GaussianMixture
from segmenter.em.refit import refit_mixture

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
OBJECT_COLORS, BACKGROUND_COLORS = 5, 8
N_SAMPLES = 4000  # that a mixture is fitted to; more change little
COLOR_NOISE, PLACE_NOISE = 4e-4, 2e-3  # variances added to every component: color, position
LEAST_MEMBER = 0.02  # probability below which a pixel is left out
TOUCHED = np.float32(0.25)  # of the weight of a side, that is added to its touched pixels
FEWEST = 20  # pixels; fewer tell nothing about their colors
LIMIT = 6.0  # log odds that the color of one pixel can be worth at most


@dataclass(frozen=True, eq=False)
class Models:
    """The two mixtures over color and position, as fitted.

    Attributes
    ----------
    object, background : GaussianMixture
    place_weight : float
        How much position counts beside color, 0 to 1.
    n_axes : int
        How many of the features are the position, which are the last ones.
    """

    object: GaussianMixture
    background: GaussianMixture
    place_weight: float
    n_axes: int

    def evidence(self, samples: Float) -> Float:
        """Log odds for the object by color and position, in -LIMIT..LIMIT, shape (n,)."""
        (of_object, total), (of_background, total_of_background) = self._densities
        evidence = np.empty(len(samples), np.float32)

        def compare(_number: int, start: int, stop: int) -> None:
            part = as_samples(samples[start:stop], self.object.n_features)
            ratio = of_object.log_density(part) - of_background.log_density(part)
            relative = ((ratio + total - total_of_background) / LIMIT).astype(np.float32)
            np.tanh(relative, out=evidence[start:stop])

        run_blocks(*for_chunks(len(samples), compare))
        evidence *= np.float32(LIMIT)
        return evidence

    @cached_property
    def _densities(self) -> tuple[tuple[DensityModel, float], ...]:
        """Both mixtures as they are evaluated, each with the log of its total weight."""
        both = self.object, self.background
        return tuple(_tempered(mixture, self.place_weight, self.n_axes) for mixture in both)


class Sampled(Protocol):
    """A view of an image that models are fitted to."""

    @property
    def samples(self) -> Float:
        """Color and position of each pixel, shape (n, n_channels + n_axes)."""

    @property
    def grid(self) -> tuple[int, ...]:
        """Pixels along each axis."""

    @property
    def valid(self) -> Mask:
        """Which pixels take part, shape grid."""


def fit_models(
    view: Sampled, inside: Float, touched: Mask, start: Models | None, place_weight: float,
    n_steps: int | None = None,
) -> Models:  # fmt: skip
    """Fit both mixtures to a soft mask.

    Parameters
    ----------
    view : View or another that is sampled
    inside : float32 ndarray, shape grid
        Probability of object.
    touched : bool ndarray, shape grid
        Pixels of which a person has said what they are; all others are guesses.
    start : Models or None
        Earlier models to go on from, which is quick.
    place_weight : float
        How much position counts beside color, 0 to 1.
    n_steps : int, optional
        Steps of EM that earlier models take; without it, as many as they need.
    """
    before = (None, None) if start is None else (start.object, start.background)
    of_object = _sample_weight(view, inside, touched)
    of_background = _sample_weight(view, 1 - inside, touched)
    return Models(
        _fitted(view, of_object, OBJECT_COLORS, before[0], n_steps),
        _fitted(view, of_background, BACKGROUND_COLORS, before[1], n_steps),
        place_weight,
        len(view.grid),
    )


def _sample_weight(view: Sampled, members: Float, touched: Mask) -> Float:
    """How much each pixel counts in the fit of one side, shape (n,)."""
    weight = np.where(view.valid, members, np.float32(0)).ravel()
    known = touched.ravel() & (weight > LEAST_MEMBER)
    if known.any():
        weight[known] *= 1 + TOUCHED * weight.sum() / np.count_nonzero(known)
    return weight


def _fitted(
    view: Sampled,
    weight: Float,
    n_components: int,
    start: GaussianMixture | None,
    n_steps: int | None,
) -> GaussianMixture:
    """Fit a mixture to the pixels of some weight; where there are hardly any, to all equally."""
    taken = np.flatnonzero(weight > LEAST_MEMBER)
    if len(taken) < FEWEST:
        if start is not None:
            return start
        taken, weight = np.flatnonzero(view.valid), np.ones_like(weight)
    taken = taken[np.linspace(0, len(taken) - 1, min(len(taken), N_SAMPLES)).astype(np.intp)]
    samples, own = view.samples[taken], weight[taken].astype(np.float64)
    if start is not None and n_steps is not None:
        return refit_mixture(start, samples, n_steps, sample_weight=own)
    return fit_mixture(
        samples,
        n_components if start is None else start.n_components,
        sample_weight=own,
        tolerance=1e-3,
        max_iterations=10,
        start=start,
    ).mixture


def _tempered(
    mixture: GaussianMixture, place_weight: float, n_axes: int
) -> tuple[DensityModel, float]:
    """Let the position of each component count to the power of `place_weight`.

    Colors and positions are taken as independent in a component, and noise is added to both. The
    power of a Gaussian is a Gaussian of the covariance divided by the power, times a factor that
    goes into the component's weight. A factor common to all mixtures is left out.
    """
    covariances = np.array(mixture.covariances)
    n_colors = covariances.shape[1] - n_axes
    places = covariances[:, n_colors:, n_colors:]
    covariances[:, :n_colors, n_colors:] = 0
    covariances[:, n_colors:, :n_colors] = 0
    covariances[:, :n_colors, :n_colors] += COLOR_NOISE * np.eye(n_colors)
    places += PLACE_NOISE * np.eye(n_axes)
    weights = mixture.weights * np.linalg.det(places) ** ((1 - place_weight) / 2)
    places /= max(place_weight, 1e-3)
    tempered = GaussianMixture(weights / weights.sum(), mixture.means, covariances)
    return DensityModel(tempered), float(np.log(weights.sum()))
