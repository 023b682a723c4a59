"""Fit samples that do not fit into memory: block by block, here or on a cluster.

Sums over blocks add up to the sums over all samples, in the order of the blocks, so that the
mixture is the same wherever they are computed. Each pass needs the memory of one block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_array, as_samples_steps, relative_weights, relative_weights_steps
from segmenter.em.feature_moments import FeatureMoments, measure_steps
from segmenter.em.fit import Fit, fit_prepared_steps
from segmenter.em.mapping import map_blocks_steps
from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.samples import Samples, standardize, standardize_steps
from segmenter.em.settings import FitSettings, check_n_components
from segmenter.em.sources import Block, Blocks, Source, as_blocks, each_block, parts_of
from segmenter.em.step import Moments
from segmenter.errors import SamplesError
from segmenter.work import Work, finish

if TYPE_CHECKING:
    from distributed import Client

_DRAWN_FROM_BLOCK = 4096


def fit_blocks(
    blocks: Source,
    n_components: int,
    *,
    covariance: Covariance = "full",
    seed: int = 0,
    tolerance: float = 1e-4,
    max_iterations: int = 200,
    n_starts: int = 1,
    start: GaussianMixture | ArrayLike | None = None,
    client: Client | None = None,
) -> Fit:
    """Fit a Gaussian mixture to blocks of samples, one after the other or on a cluster.

    Parameters
    ----------
    blocks : array (n, d), sequence of blocks, or callable that returns an iterator over them
        One table, such as a memory map, is read some rows at a time. Otherwise a block is an array
        (n, d), or a tuple of it and its weights (n,): a list of arrays or a generator function
        will do. On a cluster every worker gets the sequence and takes its blocks from it; of an
        iterator it gets the blocks.
    n_components, covariance, seed, tolerance, max_iterations, n_starts, start
        As for :func:`segmenter.em.fit.fit_mixture`.
    client : dask.distributed.Client, optional
        Where blocks are computed, instead of here. The mixture is the same.

    Returns
    -------
    Fit

    Raises
    ------
    SamplesError, ParameterError
        As for :func:`segmenter.em.fit.fit_mixture`; or the blocks can be gone through only once, as
        a generator can, or have different features.
    """
    settings = FitSettings(covariance, seed, tolerance, max_iterations, n_starts)
    check_n_components(n_components)
    return finish(_fit_blocks_steps(as_blocks(blocks), n_components, settings, start, client))


def predict_blocks(mixture: GaussianMixture, blocks: Source) -> Iterator[NDArray[np.int32]]:
    """Label blocks of samples, one at a time; see :meth:`GaussianMixture.predict`."""
    return (mixture.predict(parts_of(block)[0]) for block in each_block(as_blocks(blocks)))


def responsibilities_blocks(
    mixture: GaussianMixture, blocks: Source
) -> Iterator[NDArray[np.float32]]:
    """Responsibilities of blocks of samples; see :meth:`GaussianMixture.responsibilities`."""
    return (mixture.responsibilities(parts_of(block)[0]) for block in each_block(as_blocks(blocks)))


def _fit_blocks_steps(
    blocks: Blocks,
    n_components: int,
    settings: FitSettings,
    start: GaussianMixture | ArrayLike | None,
    client: Client | None,
) -> Work[Fit]:
    surveys = yield from map_blocks_steps(_survey_steps, blocks, client, "Reading the samples")
    _check_surveys(surveys)
    features = reduce(add, (survey.features for survey in surveys))
    is_spherical = settings.covariance == "spherical"
    center, scale = features.standardization(is_spherical, np.dtype(np.float32))
    drawn = np.concatenate([survey.drawn for survey in surveys])
    shares = [survey.features.total / len(survey.drawn) for survey in surveys]
    weight = np.repeat(shares, [len(survey.drawn) for survey in surveys])
    pilot = standardize(drawn, relative_weights(weight, len(drawn))[0], center, scale)
    streamed = _Streamed(blocks, pilot, pilot.center, pilot.scale, client)
    return (yield from fit_prepared_steps(streamed, n_components, settings, start))


@dataclass(frozen=True, eq=False)
class _Survey:
    """What is learned of a block before the fit: its moments, and a draw by weight."""

    features: FeatureMoments
    drawn: NDArray[np.float64]


def _check_surveys(surveys: Sequence[_Survey]) -> None:
    if not surveys:
        raise SamplesError("There are no samples to fit a mixture to.")
    n_features = [len(survey.features.mean) for survey in surveys]
    for number, count in enumerate(n_features, start=1):
        if count != n_features[0]:
            raise SamplesError(
                f"All blocks need the same features, but block 1 has {n_features[0]} and block "
                f"{number} has {count}."
            )


@dataclass(frozen=True, eq=False)
class _Streamed:
    """Blocks as EM sees them, with a part drawn from all of them."""

    blocks: Blocks
    pilot: Samples
    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    client: Client | None

    @property
    def log_scale(self) -> float:
        return float(np.log(self.scale).sum())

    def draw_steps(self, size: int, seed: int) -> Work[Samples]:
        return self.pilot.draw_steps(size, seed)

    def moments_steps(
        self, mixture: GaussianMixture, message: str, exactly: bool = False
    ) -> Work[Moments]:
        task = partial(
            _block_moments_steps,
            center=self.center,
            scale=self.scale,
            mixture=mixture,
            exactly=exactly,
        )
        moments = yield from map_blocks_steps(task, self.blocks, self.client, message)
        if not moments:
            raise SamplesError(
                "The blocks were gone when they were read again; make them anew at each call."
            )
        return reduce(add, moments)


def _survey_steps(block: Block) -> Work[_Survey]:
    array, weights, mean_weight = yield from _checked_steps(block)
    features = yield from measure_steps(array, weights)
    center, scale = features.standardization(False, array.dtype)
    samples = yield from standardize_steps(array, weights, center, scale)
    drawn = yield from samples.draw_steps(_DRAWN_FROM_BLOCK, seed=len(array))
    weighted = FeatureMoments(
        features.total * mean_weight, features.mean, features.scatter * mean_weight
    )
    return _Survey(weighted, drawn.values / drawn.scale + drawn.center)


def _block_moments_steps(
    block: Block,
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
    mixture: GaussianMixture,
    exactly: bool,
) -> Work[Moments]:
    array, weights, mean_weight = yield from _checked_steps(block)
    samples = yield from standardize_steps(array, weights, center, scale)
    moments = yield from samples.moments_steps(mixture, exactly=exactly)
    return moments.weighted(mean_weight)


def _checked_steps(block: Block) -> Work[tuple[NDArray[Any], NDArray[np.float32], float]]:
    samples, weight = parts_of(block)
    table = as_array(samples)
    _check_is_table(table.shape)
    array = yield from as_samples_steps(table)
    if len(array) == 0:
        raise SamplesError("A block without samples cannot be used; leave it out.")
    weights, mean_weight = yield from relative_weights_steps(weight, len(array))
    return array, weights, mean_weight


def _check_is_table(shape: tuple[int, ...]) -> None:
    if len(shape) != 2:
        words = f"A block must be an (n, d) array, not one of shape {shape}"
        if len(shape) == 1:
            words += (
                ": its numbers could be one sample, or many of one feature. Pass "
                "block[:, np.newaxis] for the latter, and a whole table as one array"
            )
        raise SamplesError(f"{words}.")
