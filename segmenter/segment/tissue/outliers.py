"""Abnormality: voxels that no tissue explains at their place, and the regions they form.

A voxel's p-value is the probability that a normal voxel with the same priors has no more density:
the mixture that the voxel's place lets one expect is compared with its intensity, after the bias
field and with partial volumes between the tissues. Among voxels that the model describes, a share
of t has a p-value below t.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import GaussianMixture
from segmenter.em.tails import tail_probabilities
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.labeling import VoxelTissues
from segmenter.segment.tissue.voxels import BrainVoxels

LEAST_VOXELS = 3
"""Smaller regions are not listed."""

_MIXED = 0.1  # share of voxels that hold two tissues, of each pair of neighbors in brightness
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
    """P-value of each voxel, shape (n,); unmeasured voxels have 1."""
    measured = voxels.measured
    result = np.ones(len(voxels.places), np.float32)
    mixture = with_partial_volumes(fit.mixture.mixture)
    result[measured] = tail_probabilities(mixture, tissues.corrected[measured], seed)
    return result


def with_partial_volumes(mixture: GaussianMixture) -> GaussianMixture:
    """Add Gaussians for voxels between two components that are next in brightness."""
    order = np.argsort(mixture.means[:, 0])
    weights = [*(mixture.weights * (1 - _MIXED))]
    means, covariances = [*mixture.means], [*mixture.covariances]
    for low, high in pairwise(order):
        share = _MIXED * (mixture.weights[low] + mixture.weights[high]) / 2
        for step in _STEPS:
            weights.append(share / len(_STEPS))
            means.append((1 - step) * mixture.means[low] + step * mixture.means[high])
            covariances.append(
                (1 - step) * mixture.covariances[low] + step * mixture.covariances[high]
            )
    shares = np.array(weights)
    return GaussianMixture(shares / shares.sum(), np.array(means), np.array(covariances))


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
    ml = float(np.prod(frame.spacing)) / 1000
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
        found.append(Abnormality(ml * size, (x, y, z), float(box[part][inside].min()), size))
    return tuple(sorted(found, key=lambda region: -region.volume_ml))
