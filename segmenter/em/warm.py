"""Compile the kernels, or load them from disk, before anyone waits for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from segmenter.em.fit import fit_mixture
from segmenter.em.reduction import reduce_equal
from segmenter.em.selection import select_components

IMAGE_FEATURES = (3, 1, 5)
"""Numbers of features that images have: color, intensity, and intensity with texture."""


def warm_up(feature_counts: Iterable[int] = IMAGE_FEATURES) -> None:
    """Run every kernel that images use once, on a few samples.

    For a background thread at the start of the program: the first run after an installation
    compiles for some seconds, later ones load what is on the disk.

    Parameters
    ----------
    feature_counts : iterable of int
        Kernels are compiled for each number of features.
    """
    for n_channels, dtype in ((3, np.uint8), (1, np.uint8), (1, np.uint16)):
        reduce_equal(np.zeros((8, n_channels), dtype))
    for n_features in feature_counts:
        samples = np.eye(max(8, n_features), n_features, dtype=np.float32)
        mixture = fit_mixture(samples, 2, max_iterations=1, least_variance=1e-3).mixture
        mixture.responsibilities(samples)
        mixture.predict(samples)
        mixture.log_density(samples)
        select_components(samples, (1,), max_iterations=1)
