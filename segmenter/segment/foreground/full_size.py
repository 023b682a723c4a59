"""From a cut at the working size to the mask of every pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import for_chunks, run_blocks
from segmenter.segment.foreground.clicking import SMOOTHNESS, Cut
from segmenter.segment.foreground.guidance import Guidance
from segmenter.segment.foreground.outline import (
    Band,
    band_around,
    decide,
    doubled,
    outline_of,
    sampled,
)
from segmenter.segment.foreground.preparation import Prepared
from segmenter.segment.foreground.views import LEAST_EDGE, resampled

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
TRUST = np.float32(2.0)  # log odds that the working size's result is worth in the band
LEAST_CHUNK = 1 << 14  # pixels of a band that are worth another thread
DETAIL = 1.0  # how smoothness grows with the size: 1 as one outline, 0 as many pixels


def full_size_mask(prepared: Prepared, cut: Cut) -> Mask:
    """Follow the outline of a cut into full size."""
    if cut.inside.shape == prepared.image.grid:
        return cut.inside > 0.5
    coarsest = prepared.levels[-1].shape[:2]
    coarse = (coarsest[0] + 1) // 2, (coarsest[1] + 1) // 2
    mask = resampled(cut.inside[..., None], coarse)[..., 0] > 0.5
    outline = outline_of(mask)
    for pixels in reversed(prepared.levels):
        band = band_around(*outline, (pixels.shape[0], pixels.shape[1]))
        mask = doubled(mask, (pixels.shape[0], pixels.shape[1]))
        mask[band.rows, band.columns] = _decided(prepared, cut, pixels, mask, band)
        outline = outline_of(mask, band)
    return mask


def obeyed(mask: Mask, prepared: Prepared, guidance: Guidance) -> Mask:
    """Return a mask in which every mark has its way; the given one is changed."""
    _obey(mask, guidance)
    if prepared.image.valid is not None:
        mask &= prepared.image.valid
    return mask


def _decided(
    prepared: Prepared, cut: Cut, pixels: NDArray[np.generic], mask: Mask, band: Band
) -> NDArray[np.bool_]:
    """Decide which pixels of a band are object by what they look like at this level, shape (n,)."""
    colors = np.empty((len(band.rows), prepared.working.colors.shape[-1]), np.float32)
    unary = np.empty(len(band.rows), np.float32)
    side = prepared.working.side
    stated = cut.odds + TRUST * (2 * cut.inside - 1)

    def look(_number: int, start: int, stop: int) -> None:
        part = np.s_[start:stop]
        rows, columns = band.rows[part], band.columns[part]
        colors[part] = prepared.colors.of(pixels[rows, columns])
        y, x = _working_places(prepared, rows, columns, mask.shape)
        places = np.stack([x, y], axis=1) / np.float32(side)
        samples = np.concatenate([colors[part], places], axis=1)
        unary[part] = -(cut.models.evidence(samples) + sampled(stated, y, x))

    run_blocks(*for_chunks(len(band.rows), look, LEAST_CHUNK))
    scale = np.sqrt(mask.size) / side
    edges = SMOOTHNESS * np.float32(scale**DETAIL) * _edge_costs(band, colors)
    start = mask[band.rows, band.columns].astype(np.float32)
    return decide(band, start, unary, edges) > 0.5


def _working_places(
    prepared: Prepared, rows: Places, columns: Places, grid: tuple[int, ...]
) -> tuple[Float, Float]:
    """Rows and columns of pixels of a level in the working view, as fractions."""
    height, width = prepared.working.grid
    y = (rows + 0.5) * (height / grid[0]) - 0.5
    x = (columns + 0.5) * (width / grid[1]) - 0.5
    return y.astype(np.float32), x.astype(np.float32)


def _edge_costs(band: Band, colors: Float) -> Float:
    change = band.differences(colors)
    likeness = np.exp(-change / max(float(change.mean()), 1e-6)) if len(change) else change
    return LEAST_EDGE + (1 - LEAST_EDGE) * likeness


def _obey(mask: Mask, guidance: Guidance) -> None:
    if guidance.hints is not None:
        mask |= guidance.hints > 0
        mask &= guidance.hints >= 0
    for points, side in ((guidance.foreground, True), (guidance.background, False)):
        for x, y in points:
            mask[min(int(y + 0.5), mask.shape[0] - 1), min(int(x + 0.5), mask.shape[1] - 1)] = side
