"""How good the optima are that the estimator finds in small tables, beside scikit-learn's.

    python -m tests.benchmarks.em_tables               # four starts, the default
    python -m tests.benchmarks.em_tables --starts 1 4 8

Of each table and type of covariance every seed of scikit-learn gives a log-likelihood, at the same
tolerance. Of ours is counted how many are below the median of theirs, and below all of them.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture as SklearnMixture
from sklearn.preprocessing import scale

from segmenter.em.estimator import MixtureEstimator
from segmenter.em.mixture import COVARIANCES

SKLEARN_TYPES = dict(zip(COVARIANCES, ("full", "tied", "diag", "spherical"), strict=True))
N_SEEDS = 5
MARGIN = 0.002  # nats a sample: less is where a tolerance ended


def tables(seed: int) -> Iterator[tuple[str, NDArray[np.float64], int]]:
    """Tables with the number of components to fit."""
    random = np.random.default_rng(seed)
    yield "iris", load_iris().data, 3
    yield "wine", scale(load_wine().data), 3
    yield "cancer", PCA(5).fit_transform(scale(load_breast_cancer().data)), 3
    yield "digits", PCA(8).fit_transform(load_digits().data), 10
    geyser = np.vstack([random.normal((2, 54), (0.3, 6), (98, 2)),
                        random.normal((4.3, 80), (0.4, 6), (174, 2))])  # fmt: skip
    yield "geyser", geyser, 2
    yield "blobs", blobs(random, 6, 3, 2000)[0], 6
    centers, noise = blobs(random, 5, 4, 3000)
    yield "skewed", centers + np.expm1(0.6 * noise), 5


def blobs(random: np.random.Generator, k: int, d: int, n: int) -> NDArray[np.float64]:
    """Samples around centers, and the noise that is in them, shape (2, n, d)."""
    centers = random.normal(scale=3, size=(k, d))
    noise = random.standard_normal((n, d))
    return np.stack([centers[random.integers(k, size=n)] + noise, noise])


def their_scores(table: NDArray[np.float64], k: int, kind: str, tolerance: float) -> list[float]:
    models = [
        SklearnMixture(k, covariance_type=kind, tol=tolerance, max_iter=5000, random_state=seed)
        for seed in range(N_SEEDS)
    ]
    return [float(model.fit(table).score(table)) for model in models]


def our_scores(
    table: NDArray[np.float64], k: int, kind: str, tolerance: float, n_starts: int
) -> list[float]:
    models = [
        MixtureEstimator(
            k,
            covariance=kind,
            tolerance=tolerance,
            max_iterations=5000,
            n_starts=n_starts,
            random_state=seed,
        )
        for seed in range(N_SEEDS)
    ]
    return [model.fit(table).score(table) for model in models]


def report(options: argparse.Namespace) -> None:
    low, lowest = (dict.fromkeys(options.starts, 0) for _ in range(2))
    seconds = dict.fromkeys([*options.starts, "theirs"], 0.0)
    for name, table, k in tables(options.seed):
        for kind, theirs_is in SKLEARN_TYPES.items():
            began = time.perf_counter()
            theirs = their_scores(table, k, theirs_is, options.tolerance)
            seconds["theirs"] += time.perf_counter() - began
            line = f"{name:7}{kind:10}{min(theirs):8.3f} to {max(theirs):8.3f}"
            for n_starts in options.starts:
                began = time.perf_counter()
                ours = np.array(our_scores(table, k, kind, options.tolerance, n_starts))
                seconds[n_starts] += time.perf_counter() - began
                low[n_starts] += np.count_nonzero(ours < np.median(theirs) - MARGIN)
                lowest[n_starts] += np.count_nonzero(ours < min(theirs) - MARGIN)
                line += f"  | {ours.min():8.3f} to {ours.max():8.3f}"
            print(line, flush=True)
    n_fits = 7 * len(SKLEARN_TYPES) * N_SEEDS
    print(f"{n_fits} fits each; scikit-learn {seconds['theirs']:.1f} s")
    for n_starts in options.starts:
        print(
            f"{n_starts} starts: {low[n_starts]} below its median, {lowest[n_starts]} below all "
            f"its seeds, {seconds[n_starts]:.1f} s"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, nargs="+", default=[4])
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)
    warnings.simplefilter("ignore")  # scikit-learn says which fits have not converged
    report(parser.parse_args())
