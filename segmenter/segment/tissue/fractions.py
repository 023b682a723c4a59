"""How much of each tissue a voxel holds, which is not the probability that it is that tissue.

A voxel holds one tissue, or two that touch, in any proportion: its intensity is then on the line
between theirs, give or take the noise (Choi, Haynor & Kim, IEEE TMI 1991; Santago & Gage, IEEE TMI
1993). What each of these models says of the fractions is weighted by how well it explains the
voxel, and by the tissues' posteriors, in which the place and the neighbors have their say.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.labeling import VoxelTissues
from segmenter.segment.tissue.voxels import BrainVoxels

_SURE = 0.9
_ENOUGH = 50  # sure voxels that a deviation needs
_LEAST_DEVIATION = 1e-3
_LEAST = 1e-12

Models = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class _PureTissues:
    """Intensities of voxels of one tissue alone: medians and deviations, shape (k, d)."""

    typical: NDArray[np.float64]
    deviations: NDArray[np.float64]


def tissue_fractions(
    voxels: BrainVoxels, fit: TissueFit, tissues: VoxelTissues
) -> NDArray[np.float32]:
    """Fraction of each tissue in each voxel, shape (n, k); rows sum to 1.

    Tissues touch those next to them in their order. A voxel without a signal has the
    probabilities of its tissues.
    """
    pure = _pure_tissues(fit, tissues)
    result = tissues.posteriors.copy()
    measured = voxels.measured

    def fill(_number: int, start: int, stop: int) -> None:
        part = start + np.flatnonzero(measured[start:stop])
        values = tissues.corrected[part].astype(np.float64)
        result[part] = _expected(values, tissues.posteriors[part].astype(np.float64), pure)

    run_blocks(*for_chunks(len(result), fill))
    return result


def _pure_tissues(fit: TissueFit, tissues: VoxelTissues) -> _PureTissues:
    typical, deviations = [], []
    for tissue in range(fit.mixture.n_groups):
        alone = fit.mixture.group(tissue)
        mean = alone.weights @ alone.means if fit.typical is None else fit.typical[tissue]
        sure = tissues.corrected[tissues.posteriors[:, tissue] > _SURE]
        if len(sure) >= _ENOUGH:
            deviation = 1.4826 * np.median(np.abs(sure - np.median(sure, axis=0)), axis=0)
        else:
            main = alone.covariances[alone.weights.argmax()]
            deviation = np.sqrt(np.diag(main))
        typical.append(mean)
        deviations.append(np.maximum(deviation, _LEAST_DEVIATION))
    return _PureTissues(np.array(typical), np.array(deviations))


def _expected(
    values: NDArray[np.float64], posteriors: NDArray[np.float64], pure: _PureTissues
) -> NDArray[np.float64]:
    """Mean of the fractions over all models of each voxel, shape (n, k)."""
    # The posteriors know the intensity too: their roots keep it from counting twice.
    priors = np.sqrt(posteriors)
    n, k = priors.shape
    total = np.full(n, _LEAST)
    # A voxel that no model explains keeps its posteriors.
    fractions = _LEAST * posteriors
    for tissue in range(k):
        evidence = priors[:, tissue] * _density(values, pure, tissue)
        total += evidence
        fractions[:, tissue] += evidence
    for low, high in pairwise(range(k)):
        density, share = _mixed(values, pure, low, high)
        evidence = np.sqrt(priors[:, low] * priors[:, high]) * density
        total += evidence
        fractions[:, low] += evidence * (1 - share)
        fractions[:, high] += evidence * share
    result: NDArray[np.float64] = fractions / total[:, np.newaxis]
    return result


def _density(values: NDArray[np.float64], pure: _PureTissues, tissue: int) -> NDArray[np.float64]:
    """Density of voxels of one tissue alone, shape (n,)."""
    deviation = pure.deviations[tissue]
    apart = (values - pure.typical[tissue]) / deviation
    density: NDArray[np.float64] = np.exp(-0.5 * (apart**2).sum(axis=1)) / _volume(deviation)
    return density


def _mixed(values: NDArray[np.float64], pure: _PureTissues, low: int, high: int) -> Models:
    """Density of voxels of two tissues in any proportion, and the mean share of the second."""
    from scipy.special import ndtr

    deviation = np.sqrt(pure.deviations[low] * pure.deviations[high])
    way = (pure.typical[high] - pure.typical[low]) / deviation
    apart = (values - pure.typical[low]) / deviation
    length = max(float(np.sqrt(way @ way)), _LEAST_DEVIATION)
    along = apart @ way / length  # deviations of the noise from the first tissue
    aside = np.maximum((apart**2).sum(axis=1) - along**2, 0)
    mass = ndtr(length - along) - ndtr(-along)
    # Mean of a normal distribution that is cut off at both tissues.
    edges = np.exp(-0.5 * along**2) - np.exp(-0.5 * (length - along) ** 2)
    mean = along + edges / (np.sqrt(2 * np.pi) * np.maximum(mass, _LEAST))
    width = np.sqrt(2 * np.pi) / length
    density = np.exp(-0.5 * aside) * mass * width / _volume(deviation)
    return density, np.clip(mean / length, 0, 1)


def _volume(deviation: NDArray[np.float64]) -> float:
    return float(np.prod(deviation) * (2 * np.pi) ** (len(deviation) / 2))
