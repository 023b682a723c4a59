"""From a cut on the working grid to the mask of every voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks_steps
from segmenter.segment.foreground.guidance import Guidance
from segmenter.segment.foreground.solid.marking import SolidCut
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.segment.partition.memberships import interpolated
from segmenter.segment.posteriors import STRENGTH, Window, tiles, widened
from segmenter.segment.regularize import N_ROUNDS, edge_weights, mean_field
from segmenter.work import Work

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
TRUST = np.float32(6.0)  # log odds that a cell of the cut is worth
EVIDENCE = np.float32(0.5)  # of what the color of one voxel says: its cell has been heard already
SMOOTHNESS = np.float32(0.5 * STRENGTH)


def native_mask(view: SolidView, cut: SolidCut, guidance: Guidance) -> Work[Mask]:
    """Decide the voxels around the outline by their own colors, and obey every mark."""
    image = view.image
    mask = np.zeros(image.grid, bool)
    if view.grid == image.grid:
        mask[...] = cut.inside > 0.5
    else:
        windows, sharpness = tiles(image.grid), _sharpness(view)

        def decide(number: int) -> None:
            mask[windows[number]] = _decided(view, cut, windows[number], sharpness)

        yield from run_blocks_steps(decide, len(windows), "Following the outline")
    if cut.area is not None and guidance.box is not None:
        box = guidance.box
        inside = tuple(slice(low, high + 1) for low, high in zip(box[:3], box[3:], strict=True))
        kept = mask[inside].copy()
        mask[...] = False
        mask[inside] = kept
    _obey(mask, guidance)
    if image.valid is not None:
        mask &= image.valid
    return mask


def _decided(view: SolidView, cut: SolidCut, window: Window, sharpness: np.float32) -> Mask:
    image = view.image
    parts = [widened(*part, N_ROUNDS) for part in zip(window, image.grid, strict=True)]
    outer, inner = zip(*parts, strict=True)
    field = interpolated(cut.inside, image.grid, outer)
    if field.min() > 0.9 or field.max() < 0.1:
        decided: Mask = field[inner] > 0.5
        return decided
    colors = view.color_map.of(image.pixels[outer])
    places = zip(outer, image.grid, strict=True)
    shares = [(np.arange(part.start, part.stop) + 0.5) / side for part, side in places]
    evidence = cut.models.evidence(view.samples_of(colors, shares)).reshape(field.shape)
    odds = np.clip(TRUST * (2 * field - 1) + EVIDENCE * evidence, -30, 30)
    object_ = 1 / (1 + np.exp(-odds))
    light = np.ascontiguousarray(colors[..., 0])
    weights = edge_weights(light, sharpness, image.cells)
    smooth = mean_field(np.stack([object_, 1 - object_]), weights, SMOOTHNESS, N_ROUNDS)
    smoothed_mask: Mask = smooth[0][inner] > 0.5
    return smoothed_mask


def _sharpness(view: SolidView) -> np.float32:
    """Edge sharpness from the mean squared step in some planes; see `PosteriorField`."""
    pixels = view.image.pixels[:: max(1, view.image.grid[0] // 16)]
    steps = np.diff(view.color_map.of(pixels)[..., 0], axis=1)
    mean_square = float(np.mean(np.square(steps, dtype=np.float64)))
    return np.float32(0.5 / mean_square) if mean_square > 0 else np.float32(0)


def _obey(mask: Mask, guidance: Guidance) -> None:
    if guidance.hints is not None:
        mask[guidance.hints > 0] = True
        mask[guidance.hints < 0] = False
    for points, side in ((guidance.foreground, True), (guidance.background, False)):
        for point in points:
            last = (size - 1 for size in mask.shape)
            mask[tuple(min(int(at + 0.5), end) for at, end in zip(point, last, strict=True))] = side
