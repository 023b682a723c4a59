"""The voxels that a fit looks at, and the bias field that is known of them so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.em.grouped import GroupedFit, GroupedMixture, fit_grouped_steps
from segmenter.segment.tissue.atlas import CSF
from segmenter.segment.tissue.bias import BiasBasis, residuals
from segmenter.segment.tissue.voxels import BrainVoxels
from segmenter.work import Progress, Work, unmeasured

LEAST_VARIANCE = 1e-2
"""Floor of a Gaussian's variance, relative to that of the brain."""

STRANGE = 0.01
"""Share of voxels that may be anything: what fits no tissue better than that tells of none."""

_EM_STEPS = 3  # between two fields


@dataclass(frozen=True, eq=False)
class FitSample:
    """Voxels about 3 mm apart, and their log bias field.

    Attributes
    ----------
    places : int32 ndarray of shape (n, 3)
        Indices in the frame.
    values : float32 ndarray of shape (n, n_channels)
        Positive intensities as measured, in a common scale.
    steps : tuple of int
        Voxels between them along each axis.
    basis : BiasBasis or None
        Of the bias field; None to leave it out.
    block_numbers : int64 ndarray of shape (n,), or None
        The block of the basis that each voxel lies in.
    coefficients : tuple of ndarray
        Of the log field of each channel; empty before it is estimated.
    """

    places: NDArray[np.int32]
    values: NDArray[np.float32]
    steps: tuple[int, ...]
    basis: BiasBasis | None
    block_numbers: NDArray[np.int64] | None
    coefficients: tuple[NDArray[np.float64], ...] = ()

    @cached_property
    def corrected(self) -> NDArray[np.float32]:
        """Intensities over the bias field."""
        if self.basis is None or not self.coefficients:
            return self.values
        places = tuple((self.places // self.steps).T)
        fields = [self.basis.evaluate(one, self.steps)[places] for one in self.coefficients]
        corrected: NDArray[np.float32] = self.values * np.exp(-np.stack(fields, axis=-1))
        return corrected


def fit_sample(voxels: BrainVoxels, basis: BiasBasis | None) -> FitSample:
    """Choose the voxels that a fit looks at."""
    chosen, steps = voxels.coarse()
    places = voxels.places[chosen]
    numbers = None if basis is None else basis.blocks.numbers(places)
    return FitSample(places, voxels.values[chosen], steps, basis, numbers)


def fit_with_bias_steps(
    sample: FitSample, mixture: GroupedMixture, log_priors: NDArray[np.float32], n_rounds: int
) -> Work[tuple[FitSample, GroupedFit]]:
    """Fit the mixture and the bias field in turn: a few EM steps, then a new field.

    Voxels count as far as tissues explain them better than a constant density does, so that no
    lesion draws a Gaussian to itself (after Van Leemput et al., IEEE TMI 2001).

    Parameters
    ----------
    sample : FitSample
    mixture : GroupedMixture
        The first one.
    log_priors : ndarray of float32, shape (n, n_groups)
    n_rounds : int
        How often.

    Returns
    -------
    FitSample
        With the last field.
    GroupedFit
        Whose mixture was fitted under that field.
    """
    for number in range(n_rounds):
        fit = yield from unmeasured(_em_steps(sample, mixture, log_priors))
        mixture = fit.mixture
        if sample.basis is not None:
            yield Progress("Estimating the bias field", number / n_rounds)
            sample = _with_new_field(sample, mixture, log_priors)
    last = yield from unmeasured(_em_steps(sample, mixture, log_priors))
    return sample, last


def _em_steps(
    sample: FitSample, mixture: GroupedMixture, log_priors: NDArray[np.float32]
) -> Work[GroupedFit]:
    return fit_grouped_steps(
        sample.corrected,
        log_priors,
        mixture,
        sample_weight=_typicality(sample, mixture, log_priors),
        max_iterations=_EM_STEPS,
        least_variance=LEAST_VARIANCE,
    )


def _typicality(
    sample: FitSample, mixture: GroupedMixture, log_priors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Probability that a voxel is of any tissue and not just anything, shape (n,)."""
    evidence = np.exp(mixture.log_densities(sample.corrected) + log_priors).sum(axis=1)
    typicality: NDArray[np.float32] = evidence / (evidence + np.float32(STRANGE))
    return typicality


def _with_new_field(
    sample: FitSample, mixture: GroupedMixture, log_priors: NDArray[np.float32]
) -> FitSample:
    """Fit the field of each channel to what the mixture leaves over."""
    assert sample.basis is not None
    assert sample.block_numbers is not None
    responsibilities = mixture.responsibilities(sample.corrected, log_priors)
    # Fluid is dark, and its Gaussians take what no tissue explains.
    trusted = (mixture.groups != CSF) | (mixture.n_groups == 1)
    coefficients = []
    for channel in range(sample.values.shape[1]):
        values = sample.values[:, channel]
        told = residuals(values, responsibilities, mixture.mixture, trusted, channel)
        coefficients.append(sample.basis.fit(sample.block_numbers, *told))
    return replace(sample, coefficients=tuple(coefficients))
