"""Voxels that hold two tissues: they belong to the one that fills more of them.

The Gaussians of a tissue also take voxels that are partly another one, which moves the border
between the two away from the middle. What two tissues together have of a voxel's evidence is
therefore shared between them by where the voxel lies on the line from one tissue's typical
intensity to the other's: half-way between, both have as much.

Smoothing fills thin sulci. So two tissues are told apart by the intensity as measured, as far as
the noise is small beside what lies between them, and otherwise by the smoothed one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import log_of_sum
from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.em.grouped import GroupedMixture

PAIRS = ((0, 1), (1, 2))
"""Tissues that touch: CSF and gray, gray and white matter."""

CLEAR, UNCLEAR = 5.0, 3.0
"""Deviations of the noise between two tissues. Half-way from one to the other, noise mistakes 1
voxel in 160 with the first, and 1 in 15 with the second."""

_SURE = 0.8
_ENOUGH = 50  # sure voxels that a median needs
_LONGEST = np.float32(60)  # log odds; more says nothing and overflows


def typical_intensities(
    mixture: GroupedMixture,
    corrected: NDArray[np.float32],
    posteriors: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Median of each tissue's surest voxels, shape (k, d); their mean where there are too few.

    Parameters
    ----------
    mixture : GroupedMixture
    corrected : ndarray of float32, shape (n, d)
    posteriors : ndarray of float32, shape (n, k)
    """
    typical = np.empty((mixture.n_groups, corrected.shape[1]))
    for tissue in range(mixture.n_groups):
        sure = corrected[posteriors[:, tissue] > _SURE]
        alone = mixture.group(tissue)
        typical[tissue] = (
            np.median(sure, axis=0) if len(sure) >= _ENOUGH else alone.weights @ alone.means
        )
    return typical


def share_evidence(
    log_densities: NDArray[np.float32],
    corrected: NDArray[np.float32],
    raw: NDArray[np.float32],
    noise: NDArray[np.float64],
    mixture: GroupedMixture,
    typical: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Share the evidence of each pair of touching tissues by their typical intensities.

    Parameters
    ----------
    log_densities : ndarray of float32, shape (n, 3)
        Of each tissue at each voxel.
    corrected, raw : ndarray of float32, shape (n, d)
        Intensities over the bias field, denoised and as measured.
    noise : ndarray of float64, shape (d,)
        Deviation of the noise of `raw`.
    mixture : GroupedMixture
    typical : ndarray of float64, shape (3, d)

    Returns
    -------
    ndarray of float32, shape (n, 3)
    """
    shared = log_densities.copy()
    for low, high in PAIRS:
        apart = typical[high] - typical[low]
        towards = apart / (_deviations(mixture, low) * _deviations(mixture, high))
        middle = np.float32((typical[low] + typical[high]) / 2 @ towards)
        trust = trust_in_raw(apart, noise)
        values = corrected if trust == 0 else corrected + trust * (raw - corrected)
        _share_pair(shared, values, (low, high), towards.astype(np.float32), middle)
    return shared


def trust_in_raw(apart: NDArray[np.float64], noise: NDArray[np.float64]) -> np.float32:
    """How far to trust intensities as measured, 0..1, between tissues that far apart."""
    if not noise.all():
        return np.float32(0)  # nothing was smoothed
    clearness = float(np.linalg.norm(apart / noise))
    return np.float32(np.clip((clearness - UNCLEAR) / (CLEAR - UNCLEAR), 0, 1))


def _share_pair(
    shared: NDArray[np.float32],
    values: NDArray[np.float32],
    pair: tuple[int, int],
    towards: NDArray[np.float32],
    middle: np.float32,
) -> None:
    def share(_number: int, start: int, stop: int) -> None:
        _share(shared, values, pair[0], pair[1], towards, middle, start, stop)

    run_blocks(*for_chunks(len(shared), share))


@compiled
def _share(
    shared: Any,
    corrected: Any,
    low: Any,
    high: Any,
    towards: Any,
    middle: Any,
    start: Any,
    stop: Any,
) -> None:
    """Share what two tissues have together by the log odds of where voxels lie between them."""
    for index in range(start, stop):
        odds = -middle
        for channel in range(corrected.shape[1]):
            odds += corrected[index, channel] * towards[channel]
        odds = min(max(odds, -_LONGEST), _LONGEST)
        together = log_of_sum(shared[index, low], shared[index, high])
        shared[index, low] = together - log_of_sum(np.float32(0), odds)
        shared[index, high] = together - log_of_sum(np.float32(0), -odds)


def _deviations(mixture: GroupedMixture, tissue: int) -> NDArray[np.float64]:
    """Deviation of a tissue in each channel, shape (d,).

    How channels go together is left out: what does is partial volume, which is to be measured.
    """
    alone = mixture.group(tissue)
    apart = alone.means - alone.weights @ alone.means
    variances = np.diagonal(alone.covariances, axis1=1, axis2=2) + apart**2
    deviations: NDArray[np.float64] = np.sqrt(alone.weights @ variances)
    return deviations
