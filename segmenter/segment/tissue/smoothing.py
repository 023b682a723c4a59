"""Smoothing of tissue probabilities over the neighbors of a voxel, by mean-field updates.

A voxel's evidence for a tissue grows with the tissue's probability at its six neighbors, each
counted by how near it is (a Potts field; Zhang et al., IEEE TMI 2001). All voxels are updated at
once from the round before, so that the result does not depend on their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import exp2
from segmenter.em.blocks import for_chunks, run_blocks_steps
from segmenter.work import Progress, Work, portion

N_ROUNDS = 3
STRENGTH = 4.0
"""Log odds that the agreement of all neighbors would be worth at smoothness 1, were all near.

They are worth a quarter of it at 0.5: denoised voxels already tell of their neighbors, and thin
sulci are lost to more.
"""

NEAR = 1.0
"""Millimeters up to which the nearest neighbors count in full: the folds of the cortex are a few of
them wide, so that with large voxels the next one tells little. Others count inversely to their
distance.
"""

_MESSAGE = "Smoothing probabilities"
_LOG2_E = np.float32(np.log2(np.e))


def smooth_posteriors_steps(
    log_evidence: NDArray[np.float32],
    voxels: NDArray[np.int32],
    shape: tuple[int, int, int],
    spacing: NDArray[np.float64],
    smoothness: float,
) -> Work[NDArray[np.float32]]:
    """Turn evidence into posteriors, smoothed over neighbors.

    Parameters
    ----------
    log_evidence : ndarray of float32, shape (n, k)
        Natural log of prior times density of each label at each voxel.
    voxels : ndarray of int32, shape (n, 3)
        Where they are.
    shape : tuple of int
        Of the frame.
    spacing : ndarray of float64, shape (3,)
        Millimeters between voxels.
    smoothness : float
        0..1.

    Returns
    -------
    ndarray of float32, shape (n, k)
    """
    nearness = min(NEAR, spacing.min()) / spacing
    weights = (smoothness**2 * STRENGTH / 6 * nearness * _LOG2_E).astype(np.float32)
    numbers = np.full([side + 2 for side in shape], -1, np.int32)
    yield Progress(_MESSAGE, 0.0)
    posteriors, before = np.empty_like(log_evidence), np.empty_like(log_evidence)

    def begin(_number: int, start: int, stop: int) -> None:
        _enumerate(voxels, start, stop, numbers)
        _normalize(log_evidence, start, stop, posteriors)

    yield from run_blocks_steps(*for_chunks(len(voxels), begin), _MESSAGE)
    for number in range(N_ROUNDS if smoothness > 0 else 0):
        yield Progress(_MESSAGE, number / N_ROUNDS)
        before, posteriors = posteriors, before

        def update(_number: int, start: int, stop: int, old: Any = before,
                   new: Any = posteriors) -> None:  # fmt: skip
            _update(log_evidence, voxels, numbers, weights, old, start, stop, new)

        updating = run_blocks_steps(*for_chunks(len(voxels), update), _MESSAGE)
        yield from portion(updating, number / N_ROUNDS, (number + 1) / N_ROUNDS)
    return posteriors


@compiled
def _enumerate(voxels: Any, start: Any, stop: Any, numbers: Any) -> None:
    """Write the numbers of voxels where they are, a voxel off the border."""
    for index in range(start, stop):
        numbers[voxels[index, 0] + 1, voxels[index, 1] + 1, voxels[index, 2] + 1] = index


@compiled
def _normalize(evidence: Any, start: Any, stop: Any, result: Any) -> None:
    for index in range(start, stop):
        top = evidence[index, 0]
        for label in range(1, evidence.shape[1]):
            top = max(top, evidence[index, label])
        total = np.float32(0)
        for label in range(evidence.shape[1]):
            result[index, label] = exp2((evidence[index, label] - top) * _LOG2_E)
            total += result[index, label]
        for label in range(evidence.shape[1]):
            result[index, label] /= total


@compiled
def _update(
    evidence: Any,
    voxels: Any,
    numbers: Any,
    weights: Any,
    before: Any,
    start: Any,
    stop: Any,
    after: Any,
) -> None:
    n_labels = evidence.shape[1]
    sums = np.zeros(n_labels, np.float32)
    for index in range(start, stop):
        i, j, k = voxels[index, 0] + 1, voxels[index, 1] + 1, voxels[index, 2] + 1
        for label in range(n_labels):
            sums[label] = evidence[index, label] * _LOG2_E
        for side in range(6):
            axis = side // 2
            step = 2 * (side % 2) - 1
            near = numbers[
                i + (step if axis == 0 else 0),
                j + (step if axis == 1 else 0),
                k + (step if axis == 2 else 0),
            ]
            if near >= 0:
                for label in range(n_labels):
                    sums[label] += weights[axis] * before[near, label]
        top = sums[0]
        for label in range(1, n_labels):
            top = max(top, sums[label])
        total = np.float32(0)
        for label in range(n_labels):
            sums[label] = exp2(sums[label] - top)
            total += sums[label]
        for label in range(n_labels):
            after[index, label] = sums[label] / total
