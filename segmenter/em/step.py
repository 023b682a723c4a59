"""One pass over the samples: densities of a mixture, and the moments its next iteration needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks, run_blocks_steps
from segmenter.em.kernels import Kernels, kernels, padded_features
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


@dataclass(frozen=True, eq=False)
class PackedMixture:
    """A standardized mixture in the form the kernels take."""

    means: NDArray[np.float32]
    whitening: NDArray[np.float32]
    constants: NDArray[np.float32]
    kernels: Kernels


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
    log2_volume = np.log2(np.diagonal(whitening, axis1=1, axis2=2)).sum(axis=1)
    log2_weights = np.log2(np.maximum(mixture.weights, np.finfo(float).tiny))
    constants = log2_weights + log2_volume - 0.5 * mixture.n_features * np.log2(2 * np.pi)
    constants[mixture.weights <= 0] = _IMPOSSIBLE
    is_full = mixture.covariance in ("full", "tied")
    return PackedMixture(
        mixture.means.astype(np.float32),
        (whitening * np.sqrt(0.5 * _LOG2_E)).astype(np.float32),
        constants.astype(np.float32),
        kernels(mixture.n_features, "full" if is_full else "diagonal"),
    )


def accumulate_steps(samples: Samples, mixture: GaussianMixture) -> Work[Moments]:
    """Compute the moments of standardized samples under a standardized mixture."""
    packed = pack(mixture)
    k, d = mixture.means.shape
    padded = padded_features(d) if mixture.covariance in ("full", "tied") else d

    def add_chunk(number: int, start: int, stop: int) -> None:
        log_likelihoods[number] = packed.kernels.accumulate(
            samples.values,
            samples.weights,
            start,
            stop,
            samples.kernel_center,
            samples.kernel_scale,
            packed.means,
            packed.whitening,
            packed.constants,
            counts[number],
            firsts[number],
            seconds[number],
        )

    run_chunk, n_chunks = for_chunks(len(samples), add_chunk)
    log_likelihoods = np.zeros(n_chunks)
    counts = np.zeros((n_chunks, k))
    firsts = np.zeros((n_chunks, k, d))
    seconds = np.zeros((n_chunks, k, padded, padded))
    yield from run_blocks_steps(run_chunk, n_chunks, "Fitting the mixture")
    lower = seconds.sum(axis=0)[:, :d, :d]
    symmetric = np.tril(lower) + np.tril(lower, -1).transpose(0, 2, 1)
    log_likelihood = float(log_likelihoods.sum()) / samples.total_weight / _LOG2_E
    return Moments(log_likelihood, counts.sum(axis=0), firsts.sum(axis=0), symmetric)


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
        self._run(self._packed.kernels.log_density, array, result)
        return result.astype(np.float64) / _LOG2_E + np.log(self._scale).sum()

    def responsibilities(self, array: NDArray[Any]) -> NDArray[np.float32]:
        """Responsibilities of checked samples (n, d), shape (n, k)."""
        result = np.empty((len(array), self._n_components), np.float32)
        self._run(self._packed.kernels.responsibilities, array, result)
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
                packed.means,
                packed.whitening,
                packed.constants,
                result,
            )

        run_blocks(*for_chunks(len(array), fill))
