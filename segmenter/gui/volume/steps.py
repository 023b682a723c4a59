"""The long works of the Tissue job, and what they prepare for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.blas import with_serial_blas
from segmenter.gui.look import LEAST_P, View
from segmenter.gui.plots.histograms import N_BINS, Histogram
from segmenter.gui.volume.corrected import CorrectedMap
from segmenter.gui.volume.slicing import affine_of
from segmenter.gui.volume.tone import SAMPLED
from segmenter.images.image import Image
from segmenter.segment.tissue.brain import brain_mask_steps
from segmenter.segment.tissue.channels import channels_of
from segmenter.segment.tissue.outliers import Abnormality
from segmenter.segment.tissue.result import Tissue
from segmenter.segment.tissue.segment import segment_tissue_steps
from segmenter.session.corrections import Target, corrected
from segmenter.session.document import Document, TissueInputs
from segmenter.work import Progress, Work, portion


@dataclass(frozen=True, eq=False)
class TissueShown:
    """A finished result as it is shown.

    Attributes
    ----------
    inputs : TissueInputs
        What it follows from.
    tissue : Tissue
        The result.
    brain : uint8 ndarray, shape grid
        1 in the brain as it is without strokes.
    counts : int64 ndarray, shape (256,)
        Voxels of each label.
    probabilities : tuple of uint8 ndarray of shape grid
        Of each label, 255 for certain.
    histogram : Histogram
        Of the first channel in the brain.
    label_map, brain_map : CorrectedMap
        Labels and brain as they are painted on: they follow the strokes of the document.
    """

    inputs: TissueInputs
    tissue: Tissue
    brain: NDArray[np.uint8]
    counts: NDArray[np.int64]
    probabilities: tuple[NDArray[np.uint8], ...]
    histogram: Histogram
    label_map: CorrectedMap
    brain_map: CorrectedMap


def tissue_steps(
    document: Document, found: NDArray[np.uint8] | None, previous: TissueShown | None
) -> Work[TissueShown]:
    """Tell the tissues of a document's volume apart; partial results are label maps.

    Parameters
    ----------
    document : Document
        What to segment and how.
    found : uint8 ndarray, shape grid, or None
        The mask that was found before, if it was; strokes on it correct it.
    previous : TissueShown or None
        The result on screen.
    """
    yield Progress("Starting")
    image, inputs = document.image, document.tissue_inputs
    brain = yield from portion(_brain_steps(image, inputs, found), 0.0, 0.3)
    mask = brain
    if brain is not None and inputs.brain_strokes:
        mask = corrected(brain, inputs.brain_strokes, affine_of(image), "brain")
    before = None if previous is None else previous.tissue
    given = None if mask is None else mask.astype(bool)
    work = segment_tissue_steps(image, given, inputs.recipe, before)
    tissue = yield from portion(work, 0.0, 0.95)
    return (yield from portion(_shown_steps(document, tissue, brain), 0.95, 1.0))


def _shown_steps(
    document: Document, tissue: Tissue, brain: NDArray[np.uint8] | None
) -> Work[TissueShown]:
    """Prepare all that the window asks for at once; what is computed on demand is so here."""
    probabilities = []
    for label in range(1, tissue.n_labels + 1):
        yield Progress("Preparing the picture", 0.8 * label / tissue.n_labels)
        probabilities.append(as_bytes(tissue.posterior(label)))
    counts = np.bincount(tissue.label_map.reshape(-1), minlength=256)
    yield Progress("Preparing the picture", 0.8)
    tissue.volumes  # noqa: B018  computed once, here and not on the window's thread
    brain = tissue.brain_mask.astype(np.uint8) if brain is None else brain
    label_map = yield from _painted_steps(tissue.label_map, document, "labels")
    brain_map = yield from _painted_steps(brain, document, "brain")
    return TissueShown(
        document.tissue_inputs, tissue, brain, counts, tuple(probabilities), _histogram(tissue),
        label_map, brain_map,
    )  # fmt: skip


def _painted_steps(
    values: NDArray[np.uint8], document: Document, target: Target
) -> Work[CorrectedMap]:
    """Paint what the document has on a target, stroke by stroke."""
    painted = CorrectedMap(values, affine_of(document.image))
    strokes = document.strokes_on(target)
    for n_strokes in range(1, len(strokes) + 1):
        yield Progress("Painting corrections", 0.9)
        painted.follow(strokes[:n_strokes])
    return painted


@dataclass(frozen=True, eq=False)
class ComputedView:
    """What a view paints that is not there with the result.

    Attributes
    ----------
    painted : uint8 ndarray, shape grid
        Bytes of 0..1. The bias field is on a logarithmic scale, none in the middle; anomaly is the
        negative power of ten of the p-value, as a share of that of `LEAST_P`. All but fractions
        are 0 outside the brain and at least 1 inside.
    values : float32 ndarray, shape grid
        What the pointer tells: the fraction, the entropy 0..1, the bias field, the p-value.
    ends : (float, float)
        The values that are painted as 0 and as 255.
    """

    painted: NDArray[np.uint8]
    values: NDArray[np.float32]
    ends: tuple[float, float] = (0.0, 1.0)


def view_steps(shown: TissueShown, view: View, label: int) -> Work[ComputedView]:
    """Compute a view; the fraction is that of a label, the others take 0 for it."""
    yield Progress(f"Computing the {view.value.lower()}")
    tissue, ends = shown.tissue, (0.0, 1.0)
    if view is View.FRACTION:
        fraction = tissue.fraction(label)
        return ComputedView(as_bytes(fraction), fraction)
    if view is View.UNCERTAINTY:
        painted = yield from _uncertainty_steps(shown)
        values: NDArray[np.float32] = painted * np.float32(1 / 255)
    elif view is View.BIAS:
        values = tissue.bias_field_of(0)
        painted, ends = _bias_bytes(values)
    else:
        values, ends = tissue.outliers, (1.0, LEAST_P)
        with np.errstate(divide="ignore"):
            painted = as_bytes(np.log10(values) / np.log10(np.float32(LEAST_P)))
    inside = np.where(tissue.brain_mask, np.maximum(painted, 1), np.uint8(0))
    return ComputedView(inside, values, ends)


def abnormality_steps(tissue: Tissue, rate: float) -> Work[tuple[Abnormality, ...]]:
    """List the regions that no tissue explains at a false-alarm rate."""
    yield Progress("Finding anomalies")
    return tissue.abnormalities(rate)


def as_bytes(shares: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Turn values of 0..1 into 0..255, what is beyond into the nearest."""
    values: NDArray[np.uint8] = (np.clip(shares, 0, 1) * np.float32(255) + 0.5).astype(np.uint8)
    return values


def _uncertainty_steps(shown: TissueShown) -> Work[NDArray[np.uint8]]:
    """Compute the entropy of the posteriors, 0..1, slab by slab."""
    shares = np.arange(256, dtype=np.float32) / np.float32(255)
    entropy = -shares * np.log(np.maximum(shares, np.float32(1e-12)))
    entropy /= np.float32(np.log(max(2, shown.tissue.n_labels)))
    values = np.zeros(shown.tissue.label_map.shape, np.uint8)
    for slab in range(len(values)):
        yield Progress("Computing the uncertainty", slab / len(values))
        values[slab] = as_bytes(sum(entropy[each[slab]] for each in shown.probabilities))
    return values


def _bias_bytes(field: NDArray[np.float32]) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Return a bias field as bytes of its logarithm, and the factors that are 0 and 255."""
    logarithm = np.log(field)
    reach = max(float(np.abs(logarithm).max()), 1e-3)
    return as_bytes(logarithm / (2 * reach) + 0.5), (exp(-reach), exp(reach))


@with_serial_blas
def _brain_steps(
    image: Image, inputs: TissueInputs, found: NDArray[np.uint8] | None
) -> Work[NDArray[np.uint8] | None]:
    """Take the brain without strokes, 1 inside; None where it is to be found with the tissues."""
    if inputs.brain == "found":
        if not inputs.brain_strokes:
            return None
        if found is not None:
            return found
        is_human = inputs.recipe.atlas != "none"
        mask, _ = yield from brain_mask_steps(channels_of(image), None, is_human)
        return mask.astype(np.uint8)
    if inputs.brain == "whole":
        inside = np.ones(image.grid, bool) if image.valid is None else image.valid
        return inside.astype(np.uint8)
    return inputs.brain.mask.astype(np.uint8)


def _histogram(tissue: Tissue) -> Histogram:
    """Count the first channel in the brain as it was fitted: without bias field, and smoother."""
    voxels = tissue.voxels
    corrected = tissue.tissues.corrected[voxels.measured, 0]
    values = corrected * np.float32(voxels.units[0]) + np.float32(voxels.lowest[0])
    low, high = np.percentile(values[:: max(1, len(values) // SAMPLED)], (0.1, 99.9))
    highest = float(high) if high > low else float(low) + 1
    counts, edges = np.histogram(values, N_BINS, (float(low), highest))
    return Histogram("Intensity", edges, counts / (len(values) * (edges[1] - edges[0])))
