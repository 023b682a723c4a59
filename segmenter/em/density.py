"""A mixture made ready to be evaluated at any samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.em.checks import NO_WEIGHTS
from segmenter.em.kernels import write_labels, write_log_densities, write_responsibilities
from segmenter.em.packing import pack
from segmenter.em.samples import rounded, standardize
from segmenter.em.whitening import LOG2_E
from segmenter.errors import ParameterError

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture


class DensityModel:
    """Densities, responsibilities and labels under a mixture, in chunks on all cores.

    Samples farther than 1e8 deviations of the whole mixture from its mean count as that far.

    Parameters
    ----------
    mixture : GaussianMixture
    """

    def __init__(self, mixture: GaussianMixture) -> None:
        center = mixture.weights @ mixture.means / mixture.weights.sum()
        variances = np.diagonal(mixture.covariances, axis1=1, axis2=2)
        spread = mixture.weights @ (variances + (mixture.means - center) ** 2)
        self._center, self._scale = rounded(center, 1 / np.sqrt(spread))
        self._n_columns = mixture.n_components + (mixture.noise is not None)
        self._packed = pack(mixture.standardized(self._center, self._scale))

    def log_density(self, array: NDArray[Any]) -> NDArray[np.float64]:
        """Natural log density of checked samples (n, d), shape (n,)."""
        result = np.empty(len(array), np.float32)
        self._run(write_log_densities, array, result)
        offset = float(np.log(self._scale).sum())
        density: NDArray[np.float64] = result.astype(np.float64) / LOG2_E + offset
        return density

    def responsibilities(
        self, array: NDArray[Any], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Responsibilities of checked samples (n, d), shape (n, k), and one of noise if it has."""
        shape = (len(array), self._n_columns)
        result = np.empty(shape, np.float32) if out is None else out
        if result.shape != shape or result.dtype != np.float32 or not result.flags.c_contiguous:
            raise ParameterError(f"Responsibilities need a C-contiguous float32 array {shape}.")
        self._run(write_responsibilities, array, result)
        return result

    def labels(self, array: NDArray[Any]) -> NDArray[np.int32]:
        """Index of the most probable component of checked samples (n, d), shape (n,)."""
        result = np.empty(len(array), np.int32)
        self._run(write_labels, array, result)
        return result

    def _run(self, kernel: Callable[..., None], array: NDArray[Any], result: NDArray[Any]) -> None:
        samples = standardize(array, NO_WEIGHTS, self._center, self._scale)
        packed = self._packed

        def fill(_number: int, start: int, stop: int) -> None:
            center, scale = samples.kernel_center, samples.kernel_scale
            kernel(samples.values, start, stop, center, scale, *packed, result)

        run_blocks(*for_chunks(len(array), fill))
