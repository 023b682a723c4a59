"""One mixture of the whole image, whose components object and background share.

Fitted once per image. A hypothesis about the object then needs no EM at all: the share of each
component inside and outside gives two densities with common components and weights of their own (a
semi-continuous mixture: Huang & Jack, Computer Speech & Language 3, 1989).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import fit_mixture

Float = NDArray[np.float32]
N_COLORS = 32
PRIOR = 0.02  # share of the whole image's weights in either density: no color is impossible


@dataclass(frozen=True, eq=False)
class Palette:
    """Responsibilities of the shared components for each pixel, shape (n_pixels, n_components)."""

    responsibilities: Float

    def evidence(self, inside: Float) -> Float:
        """Log ratio of object to background density for soft masks (n_masks, n_pixels)."""
        return self.ratio(inside, 1 - inside)

    def ratio(self, of_object: Float, of_background: Float) -> Float:
        """Log ratio of the densities of two memberships, (n_masks, n_pixels) each."""
        shares = self.responsibilities.mean(0)
        of_object = self._weights(of_object, shares)
        of_background = self._weights(of_background, shares)
        ratio = (of_object / shares) @ self.responsibilities.T
        ratio /= (of_background / shares) @ self.responsibilities.T
        log_ratio: Float = np.log(ratio)
        return log_ratio

    def _weights(self, members: Float, shares: Float) -> Float:
        weights = members @ self.responsibilities
        weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
        return (1 - PRIOR) * weights + PRIOR * shares


def palette_of(samples: Float, valid: NDArray[np.bool_], seed: int = 0) -> Palette:
    """Fit the shared mixture to the valid samples, shape (n_pixels, n_features)."""
    fit = fit_mixture(
        samples, N_COLORS, sample_weight=valid.ravel().astype(np.float64), seed=seed,
        tolerance=1e-3, max_iterations=20,
    )  # fmt: skip
    return Palette(fit.mixture.responsibilities(samples).astype(np.float32))
