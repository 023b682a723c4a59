"""Object and background, each a mixture of colors that know roughly where they belong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.foreground.views import View

Float = NDArray[np.float32]
OBJECT_COLORS, BACKGROUND_COLORS = 5, 8
N_SAMPLES = 4000  # that a mixture is fitted to; more change little
COLOR_NOISE, PLACE_NOISE = 4e-4, 2e-3  # variances added to every component: color, position
LIMIT = 6.0  # log odds that the color of one pixel can be worth at most


@dataclass(frozen=True, eq=False)
class Models:
    """The two mixtures over color and position, as fitted.

    Attributes
    ----------
    object, background : GaussianMixture
    place_weight : float
        How much position counts beside color, 0 to 1.
    """

    object: GaussianMixture
    background: GaussianMixture
    place_weight: float

    def evidence(self, samples: Float) -> Float:
        """Log odds for the object by color and position, in -LIMIT..LIMIT, shape (n,)."""
        ratio = _log_density(self.object, samples, self.place_weight)
        ratio -= _log_density(self.background, samples, self.place_weight)
        return np.float32(LIMIT) * np.tanh(ratio / LIMIT).astype(np.float32)


def fit_models(
    view: View, inside: Float, start: Models | GaussianMixture, place_weight: float
) -> Models:
    """Fit both mixtures to a soft mask.

    Parameters
    ----------
    view : View
    inside : float32 ndarray, shape (height, width)
        Probability of object.
    start : Models or GaussianMixture
        Earlier models to go on from, or a mixture of the whole image: the components that have
        most of the object, and most of the background, then begin.
    place_weight : float
        How much position counts beside color, 0 to 1.
    """
    of_object = np.where(view.valid, inside, 0).ravel()
    of_background = np.where(view.valid, 1 - inside, 0).ravel()
    begin = (
        (None, None)
        if start is None or isinstance(start, GaussianMixture)
        else (start.object, start.background)
    )
    whole = start if isinstance(start, GaussianMixture) else None
    return Models(
        _fitted(view, of_object, begin[0], whole, OBJECT_COLORS),
        _fitted(view, of_background, begin[1], whole, BACKGROUND_COLORS),
        place_weight,
    )


def _fitted(view: View, weight: Float, begin, whole, n_components: int) -> GaussianMixture:
    taken = np.flatnonzero(weight > 0.02)
    taken = taken[np.linspace(0, len(taken) - 1, min(len(taken), N_SAMPLES)).astype(np.intp)]
    samples, sample_weight = view.samples[taken], weight[taken].astype(np.float64)
    if begin is None and whole is not None:
        begin = _largest_parts(whole, samples, sample_weight, n_components)
    fit = fit_mixture(
        samples, n_components if begin is None else begin.n_components, sample_weight=sample_weight,
        tolerance=1e-3, max_iterations=10, start=begin,
    )  # fmt: skip
    return fit.mixture


def _largest_parts(
    whole: GaussianMixture, samples: Float, sample_weight: NDArray[np.float64], n_components: int
) -> GaussianMixture:
    """The components of a mixture that have most of the samples."""
    shares = sample_weight @ whole.responsibilities(samples)
    chosen = np.argsort(-shares)[:n_components]
    weights = np.maximum(shares[chosen], 1e-6 * shares.max())
    return GaussianMixture(weights / weights.sum(), whole.means[chosen], whole.covariances[chosen])


def _log_density(
    mixture: GaussianMixture, samples: Float, place_weight: float
) -> NDArray[np.float64]:
    """Log density where the position of each component counts to the power of `place_weight`.

    Colors and positions are taken as independent in a component, and noise is added to both. The
    power of a Gaussian is a Gaussian of the covariance divided by the power, times a factor that
    goes into the component's weight. A factor common to all mixtures is left out.
    """
    covariances = np.array(mixture.covariances)
    n_colors = covariances.shape[1] - 2
    places = covariances[:, n_colors:, n_colors:]
    covariances[:, :n_colors, n_colors:] = 0
    covariances[:, n_colors:, :n_colors] = 0
    covariances[:, :n_colors, :n_colors] += COLOR_NOISE * np.eye(n_colors)
    places += PLACE_NOISE * np.eye(2)
    weights = mixture.weights * np.linalg.det(places) ** ((1 - place_weight) / 2)
    places /= max(place_weight, 1e-3)
    tempered = GaussianMixture(weights / weights.sum(), mixture.means, covariances)
    return tempered.log_density(samples) + np.log(weights.sum())
