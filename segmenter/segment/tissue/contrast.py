"""How bright the tissues are: read from the volume by the atlas, or told by the user."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.grouped import GroupedMixture
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.tissue.atlas import CSF, GM, WM
from segmenter.segment.tissue.recipe import Contrast

GAUSSIANS = (1, 2, 2)
"""Gaussians of CSF, gray and white matter: partial volume makes histograms lopsided. Fluid has one,
because a second one would settle on what is darker than any tissue."""

_BRIGHTER: dict[Contrast, tuple[int, int, int]] = {
    "T1": (CSF, GM, WM),
    "T2": (WM, GM, CSF),
    "PD": (WM, GM, CSF),
}
"""Tissues from dark to bright."""

EXTREMES = (2.0, 98.0)
"""Percentiles of the intensities that a tissue's first mean lies between."""

_BRIGHT_FLUID = 1.25  # times gray matter: more is a T2, less a proton density


def first_mixture(
    values: NDArray[np.float32], log_priors: NDArray[np.float32], contrast: Contrast
) -> GroupedMixture:
    """Regress intensities on the priors: the means of the tissues, whatever the contrast is.

    Parameters
    ----------
    values : ndarray of float32, shape (n, d)
    log_priors : ndarray of float32, shape (n, 3)
    contrast : {"auto", "T1", "T2", "PD"}
        Of the first channel.
    """
    priors = np.exp(log_priors).astype(np.float64)
    means = np.linalg.lstsq(priors.T @ priors, priors.T @ values)[0]
    deviation = np.sqrt(((values - priors @ means) ** 2).mean(axis=0))
    # Fluid is nowhere sure by its place: the regression goes far beyond what is there.
    means = np.clip(means, *np.percentile(values, EXTREMES, axis=0))
    if contrast != "auto":
        means[list(_BRIGHTER[contrast]), 0] = np.sort(means[:, 0])
    groups = np.repeat(np.arange(3), GAUSSIANS)
    offsets = np.concatenate(
        [np.linspace(-0.35, 0.35, count) if count > 1 else np.zeros(1) for count in GAUSSIANS]
    )
    k, d = len(groups), values.shape[1]
    covariances = np.broadcast_to(np.diag((0.6 * deviation) ** 2), (k, d, d))
    weights = 1 / (3 * np.repeat(GAUSSIANS, GAUSSIANS))
    centers = means[groups] + offsets[:, np.newaxis] * deviation
    return GroupedMixture(GaussianMixture(weights, centers, covariances), groups)


def contrast_of(mixture: GroupedMixture) -> str:
    """Name the contrast of the first channel by the fitted means of the tissues."""
    fluid, gray, white = (
        float(mixture.group(tissue).weights @ mixture.group(tissue).means[:, 0])
        for tissue in (CSF, GM, WM)
    )
    if fluid < gray < white:
        return "T1"
    if white < gray < fluid:
        return "T2" if fluid > _BRIGHT_FLUID * gray else "PD"
    return "contrast of another kind than T1, T2 and PD"
