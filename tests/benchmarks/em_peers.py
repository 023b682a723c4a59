"""One iteration of EM from a given mixture, in scikit-learn, OpenCV and pomegranate."""

from __future__ import annotations

import time
import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture as SklearnMixture

from segmenter.em.mixture import GaussianMixture

SKLEARN_TYPES = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}


class SklearnSteps:
    """scikit-learn's own E and M steps, without its start and its checks."""

    def __init__(self, mixture: GaussianMixture) -> None:
        kind = mixture.covariance
        precisions = np.linalg.inv(mixture.covariances)
        shaped = {
            "full": precisions,
            "tied": precisions[0],
            "diagonal": np.diagonal(precisions, axis1=1, axis2=2),
            "spherical": precisions[:, 0, 0],
        }[kind]
        self.model = SklearnMixture(
            mixture.n_components,
            covariance_type=SKLEARN_TYPES[kind],
            weights_init=mixture.weights,
            means_init=mixture.means,
            precisions_init=shaped,
            max_iter=1,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            few, _ = mixture.sample(50 * mixture.n_components + 200, seed=0)
            self.model.fit(few)
        self.model._initialize(few, None)

    def step(self, samples: NDArray[np.float32]) -> float:
        """Do one iteration and return the mean log-likelihood before it."""
        log_likelihood, log_shares = self.model._e_step(samples)
        self.model._m_step(samples, log_shares)
        return float(log_likelihood)


def opencv_seconds(samples: NDArray[np.float32], mixture: GaussianMixture) -> float | None:
    """Seconds of OpenCV's EM an iteration, or None where its `ml` module is missing."""
    import cv2

    if not hasattr(cv2, "ml"):
        return None

    shares = mixture.responsibilities(samples)

    def run(n_iterations: int) -> float:
        model = cv2.ml.EM.create()
        model.setClustersNumber(mixture.n_components)
        model.setCovarianceMatrixType(cv2.ml.EM_COV_MAT_GENERIC)
        model.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, n_iterations, 0))
        start = time.perf_counter()
        model.trainM(samples, shares)
        return time.perf_counter() - start

    return run(3) - run(2)


def pomegranate_seconds(samples: NDArray[np.float32], mixture: GaussianMixture) -> float | None:
    """Seconds of pomegranate's EM an iteration, or None where it is not installed."""
    try:
        import torch
        from pomegranate.distributions import Normal
        from pomegranate.gmm import GeneralMixtureModel
    except ImportError:
        return None
    normals = [
        Normal(mean.astype(np.float32), covariance.astype(np.float32))
        for mean, covariance in zip(mixture.means, mixture.covariances, strict=True)
    ]
    model = GeneralMixtureModel(normals, priors=mixture.weights.astype(np.float32))
    tensor = torch.from_numpy(samples)
    start = time.perf_counter()
    model.summarize(tensor)
    model.from_summaries()
    return time.perf_counter() - start
