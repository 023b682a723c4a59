"""How far apart Gaussians are, and which component of one mixture is which of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import GaussianMixture
from segmenter.errors import ParameterError


def match_components(mixture: GaussianMixture, reference: GaussianMixture) -> NDArray[np.intp]:
    """Find the order in which a mixture's components are most like those of a reference.

    The sum of the Bhattacharyya distances of the pairs is the smallest possible (Kuhn, 1955).

    Parameters
    ----------
    mixture, reference : GaussianMixture
        With as many components and features each.

    Returns
    -------
    ndarray of int, shape (k,)
        For ``mixture.with_order``, whose i-th component is then the reference's i-th.

    Raises
    ------
    ParameterError
        The mixtures differ in their number of components or features.
    """
    from scipy.optimize import linear_sum_assignment  # slow to import, rarely needed

    if mixture.means.shape != reference.means.shape:
        raise ParameterError("Only mixtures of equal numbers of components and features match.")
    distances = bhattacharyya_distances(reference, mixture)
    order: NDArray[np.intp] = linear_sum_assignment(distances)[1]
    return order


def bhattacharyya_distances(rows: GaussianMixture, columns: GaussianMixture) -> NDArray[np.float64]:
    """Bhattacharyya distances between the components of two mixtures, shape (k_rows, k_columns).

    ``D = (m1 - m2)' S^-1 (m1 - m2) / 8 + ln(det S / sqrt(det S1 det S2)) / 2`` with S the mean of
    the covariances (Bhattacharyya, 1943). Weights play no part.
    """
    first, second = rows.covariances[:, np.newaxis], columns.covariances[np.newaxis]
    between = (first + second) / 2
    shift = rows.means[:, np.newaxis] - columns.means[np.newaxis]
    solved = np.linalg.solve(between, shift[..., np.newaxis])[..., 0]
    volumes = np.linalg.slogdet(between)[1]
    own = (np.linalg.slogdet(first)[1] + np.linalg.slogdet(second)[1]) / 2
    distances: NDArray[np.float64] = (shift * solved).sum(axis=-1) / 8 + (volumes - own) / 2
    return np.maximum(distances, 0)
