"""A mixture in the form the kernels take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.em.block_densities import TILE
from segmenter.em.kernels import MOST_SUMS
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
    rotation: NDArray[np.float32] | None

    @property
    def has_matrices(self) -> bool:
        """Whether second moments are whole matrices, not diagonals."""
        return self.whitening.ndim == 3 or self.rotation is not None

    def new_moments(self, n_chunks: int) -> tuple[NDArray[np.float64], ...]:
        """Zeros to add counts, firsts and seconds of chunks to."""
        k, d = self.means.shape
        side = -(-d // TILE) * TILE
        shape = (k, side, side) if self.has_matrices else (k, d)
        return np.zeros((n_chunks, k)), np.zeros((n_chunks, k, d)), np.zeros((n_chunks, *shape))

    def finished(
        self, firsts: NDArray[np.float64], seconds: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Firsts (k, d) and whole matrices of seconds (k, d, d) from what the kernels fill."""
        d = firsts.shape[1]
        if not self.has_matrices:
            return firsts, seconds[:, :, np.newaxis] * np.eye(d)
        lower = np.tril(seconds[:, :d, :d])
        whole = lower + np.tril(lower, -1).transpose(0, 2, 1)
        if self.rotation is None:
            return firsts, whole
        back = np.linalg.inv(self.rotation.astype(np.float64))
        return firsts @ back.T, back @ whole @ back.T

    def no_sums(self) -> tuple[np.float32, ...] | None:
        """Zeros for the moments of a component, if they are few enough to be summed in one pass."""
        d = self.means.shape[1]
        n_moments = 1 + d + d * (d + 1) // 2
        are_few = self.has_matrices and n_moments <= MOST_SUMS
        return (np.float32(0),) * n_moments if are_few else None


def pack(mixture: GaussianMixture) -> PackedMixture:
    """Prepare a standardized mixture for the kernels.

    Raises
    ------
    ParameterError
        A covariance is not positive definite.
    """
    whitening, rotation = _whitening(mixture), None
    scales = whitening if whitening.ndim == 2 else np.diagonal(whitening, axis1=1, axis2=2)
    log2_weights = np.log2(np.maximum(mixture.weights, np.finfo(float).tiny))
    constants = log2_weights + np.log2(scales).sum(axis=1)
    constants -= 0.5 * mixture.n_features * np.log2(2 * np.pi)
    constants[mixture.weights <= 0] = _IMPOSSIBLE
    means = mixture.means
    if mixture.covariance == "tied":
        rotation = whitening[0].astype(np.float32)
        means = means @ rotation.T.astype(np.float64)
        whitening = np.ones_like(means)
    if mixture.noise is not None:
        # A component without whitening has the same density everywhere.
        constants = np.append(constants, mixture.noise.log_density * LOG2_E)
        whitening = np.concatenate([whitening, np.zeros_like(whitening[:1])])
        means = np.vstack([means, np.zeros_like(means[:1])])
    return PackedMixture(
        means.astype(np.float32),
        (whitening * np.sqrt(0.5 * LOG2_E)).astype(np.float32),
        constants.astype(np.float32),
        rotation,
    )


def _whitening(mixture: GaussianMixture) -> NDArray[np.float64]:
    """Inverse Cholesky factors (k, d, d), or inverse deviations (k, d)."""
    problem = "A covariance of the mixture is not positive definite."
    if mixture.covariance in ("diagonal", "spherical"):
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        if not variances.min() > 0:
            raise ParameterError(problem)
        inverses: NDArray[np.float64] = 1 / np.sqrt(variances)
        return inverses
    try:
        factors = np.linalg.cholesky(mixture.covariances)
    except np.linalg.LinAlgError as error:
        raise ParameterError(problem) from error
    whitening: NDArray[np.float64] = np.linalg.inv(factors)
    return whitening
