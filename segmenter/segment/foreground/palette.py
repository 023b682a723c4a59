"""One mixture of the whole image, whose components object and background share.

Fitted once per image. A hypothesis about the object then needs no EM at all: the share of each
component inside and outside gives two densities with common components and weights of their own (a
semi-continuous mixture: Huang & Jack, Computer Speech & Language 3, 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem
from numpy.typing import NDArray

from segmenter.compiled import compiled, compiled_in_order
from segmenter.em.arithmetic import log2
from segmenter.em.block_densities import four_of
from segmenter.em.blocks import share_out
from segmenter.em.fit import fit_mixture
from segmenter.em.lanes import LANES, add_product, load, spread, store

Float = NDArray[np.float32]
Members = NDArray[np.float32] | NDArray[np.bool_]
N_COLORS = 32
PRIOR = np.float32(0.02)  # share of the whole image's weights in either density: none is impossible
LOG_2 = np.float32(np.log(2))
WIDTH = 4 * LANES  # pixels that a kernel compares at once: 64 with AVX-512, else 32
PaletteParts = tuple[Float, Float]


@dataclass(frozen=True, eq=False)
class Palette:
    """Responsibilities of the shared components for each pixel, shape (n_pixels, n_components)."""

    responsibilities: Float

    @cached_property
    def parts(self) -> PaletteParts:
        """What kernels take of it: responsibilities (n_blocks, n_components, WIDTH), and shares.

        Pixels that fill up the last block have none.
        """
        n_pixels, n_components = self.responsibilities.shape
        n_blocks = -(-n_pixels // WIDTH)
        whole = np.zeros((n_blocks * WIDTH, n_components), np.float32)
        whole[:n_pixels] = self.responsibilities
        blocks = whole.reshape(n_blocks, WIDTH, n_components).transpose(0, 2, 1)
        return np.ascontiguousarray(blocks), self.shares

    @cached_property
    def shares(self) -> Float:
        """Weights of the components in the whole image, shape (n_components,)."""
        shares: Float = self.responsibilities.mean(0)
        return shares

    def evidence(self, inside: Members) -> Float:
        """Log ratio of object to background density for soft masks (n_masks, n_pixels)."""
        return self._compared(inside, None)

    def ratio(self, of_object: Members, of_background: Members) -> Float:
        """Log ratio of the densities of two memberships, (n_masks, n_pixels) each."""
        return self._compared(of_object, of_background)

    def _compared(self, of_object: Members, of_background: Members | None) -> Float:
        """Compare with a background, or with all that is not object."""
        log_ratios = np.empty(of_object.shape, np.float32)

        def compare(first: int, last: int) -> None:
            against = None if of_background is None else of_background[first:last]
            _compare(of_object[first:last], against, self.parts, log_ratios[first:last])

        share_out(compare, len(log_ratios))
        return log_ratios


def palette_of(samples: Float, valid: NDArray[np.bool_], seed: int = 0) -> Palette:
    """Fit the shared mixture to the valid samples, shape (n_pixels, n_features)."""
    fit = fit_mixture(
        samples, N_COLORS, sample_weight=valid.ravel().astype(np.float64), seed=seed,
        tolerance=1e-3, max_iterations=20,
    )  # fmt: skip
    return Palette(fit.mixture.responsibilities(samples).astype(np.float32))


@compiled
def _compare(
    of_object: Members, of_background: Members | None, parts: PaletteParts, log_ratios: Float
) -> None:
    on = sums_of(of_object, parts)
    if of_background is None:
        off = rest_of(np.float32(log_ratios.shape[1]) * parts[1], on)
    else:
        off = sums_of(of_background, parts)
    write_log_ratios(on, off, parts, log_ratios)


@compiled
def sums_of(members: Members, parts: PaletteParts) -> Float:
    """How much of each component is in some members, (n, n_pixels) to (n, n_components).

    Each block of responsibilities is read once for all of them: they are too many for the cache.
    """
    # Kernels, not products of matrices: previews run outside of works, whose BLAS is serial, and
    # its threads would wait for our pool's (see `segmenter.blas`).
    blocks, _ = parts
    n, n_pixels = members.shape
    sums = np.zeros((n, blocks.shape[1], LANES), np.float32)
    taken = np.zeros(WIDTH, np.float32)
    for block in range(len(blocks)):
        start = block * WIDTH
        for number in range(n):
            for i in range(min(WIDTH, n_pixels - start)):
                taken[i] = np.float32(members[number, start + i])
            for i in range(n_pixels - start, WIDTH):
                taken[i] = np.float32(0)
            _add_products(blocks, block, taken, sums, number)
    total = np.zeros(sums.shape[:2], np.float32)
    for number in range(n):
        for component in range(total.shape[1]):
            for lane in range(LANES):  # numba's sum over an axis takes four seconds to compile
                total[number, component] += sums[number, component, lane]
    return total


@compiled
def rest_of(whole: Float, sums: Float) -> Float:
    """What some sums leave of those of a whole, shape (n_components,)."""
    rest: Float = np.maximum(whole - sums, np.float32(0))
    for number in range(len(rest)):
        if rest[number].sum() < 1:  # less than a pixel: rounding errors
            rest[number] = 0
    return rest


@compiled
def write_log_ratios(on: Float, off: Float, parts: PaletteParts, log_ratios: Float) -> None:
    """Log ratios of the densities of two memberships, of which the sums are given.

    Parameters
    ----------
    on, off : float32 ndarray, shape (n, n_components)
        Are changed.
    parts : PaletteParts
    log_ratios : float32 ndarray, shape (n, n_pixels)
        Is written.
    """
    blocks, shares = parts
    n, n_pixels = log_ratios.shape
    for number in range(n):
        _make_relative(on[number], shares)
        _make_relative(off[number], shares)
    densities = np.empty((2, WIDTH), np.float32)
    for block in range(len(blocks)):
        start = block * WIDTH
        for number in range(n):
            _write_densities(blocks, block, on, off, number, densities)
            for i in range(min(WIDTH, n_pixels - start)):
                ratio = densities[0, i] / densities[1, i]
                log_ratios[number, start + i] = LOG_2 * log2(ratio)


@compiled
def _make_relative(sums: Float, shares: Float) -> None:
    """Make weights of sums, beside those of the whole image."""
    total = max(sums.sum(), np.float32(1e-6))
    for k in range(len(sums)):
        sums[k] = (np.float32(1) - PRIOR) * sums[k] / (total * shares[k]) + PRIOR


@compiled_in_order
def _add_products(blocks: Any, block: Any, taken: Any, sums: Any, number: Any) -> None:
    """Add the products of a block and its members, in `LANES` sums for each component."""
    members = four_of(np.float32(0))
    for r in range(4):
        members = tuple_setitem(members, r, load(taken, r * LANES))
    for k in range(blocks.shape[1]):
        total = load(sums, (number, k, 0))
        for r in range(4):
            total = add_product(total, members[r], load(blocks, (block, k, r * LANES)))
        store(sums, (number, k, 0), total)


@compiled_in_order
def _write_densities(
    blocks: Any, block: Any, on: Any, off: Any, number: Any, densities: Any
) -> None:
    """Densities of a block by two sets of weights, beside those in the whole image."""
    inside, outside = four_of(np.float32(0)), four_of(np.float32(0))
    for k in range(blocks.shape[1]):
        more, less = spread(on[number, k]), spread(off[number, k])
        for r in range(4):
            shared = load(blocks, (block, k, r * LANES))
            inside = tuple_setitem(inside, r, add_product(inside[r], more, shared))
            outside = tuple_setitem(outside, r, add_product(outside[r], less, shared))
    for r in range(4):
        store(densities, (0, r * LANES), inside[r])
        store(densities, (1, r * LANES), outside[r])
