"""One mixture of the whole image, whose components object and background share.

Fitted once per image. A hypothesis about the object then needs no EM at all: the share of each
component inside and outside gives two densities with common components and weights of their own (a
semi-continuous mixture: Huang & Jack, Computer Speech & Language 3, 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.arithmetic import log2
from segmenter.em.blocks import run_blocks
from segmenter.em.fit import fit_mixture

Float = NDArray[np.float32]
N_COLORS = 32
PRIOR = np.float32(0.02)  # share of the whole image's weights in either density: none is impossible
LOG_2 = np.float32(np.log(2))
PaletteParts = tuple[Float, Float]


@dataclass(frozen=True, eq=False)
class Palette:
    """Responsibilities of the shared components for each pixel, shape (n_pixels, n_components)."""

    responsibilities: Float

    @property
    def parts(self) -> PaletteParts:
        """What kernels take of it."""
        return self.responsibilities, self.shares

    @cached_property
    def shares(self) -> Float:
        """Weights of the components in the whole image, shape (n_components,)."""
        shares: Float = self.responsibilities.mean(0)
        return shares

    def evidence(self, inside: Float) -> Float:
        """Log ratio of object to background density for soft masks (n_masks, n_pixels)."""
        return self._compared(inside, None)

    def ratio(self, of_object: Float, of_background: Float) -> Float:
        """Log ratio of the densities of two memberships, (n_masks, n_pixels) each."""
        return self._compared(of_object, of_background)

    def _compared(self, of_object: Float, of_background: Float | None) -> Float:
        """Compare with a background, or with all that is not object."""
        log_ratio = np.empty(of_object.shape, np.float32)

        def compare(number: int) -> None:
            against = None if of_background is None else of_background[number]
            both = of_object[number], against
            write_log_ratio(*both, self.parts, log_ratio[number])

        run_blocks(compare, len(log_ratio))
        return log_ratio


def palette_of(samples: Float, valid: NDArray[np.bool_], seed: int = 0) -> Palette:
    """Fit the shared mixture to the valid samples, shape (n_pixels, n_features)."""
    fit = fit_mixture(
        samples, N_COLORS, sample_weight=valid.ravel().astype(np.float64), seed=seed,
        tolerance=1e-3, max_iterations=20,
    )  # fmt: skip
    return Palette(fit.mixture.responsibilities(samples).astype(np.float32))


@compiled
def write_log_ratio(
    of_object: Float, of_background: Float | None, parts: PaletteParts, log_ratio: Float
) -> None:
    """Log ratio of the densities of two memberships, or of one and all else, shape (n_pixels,)."""
    responsibilities, shares = parts
    # Kernels, not products of matrices: previews run outside of works, whose BLAS is serial, and
    # its threads would wait for our pool's (see `segmenter.blas`).
    on = _sums(of_object, responsibilities)
    if of_background is None:
        off = np.maximum(np.float32(len(log_ratio)) * shares - on, np.float32(0))
        if off.sum() < 1:  # less than a pixel: rounding errors
            off[:] = 0
    else:
        off = _sums(of_background, responsibilities)
    _make_relative(on, shares)
    _make_relative(off, shares)
    for i in range(len(log_ratio)):
        density_on, density_off = np.float32(0), np.float32(0)
        for k in range(len(shares)):
            density_on += on[k] * responsibilities[i, k]
            density_off += off[k] * responsibilities[i, k]
        log_ratio[i] = density_on / density_off
    for i in range(len(log_ratio)):
        log_ratio[i] = LOG_2 * log2(log_ratio[i])


@compiled
def _sums(members: Float, responsibilities: Float) -> Float:
    """How much of each component is in some members."""
    sums = np.zeros(responsibilities.shape[1], np.float32)
    for i in range(len(members)):
        if members[i] != 0:
            for k in range(len(sums)):
                sums[k] += members[i] * responsibilities[i, k]
    return sums


@compiled
def _make_relative(sums: Float, shares: Float) -> None:
    """Make weights of sums, beside those of the whole image."""
    total = max(sums.sum(), np.float32(1e-6))
    for k in range(len(sums)):
        sums[k] = (np.float32(1) - PRIOR) * sums[k] / (total * shares[k]) + PRIOR
