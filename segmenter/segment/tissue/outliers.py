"""Abnormality: voxels that no tissue explains at their place, and the regions they form.

A voxel's p-value is the probability that a normal voxel with the same priors has no more density:
the mixture that the voxel's place lets one expect is compared with its intensity, after the bias
field and with partial volumes between the tissues. Among voxels that the model describes, a share
of t has a p-value below t.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks
from segmenter.em.grouped import GroupedMixture
from segmenter.em.mixture import GaussianMixture
from segmenter.em.tails import tail_probabilities
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.labeling import VoxelTissues
from segmenter.segment.tissue.voxels import BrainVoxels

LEAST_VOXELS = 3
"""Smaller regions are not listed."""

_GRADES = 6  # of a prior, that count as different
_MIXED = 0.3  # share of voxels between two tissues where both are as probable
_FEW, _FAR = 0.1, 4.0  # share of a tissue, and deviations from its main Gaussian
_STEPS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Abnormality:
    """A connected region of voxels that no tissue explains.

    Attributes
    ----------
    volume_ml : float
    center : tuple of float
        Of mass, in millimeters to the right, front and top (RAS), or in voxels of the file's
        axes where the image has no affine.
    p_value : float
        The smallest in the region.
    n_voxels : int
    """

    volume_ml: float
    center: tuple[float, float, float]
    p_value: float
    n_voxels: int


def outlier_probabilities(
    voxels: BrainVoxels, fit: TissueFit, tissues: VoxelTissues, seed: int
) -> NDArray[np.float32]:
    """P-value of each voxel, shape (n,); unmeasured voxels have 1.

    Voxels with about the same priors are compared with one mixture: their tissues in these
    shares, and voxels between two tissues.
    """
    result = np.ones(len(voxels.places), np.float32)
    alike = _alike(tissues.log_priors, np.flatnonzero(voxels.measured))

    def compare(number: int) -> None:
        chosen = alike[number]
        expected = expected_mixture(fit.mixture, np.exp(tissues.log_priors[chosen]).mean(axis=0))
        result[chosen] = tail_probabilities(expected, tissues.corrected[chosen], seed)

    run_blocks(compare, len(alike))
    return result


def _alike(log_priors: NDArray[np.float32], measured: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Gather voxels with about the same priors."""
    grades = np.rint(np.exp(log_priors[measured]) * _GRADES).astype(np.int64)
    kinds = grades @ ((_GRADES + 1) ** np.arange(grades.shape[1]))
    order = np.argsort(kinds, kind="stable")
    return np.split(measured[order], np.flatnonzero(np.diff(kinds[order])) + 1)


def expected_mixture(mixture: GroupedMixture, priors: NDArray[np.floating[Any]]) -> GaussianMixture:
    """What intensities a place lets one expect, whose tissues have these priors, shape (k,)."""
    parts = [_healthy(mixture.group(tissue)) for tissue in range(mixture.n_groups)]
    weights = [prior * part.weights for prior, part in zip(priors, parts, strict=True)]
    means = [part.means for part in parts]
    covariances = [part.covariances for part in parts]
    for low, high in pairwise(range(mixture.n_groups)):
        for step in _STEPS:
            mixed = _MIXED * np.sqrt(priors[low] * priors[high]) / len(_STEPS)
            weights.append(np.array([mixed]))
            means.append(_between(parts[low], parts[high], step)[0])
            covariances.append(_between(parts[low], parts[high], step)[1])
    shares = np.concatenate(weights)
    return GaussianMixture(
        shares / shares.sum(), np.concatenate(means), np.concatenate(covariances)
    )


def _healthy(tissue: GaussianMixture) -> GaussianMixture:
    """Leave out Gaussians of a tissue that few voxels drew far away from its main one."""
    main = int(tissue.weights.argmax())
    apart = tissue.means - tissue.means[main]
    distance = np.einsum("ki,ij,kj->k", apart, np.linalg.inv(tissue.covariances[main]), apart)
    strange = (tissue.weights < _FEW) & (distance > _FAR**2)
    return tissue.with_components(~strange)


def _between(
    low: GaussianMixture, high: GaussianMixture, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and covariance of voxels that hold ``step`` of one tissue and the rest of another."""
    mean = (1 - step) * low.weights @ low.means + step * high.weights @ high.means
    covariance = (1 - step) * np.tensordot(low.weights, low.covariances, 1)
    covariance = covariance + step * np.tensordot(high.weights, high.covariances, 1)
    return mean[np.newaxis], covariance[np.newaxis]


def abnormalities(
    voxels: BrainVoxels,
    p_values: NDArray[np.float32],
    rate: float,
    affine: NDArray[np.float64] | None,
) -> tuple[Abnormality, ...]:
    """List connected regions of voxels whose p-value is below a rate, the largest first."""
    from scipy import ndimage

    frame = voxels.frame
    box = np.ones(frame.shape, np.float32)
    box[tuple(voxels.places.T)] = p_values
    regions, count = ndimage.label(box < rate)
    found = []
    for number, part in enumerate(ndimage.find_objects(regions, count), 1):
        inside = regions[part] == number
        size = int(inside.sum())
        if size < LEAST_VOXELS:
            continue
        corner = np.array([one.start for one in part], np.float64)
        center = frame.grid_indices((np.argwhere(inside).mean(axis=0) + corner)[np.newaxis])[0]
        if affine is not None:
            center = affine[:3, :3] @ center + affine[:3, 3]
        x, y, z = (float(value) for value in center)
        found.append(
            Abnormality(frame.voxel_ml * size, (x, y, z), float(box[part][inside].min()), size)
        )
    return tuple(sorted(found, key=lambda region: -region.volume_ml))
