"""The mixtures of object and background as colors that can be seen and numbers that can be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import GaussianMixture
from segmenter.images.display import display_rgb
from segmenter.images.image import Image
from segmenter.segment.colors import LAB_SCALE
from segmenter.segment.foreground import Foreground
from segmenter.segment.foreground.models import Sampled
from segmenter.segment.foreground.solid.result import Solid
from segmenter.segment.labels import Color

LEAST_WEIGHT = 0.005
"""Components of less weight are not shown."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """A component of a mixture.

    Attributes
    ----------
    color : Color
        The mean color of its pixels, as shown on the screen.
    weight : float
        Its share of the mixture, 0..1.
    words : str
        Its parameters.
    """

    color: Color
    weight: float
    words: str


def palettes_of(
    foreground: Foreground | Solid, thinned: Image
) -> tuple[tuple[Swatch, ...], tuple[Swatch, ...]]:
    """Show the mixtures of object and of background, the largest component first.

    Parameters
    ----------
    foreground : Foreground or Solid
        The result.
    thinned : Image
        Its image at the working size.
    """
    view: Sampled
    view = foreground.view if isinstance(foreground, Solid) else foreground.prepared.working
    inside = foreground.cut.inside.ravel()
    valid = view.valid.ravel()
    models = foreground.models
    return (
        _palette(models.object, view.samples, inside * valid, thinned),
        _palette(models.background, view.samples, (1 - inside) * valid, thinned),
    )


def _palette(
    mixture: GaussianMixture,
    samples: NDArray[np.float32],
    members: NDArray[np.float32],
    thinned: Image,
) -> tuple[Swatch, ...]:
    shares = mixture.responsibilities(samples) * members[:, None]
    totals = np.maximum(shares.sum(axis=0), 1e-9)[:, None]
    shown = shares.T @ display_rgb(thinned).reshape(-1, 3) / totals
    values = shares.T @ thinned.pixels.reshape(-1, thinned.n_channels) / totals
    swatches = []
    for index in np.argsort(-mixture.weights):
        if mixture.weights[index] >= LEAST_WEIGHT:
            words = _lab_words(mixture, index) if thinned.color_space == "rgb" else ""
            red, green, blue = (round(float(part)) for part in shown[index])
            swatches.append(
                Swatch(
                    Color(red, green, blue),
                    float(mixture.weights[index]),
                    words or "value " + "  ".join(f"{value:.4g}" for value in values[index]),
                )
            )
    return tuple(swatches)


def _lab_words(mixture: GaussianMixture, index: int) -> str:
    """Say the mean of a component in CIELAB, and its standard deviation."""
    lightness, green_red, blue_yellow = mixture.means[index, :3] / LAB_SCALE
    variances = np.diag(mixture.covariances[index])[:3] / LAB_SCALE**2
    spread = float(np.sqrt(variances.mean()))
    return f"Lab {lightness:.0f}  {green_red:.0f}  {blue_yellow:.0f}  ± {spread:.0f}".replace(
        "-", "\N{MINUS SIGN}"
    )
