"""One pass over the samples: what the next step of EM needs to know about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmenter.em.block_densities import BLOCK
from segmenter.em.blocks import cut, for_chunks, run_blocks_steps, run_supply_steps
from segmenter.em.checks import read_only
from segmenter.em.counter import KernelSupply
from segmenter.em.kernels import accumulate, sum_entropies
from segmenter.em.packing import pack
from segmenter.em.whitening import LOG2_E

if TYPE_CHECKING:
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.samples import Samples
    from segmenter.work import Work


GroupPriors = tuple[NDArray[np.float32], NDArray[np.int64]]

_WORK_OF_CHUNK = 1 << 18, 1 << 23  # features compared with means
_FEW_CHUNKS = 32
_HALVED_CHUNKS = 8


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over samples under a mixture; those of two sets of samples add up.

    Attributes
    ----------
    total : float
        Weight of the samples.
    log_likelihood : float
        Weighted sum of the log densities of the standardized samples, natural logarithm.
    counts : ndarray, shape (k,)
        Weight that each component is responsible for.
    firsts : ndarray, shape (k, d)
        Weighted sums of the samples minus the component's mean.
    seconds : ndarray, shape (k, d, d), (k, d) or (1, d, d)
        Weighted sums of their outer products; only the diagonals where features are independent,
        only the means of these where components are spheres, and only the sum over all components
        where their covariance is tied.
    noise : float
        Weight that the noise is responsible for.
    """

    total: float
    log_likelihood: float
    counts: NDArray[np.float64]
    firsts: NDArray[np.float64]
    seconds: NDArray[np.float64]
    noise: float = 0.0

    def weighted(self, factor: float) -> Moments:
        """Return the moments of the same samples with all weights multiplied by a factor."""
        return Moments(
            self.total * factor,
            self.log_likelihood * factor,
            self.counts * factor,
            self.firsts * factor,
            self.seconds * factor,
            self.noise * factor,
        )

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.total + other.total,
            self.log_likelihood + other.log_likelihood,
            self.counts + other.counts,
            self.firsts + other.firsts,
            self.seconds + other.seconds,
            self.noise + other.noise,
        )


def accumulate_steps(
    samples: Samples,
    mixture: GaussianMixture,
    message: str = "Fitting the mixture",
    priors: GroupPriors | None = None,
) -> Work[Moments]:
    """Compute the moments of standardized samples under a standardized mixture.

    Parameters
    ----------
    samples : Samples
    mixture : GaussianMixture
    message : str
        What is being done, for the reports.
    priors : tuple of ndarray of float32, shape (n, n_groups), and of int64, shape (k,), optional
        Log2 priors of groups of components at each sample, and the group of each component.
    """
    packed = pack(mixture)
    cuts = _cuts(len(samples), packed.means.size)
    sums = packed.new_sums(len(cuts) - 1)
    arguments = (
        cuts,
        samples.values,
        samples.weights,
        samples.kernel_center,
        samples.kernel_scale,
        *packed,
        packed.no_sums(),
        packed.most_listed(),
        packed.shapes(),
        sums,
        priors,
    )
    supply = KernelSupply(lambda counter, most: accumulate(counter, most, *arguments), len(sums))
    yield from run_supply_steps(supply, message)
    total = sums.sum(axis=0)
    k = mixture.n_components
    counts, firsts, seconds = packed.finished(mixture.means, total)
    if mixture.covariance == "tied":
        seconds = seconds.sum(axis=0, keepdims=True)
    return Moments(
        samples.total_weight,
        float(total[0]) / LOG2_E,
        counts[:k],
        firsts,
        seconds,
        float(counts[k]) if len(counts) > k else 0.0,
    )


@lru_cache
def _cuts(n: int, n_means: int) -> NDArray[np.int64]:
    """Where samples are cut into chunks, by the work that each of them is.

    Of a short job there are few, and those of a long one end soon; the last ones of many are
    halved, so that cores end together.
    """
    least, most = _WORK_OF_CHUNK[0] // n_means, _WORK_OF_CHUNK[1] // n_means
    cuts = cut(n, max(BLOCK, least, min(most, -(-n // _FEW_CHUNKS))))
    last = cuts[-_HALVED_CHUNKS - 1 :] if len(cuts) > 2 * _HALVED_CHUNKS else []
    halves = [(start + stop) // (2 * BLOCK) * BLOCK for start, stop in pairwise(last)]
    return read_only(np.unique(cuts + halves))


def mean_entropy_steps(samples: Samples, mixture: GaussianMixture) -> Work[float]:
    """Mean entropy, in nats, of the responsibilities of a standardized mixture."""
    packed = pack(mixture)

    def add_chunk(number: int, start: int, stop: int) -> None:
        center, scale = samples.kernel_center, samples.kernel_scale
        entropies[number] = sum_entropies(
            samples.values, samples.weights, start, stop, center, scale, *packed
        )

    run_chunk, n_chunks = for_chunks(len(samples), add_chunk)
    entropies = np.zeros(n_chunks)
    yield from run_blocks_steps(run_chunk, n_chunks, "Comparing mixtures")
    return float(entropies.sum()) / samples.total_weight / LOG2_E
