"""From a cut on the working grid to the mask of every voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.em.blocks import run_blocks_steps
from segmenter.images.image import Image
from segmenter.segment.foreground.guidance import Guidance
from segmenter.segment.foreground.solid.area import prism
from segmenter.segment.foreground.solid.marking import SolidCut
from segmenter.segment.foreground.solid.view import SolidView
from segmenter.segment.partition.memberships import interpolated
from segmenter.segment.posteriors import STRENGTH, Window, tiles, widened
from segmenter.segment.regularize import (
    N_ROUNDS,
    edge_sharpness,
    edge_weights,
    mean_field,
)
from segmenter.work import Work

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
TRUST = np.float32(6.0)  # log odds that a cell of the cut is worth
EVIDENCE = np.float32(0.5)  # of what the color of one voxel says: its cell has been heard already
SMOOTHNESS = np.float32(0.5 * STRENGTH)


def native_mask(
    view: SolidView, cut: SolidCut, before: tuple[SolidCut, Mask] | None = None
) -> Work[Mask]:
    """Decide the voxels around the outline by their own colors.

    Parameters
    ----------
    view : SolidView
    cut : SolidCut
    before : SolidCut and bool ndarray of shape grid, optional
        An earlier cut and its mask, which stays where the cut has not changed.
    """
    image = view.image
    if view.grid == image.grid:
        return cut.inside > 0.5
    turned = None if before is None else before[0].inside != cut.inside
    mask = np.zeros(image.grid, bool) if before is None else before[1].copy()
    windows = [
        window
        for window in tiles(image.grid)
        if turned is None or turned[_cells_of(window, view, 0)].any()
    ]
    sharpness = _sharpness(view)

    def decide(number: int) -> None:
        window = windows[number]
        decided = _decided(view, cut, window, sharpness)
        if turned is None:
            mask[window] = decided
        else:
            is_new = _enlarged(turned, window, view)
            mask[window] = np.where(is_new, decided, mask[window])

    yield from run_blocks_steps(decide, len(windows), "Following the outline")
    return mask


def obeyed(mask: Mask, guidance: Guidance, image: Image) -> Mask:
    """Return a mask in which every mark has its way; it may be changed."""
    if guidance.box is not None:
        box = guidance.box
        inside = tuple(slice(low, high + 1) for low, high in zip(box[:3], box[3:], strict=True))
        kept = mask[inside].copy()
        mask[...] = False
        mask[inside] = kept
    if guidance.lasso is not None:
        mask &= prism(guidance.lasso, image.grid, image.grid)
    _obey(mask, guidance)
    if image.valid is not None:
        mask &= image.valid
    return mask


def _cells_of(window: Window, view: SolidView, margin: int) -> Window:
    """Return the cells that the voxels of a window lie in, and some around."""
    found = []
    for part, cells, voxels in zip(window, view.grid, view.image.grid, strict=True):
        first, last = part.start * cells // voxels, (part.stop - 1) * cells // voxels
        found.append(slice(max(0, first - margin), min(cells, last + 1 + margin)))
    return tuple(found)


def _enlarged(mask: Mask, window: Window, view: SolidView) -> Mask:
    """Return what a mask of cells and the cells beside them have in a window of voxels."""
    outer = _cells_of(window, view, 2)
    near = ndimage.binary_dilation(mask[outer], np.ones((3, 3, 3), bool))
    places = [
        np.arange(part.start, part.stop) * cells // voxels - around.start
        for part, cells, voxels, around in zip(
            window, view.grid, view.image.grid, outer, strict=True
        )
    ]
    return np.asarray(near[np.ix_(*places)])


def _decided(view: SolidView, cut: SolidCut, window: Window, sharpness: np.float32) -> Mask:
    image = view.image
    cells = cut.inside[_cells_of(window, view, 2)]
    if cells.min() > 0.9 or cells.max() < 0.1:
        return np.full([part.stop - part.start for part in window], cells.min() > 0.9)
    parts = [widened(*part, N_ROUNDS) for part in zip(window, image.grid, strict=True)]
    outer, inner = zip(*parts, strict=True)
    field = interpolated(cut.inside, image.grid, outer)
    colors = view.color_map.of(image.pixels[outer])
    odds = TRUST * (2 * field - 1)
    places = zip(outer, image.grid, strict=True)
    shares = [(np.arange(part.start, part.stop) + 0.5) / side for part, side in places]
    band = (field > 0.02) & (field < 0.98)
    samples = view.samples_of(colors, shares)[band.ravel()]
    odds[band] += EVIDENCE * cut.models.evidence(samples)
    object_ = 1 / (1 + np.exp(-odds))
    light = np.ascontiguousarray(colors[..., 0])
    weights = edge_weights(light, sharpness, image.cells)
    smooth = mean_field(np.stack([object_, 1 - object_]), weights, SMOOTHNESS, N_ROUNDS)
    decided: Mask = smooth[0][inner] > 0.5
    return decided


def _sharpness(view: SolidView) -> np.float32:
    """Sharpness of edges by the steps in some planes."""
    pixels = view.image.pixels[:: max(1, view.image.grid[0] // 16)]
    return edge_sharpness(np.diff(view.color_map.of(pixels)[..., 0], axis=1))


def _obey(mask: Mask, guidance: Guidance) -> None:
    if guidance.hints is not None:
        mask[guidance.hints > 0] = True
        mask[guidance.hints < 0] = False
    for points, side in ((guidance.foreground, True), (guidance.background, False)):
        for point in points:
            last = (size - 1 for size in mask.shape)
            mask[tuple(min(int(at + 0.5), end) for at, end in zip(point, last, strict=True))] = side
