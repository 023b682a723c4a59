"""The bias field: the slow change of brightness that the scanner's coils leave.

Its logarithm is a sum of cosines, longer than a wavelength, with a penalty on bending. Given the
responsibilities it is fitted to the log residuals of the voxels, each counted as much as it tells
(Wells et al., IEEE TMI 1996; Ashburner & Friston, NeuroImage 2005). The equations are built from
sums over blocks, in which the field hardly changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.em.mixture import GaussianMixture
from segmenter.segment.tissue.blocks import BlockGrid, block_grid
from segmenter.segment.tissue.frame import Frame

SHORTEST_WAVE = 90.0
"""Millimeters of the shortest whole wave of the field."""

STIFFNESS = 0.1
"""Weight of bending relative to the evidence of all voxels, for waves of 120 mm."""

_BENT = 60.0 / np.pi


BLOCK = 10.0
"""Millimeters of the blocks over which residuals are summed."""


@dataclass(frozen=True, eq=False)
class BiasBasis:
    """Cosines over a frame, and their values at the centers of blocks.

    Attributes
    ----------
    frame : Frame
    blocks : BlockGrid
        Without a margin.
    stiffness : float
        Weight of the penalty on bending.
    """

    frame: Frame
    blocks: BlockGrid
    stiffness: float = STIFFNESS

    def fit(
        self, numbers: NDArray[np.int64], weights: NDArray[np.float64], pulls: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Find the coefficients from what voxels say, shape (m,).

        Parameters
        ----------
        numbers : ndarray of int64, shape (n,)
            The block of each voxel.
        weights : ndarray of float64, shape (n,)
            How much each voxel tells.
        pulls : ndarray of float64, shape (n,)
            Its log residual times that.
        """
        of_blocks = np.bincount(numbers, weights, self.blocks.size)
        pull = np.bincount(numbers, pulls, self.blocks.size)
        used = of_blocks > 0
        waves = self._at_blocks[used]
        normal = (waves * of_blocks[used, np.newaxis]).T @ waves
        penalty = self.stiffness * of_blocks.sum() * (self._bending + 1e-6)
        # The mean of the field is that of the tissues' brightness: it stays where it is.
        waves_mean = of_blocks[used] @ waves / of_blocks.sum()
        normal -= of_blocks.sum() * np.outer(waves_mean, waves_mean)
        right = waves.T @ pull[used] - waves_mean * pull.sum()
        coefficients: NDArray[np.float64] = np.linalg.solve(normal + np.diag(penalty), right)
        return coefficients

    def evaluate(
        self, coefficients: NDArray[np.float64], steps: tuple[int, ...] = (1, 1, 1)
    ) -> NDArray[np.float32]:
        """Log field at every ``steps``-th voxel of the frame."""
        dense = np.zeros(self._counts)
        dense[tuple(self._orders.T)] = coefficients
        a, b, c = (
            _cosines(np.arange(0.0, size, step), size, count).astype(np.float32)
            for size, step, count in zip(self.frame.shape, steps, self._counts, strict=True)
        )
        planes = np.tensordot(b, np.tensordot(a, dense.astype(np.float32), (1, 0)), (1, 1))
        return np.ascontiguousarray((planes.transpose(1, 0, 2) @ c.T), np.float32)

    @cached_property
    def _extents(self) -> NDArray[np.float64]:
        return np.array(self.frame.shape) * self.frame.spacing

    @cached_property
    def _counts(self) -> tuple[int, ...]:
        return tuple(int(np.ceil(2 * extent / SHORTEST_WAVE)) for extent in self._extents)

    @cached_property
    def _orders(self) -> NDArray[np.int64]:
        """Half waves of each basis function along each axis, shape (m, 3); the constant is not."""
        orders = np.indices(self._counts).reshape(3, -1).T
        short = ((orders * SHORTEST_WAVE / (2 * self._extents)) ** 2).sum(axis=1)
        chosen: NDArray[np.int64] = orders[(short <= 1) & (orders.sum(axis=1) > 0)]
        return chosen

    @cached_property
    def _bending(self) -> NDArray[np.float64]:
        squares = ((np.pi * self._orders / self._extents) ** 2).sum(axis=1)
        bending: NDArray[np.float64] = squares**2 * _BENT**4
        return bending

    @cached_property
    def _at_blocks(self) -> NDArray[np.float64]:
        """Values at the blocks' centers, shape (n_blocks, m)."""
        centers = self.blocks.centers()
        value = np.ones((len(centers), len(self._orders)))
        for axis, size in enumerate(self.frame.shape):
            waves = _cosines(centers[:, axis], size, self._counts[axis])
            value *= waves[:, self._orders[:, axis]]
        return value


def bias_basis(frame: Frame, stiffness: float = STIFFNESS) -> BiasBasis:
    """Make the basis for the bias field of a frame."""
    return BiasBasis(frame, block_grid(frame, BLOCK, 0), stiffness)


def residuals(
    values: NDArray[np.float32],
    responsibilities: NDArray[np.float32],
    mixture: GaussianMixture,
    trusted: NDArray[np.bool_],
    channel: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much each voxel tells of the log field of a channel, and its residual times that.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)
        Positive intensities as measured.
    responsibilities : ndarray of float32, shape (n, k)
    mixture : GaussianMixture
    trusted : ndarray of bool, shape (k,)
        Which components tell of the field.
    channel : int
    """
    means = mixture.means[:, channel]
    evidence = np.where(
        trusted & (means > 0), means**2 / mixture.covariances[:, channel, channel], 0
    )
    log_means = np.log(np.maximum(means, 1e-6))
    weights = np.asarray(responsibilities @ evidence, np.float64)
    pulls: NDArray[np.float64] = weights * np.log(values) - responsibilities @ (
        evidence * log_means
    )
    return weights, pulls


def _cosines(places: NDArray[np.float64], size: int, count: int) -> NDArray[np.float64]:
    waves: NDArray[np.float64] = np.cos(
        np.pi * (places[:, np.newaxis] + 0.5) / size * np.arange(count)
    )
    return waves
