"""From the fit to every voxel: evidence, posteriors and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.tissue.atlas import CSF, GM, VENTRICLES
from segmenter.segment.tissue.fit import TissueFit, log_priors_of
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.smoothing import smooth_posteriors
from segmenter.segment.tissue.voxels import BrainVoxels

_LEAST_LOG_DENSITY = np.float32(-12)
"""A voxel that no tissue explains is labelled by its place and its neighbors."""

_VENTRICULAR = 0.3


@dataclass(frozen=True, eq=False)
class VoxelTissues:
    """What each voxel of the brain is.

    Attributes
    ----------
    corrected : float32 ndarray of shape (n, n_channels)
        Intensities without the bias field.
    log_field : float32 ndarray of shape (n, n_channels), or None
    log_priors : float32 ndarray of shape (n, k)
    posteriors : float32 ndarray of shape (n, k)
    labels : uint8 ndarray of shape (n,)
        1 to k.
    """

    corrected: NDArray[np.float32]
    log_field: NDArray[np.float32] | None
    log_priors: NDArray[np.float32]
    posteriors: NDArray[np.float32]
    labels: NDArray[np.uint8]


def label_voxels(voxels: BrainVoxels, fit: TissueFit, recipe: TissueRecipe) -> VoxelTissues:
    """Find the posteriors and labels of all voxels of a brain."""
    field = fit.log_field(voxels)
    corrected = voxels.values if field is None else voxels.values * np.exp(-field)
    atlas = fit.atlas_at(voxels)
    log_priors = log_priors_of(fit, atlas, len(voxels.places))
    evidence = np.maximum(fit.mixture.log_densities(corrected), _LEAST_LOG_DENSITY)
    evidence += log_priors
    posteriors = smooth_posteriors(
        evidence, voxels.places, voxels.frame.shape, voxels.frame.spacing, recipe.smoothness
    )
    if recipe.sulcal_csf == "gm" and atlas is not None:
        _give_sulci_to_gray(posteriors, atlas[:, VENTRICLES])
    labels = (posteriors.argmax(axis=1) + 1).astype(np.uint8)
    return VoxelTissues(corrected, field, log_priors, posteriors, labels)


def _give_sulci_to_gray(posteriors: NDArray[np.float32], ventricles: NDArray[np.float32]) -> None:
    """Count fluid outside the ventricles as gray matter, as the IBSR's experts did."""
    outside = ventricles < _VENTRICULAR
    posteriors[:, GM] += np.where(outside, posteriors[:, CSF], 0)
    posteriors[:, CSF] *= ~outside
