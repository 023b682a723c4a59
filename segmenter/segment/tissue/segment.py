"""From a volume to its tissues: brain mask, fit, labels.

canonical frame -> brain voxels -> mixture, bias field and registration in turn -> evidence at
every voxel -> smoothing -> labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from segmenter.blas import with_serial_blas
from segmenter.images.image import Image
from segmenter.segment.tissue.atlas import icbm152
from segmenter.segment.tissue.brain import MaskOrigin, brain_mask_steps
from segmenter.segment.tissue.channels import Channels, channels_of
from segmenter.segment.tissue.contrast import contrast_of
from segmenter.segment.tissue.fit import TissueFit, fit_tissues_steps
from segmenter.segment.tissue.frame import frame_of
from segmenter.segment.tissue.labeling import label_voxels_steps
from segmenter.segment.tissue.plain import fit_plainly_steps
from segmenter.segment.tissue.recipe import Contrast, TissueRecipe
from segmenter.segment.tissue.result import Tissue
from segmenter.segment.tissue.stripped import LARGEST_BRAIN
from segmenter.segment.tissue.voxels import BrainVoxels, brain_voxels_steps
from segmenter.work import Progress, Work, apart, finish, portion

TISSUE_NAMES = ("Cerebrospinal fluid", "Gray matter", "White matter")

LEAST_AGREEMENT = 0.8
"""With the atlas: heads have 0.86 and more, an upside-down one 0.77, other things less."""

SMALLEST_BRAIN = 0.3
"""Liters, with the fluid around it; at birth it has 0.35 and more."""

_LABELS_ALONE = ("names", "smoothness", "sulcal_csf", "false_alarm_rate")


def segment_tissue(
    images: Image | Sequence[Image],
    brain_mask: NDArray[np.bool_] | Image | None = None,
    recipe: TissueRecipe | None = None,
) -> Tissue:
    """Label the tissues of a brain: 1 CSF, 2 gray matter, 3 white matter, 0 outside the brain.

    Parameters
    ----------
    images : Image or sequence of Image
        A volume, or aligned volumes of one grid, such as a T1 and a T2.
    brain_mask : ndarray of bool of shape grid, or Image, optional
        Which voxels are brain; not 0 in an image. Found by default.
    recipe : TissueRecipe, optional
        The settings.

    Returns
    -------
    Tissue

    Raises
    ------
    ParameterError
        The images are no volumes of one grid, or hold nothing that tissues can be told by.
    """
    return finish(segment_tissue_steps(images, brain_mask, recipe))


def segment_tissue_steps(
    images: Image | Sequence[Image],
    brain_mask: NDArray[np.bool_] | Image | None = None,
    recipe: TissueRecipe | None = None,
    previous: Tissue | None = None,
) -> Work[Tissue]:
    """Do the same as :func:`segment_tissue` as a work; partial results are early label maps.

    Parameters
    ----------
    previous : Tissue, optional
        An earlier result, whose mask and fit are taken over as far as they do not change.
    """
    return apart(_steps(images, brain_mask, recipe or TissueRecipe(), previous))


@with_serial_blas
def _steps(
    images: Image | Sequence[Image],
    brain_mask: NDArray[np.bool_] | Image | None,
    recipe: TissueRecipe,
    previous: Tissue | None,
) -> Work[Tissue]:
    yield Progress("Checking the volume", 0.0)
    channels = channels_of(images)
    if previous is not None and _has_same_fit(previous, channels, brain_mask, recipe):
        voxels, origin, fit = previous.voxels, previous.brain_mask_origin, previous.fit
    else:
        finding = brain_mask_steps(channels, brain_mask, recipe.atlas != "none")
        mask, origin = yield from portion(finding, 0.0, 0.3)
        yield Progress("Measuring intensities", 0.3)
        frame = frame_of(channels.image).cropped(mask)
        taking = brain_voxels_steps(channels.values, mask, frame)
        voxels = yield from portion(taking, 0.3, 0.35)
        fit = yield from portion(_fit_steps(voxels, recipe), 0.35, 0.9)
    tissues = yield from portion(label_voxels_steps(voxels, fit, recipe), 0.9, 1.0)
    notes = (*channels.notes, *_notes(fit, origin, recipe), *_size_notes(voxels, recipe))
    return Tissue(channels.image, recipe, origin, _names(fit, recipe), notes, voxels, fit, tissues)


def _has_same_fit(
    previous: Tissue,
    channels: Channels,
    brain_mask: NDArray[np.bool_] | Image | None,
    recipe: TissueRecipe,
) -> bool:
    """Tell whether only the labels can differ from those of an earlier result."""
    if previous.image is not channels.image or len(channels.values) != len(previous.voxels.units):
        return False
    like = replace(previous.recipe, **{name: getattr(recipe, name) for name in _LABELS_ALONE})
    if like != recipe:
        return False
    if brain_mask is None:
        return previous.brain_mask_origin != "given"
    return isinstance(brain_mask, np.ndarray) and np.array_equal(previous.brain_mask, brain_mask)


def _fit_steps(voxels: BrainVoxels, recipe: TissueRecipe) -> Work[TissueFit]:
    if recipe.atlas == "none":
        return fit_plainly_steps(voxels, recipe)
    return fit_tissues_steps(voxels, icbm152(), recipe)


def _names(fit: TissueFit, recipe: TissueRecipe) -> tuple[str, ...]:
    if recipe.names:
        return recipe.names
    if fit.places is not None:
        return TISSUE_NAMES
    return tuple(f"Tissue {label}" for label in range(1, fit.mixture.n_groups + 1))


def _size_notes(voxels: BrainVoxels, recipe: TissueRecipe) -> tuple[str, ...]:
    """Say when a brain has a size that no brain has: its voxels may be of another size."""
    liters = len(voxels.places) * voxels.frame.voxel_ml / 1000
    if recipe.atlas == "none" or SMALLEST_BRAIN <= liters <= LARGEST_BRAIN:
        return ()
    return (
        f"The brain has {liters:.2f} liters, which human brains have not: check the voxels' size"
        " and the brain mask.",
    )


def _notes(fit: TissueFit, origin: MaskOrigin, recipe: TissueRecipe) -> tuple[str, ...]:
    notes = []
    if origin == "stripped" and recipe.atlas == "none":
        notes.append("Without an atlas no brain is looked for: every voxel with a signal counts.")
    elif origin == "stripped":
        notes.append(
            "The volume shows a brain without its skull: every voxel with a signal counts."
        )
    if origin == "found":
        notes.append(
            "The brain was found by its surface: look at the mask before you trust volumes."
        )
    if fit.places is not None and recipe.contrast == "auto":
        contrast = contrast_of(fit.mixture)
        notes.append(f"By its brightness the volume is a {contrast}.")
        if contrast not in get_args(Contrast):
            notes.append(
                "Its tissues are in no known order of brightness: look at the labels, and state"
                " the contrast if they are wrong."
            )
    if fit.agreement is not None and fit.agreement < LEAST_AGREEMENT:
        notes.append(
            "The tissues lie otherwise than in an adult's head: check the scan's orientation and"
            " the brain mask, or choose the atlas “none”."
        )
    if recipe.sulcal_csf == "gm":
        notes.append("Fluid outside the ventricles is counted as gray matter.")
    return tuple(notes)
