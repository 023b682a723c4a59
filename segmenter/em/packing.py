"""A mixture in the form the kernels take."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.em.block_densities import PAIR, TILE
from segmenter.em.kernels import MOST_SUMS
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture

LOG2_E = float(np.log2(np.e))
_IMPOSSIBLE = -1e30
_ZERO = np.float32(0)
_MOST_FEATURES = 5  # whose sums, besides what is added to them, fill the registers of AVX2


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
        """Zeros to add counts (k,), firsts (k, side) and seconds of chunks to."""
        k, d = self.means.shape
        no_sums = self.no_sums()
        if not self.has_matrices:
            side = _whole_tiles(d, len(no_sums or ()))
            seconds: tuple[int, ...] = (k, side)[: self.whitening.ndim]
        elif no_sums is None:
            side = _whole_tiles(d, TILE)
            seconds = (k, *tile_indices(d)[0].shape)
        else:
            side, seconds = d, (k, d, d)
        return tuple(np.zeros((n_chunks, *shape)) for shape in ((k,), (k, side), seconds))

    def finished(
        self, firsts: NDArray[np.float64], seconds: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Firsts (k, d) and seconds from what the kernels fill: (k, d, d), or diagonals (k, d)."""
        d = self.means.shape[1]
        firsts = firsts[:, :d]
        if not self.has_matrices:
            of_spheres = seconds.ndim == 1
            return firsts, np.outer(seconds, np.full(d, 1 / d)) if of_spheres else seconds[:, :d]
        if self.no_sums() is None:
            seconds = _from_tiles(seconds, d)
        lower = np.tril(seconds)
        whole = lower + np.tril(lower, -1).transpose(0, 2, 1)
        if self.rotation is None:
            return firsts, whole
        back = np.linalg.inv(self.rotation.astype(np.float64))
        return firsts @ back.T, back @ whole @ back.T

    def no_sums(self) -> tuple[np.float32, ...] | None:
        """Zeros for what is summed in one pass; see :func:`segmenter.em.kernels.accumulate`."""
        d = int(self.means.shape[1])
        if not self.has_matrices:
            n_tiles = -(-d // _MOST_FEATURES)
            return (_ZERO,) * -(-d // n_tiles)
        n_moments = 1 + d + d * (d + 1) // 2
        return (_ZERO,) * n_moments if n_moments <= MOST_SUMS else None


def _whole_tiles(d: int, tile: int) -> int:
    return -(-d // tile) * tile


@cache
def tile_indices(d: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the second moments in the order in which tiles are summed."""
    tiles = [(i, j) for i in range(0, d, TILE) for j in range(0, min(i + TILE, d), PAIR)]
    rows = [[i + r for _ in range(PAIR) for r in range(TILE)] for i, _ in tiles]
    columns = [[j + s for s in range(PAIR) for _ in range(TILE)] for _, j in tiles]
    return np.array(rows), np.array(columns)


def _from_tiles(seconds: NDArray[np.float64], d: int) -> NDArray[np.float64]:
    """Matrices (k, d, d), whose lower triangles are filled, from tiles (k, n_tiles, numbers)."""
    side = _whole_tiles(d, TILE)
    rows, columns = tile_indices(d)
    matrices = np.zeros((len(seconds), side, side))
    matrices[:, rows, columns] = seconds
    return matrices[:, :d, :d]


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
    if mixture.covariance == "spherical" and (whitening == whitening[:, :1]).all():
        whitening = whitening[:, 0]
    if mixture.covariance == "tied":
        rotation = whitening[0].astype(np.float32)
        means = means @ rotation.T.astype(np.float64)
        whitening = np.ones(len(means))
    if mixture.noise is not None:
        # A component without whitening has the same density everywhere.
        constants = np.append(constants, mixture.noise.log_density * LOG2_E)
        whitening = np.concatenate([whitening, np.zeros_like(whitening[:1])])
        means = np.vstack([means, np.zeros_like(means[:1])])
    # Of spheres the square is multiplied, of others what is squared then.
    whitening = np.sqrt(0.5 * LOG2_E) * whitening
    whitening = whitening**2 if whitening.ndim == 1 else whitening
    return PackedMixture(
        means.astype(np.float32),
        whitening.astype(np.float32),
        constants.astype(np.float32),
        rotation,
    )


def _whitening(mixture: GaussianMixture) -> NDArray[np.float64]:
    """Inverse Cholesky factors (k, d, d), only one if tied, or inverse deviations (k, d)."""
    problem = "A covariance of the mixture is not positive definite."
    if mixture.covariance in ("diagonal", "spherical"):
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        if not variances.min() > 0:
            raise ParameterError(problem)
        inverses: NDArray[np.float64] = 1 / np.sqrt(variances)
        return inverses
    n_different = 1 if mixture.covariance == "tied" else mixture.n_components
    try:
        factors = np.linalg.cholesky(mixture.covariances[:n_different])
    except np.linalg.LinAlgError as error:
        raise ParameterError(problem) from error
    whitening: NDArray[np.float64] = np.linalg.inv(factors)
    return whitening
