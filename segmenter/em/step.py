"""One pass over the samples: densities of a mixture, and the moments its next iteration needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks, run_blocks_steps
from segmenter.em.kernels import (
    MOST_SUMS,
    TILE,
    accumulate,
    sum_entropies,
    write_labels,
    write_log_densities,
    write_responsibilities,
)
from segmenter.em.samples import Samples, for_chunks, standardize
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.work import Work

_LOG2_E = float(np.log2(np.e))
_NO_WEIGHTS = np.empty(0, np.float32)
_IMPOSSIBLE = -1e30


@dataclass(frozen=True, eq=False)
class Moments:
    """What an M step needs to know about the samples.

    Attributes
    ----------
    log_likelihood : float
        Mean per unit weight of the standardized samples, natural logarithm.
    counts : ndarray, shape (k,)
        Weight that each component is responsible for.
    firsts : ndarray, shape (k, d)
        Weighted sums of the samples minus the component's mean.
    seconds : ndarray, shape (k, d, d)
        Weighted sums of their outer products; only diagonals for diagonal covariances.
    """

    log_likelihood: float
    counts: NDArray[np.float64]
    firsts: NDArray[np.float64]
    seconds: NDArray[np.float64]


class PackedMixture(NamedTuple):
    """A standardized mixture in the form the kernels take."""

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
    try:
        factors = np.linalg.cholesky(mixture.covariances)
    except np.linalg.LinAlgError as error:
        raise ParameterError("A covariance of the mixture is not positive definite.") from error
    whitening = np.linalg.inv(factors)
    scales = np.diagonal(whitening, axis1=1, axis2=2)
    log2_weights = np.log2(np.maximum(mixture.weights, np.finfo(float).tiny))
    constants = log2_weights + np.log2(scales).sum(axis=1)
    constants -= 0.5 * mixture.n_features * np.log2(2 * np.pi)
    constants[mixture.weights <= 0] = _IMPOSSIBLE
    whitening = _whole_tiles(whitening) if _is_full(mixture) else scales
    return PackedMixture(
        mixture.means.astype(np.float32),
        (whitening * np.sqrt(0.5 * _LOG2_E)).astype(np.float32),
        constants.astype(np.float32),
    )


def accumulate_steps(
    samples: Samples, mixture: GaussianMixture, message: str = "Fitting the mixture"
) -> Work[Moments]:
    """Compute the moments of standardized samples under a standardized mixture."""
    packed = pack(mixture)
    k, d = mixture.means.shape
    n_moments = 1 + d + d * (d + 1) // 2
    are_few = _is_full(mixture) and n_moments <= MOST_SUMS
    no_sums = (np.float32(0),) * n_moments if are_few else None

    def add_chunk(number: int, start: int, stop: int) -> None:
        log_likelihoods[number] = accumulate(
            samples.values,
            samples.weights,
            start,
            stop,
            samples.kernel_center,
            samples.kernel_scale,
            *packed,
            no_sums,
            counts[number],
            firsts[number],
            seconds[number],
        )

    run_chunk, n_chunks = for_chunks(len(samples), add_chunk)
    log_likelihoods = np.zeros(n_chunks)
    counts = np.zeros((n_chunks, k))
    firsts = np.zeros((n_chunks, k, d))
    seconds = np.zeros((n_chunks, *packed.whitening.shape))
    yield from run_blocks_steps(run_chunk, n_chunks, message)
    log_likelihood = float(log_likelihoods.sum()) / samples.total_weight / _LOG2_E
    second = _whole_matrices(seconds.sum(axis=0), d)
    return Moments(log_likelihood, counts.sum(axis=0), firsts.sum(axis=0), second)


def mean_entropy_steps(samples: Samples, mixture: GaussianMixture) -> Work[float]:
    """Mean entropy, in nats, of the responsibilities of a standardized mixture."""
    packed = pack(mixture)

    def add_chunk(number: int, start: int, stop: int) -> None:
        center, scale = samples.kernel_center, samples.kernel_scale
        entropies[number] = sum_entropies(
            samples.values, samples.weights, start, stop, center, scale, *packed
        )

    run_chunk, n_chunks = for_chunks(len(samples), add_chunk)
    entropies = np.zeros(n_chunks)
    yield from run_blocks_steps(run_chunk, n_chunks, "Comparing mixtures")
    return float(entropies.sum()) / samples.total_weight / _LOG2_E


def _is_full(mixture: GaussianMixture) -> bool:
    return mixture.covariance in ("full", "tied")


def _whole_tiles(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill matrices (k, d, d) up with zeros to sides that are whole tiles."""
    k, d = matrices.shape[:2]
    side = d if d < TILE else -(-d // TILE) * TILE
    padded = np.zeros((k, side, side))
    padded[:, :d, :d] = matrices
    return padded


def _whole_matrices(seconds: NDArray[np.float64], d: int) -> NDArray[np.float64]:
    """Second moments (k, d, d) from what the kernels fill: lower triangles, or diagonals (k, d)."""
    if seconds.ndim == 2:
        return seconds[:, :, np.newaxis] * np.eye(d)
    lower = np.tril(seconds[:, :d, :d])
    return lower + np.tril(lower, -1).transpose(0, 2, 1)


class DensityModel:
    """A mixture made ready to be evaluated at any samples, in chunks on all cores.

    Parameters
    ----------
    mixture : GaussianMixture
    """

    def __init__(self, mixture: GaussianMixture) -> None:
        center = mixture.weights @ mixture.means
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        spread = mixture.weights @ (variances + (mixture.means - center) ** 2)
        self._center = center.astype(np.float32).astype(np.float64)
        self._scale = (1 / np.sqrt(spread)).astype(np.float32).astype(np.float64)
        self._n_components = mixture.n_components
        self._packed = pack(mixture.standardized(self._center, self._scale))

    def log_density(self, array: NDArray[Any]) -> NDArray[np.float64]:
        """Natural log density of checked samples (n, d), shape (n,)."""
        result = np.empty(len(array), np.float32)
        self._run(write_log_densities, array, result)
        offset = float(np.log(self._scale).sum())
        density: NDArray[np.float64] = result.astype(np.float64) / _LOG2_E + offset
        return density

    def responsibilities(self, array: NDArray[Any]) -> NDArray[np.float32]:
        """Responsibilities of checked samples (n, d), shape (n, k)."""
        result = np.empty((len(array), self._n_components), np.float32)
        self._run(write_responsibilities, array, result)
        return result

    def labels(self, array: NDArray[Any]) -> NDArray[np.int32]:
        """Index of the most probable component of checked samples (n, d), shape (n,)."""
        result = np.empty(len(array), np.int32)
        self._run(write_labels, array, result)
        return result

    def _run(self, kernel: Callable[..., None], array: NDArray[Any], result: NDArray[Any]) -> None:
        samples = standardize(array, _NO_WEIGHTS, self._center, self._scale)
        packed = self._packed

        def fill(_number: int, start: int, stop: int) -> None:
            kernel(
                samples.values,
                start,
                stop,
                samples.kernel_center,
                samples.kernel_scale,
                *packed,
                result,
            )

        run_blocks(*for_chunks(len(array), fill))
