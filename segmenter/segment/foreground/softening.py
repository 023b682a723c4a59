"""Alpha of a whole picture, from coarse to fine and in tiles.

On a small picture the band along the outline is a few pixels wide and solved in full; each doubling
then starts from what it found, so that few steps are left, and tiles are solved apart, held at
their edges by the coarser solution. Memory is that of the picture and of one tile for each thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks_steps
from segmenter.segment.foreground.matting import N_ITERATIONS, closed_form_alpha
from segmenter.segment.foreground.outline import sampled
from segmenter.segment.foreground.pyramid import halved
from segmenter.work import Work, portion

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]
Part = tuple[slice, slice]
MESSAGE = "Softening the outline"
TILE, MARGIN = 512, 24  # pixels; each tile is solved with its margin, and only its core is kept
FEW = 1500  # open pixels of the smallest picture
MANY = 40_000  # open pixels of a level that is solved in full; beyond, time is saved
LEAST_ITERATIONS = 25


@dataclass(frozen=True, eq=False)
class Level:
    """A picture at one size: 8-bit colors, alpha (a guess where it is open), open pixels."""

    rgb: NDArray[np.uint8]
    alpha: Float
    unknown: Mask


def softened(rgb: NDArray[np.uint8], alpha: Float, unknown: Mask) -> Work[None]:
    """Solve for alpha where it is unknown; changes `alpha`.

    Parameters
    ----------
    rgb : uint8 ndarray, shape (height, width, 3)
    alpha : float32 ndarray, shape (height, width)
        True where it is known.
    unknown : bool ndarray, shape (height, width)
    """
    levels = _levels(Level(rgb, alpha, unknown))
    for number, level in enumerate(reversed(levels)):
        if number > 0:
            _refine(levels[-number].alpha, level)
        share = [4.0 ** (k - len(levels)) for k in (number, number + 1)]
        yield from portion(_solve(level), *share)


def tiles_of(marked: Mask, margin: int) -> Iterator[tuple[Part, Part]]:
    """Each tile that holds a marked pixel, without and with its margin."""
    height, width = marked.shape
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            core = slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))
            if marked[core].any():
                rows, columns = (
                    slice(max(part.start - margin, 0), min(part.stop + margin, size))
                    for part, size in zip(core, marked.shape, strict=True)
                )
                yield core, (rows, columns)


def within(core: Part, around: Part) -> Part:
    """Where the core of a tile is in the tile with its margin."""
    rows, columns = (
        slice(c.start - a.start, c.stop - a.start) for c, a in zip(core, around, strict=True)
    )
    return rows, columns


def _levels(finest: Level) -> list[Level]:
    """The picture at halved sizes, finest first."""
    levels = [finest]
    while np.count_nonzero(levels[-1].unknown) > FEW and min(levels[-1].alpha.shape) >= 64:
        last = levels[-1]
        alpha = halved(last.alpha[..., None])[..., 0]
        levels.append(Level(halved(last.rgb), alpha, _any_of_four(last.unknown)))
    return levels


def _any_of_four(marked: Mask) -> Mask:
    """Whether any of each 2 x 2 pixels is marked."""
    rows = marked[::2].copy()
    rows[: len(marked) // 2] |= marked[1::2]
    both = rows[:, ::2].copy()
    both[:, : marked.shape[1] // 2] |= rows[:, 1::2]
    return both


def _refine(coarse: Float, level: Level) -> None:
    """Begin at what the coarser picture says."""
    rows, columns = np.nonzero(level.unknown)
    y = (rows * np.float32(0.5) - np.float32(0.25)).astype(np.float32)
    x = (columns * np.float32(0.5) - np.float32(0.25)).astype(np.float32)
    level.alpha[rows, columns] = sampled(coarse, y, x)


def _solve(level: Level) -> Work[None]:
    tiles = list(tiles_of(level.unknown, MARGIN))
    excess = max(np.count_nonzero(level.unknown) / MANY, 1.0)
    n_iterations = max(int(N_ITERATIONS / excess**1.5), LEAST_ITERATIONS)
    found: list[Float | None] = [None] * len(tiles)

    def solve_tile(number: int) -> None:
        core, around = tiles[number]
        known = _held(~level.unknown[around], around, level.unknown.shape)
        colors = level.rgb[around].astype(np.float32) / np.float32(255)
        alpha = closed_form_alpha(colors, known, level.alpha[around], n_iterations=n_iterations)
        found[number] = alpha[within(core, around)]

    if tiles:
        yield from run_blocks_steps(solve_tile, len(tiles), MESSAGE)
    for (core, _), alpha in zip(tiles, found, strict=True):
        level.alpha[core] = alpha


def _held(known: Mask, around: Part, grid: tuple[int, ...]) -> Mask:
    """Take the edges of a tile for known, but those that are edges of the picture."""
    held = known.copy()
    rows, columns = around
    held[: int(rows.start > 0)] = True
    held[held.shape[0] - int(rows.stop < grid[0]) :] = True
    held[:, : int(columns.start > 0)] = True
    held[:, held.shape[1] - int(columns.stop < grid[1]) :] = True
    return held
