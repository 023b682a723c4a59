"""A first picture of the tissues while the fit runs: the labels of the voxels it looks at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks
from segmenter.segment.tissue.atlas import CSF
from segmenter.segment.tissue.sample import FitSample
from segmenter.segment.tissue.voxels import BrainVoxels


def drafted_labels(
    voxels: BrainVoxels, sample: FitSample, posteriors: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Give every voxel of the brain the label of one near it that was fitted to, or else CSF.

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
    shape, steps = voxels.frame.shape, np.array(sample.steps)
    known = np.zeros(-(-np.array(shape) // steps), np.uint8)
    known[tuple((sample.places // sample.steps).T)] = posteriors.argmax(axis=1) + 1
    labels = np.zeros(shape, np.uint8)
    inside = voxels.mask
    run_blocks(lambda i: _spread(known, steps, inside, i, labels), shape[0])
    return voxels.frame.give_back(labels)


@compiled
def _spread(known: Any, steps: Any, inside: Any, i: Any, labels: Any) -> None:
    """Label a plane; the sample may hold only every other voxel along any axis."""
    a = i // steps[0]
    for j in range(labels.shape[1]):
        b = j // steps[1]
        for k in range(labels.shape[2]):
            if not inside[i, j, k]:
                continue
            c = k // steps[2]
            label = known[a, b, c]
            for corner in range(1, 8):
                if label == 0:
                    label = known[
                        max(a - corner // 4, 0), max(b - corner // 2 % 2, 0), max(c - corner % 2, 0)
                    ]
            labels[i, j, k] = label if label > 0 else CSF + 1
