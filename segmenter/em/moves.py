"""Moves from one mixture to another that EM does not find by itself: split and merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from segmenter.em.iteration import Course, iterate_steps
from segmenter.em.matching import bhattacharyya_distances
from segmenter.em.mixture import GaussianMixture
from segmenter.em.samples import Samples
from segmenter.em.settings import FitSettings
from segmenter.work import Work

_APART = 0.5  # half the distance of split means, in deviations along the longest axis
_TRIAL_ITERATIONS = 20
_SPLITS_A_PAIR = 2
_WORTHWHILE = 1e-4  # gain of the log-likelihood per sample


def improve_steps(pilot: Samples, course: Course, settings: FitSettings) -> Work[Course]:
    """Leave local optima: merge two alike components, split a wide one, and run EM again.

    A trial is kept if it is more likely (Ueda, Nakano, Ghahramani & Hinton, 2000).

    Parameters
    ----------
    pilot : Samples
    course : Course
        What EM found on them.
    settings : FitSettings
        `n_moves` is the number of trials.
    """
    n_left = settings.n_moves
    improved = True
    while improved and n_left:
        improved = False
        for start in islice(_trials(course.mixture), n_left):
            n_left -= 1
            trial = yield from iterate_steps(pilot, start, settings, _TRIAL_ITERATIONS)
            if trial.log_likelihood > course.log_likelihood + _WORTHWHILE:
                course = yield from iterate_steps(
                    pilot, trial.mixture, settings, settings.max_iterations
                )
                improved = True
                break
    return course


def split_widest(mixture: GaussianMixture, n_components: int) -> GaussianMixture:
    """Split the component with the most weight times width until there are enough."""
    while mixture.n_components < n_components:
        mixture = split_component(mixture, int(_widths(mixture).argmax()))
    return mixture


def split_component(mixture: GaussianMixture, index: int) -> GaussianMixture:
    """Replace a component by two of half its weight, apart along its longest axis.

    The second becomes the last. Of full covariances what the distance explains is taken off.
    """
    values, axes = np.linalg.eigh(mixture.covariances[index])
    shift = _APART * np.sqrt(values[-1]) * axes[:, -1]
    weights = np.append(mixture.weights, mixture.weights[index] / 2)
    means = np.vstack([mixture.means, mixture.means[index] + shift])
    covariances = np.concatenate([mixture.covariances, mixture.covariances[index : index + 1]])
    weights[index] /= 2
    means[index] -= shift
    if mixture.covariance == "full":
        covariances[[index, -1]] -= np.outer(shift, shift)
    return replace(mixture, weights=weights, means=means, covariances=covariances)


def merge_components(mixture: GaussianMixture, first: int, second: int) -> GaussianMixture:
    """Replace two components by one with their weight, mean and covariance together."""
    pair = [first, second]
    weight = mixture.weights[pair].sum()
    shares = mixture.weights[pair] / weight
    mean = shares @ mixture.means[pair]
    apart = mixture.means[pair] - mean
    covariance = np.tensordot(shares, mixture.covariances[pair], axes=1)
    if mixture.covariance == "full":
        covariance = covariance + (apart * shares[:, np.newaxis]).T @ apart
    others = np.delete(np.arange(mixture.n_components), pair)
    return replace(
        mixture,
        weights=np.append(mixture.weights[others], weight),
        means=np.vstack([mixture.means[others], mean]),
        covariances=np.concatenate([mixture.covariances[others], covariance[np.newaxis]]),
    )


def _trials(mixture: GaussianMixture) -> Iterator[GaussianMixture]:
    """Merge the most alike pairs, each time splitting one of the widest other components."""
    k = mixture.n_components
    if k < 3:
        return
    distances = bhattacharyya_distances(mixture, mixture)
    pairs = np.stack(np.triu_indices(k, 1), axis=1)
    pairs = pairs[np.argsort(distances[pairs[:, 0], pairs[:, 1]], kind="stable")]
    for first, second in pairs:
        merged = merge_components(mixture, int(first), int(second))
        for index in np.argsort(-_widths(merged)[:-1], kind="stable")[:_SPLITS_A_PAIR]:
            yield split_component(merged, int(index))


def _widths(mixture: GaussianMixture) -> NDArray[np.float64]:
    """Weight times root of the total variance of each component, shape (k,)."""
    widths: NDArray[np.float64] = mixture.weights * np.sqrt(
        np.trace(mixture.covariances, axis1=1, axis2=2)
    )
    return widths
