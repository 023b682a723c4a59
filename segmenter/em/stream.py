"""Fit samples that do not fit into memory: block by block, here or on a cluster.

Sums over blocks add up to the sums over all samples, in the order of the blocks, so that the
mixture is the same wherever they are computed. Each pass needs the memory of one block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_samples, relative_weights
from segmenter.em.feature_moments import FeatureMoments, measure_steps
from segmenter.em.fit import Fit, fit_prepared_steps
from segmenter.em.mixture import Covariance, GaussianMixture
from segmenter.em.samples import Samples, standardize
from segmenter.em.settings import FitSettings, check_n_components
from segmenter.em.step import Moments
from segmenter.errors import SamplesError
from segmenter.work import REPORT_SECONDS, Progress, Work, finish

if TYPE_CHECKING:
    from distributed import Client

Block = ArrayLike | tuple[ArrayLike, ArrayLike]
"""Samples (n, d), or a tuple of samples and their weights (n,)."""

Blocks = Sequence[Block] | Callable[[], Iterable[Block]]
"""Blocks that can be gone through again: by number, or by a function that starts an iterator."""

_DRAWN_FROM_BLOCK = 4096
T = TypeVar("T")


class MemoryMapBlocks(Sequence[NDArray[Any]]):
    """Rows of a memory-mapped array, a block at a time, each read anew and then let go.

    Parameters
    ----------
    array : numpy.memmap, shape (n, d), C-contiguous
        As ``numpy.memmap`` or ``numpy.load(path, mmap_mode="r")`` return it.
    n_rows : int
        Rows in a block; 4 million rows of 3 float32 features are 48 MB.
    """

    def __init__(self, array: np.memmap[Any, Any], n_rows: int = 1 << 22) -> None:
        if array.filename is None or array.ndim != 2 or not array.flags.c_contiguous:
            raise SamplesError("Only a C-contiguous (n, d) array mapped from a file can be used.")
        self._path, self._offset = str(array.filename), int(array.offset)
        self._dtype, self._shape, self._n_rows = array.dtype, array.shape, n_rows

    def __len__(self) -> int:
        return -(-int(self._shape[0]) // self._n_rows)

    def __getitem__(self, number: Any) -> Any:
        """Read a block, shape (n_rows, d); the last may be shorter."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        n, d = self._shape
        start = number * self._n_rows
        count = min(self._n_rows, n - start) * d
        offset = self._offset + start * d * self._dtype.itemsize
        values = np.fromfile(self._path, self._dtype, count, offset=offset)
        return values.reshape(-1, d)


def fit_blocks(
    blocks: Blocks,
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
    blocks : sequence of blocks, or callable that returns an iterator over them
        A block is an array (n, d), or a tuple of it and its weights (n,). A list of arrays,
        :class:`MemoryMapBlocks`, or a generator function will do. On a cluster every worker
        gets the sequence and takes its blocks from it; of an iterator it gets the blocks.
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
        As for :func:`segmenter.em.fit.fit_mixture`.
    """
    settings = FitSettings(covariance, seed, tolerance, max_iterations, n_starts)
    check_n_components(n_components)
    return finish(_fit_blocks_steps(blocks, n_components, settings, start, client))


def predict_blocks(mixture: GaussianMixture, blocks: Blocks) -> Iterator[NDArray[np.int32]]:
    """Label blocks of samples, one at a time; see :meth:`GaussianMixture.predict`."""
    return (mixture.predict(_parts(block)[0]) for block in _each(blocks))


def responsibilities_blocks(
    mixture: GaussianMixture, blocks: Blocks
) -> Iterator[NDArray[np.float32]]:
    """Responsibilities of blocks of samples; see :meth:`GaussianMixture.responsibilities`."""
    return (mixture.responsibilities(_parts(block)[0]) for block in _each(blocks))


def _fit_blocks_steps(
    blocks: Blocks,
    n_components: int,
    settings: FitSettings,
    start: GaussianMixture | ArrayLike | None,
    client: Client | None,
) -> Work[Fit]:
    surveys = yield from _map_blocks(_survey, blocks, client, "Reading the samples")
    if not surveys:
        raise SamplesError("There are no samples to fit a mixture to.")
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

    def draw(self, size: int, seed: int) -> Samples:
        return self.pilot.draw(size, seed)

    def moments_steps(
        self, mixture: GaussianMixture, message: str, exactly: bool = False
    ) -> Work[Moments]:
        task = partial(
            _block_moments,
            center=self.center,
            scale=self.scale,
            mixture=mixture,
            exactly=exactly,
        )
        return reduce(add, (yield from _map_blocks(task, self.blocks, self.client, message)))


def _survey(block: Block) -> _Survey:
    array, weights, mean_weight = _checked(block)
    features = finish(measure_steps(array, weights))
    center, scale = features.standardization(False, array.dtype)
    drawn = standardize(array, weights, center, scale).draw(_DRAWN_FROM_BLOCK, seed=len(array))
    weighted = FeatureMoments(
        features.total * mean_weight, features.mean, features.scatter * mean_weight
    )
    return _Survey(weighted, drawn.values / drawn.scale + drawn.center)


def _block_moments(
    block: Block,
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
    mixture: GaussianMixture,
    exactly: bool,
) -> Moments:
    array, weights, mean_weight = _checked(block)
    samples = standardize(array, weights, center, scale)
    return finish(samples.moments_steps(mixture, exactly=exactly)).weighted(mean_weight)


def _checked(block: Block) -> tuple[NDArray[Any], NDArray[np.float32], float]:
    samples, weight = _parts(block)
    array = as_samples(samples)
    if len(array) == 0:
        raise SamplesError("A block without samples cannot be used; leave it out.")
    return array, *relative_weights(weight, len(array))


def _parts(block: Block) -> tuple[ArrayLike, ArrayLike | None]:
    if isinstance(block, tuple):
        return block
    return block, None


def _each(blocks: Blocks) -> Iterable[Block]:
    if callable(blocks):
        return blocks()
    return (blocks[number] for number in range(len(blocks)))


def _map_blocks(
    task: Callable[[Block], T], blocks: Blocks, client: Client | None, message: str
) -> Work[list[T]]:
    """Do a task for each block, here or on a cluster, and return what it gives in their order."""
    if client is not None:
        return (yield from _map_on_cluster(task, blocks, client, message))
    results = []
    for block in _each(blocks):
        results.append(task(block))
        yield Progress(message)
    return results


def _map_on_cluster(
    task: Callable[[Block], T], blocks: Blocks, client: Client, message: str
) -> Work[list[T]]:
    from distributed import wait

    if callable(blocks):
        futures = [client.submit(task, block, pure=False) for block in blocks()]
    else:
        shared = client.scatter(blocks, broadcast=True, hash=False)
        numbers = range(len(blocks))
        futures = [client.submit(_do_numbered, task, shared, i, pure=False) for i in numbers]
    try:
        while any(not future.done() for future in futures):
            yield Progress(message, sum(future.done() for future in futures) / len(futures))
            with suppress(TimeoutError):
                wait(futures, timeout=REPORT_SECONDS)
        return list(client.gather(futures))
    finally:
        client.cancel(futures)


def _do_numbered(task: Callable[[Block], T], blocks: Sequence[Block], number: int) -> T:
    return task(blocks[number])
