"""The fit: mixture, bias field and registration in turn, each given the others.

All of it works on voxels about 3 mm apart; only the labels need all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.grouped import GroupedMixture
from segmenter.segment.tissue.atlas import CSF, Atlas, icbm152
from segmenter.segment.tissue.bias import BiasBasis, bias_basis
from segmenter.segment.tissue.blocks import BlockGrid, block_grid
from segmenter.segment.tissue.contrast import first_mixture
from segmenter.segment.tissue.draft import drafted_labels
from segmenter.segment.tissue.partial_volume import typical_intensities
from segmenter.segment.tissue.prior import log_priors_from, sample_atlas_steps
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.registration import STRIDES, first_map, register_steps
from segmenter.segment.tissue.sample import FitSample, fit_sample, fit_with_bias_steps
from segmenter.segment.tissue.voxels import BrainVoxels
from segmenter.segment.tissue.warp import warp_steps
from segmenter.work import Progress, Work, portion

BLOCK = 5.0
"""Millimeters of the blocks that are registered."""

_MARGIN = 2  # empty blocks around the brain
_FIRST_ROUNDS, _ROUNDS = 3, 2


@dataclass(frozen=True, eq=False)
class TissueFit:
    """What is known of a brain after the fit.

    Attributes
    ----------
    mixture : GroupedMixture
        Of intensities over the bias field; group t is label t + 1.
    basis : BiasBasis or None
    coefficients : tuple of ndarray
        Of the log bias field of each channel; empty without one.
    blocks : BlockGrid
    places : float32 ndarray of shape (*blocks.shape, 3), or None
        Where the blocks lie in the atlas; None without one.
    log_likelihood : float
        Mean over the voxels that were fitted to.
    typical : float64 ndarray of shape (k, n_channels), or None
        Intensities of voxels that hold one tissue alone; None without an atlas.
    agreement : float or None
        How alike the tissues and the atlas are at their places, up to 1; None without one.
    """

    mixture: GroupedMixture
    basis: BiasBasis | None
    coefficients: tuple[NDArray[np.float64], ...]
    blocks: BlockGrid
    places: NDArray[np.float32] | None
    log_likelihood: float
    typical: NDArray[np.float64] | None = None
    agreement: float | None = None

    def log_field(self, voxels: BrainVoxels) -> NDArray[np.float32] | None:
        """Log bias field at voxels of the frame, shape (n, n_channels); None without one."""
        if self.basis is None or not self.coefficients:
            return None
        places = tuple(voxels.places.T)
        fields = [self.basis.evaluate(one)[places] for one in self.coefficients]
        return np.stack(fields, axis=-1)

    def atlas_at_steps(self, voxels: BrainVoxels) -> Work[NDArray[np.float32] | None]:
        """What the atlas's priors are at voxels of the frame, shape (n, c); None without one."""
        if self.places is None:
            return None
        priors = icbm152().priors
        return (yield from sample_atlas_steps(priors, self.places, self.blocks, voxels.places))


def fit_tissues_steps(voxels: BrainVoxels, atlas: Atlas, recipe: TissueRecipe) -> Work[TissueFit]:
    """Fit CSF, gray and white matter to the voxels of a brain, with an atlas.

    The brain's outline is laid over the atlas, whose tissues then tell what to start from; the
    tissues found are registered, first by an affine map, then softly, and fitted again. Partial
    results are label maps of the whole grid, as they are known so far.
    """
    yield Progress("Finding the brain in the atlas", 0.0)
    sample = fit_sample(voxels, bias_basis(voxels.frame) if recipe.bias else None)
    yield Progress("Finding the brain in the atlas", 0.0)
    blocks = block_grid(voxels.frame, BLOCK, _MARGIN)
    points = _points(voxels, blocks)
    mask = voxels.mask
    yield Progress("Finding the brain in the atlas", 0.0)
    filled = blocks.count(mask)
    yield Progress("Finding the brain in the atlas", 0.0)
    to_atlas = yield from _lay_over_steps(filled, points, atlas)
    log_priors = yield from _priors_steps(sample, atlas, _places(to_atlas, points, blocks), blocks)
    mixture = first_mixture(sample.values, log_priors, recipe.contrast)
    fitting = fit_with_bias_steps(sample, mixture, log_priors, _FIRST_ROUNDS)
    sample, fit = yield from portion(fitting, 0.1, 0.3)
    tissues = _posteriors(sample, fit.mixture, log_priors)
    yield Progress("Finding the tissues in the atlas", 0.3, drafted_labels(voxels, sample, tissues))
    shares = _shares(sample, tissues, blocks, filled)
    registering = register_steps(shares, points, atlas.maps, to_atlas)
    to_atlas = yield from portion(registering, 0.3, 0.4)
    log_priors = yield from _priors_steps(sample, atlas, _places(to_atlas, points, blocks), blocks)
    fitting = fit_with_bias_steps(sample, fit.mixture, log_priors, _ROUNDS)
    sample, fit = yield from portion(fitting, 0.4, 0.6)
    tissues = _posteriors(sample, fit.mixture, log_priors)
    yield Progress("Fitting the atlas to the tissues", 0.6, drafted_labels(voxels, sample, tissues))
    shares = _shares(sample, tissues, blocks, filled)
    affine_places = _places(to_atlas, points, blocks)
    warping = warp_steps(shares.reshape(affine_places.shape), affine_places, atlas.maps)
    places = yield from portion(warping, 0.6, 0.7)
    log_priors = yield from _priors_steps(sample, atlas, places, blocks)
    fitting = fit_with_bias_steps(sample, fit.mixture, log_priors, _ROUNDS)
    sample, fit = yield from portion(fitting, 0.7, 1.0)
    tissues = _posteriors(sample, fit.mixture, log_priors)
    yield Progress("Labeling voxels", 1.0, drafted_labels(voxels, sample, tissues))
    typical = typical_intensities(fit.mixture, sample.corrected, tissues)
    yield Progress("Labeling voxels", 1.0)
    agreement = _agreement(_shares(sample, tissues, blocks, filled), places, atlas)
    return TissueFit(
        fit.mixture, sample.basis, sample.coefficients, blocks, places, fit.log_likelihood,
        typical, agreement,
    )  # fmt: skip


def log_priors_of(fit: TissueFit, atlas: NDArray[np.float32] | None, n: int) -> NDArray[np.float32]:
    """Log prior of each tissue at n voxels: from what the atlas says there, or their shares."""
    if atlas is None:
        shares = np.log(fit.mixture.shares).astype(np.float32)
        return np.broadcast_to(shares, (n, len(shares)))
    return log_priors_from(atlas)


def _priors_steps(
    sample: FitSample, atlas: Atlas, places: NDArray[np.float32], blocks: BlockGrid
) -> Work[NDArray[np.float32]]:
    sampling = sample_atlas_steps(atlas.priors[..., :3], places, blocks, sample.places)
    return log_priors_from((yield from sampling))


def _points(voxels: BrainVoxels, blocks: BlockGrid) -> NDArray[np.float64]:
    """Millimeters of the blocks' centers from the middle of the frame, in RAS, shape (n, 3).

    The scanner's own origin plays no part: it is rounded in a file's header.
    """
    frame = voxels.frame
    centers = blocks.centers() - (np.array(frame.shape) - 1) / 2
    points: NDArray[np.float64] = centers * frame.spacing @ frame.directions.T
    return points


def _lay_over_steps(
    filled: NDArray[np.float32], points: NDArray[np.float64], atlas: Atlas
) -> Work[NDArray[np.float64]]:
    """Register the outline of a brain: some points are enough before the tissues are known."""
    outline = filled[:, np.newaxis]
    start = first_map(filled, points, atlas)
    registering = register_steps(outline, points, atlas.brain, start, STRIDES[:1])
    return (yield from portion(registering, 0.0, 0.1))


def _places(
    to_atlas: NDArray[np.float64], points: NDArray[np.float64], blocks: BlockGrid
) -> NDArray[np.float32]:
    places = points @ to_atlas[:, :3].T + to_atlas[:, 3]
    return places.astype(np.float32).reshape(*blocks.shape, 3)


def _shares(
    sample: FitSample,
    tissues: NDArray[np.float32],
    blocks: BlockGrid,
    filled: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Share of each tissue in each block; what was not measured inside the brain is CSF."""
    sums = blocks.sums(blocks.numbers(sample.places), tissues)
    total = sums.sum(axis=1, keepdims=True)
    shares: NDArray[np.float32] = sums / np.maximum(total, 1e-6) * filled[:, np.newaxis]
    shares[:, CSF] += np.where(total[:, 0] == 0, filled, 0)
    return shares


def _agreement(shares: NDArray[np.float32], places: NDArray[np.float32], atlas: Atlas) -> float:
    """One less the squared differences of the tissues and the maps, over their squares."""
    nearest = np.rint(places.reshape(-1, 3)).astype(np.int64)
    inside = np.all((nearest >= 0) & (nearest < atlas.maps.shape[:3]), axis=1)
    maps = atlas.maps[tuple(nearest[inside].T)]
    squares = float((shares**2).sum() + (maps**2).sum())
    rest = float(((shares[inside] - maps) ** 2).sum() + (shares[~inside] ** 2).sum())
    return 1 - rest / max(squares, 1e-9)


def _posteriors(
    sample: FitSample, mixture: GroupedMixture, log_priors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Probability of each tissue at the voxels that are fitted to, shape (n, 3)."""
    responsibilities = mixture.responsibilities(sample.corrected, log_priors)
    of_tissues = [responsibilities[:, mixture.groups == tissue].sum(axis=1) for tissue in range(3)]
    return np.stack(of_tissues, axis=1)
