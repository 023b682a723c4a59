"""Tissues without an atlas: a plain mixture of as many Gaussians as there are tissues.

For other anatomy, animals and phantoms. The labels are numbered by brightness. The tissues share
one covariance, for the scanner's noise is the same in all: with one each, the likeliest mixture
often has a wide Gaussian for voxels of two tissues, and a narrow one for half of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.fit import fit_mixture_steps
from segmenter.em.grouped import GroupedMixture
from segmenter.em.mixture import GaussianMixture
from segmenter.segment.tissue.bias import STIFFNESS, bias_basis
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.sample import LEAST_VARIANCE, fit_sample, fit_with_bias_steps
from segmenter.segment.tissue.voxels import BrainVoxels
from segmenter.work import Work

_STIFFER = 10.0
"""Without an atlas the bias field could take tissues for brightness: it is held this much more."""

_N_ROUNDS = 8


def fit_plainly_steps(voxels: BrainVoxels, recipe: TissueRecipe) -> Work[TissueFit]:
    """Fit a mixture of `n_tissues` Gaussians, and the bias field, to the voxels of a brain."""
    basis = bias_basis(voxels.frame, _STIFFER * STIFFNESS) if recipe.bias else None
    sample = fit_sample(voxels, basis)
    start = yield from fit_mixture_steps(
        sample.values,
        recipe.n_tissues,
        covariance="tied",
        seed=recipe.seed,
        n_starts=4,
        least_variance=LEAST_VARIANCE,
    )
    # One group: the weights within it are the tissues' shares, as in any mixture.
    together = GroupedMixture(start.mixture, np.zeros(start.mixture.n_components, np.int64))
    no_priors = np.zeros((len(sample.values), 1), np.float32)
    sample, fit = yield from fit_with_bias_steps(sample, together, no_priors, _N_ROUNDS)
    ordered = fit.mixture.mixture.with_order(_order(fit.mixture.mixture, recipe))
    apart = GroupedMixture(ordered, np.arange(ordered.n_components))
    blocks = bias_basis(voxels.frame).blocks
    return TissueFit(apart, sample.basis, sample.coefficients, blocks, None, fit.log_likelihood)


def _order(mixture: GaussianMixture, recipe: TissueRecipe) -> NDArray[np.intp]:
    """Order from dark to bright; from bright to dark where CSF is bright."""
    means = mixture.means[:, 0]
    return np.argsort(-means if recipe.contrast in ("T2", "PD") else means)
