"""The numbers a lab asks for: volumes with their uncertainty, intensities, quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.tissue.blocks import block_grid
from segmenter.segment.tissue.fit import TissueFit
from segmenter.segment.tissue.labeling import VoxelTissues
from segmenter.segment.tissue.voxels import BrainVoxels

CORRELATION = 10.0
"""Millimeters of the blocks in which labels are taken to err together."""

_INTERVAL = 1.96  # deviations: 95 of 100


@dataclass(frozen=True, slots=True)
class TissueVolume:
    """How much there is of a tissue, and what it looks like.

    Attributes
    ----------
    label : int
    name : str
    hard_ml : float
        Milliliters of the voxels with this label.
    expected_ml : float
        Sum of its probability over all voxels, in milliliters.
    low_ml, high_ml : float
        95 % interval around the expected volume, if errors within 10 mm go together and farther
        ones are independent.
    mean, deviation : float
        Of the first channel's corrected intensities, weighted by the probability.
    """

    label: int
    name: str
    hard_ml: float
    expected_ml: float
    low_ml: float
    high_ml: float
    mean: float
    deviation: float


def tissue_volumes(
    voxels: BrainVoxels, tissues: VoxelTissues, names: Sequence[str]
) -> tuple[TissueVolume, ...]:
    """Measure each tissue."""
    ml = voxels.frame.voxel_ml
    blocks = block_grid(voxels.frame, CORRELATION, 0)
    numbers = blocks.numbers(voxels.places)
    intensity = tissues.corrected[:, 0].astype(np.float64) * voxels.units[0] + voxels.lowest[0]
    result = []
    for label, name in enumerate(names, 1):
        share = tissues.posteriors[:, label - 1].astype(np.float64)
        expected = share.sum()
        of_blocks = np.bincount(numbers, np.sqrt(np.clip(share * (1 - share), 0, None)))
        margin = _INTERVAL * float(np.sqrt((of_blocks**2).sum()))
        mean = float((share * intensity).sum() / max(expected, 1e-9))
        variance = float((share * (intensity - mean) ** 2).sum() / max(expected, 1e-9))
        result.append(
            TissueVolume(
                label,
                name,
                ml * int(np.count_nonzero(tissues.labels == label)),
                ml * float(expected),
                ml * max(0.0, float(expected) - margin),
                ml * min(float(len(share)), float(expected) + margin),
                mean,
                variance**0.5,
            )
        )
    return tuple(result)


def notes_on_volumes(volumes: Sequence[TissueVolume]) -> tuple[str, ...]:
    """Say whose labels have another volume than the probabilities let expect."""
    apart = [each.name for each in volumes if not each.low_ml <= each.hard_ml <= each.high_ml]
    if not apart:
        return ()
    return (
        "Labels have a volume outside the interval of the expected one, since many voxels are"
        f" uncertain: {', '.join(apart)}.",
    )


def parenchymal_fraction(volumes: Sequence[TissueVolume], moved_ml: Sequence[float]) -> float:
    """Share of gray and white matter in the expected volume of the brain.

    Parameters
    ----------
    volumes : sequence of TissueVolume
        The first is fluid.
    moved_ml : sequence of float
        What was given to each tissue by hand, or, negative, taken from it.
    """
    both = zip(volumes, moved_ml, strict=True)
    fluid, *rest = (max(0.0, volume.expected_ml + moved) for volume, moved in both)
    return sum(rest) / max(fluid + sum(rest), 1e-9)


def quality_figures(voxels: BrainVoxels, fit: TissueFit, tissues: VoxelTissues) -> dict[str, float]:
    """Figures by name: noise and contrast, range of the bias field, likelihood, sureness."""
    means, deviations = _purest(tissues)
    figures = {
        "log_likelihood": fit.log_likelihood,
        "mean_certainty": float(tissues.posteriors.max(axis=1).mean()),
        "voxels": len(voxels.places),
        "noise_percent": 100 * float(deviations[-1] / max(means[-1], 1e-9)),
    }
    if len(means) > 1:
        apart = abs(float(means[-1] - means[-2]))
        noise = float(np.hypot(deviations[-1], deviations[-2]))
        figures["contrast_to_noise"] = apart / max(noise, 1e-9)
    if tissues.log_field is not None:
        low, high = np.exp(np.percentile(tissues.log_field[:, 0], [1, 99]))
        figures["bias_low"], figures["bias_high"] = float(low), float(high)
    return figures


def _purest(tissues: VoxelTissues) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and robust deviation of each tissue's surest voxels, in the first channel."""
    medians, deviations = [], []
    for label in range(tissues.posteriors.shape[1]):
        chosen = tissues.corrected[tissues.posteriors[:, label] > 0.9, 0]
        chosen = chosen if chosen.size else tissues.corrected[:, 0]
        median = np.median(chosen)
        medians.append(median)
        deviations.append(1.4826 * np.median(np.abs(chosen - median)))
    return np.array(medians), np.array(deviations)
