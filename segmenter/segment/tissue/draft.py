"""A first picture of the tissues while the fit runs: the labels of the voxels it looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.segment.tissue.atlas import CSF
from segmenter.segment.tissue.sample import FitSample
from segmenter.segment.tissue.voxels import BrainVoxels


def drafted_labels(
    voxels: BrainVoxels, sample: FitSample, posteriors: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Give every voxel of the brain the label of the nearest one before it that was fitted to.

    Parameters
    ----------
    voxels : BrainVoxels
    sample : FitSample
    posteriors : ndarray of float32, shape (n, k)
        Of the sample.

    Returns
    -------
    ndarray of uint8, shape grid
    """
    shape, steps = voxels.frame.shape, sample.steps
    coarse = np.full([-(-side // step) for side, step in zip(shape, steps, strict=True)], CSF + 1)
    labels = coarse.astype(np.uint8)
    labels[tuple((sample.places // steps).T)] = posteriors.argmax(axis=1) + 1
    for axis, (side, step) in enumerate(zip(shape, steps, strict=True)):
        labels = labels.repeat(step, axis).take(range(side), axis)
    return voxels.frame.give_back(labels * voxels.mask)
