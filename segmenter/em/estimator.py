"""The mixture as an estimator with scikit-learn's conventions, for its pipelines and searches.

scikit-learn itself is not imported: only when it asks for its own tags or error classes, which
means that it is there.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_samples, relative_weights
from segmenter.em.fit import fit_mixture
from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.repetitions import collect_equal
from segmenter.em.start import PILOT_SIZE
from segmenter.em.tables import as_value_errors, check_names, checked_table, column_names

MOST_COLLECTED = PILOT_SIZE
"""Samples that are sorted and collected before a fit; of more, starts see a part alone."""

T = TypeVar("T")
RandomState = int | np.random.Generator | np.random.RandomState | None


class MixtureEstimator:
    """Gaussian mixture estimator for tables of numbers.

    Parameters
    ----------
    n_components, covariance, tolerance, max_iterations, n_moves, least_variance
        As for :func:`segmenter.em.fit.fit_mixture`.
    n_starts : int
        As there, but not 1: a small table has many optima, and a single start often ends in a poor
        one. Starts compete on at most 32,768 samples, or a few more, so that they take little time
        on a large table.
    random_state : int, numpy.random.Generator, numpy.random.RandomState or None
        Its seed, or what draws one for each fit and each sample. None is 0, so that whoever does
        not ask for chance gets the same mixture again.

    Attributes
    ----------
    mixture_ : GaussianMixture
    weights_, means_, covariances_ : ndarray
        Those of the mixture; covariances are always (k, d, d).
    lower_bound_ : float
        Mean log-likelihood per unit weight.
    n_iter_ : int
        Iterations on all samples. Starts come near the end on up to 32,768 of them before, which
        is not counted: it is often 1.
    converged_ : bool
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only if `fit` saw a table with names; other tables must have the same, in this order.
    """

    _estimator_type = "DensityEstimator"

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance: Covariance = "full",
        tolerance: float = 1e-4,
        max_iterations: int = 200,
        n_starts: int = 4,
        n_moves: int = 0,
        least_variance: float = 1e-8,
        random_state: RandomState = 0,
    ) -> None:
        self.n_components = n_components
        self.covariance = covariance
        self.tolerance = tolerance
        self.max_iterations = max_iterations
        self.n_starts = n_starts
        self.n_moves = n_moves
        self.least_variance = least_variance
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> MixtureEstimator:
        """Fit the mixture and return the estimator.

        Up to 32,768 samples are sorted, and equal ones collected: weights are then repetitions
        bit for bit, and the order of the samples does not count.

        Raises
        ------
        ValueError
            The samples, their weights or a parameter cannot be used.
        """
        array, names = checked_table(X), column_names(X)
        with as_value_errors():
            samples = array
            if len(array) <= MOST_COLLECTED:
                as_samples(array)  # what is wrong is said of the samples as they are given
                relative_weights(sample_weight, len(array))
                samples, sample_weight = collect_equal(array, sample_weight)
            fit = fit_mixture(
                samples,
                self.n_components,
                sample_weight=sample_weight,
                covariance=self.covariance,
                seed=_seed(self.random_state),
                tolerance=self.tolerance,
                max_iterations=self.max_iterations,
                n_starts=self.n_starts,
                n_moves=self.n_moves,
                least_variance=self.least_variance,
            )
        self.mixture_: GaussianMixture = fit.mixture
        self.weights_, self.means_ = fit.mixture.weights, fit.mixture.means
        self.covariances_ = fit.mixture.covariances
        self.lower_bound_, self.n_iter_ = fit.log_likelihood, fit.n_iterations
        self.converged_ = fit.converged
        self.n_features_in_ = array.shape[1]
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return self

    def fit_predict(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's
        y: object = None,
        sample_weight: ArrayLike | None = None,
    ) -> NDArray[np.int32]:
        """Fit, and label the same samples."""
        return self.fit(X, y, sample_weight).predict(X)

    def predict(self, X: ArrayLike) -> NDArray[np.int32]:  # noqa: N803 - scikit-learn's
        """Index of the most probable component of each sample, shape (n,)."""
        return self._answer(GaussianMixture.predict, X)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:  # noqa: N803 - scikit-learn's
        """Probability of each component given the sample, shape (n, k)."""
        return self._answer(GaussianMixture.responsibilities, X)

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's
        """Natural log density at each sample, shape (n,)."""
        return self._answer(GaussianMixture.log_density, X)

    def score(self, X: ArrayLike, y: object = None) -> float:  # noqa: ARG002, N803 - scikit-learn's
        """Mean log density of the samples."""
        return float(self.score_samples(X).mean())

    def bic(self, X: ArrayLike) -> float:  # noqa: N803 - scikit-learn's
        """Bayesian information criterion on the samples; smaller is better."""
        return self._answer(GaussianMixture.bic, X)

    def aic(self, X: ArrayLike) -> float:  # noqa: N803 - scikit-learn's
        """Akaike information criterion on the samples; smaller is better."""
        return self._answer(GaussianMixture.aic, X)

    def sample(self, n_samples: int = 1) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Draw samples, and the components that drew them."""
        return self._fitted().sample(n_samples, _seed(self.random_state))

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - nothing nested
        """Return the constructor's parameters."""
        return {name: getattr(self, name) for name in _parameter_names()}

    def set_params(self, **params: Any) -> MixtureEstimator:
        """Set parameters of the constructor, and return the estimator."""
        for name, value in params.items():
            if name not in _parameter_names():
                raise ValueError(f"{name!r} is no parameter of {type(self).__name__}.")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({shown})"

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags("density_estimator", TargetTags(required=False))

    def _answer(
        self, question: Callable[[GaussianMixture, NDArray[Any]], T], table: ArrayLike
    ) -> T:
        """Ask the fitted mixture about a table."""
        mixture, array = self._fitted(), self._table_like_fitted(table)
        with as_value_errors():
            return question(mixture, array)

    def _fitted(self) -> GaussianMixture:
        if not hasattr(self, "mixture_"):
            raise _not_fitted_error(
                f"This {type(self).__name__} is not fitted yet; call fit first."
            )
        return self.mixture_

    def _table_like_fitted(self, table: ArrayLike) -> NDArray[Any]:
        check_names(table, getattr(self, "feature_names_in_", None), type(self).__name__)
        array = checked_table(table)
        if array.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {array.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )
        return array


def _parameter_names() -> list[str]:
    return list(inspect.signature(MixtureEstimator).parameters)


def _seed(random_state: RandomState) -> int:
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(1 << 31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(1 << 31))
    return 0 if random_state is None else random_state


def _not_fitted_error(message: str) -> Exception:
    """Make an error of scikit-learn's own class where it is in use."""
    if "sklearn" in sys.modules:
        from sklearn.exceptions import NotFittedError

        return cast(Exception, NotFittedError(message))
    return ValueError(message)
