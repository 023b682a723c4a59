"""Object and background, each a mixture of colors that know roughly where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks, share_out
from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import GaussianMixture
from segmenter.em.refit import refit_mixture
from segmenter.segment.foreground.model_kernels import (
    Density,
    drawn,
    tempered,
    weigh,
    write_evidence,
)

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
OBJECT_COLORS, BACKGROUND_COLORS = 5, 8
N_SAMPLES = 4000  # that a mixture is fitted to; more change little
FEWEST = 20  # pixels; fewer tell nothing about their colors


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
        """Log odds for the object by finite colors and positions, in -LIMIT..LIMIT, shape (n,)."""
        evidence = np.empty(len(samples), np.float32)
        both = self._densities

        def compare(first: int, last: int) -> None:
            write_evidence(samples[first:last], *both, evidence[first:last])

        share_out(compare, len(samples))
        return evidence

    @cached_property
    def _densities(self) -> tuple[Density, Density]:
        """Both mixtures as kernels evaluate them."""
        of_object, of_background = (
            tempered(
                mixture.weights, mixture.means, mixture.covariances,
                self.place_weight, self.n_axes, (np.float32(0),) * mixture.n_features,
            )
            for mixture in (self.object, self.background)
        )  # fmt: skip
        return of_object, of_background


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
    both = [(inside, OBJECT_COLORS), (1 - inside, BACKGROUND_COLORS)]
    before = (None, None) if start is None else (start.object, start.background)
    fitted: dict[int, GaussianMixture] = {}

    def fit(side: int) -> None:
        fitted[side] = _fitted(view, *both[side], touched, before[side], n_steps)

    run_blocks(fit, 2)
    return Models(fitted[0], fitted[1], place_weight, len(view.grid))


def _fitted(
    view: Sampled,
    members: Float,
    n_components: int,
    touched: Mask,
    start: GaussianMixture | None,
    n_steps: int | None,
) -> GaussianMixture:
    """Fit a mixture to the members of a side; where there are hardly any, to all pixels equally."""
    weight = np.empty(members.size, np.float32)
    n_taken = weigh(members.ravel(), view.valid.ravel(), touched.ravel(), weight)
    if n_taken < FEWEST:
        if start is not None:
            return start
        weight = view.valid.ravel().astype(np.float32)
        n_taken = int(np.count_nonzero(weight))
    samples, own = drawn(view.samples, weight, n_taken, N_SAMPLES)
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
