"""The Gaussian mixture as a value: what a fit returns, and all that can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_samples
from segmenter.em.density import DensityModel
from segmenter.errors import ParameterError

Covariance = Literal["full", "tied", "diagonal", "spherical"]
COVARIANCES: tuple[Covariance, ...] = ("full", "tied", "diagonal", "spherical")


@dataclass(frozen=True, eq=False)
class Noise:
    """A uniform background, for samples that belong to no component (Banfield & Raftery, 1993).

    Attributes
    ----------
    weight : float
        Its share, 0 to 1.
    lowest, highest : ndarray of float64, shape (d,)
        Corners of the box it fills. Beyond the box its density is taken to be the same.
    """

    weight: float
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("lowest", "highest"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))

    def __reduce__(self) -> tuple[type[Noise], tuple[Any, ...]]:
        """Be copied and unpickled by the constructor: arrays come to it that can be written."""
        return Noise, (self.weight, self.lowest, self.highest)

    @property
    def log_density(self) -> float:
        """Natural logarithm of weight times density."""
        volume = np.log(self.highest - self.lowest).sum()
        return float(np.log(max(self.weight, np.finfo(float).tiny)) - volume)


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """A weighted sum of Gaussians.

    Attributes
    ----------
    weights : ndarray of float64, shape (k,)
        Share of each component; with that of the noise they sum to 1.
    means : ndarray of float64, shape (k, d)
        Centers, in the units of the samples.
    covariances : ndarray of float64, shape (k, d, d)
        Always whole symmetric matrices, whatever the type.
    covariance : {"full", "tied", "diagonal", "spherical"}
        What the covariances were allowed to be; it decides `n_parameters`.
    noise : Noise or None
        A background besides the components. It has a last column of its own in the
        responsibilities, and `n_components` as its label.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    covariance: Covariance = "full"
    noise: Noise | None = None

    def __post_init__(self) -> None:
        for name in ("weights", "means", "covariances"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        k, d = self.means.shape
        if self.weights.shape != (k,) or self.covariances.shape != (k, d, d):
            raise ParameterError(
                "A mixture of k components and d features needs weights (k,), means (k, d) and "
                "covariances (k, d, d)."
            )

    def __reduce__(self) -> tuple[type[GaussianMixture], tuple[Any, ...]]:
        """Be copied and unpickled by the constructor: arrays come to it that can be written."""
        parts = self.weights, self.means, self.covariances, self.covariance, self.noise
        return GaussianMixture, parts

    @property
    def n_components(self) -> int:
        """Number of Gaussians, k."""
        return int(self.means.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features of a sample, d."""
        return int(self.means.shape[1])

    @property
    def n_parameters(self) -> int:
        """Free parameters: weights, means, and the covariances of the mixture's type."""
        n_noise = 0 if self.noise is None else 1
        k, d = self.n_components, self.n_features
        full = d * (d + 1) // 2
        of_covariances = {"full": k * full, "tied": full, "diagonal": k * d, "spherical": k}
        return n_noise + k - 1 + k * d + of_covariances[self.covariance]

    def log_density(self, samples: ArrayLike) -> NDArray[np.float64]:
        """Natural logarithm of the density at each sample, shape (n,).

        Parameters
        ----------
        samples : array_like, shape (n, d)

        Raises
        ------
        SamplesError
            The samples are not finite or have another number of features.
        """
        return DensityModel(self).log_density(as_samples(samples, self.n_features))

    def responsibilities(
        self, samples: ArrayLike, out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Probability of each component given the sample, shape (n, k); rows sum to 1.

        Parameters
        ----------
        samples : array_like, shape (n, d)
        out : ndarray of float32, shape (n, k), C-contiguous, optional
            Where to write them, instead of new memory.

        Returns
        -------
        ndarray of float32, shape (n, k)
            With noise there is one more column, the last.

        Raises
        ------
        SamplesError
            The samples are not finite or have another number of features.
        ParameterError
            `out` is not of this kind.
        """
        return DensityModel(self).responsibilities(as_samples(samples, self.n_features), out)

    def predict(self, samples: ArrayLike) -> NDArray[np.int32]:
        """Index of the most probable component of each sample, shape (n,); the first of equals."""
        return DensityModel(self).labels(as_samples(samples, self.n_features))

    def bic(
        self, samples: ArrayLike, sample_weight: ArrayLike | None = None, size: float | None = None
    ) -> float:
        """Bayesian information criterion (Schwarz, 1978); smaller is better.

        Parameters
        ----------
        samples : array_like, shape (n, d)
        sample_weight : array_like, shape (n,), optional
        size : float, optional
            How many independent samples these are worth, instead of their total weight.
        """
        deviance, size = self._deviance(samples, sample_weight, size)
        return deviance + self.n_parameters * float(np.log(size))

    def aic(
        self, samples: ArrayLike, sample_weight: ArrayLike | None = None, size: float | None = None
    ) -> float:
        """Akaike information criterion (Akaike, 1974), with the parameters of :meth:`bic`."""
        return self._deviance(samples, sample_weight, size)[0] + 2 * self.n_parameters

    def _deviance(
        self, samples: ArrayLike, sample_weight: ArrayLike | None, size: float | None
    ) -> tuple[float, float]:
        log_density = self.log_density(samples)
        weights = None if sample_weight is None else np.asarray(sample_weight, np.float64)
        total = float(len(log_density) if weights is None else weights.sum())
        size = total if size is None else size
        return -2 * size * float(np.average(log_density, weights=weights)), size

    def sample(self, n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Draw samples from the mixture.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            The same seed draws the same samples.

        Returns
        -------
        samples : ndarray of float64, shape (n, d)
        components : ndarray of int, shape (n,)
            Which component drew each of them.
        """
        random = np.random.default_rng(seed)
        weights = self.weights if self.noise is None else [*self.weights, self.noise.weight]
        weights = np.asarray(weights) / np.sum(weights)
        components = random.choice(len(weights), size=n, p=weights)
        samples = random.standard_normal((n, self.n_features))
        for index in range(self.n_components):
            values, axes = np.linalg.eigh(self.covariances[index])
            root = axes * np.sqrt(np.maximum(values, 0))
            chosen = components == index
            samples[chosen] = self.means[index] + samples[chosen] @ root.T
        if self.noise is not None:
            chosen = components == self.n_components
            size = (int(chosen.sum()), self.n_features)
            samples[chosen] = random.uniform(self.noise.lowest, self.noise.highest, size)
        return samples, components

    def with_order(self, order: Sequence[int] | NDArray[Any]) -> GaussianMixture:
        """Return the same mixture with its components in another order.

        Parameters
        ----------
        order : sequence of int
            ``order[i]`` is the present index of the component that becomes the i-th.

        Raises
        ------
        ParameterError
            `order` is not a permutation of the components.
        """
        indices = np.asarray(order, dtype=np.intp)
        if sorted(indices.tolist()) != list(range(self.n_components)):
            raise ParameterError("The order must name each component once.")
        return replace(
            self,
            weights=self.weights[indices],
            means=self.means[indices],
            covariances=self.covariances[indices],
        )

    def with_components(self, kept: NDArray[np.bool_]) -> GaussianMixture:
        """Return the mixture of some of the components alone, the weight of the rest shared out.

        Parameters
        ----------
        kept : ndarray of bool, shape (k,)
        """
        if kept.all():
            return self
        weights = self.weights[kept]
        return replace(
            self,
            weights=weights * (self.weights.sum() / weights.sum()),
            means=self.means[kept],
            covariances=self.covariances[kept],
        )

    def marginal(self, features: int | Sequence[int]) -> GaussianMixture:
        """Return the mixture of some of the features alone, the others integrated out.

        Parameters
        ----------
        features : int or sequence of int
            Indices of the features to keep, in their new order.

        Raises
        ------
        ParameterError
            They are none, no features of the mixture, or the same twice.
        """
        kept = np.atleast_1d(features).tolist()
        if not kept or len({*kept}) < len(kept) or not {*kept} <= {*range(self.n_features)}:
            raise ParameterError(
                f"Features to keep are different numbers from 0 to {self.n_features - 1}, not "
                f"{features!r}."
            )
        noise = self.noise and Noise(
            self.noise.weight, self.noise.lowest[kept], self.noise.highest[kept]
        )
        return replace(
            self,
            means=self.means[:, kept],
            covariances=self.covariances[:, kept][:, :, kept],
            noise=noise,
        )

    def standardized(
        self, center: NDArray[np.float64], scale: NDArray[np.float64]
    ) -> GaussianMixture:
        """Return the mixture of ``(samples - center) * scale``."""
        noise = self.noise and Noise(
            self.noise.weight,
            (self.noise.lowest - center) * scale,
            (self.noise.highest - center) * scale,
        )
        return replace(
            self,
            means=(self.means - center) * scale,
            covariances=self.covariances * np.multiply.outer(scale, scale),
            noise=noise,
        )

    def unstandardized(
        self, center: NDArray[np.float64], scale: NDArray[np.float64]
    ) -> GaussianMixture:
        """Undo :meth:`standardized`."""
        return self.standardized(-center * scale, 1 / scale)


def _frozen(numbers: ArrayLike) -> NDArray[np.float64]:
    """Return a C-contiguous float64 array that nobody can write: a copy, unless it is one.

    It lies in a bytes object: of an array that is only locked, an older view could be written.
    """
    if isinstance(numbers, np.ndarray) and _is_frozen(numbers):
        return numbers
    array = np.asarray(numbers, np.float64)
    return np.ndarray(array.shape, np.float64, array.tobytes())


def _is_frozen(array: NDArray[Any]) -> bool:
    base: object = array.base
    return isinstance(base, bytes) and array.dtype == np.float64 and array.flags.c_contiguous
