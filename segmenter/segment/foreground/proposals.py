"""What the first click may have meant: many masks of many sizes, cheap enough to compare.

Several maps say how close each pixel is to what was clicked; the closest 3 % to 58 % of each,
smoothed by a cut, begin a hypothesis, which the shared palettes then refine like any cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmenter.em.blocks import run_blocks
from segmenter.segment.foreground.cut import minimum_cut
from segmenter.segment.foreground.distances import barrier_distance, geodesic_distance
from segmenter.segment.foreground.palette import Palette
from segmenter.segment.foreground.parts import part_at
from segmenter.segment.foreground.preparation import Draft, border_of
from segmenter.segment.foreground.ranks import ranks
from segmenter.work import Progress, Work

Float = NDArray[np.float32]
MESSAGE = "Finding the object"
SHARES = (0.03, 0.06, 0.1, 0.17, 0.27, 0.4, 0.58)  # of the image, where a hypothesis begins
SMOOTHNESS = 8.0
CERTAIN = np.float32(6.0)  # log odds that colors are worth at most
N_ITERATIONS = 25


@dataclass(frozen=True, eq=False)
class Proposals:
    """Masks that hold the click.

    Attributes
    ----------
    masks : bool ndarray, shape (n, height * width)
    stage : intp ndarray, shape (n,)
        How often each was refined: 1 or 2, or 0 where beginnings are kept too.
    """

    masks: NDArray[np.bool_]
    stage: NDArray[np.intp]


def proposals(draft: Draft, row: int, column: int) -> Work[Proposals]:
    """Guess what a click at this pixel of the draft may have meant."""
    grid = draft.view.grid
    away = distance_to(grid, row, column)
    starts, priors = _starts(draft, close_maps(draft, row, column), away)
    yield Progress(MESSAGE, 0.3)
    once = _refined(draft, starts, priors, draft.colors.evidence(starts))
    yield Progress(MESSAGE, 0.6)
    both = draft.colors.evidence(once) + draft.places.evidence(once)
    twice = _refined(draft, once, priors, both * np.float32(0.5))
    yield Progress(MESSAGE, 0.9)
    masks = np.concatenate([once, twice]) > 0.5
    stage = np.repeat([1, 2], len(starts))
    at = np.array([row]), np.array([column])
    parts = np.array([part_at(mask.reshape(grid), *at).ravel() for mask in masks])
    area = parts.sum(1)
    kept = (area > 20) & (area < 0.97 * parts.shape[1])
    return Proposals(parts[kept], stage[kept])


def close_maps(draft: Draft, row: int, column: int) -> Float:
    """How far each pixel is from what was clicked, in several senses, as ranks in 0..1.

    Returns
    -------
    float32 ndarray, shape (6, height, width)
        By barrier and geodesic distance to the click; by color, the border being background; by the
        level at which nested regions join; by standing out from the border; by all of these.
    """
    view = draft.view
    away = distance_to(view.grid, row, column)
    seeds = away < 0.02
    seeds[row, column] = True
    maps = np.empty((6, *view.grid), np.float32)
    senses: list[Callable[[], Float]] = [
        lambda: barrier_distance(seeds, view.colors) + np.float32(0.3) * away,
        lambda: geodesic_distance(seeds, view.colors),
        lambda: -_border_evidence(draft.colors, away) - near_prior(away, 0.2, 2.5),
        lambda: draft.hierarchy.levels_from(row, column) + np.float32(1e-4) * away,
        lambda: np.float32(0.5) * away - draft.from_border,
    ]

    def rank(number: int) -> None:
        maps[number] = ranks(senses[number]())

    run_blocks(rank, len(senses))
    maps[-1] = ranks(maps[:-1].sum(0))
    return maps


def distance_to(grid: tuple[int, int], row: int, column: int) -> Float:
    """Distance of each pixel to one of them, in sides of the square of the grid's area."""
    rows, columns = np.ogrid[: grid[0], : grid[1]]
    away = np.hypot(rows - row, columns - column) / math.sqrt(grid[0] * grid[1])
    near: Float = away.astype(np.float32)
    return near


def near_prior(away: Float, radius: float, slope: float) -> Float:
    """Log odds for the object by distance to a click: 0 at the radius, within -6..6."""
    prior = slope * np.log(radius / np.maximum(away, np.float32(0.01)))
    return np.clip(prior, -6, 6).astype(np.float32)


def _border_evidence(palette: Palette, away: Float) -> Float:
    """Log odds by color when the click's surroundings are object and the border is background."""
    members = np.clip(0.2 / np.maximum(away, 0.02), 0, 1) ** 2.5
    border = border_of(away.shape)
    pair = np.stack([members.ravel(), border.ravel()]).astype(np.float32)
    evidence = palette.ratio(pair[:1], pair[1:])
    odds: Float = CERTAIN * np.tanh(evidence / CERTAIN).reshape(away.shape)
    return odds


def _starts(draft: Draft, maps: Float, away: Float) -> tuple[Float, Float]:
    """Cut each map at each share; return the soft masks and the priors that go with the shares."""
    n = len(maps) * len(SHARES)
    starts, priors = np.empty((2, n, maps[0].size), np.float32)
    edges = 2 * draft.view.edges

    def start(number: int) -> None:
        share = SHARES[number % len(SHARES)]
        prior = near_prior(away, 1.6 * math.sqrt(share / math.pi), 1.0)
        steep = np.float32(1.8 / max(share, 0.1))
        unary = steep * (maps[number // len(SHARES)] - np.float32(share)) - np.float32(0.5) * prior
        starts[number] = minimum_cut(unary, edges, n_iterations=N_ITERATIONS).ravel()
        priors[number] = prior.ravel()

    run_blocks(start, n)
    return starts, priors


def _refined(draft: Draft, starts: Float, priors: Float, evidence: Float) -> Float:
    """Cut again, each mask by the colors that it has itself."""
    grid = draft.view.grid
    edges = np.float32(SMOOTHNESS) * draft.view.edges
    unary = -(CERTAIN * np.tanh(evidence / CERTAIN) + priors)
    refined = np.empty_like(starts)

    def refine(number: int) -> None:
        cut = minimum_cut(unary[number].reshape(grid), edges, n_iterations=N_ITERATIONS)
        refined[number] = cut.ravel()

    run_blocks(refine, len(starts))
    return refined
