"""The tissues of a brain: what `segment_tissue` returns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.em.grouped import GroupedMixture
from segmenter.em.mixture import GaussianMixture
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.tissue.brain import MaskOrigin
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.fractions import tissue_fractions
from segmenter.segment.tissue.labeling import VoxelTissues
from segmenter.segment.tissue.outliers import Abnormality, abnormalities, outlier_probabilities
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.volumes import (
    TissueVolume,
    notes_on_volumes,
    parenchymal_fraction,
    quality_figures,
    tissue_volumes,
)
from segmenter.segment.tissue.voxels import BrainVoxels

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Tissue:
    """Labels, probabilities and numbers of the tissues of one brain.

    Everything on a grid is on that of the image, in the file's own order of axes.

    Attributes
    ----------
    image : Image
        The first channel's image.
    recipe : TissueRecipe
        What was asked for; the same recipe gives the same result.
    brain_mask_origin : {"given", "found", "stripped"}
        Whether the mask came from the caller, was found around the brain, or is where a volume
        whose skull had been removed has a signal.
    names : tuple of str
        Of the labels, from label 1.
    notes : tuple of str
        What the reader should know, in sentences.
    voxels, fit, tissues
        What the rest is computed from.
    """

    image: Image
    recipe: TissueRecipe
    brain_mask_origin: MaskOrigin
    names: tuple[str, ...]
    notes: tuple[str, ...]
    voxels: BrainVoxels
    fit: TissueFit
    tissues: VoxelTissues

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.names)

    @cached_property
    def label_map(self) -> NDArray[np.uint8]:
        """Label of each voxel, shape grid: 0 outside the brain, 1 CSF, 2 gray, 3 white matter."""
        return self._on_grid(self.tissues.labels)

    @cached_property
    def brain_mask(self) -> NDArray[np.bool_]:
        """Which voxels were labelled, shape grid."""
        return self._on_grid(np.ones(len(self.voxels.places), np.bool_))

    @cached_property
    def bias_field(self) -> NDArray[np.float32] | None:
        """What the first channel is multiplied by, shape grid; 1 where it was not estimated."""
        return None if self.tissues.log_field is None else self.bias_field_of(0)

    def bias_field_of(self, channel: int) -> NDArray[np.float32]:
        """Bias field of a channel, shape grid."""
        if self.tissues.log_field is None:
            return np.ones(self.image.grid, np.float32)
        return self._on_grid(np.exp(self.tissues.log_field[:, channel]), 1)

    @property
    def posteriors(self) -> NDArray[np.float32]:
        """Probability of each label, shape (*grid, k), computed anew; 0 outside the brain."""
        return self._on_grid(self.tissues.posteriors)

    def posterior(self, label: int) -> NDArray[np.float32]:
        """Probability of one label, shape grid.

        Raises
        ------
        ParameterError
            There is no such label.
        """
        self._check_label(label)
        return self._on_grid(self.tissues.posteriors[:, label - 1])

    @property
    def fractions(self) -> NDArray[np.float32]:
        """How much of each tissue a voxel holds, shape (*grid, k), 0..1; 0 outside the brain.

        Half a voxel of white matter beside gray has a fraction of 0.5, however sure that is.
        """
        return self._on_grid(self._fractions)

    def fraction(self, label: int) -> NDArray[np.float32]:
        """How much of one label's tissue a voxel holds, shape grid, 0..1.

        Raises
        ------
        ParameterError
            There is no such label.
        """
        self._check_label(label)
        return self._on_grid(self._fractions[:, label - 1])

    @cached_property
    def outliers(self) -> NDArray[np.float32]:
        """Probability that a normal voxel is as unlikely as this one, shape grid; 1 outside."""
        return self._on_grid(self._outliers, 1)

    def abnormalities(self, false_alarm_rate: float | None = None) -> tuple[Abnormality, ...]:
        """Regions that no tissue explains, the largest first.

        Parameters
        ----------
        false_alarm_rate : float, optional
            Instead of the recipe's.
        """
        rate = self.recipe.false_alarm_rate if false_alarm_rate is None else false_alarm_rate
        return abnormalities(self.voxels, self._outliers, rate, self.image.affine)

    @cached_property
    def volumes(self) -> tuple[TissueVolume, ...]:
        """Volume, mean and deviation of each tissue."""
        return tissue_volumes(self.voxels, self.tissues, self.names)

    @property
    def volume_notes(self) -> tuple[str, ...]:
        """What there is to say of the volumes, in sentences."""
        return notes_on_volumes(self.volumes)

    @property
    def parenchymal_fraction(self) -> float | None:
        """Share of the brain that is not fluid; None where the tissues have no names."""
        return self.corrected_fraction(np.zeros(self.n_labels + 1, np.int64))

    def corrected_fraction(self, changes: NDArray[np.int64]) -> float | None:
        """Do the same for a label map that was corrected by hand.

        Parameters
        ----------
        changes : ndarray of int, shape (k + 1,) or longer
            How many more voxels have each value, from 0 on, than in `label_map`.
        """
        if self.fit.places is None:
            return None
        moved = self.voxel_ml * changes[1 : self.n_labels + 1]
        return parenchymal_fraction(self.volumes, moved.tolist())

    @property
    def voxel_ml(self) -> float:
        """Milliliters of a voxel."""
        return self.image.voxel_ml

    @cached_property
    def quality(self) -> dict[str, float]:
        """Figures of how good the scan and the fit are, by name."""
        return quality_figures(self.voxels, self.fit, self.tissues)

    @property
    def log_likelihood(self) -> float:
        """Mean log density of the intensities that were fitted, over their scale."""
        return self.fit.log_likelihood

    @cached_property
    def mixture(self) -> GroupedMixture:
        """The Gaussians in the units of the image, after the bias field; group t is label t + 1."""
        scaled = self.fit.mixture.mixture.unstandardized(
            -self.voxels.lowest / self.voxels.units, 1 / self.voxels.units
        )
        return GroupedMixture(scaled, self.fit.mixture.groups)

    def tissue_mixture(self, label: int) -> GaussianMixture:
        """Return the Gaussians of one label, with weights of sum 1."""
        return self.mixture.group(label - 1)

    @cached_property
    def _fractions(self) -> NDArray[np.float32]:
        return tissue_fractions(self.voxels, self.fit, self.tissues)

    @cached_property
    def _outliers(self) -> NDArray[np.float32]:
        return outlier_probabilities(self.voxels, self.fit, self.tissues, self.recipe.seed)

    def _check_label(self, label: int) -> None:
        if not 1 <= label <= self.n_labels:
            raise ParameterError(f"There is no label {label}; there are 1 to {self.n_labels}.")

    def _on_grid(self, values: NDArray[_Scalar], fill: float = 0) -> NDArray[_Scalar]:
        frame = self.voxels.frame
        box = np.full((*frame.shape, *values.shape[1:]), fill, values.dtype)
        box[tuple(self.voxels.places.T)] = values
        return frame.give_back(box, fill)
