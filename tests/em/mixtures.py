"""Mixtures and samples that several tests use."""

from __future__ import annotations

import numpy as np

from segmenter.em.mixture import COVARIANCES, GaussianMixture


class DataFrame:
    """What a data frame of pandas is to those who do not import it."""

    def __init__(self, values, columns=None):
        self.values = np.asarray(values)
        self.shape = self.values.shape
        self.columns = range(self.shape[1]) if columns is None else list(columns)
        self.iloc = None

    def __len__(self):
        return len(self.values)

    def __getitem__(self, column):
        return self.values[:, self.columns.index(column)]

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype or self.values.dtype)

    def to_numpy(self):
        return self.values


SKLEARN_TYPES = dict(zip(COVARIANCES, ("full", "tied", "diag", "spherical"), strict=True))


def random_mixture(k, d, covariance="full", seed=0, apart=4.0):
    random = np.random.default_rng(seed)
    roots = random.standard_normal((k, d, d)) / np.sqrt(d) + np.eye(d)
    covariances = roots @ roots.transpose(0, 2, 1)
    if covariance == "tied":
        covariances[:] = covariances[0]
    if covariance == "diagonal":
        covariances = covariances * np.eye(d)
    if covariance == "spherical":
        covariances = np.einsum("k,ij->kij", random.uniform(0.5, 2, k), np.eye(d))
    weights = random.uniform(0.5, 1.5, k)
    means = apart * random.standard_normal((k, d))
    return GaussianMixture(weights / weights.sum(), means, covariances, covariance)


def exact_log_densities(mixture, samples):
    """Log of weight times density of each component, (n, k), in float64 by the textbook formula."""
    columns = []
    for weight, mean, covariance in zip(
        mixture.weights, mixture.means, mixture.covariances, strict=True
    ):
        apart = samples - mean
        distance = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(covariance), apart)
        volume = np.linalg.slogdet(2 * np.pi * covariance)[1]
        columns.append(np.log(weight) - 0.5 * (distance + volume))
    return np.stack(columns, axis=1)


def sklearn_precisions(mixture):
    """The mixture's covariances as scikit-learn's `precisions_init` wants them."""
    precisions = np.linalg.inv(mixture.covariances)
    return {
        "full": precisions,
        "tied": precisions[0],
        "diagonal": np.diagonal(precisions, axis1=1, axis2=2),
        "spherical": precisions[:, 0, 0],
    }[mixture.covariance]


def plateau(number):
    """Samples of overlapping components and a poor start: EM is slow, or rests on a plateau."""
    random = np.random.default_rng(1000 + number)
    d, k = int(random.integers(1, 4)), int(random.integers(2, 5))
    covariance = COVARIANCES[number % 4]
    truth = random_mixture(k, d, covariance, seed=1000 + number, apart=random.uniform(1, 2.5))
    samples = truth.sample(600, seed=number)[0]
    means = samples[random.choice(600, k, replace=False)]
    variances = samples.var(axis=0)
    spread = np.diag(variances) if covariance != "spherical" else np.eye(d) * variances.mean()
    return samples, GaussianMixture(np.full(k, 1 / k), means, np.stack([spread] * k), covariance)
