"""The rim of the brain: fluid that a surface cuts off, and coverings that it takes in.

Around a first mask the mixture gets a fourth group, for all that is not brain, with the atlas's
outline as its prior (the unified model of Ashburner & Friston, NeuroImage 2005); voxels in which
the brain's tissues together are more probable are brain, as far as they hang together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import fit_mixture_steps
from segmenter.em.grouped import GroupedMixture, fit_grouped_steps
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.nearest import distance_to
from segmenter.segment.tissue.atlas import CSF, OUTLINE, icbm152
from segmenter.segment.tissue.fit import TissueFit, fit_tissues_steps, log_priors_of
from segmenter.segment.tissue.frame import Frame
from segmenter.segment.tissue.holes import without_holes
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.sample import LEAST_VARIANCE
from segmenter.segment.tissue.smoothing import smooth_posteriors_steps
from segmenter.segment.tissue.voxels import BrainVoxels, brain_voxels_steps, voxels_like_steps
from segmenter.work import Progress, Work, portion, unmeasured

REACH = 18.0
"""Millimeters around the first mask that are looked at."""

N_OTHER = 3
"""Gaussians of what is not brain: bone, coverings, fat."""

SMOOTHNESS = 0.85
"""More than of tissues inside: the rim is a smooth surface, and brain without folds at its edge."""

FAVOR = 2.0
"""Log odds by which brain is preferred: to miss a voxel of it is worse than one too many."""

_BRIDGE = 2.5  # mm; what hangs on the brain by less is not brain
_OTHER = 3
_FLUID_SPREAD = 4.0  # times the variance inside: at the rim a voxel of fluid holds coverings too
_EM_STEPS = 8
_BEGUN = Progress("Mending the brain's rim", 0.0)


def mended_mask_steps(
    volume: NDArray[np.float32], mask: NDArray[np.bool_], frame: Frame
) -> Work[NDArray[np.float32]]:
    """Mend a brain mask.

    Parameters
    ----------
    volume : ndarray of float32, shape of the frame
    mask : ndarray of bool, shape of the frame
        About the brain.
    frame : Frame
        Whose own order is canonical.

    Returns
    -------
    ndarray of float32, shape of the frame
        Share of brain, 0..1; more than one half is brain.
    """
    yield _BEGUN
    away = distance_to(mask, frame.spacing)
    yield _BEGUN
    region = frame.cropped(away <= REACH)
    inner = yield from brain_voxels_steps([volume], mask, region)
    fit = yield from portion(fit_tissues_steps(inner, icbm152(), TissueRecipe()), 0.0, 0.7)
    around = yield from voxels_like_steps([volume], away <= REACH, inner)
    yield Progress("Mending the brain's rim", 0.7)
    share = yield from _share_of_brain_steps(around, away, fit)
    yield Progress("Mending the brain's rim", 0.9)
    box = np.zeros(region.shape, np.float32)
    box[tuple(around.places.T)] = share
    held = yield from _held_together_steps(box, region.spacing)
    return region.give_back(held)


def _share_of_brain_steps(
    around: BrainVoxels, away: NDArray[np.float32], fit: TissueFit
) -> Work[NDArray[np.float32]]:
    """Probability of all brain tissues together at each voxel, shape (n,)."""
    atlas = yield from fit.atlas_at_steps(around)
    assert atlas is not None  # the fit was made with one
    brain = np.clip(atlas[:, OUTLINE], 0.005, 0.995)
    yield Progress("Mending the brain's rim", 0.7)
    log_priors = np.concatenate(
        [
            log_priors_of(fit, atlas, len(brain)) + np.log(brain)[:, np.newaxis],
            np.log(1 - brain)[:, np.newaxis] - FAVOR,
        ],
        axis=1,
    ).astype(np.float32)
    yield Progress("Mending the brain's rim", 0.7)
    field = fit.log_field(around)
    corrected = around.values if field is None else around.values * np.exp(-field)
    yield Progress("Mending the brain's rim", 0.7)
    outside = around.frame.take(away)[tuple(around.places.T)] > 0
    chosen, _ = around.coarse(with_empty=True)
    other = yield from fit_mixture_steps(
        corrected[chosen[outside[chosen] & (brain[chosen] < 0.7)]],
        N_OTHER,
        least_variance=LEAST_VARIANCE,
    )
    fitted = yield from unmeasured(
        fit_grouped_steps(
            corrected[chosen],
            log_priors[chosen],
            _joined(fit.mixture, other.mixture),
            max_iterations=_EM_STEPS,
            least_variance=LEAST_VARIANCE,
        )
    )
    yield Progress("Mending the brain's rim", 0.8)
    evidence = np.maximum(fitted.mixture.log_densities(corrected), -12) + log_priors
    posteriors = yield from smooth_posteriors_steps(
        evidence, around.places, around.frame.shape, around.frame.spacing, SMOOTHNESS
    )
    share: NDArray[np.float32] = 1 - posteriors[:, _OTHER]
    return share


def _joined(brain: GroupedMixture, other: GaussianMixture) -> GroupedMixture:
    """Add components as one more group, with a third of the weight, and widen the fluid."""
    within = brain.mixture
    spread = np.where(brain.groups == CSF, _FLUID_SPREAD, 1.0)[:, np.newaxis, np.newaxis]
    return GroupedMixture(
        GaussianMixture(
            np.concatenate([within.weights * 2 / 3, other.weights / 3]),
            np.concatenate([within.means, other.means]),
            np.concatenate([within.covariances * spread, other.covariances]),
        ),
        np.concatenate([brain.groups, np.full(other.n_components, _OTHER)]),
    )


def _held_together_steps(
    share: NDArray[np.float32], spacing: NDArray[np.float64]
) -> Work[NDArray[np.float32]]:
    """Leave out what is not held by more than a bridge, and fill holes."""
    from scipy import ndimage

    brain = share > 0.5
    depth = distance_to(~np.pad(brain, 1), spacing)[1:-1, 1:-1, 1:-1]
    yield Progress("Mending the brain's rim", 0.9)
    cores, _ = ndimage.label(depth > _BRIDGE)
    yield Progress("Mending the brain's rim", 0.9)
    sizes = np.bincount(cores.ravel())
    sizes[0] = 0
    if not sizes.any():
        return share
    reach = _BRIDGE + 0.8 * float(spacing.max())
    near = distance_to(cores == sizes.argmax(), spacing) <= reach
    yield Progress("Mending the brain's rim", 0.95)
    whole = without_holes(brain & near)
    held: NDArray[np.float32] = np.where(whole, np.maximum(share, np.float32(0.6)), share * 0)
    return held
