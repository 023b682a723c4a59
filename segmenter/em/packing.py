"""A mixture in the form the kernels take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.em.block_densities import TILE
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture

LOG2_E = float(np.log2(np.e))
_IMPOSSIBLE = -1e30


class PackedMixture(NamedTuple):
    """Components as :mod:`segmenter.em.kernels` describes them; noise is the last of them."""

    means: NDArray[np.float32]
    whitening: NDArray[np.float32]
    constants: NDArray[np.float32]


def pack(mixture: GaussianMixture) -> PackedMixture:
    """Prepare a standardized mixture for the kernels.

    Raises
    ------
    ParameterError
        A covariance is not positive definite.
    """
    whitening = _whitening(mixture)
    scales = whitening if whitening.ndim == 2 else np.diagonal(whitening, axis1=1, axis2=2)
    log2_weights = np.log2(np.maximum(mixture.weights, np.finfo(float).tiny))
    constants = log2_weights + np.log2(scales[:, : mixture.n_features]).sum(axis=1)
    constants -= 0.5 * mixture.n_features * np.log2(2 * np.pi)
    constants[mixture.weights <= 0] = _IMPOSSIBLE
    means = mixture.means
    if mixture.noise is not None:
        # A component without whitening has the same density everywhere.
        constants = np.append(constants, mixture.noise.log_density * LOG2_E)
        whitening = np.concatenate([whitening, np.zeros_like(whitening[:1])])
        means = np.vstack([means, np.zeros_like(means[:1])])
    return PackedMixture(
        means.astype(np.float32),
        (whitening * np.sqrt(0.5 * LOG2_E)).astype(np.float32),
        constants.astype(np.float32),
    )


def _whitening(mixture: GaussianMixture) -> NDArray[np.float64]:
    """Inverse Cholesky factors, filled up to whole tiles, or inverse deviations (k, d)."""
    problem = "A covariance of the mixture is not positive definite."
    if not has_full_matrices(mixture):
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        if not variances.min() > 0:
            raise ParameterError(problem)
        inverses: NDArray[np.float64] = 1 / np.sqrt(variances)
        return inverses
    try:
        factors = np.linalg.cholesky(mixture.covariances)
    except np.linalg.LinAlgError as error:
        raise ParameterError(problem) from error
    return _whole_tiles(np.linalg.inv(factors))


def has_full_matrices(mixture: GaussianMixture) -> bool:
    """Tell whether the kernels see whole whitening matrices, not diagonals."""
    return mixture.covariance in ("full", "tied")


def whole_matrices(seconds: NDArray[np.float64], d: int) -> NDArray[np.float64]:
    """Second moments (k, d, d) from what the kernels fill: lower triangles, or diagonals (k, d)."""
    if seconds.ndim == 2:
        return seconds[:, :, np.newaxis] * np.eye(d)
    lower = np.tril(seconds[:, :d, :d])
    return lower + np.tril(lower, -1).transpose(0, 2, 1)


def _whole_tiles(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill matrices (k, d, d) up with zeros to sides that are whole tiles."""
    k, d = matrices.shape[:2]
    side = d if d < TILE else -(-d // TILE) * TILE
    padded = np.zeros((k, side, side))
    padded[:, :d, :d] = matrices
    return padded
