"""From the fit to every voxel: evidence, posteriors and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.segment.tissue.atlas import ANATOMY, CSF, GM, MIXED, VENTRICLES, WM
from segmenter.segment.tissue.fit import TissueFit, log_priors_of
from segmenter.segment.tissue.partial_volume import share_evidence
from segmenter.segment.tissue.prior import overrated_white
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.smoothing import smooth_posteriors_steps
from segmenter.segment.tissue.voxels import BrainVoxels
from segmenter.work import Progress, Work, portion

_LEAST_LOG_DENSITY = np.float32(-12)
"""A voxel that no tissue explains is labelled by its place and its neighbors."""

_VENTRICULAR = 0.3
_LEAST_MIXED = 0.01
_MIXED_SHARE = 1.0
_PART = 1 << 16  # voxels between two reports


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


def label_voxels_steps(
    voxels: BrainVoxels, fit: TissueFit, recipe: TissueRecipe
) -> Work[VoxelTissues]:
    """Find the posteriors and labels of all voxels of a brain."""
    n, k = len(voxels.places), fit.mixture.n_groups
    field = fit.log_field(voxels)
    yield Progress("Labeling voxels", 0.0)
    corrected = voxels.values.copy()
    log_priors, evidence = np.empty((n, k), np.float32), np.empty((n, k), np.float32)
    ventricles = np.ones(n, np.float32)
    for start in range(0, n, _PART):
        yield Progress("Labeling voxels", 0.7 * start / n)
        part = slice(start, min(start + _PART, n))
        some = voxels.part(part.start, part.stop)
        raw = some.raw
        if field is not None:
            gain = np.exp(-field[part])
            corrected[part] *= gain
            raw = raw * gain
        begun = 0.7 * start / n
        atlas = yield from portion(fit.atlas_at_steps(some), begun, begun)
        yield Progress("Labeling voxels", begun)
        log_priors[part] = log_priors_of(fit, atlas, part.stop - part.start)
        yield Progress("Labeling voxels", begun)
        evidence[part] = log_priors[part] + _evidence(
            corrected[part], raw, voxels.noise, atlas, fit
        )
        if atlas is not None:
            evidence[part] -= overrated_white(log_priors[part], atlas[:, ANATOMY])
            ventricles[part] = atlas[:, VENTRICLES]
    smoothing = smooth_posteriors_steps(
        evidence, voxels.places, voxels.frame.shape, voxels.frame.spacing, recipe.smoothness
    )
    posteriors = yield from portion(smoothing, 0.7, 1.0)
    if recipe.sulcal_csf == "gm":
        _give_sulci_to_gray(posteriors, ventricles)
    labels = yield from _likeliest_steps(posteriors)
    return VoxelTissues(corrected, field, log_priors, posteriors, labels)


def _likeliest_steps(posteriors: NDArray[np.float32]) -> Work[NDArray[np.uint8]]:
    labels = np.empty(len(posteriors), np.uint8)

    def choose(_number: int, start: int, stop: int) -> None:
        labels[start:stop] = posteriors[start:stop].argmax(axis=1) + 1

    yield from run_blocks_steps(*for_chunks(len(labels), choose), "Labeling voxels")
    return labels


def _evidence(
    corrected: NDArray[np.float32],
    raw: NDArray[np.float32],
    noise: NDArray[np.float64],
    atlas: NDArray[np.float32] | None,
    fit: TissueFit,
) -> NDArray[np.float32]:
    """Log density of each tissue at voxels, shape (n, k), with what partial volume makes of it."""
    evidence = np.maximum(fit.mixture.log_densities(corrected), _LEAST_LOG_DENSITY)
    if atlas is not None and fit.typical is not None:
        evidence = share_evidence(evidence, corrected, raw, noise, fit.mixture, fit.typical)
        _add_lined_ventricles(evidence, corrected, atlas[:, MIXED], fit.typical)
    evidence[(corrected == 0).any(axis=1)] = 0  # nothing was measured there
    return evidence


def _add_lined_ventricles(
    evidence: NDArray[np.float32],
    corrected: NDArray[np.float32],
    mixed: NDArray[np.float32],
    typical: NDArray[np.float64],
) -> None:
    """Let white matter beside the ventricles hold fluid, which makes it look like gray matter."""
    chosen = np.flatnonzero(mixed > _LEAST_MIXED)
    along = typical[WM] - typical[CSF]
    place = (corrected[chosen] - typical[CSF]) @ (along / (along @ along))
    # A normal density a quarter of the way wide; as a logarithm, since it may be next to nothing.
    log_density = np.log(_MIXED_SHARE * mixed[chosen]) - 8 * (place - 0.5) ** 2
    log_density += np.log(4 / 2.5066) - 0.5 * np.log(along @ along)
    evidence[chosen, WM] = np.logaddexp(evidence[chosen, WM], log_density)


def _give_sulci_to_gray(posteriors: NDArray[np.float32], ventricles: NDArray[np.float32]) -> None:
    """Count fluid outside the ventricles as gray matter, as the IBSR's experts did."""
    outside = ventricles < _VENTRICULAR
    posteriors[:, GM] += np.where(outside, posteriors[:, CSF], 0)
    posteriors[:, CSF] *= ~outside
