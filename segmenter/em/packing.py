"""A mixture in the form the kernels take."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.em.block_densities import BLOCK, MANY, PAIR, TILE
from segmenter.em.kernels import MOST_SUMS
from segmenter.em.lanes import LANES
from segmenter.em.whitening import LOG2_E, TO_POWERS_OF_TWO, write_scales, write_whitening
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture

_ZERO = np.float32(0)
_MOST_FEATURES = 5  # whose sums, besides what is added to them, fill the registers of AVX2
_FEWEST_LISTED_APART = 12  # features that are independent: of fewer all samples are soon done
_LISTED_PART = 3 / 8  # measured, as well as the number above
_FARTHEST_ROTATED = 30  # deviations: float32 loses a 1e7th of their square

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
Shapes = tuple[tuple[int], tuple[int, int], tuple[int, ...]]


class PackedMixture(NamedTuple):
    """Components as :mod:`segmenter.em.kernels` describes them; noise is the last of them."""

    means: NDArray[np.float32]
    whitening: NDArray[np.float32]
    constants: NDArray[np.float32]
    rotation: NDArray[np.float32] | None

    def shapes(self) -> Shapes:
        """Shapes of the counts, firsts and seconds of a chunk, which follow each other."""
        return _shapes(self.means.shape, self.whitening.ndim, self.rotation is not None)

    def new_sums(self, n_chunks: int) -> NDArray[np.float64]:
        """Zeros to add a log-likelihood and the moments of chunks to, each in a row of its own."""
        return np.zeros((n_chunks, 1 + sum(prod(shape) for shape in self.shapes())))

    def finished(
        self, means: NDArray[np.float64], sums: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Moments of the components about their means from what the kernels add up.

        Parameters
        ----------
        means : ndarray, shape (k, d)
            Without that of the noise, which has a count alone.
        sums : ndarray, shape (size,)
            Those of all chunks.

        Returns
        -------
        counts : ndarray, shape (k,), or (k + 1,) with noise
        firsts : ndarray, shape (k, d)
        seconds : ndarray
            Shape (k, d, d), (k, d) where features are independent; with a rotation (1, d, d), the
            sum over all components.
        """
        of_counts, of_firsts, of_seconds = self.shapes()
        start, end = 1 + of_counts[0], 1 + of_counts[0] + prod(of_firsts)
        k, d = means.shape
        counts, firsts = sums[1:start], sums[start:end].reshape(of_firsts)[:k, :d]
        firsts, seconds = self._about_means(
            means, counts[:k], firsts, sums[end:].reshape(of_seconds)[:k]
        )
        return counts, firsts, seconds

    def _about_means(
        self,
        means: NDArray[np.float64],
        counts: NDArray[np.float64],
        firsts: NDArray[np.float64],
        seconds: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        d = means.shape[1]
        if self.whitening.ndim == 3:
            return firsts, _symmetric(seconds, self.pairs())[:, :d, :d]
        if self.whitening.ndim == 2:
            return firsts, seconds[:, :d]
        weighted = counts[:, np.newaxis] * means
        if self.rotation is None:
            return firsts - weighted, seconds[:, np.newaxis] / np.full(d, d)
        back = np.linalg.inv(self.rotation.astype(np.float64))
        firsts = firsts @ back.T - weighted
        crossed = means.T @ (firsts + 0.5 * weighted)
        about_zero = back @ _symmetric(seconds, tiled_pairs(d))[:, :d, :d] @ back.T
        return firsts, about_zero - crossed - crossed.T

    def no_sums(self) -> tuple[np.float32, ...] | None:
        """Zeros for what is summed in one pass; see :func:`segmenter.em.kernels.accumulate`."""
        return _no_sums(self.means.shape[1], self.whitening.ndim)

    def most_listed(self) -> int | None:
        """Samples in the lists of a block up to which these are the faster way; None: never."""
        k, d = self.means.shape
        least = {1: None, 2: max(LANES, _FEWEST_LISTED_APART), 3: MANY}[self.whitening.ndim]
        return None if least is None or d < least else int(k * BLOCK * _LISTED_PART)

    def pairs(self) -> Pairs:
        """Rows and columns of the seconds of full covariances, in the order of their sums."""
        d = self.means.shape[1]
        return tiled_pairs(d) if self.no_sums() is None else _listed_pairs(d)


@cache
def _no_sums(d: int, n_dimensions: int) -> tuple[np.float32, ...] | None:
    if n_dimensions < 3:
        n_tiles = -(-d // _MOST_FEATURES)
        return (_ZERO,) * -(-d // n_tiles)
    n_moments = 1 + d + d * (d + 1) // 2
    return (_ZERO,) * n_moments if n_moments <= MOST_SUMS else None


@cache
def _shapes(of_means: tuple[int, int], n_dimensions: int, is_rotated: bool) -> Shapes:
    k, d = of_means
    no_sums = _no_sums(d, n_dimensions)
    tile = TILE if no_sums is None else len(no_sums) if n_dimensions < 3 else d
    side = -(-d // tile) * tile
    if is_rotated:
        return (k,), (k, side), (1, len(tiled_pairs(d)[0]))
    if n_dimensions < 3:
        return (k,), (k, side), (k, side)[:n_dimensions]
    pairs = tiled_pairs(d) if no_sums is None else _listed_pairs(d)
    return (k,), (k, side), (k, len(pairs[0]))


@cache
def _listed_pairs(d: int) -> Pairs:
    """Rows and columns of the second moments in the order in which they are summed in one pass."""
    return np.tril_indices(d)


@cache
def tiled_pairs(d: int) -> Pairs:
    """Rows and columns of the second moments in the order in which tiles are summed."""
    pairs = []
    for i in range(0, d, TILE):
        rows = range(i, i + TILE)
        pairs += [(row, j + s) for j in range(0, i, PAIR) for s in range(PAIR) for row in rows]
        pairs += [(row, column) for column in rows for row in range(column, i + TILE)]
    rows, columns = np.array(pairs).T
    return rows, columns


def _symmetric(seconds: NDArray[np.float64], pairs: Pairs) -> NDArray[np.float64]:
    """Matrices from the numbers (k, n_pairs) of their lower triangles."""
    rows, columns = pairs
    side = int(rows[-1]) + 1
    matrices = np.empty((len(seconds), side, side))
    matrices[:, rows, columns] = seconds
    matrices[:, columns, rows] = seconds
    return matrices


def pack(mixture: GaussianMixture) -> PackedMixture:
    """Prepare a standardized mixture for the kernels.

    Tied covariances are those of full ones where a rotation would not do: where components are so
    far away that their scatter is lost in the distances, or where noise takes a part of it.

    Raises
    ------
    ParameterError
        A covariance is not positive definite.
    """
    # Noise is a component without whitening: its density is the same everywhere.
    shape = len(mixture.means) + (mixture.noise is not None), mixture.n_features
    means, constants = np.zeros(shape, np.float32), np.empty(shape[0], np.float32)
    means[: len(mixture.means)] = mixture.means
    if mixture.noise is not None:
        constants[-1] = mixture.noise.log_density * LOG2_E
    is_independent = mixture.covariance in ("diagonal", "spherical")
    whitening = np.zeros(shape if is_independent else (*shape, shape[1]), np.float32)
    write = write_scales if is_independent else write_whitening
    covariances = mixture.covariances[:1] if mixture.covariance == "tied" else mixture.covariances
    if not write(mixture.weights, covariances, whitening, constants):
        raise ParameterError("A covariance of the mixture is not positive definite.")
    if mixture.covariance == "spherical" and (whitening == whitening[:, :1]).all():
        # Of spheres the square is multiplied, of others what is squared then.
        return PackedMixture(means, whitening[:, 0] ** 2, constants, None)
    if mixture.covariance == "tied" and mixture.noise is None:
        rotation = whitening[0] / np.float32(TO_POWERS_OF_TWO)
        rotated = mixture.means @ rotation.T.astype(np.float64)
        if np.abs(rotated).max() < _FARTHEST_ROTATED:
            spheres = np.full(shape[0], TO_POWERS_OF_TWO**2, np.float32)
            return PackedMixture(rotated.astype(np.float32), spheres, constants, rotation)
    return PackedMixture(means, whitening, constants, None)
